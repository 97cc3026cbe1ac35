package view

import (
	"image"
	"image/color"

	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/ui/model"
)

// The magnifier is a disc of lensSize dp that shows its place lensScale times
// as large. It is drawn from the voxels, not from the pixels of the view.
const lensSize, lensScale = 170, 3

// lensOf is the view of the magnifier over a view, apart from all others.
func lensOf(id model.ViewID) model.ViewID {
	const lenses = 100 // beyond every content
	id.Content += lenses
	return id
}

// lens draws the magnifier round the pointer.
func (d *decoration) lens() {
	p := d.port
	if !p.hover || d.straight.Curve != nil {
		return
	}
	vp := d.vp
	side := d.gtx.Dp(lensSize)
	planeFromScreen := vp.PlaneFromScreen()
	at := planeFromScreen.Apply(screenPoint(p.at))
	vp.Width, vp.Height = side, side
	vp.Centre, vp.MMPerPixel = geom.Pt[geom.PlaneFrame](at.X, at.Y, 0), vp.MMPerPixel/lensScale
	pic := d.h.Service.Picture(lensOf(d.id), request(d.h.State, d.id, vp, p.scenes, p.pxPerDP*1.5, false))
	if pic == nil {
		return
	}
	disc := image.Rect(0, 0, side, side)
	defer op.Offset(p.at.Round().Sub(image.Pt(side/2, side/2))).Push(d.gtx.Ops).Pop()
	c := clip.Ellipse(disc).Push(d.gtx.Ops)
	pic.Image.Add(d.gtx.Ops)
	paint.PaintOp{}.Add(d.gtx.Ops)
	c.Pop()
	edge := clip.Stroke{Path: clip.Ellipse(disc).Path(d.gtx.Ops), Width: 1.5 * d.gtx.Metric.PxPerDp}.Op()
	paint.FillShape(d.gtx.Ops, color.NRGBA{R: 255, G: 255, B: 255, A: 160}, edge)
}
