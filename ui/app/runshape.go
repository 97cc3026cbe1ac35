package app

import (
	"image"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/model"
)

// shapeSteps is how many steps the outlines of the CT have over the longer side of a run.
const shapeSteps = 512

// runShapes are the outlines of the CT on the first frame: the treated body, its new cement and the leaks.
func runShapes(f *model.RunFound, ct *assess.Result) (out []model.RunShape) {
	nx, ny := f.Run.NX, f.Run.NY
	cell := max(1, float64(max(nx, ny))/shapeSteps)
	add := func(m *mesh.Mesh, shape model.RunShape) {
		if m == nil {
			return
		}
		if shape.Lines = render.Silhouette(m, f.Pixel, nx, ny, cell); len(shape.Lines) > 0 {
			out = append(out, shape)
		}
	}
	if v := ct.Spine.Find(f.Level); v != nil {
		add(v.Body, model.RunShape{Body: true, Style: render.BodyStyle(true, false)})
	}
	for _, class := range []anatomy.CementClass{anatomy.CementPrior, anatomy.CementInPedicle, anatomy.CementInBody} {
		add(ct.CementSurfaces[class], model.RunShape{Style: render.CementStyle(class)})
	}
	for i, l := range ct.Leaks {
		if i < len(ct.Report.Leaks) {
			add(l.Surface, model.RunShape{Leak: l.ID, Style: render.LeakStyle(ct.Report.Leaks[i].Compartment, false)})
		}
	}
	return out
}

// runCells divides the room of the workspace of fluoroscopy: the run on the left; on the right, above each other, what it adds and
// beside each other below that the rest. share is that of the run.
func runCells(size image.Point, n, gap int, share float32) []image.Rectangle {
	if n == 1 {
		return []image.Rectangle{{Max: size}}
	}
	xs := edges(size.X, 2, gap, share)
	out := []image.Rectangle{image.Rect(xs[0][0], 0, xs[0][1], size.Y)}
	ys := edges(size.Y, 2, gap, 0)
	switch right := xs[1]; n {
	case 2:
		out = append(out, image.Rect(right[0], 0, right[1], size.Y))
	case 3:
		out = append(out, image.Rect(right[0], ys[0][0], right[1], ys[0][1]), image.Rect(right[0], ys[1][0], right[1], ys[1][1]))
	default:
		out = append(out, image.Rect(right[0], ys[0][0], right[1], ys[0][1]))
		for _, x := range edges(right[1]-right[0], n-2, gap, 0) {
			out = append(out, image.Rect(right[0]+x[0], ys[1][0], right[0]+x[1], ys[1][1]))
		}
	}
	return out
}
