package render_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/golden"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
)

func view3D(p render.PatientFromPlane, mmPerPixel float64, w, h int) render.View3D {
	return render.View3D{Viewport: view(p, mmPerPixel, w, h).Viewport}
}

func drawn(t *testing.T, s render.Scene, v render.View3D) *image.RGBA {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, v.Width, v.Height))
	if err := s.Draw(t.Context(), v, m); err != nil {
		t.Fatal(err)
	}
	return m
}

// square is a square of side 2r in the coronal plane through y, facing the front.
func square(x, y, z, r float64) *mesh.Mesh {
	return &mesh.Mesh{
		Vertices:  []geom.Patient{geom.LPS(x-r, y, z-r), geom.LPS(x+r, y, z-r), geom.LPS(x+r, y, z+r), geom.LPS(x-r, y, z+r)},
		Triangles: [][3]int32{{0, 1, 2}, {0, 2, 3}},
	}
}

var (
	red   = color.NRGBA{R: 200, A: 255}
	green = color.NRGBA{G: 200, A: 255}
	glass = color.NRGBA{B: 200, A: 102}
)

func TestSphereCoversItsDisc(t *testing.T) {
	c := geom.LPS(4, 5, 6)
	for n := range 4 {
		p := oblique(c, 0.7*float64(n), 0.4*float64(n))
		scene := render.Scene{Surfaces: []*render.Surface{render.NewSurface(sphere(5, c, 30), red)}, Ground: color.NRGBA{B: 255}}
		m := drawn(t, scene, view3D(p, 0.5, 201, 201))
		covered := 0.0
		for y := range 201 {
			for x := range 201 {
				share := 1 - float64(m.RGBAAt(x, y).B)/255 // of the pixel
				covered += share
				if r := math.Hypot(float64(x-100), float64(y-100)) / 2; share > 0 && r > 30.3 {
					t.Fatalf("pixel at radius %.2f mm is covered", r)
				}
			}
		}
		if want := math.Pi * 60 * 60; math.Abs(covered/want-1) > 0.002 {
			t.Errorf("view %d: %.1f pixels covered, want %.1f", n, covered, want)
		}
		lit, dark := m.RGBAAt(80, 75), m.RGBAAt(140, 145)
		if lit.R <= dark.R {
			t.Errorf("view %d: upper left %v is not brighter than lower right %v", n, lit, dark)
		}
	}
}

func TestNearerSurfaceHidesFarther(t *testing.T) {
	front, back := render.NewSurface(square(0, 0, 0, 10), red), render.NewSurface(square(5, 8, 0, 10), green)
	p := render.Standard(render.Coronal, geom.LPS(0, 0, 0))
	for _, order := range [][]*render.Surface{{front, back}, {back, front}} {
		m := drawn(t, render.Scene{Surfaces: order}, view3D(p, 1, 41, 41))
		if c := m.RGBAAt(20, 20); c.R == 0 || c.G != 0 {
			t.Errorf("where both lie: %v, want red", c)
		}
		if c := m.RGBAAt(33, 20); c.G == 0 || c.R != 0 {
			t.Errorf("beside the front one: %v, want green", c)
		}
	}
	behind := render.Turned(p, geom.LPS(0, 0, 0), geom.V[geom.PlaneFrame](0, 1, 0), math.Pi)
	if c := drawn(t, render.Scene{Surfaces: []*render.Surface{front}}, view3D(behind, 1, 41, 41)).RGBAAt(20, 20); c.R != 0 {
		t.Errorf("the back of an open surface shows: %v", c)
	}
}

// TestGlassBlendsOnce: transparent layers mix by alpha, exactly once along the diagonal that two triangles share.
func TestGlassBlendsOnce(t *testing.T) {
	p := render.Standard(render.Coronal, geom.LPS(0, 0, 0))
	far := render.NewSurface(square(0, 9, 0, 30), red)
	for layers := 1; layers <= 3; layers++ {
		scene := render.Scene{Surfaces: []*render.Surface{far}}
		for n := range layers {
			scene.Surfaces = append([]*render.Surface{render.NewSurface(square(0, float64(n), 0, 12), glass)}, scene.Surfaces...)
		}
		m := drawn(t, scene, view3D(p, 0.3, 61, 61))
		plain := drawn(t, render.Scene{Surfaces: []*render.Surface{far}}, view3D(p, 0.3, 61, 61)).RGBAAt(30, 30)
		want := float64(plain.R) * math.Pow(0.6, float64(layers))
		for y := range 61 {
			for x := range 61 {
				if c := m.RGBAAt(x, y); math.Abs(float64(c.R)-want) > 1 {
					t.Fatalf("%d layers: pixel (%d,%d) is %v, want red %.1f", layers, x, y, c, want)
				}
			}
		}
	}
}

func TestCutRemovesHalf(t *testing.T) {
	c := geom.LPS(0, 0, 0)
	ball := render.NewSurface(sphere(4, c, 20), red)
	v := view3D(render.Standard(render.Coronal, c), 1, 61, 61)
	v.Cuts[1] = render.Cut{At: c, Normal: geom.LPSVec(2, 0, 0)} // left half of the patient: right half of the picture
	m := drawn(t, render.Scene{Surfaces: []*render.Surface{ball}}, v)
	if m.RGBAAt(20, 30).R == 0 || m.RGBAAt(40, 30).R != 0 {
		t.Error("the cut takes the wrong half")
	}
	v.Cuts[1].Normal = geom.LPSVec(0, -1, 0) // the half towards the viewer: the inside of the far half shows
	if m := drawn(t, render.Scene{Surfaces: []*render.Surface{ball}}, v); m.RGBAAt(30, 30).R == 0 {
		t.Error("a cut surface does not show its inside")
	}
}

// slabScene is a volume with an opaque slab of 1000 HU between y = 20 and 30 mm.
func slabScene(t *testing.T) *render.Caster {
	t.Helper()
	vol := fromFunc(grid(t, 40, 40, 1, 1, geom.LPS(0, 0, 0), even(40, 1)...), func(p geom.Patient) float64 {
		if p.Y > 20 && p.Y < 30 {
			return 1000
		}
		return -1000
	})
	c, err := render.NewCaster(t.Context(), vol)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSurfacesLieWithinTheVolume(t *testing.T) {
	scene := render.Scene{Caster: slabScene(t), Show: render.Shaded, Transfer: render.Transfer{{HU: 500}, {HU: 600, Opacity: 0.99, Colour: color.NRGBA{B: 255}}}}
	v := view3D(render.Standard(render.Coronal, geom.LPS(20, 20, 20)), 0.5, 61, 61)
	at := func(y float64, c color.NRGBA) color.RGBA {
		s := scene
		s.Surfaces = []*render.Surface{render.NewSurface(square(20, y, 20, 30), c)}
		return drawn(t, s, v).RGBAAt(30, 30)
	}
	bare := drawn(t, scene, v).RGBAAt(30, 30)
	if bare.B < 60 || bare.R != 0 {
		t.Fatalf("the slab alone: %v", bare)
	}
	if c := at(10, red); c.R == 0 || c.B != 0 {
		t.Errorf("an opaque surface before the slab: %v", c)
	}
	if c := at(35, red); c.R > 4 || c.B != bare.B { // 2 % of the light is not followed
		t.Errorf("an opaque surface behind the slab: %v, want %v", c, bare)
	}
	tint := color.NRGBA{R: 200, A: 128}
	if c := at(10, tint); c.R == 0 || math.Abs(float64(c.B)-float64(bare.B)/2) > 5 { // light at the slab's face is taken up to 2 % of what is left
		t.Errorf("glass before the slab: %v, alone %v", c, bare)
	}
	if c := at(35, tint); c.R > 3 {
		t.Errorf("glass behind the slab shines through: %v", c)
	}
}

func TestMarkerInThreeDimensions(t *testing.T) {
	g := grid(t, 60, 50, 0.8, 1.2, geom.LPS(-20, -24, 100), even(30, 2)...)
	vol := fromFunc(g, func(geom.Patient) float64 { return 0 })
	marker := g.Patient(geom.Vox(40, 15, 22))
	for k := 21; k <= 23; k++ {
		for j := 14; j <= 16; j++ {
			for i := 39; i <= 41; i++ {
				vol.HU[i+g.NX*(j+g.NY*k)] = 2500
			}
		}
	}
	caster, err := render.NewCaster(t.Context(), vol)
	if err != nil {
		t.Fatal(err)
	}
	ball := render.NewSurface(sphere(3, marker, 2), red)
	for n := range 7 {
		whole := caster.Whole(render.Orientation(n%3), 160, 140)
		v := render.View3D{Viewport: whole}
		v.PatientFromPlane = render.Turned(v.PatientFromPlane, v.PatientFromPlane.Origin(), geom.V[geom.PlaneFrame](1, 0.5, -0.3), 0.8*float64(n))
		v.MMPerPixel *= 1.5
		screenFromPatient := v.ScreenFromPatient()
		want := screenFromPatient.Apply(marker)
		for name, s := range map[string]render.Scene{
			"MIP":     {Caster: caster, Show: render.MIP3D, Window: render.Window{Centre: 1000, Width: 1000}},
			"shaded":  {Caster: caster, Show: render.Shaded},
			"surface": {Surfaces: []*render.Surface{ball}},
		} {
			m := drawn(t, s, v)
			var sx, sy, sum float64
			for y := range 140 {
				for x := range 160 {
					if b := float64(m.RGBAAt(x, y).R); b > 20 {
						sx, sy, sum = sx+float64(x), sy+float64(y), sum+1
					}
				}
			}
			if sum == 0 || math.Hypot(sx/sum-want.X, sy/sum-want.Y) > 0.75 {
				t.Errorf("view %d, %s: marker at (%.2f, %.2f), want (%.2f, %.2f)", n, name, sx/sum, sy/sum, want.X, want.Y)
			}
		}
	}
}

func TestSceneRefusesAndCancels(t *testing.T) {
	s := render.Scene{Surfaces: []*render.Surface{render.NewSurface(sphere(4, geom.LPS(0, 0, 0), 9), red)}}
	v := view3D(render.Standard(render.Axial, geom.LPS(0, 0, 0)), 1, 30, 30)
	if err := s.Draw(t.Context(), v, image.NewRGBA(image.Rect(0, 0, 3, 3))); !errors.Is(err, render.ErrView) {
		t.Errorf("wrong buffer: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Draw(ctx, v, image.NewRGBA(image.Rect(0, 0, 30, 30))); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := render.NewCaster(t.Context(), nil); !errors.Is(err, render.ErrView) {
		t.Errorf("no volume: %v", err)
	}
	broken := sphere(2, geom.LPS(math.NaN(), math.Inf(1), 0), 9)
	if m := drawn(t, render.Scene{Surfaces: []*render.Surface{render.NewSurface(broken, red)}}, v); m.RGBAAt(15, 15).R != 0 {
		t.Error("a broken mesh is drawn")
	}
}

// TestSceneGolden shows glass bodies, cement and a leak within shaded bone, cut open.
func TestSceneGolden(t *testing.T) {
	c := geom.LPS(30, 30, 30)
	vol := fromFunc(grid(t, 60, 60, 1, 1, geom.LPS(0, 0, 0), even(60, 1)...), func(p geom.Patient) float64 {
		return max(-1000, 1200-400*math.Abs(p.Dist(c)-22)) // a shell of bone
	})
	caster, err := render.NewCaster(t.Context(), vol)
	if err != nil {
		t.Fatal(err)
	}
	s := render.Scene{Caster: caster, Show: render.Shaded, Ground: color.NRGBA{R: 16, G: 17, B: 18, A: 255}, Surfaces: []*render.Surface{
		render.NewSurface(sphere(4, c, 14), color.NRGBA{R: 0x56, G: 0xB4, B: 0xE9, A: 90}),
		render.NewSurface(sphere(4, c.Add(geom.LPSVec(2, 0, -2)), 7), color.NRGBA{R: 0xF2, G: 0xC9, B: 0x4C, A: 255}),
		render.NewSurface(sphere(3, c.Add(geom.LPSVec(-10, -12, 9)), 4), color.NRGBA{R: 0xFF, G: 0x4D, B: 0x5E, A: 255}),
	}}
	v := view3D(render.Turned(render.Standard(render.Coronal, c), c, geom.V[geom.PlaneFrame](0, 1, 0), 0.5), 0.5, 120, 120)
	v.Cuts[0] = render.Cut{At: c.Add(geom.LPSVec(0, -8, 0)), Normal: geom.LPSVec(0, -1, 0)}
	golden.Close(t, "", drawn(t, s, v), drawing)
}
