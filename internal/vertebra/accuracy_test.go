package vertebra_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

// score compares one body with the truth.
type score struct {
	seed                 uint64
	kind                 string // intact, fractured, cemented
	found                bool
	dice                 float64
	volumeError          float64 // relative
	distance             float64 // mean distance of surfaces, mm
	wall                 float64 // wall at the midline against the truth, mm
	anterior, middle     float64 // height errors, mm
	posterior, wedge     float64 // mm; degrees
	cobb                 float64 // local Cobb angle, degrees; NaN where a neighbour is cut
	name, covered        bool
	width                float64 // half the interval over the volume
	volume, wantedVolume float64
	worst                worstPlace
	far, farCement       float64 // share of the surface more than 1 mm off; of the surface within 4 mm of cement
}

// worstPlace is where a surface is farthest from the truth.
type worstPlace struct {
	mm         float64   // positive outside the truth
	at         geom.Body // in the true axes
	nearCement bool
}

// surfaceErrors finds the worst place of a surface and the shares of it that are more than a millimetre off, all round and near cement.
func surfaceErrors(v, truth *spine.Vertebra, t *phantom.Truth) (worst worstPlace, far, farCement float64) {
	inv := truth.BodyFromPatient()
	var n, off, nc, offc float64
	for _, p := range v.Body.Vertices {
		d := truth.Distance(p)
		near := nearCement(p, t)
		n++
		if near {
			nc++
		}
		if math.Abs(d) > 1 {
			off++
			if near {
				offc++
			}
		}
		if math.Abs(d) > math.Abs(worst.mm) {
			worst = worstPlace{d, inv.Apply(p), near}
		}
	}
	for _, p := range truth.Body.Vertices { // what the surface misses
		if d := v.Distance(p); math.Abs(d) > math.Abs(worst.mm) {
			worst = worstPlace{-d, inv.Apply(p), nearCement(p, t)}
		}
	}
	return worst, off / n, offc / max(1, nc)
}

// drawWorst draws the sagittal, coronal and axial planes of the true axes through a place, found surface green, truth red.
func drawWorst(post *volume.Volume, v, truth *spine.Vertebra, at geom.Body) image.Image {
	const mm, n = 0.25, 280
	f := truth.PatientFromBody
	x, y, z := f.Axis(0).Mul(mm), f.Axis(1).Mul(mm), f.Axis(2).Mul(-mm)
	var parts []*image.RGBA
	for _, plane := range []struct {
		through geom.Body
		dx, dy  geom.PatientVec
	}{{geom.Pt[geom.BodyFrame](at.X, 0, 0), y, z}, {geom.Pt[geom.BodyFrame](0, at.Y, 0), x, z}, {geom.Pt[geom.BodyFrame](0, 0, at.Z), x, y}} {
		o := f.Apply(plane.through).Add(plane.dx.Mul(-n / 2)).Add(plane.dy.Mul(-n / 2))
		m := picture(post, &spine.Spine{Vertebrae: []*spine.Vertebra{v}}, o, plane.dx, plane.dy, n, n)
		red := picture(post, &spine.Spine{Vertebrae: []*spine.Vertebra{truth}}, o, plane.dx, plane.dy, n, n)
		for i := range n * n {
			if c := red.RGBAAt(i%n, i/n); c.G == 255 && c.R == 0 {
				m.SetRGBA(i%n, i/n, color.RGBA{255, m.RGBAAt(i%n, i/n).G / 2, 0, 255})
			}
		}
		parts = append(parts, m)
	}
	return beside(parts...)
}

// nearCement reports whether cement lies within about 4 mm of a point.
func nearCement(p geom.Patient, t *phantom.Truth) bool {
	for _, r := range []float64{0, 2, 4} {
		for _, d := range []geom.PatientVec{{X: 1}, {X: -1}, {Y: 1}, {Y: -1}, {Z: 1}, {Z: -1}} {
			if c, _ := t.NewCement(p.Add(d.Mul(r))); c != 0 {
				return true
			}
		}
	}
	return false
}

// scores runs Find on a phantom case and compares every complete body.
func scores(t *testing.T, seed uint64, o phantom.Options, withSeed bool) []score {
	t.Helper()
	c, err := phantom.New(seed, o)
	if err != nil {
		t.Fatal(err)
	}
	var opt vertebra.Options
	if withSeed {
		r := rand.New(rand.NewPCG(seed, 77))
		w := c.Truth.Vertebrae[r.IntN(len(c.Truth.Vertebrae))]
		p := geom.LPS(w.CentroidLPS[0]+2*r.NormFloat64(), w.CentroidLPS[1]+2*r.NormFloat64(), w.CentroidLPS[2]+2*r.NormFloat64())
		opt.Seeds = []vertebra.Seed{{Level: w.Level, Point: p}}
	}
	start := time.Now()
	sink := &diag.Sink{}
	s, err := vertebra.Find(context.Background(), c.Post, opt, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start).Seconds()
	truth := c.Truth.Spine()
	var out []score
	for _, w := range c.Truth.Vertebrae {
		tv := truth.Find(w.Level)
		x := score{seed: seed, kind: "intact", dice: 0}
		if w.GenantGrade > 0 {
			x.kind = "fractured"
		}
		if w.Treated || w.PriorCementML > 0 {
			x.kind = "cemented"
		}
		x.wantedVolume = w.BodyVolumeML
		if v := closest(s, tv.Centroid()); v != nil && v.Complete && v.Centroid().Dist(tv.Centroid()) < 8 {
			x.found = true
			x.name = v.Level == w.Level
			if !x.name && !v.Level.IsUnknown() {
				t.Errorf("seed %d: %s is called %s", seed, w.Level, v.Level)
			}
			x.volume = float64(v.BodyML)
			x.volumeError = float64(v.BodyML)/w.BodyVolumeML - 1
			x.covered = v.BodyIntervalML.Contains(w.BodyVolumeML)
			x.width = (v.BodyIntervalML.High - v.BodyIntervalML.Low) / 2 / float64(v.BodyML)
			x.dice = dice(v, tv)
			x.distance = (meanDistance(v, tv) + meanDistance(tv, v)) / 2
			x.anterior = float64(v.Heights.Anterior) - w.HeightsMM.Anterior
			x.middle = float64(v.Heights.Middle) - w.HeightsMM.Middle
			x.posterior = float64(v.Heights.Posterior) - w.HeightsMM.Posterior
			x.wedge = v.Heights.WedgeRadians*180/math.Pi - w.WedgeAngleDegrees
			x.worst, x.far, x.farCement = surfaceErrors(v, tv, c.Truth)
			if out := os.Getenv("VERTEFILL_WORST_OUT"); out != "" && math.Abs(x.worst.mm) > 1.5 {
				save(t, filepath.Join(out, fmt.Sprintf("%d-%s.png", seed, w.Level)), drawWorst(c.Post, v, tv, x.worst.at))
			}
			x.cobb = cobbError(s, v, truth, tv)
			inv := v.BodyFromPatient()
			x.wall = v.Wall.Y(0, 0) - inv.Apply(tv.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](0, tv.Wall.Y(0, 0), 0))).Y
		}
		out = append(out, x)
		t.Logf("seed %d %-4s %-9s %-9s g%d found %-5v dice %.3f vol %6.2f want %6.2f (%+5.1f %%, +-%.1f) dist %.2f wall %+.2f h %+.1f %+.1f %+.1f wedge %.1f want %.1f worst %+.1f at %.0f %.0f %.0f cement %v far %.3f %.3f", seed, w.Level, x.kind, w.Deformity,
			w.GenantGrade, x.found, x.dice, x.volume, x.wantedVolume, 100*x.volumeError, 100*x.width, x.distance, x.wall, x.anterior, x.middle, x.posterior, x.wedge+w.WedgeAngleDegrees, w.WedgeAngleDegrees,
			x.worst.mm, x.worst.at.X, x.worst.at.Y, x.worst.at.Z, x.worst.nearCement, x.far, x.farCement)
	}
	for _, v := range s.Vertebrae {
		if v.Complete {
			if tv := closest(truth, v.Centroid()); tv == nil || !tv.Complete || tv.Centroid().Dist(v.Centroid()) > 8 {
				t.Logf("seed %d: a body of %.1f mL where none is (%v)", seed, v.BodyML, v.Centroid())
			}
		}
	}
	t.Logf("seed %d: %dx%dx%d at %.2f x %.2f mm, %.2f s", seed, c.Post.NX, c.Post.NY, c.Post.NZ, c.Post.DX, c.Post.DZ, took)
	return out
}

// cobbError is the error of the local Cobb angle in degrees, NaN where either spine has none.
func cobbError(s *spine.Spine, v *spine.Vertebra, truth *spine.Spine, tv *spine.Vertebra) float64 {
	got, ok1 := s.LocalCobb(slices.Index(s.Vertebrae, v))
	want, ok2 := truth.LocalCobb(slices.Index(truth.Vertebrae, tv))
	if !ok1 || !ok2 {
		return math.NaN()
	}
	return (got - want) * 180 / math.Pi
}

func closest(s *spine.Spine, p geom.Patient) *spine.Vertebra {
	var best *spine.Vertebra
	for _, v := range s.Vertebrae {
		if best == nil || v.Centroid().Dist(p) < best.Centroid().Dist(p) {
			best = v
		}
	}
	return best
}

// dice of two bodies by the signs of their distance fields on a lattice of 0.6 mm.
func dice(a, b *spine.Vertebra) float64 {
	lo, hi := a.Body.Bounds()
	l2, h2 := b.Body.Bounds()
	lo = geom.LPS(min(lo.X, l2.X), min(lo.Y, l2.Y), min(lo.Z, l2.Z))
	hi = geom.LPS(max(hi.X, h2.X), max(hi.Y, h2.Y), max(hi.Z, h2.Z))
	both, sum := 0, 0
	for z := lo.Z; z < hi.Z; z += 0.6 {
		for y := lo.Y; y < hi.Y; y += 0.6 {
			for x := lo.X; x < hi.X; x += 0.6 {
				p := geom.LPS(x, y, z)
				ia, ib := a.Distance(p) < 0, b.Distance(p) < 0
				if ia {
					sum++
				}
				if ib {
					sum++
				}
				if ia && ib {
					both++
				}
			}
		}
	}
	return 2 * float64(both) / float64(max(1, sum))
}

func meanDistance(a, b *spine.Vertebra) float64 {
	sum := 0.0
	for _, p := range a.Body.Vertices {
		sum += math.Abs(b.Distance(p))
	}
	return sum / float64(len(a.Body.Vertices))
}

// TestAccuracy measures bodies over a family of phantoms and prints the table of docs/algorithms/vertebra.md. VERTEFILL_ACCURACY is
// the name of a family of package phantom, or a number of cases with default options; VERTEFILL_FIRST is the first seed,
// VERTEFILL_SLICE a slice thickness in mm, VERTEFILL_ONLY the number of one case in the family, VERTEFILL_WORST_OUT a folder for
// pictures of the worst places, VERTEFILL_NOSEED makes the search fully automatic, VERTEFILL_PIXEL sets the pixel in mm of a view of
// 150 mm, VERTEFILL_PLAIN leaves out cement and fractures.
func TestAccuracy(t *testing.T) {
	family := os.Getenv("VERTEFILL_ACCURACY")
	if family == "" {
		t.Skip("set VERTEFILL_ACCURACY to a family of phantoms, or to a number of cases")
	}
	cases := phantom.Family(family)
	if n, err := strconv.Atoi(family); err == nil {
		cases = make([]phantom.Options, n)
	}
	first, _ := strconv.Atoi(os.Getenv("VERTEFILL_FIRST"))
	by := map[string][]score{}
	thickest := 0.0
	for i, o := range cases {
		if only, err := strconv.Atoi(os.Getenv("VERTEFILL_ONLY")); err == nil && only != i {
			continue
		}
		o.NoPre = true
		if mm, err := strconv.ParseFloat(os.Getenv("VERTEFILL_SLICE"), 64); err == nil {
			o.SliceMM, o.SpacingMM = unit.MM(mm), unit.MM(mm)
		}
		if mm, err := strconv.ParseFloat(os.Getenv("VERTEFILL_PIXEL"), 64); err == nil {
			o.FOVMM = 150
			o.Matrix = int(math.Round(150 / mm))
		}
		if os.Getenv("VERTEFILL_PLAIN") != "" {
			o.NoCement, o.Plan, o.Fractures = true, nil, []phantom.Fracture{}
		}
		thickest = max(thickest, float64(o.SliceMM))
		for _, x := range scores(t, uint64(first+i), o, os.Getenv("VERTEFILL_NOSEED") == "") {
			by[x.kind] = append(by[x.kind], x)
			by["all"] = append(by["all"], x)
		}
	}
	for _, k := range []string{"intact", "fractured", "cemented", "all"} {
		report(t, k, by[k])
	}
	list := gates
	if thickest > 1.5 {
		list = thickGates
	}
	printGates(t, list, by["intact"], slices.Concat(by["fractured"], by["cemented"]))
}

func report(t *testing.T, kind string, s []score) {
	if len(s) == 0 {
		return
	}
	pick := func(f func(score) float64) []float64 {
		var v []float64
		for _, x := range s {
			if x.found {
				v = append(v, f(x))
			}
		}
		sort.Float64s(v)
		return v
	}
	q := func(v []float64, p float64) float64 {
		if len(v) == 0 {
			return math.NaN()
		}
		return v[min(len(v)-1, int(p*float64(len(v))))]
	}
	found, named, covered := 0, 0, 0
	for _, x := range s {
		if x.found {
			found++
		}
		if x.name {
			named++
		}
		if x.covered {
			covered++
		}
	}
	d := pick(func(x score) float64 { return x.dice })
	v := pick(func(x score) float64 { return 100 * x.volumeError })
	a := pick(func(x score) float64 { return 100 * math.Abs(x.volumeError) })
	m := pick(func(x score) float64 { return x.distance })
	h := pick(func(x score) float64 { return max(math.Abs(x.anterior), math.Abs(x.middle), math.Abs(x.posterior)) })
	w := pick(func(x score) float64 { return math.Abs(x.wedge) })
	pw := pick(func(x score) float64 { return math.Abs(x.wall) })
	far := pick(func(x score) float64 { return math.Abs(x.worst.mm) })
	sf := pick(func(x score) float64 { return x.far })
	sc := pick(func(x score) float64 { return x.farCement })
	t.Logf("%-9s worst place median %.1f P95 %.1f max %.1f mm | share over 1 mm median %.3f P95 %.3f | near cement median %.3f P95 %.3f", kind, q(far, 0.5), q(far, 0.95), q(far, 1), q(sf, 0.5), q(sf, 0.95), q(sc, 0.5), q(sc, 0.95))
	t.Logf("%-9s n %d found %.3f named %.3f | Dice median %.3f P5 %.3f | volume median %+.1f %%, |median| %.1f, P95 %.1f, max %.1f | distance median %.2f P95 %.2f | height P50 %.2f P95 %.2f | wedge P50 %.1f P95 %.1f | wall P50 %.2f P95 %.2f | interval %.2f",
		kind, len(s), float64(found)/float64(len(s)), float64(named)/float64(len(s)), q(d, 0.5), q(d, 0.05), q(v, 0.5), q(a, 0.5), q(a, 0.95), q(a, 1), q(m, 0.5), q(m, 0.95),
		q(h, 0.5), q(h, 0.95), q(w, 0.5), q(w, 0.95), q(pw, 0.5), q(pw, 0.95), float64(covered)/float64(max(1, found)))
}
