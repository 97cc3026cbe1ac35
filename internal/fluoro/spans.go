package fluoro

// spans finds for every pixel the span of frames over which evidence sums to most: the maximum-sum subarray (Bentley, CACM 27, 1984),
// kept up frame by frame, so that a run of any length needs a few bytes a pixel. With evidence = what was added less a threshold, the
// span is when something was there: cement comes and stays, a trocar comes and goes, noise gives short spans of little weight.
type spans struct {
	now, best       []float32
	start, from, to []uint16
	misses          []uint16  // frames since the start of the span under way whose evidence was against it
	sum             []float32 // of what was added, since then
	frames          []uint16  // looked at, since then
	depth           []float32 // mean of what was added over the best span
	last            []uint16  // last frame that showed the pixel
}

func newSpans(n int) *spans {
	u := func() []uint16 { return make([]uint16, n) }
	f := func() []float32 { return make([]float32, n) }
	return &spans{now: f(), best: f(), sum: f(), depth: f(), start: u(), from: u(), to: u(), misses: u(), frames: u(), last: u()}
}

// add puts in what frame k adds to pixel i, of which need is evidence neither way; one bad frame cannot decide.
func (s *spans) add(k, i int, added, need float32) {
	s.last[i] = uint16(k)
	evidence := max(-2*need, min(2*need, added-need))
	if s.now[i] <= 0 {
		s.now[i], s.start[i] = evidence, uint16(k)
		s.misses[i], s.sum[i], s.frames[i] = 0, added, 1
	} else {
		s.now[i] += evidence
		s.sum[i] += added
		s.frames[i]++
	}
	if evidence < 0 {
		s.misses[i]++
	}
	if s.now[i] > s.best[i] {
		s.best[i], s.from[i], s.to[i] = s.now[i], s.start[i], uint16(k+1)
		s.depth[i] = s.sum[i] / float32(s.frames[i])
	}
}

// left reports whether what was there in pixel i has gone by more than doubt of evidence, or went and came back.
func (s *spans) left(i int, doubt float32) bool {
	return s.best[i]-max(0, s.now[i]) > doubt || s.start[i] != s.from[i]
}

// missed is the share of frames of the span under way that spoke against it.
func (s *spans) missed(i int) float64 {
	return float64(s.misses[i]) / float64(max(1, s.frames[i]))
}
