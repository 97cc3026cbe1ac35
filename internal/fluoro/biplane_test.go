package fluoro_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/volume"
)

// oracle projects a place from the isocentre (left, back, head) in the way DICOM describes it, written out for two views only: from the
// front, where columns run to the patient's left, and from the left, where they run to the back. Rows run to the feet.
func oracle(front bool, p [3]float64) [2]float64 {
	const toDetector, toPatient, pixel, mid = 1180.0, 780.0, 0.5, 191.5
	across, depth := p[0], -p[1]
	if !front {
		across, depth = p[1], p[0]
	}
	k := toDetector / (toPatient + depth) / pixel
	return [2]float64{mid + k*across, mid - k*p[2]}
}

func pairOfViews() (front, left fluoro.Sight) {
	view := func(primary float64) fluoro.Sight {
		return fluoro.Sight{View: &fluoro.View{PrimaryDegrees: primary, SourceDetector: 1180, SourcePatient: 780, DetectorRowMM: 0.5, DetectorColMM: 0.5}, NX: 384, NY: 384}
	}
	return view(0), view(90)
}

func TestLocate(t *testing.T) {
	front, left := pairOfViews()
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		p := [3]float64{40 * (r.Float64() - 0.5), 40 * (r.Float64() - 0.5), 60 * (r.Float64() - 0.5)}
		a, b := oracle(true, p), oracle(false, p)
		got, err := fluoro.Locate(front, left, a, b)
		if err != nil {
			t.Fatal(err)
		}
		v := got.FromIsocentre
		if d := math.Hypot(math.Hypot(v.X-p[0], v.Y-p[1]), v.Z-p[2]); d > 1e-6 || got.ResidualMM > 1e-6 || math.Abs(got.TurnDegrees-90) > 1e-6 {
			t.Fatalf("%v is placed at %v, residual %g", p, v, got.ResidualMM)
		}
		ends, ok := fluoro.Epipolar(front, left, a)
		if !ok {
			t.Fatal("no epipolar line")
		}
		dx, dy := ends[1][0]-ends[0][0], ends[1][1]-ends[0][1]
		if off := math.Abs(dx*(b[1]-ends[0][1])-dy*(b[0]-ends[0][0])) / math.Hypot(dx, dy); off > 1e-6 {
			t.Fatalf("the point lies %g pixels off its epipolar line", off)
		}
		b[1] += 10 // rows that do not fit: 10 pixels are 3.3 mm at the isocentre
		if got, err = fluoro.Locate(front, left, a, b); err != nil || math.Abs(got.ResidualMM-3.3) > 0.3 {
			t.Fatalf("residual %g, %v", got.ResidualMM, err)
		}
	}
	near := front
	view := *front.View
	view.PrimaryDegrees = 8
	near.View = &view
	if _, err := fluoro.Locate(front, near, [2]float64{}, [2]float64{}); !errors.Is(err, fluoro.ErrParallel) {
		t.Errorf("views 8 degrees apart: %v", err)
	}
	if _, err := fluoro.Locate(front, fluoro.Sight{}, [2]float64{}, [2]float64{}); !errors.Is(err, fluoro.ErrNoGeometry) {
		t.Errorf("no geometry: %v", err)
	}
}

// TestHullOfASphere: two views of a sphere at right angles leave the solid of Steinmetz, 16/3 r3, whatever the sphere's place, though one
// view is off by some millimetres.
func TestHullOfASphere(t *testing.T) {
	front, left := pairOfViews()
	const radius = 9.0
	for _, c := range [][3]float64{{0, 0, 0}, {8, -11, 14}} {
		for _, off := range []float64{0, 3} {
			draw := func(isFront bool, rise float64) []uint8 {
				out := make([]uint8, 384*384)
				middle := oracle(isFront, c)
				depth := -c[1]
				if !isFront {
					depth = c[0]
				}
				r := radius * 1180 / (780 + depth) / 0.5
				for i := range out {
					if x, y := float64(i%384)-middle[0], float64(i/384)-middle[1]+rise/0.33; x*x+y*y <= r*r {
						out[i] = 1
					}
				}
				return out
			}
			h, err := fluoro.UpperBound(front, left, draw(true, 0), draw(false, off))
			if err != nil {
				t.Fatal(err)
			}
			steinmetz := 16.0 / 3 * radius * radius * radius / 1000
			if h.UpperBoundML < steinmetz || h.UpperBoundML > 1.2*steinmetz || math.Abs(h.ShiftMM-off) > 0.4 {
				t.Errorf("%v, %g mm off: %.2f mL of %.2f, shift %.1f mm", c, off, h.UpperBoundML, steinmetz, h.ShiftMM)
			}
		}
	}
	some, none := make([]uint8, 384*384), make([]uint8, 384*384)
	some[384*190+190] = 1
	if _, err := fluoro.UpperBound(front, left, some, none); !errors.Is(err, fluoro.ErrNoSilhouette) {
		t.Errorf("no cement in one view: %v", err)
	}
	far := make([]uint8, 384*384)
	far[384*300+190] = 1
	if _, err := fluoro.UpperBound(front, left, some, far); !errors.Is(err, fluoro.ErrNoMatch) {
		t.Errorf("two different places: %v", err)
	}
	far[0] = 1
	if _, err := fluoro.UpperBound(front, left, some, far); !errors.Is(err, fluoro.ErrCut) {
		t.Errorf("cut off: %v", err)
	}
}

func TestInStep(t *testing.T) {
	run := func(frames int, step time.Duration) *fluoro.Run {
		c := &volume.Cine{NX: 48, NY: 48, Frames: frames}
		for k := range frames {
			c.Times = append(c.Times, time.Duration(k)*step)
		}
		return &fluoro.Run{Cine: c}
	}
	a, b := run(30, 100*time.Millisecond), run(20, 250*time.Millisecond)
	for k, j := range fluoro.InStep(a, b, 500*time.Millisecond) {
		want := max(0, int(math.Floor((float64(k)*100-500)/250)))
		if j != min(19, want) {
			t.Errorf("frame %d is in step with %d, not %d", k, j, want)
		}
	}
}
