package vertebra

// Between the pedicles of two neighbours lies a foramen: beside the canal the bone gives way once for every disc, also where the disc
// itself is too thin to be seen. A body does not reach past a foramen.
const (
	foramenNearMM  = 5 // pedicles on both sides are looked for from here
	foramenFarMM   = 17
	foramenLeastHU = 80.0 // contrast of pedicles and foramina below which nothing is told
	foramenFrom    = 0.45 // share of the usual contrast from which a foramen is one
	foramenCost    = 1.0  // of a body that reaches past a full one,
	foramenInMM    = 13   // farther than this from both of its discs: in a crushed body the pedicles do not stand at their usual height
	foramenGain    = 0.3  // of a disc beside a full one: a disc that hardly shows is still a disc
	foramenSmooth  = 2
)

// foramina rates every station as the place of a disc by the foramen beside it: 0 for none, 1 for one as deep as any round it.
func (t *table) foramina() []float64 {
	n := len(t.side)
	smooth := make([]float64, n)
	for s := range smooth {
		sum, m := 0.0, 0.0
		for q := max(0, s-foramenSmooth); q <= min(n-1, s+foramenSmooth); q++ {
			sum, m = sum+t.side[q], m+1
		}
		smooth[s] = sum / m
	}
	peak := func(from, to int) float64 {
		best := 0.0
		for q := max(0, from); q <= min(n-1, to); q++ {
			best = max(best, smooth[q])
		}
		return best
	}
	out := make([]float64, n)
	for s := range out {
		at := s - foramenAboveMM
		if at < 0 {
			continue
		}
		usual := max(foramenLeastHU, quantile(smooth[max(0, s-45):min(n, s+45)], 0.9)-quantile(smooth[max(0, s-45):min(n, s+45)], 0.1))
		depth := min(peak(at-foramenFarMM, at-foramenNearMM), peak(at+foramenNearMM, at+foramenFarMM)) - smooth[at]
		out[s] = max(0, min(1, depth/usual)-foramenFrom) / (1 - foramenFrom)
	}
	return out
}
