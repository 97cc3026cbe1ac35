package fluoro

// roam finds what moves by itself in frames that are laid on each other: the diaphragm, ribs, bowel. What it adds to a pixel goes on from
// frame to frame, noise does not: the covariance of each frame with the one before holds the one without the other. Where the whole
// picture changes it is begun anew.
type roam struct {
	before      *picture
	sum, lag, n []float32 // since the whole picture last changed
	cov, frames []float32 // of the times before that
}

func newRoam(w, h int) *roam {
	f := func() []float32 { return make([]float32, w*h) }
	r := &roam{before: newPicture(w, h), sum: f(), lag: f(), n: f(), cov: f(), frames: f()}
	r.cut()
	return r
}

// add takes in what a frame adds to the first one.
func (r *roam) add(diff *picture) {
	for i, d := range diff.v {
		if was := r.before.v[i]; d != outside && was != outside {
			r.sum[i] += d
			r.lag[i] += d * was
			r.n[i]++
		}
	}
	copy(r.before.v, diff.v)
}

// cut tells that the next frame cannot be compared with the one before.
func (r *roam) cut() {
	for i, n := range r.n {
		if n > 0 {
			r.cov[i] += r.lag[i] - r.sum[i]*r.sum[i]/n
			r.frames[i] += n
		}
		r.sum[i], r.lag[i], r.n[i], r.before.v[i] = 0, 0, 0, outside
	}
}

// roamPixels is by how many pixels of the small pictures something must move, as one standard deviation, to be told from the spine.
const roamPixels = 0.5

// moves tells the pixels whose changes are those of something that moves by more than roamPixels, or comes and goes.
func (r *roam) moves(ref *picture) []bool {
	out := make([]bool, len(ref.v))
	w, h := ref.w, ref.h
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			i := y*w + x
			gx, gy := (ref.v[i+1]-ref.v[i-1])/2, (ref.v[i+w]-ref.v[i-w])/2
			out[i] = r.cov[i] > r.frames[i]*roamPixels*roamPixels*(gx*gx+gy*gy)
		}
	}
	return out
}
