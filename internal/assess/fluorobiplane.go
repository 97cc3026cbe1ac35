package assess

import (
	"math"
	"time"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/fluoro"
)

// BiplanePair is two runs taken at the same time from two sides, by their places in a list of runs.
type BiplanePair struct {
	A, B  int
	Later time.Duration // by which B starts after A
}

// Runs of one injection start within pairedStart of each other when the files call them planes A and B, and within sameStart when they
// do not.
const (
	pairedStart = 2 * time.Second
	sameStart   = 300 * time.Millisecond
	pairedTurn  = 15.0 // degrees between the beams
)

// Biplane finds the pairs among runs: planes A and B of one moment, or two runs from different sides that start together and last alike.
// Every run is in one pair at most.
func Biplane(runs []*dicomio.Run) (out []BiplanePair) {
	taken := make([]bool, len(runs))
	for i, a := range runs {
		for j := i + 1; j < len(runs) && !taken[i]; j++ {
			b := runs[j]
			if taken[j] || !a.Angles || !b.Angles || turnBetween(a, b) < pairedTurn || a.Series.StudyUID != b.Series.StudyUID {
				continue
			}
			p, q := a.Projection().Plane, b.Projection().Plane
			from, ok := a.Start()
			to, also := b.Start()
			if !ok || !also {
				continue
			}
			later := to - from
			planes := p != 0 && q != 0 && p != q && later.Abs() <= pairedStart
			alike := p == 0 && q == 0 && later.Abs() <= sameStart && a.Frames == b.Frames && a.Frames > 1
			if !planes && !alike {
				continue
			}
			pair := BiplanePair{i, j, later}
			if p == 'B' {
				pair = BiplanePair{j, i, -later}
			}
			out = append(out, pair)
			taken[i], taken[j] = true, true
		}
	}
	return out
}

// turnBetween is the angle between the beams of two runs in degrees, 0..90.
func turnBetween(a, b *dicomio.Run) float64 {
	beam := func(r *dicomio.Run) [3]float64 {
		sp, cp := math.Sincos(r.Primary * math.Pi / 180)
		ss, cs := math.Sincos(r.Second * math.Pi / 180)
		return [3]float64{sp * cs, -cp * cs, ss}
	}
	u, v := beam(a), beam(b)
	return math.Acos(math.Min(1, math.Abs(u[0]*v[0]+u[1]*v[1]+u[2]*v[2]))) * 180 / math.Pi
}

// pairUp says of each run which one was taken with it, and what both bound. places are those of the results in the list of runs.
func pairUp(runs []*dicomio.Run, found []FluoroResult, places []int) {
	at := map[int]*FluoroResult{}
	for n, place := range places {
		at[place] = &found[n]
	}
	for _, p := range Biplane(runs) {
		a, b := at[p.A], at[p.B]
		if a == nil || b == nil {
			continue
		}
		x := FluoroBiplane{TurnDegrees: round(turnBetween(runs[p.A], runs[p.B]), 1)}
		if h, err := UpperBound(a, b); err == nil {
			x.UpperBoundML, x.ShiftMM = round(h.UpperBoundML, 2), round(h.ShiftMM, 2)
		}
		y := x
		x.OtherSeriesInstanceUID, y.OtherSeriesInstanceUID = b.Report.SeriesInstanceUID, a.Report.SeriesInstanceUID
		a.Report.Biplane, b.Report.Biplane = &x, &y
	}
}

// UpperBound is the visual hull of the cement at the end of two runs; errors are those of fluoro.UpperBound.
func UpperBound(a, b *FluoroResult) (fluoro.Hull, error) {
	silhouette := func(f *FluoroResult) []uint8 {
		out := make([]uint8, f.Run.NX*f.Run.NY)
		f.Found.MaskOnFirst(f.Run.Frames-1, out)
		return out
	}
	return fluoro.UpperBound(a.Run.Sight(), b.Run.Sight(), silhouette(a), silhouette(b))
}

// doseOf is what a run's header says of its radiation; nil when nothing.
func doseOf(d *dicomio.Run) *FluoroDose {
	h := d.Projection().Dose
	x := FluoroDose{AreaProductGyCM2: round(h.AreaProductDGyCM2/10, 4), EntranceMGy: h.EntranceMGy, KVP: h.KVP, MilliAmpere: h.MilliAmpere}
	if x == (FluoroDose{}) {
		return nil
	}
	return &x
}
