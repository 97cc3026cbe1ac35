package exchange

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/dicomio"
)

// ReadPresentation reads a Grayscale Softcopy Presentation State made by any program: window, displayed areas, turning, and graphics
// in pixel coordinates. Overlays, shutters, LUTs and graphics in display coordinates are passed over.
func ReadPresentation(path string) (*Presentation, error) {
	f, err := dicomio.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Code(0x00080016) != classPresentation {
		return nil, fmt.Errorf("exchange: not a grayscale presentation state: %s", path)
	}
	p := &Presentation{Label: f.Code(0x00700080), Description: f.Text(0x00700081), Origin: f.Dataset.Origin(), Flipped: f.Code(0x00700041) == "Y"}
	voi := f.Item(0x00283110)
	p.Center, _ = voi.Float(0x00281050)
	p.Width, _ = voi.Float(0x00281051)
	if turn, ok := f.Int(0x00700042); ok && turn%90 == 0 {
		p.Quarters = (turn/90%4 + 4) % 4
	}
	views := map[ImageName]*View{}
	var order []ImageName
	for _, s := range f.Items(0x00081115) {
		for _, n := range imageNames(s) {
			if views[n] == nil {
				views[n] = &View{Image: n}
				order = append(order, n)
			}
		}
	}
	each := func(d *dicomio.Dataset, do func(v *View)) { // an item without references is about all images
		names := imageNames(d)
		if len(names) == 0 {
			names = order
		}
		for _, n := range names {
			if views[n] != nil {
				do(views[n])
			}
		}
	}
	for _, a := range f.Items(0x0070005A) {
		if tl, br := a.Ints(0x00700052), a.Ints(0x00700053); len(tl) == 2 && len(br) == 2 {
			each(a, func(v *View) {
				v.Area = [4]float64{float64(tl[0] - 1), float64(tl[1] - 1), float64(br[0] - 1), float64(br[1] - 1)}
			})
		}
	}
	for _, a := range f.Items(0x00700001) {
		lines, texts := graphics(a)
		each(a, func(v *View) { v.Lines, v.Texts = append(v.Lines, lines...), append(v.Texts, texts...) })
	}
	for _, n := range order {
		p.Views = append(p.Views, *views[n])
	}
	return p, nil
}

// imageNames returns the Referenced Image Sequence of an item, one name a frame.
func imageNames(d *dicomio.Dataset) (out []ImageName) {
	for _, it := range d.Items(0x00081140) {
		n := ImageName{Class: it.Code(0x00081150), Instance: it.Code(0x00081155)}
		frames := it.Ints(0x00081160)
		if len(frames) == 0 {
			out = append(out, n)
		}
		for _, f := range frames {
			n.Frame = f
			out = append(out, n)
		}
	}
	return out
}

// graphics returns lines and texts of an annotation that are placed in pixels.
func graphics(a *dicomio.Dataset) (lines []Line, texts []Label) {
	for _, g := range a.Items(0x00700009) {
		v := g.Floats(0x00700022)
		if g.Code(0x00700005) != "PIXEL" || len(v) < 2 {
			continue
		}
		l := Line{Kind: g.Code(0x00700023), Filled: g.Code(0x00700024) == "Y"}
		for ; len(v) >= 2; v = v[2:] {
			l.Points = append(l.Points, [2]float64{v[0] - 0.5, v[1] - 0.5})
		}
		lines = append(lines, l)
	}
	for _, t := range a.Items(0x00700008) {
		at, units := t.Floats(0x00700014), t.Code(0x00700004)
		if len(at) != 2 { // no anchor: the corner of the box
			at, units = t.Floats(0x00700010), t.Code(0x00700003)
		}
		if len(at) == 2 && units == "PIXEL" {
			texts = append(texts, Label{t.Text(0x00700006), [2]float64{at[0] - 0.5, at[1] - 0.5}})
		}
	}
	return lines, texts
}
