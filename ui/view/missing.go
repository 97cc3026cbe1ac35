package view

import (
	"image"
	"math"

	"gioui.org/f32"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// missing says in words where there is no image: over a whole slice that is
// missing or unreadable, and beside the holes that cross the view.
func (d *decoration) missing() {
	vol := d.h.State.Loaded[d.id.Slot].Volume
	if d.pic == nil || !d.pic.HU.Corrupt || vol == nil {
		return
	}
	l := d.h.Env.Lang
	cursor := d.h.State.CursorIn(d.id.Slot)
	if d.id.Content == model.Axial && d.h.State.ScannerPlane(d.id) {
		z := vol.Voxel(cursor).Z
		if vol.Read(z) {
			return
		}
		why := i18n.MissingHere
		if k := int(math.Round(z)); k >= 0 && k < len(vol.Corrupt) && vol.Corrupt[k] {
			why = i18n.CorruptHere
		}
		d.noImage(i18n.NoSliceAt.In(l, "where", "z "+l.Unit(l.Number(cursor.Z, 1), "mm")), why.In(l))
		return
	}
	for _, k := range vol.Holes() {
		a, b := vol.SlicePosition(k), vol.SlicePosition(k+1)
		gap := b.Sub(a).Dot(vol.Normal)
		n := math.Round(gap/float64(vol.DZ)) - 1
		v := vol.Voxel(cursor)
		v.Z = float64(k) + 0.5
		at := d.screen(vol.Patient(v))
		if at.Y < 0 || at.Y >= float64(d.port.size.Y) {
			continue
		}
		d.gapLabel(int(at.Y), i18n.GapHere.In(l, "n", l.Number(n, 0), "mm", l.Unit(l.Number(gap, 1), "mm")))
	}
}

// noImage is the card in the middle of a slice that does not exist.
func (d *decoration) noImage(title, why string) {
	gtx, e := d.gtx, d.h.Env
	gtx.Constraints = layout.Exact(d.port.size)
	layout.Center.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		gtx.Constraints.Max.X = min(gtx.Constraints.Max.X, gtx.Dp(280))
		return widget.Card(gtx, e.Panel, e.Edge, theme.RadiusCard, func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(16).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return layout.Flex{Axis: layout.Vertical, Alignment: layout.Middle}.Layout(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Error.Layout(gtx, 22, e.Error) }), widget.Gap(8),
					layout.Rigid(e.Text(theme.Heading, e.Text1, title)), widget.Gap(4),
					layout.Rigid(e.Centred(theme.Secondary, e.Text2, why)))
			})
		})
	})
}

func (d *decoration) gapLabel(y int, words string) {
	gtx, e := d.gtx, d.h.Env
	widget.Line(gtx, e.Error, f32.Pt(0, float32(y)), f32.Pt(float32(d.port.size.X), float32(y)), gtx.Metric.PxPerDp)
	widget.At(gtx, image.Pt(gtx.Dp(10), y-gtx.Dp(24)), e.Alarm(icon.Error, words))
}
