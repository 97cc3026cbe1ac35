package render_test

import (
	"errors"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
)

// arc returns points on a circle in the sagittal plane from head to foot, bulging forwards: a lordosis of the given radius.
func arc(r float64, n int) (out []geom.Patient) {
	for i := range n {
		a := (float64(i)/float64(n-1) - 0.5) * 1.2
		out = append(out, geom.LPS(10, r-r*math.Cos(a), 100-r*math.Sin(a)))
	}
	return out
}

// TestCurveOfACircle checks length and axes against the circle's own.
func TestCurveOfACircle(t *testing.T) {
	const r = 120
	c, err := render.NewCurve(arc(r, 9))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Length(), 1.2*r; math.Abs(got-want) > 0.2 {
		t.Errorf("length %.2f mm, want %.2f", got, want)
	}
	centre := geom.LPS(10, r, 100)
	for mm := 10.0; mm < 130; mm += 7 {
		f := c.At(mm)
		if d := f.Origin().Dist(centre); math.Abs(d-r) > 0.2 { // the ends are straightened a little
			t.Errorf("at %g mm the curve is %.2f mm from the centre of the circle", mm, d)
		}
		out := centre.Sub(f.Origin()).Unit() // posterior: towards the centre
		if geom.AngleBetween(f.Axis(1), out) > 0.03 || f.Axis(0).Dot(geom.LPSVec(1, 0, 0)) < 0.999 || f.Axis(2).Z < 0.5 || math.Abs(f.Det()-1) > 1e-9 {
			t.Errorf("at %g mm the axes are %v %v %v", mm, f.Axis(0), f.Axis(1), f.Axis(2))
		}
		if got := c.Nearest(f.Origin().Add(f.Axis(1).Mul(8))); math.Abs(got-mm) > 0.3 {
			t.Errorf("nearest of a point beside %g mm is %g mm", mm, got)
		}
	}
	before, end := c.At(-20), c.At(0)
	if d := before.Origin().Dist(end.Origin()); math.Abs(d-20) > 1e-6 {
		t.Errorf("beyond the end the curve goes on by %g mm, want 20", d)
	}
}

// TestStraightened draws a bent rod whose HU rise towards the posterior: straightened, every row must be the same.
func TestStraightened(t *testing.T) {
	const r = 120
	centre := geom.LPS(10, r, 100)
	vol := fromFunc(grid(t, 40, 80, 1, 1, geom.LPS(-10, -20, 20), even(160, 1)...), func(p geom.Patient) float64 {
		return 1000 + 20*(r-math.Hypot(p.Y-centre.Y, p.Z-centre.Z)) + 5*(p.X-10)
	})
	c, err := render.NewCurve(arc(r, 13))
	if err != nil {
		t.Fatal(err)
	}
	v := render.CurvedView{Curve: c, Orientation: render.Sagittal, Viewport: render.Viewport{MMPerPixel: 0.5, Width: 41, Height: 201, Centre: geom.Pt[geom.PlaneFrame](0, c.Length()/2, 0)}}
	var hu render.HUImage
	for o, slope := range map[render.Orientation]float64{render.Sagittal: 20, render.Coronal: 5} {
		v.Orientation = o
		if err := render.ResliceCurved(t.Context(), vol, v, &hu); err != nil {
			t.Fatal(err)
		}
		for y := range hu.H {
			for x := range hu.W {
				if got, want := float64(hu.At(x, y)), 1000+slope*0.5*float64(x-20); math.Abs(got-want) > 4 {
					t.Fatalf("%v: pixel (%d,%d) is %g HU, want %g", o, x, y, got, want)
				}
			}
		}
		at := px(33, 60)
		p := v.PatientFromScreen(at)
		if d := v.ScreenFromPatient(p).Sub(at).Norm(); d > 0.3 {
			t.Errorf("%v: there and back misses by %.2f pixels", o, d)
		}
	}
}

func TestCurveRefuses(t *testing.T) {
	for name, points := range map[string][]geom.Patient{"none": nil, "one place": {geom.LPS(1, 1, 1), geom.LPS(1, 1, 1)}, "nowhere": {geom.LPS(0, 0, 0), geom.LPS(math.NaN(), 0, 0)}} {
		if _, err := render.NewCurve(points); !errors.Is(err, render.ErrView) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := render.ResliceCurved(t.Context(), nil, render.CurvedView{}, new(render.HUImage)); !errors.Is(err, render.ErrView) {
		t.Errorf("nothing to draw: %v", err)
	}
}
