package render_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/unit"
)

// TestMarkerLandsOnItsPixel puts one bright voxel into a patient and looks for it in every standard plane: head, left and
// posterior must lie on the side of the picture where radiologists expect them, at true distances on anisotropic voxels.
func TestMarkerLandsOnItsPixel(t *testing.T) {
	const mmPerPixel = 0.5
	g := grid(t, 50, 30, 0.8, 1.6, geom.LPS(-20, -24, 100), even(25, 2.5)...)
	vol := fromFunc(g, func(geom.Patient) float64 { return -500 })
	centre := g.Patient(geom.Vox(25, 15, 12))
	marker := g.Patient(geom.Vox(35, 20, 16)) // 8 mm left, 8 mm posterior, 10 mm up of the centre
	vol.HU[35+g.NX*(20+g.NY*16)] = 3000
	off := marker.Sub(centre)
	if off.Sub(geom.LPSVec(8, 8, 10)).Norm() > 1e-9 {
		t.Fatalf("the marker lies at %v", off)
	}
	for _, c := range []struct {
		o        render.Orientation
		dx, dy   float64 // expected place of the marker from the middle of the picture in mm
		letters  render.Letters
		halfW    int // half the size of the voxel in pixels
		halfH    int
		fullName string
	}{
		{render.Axial, 8, 8, render.Letters{Top: "A", Right: "L", Bottom: "P", Left: "R"}, 0, 1, "axial"},
		{render.Coronal, 8, -10, render.Letters{Top: "H", Right: "L", Bottom: "F", Left: "R"}, 0, 2, "coronal"},
		{render.Sagittal, 8, -10, render.Letters{Top: "H", Right: "P", Bottom: "F", Left: "A"}, 1, 2, "sagittal"},
	} {
		p := render.Through(render.Standard(c.o, centre), marker)
		v := view(p, mmPerPixel, 61, 61)
		v.Interp = render.InterpNearest
		hu := reslice(t, vol, v)
		var sumX, sumY, n float64
		for y := range hu.H {
			for x := range hu.W {
				if hu.At(x, y) == 3000 {
					sumX, sumY, n = sumX+float64(x), sumY+float64(y), n+1
				}
			}
		}
		wantX, wantY := 30+c.dx/mmPerPixel, 30+c.dy/mmPerPixel
		if n == 0 || math.Abs(sumX/n-wantX) > 0.51 || math.Abs(sumY/n-wantY) > 0.51 {
			t.Errorf("%s: marker at (%.2f, %.2f) in %g pixels, want (%g, %g)", c.o, sumX/n, sumY/n, n, wantX, wantY)
		}
		screenFromPatient := v.ScreenFromPatient()
		if q := screenFromPatient.Apply(marker); math.Abs(q.X-wantX)+math.Abs(q.Y-wantY)+math.Abs(q.Z) > 1e-9 {
			t.Errorf("%s: ScreenFromPatient puts the marker at %v", c.o, q)
		}
		patientFromScreen := v.PatientFromScreen()
		if back := patientFromScreen.Apply(screenFromPatient.Apply(marker)); back.Dist(marker) > 1e-9 {
			t.Errorf("%s: screen and back misses by %g mm", c.o, back.Dist(marker))
		}
		if got := render.LettersOf(p); got != c.letters {
			t.Errorf("%s: letters %v, want %v", c.o, got, c.letters)
		}
		if d := p.Det(); math.Abs(d-1) > 1e-12 {
			t.Errorf("%s: determinant %g: mirrored or scaled", c.o, d)
		}
		if c.o.String() != c.fullName {
			t.Errorf("name %q", c.o)
		}
	}
}

func TestObliqueLetters(t *testing.T) {
	at := geom.LPS(0, 0, 0)
	turned := render.Turned(render.Standard(render.Axial, at), at, geom.V[geom.PlaneFrame](1, 0, 0), 30*math.Pi/180)
	if got := render.LettersOf(turned); got.Left != "R" || got.Right != "L" || len(got.Top) != 2 || got.Top[0] != 'A' || got.Bottom[0] != 'P' {
		t.Errorf("letters %v", got)
	}
	slightly := render.Turned(render.Standard(render.Axial, at), at, geom.V[geom.PlaneFrame](1, 0, 0), 10*math.Pi/180)
	if got := render.LettersOf(slightly); got.Top != "A" {
		t.Errorf("10 degrees off: top %q, want A", got.Top)
	}
}

// TestAlignedPlanes: in the planes along a tilted body, its own axes are the picture's.
func TestAlignedPlanes(t *testing.T) {
	at := geom.LPS(3, -40, 210)
	tilt := geom.Compose(geom.Rotation(at, geom.LPSVec(1, 0, 0), 0.35), geom.Translated(at))
	for o, want := range map[render.Orientation]geom.Plane{
		render.Axial:    geom.Pt[geom.PlaneFrame](5, 7, 9),
		render.Sagittal: geom.Pt[geom.PlaneFrame](7, -9, -5),
		render.Coronal:  geom.Pt[geom.PlaneFrame](5, -9, 7),
	} {
		p := render.Aligned(o, tilt)
		planeFromPatient := p.MustInverse()
		if got := planeFromPatient.Apply(tilt.Apply(geom.Pt[geom.BodyFrame](5, 7, 9))); got.Dist(want) > 1e-9 {
			t.Errorf("%v: body point (5,7,9) is %v on the plane, want %v", o, got, want)
		}
	}
}

// TestMappedShowsTheSameAnatomy draws a moved copy of a volume in the mapped plane and expects the same picture.
func TestMappedShowsTheSameAnatomy(t *testing.T) {
	dome := func(c geom.Patient) func(geom.Patient) float64 {
		return func(p geom.Patient) float64 { return 1000 - p.Dist(c)*p.Dist(c) }
	}
	g := grid(t, 40, 40, 1, 1, geom.LPS(-20, -20, -20), even(40, 1)...)
	preFromPost := geom.Compose(geom.Translation(geom.LPSVec(4, -3, 5)), geom.Rotation(geom.LPS(0, 0, 0), geom.LPSVec(0, 0, 1), 0.2))
	c := geom.LPS(2, 3, -1)
	post, pre := fromFunc(g, dome(c)), fromFunc(g, dome(preFromPost.Apply(c)))
	v := view(oblique(c, 0.2, 0.1), 0.5, 31, 31)
	a := reslice(t, post, v)
	v.PatientFromPlane = render.Mapped(preFromPost, v.PatientFromPlane)
	b := reslice(t, pre, v)
	for i := range a.HU {
		if d := int(a.HU[i]) - int(b.HU[i]); d < -2 || d > 2 { // curvature between voxels: 3/4 HU, and two roundings
			t.Fatalf("pixel %d: %d and %d", i, a.HU[i], b.HU[i])
		}
	}
}

func TestZoomKeepsThePointUnderTheMouse(t *testing.T) {
	v := view(oblique(geom.LPS(1, 2, 3), 0.4, 0.8), 0.7, 301, 200).Viewport
	at := geom.Pt[geom.ScreenFrame](40, 150, 0)
	before := v.PatientFromScreen()
	z := v.Zoomed(0.2, at)
	after := z.PatientFromScreen()
	if d := before.Apply(at).Dist(after.Apply(at)); d > 1e-9 {
		t.Errorf("the point moved by %g mm", d)
	}
}

func TestFittedShowsAllCorners(t *testing.T) {
	v := view(render.Standard(render.Coronal, geom.LPS(9, 9, 9)), 1, 300, 200).Viewport
	corners := []geom.Patient{geom.LPS(-50, 0, 10), geom.LPS(100, 40, 400)}
	v = v.Fitted(corners)
	screenFromPatient := v.ScreenFromPatient()
	for _, c := range corners {
		if q := screenFromPatient.Apply(c); q.X < -0.6 || q.X > 299.6 || q.Y < -0.6 || q.Y > 199.6 {
			t.Errorf("corner %v lies at %v", c, q)
		}
	}
	if math.Abs(float64(v.MMPerPixel)-390.0/200) > 1e-9 {
		t.Errorf("%g mm per pixel", v.MMPerPixel)
	}
}

func TestScaleBar(t *testing.T) {
	for _, c := range []struct {
		mmPerPixel, maxPx float64
		mm                float64
		label             string
	}{{0.3, 100, 20, "2\u00a0cm"}, {0.1, 100, 10, "1\u00a0cm"}, {0.05, 100, 5, "5\u00a0mm"}, {1, 99, 50, "5\u00a0cm"}, {0.004, 100, 0.2, "200\u00a0µm"}, {1, 100, 100, "10\u00a0cm"}} {
		mm, px, label := render.ScaleBar(unit.MM(c.mmPerPixel), c.maxPx)
		if math.Abs(float64(mm)-c.mm) > 1e-9 || label != c.label || math.Abs(px*c.mmPerPixel-c.mm) > 1e-9 || px > c.maxPx*(1+1e-9) {
			t.Errorf("%g mm/px, %g px: %g mm, %g px, %q", c.mmPerPixel, c.maxPx, mm, px, label)
		}
	}
	if mm, px, label := render.ScaleBar(0, 100); mm != 0 || px != 0 || label != "" {
		t.Error("no scale should give no bar")
	}
}
