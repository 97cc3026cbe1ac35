package fluoro

// spans finds for every pixel the span of frames over which evidence sums to most: the maximum-sum subarray (Bentley, CACM 27, 1984),
// kept up frame by frame, so that a run of any length needs a few bytes a pixel. With evidence = what was added less a threshold, the
// span is when something was there: cement comes and stays, a trocar comes and goes, noise gives short spans of little weight.
type spans struct {
	now, best       []float32
	start, from, to []uint16
}

func newSpans(n int) *spans {
	return &spans{make([]float32, n), make([]float32, n), make([]uint16, n), make([]uint16, n), make([]uint16, n)}
}

// add puts in the evidence of frame k, limited to +-most so that one bad frame cannot decide.
func (s *spans) add(k, i int, evidence, most float32) {
	evidence = max(-most, min(most, evidence))
	if s.now[i] <= 0 {
		s.now[i], s.start[i] = evidence, uint16(k)
	} else {
		s.now[i] += evidence
	}
	if s.now[i] > s.best[i] {
		s.best[i], s.from[i], s.to[i] = s.now[i], s.start[i], uint16(k+1)
	}
}

// left reports whether what was there in pixel i has gone by more than doubt of evidence.
func (s *spans) left(i int, doubt float32) bool { return s.best[i]-max(0, s.now[i]) > doubt }
