package app_test

import (
	"image"
	"image/draw"
	"testing"

	"github.com/vertefill/vertefill/internal/golden"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/uitest/shot"
)

// shrink is how many pixels of a window make one of the small pictures that every layout is kept as: enough to see what moved,
// overlaps or lost its colour, and a few kilobytes each.
const shrink = 8

// small is the window that all layouts are drawn in, the panel beside the views.
var small = image.Pt(1280, 768)

// layouts are the ways the window can be arranged, each from a fresh window with the case analysed.
var layouts = []struct {
	name string
	set  func(w *window)
}{
	{"grid", func(w *window) {}},
	{"pair", func(w *window) { w.Do("layout-pair") }},
	{"triplets", func(w *window) { w.Do("layout-triplets") }},
	{"planes", func(w *window) { w.Do("layout-planes") }},
	{"row", func(w *window) { w.Do("layout-row") }},
	{"filled", func(w *window) { w.Do("fill") }},
	{"level", func(w *window) { w.Do("layout-planes"); w.Do("align") }},
	{"straight", func(w *window) { w.Do("straighten") }},
	{"swipe", func(w *window) { w.Do("compare-swipe") }},
	{"correcting", func(w *window) { w.Do("correct") }},
	{"problems", func(w *window) { w.app.Send(model.ShowProblems{On: true}) }},
	{"measures", func(w *window) { w.Do("measures") }},
	{"report", func(w *window) {
		w.Do("report")
	}},
	{"studies", func(w *window) { w.app.Send(model.SetWorkspace{To: model.Studies}) }},
}

// TestEveryLayout draws every layout in both languages and themes, and at the scales 1, 1.5 and 2, as small pictures.
func TestEveryLayout(t *testing.T) {
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			var pictures []image.Image
			w := newWindow(t, small, nil)
			w.analysed(t)
			l.set(w)
			for _, light := range []bool{false, true} {
				for _, lang := range []text.Lang{text.English, text.French} {
					w.app.Send(model.SetSettings{Change: func(s *model.Settings) { s.Lang, s.Light = lang, light }})
					w.draw()
					pageDrawn(w)
					pictures = append(pictures, reduced(shot.Draw(t, w.Size, w.Frame())))
				}
			}
			for _, scale := range []int{150, 200} {
				w := newWindow(t, image.Pt(small.X*scale/100, small.Y*scale/100), func(s *model.Settings) { s.Scale, s.Lang = scale, text.French })
				w.analysed(t)
				l.set(w)
				w.draw()
				pageDrawn(w)
				pictures = append(pictures, reduced(shot.Draw(t, w.Size, w.Frame())))
			}
			sheet := sheetOf(pictures)
			size := sheet.Bounds().Size()
			golden.Close(t, "", sheet, golden.Tolerance{Channel: 16, Pixels: size.X * size.Y / 100})
		})
	}
}

// pageDrawn waits until a page that is shown is the present one.
func pageDrawn(w *window) {
	if w.app.State().Workspace == model.Report {
		w.Until("the page", w.app.State().Current)
	}
}

// reduced makes one pixel of each square of shrink x shrink.
func reduced(m *image.RGBA) *image.RGBA {
	size := m.Bounds().Size().Div(shrink)
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			var sum [4]int
			for v := range shrink {
				row := m.Pix[m.PixOffset(x*shrink, y*shrink+v):]
				for i := range 4 * shrink {
					sum[i%4] += int(row[i])
				}
			}
			for c := range sum {
				out.Pix[out.PixOffset(x, y)+c] = uint8(sum[c]/(shrink*shrink)) | 3 // fewer shades, smaller files
			}
		}
	}
	return out
}

// sheetOf puts pictures beside each other.
func sheetOf(list []image.Image) *image.RGBA {
	var size image.Point
	for _, m := range list {
		size.X, size.Y = size.X+m.Bounds().Dx(), max(size.Y, m.Bounds().Dy())
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	x := 0
	for _, m := range list {
		draw.Draw(out, m.Bounds().Add(image.Pt(x, 0)), m, m.Bounds().Min, draw.Src)
		x += m.Bounds().Dx()
	}
	return out
}
