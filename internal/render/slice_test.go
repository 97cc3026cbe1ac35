package render_test

import (
	"image"
	"image/draw"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/golden"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
)

// patient is a small body on anisotropic voxels: a vertebra's shell with cement left of its middle, an arch behind it, the aorta
// to the left, and nothing symmetrical, so that every flip shows.
func patient(t *testing.T) *volume.Volume {
	t.Helper()
	c := geom.LPS(0, -10, 50)
	return fromFunc(grid(t, 80, 80, 1, 1, geom.LPS(-40, -40, 10), even(40, 2)...), func(p geom.Patient) float64 {
		d := p.Sub(c)
		body := math.Sqrt(d.X*d.X/(18*18) + d.Y*d.Y/(13*13) + d.Z*d.Z/(12*12))
		arch := math.Hypot(d.X, d.Y-22) - 9
		switch {
		case p.Dist(geom.LPS(5, -9, 54)) < 6:
			return 2500
		case body < 1:
			return 180 + 500*math.Exp(-40*(1-body)*(1-body))
		case math.Abs(arch) < 2 && d.Z > -8 && d.Z < 4 && d.Y > 14:
			return 700
		case math.Hypot(p.X-14, p.Y+30) < 7:
			return 250
		case math.Hypot(p.X, p.Y) < 38:
			return 40
		}
		return -1000
	})
}

// TestSliceGolden keeps the pixels a reader sees: the three planes, an oblique slab, voxels as they are, and clipping marked.
func TestSliceGolden(t *testing.T) {
	const n = 100
	vol, at := patient(t), geom.LPS(3, -9, 52)
	views := []render.View{}
	for o := range 3 {
		views = append(views, view(render.Standard(render.Orientation(o), at), 0.8, n, n))
	}
	slab := view(oblique(at, 1.3, 0.2), 0.8, n, n)
	slab.Slab = render.Slab{Thickness: 15, Mode: render.MIP}
	voxels := view(render.Standard(render.Coronal, at), 0.3, n, n)
	voxels.Interp = render.InterpNearest
	cubic := view(render.Standard(render.Sagittal, at), 0.3, n, n)
	cubic.Interp = render.InterpCubic
	views = append(views, slab, voxels, cubic)
	sheet := image.NewRGBA(image.Rect(0, 0, 3*n, 2*n))
	tables := []*render.LUT{render.NewLUT(render.SpineBone, render.Grey, render.NoMark), render.NewLUT(render.SoftTissue, render.Grey, render.MarkBoth)}
	for i, v := range views {
		m := image.NewRGBA(image.Rect(0, 0, n, n))
		if err := render.Slice(t.Context(), vol, v, tables[i/5], m); err != nil {
			t.Fatal(err)
		}
		draw.Draw(sheet, image.Rect(i%3*n, i/3*n, i%3*n+n, i/3*n+n), m, image.Point{}, draw.Src)
	}
	golden.Exact(t, "", sheet)
}
