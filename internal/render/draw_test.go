package render_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/golden"
	"github.com/vertefill/vertefill/internal/render"
)

func black(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Rect, image.Black, image.Point{}, draw.Src)
	return m
}

func px(x, y float64) geom.Screen { return geom.Pt[geom.ScreenFrame](x, y, 0) }

// light sums the brightness of a picture in units of white pixels.
func light(m *image.RGBA) float64 {
	sum := 0.0
	for i := 0; i < len(m.Pix); i += 4 {
		sum += float64(m.Pix[i]) / 255
	}
	return sum
}

// drawing allows for processors that fuse multiplication and addition.
var drawing = golden.Tolerance{Channel: 1}

var white = color.NRGBA{R: 255, G: 255, B: 255, A: 255}

// TestLineCoversItsArea: an anti-aliased line covers length times width, wherever it lies between pixels.
func TestLineCoversItsArea(t *testing.T) {
	for _, width := range []float64{0.5, 1, 1.5, 3, 6} {
		for n := range 8 {
			m := black(80, 80)
			s, c := math.Sincos(0.35 * float64(n))
			a, b := px(40.3-25*c, 39.6-25*s), px(40.3+25*c, 39.6+25*s)
			render.Line(m, []geom.Screen{a, b}, false, render.Stroke{Colour: white, Width: width})
			if got, want := light(m), 50*width; math.Abs(got/want-1) > 0.06 {
				t.Errorf("width %g, direction %d: covers %.1f pixels, want %.1f", width, n, got, want)
			}
		}
	}
}

func TestClosedLineAndDashes(t *testing.T) {
	square := []geom.Screen{px(10, 10), px(60, 10), px(60, 60), px(10, 60)}
	m := black(80, 80)
	render.Line(m, square, true, render.Stroke{Colour: white, Width: 2})
	if got := light(m); math.Abs(got-400) > 4 {
		t.Errorf("a closed square of 200 px covers %.1f pixels, want 400", got)
	}
	m = black(80, 80)
	render.Line(m, square, true, render.Stroke{Colour: white, Width: 2, Dash: []float64{6, 4}})
	if got := light(m); math.Abs(got-240) > 6 {
		t.Errorf("dashes of 6 of 10 cover %.1f pixels, want 240", got)
	}
	if m.RGBAAt(13, 10).R == 0 || m.RGBAAt(18, 10).R != 0 {
		t.Error("the first dash is not where the line begins")
	}
}

func TestHaloLiesBelow(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 40, 21))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	render.Line(m, []geom.Screen{px(0, 10), px(39, 10)}, false, render.Stroke{Colour: color.NRGBA{R: 255, A: 255}, Width: 1, Halo: color.NRGBA{A: 255}, HaloWidth: 4})
	if p := m.RGBAAt(20, 10); p != (color.RGBA{R: 255, A: 255}) {
		t.Errorf("line %v", p)
	}
	if p := m.RGBAAt(20, 12); p.R > 20 {
		t.Errorf("halo %v", p)
	}
	if p := m.RGBAAt(20, 14); p.R != 255 {
		t.Errorf("beyond the halo %v", p)
	}
}

func TestFillCoversItsAreaWithHoles(t *testing.T) {
	circle := func(r float64, turn float64) (out []geom.Screen) {
		for n := range 90 {
			s, c := math.Sincos(turn * float64(n) * 4 * math.Pi / 180)
			out = append(out, px(50.2+r*c, 49.7+r*s))
		}
		return out
	}
	m := black(100, 100)
	render.Fill(m, [][]geom.Screen{circle(40, 1), circle(20, -1)}, white)
	if got, want := light(m), math.Pi*(1600-400); math.Abs(got/want-1) > 0.01 {
		t.Errorf("ring covers %.0f pixels, want %.0f", got, want)
	}
	if m.RGBAAt(50, 50).R != 0 || m.RGBAAt(80, 50).R != 255 {
		t.Error("the hole is filled or the ring is not")
	}
}

// TestDrawingOutsideThePicture must neither panic nor touch pixels; NaN and far points come from broken meshes.
func TestDrawingOutsideThePicture(t *testing.T) {
	m := black(20, 20)
	for _, l := range [][]geom.Screen{
		nil, {px(1, 1)}, {px(3, 3), px(3, 3)}, {px(-50, -50), px(-10, -60)}, {px(1e9, 0), px(1e9, 5)},
		{px(math.NaN(), 0), px(5, math.NaN())}, {px(math.Inf(1), 0), px(0, math.Inf(-1))},
	} {
		render.Line(m, l, true, render.Stroke{Colour: white, Width: 2, Dash: []float64{3, 2}, Halo: white, HaloWidth: 2})
		render.Fill(m, [][]geom.Screen{l}, white)
	}
	render.Line(m, []geom.Screen{px(0, 5), px(9, 5)}, false, render.Stroke{Colour: white, Width: 2, Dash: []float64{-1}})
	if got := light(m); got != 0 {
		t.Errorf("%.1f pixels were touched", got)
	}
	render.Line(m, []geom.Screen{px(-1e7, 10), px(1e7, 10)}, false, render.Stroke{Colour: white, Width: 1})
	if got := light(m); math.Abs(got-20) > 0.1 {
		t.Errorf("a long line covers %.1f pixels, want 20", got)
	}
}

// TestOverlayGolden draws every style on dark and on white ground, with glyphs of text.
func TestOverlayGolden(t *testing.T) {
	v := render.Viewport{PatientFromPlane: render.Standard(render.Axial, geom.LPS(0, 0, 0)), MMPerPixel: 0.5, Width: 360, Height: 240}
	m := black(v.Width, v.Height)
	draw.Draw(m, image.Rect(0, v.Height/2, v.Width, v.Height), image.White, image.Point{}, draw.Src)
	styles := []render.Style{render.BodyStyle(false, false), render.BodyStyle(true, false), render.BodyStyle(false, true)}
	for _, c := range []anatomy.CementClass{anatomy.CementInBody, anatomy.CementInPedicle, anatomy.CementPrior, anatomy.Metal} {
		styles = append(styles, render.CementStyle(c))
	}
	for _, c := range anatomy.Compartments {
		styles = append(styles, render.LeakStyle(c, false), render.LeakStyle(c, true))
	}
	var outlines []render.Outline
	for i, s := range styles {
		for row := range 2 {
			c := geom.LPS(-80+14.5*float64(i%12), -42+60*float64(row)+22*float64(i/12), 0)
			outlines = append(outlines, render.Outline{Lines: render.Section(sphere(3, c, 5.5), v.PatientFromPlane), Style: s})
		}
	}
	render.DrawOutlines(m, v, outlines, 1, 1)
	face, err := render.NewFace(font.Medium, 13)
	if err != nil {
		t.Fatal(err)
	}
	for y, halo := range map[float64]color.NRGBA{112: {}, 232: {A: 200}} {
		face.Draw(m, 10, y, "T9 · 27,6 % · 4,15 mL µ≥ –1 024 UH", white, halo)
	}
	golden.Close(t, "", m, drawing)
}

func TestText(t *testing.T) {
	face, err := render.NewFace(font.Regular, 20)
	if err != nil {
		t.Fatal(err)
	}
	m := black(200, 40)
	face.Draw(m, 10, 30, "HHHH", white, color.NRGBA{})
	capital, line := face.Height()
	w := face.Width("HHHH")
	if capital < 12 || capital > 17 || line < 20 || line > 30 || w < 40 || w > 70 {
		t.Errorf("capital %.1f, line %.1f, width %.1f for 20 px", capital, line, w)
	}
	box := image.Rectangle{}
	for y := range 40 {
		for x := range 200 {
			if m.RGBAAt(x, y).R > 128 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if box.Max.Y != 30 || box.Min.X < 10 || box.Max.X > 10+int(w) || math.Abs(float64(box.Dy())-capital) > 1 {
		t.Errorf("the letters cover %v", box)
	}
	if _, err := render.NewFace([]byte("no font"), 12); err == nil {
		t.Error("took garbage for a font")
	}
}

func TestGlyphsGolden(t *testing.T) {
	m := black(20*9, 20)
	for i, c := range anatomy.Compartments {
		render.LeakGlyph(c).Draw(m, px(10+20*float64(i), 9.5), 6, render.LeakStyle(c, false).Colour)
	}
	render.PriorGlyph().Draw(m, px(170, 9.5), 6, render.CementStyle(anatomy.CementPrior).Colour)
	golden.Close(t, "", m, drawing)
}
