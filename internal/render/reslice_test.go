package render_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// grid makes an axis-parallel grid whose voxel (0,0,0) lies at o, slices at the given depths.
func grid(t testing.TB, nx, ny int, dx, dy float64, o geom.Patient, depths ...float64) *volume.Grid {
	t.Helper()
	pos := make([]geom.Patient, len(depths))
	for k, d := range depths {
		pos[k] = geom.LPS(o.X, o.Y, o.Z+d)
	}
	g, err := volume.NewGrid(nx, ny, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), unit.MM(dx), unit.MM(dy), pos, "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func even(n int, gap float64) []float64 {
	d := make([]float64, n)
	for k := range d {
		d[k] = float64(k) * gap
	}
	return d
}

// fromFunc fills a volume with a function of patient coordinates, rounded to whole HU.
func fromFunc(g *volume.Grid, f func(geom.Patient) float64) *volume.Volume {
	v := volume.New(g)
	o := 0
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				v.HU[o] = int16(math.Round(f(g.Patient(geom.Vox(float64(i), float64(j), float64(k))))))
				o++
			}
		}
	}
	return v
}

func noise(g *volume.Grid, seed uint64) *volume.Volume {
	r := rand.New(rand.NewPCG(seed, 1))
	v := volume.New(g)
	for i := range v.HU {
		v.HU[i] = int16(r.IntN(4096) - 1024)
	}
	return v
}

func oblique(at geom.Patient, a, b float64) render.PatientFromPlane {
	p := render.Standard(render.Axial, at)
	p = render.Turned(p, at, geom.V[geom.PlaneFrame](1, 0, 0), a)
	return render.Turned(p, at, geom.V[geom.PlaneFrame](0, 1, 0), b)
}

func view(p render.PatientFromPlane, mmPerPixel float64, w, h int) render.View {
	return render.View{Viewport: render.Viewport{PatientFromPlane: p, MMPerPixel: unit.MM(mmPerPixel), Width: w, Height: h}}
}

func reslice(t testing.TB, vol *volume.Volume, v render.View) *render.HUImage {
	t.Helper()
	var hu render.HUImage
	if err := render.Reslice(context.Background(), vol, v, &hu); err != nil {
		t.Fatal(err)
	}
	return &hu
}

// TestLinearImageIsExact draws a volume that is linear in the patient's coordinates, whose value is known at every pixel.
func TestLinearImageIsExact(t *testing.T) {
	ramp := func(p geom.Patient) float64 { return 40*p.X - 24*p.Y + 16*p.Z + 100 }
	stacks := map[string][]float64{"regular": even(24, 2), "irregular": {0, 2, 4, 7, 8, 10, 11, 12, 20, 22, 24, 26, 28, 30, 31, 33, 35, 40, 42, 44, 46}}
	for name, depths := range stacks {
		vol := fromFunc(grid(t, 40, 30, 1, 1.5, geom.LPS(-20, -22, -20), depths...), ramp)
		for turn := range 12 {
			v := view(oblique(geom.LPS(1, 2, 3), 0.3*float64(turn), 0.17*float64(turn)), 0.37, 90, 77)
			for _, interp := range []render.Interp{render.InterpLinear, render.InterpCubic} {
				if interp == render.InterpCubic && name == "irregular" {
					continue // the kernel takes slices as evenly spaced
				}
				v.Interp = interp
				hu := reslice(t, vol, v)
				patientFromScreen := v.PatientFromScreen()
				inside := 0
				for y := range hu.H {
					for x := range hu.W {
						p := patientFromScreen.Apply(geom.Pt[geom.ScreenFrame](float64(x), float64(y), 0))
						c := vol.Voxel(p)
						deep := min(c.X, c.Y, c.Z, float64(vol.NX-1)-c.X, float64(vol.NY-1)-c.Y, float64(vol.NZ-1)-c.Z)
						if deep < 1.001*float64(interp/render.InterpCubic) { // cubic bends the ramp next to the border
							continue
						}
						if hole(t, vol, c, hu.At(x, y)) {
							continue
						}
						inside++
						if got := hu.At(x, y); math.Abs(float64(got)-ramp(p)) > 0.51 {
							t.Fatalf("%s, turn %d, interp %d: pixel (%d,%d) at %v is %d, want %.3f", name, turn, interp, x, y, p, got, ramp(p))
						}
					}
				}
				if inside < 500 {
					t.Fatalf("%s, turn %d: only %d pixels compared", name, turn, inside)
				}
			}
		}
	}
}

// hole reports whether a point lies where slices are missing; the picture must be unread there, and nowhere else.
func hole(t *testing.T, vol *volume.Volume, c geom.Voxel, hu int16) bool {
	t.Helper()
	read := vol.Read(c.Z)
	tie := vol.Read(c.Z-1e-6) != vol.Read(c.Z+1e-6)
	if !tie && read == (hu == render.Unread) {
		t.Fatalf("at %v there is an image: %v, but the picture has %d", c, read, hu)
	}
	return !read || tie
}

// TestFastPathsEqualReference compares every pixel of random views with volume.Sample, including borders and the outside.
func TestFastPathsEqualReference(t *testing.T) {
	tilted, err := volume.NewRegularGrid(17, 23, 11, geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(-8, -12, -9),
		geom.LPSVec(0.9, 0.1, 0), geom.LPSVec(-0.1, 0.9, 0), geom.LPSVec(0.3, 0.2, 1.7)), "")
	if err != nil {
		t.Fatal(err)
	}
	grids := map[string]*volume.Grid{
		"regular":      grid(t, 19, 21, 0.8, 1.1, geom.LPS(-8, -11, -9), even(13, 1.4)...),
		"tilted":       tilted,
		"irregular":    grid(t, 19, 21, 0.8, 1.1, geom.LPS(-8, -11, -9), 0, 1, 2.5, 3.1, 4, 9, 10, 11, 12.2, 13),
		"single slice": grid(t, 19, 21, 0.8, 1.1, geom.LPS(-8, -11, 0), 0),
	}
	r := rand.New(rand.NewPCG(7, 9))
	for name, g := range grids {
		vol := noise(g, 3)
		for n := range 40 {
			p := oblique(geom.LPS(r.NormFloat64()*3, r.NormFloat64()*3, r.NormFloat64()*3), r.Float64()*7, r.Float64()*7)
			if n < 9 { // through voxel centres, along the axes
				p = render.Standard(render.Orientation(n%3), g.Patient(geom.Vox(float64(n), 9, float64(min(n, g.NZ-1)))))
			}
			v := view(p, 0.3+0.5*r.Float64(), 61, 49)
			hu := reslice(t, vol, v)
			v.Interp = render.InterpNearest
			nearest := reslice(t, vol, v)
			patientFromScreen := v.PatientFromScreen()
			for y := range hu.H {
				for x := range hu.W {
					c := g.Voxel(patientFromScreen.Apply(geom.Pt[geom.ScreenFrame](float64(x), float64(y), 0)))
					if nearFace(c, g) {
						continue
					}
					i, j, k := int(math.Round(c.X)), int(math.Round(c.Y)), int(math.Round(c.Z))
					if !g.Bounds().Contains(i, j, k) {
						if hu.At(x, y) != render.Outside || nearest.At(x, y) != render.Outside {
							t.Fatalf("%s view %d: pixel (%d,%d) at %v lies outside but is %d", name, n, x, y, c, hu.At(x, y))
						}
						continue
					}
					if hole(t, vol, c, hu.At(x, y)) {
						continue
					}
					if want := vol.Sample(c); math.Abs(float64(hu.At(x, y))-want) > 0.6 {
						t.Fatalf("%s view %d: pixel (%d,%d) at %v is %d, want %.2f", name, n, x, y, c, hu.At(x, y), want)
					}
					if got, want := nearest.At(x, y), vol.At(i, j, k); got != want && !nearTie(c) {
						t.Fatalf("%s view %d: nearest pixel (%d,%d) at %v is %d, want %d", name, n, x, y, c, got, want)
					}
				}
			}
		}
	}
}

// nearFace reports whether a voxel point is so close to the outer face of the volume that rounding decides.
func nearFace(c geom.Voxel, g *volume.Grid) bool {
	for _, d := range []float64{c.X + 0.5, c.Y + 0.5, c.Z + 0.5, c.X + 0.5 - float64(g.NX), c.Y + 0.5 - float64(g.NY), c.Z + 0.5 - float64(g.NZ)} {
		if math.Abs(d) < 1e-6 {
			return true
		}
	}
	return false
}

func nearTie(c geom.Voxel) bool {
	for _, x := range []float64{c.X, c.Y, c.Z} {
		if f := x - math.Floor(x); math.Abs(f-0.5) < 1e-6 {
			return true
		}
	}
	return false
}

func TestSlabModes(t *testing.T) {
	g := grid(t, 30, 30, 1, 1, geom.LPS(0, 0, 0), even(30, 1)...)
	vol := noise(g, 5)
	at := geom.LPS(15, 15, 15)
	v := view(render.Standard(render.Axial, at), 1, 21, 21)
	v.Slab = render.Slab{Thickness: 8, Mode: render.MIP}
	most := reslice(t, vol, v)
	v.Slab.Mode = render.MinIP
	least := reslice(t, vol, v)
	v.Slab.Mode = render.Mean
	mean := reslice(t, vol, v)
	for y := range 21 {
		for x := range 21 {
			i, j := x+5, y+5 // 21 pixels of 1 mm about voxel 15
			hi, lo, sum := int16(-32000), int16(32000), 0.0
			for k := 11; k <= 19; k++ {
				hi, lo = max(hi, vol.At(i, j, k)), min(lo, vol.At(i, j, k))
			}
			for n := range 10 { // 8 mm in steps of 0.8
				sum += vol.Sample(geom.Vox(float64(i), float64(j), 15+0.8*(float64(n)-4.5)))
			}
			if most.At(x, y) != hi || least.At(x, y) != lo {
				t.Fatalf("pixel (%d,%d): MIP %d MinIP %d, want %d %d", x, y, most.At(x, y), least.At(x, y), hi, lo)
			}
			if got := float64(mean.At(x, y)); math.Abs(got-sum/10) > 1 {
				t.Fatalf("pixel (%d,%d): mean %g, want %.2f", x, y, got, sum/10)
			}
		}
	}
	// An oblique MIP lies between the plane itself and the maximum over many more samples.
	v = view(oblique(at, 0.4, 0.3), 0.5, 31, 31)
	plane := reslice(t, vol, v)
	v.Slab = render.Slab{Thickness: 6, Mode: render.MIP}
	slab := reslice(t, vol, v)
	patientFromScreen := v.PatientFromScreen()
	higher := 0
	for i := range plane.HU {
		dense := math.Inf(-1)
		for n := range 121 {
			dense = max(dense, vol.SampleAt(patientFromScreen.Apply(geom.Pt[geom.ScreenFrame](float64(i%31), float64(i/31), float64(n)/20-3))))
		}
		if got := float64(slab.HU[i]); got > dense+100 { // a tenth of the steepest step between the dense samples
			t.Fatalf("pixel %d: MIP %g, densely sampled %.1f", i, got, dense)
		}
		if slab.HU[i] > plane.HU[i] {
			higher++
		}
	}
	if higher < len(plane.HU)*8/10 {
		t.Errorf("the slab is higher than the plane at %d of %d pixels only", higher, len(plane.HU))
	}
}

func TestCoarseIsCloseOnSmoothImages(t *testing.T) {
	ramp := func(p geom.Patient) float64 { return 10*p.X + 7*p.Y - 4*p.Z }
	vol := fromFunc(grid(t, 40, 40, 1, 1, geom.LPS(0, 0, 0), even(40, 1)...), ramp)
	for _, size := range []int{30, 31} {
		v := view(oblique(geom.LPS(20, 20, 20), 0.3, 0.2), 0.5, size, size)
		v.Slab = render.Slab{Thickness: 5, Mode: render.Mean}
		fine := reslice(t, vol, v)
		v.Coarse = true
		coarse := reslice(t, vol, v)
		for y := range size - 1 { // the last row and column may repeat their neighbour
			for x := range size - 1 {
				if d := int(fine.At(x, y)) - int(coarse.At(x, y)); d < -2 || d > 2 {
					t.Fatalf("size %d: pixel (%d,%d) is %d, coarse %d", size, x, y, fine.At(x, y), coarse.At(x, y))
				}
			}
		}
	}
}

func TestUnreadSlicesAreMarked(t *testing.T) {
	g := grid(t, 10, 10, 1, 1, geom.LPS(0, 0, 0), even(9, 2)...)
	vol := noise(g, 8)
	vol.Corrupt = make([]bool, 9)
	vol.Corrupt[4] = true
	v := view(render.Standard(render.Coronal, geom.LPS(4.5, 5, 8)), 1, 8, 17)
	hu := reslice(t, vol, v)
	if !hu.Corrupt {
		t.Error("the picture does not say that slices are missing")
	}
	for y := range hu.H {
		z := 8 - (y - 8)                      // rows run to the feet
		want, tie := z > 7 && z < 9, z%2 != 0 // between two slices either may be nearer
		if got := hu.At(3, y) == render.Unread; !tie && got != want {
			t.Errorf("row %d at z = %d: unread %v, want %v", y, z, got, want)
		}
	}
}

func TestResliceRefuses(t *testing.T) {
	vol := noise(grid(t, 4, 4, 1, 1, geom.LPS(0, 0, 0), even(4, 1)...), 1)
	good := view(render.Standard(render.Axial, geom.LPS(1, 1, 1)), 1, 8, 8)
	bad := map[string]render.View{
		"no pixels":     view(good.PatientFromPlane, 1, 0, 8),
		"too large":     view(good.PatientFromPlane, 1, 1<<20, 8),
		"no scale":      view(good.PatientFromPlane, 0, 8, 8),
		"not a number":  view(good.PatientFromPlane, math.NaN(), 8, 8),
		"zero plane":    view(render.PatientFromPlane{}, 1, 8, 8),
		"infinite":      view(render.Standard(render.Axial, geom.LPS(math.Inf(1), 0, 0)), 1, 8, 8),
		"mirrored":      view(mirrored(good.PatientFromPlane), 1, 8, 8),
		"not a numbers": view(render.Standard(render.Axial, geom.LPS(math.NaN(), 0, 0)), 1, 8, 8),
	}
	for name, v := range bad {
		if err := render.Reslice(t.Context(), vol, v, new(render.HUImage)); !errors.Is(err, render.ErrView) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := render.Reslice(t.Context(), nil, good, new(render.HUImage)); !errors.Is(err, render.ErrView) {
		t.Errorf("no volume: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := render.Reslice(ctx, vol, good, new(render.HUImage)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	far := view(render.Standard(render.Axial, geom.LPS(1e9, 0, 0)), 1, 8, 8)
	for _, hu := range reslice(t, vol, far).HU {
		if hu != render.Outside {
			t.Fatalf("a view far away shows %d", hu)
		}
	}
}

func mirrored(p render.PatientFromPlane) render.PatientFromPlane {
	p.M[0], p.M[3], p.M[6] = -p.M[0], -p.M[3], -p.M[6]
	return p
}
