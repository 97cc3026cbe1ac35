package render_test

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
)

func TestIsolinesOfAnalyticPictures(t *testing.T) {
	v := view(render.Standard(render.Axial, geom.LPS(0, 0, 0)), 0.5, 101, 101)
	hu := &render.HUImage{W: 101, H: 101, HU: make([]int16, 101*101)}
	for y := range 101 {
		for x := range 101 { // a ring: high between radius 10 and 20 mm
			r := 0.5 * math.Hypot(float64(x-50), float64(y-50))
			hu.HU[y*101+x] = int16(math.Round(1000 - 100*math.Abs(r-15)))
		}
	}
	lines := render.Isolines(hu, v.Viewport, 500)
	if len(lines) != 2 || area(lines[0])*area(lines[1]) >= 0 {
		t.Fatalf("%d contours; the hole must run the other way", len(lines))
	}
	sum := area(lines[0]) + area(lines[1])
	if want := math.Pi * (400 - 100); math.Abs(math.Abs(sum)/want-1) > 0.01 {
		t.Errorf("the ring has %.1f mm2, want %.1f", sum, want)
	}
	for _, l := range lines {
		for _, p := range l.Points {
			if r := math.Hypot(p.X, p.Y); !l.Closed || math.Abs(math.Abs(r-15)-5) > 0.03 {
				t.Fatalf("point %v at radius %.3f", p, r)
			}
		}
	}
}

// TestIsolinesAreSoundOnNoise: all lines are closed and together enclose what is high, whatever the picture.
func TestIsolinesAreSoundOnNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	v := view(render.Standard(render.Axial, geom.LPS(0, 0, 0)), 1, 24, 18)
	for range 50 {
		hu := &render.HUImage{W: 24, H: 18, HU: make([]int16, 24*18)}
		high := 0
		for i := range hu.HU {
			hu.HU[i] = int16(r.IntN(2) * 1000)
			if i%7 == 0 {
				hu.HU[i] = render.Outside
			}
			if hu.HU[i] > 500 {
				high++
			}
		}
		sum := 0.0
		for _, l := range render.Isolines(hu, v.Viewport, 500) {
			if !l.Closed {
				t.Fatal("an open contour")
			}
			sum -= area(l)
		}
		if sum <= 0 || sum > 2*float64(high) {
			t.Fatalf("contours enclose %.1f px for %d high ones: holes and outlines run the same way", sum, high)
		}
	}
}

// TestMaskContours outlines a digitised ball: the smooth contour has the area of its section, the stairs that of its voxels.
func TestMaskContours(t *testing.T) {
	g := grid(t, 60, 60, 0.7, 0.7, geom.LPS(-20, -20, -20), even(40, 1)...)
	labels := volume.NewLabels(g, g.Bounds())
	c := geom.LPS(1, 0.5, 0.2)
	voxels := 0
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				if g.Patient(geom.Vox(float64(i), float64(j), float64(k))).Dist(c) < 12 {
					labels.Set(i, j, k, 3)
					if k == 20 {
						voxels++
					}
				}
			}
		}
	}
	labels.Set(59, 59, 39, 9) // another class at the corner of the grid
	mask := render.MaskVolume(labels, func(l uint8) bool { return l == 3 })
	v := view(render.Standard(render.Axial, geom.LPS(1, 0.5, 0)), 0.1, 300, 300)
	smooth := render.Isolines(reslice(t, mask, v), v.Viewport, render.MaskLevel)
	v.Interp = render.InterpNearest
	stairs := render.Isolines(reslice(t, mask, v), v.Viewport, render.MaskLevel)
	if len(smooth) != 1 || len(stairs) != 1 {
		t.Fatalf("%d and %d contours", len(smooth), len(stairs))
	}
	if got, want := math.Abs(area(smooth[0])), math.Pi*12*12; math.Abs(got/want-1) > 0.01 {
		t.Errorf("smooth contour has %.1f mm2, want %.1f", got, want)
	}
	if got, want := math.Abs(area(stairs[0])), float64(voxels)*0.49; math.Abs(got/want-1) > 0.005 {
		t.Errorf("stairs have %.1f mm2, want %.1f", got, want)
	}
	if corner := render.MaskVolume(labels, func(l uint8) bool { return l == 9 }); corner == nil || corner.NX != 3 || corner.At(1, 1, 1) != 1000 || corner.Patient(geom.Vox(1, 1, 1)).Dist(g.Patient(geom.Vox(59, 59, 39))) > 1e-9 {
		t.Error("the mask at the corner of the grid is not where it was")
	}
	if render.MaskVolume(labels, func(l uint8) bool { return l == 7 }) != nil {
		t.Error("an absent label has a mask")
	}
}

func TestBlendLabelsMatchesVoxels(t *testing.T) {
	g := grid(t, 12, 9, 1, 1.5, geom.LPS(0, 0, 0), 0, 1, 2, 5, 6, 7)
	labels := volume.NewLabels(g, geom.Box{Min: geom.Index{I: 2, J: 1, K: 1}, Max: geom.Index{I: 10, J: 8, K: 6}})
	r := rand.New(rand.NewPCG(1, 1))
	for i := range labels.V {
		labels.V[i] = uint8(r.IntN(3))
	}
	var colours [256]color.NRGBA
	colours[1], colours[2] = color.NRGBA{R: 255, A: 255}, color.NRGBA{G: 255, A: 128}
	v := view(oblique(geom.LPS(5, 5, 3), 0.3, 0.2), 0.25, 60, 50)
	m := black(60, 50)
	if err := render.BlendLabels(t.Context(), labels, v.Viewport, &colours, m); err != nil {
		t.Fatal(err)
	}
	want := map[uint8]color.RGBA{0: {A: 255}, 1: {R: 255, A: 255}, 2: {G: 128, A: 255}}
	patientFromScreen := v.PatientFromScreen()
	seen := map[uint8]int{}
	for y := range 50 {
		for x := range 60 {
			c := g.Voxel(patientFromScreen.Apply(px(float64(x), float64(y))))
			if nearTie(c) {
				continue
			}
			l := labels.At(int(math.Round(c.X)), int(math.Round(c.Y)), int(math.Round(c.Z)))
			seen[l]++
			if got := m.RGBAAt(x, y); got != want[l] {
				t.Fatalf("pixel (%d,%d) of label %d is %v", x, y, l, got)
			}
		}
	}
	if seen[1] < 100 || seen[2] < 100 {
		t.Errorf("labels seen: %v", seen)
	}
}

func TestDifferenceBlendSwipe(t *testing.T) {
	a := &render.HUImage{W: 3, H: 1, HU: []int16{30000, render.Outside, 5}}
	b := &render.HUImage{W: 3, H: 1, HU: []int16{-30000, 7, 8}}
	var d render.HUImage
	if err := render.Difference(&d, a, b); err != nil || d.HU[0] != 32767 || d.HU[1] != render.Outside || d.HU[2] != -3 {
		t.Errorf("difference %v, %v", d.HU, err)
	}
	if render.Difference(&d, a, &render.HUImage{W: 2, H: 1, HU: make([]int16, 2)}) == nil {
		t.Error("subtracted pictures of unlike size")
	}
	p, q := black(4, 2), black(4, 2)
	for i := range q.Pix {
		q.Pix[i] = 200
	}
	out := image.NewRGBA(p.Rect)
	for t01, want := range map[float64]uint8{0: 0, 0.5: 100, 1: 200, 7: 200} {
		if err := render.Blend(out, p, q, t01); err != nil || out.Pix[0] != want {
			t.Errorf("blend %g: %d, %v", t01, out.Pix[0], err)
		}
	}
	if err := render.Swipe(out, p, q, 3); err != nil || out.RGBAAt(2, 1).R != 0 || out.RGBAAt(3, 1).R != 200 {
		t.Errorf("swipe: %v %v", out.Pix, err)
	}
	if render.Blend(out, p, black(1, 1), 0) == nil || render.Swipe(out, black(1, 1), q, 1) == nil {
		t.Error("composed pictures of unlike size")
	}
	lut := render.NewLUT(render.Window{Width: 400}, render.Diverging, render.NoMark)
	lo, hi := lut[uint16(0xFFFF&(1<<16-150))], lut[150]
	if lo>>16&255 <= lo&255 || hi>>16&255 >= hi&255 {
		t.Errorf("loss %08x should be blue, gain %08x orange", lo, hi)
	}
}
