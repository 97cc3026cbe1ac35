package leak_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestAccuracy measures cement and leaks on phantoms with the true registration, and the true spine or (own) the one found.
//
//	VERTEFILL_ACCURACY=first-last[,thick][,nopre][,extended][,own] go test ./internal/leak -run TestAccuracy -v -timeout 2h
//
// Without the variable one small case is run, so that the harness itself stays alive.
func TestAccuracy(t *testing.T) {
	var s score
	first, last := uint64(11), uint64(11)
	o := phantom.Options{First: anatomy.L1, Last: anatomy.L1 + 1, Matrix: 144, SliceMM: 1, Fractures: []phantom.Fracture{}, Plan: []phantom.Treatment{
		{Level: anatomy.L1, Fill: 0.2, PlateauHU: 2200, Leaks: []phantom.LeakPlan{{Compartment: anatomy.Canal, ML: 0.2}, {Compartment: anatomy.DiscInferior, ML: 0.2}}}}}
	long := os.Getenv("VERTEFILL_ACCURACY")
	if long != "" {
		o = phantom.Options{}
		words := strings.Split(long, ",")
		a, b, _ := strings.Cut(words[0], "-")
		x, err1 := strconv.ParseUint(a, 10, 64)
		y, err2 := strconv.ParseUint(b, 10, 64)
		if err1 != nil || err2 != nil {
			t.Fatalf("VERTEFILL_ACCURACY=%s: want first-last[,thick][,nopre][,extended][,own]", long)
		}
		first, last = x, y
		for _, w := range words[1:] {
			switch w {
			case "thick":
				o.SliceMM, o.SpacingMM = 3, 3
			case "nopre":
				o.NoPre = true
			case "own":
				s.own = true
			case "extended":
				o.Scale = phantom.Extended
			}
		}
	}
	for seed := first; seed <= last; seed++ {
		c, err := phantom.New(seed, o)
		if err != nil {
			t.Logf("seed %d: %v", seed, err)
			continue
		}
		s.add(t, c)
	}
	s.print(t)
	if err := s.gates(long == ""); err != "" {
		t.Error(err)
	}
}

// found is what the program makes of a case.
func analyse(c *phantom.Case, own bool) (*cement.Map, leak.Result, time.Duration, error) {
	in := cement.Input{Post: c.Post, Pre: c.Pre, Spine: c.Truth.Spine()}
	if own {
		v := c.Truth.Vertebrae[len(c.Truth.Vertebrae)/2]
		seed := vertebra.Seed{Level: v.Level, Point: geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])}
		s, err := vertebra.Find(context.Background(), c.Post, vertebra.Options{Seeds: []vertebra.Seed{seed}}, nil, nil)
		if err != nil {
			return nil, leak.Result{}, 0, err
		}
		in.Spine = s
	}
	if c.Pre != nil {
		in.PreFromPost = map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame]{}
		for l, a := range c.Truth.PostFromPre() {
			in.PreFromPost[l] = a.MustInverse()
		}
	}
	start := time.Now()
	var sink diag.Sink
	m, err := cement.Segment(context.Background(), in, cement.Options{}, &sink, nil)
	if err != nil {
		return nil, leak.Result{}, 0, err
	}
	r, err := leak.Find(context.Background(), leakInput(c.Post, in.Spine, m), leak.Options{}, &sink)
	return m, r, time.Since(start), err
}

func leakInput(post *volume.Volume, s *spine.Spine, m *cement.Map) leak.Input {
	return leak.Input{Post: post, Spine: s, Box: m.Box, New: m.New, Prior: m.Prior, Solid: m.Solid, Doubt: m.Doubt, Scale: m.Scale, SigmaMM: m.PSF.InPlaneMM}
}

var thresholds = []int16{650, 1000, 1600}

// score adds up cases.
type score struct {
	own           bool
	body, bodySat []float64 // relative errors of cement in a body
	fill          []float64 // percentage points
	fixed         [3][]float64
	prior         []float64
	inside        [2]int // interval: holds, all
	leakTrue      map[int][2]int
	leakMade      map[int][2]int
	leakError     map[int][]float64
	compartment   [2]int
	canalFalse    [2]int
	confusion     map[string]int
	encroachMM    []float64
	encroachArea  []float64
	pedicle       []float64
	leakInside    [2]int
	seconds       []float64
}

func bin(ml float64) int {
	switch {
	case ml >= 0.1:
		return 100
	case ml >= 0.05:
		return 50
	case ml >= 0.02:
		return 20
	case ml >= 0.01:
		return 10
	}
	return 0
}

func (s *score) add(t *testing.T, c *phantom.Case) {
	t.Helper()
	if s.leakTrue == nil {
		s.leakTrue, s.leakMade, s.leakError, s.confusion = map[int][2]int{}, map[int][2]int{}, map[int][]float64{}, map[string]int{}
	}
	m, r, took, err := analyse(c, s.own)
	if err != nil {
		t.Fatalf("seed %d: %v", c.Seed, err)
	}
	s.seconds = append(s.seconds, took.Seconds())
	made := map[anatomy.Level]leak.Body{}
	for _, b := range r.Bodies {
		made[b.Level] = b
	}
	saturated := map[anatomy.Level]bool{}
	for _, b := range m.Batches {
		saturated[b.Level] = saturated[b.Level] || b.Saturated
	}
	for _, v := range c.Truth.Vertebrae {
		b := made[v.Level]
		fill := 100 * (float64(b.InBodyML+b.PriorML) - v.CementInBodyML - v.PriorCementML) / v.BodyVolumeML
		if v.CementInBodyML >= 0.3 {
			e := float64(b.InBodyML)/v.CementInBodyML - 1
			if saturated[v.Level] {
				s.bodySat = append(s.bodySat, e)
			} else {
				s.body = append(s.body, e)
			}
			s.fill = append(s.fill, fill)
			if math.Abs(fill) > 2 {
				t.Logf("seed %d %s: fill off by %.1f points: new %.3f of %.3f, prior %.3f of %.3f", c.Seed, v.Level, fill, b.InBodyML, v.CementInBodyML, b.PriorML, v.PriorCementML)
			}
			if b.IntervalML.Contains(v.CementInBodyML) {
				s.inside[0]++
			}
			s.inside[1]++
			for n, h := range threshold(c, v.Level) {
				s.fixed[n] = append(s.fixed[n], h/(v.CementInBodyML+v.PriorCementML)-1)
			}
			if math.Abs(e) > 0.05 {
				t.Logf("seed %d %s: body %.3f of %.3f mL (%+.1f %%), interval %.2f-%.2f, plateau %.0f, batches %v psf %v", c.Seed, v.Level, b.InBodyML, v.CementInBodyML, 100*e, b.IntervalML.Low, b.IntervalML.High, v.PlateauHU, m.Batches, m.PSF)
			}
		} else if c.Pre == nil && v.PriorCementML > 0 {
			continue // nothing tells earlier from new cement
		} else if b.InBodyML > 0.02 && v.CementInBodyML < 0.01 {
			t.Logf("seed %d %s: %.3f mL of new cement where there is %.3f (prior %.3f of %.3f)", c.Seed, v.Level, b.InBodyML, v.CementInBodyML, b.PriorML, v.PriorCementML)
		}
		if v.PriorCementML > 0 {
			s.prior = append(s.prior, float64(b.PriorML)/v.PriorCementML-1)
			if math.Abs(s.prior[len(s.prior)-1]) > 0.1 {
				t.Logf("seed %d %s: prior %.3f of %.3f mL, new %.3f of %.3f", c.Seed, v.Level, b.PriorML, v.PriorCementML, b.InBodyML, v.CementInBodyML)
			}
		}
		if v.CementInPedicleML > 0.05 {
			s.pedicle = append(s.pedicle, float64(b.InPedicleML)-v.CementInPedicleML)
		}
	}
	s.match(t, c, r)
}

// threshold is the volume above fixed thresholds within the true body and 1 mm round it.
func threshold(c *phantom.Case, level anatomy.Level) [3]float64 {
	v := c.Truth.Spine().Find(level)
	var out [3]float64
	at := c.Post.Voxel(v.Centroid())
	box := geom.BoxAround([]geom.Voxel{at}).Grow(int(35 / float64(min(c.Post.DX, c.Post.DZ)))).Intersect(c.Post.Bounds())
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				h := c.Post.At(i, j, k)
				if h < thresholds[0] || v.Distance(c.Post.Patient(geom.Vox(float64(i), float64(j), float64(k)))) > 1 {
					continue
				}
				for n, limit := range thresholds {
					if h >= limit {
						out[n] += float64(c.Post.VoxelVolume(k)) / 1000
					}
				}
			}
		}
	}
	return out
}

// match pairs true and found leaks by the voxels they share.
func (s *score) match(t *testing.T, c *phantom.Case, r leak.Result) {
	t.Helper()
	shared := make([]map[int]int, len(r.Leaks))
	sum := map[int]float64{}
	best := map[int]int{}
	for n, l := range r.Leaks {
		shared[n] = map[int]int{}
		for _, v := range l.Voxels {
			class, id := c.Truth.NewCement(c.Post.Patient(geom.Vox(float64(v.I), float64(v.J), float64(v.K))))
			if class == anatomy.CementLeaked {
				shared[n][id]++
			}
		}
		id, most := 0, 0
		for k, count := range shared[n] {
			if count > most || count == most && k < id {
				id, most = k, count
			}
		}
		ok := most > 0 && most*5 >= len(l.Voxels)
		bump(s.leakMade, bin(float64(l.VolumeML)), ok)
		if !ok {
			t.Logf("seed %d: false leak %.3f mL %s %s, reach %.1f, length %.1f, confidence %.2f, at %v", c.Seed, l.VolumeML, l.Level, l.Compartment, l.ReachMM, l.LengthMM, l.Confidence, l.Centroid)
			continue
		}
		sum[id] += float64(l.VolumeML)
		if old, ok := best[id]; !ok || r.Leaks[old].VolumeML < l.VolumeML {
			best[id] = n
		}
	}
	for _, want := range c.Truth.Leaks {
		n, ok := best[want.ID]
		bump(s.leakTrue, bin(want.VolumeML), ok)
		if !ok {
			if want.VolumeML > 0.02 {
				t.Logf("seed %d: missed leak %.3f mL %s %s, reach %.1f, at %.0f", c.Seed, want.VolumeML, want.Level, want.Compartment, want.ReachMM, want.CentroidLPS)
			}
			continue
		}
		got := r.Leaks[n]
		b := bin(want.VolumeML)
		s.leakError[b] = append(s.leakError[b], sum[want.ID]/want.VolumeML-1)
		if want.VolumeML < 0.02 {
			continue
		}
		s.leakInside[1]++
		if got.IntervalML.Contains(want.VolumeML) {
			s.leakInside[0]++
		}
		s.compartment[1]++
		if got.Compartment == want.Compartment {
			s.compartment[0]++
		} else {
			s.confusion[string(want.Compartment)+" called "+string(got.Compartment)]++
			t.Logf("seed %d: %s %.3f mL called %s (%.3f), length %.1f reach %.1f (true %.1f, %.1f) level %s", c.Seed, want.Compartment, want.VolumeML, got.Compartment, got.VolumeML, got.LengthMM, got.ReachMM, want.LengthMM, want.ReachMM, got.Level)
			for k, l := range r.Leaks {
				if shared[k][want.ID] > 0 {
					t.Logf("    part %s %.3f mL level %s length %.1f at %v", l.Compartment, l.VolumeML, l.Level, l.LengthMM, l.Centroid)
				}
			}
		}
		watched := func(k anatomy.Compartment) bool { return k == anatomy.Canal || k == anatomy.Foramen }
		s.canalFalse[1]++
		if watched(want.Compartment) == watched(got.Compartment) {
			s.canalFalse[0]++
		}
		if math.Abs(sum[want.ID]/want.VolumeML-1) > 0.2 {
			t.Logf("seed %d: leak %s %s %.3f mL measured %.3f", c.Seed, want.Level, want.Compartment, want.VolumeML, sum[want.ID])
		}
		if got.Level != want.Level {
			s.confusion["level wrong"]++
		}
		if got.Type != want.Type {
			s.confusion[fmt.Sprintf("%s %s typed %s", want.Compartment, want.Type, got.Type)]++
		}
		if got.Side != want.Side {
			s.confusion["side wrong"]++
		}
		if got.InCanal != nil && want.CanalEncroachmentMM != nil {
			s.encroachMM = append(s.encroachMM, float64(got.InCanal.DepthMM)-*want.CanalEncroachmentMM)
			s.encroachArea = append(s.encroachArea, 100*(float64(got.InCanal.Fraction)-*want.CanalEncroachmentFraction))
		}
	}
}

func bump(m map[int][2]int, k int, ok bool) {
	v := m[k]
	if ok {
		v[0]++
	}
	v[1]++
	m[k] = v
}

func (s *score) print(t *testing.T) {
	t.Helper()
	t.Logf("cement in body, unsaturated: %s", spread(s.body, 100, "%"))
	t.Logf("cement in body, saturated:   %s", spread(s.bodySat, 100, "%"))
	for n, h := range thresholds {
		t.Logf("  fixed threshold %4d HU:    %s", h, spread(s.fixed[n], 100, "%"))
	}
	t.Logf("fill ratio:                  %s", spread(s.fill, 1, "points"))
	t.Logf("prior cement:                %s", spread(s.prior, 100, "%"))
	t.Logf("in pedicle:                  %s", spread(s.pedicle, 1000, "uL"))
	t.Logf("interval holds the body's cement %d of %d, the leak's volume %d of %d", s.inside[0], s.inside[1], s.leakInside[0], s.leakInside[1])
	for _, b := range []int{100, 50, 20, 10, 0} {
		t.Logf("leaks from %.2f mL: found %d of %d, right %d of %d, volume %s", float64(b)/1000, s.leakTrue[b][0], s.leakTrue[b][1], s.leakMade[b][0], s.leakMade[b][1], spread(s.leakError[b], 100, "%"))
	}
	t.Logf("compartment %d of %d, canal and foramen against the rest %d of %d", s.compartment[0], s.compartment[1], s.canalFalse[0], s.canalFalse[1])
	keys := make([]string, 0, len(s.confusion))
	for k := range s.confusion {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Logf("  %s: %d", k, s.confusion[k])
	}
	t.Logf("canal: depth %s, area %s", spread(s.encroachMM, 1, "mm"), spread(s.encroachArea, 1, "points"))
	t.Logf("time: %s", spread(s.seconds, 1, "s"))
}

// gates returns the gates of the first version that are missed.
func (s *score) gates(few bool) string {
	all := append(append([]float64(nil), s.body...), s.bodySat...)
	var out []string
	if p := high(all); p > 0.06 {
		out = append(out, fmt.Sprintf("cement in body: P95 %.1f %%, gate 6 %%", 100*p))
	}
	if p := high(s.fill); p > 3 {
		out = append(out, fmt.Sprintf("fill ratio: P95 %.1f points, gate 3", p))
	}
	if n := s.leakTrue[100]; !few && float64(n[0]) < 0.95*float64(n[1]) {
		out = append(out, fmt.Sprintf("leaks of 0.1 mL found %d of %d", n[0], n[1]))
	}
	if n := s.leakMade[100]; !few && float64(n[0]) < 0.9*float64(n[1]) {
		out = append(out, fmt.Sprintf("leaks of 0.1 mL right %d of %d", n[0], n[1]))
	}
	return strings.Join(out, "; ")
}

// high is the 95th percentile of the absolute values.
func high(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	a := make([]float64, len(x))
	for i, v := range x {
		a[i] = math.Abs(v)
	}
	sort.Float64s(a)
	return a[min(len(a)-1, int(math.Ceil(0.95*float64(len(a))))-1)]
}

func spread(x []float64, scale float64, name string) string {
	if len(x) == 0 {
		return "none"
	}
	a := append([]float64(nil), x...)
	sort.Float64s(a)
	mid := a[len(a)/2]
	for i, v := range a {
		a[i] = math.Abs(v)
	}
	sort.Float64s(a)
	return fmt.Sprintf("n %d, median %+.2f, median size %.2f, P95 %.2f, worst %.2f %s", len(a), scale*mid, scale*a[len(a)/2], scale*high(x), scale*a[len(a)-1], name)
}
