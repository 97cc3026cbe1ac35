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

// read opens a window with the case analysed.
func read(t *testing.T, size image.Point, change func(*model.Settings)) *window {
	w := newWindow(t, size, change)
	w.analysed(t)
	return w
}

// inject opens the run of the tests beside its CT, at a frame in which cement has crossed a line.
func inject(t *testing.T, size image.Point, change func(*model.Settings)) *window {
	w := fluoroscopyIn(t, size, true, change)
	w.app.Send(model.SetFrame{Frame: behindFrom + 4})
	return w
}

// many opens a cohort.
func many(t *testing.T, size image.Point, change func(*model.Settings)) *window {
	w, _ := cohortIn(t, size, 42, change)
	return w
}

// learn opens the collection of cases.
func learn(t *testing.T, size image.Point, change func(*model.Settings)) *window {
	return lessonIn(t, size, change)
}

// layouts are the ways the window can be arranged, each from a fresh window; open is read where it is nil.
var layouts = []struct {
	name string
	set  func(w *window)
	open func(t *testing.T, size image.Point, change func(*model.Settings)) *window
}{
	{"grid", func(w *window) {}, nil},
	{"pair", func(w *window) { w.Do("layout-pair") }, nil},
	{"triplets", func(w *window) { w.Do("layout-triplets") }, nil},
	{"planes", func(w *window) { w.Do("layout-planes") }, nil},
	{"row", func(w *window) { w.Do("layout-row") }, nil},
	{"filled", func(w *window) { w.Do("fill") }, nil},
	{"level", func(w *window) { w.Do("layout-planes"); w.Do("align") }, nil},
	{"straight", func(w *window) { w.Do("straighten") }, nil},
	{"swipe", func(w *window) { w.Do("compare-swipe") }, nil},
	{"correcting", func(w *window) { w.Do("correct") }, nil},
	{"problems", func(w *window) { w.app.Send(model.ShowProblems{On: true}) }, nil},
	{"measures", func(w *window) { w.Do("measures") }, nil},
	{"report", func(w *window) {
		w.Do("report")
	}, nil},
	{"run", func(w *window) {}, inject},
	{"runmeasures", func(w *window) {
		w.app.Send(model.KeepRunLength{Points: [2][2]float64{{20, 30}, {50, 70}}, Now: w.Now})
		w.Do("measures")
	}, inject},
	{"cohort", func(w *window) {}, many},
	{"collection", func(w *window) {}, learn},
	{"quiz", func(w *window) { w.play(model.Quiz) }, learn},
	{"guided", func(w *window) { w.play(model.Tour) }, learn},
	{"studies", func(w *window) { w.app.Send(model.SetWorkspace{To: model.Studies}) }, nil},
}

// TestEveryLayout draws every layout in both languages and themes, and at the scales 1, 1.5 and 2, as small pictures.
func TestEveryLayout(t *testing.T) {
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			var pictures []image.Image
			open := l.open
			if open == nil {
				open = read
			}
			w := open(t, small, nil)
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
				w := open(t, image.Pt(small.X*scale/100, small.Y*scale/100), func(s *model.Settings) { s.Scale, s.Lang = scale, text.French })
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
