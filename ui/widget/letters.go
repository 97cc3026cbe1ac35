package widget

import (
	"image"
	"image/color"

	"gioui.org/font"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	giotext "gioui.org/text"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	vertefill "github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/ui/theme"
)

// letters keeps the texts of a window as pictures. As shapes they are three quarters of what a driver without a graphics card fills
// anew in every frame. Gio's shaper lays them out; a text that holds a glyph of another font than ours stays a shape.
type letters struct {
	fonts       map[font.Weight]*sfnt.Font // nil for one that cannot be read
	buffer      sfnt.Buffer
	glyphs      []giotext.Glyph
	now, before map[page]*written // shown in these frames and those before
	frames      int               // of now
}

// writing is a text and how it looks.
type writing struct {
	role  theme.Role
	ink   color.NRGBA
	align giotext.Alignment
	lines int // at most; 0 for as many as it needs
	text  string
}

// page is a writing in the room it was laid out for, px.
type page struct {
	writing
	em, line     int
	least, width int
	height       int // 0 for one line
}

// written is a text laid out and drawn; picture is false for one that stays a shape.
type written struct {
	picture  bool
	img      paint.ImageOp
	at       image.Point // of the picture
	size     image.Point // of the text
	baseline int         // of the first line, from the top
	padding  image.Rectangle
}

// forgetAfter is how many frames a text is kept at least that is not shown.
const forgetAfter = 32

// wide is room for any line, px.
const wide = 1e6

// forget ends a frame: texts that were not shown for a while go.
func (l *letters) forget() {
	if l.frames++; l.frames >= forgetAfter {
		l.now, l.before, l.frames = nil, l.now, 0
	}
}

// layout draws a text as giowidget.Label does; ok is false when it has to stay a shape.
func (l *letters) layout(gtx layout.Context, shaper *giotext.Shaper, w writing) (d layout.Dimensions, ok bool) {
	room := gtx.Constraints
	p := page{writing: w, em: gtx.Sp(w.role.Size), line: gtx.Sp(w.role.Line), least: room.Min.X, width: room.Max.X, height: room.Max.Y}
	if w.lines == 1 {
		p.height = 0
	}
	out := (*written)(nil)
	if w.lines == 1 && w.align == giotext.Start { // the same in any room that is wide enough
		natural := p
		natural.least, natural.width = 0, wide
		if out = l.of(gtx, shaper, natural); out.size.X > room.Max.X {
			out = nil
		}
	}
	if out == nil {
		out = l.of(gtx, shaper, p)
	}
	if !out.picture {
		return d, false
	}
	view := image.Rectangle{Min: out.padding.Min, Max: room.Max.Add(out.padding.Max)}
	defer clip.Rect(view).Push(gtx.Ops).Pop()
	semantic.LabelOp(w.text).Add(gtx.Ops)
	if size := out.img.Size(); size.X > 0 {
		off := op.Offset(out.at).Push(gtx.Ops)
		area := clip.Rect(image.Rectangle{Max: size}).Push(gtx.Ops)
		out.img.Add(gtx.Ops)
		paint.PaintOp{}.Add(gtx.Ops)
		area.Pop()
		off.Pop()
	}
	d.Size = room.Constrain(out.size)
	d.Baseline = d.Size.Y - out.baseline
	d.Size.X = max(d.Size.X, room.Min.X)
	return d, true
}

// of returns what is kept of a page, laid out and drawn if it is not.
func (l *letters) of(gtx layout.Context, shaper *giotext.Shaper, p page) *written {
	if w, ok := l.now[p]; ok {
		return w
	}
	w, ok := l.before[p]
	if !ok {
		w = l.write(gtx, shaper, p)
	}
	if l.now == nil {
		l.now = map[page]*written{}
	}
	l.now[p] = w
	return w
}

func (l *letters) font(w font.Weight) *sfnt.Font {
	if f, ok := l.fonts[w]; ok {
		return f
	}
	file := map[font.Weight][]byte{font.Normal: vertefill.Regular, font.Medium: vertefill.Medium, font.SemiBold: vertefill.SemiBold, font.Bold: vertefill.Bold}[w]
	f, err := sfnt.Parse(file)
	if err != nil {
		f = nil
	}
	if l.fonts == nil {
		l.fonts = map[font.Weight]*sfnt.Font{}
	}
	l.fonts[w] = f
	return f
}

// write lays a page out and draws it.
func (l *letters) write(gtx layout.Context, shaper *giotext.Shaper, p page) *written {
	shaper.LayoutString(giotext.Parameters{Font: p.role.Font(), PxPerEm: fixed.I(p.em), MaxLines: p.lines, Alignment: p.align, MaxWidth: p.width, MinWidth: p.least,
		Locale: gtx.Locale, LineHeight: fixed.I(p.line), LineHeightScale: 1}, p.text)
	l.glyphs = l.glyphs[:0]
	for g, ok := shaper.NextGlyph(); ok; g, ok = shaper.NextGlyph() {
		l.glyphs = append(l.glyphs, g)
	}
	out := &written{}
	glyphs, bounds := out.measure(l.glyphs, p)
	f := l.font(p.role.Weight)
	if f == nil {
		return out
	}
	outlines, ink, ok := l.outlines(f, p, glyphs)
	if !ok {
		return out
	}
	out.picture, out.size = true, bounds.Size()
	if ink.Empty() {
		return out
	}
	area := image.Rect(ink.Min.X.Floor(), ink.Min.Y.Floor(), ink.Max.X.Ceil(), ink.Max.Y.Ceil())
	out.at = area.Min
	r := vector.NewRasterizer(area.Dx(), area.Dy())
	for _, o := range outlines {
		o.draw(r, area.Min)
	}
	mask := image.NewAlpha(image.Rectangle{Max: area.Size()})
	r.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	out.img = theme.Tint(mask, p.ink)
	return out
}

// measure returns the glyphs down to the end of the room, and the box of the text, as giowidget.Label does.
func (w *written) measure(glyphs []giotext.Glyph, p page) (down []giotext.Glyph, bounds image.Rectangle) {
	height := p.height
	if p.lines == 1 {
		height = wide
	}
	seen := 0
	for n, g := range glyphs {
		if p.lines > 0 {
			if g.Flags&giotext.FlagLineBreak != 0 {
				seen++
			}
			if seen == p.lines && g.Flags&giotext.FlagParagraphBreak != 0 {
				return glyphs[:n], bounds
			}
		}
		w.padding.Min.X = min(w.padding.Min.X, g.Bounds.Min.X.Floor())
		w.padding.Max.X = max(w.padding.Max.X, (g.Bounds.Max.X - g.Advance).Ceil())
		w.padding.Min.Y = min(w.padding.Min.Y, (g.Bounds.Min.Y + g.Ascent).Floor())
		w.padding.Max.Y = max(w.padding.Max.Y, (g.Bounds.Max.Y - g.Descent).Ceil())
		box := image.Rect(g.X.Floor(), int(g.Y)-g.Ascent.Ceil(), (g.X + g.Advance).Ceil(), int(g.Y)+g.Descent.Ceil())
		if n == 0 {
			w.baseline, bounds = int(g.Y), box
		}
		if box.Min.Y > height {
			return glyphs[:n], bounds
		}
		if box.Max.Y >= 0 && box.Max.X >= 0 && box.Min.X <= p.width {
			bounds.Min.X, bounds.Min.Y = min(bounds.Min.X, box.Min.X), min(bounds.Min.Y, box.Min.Y)
			bounds.Max.X, bounds.Max.Y = max(bounds.Max.X, box.Max.X), max(bounds.Max.Y, box.Max.Y)
		}
	}
	return glyphs, bounds
}

// outline is a glyph in its place.
type outline struct {
	segments sfnt.Segments
	at       fixed.Point26_6
}

func (o outline) draw(r *vector.Rasterizer, origin image.Point) {
	pt := func(p fixed.Point26_6) (x, y float32) {
		return float32(p.X+o.at.X)/64 - float32(origin.X), float32(p.Y+o.at.Y)/64 - float32(origin.Y)
	}
	for _, s := range o.segments {
		x, y := pt(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			r.ClosePath()
			r.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			r.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			x1, y1 := pt(s.Args[1])
			r.QuadTo(x, y, x1, y1)
		case sfnt.SegmentOpCubeTo:
			x1, y1 := pt(s.Args[1])
			x2, y2 := pt(s.Args[2])
			r.CubeTo(x, y, x1, y1, x2, y2)
		}
	}
	r.ClosePath()
}

// outlines finds the glyphs of our font that were laid out, one a rune, and the room of their ink; ok is false when a glyph is
// another one than the font has for its rune.
func (l *letters) outlines(f *sfnt.Font, p page, glyphs []giotext.Glyph) (out []outline, ink fixed.Rectangle26_6, ok bool) {
	runes := []rune(p.text)
	em := fixed.I(p.em)
	for _, g := range glyphs {
		if g.Flags&giotext.FlagClusterBreak != 0 && g.Runes == 0 { // where an empty line begins
			continue
		}
		if g.Flags&giotext.FlagClusterBreak == 0 || g.Flags&giotext.FlagTowardOrigin != 0 || g.Offset != (fixed.Point26_6{}) {
			return nil, ink, false
		}
		if g.Flags&giotext.FlagParagraphBreak != 0 {
			runes = runes[min(int(g.Runes), len(runes)):]
			continue
		}
		r := '…'
		if g.Flags&giotext.FlagTruncator == 0 {
			if g.Runes != 1 || len(runes) == 0 {
				return nil, ink, false
			}
			r, runes = runes[0], runes[1:]
		}
		index, err := f.GlyphIndex(&l.buffer, r)
		if err != nil || index == 0 {
			return nil, ink, false
		}
		box, _, err := f.GlyphBounds(&l.buffer, index, em, xfont.HintingNone)
		if err != nil || !same(box, g.Bounds) {
			return nil, ink, false
		}
		if box.Empty() {
			continue
		}
		segments, err := f.LoadGlyph(&l.buffer, index, em, nil)
		if err != nil {
			return nil, ink, false
		}
		at := fixed.Point26_6{X: g.X, Y: fixed.I(int(g.Y))}
		out = append(out, outline{append(sfnt.Segments(nil), segments...), at})
		ink = ink.Union(box.Add(at))
	}
	return out, ink, true
}

// same reports whether two boxes of a glyph are the same but for rounding.
func same(a, b fixed.Rectangle26_6) bool {
	near := func(x, y fixed.Int26_6) bool { return x-y <= 2 && y-x <= 2 }
	return near(a.Min.X, b.Min.X) && near(a.Min.Y, b.Min.Y) && near(a.Max.X, b.Max.X) && near(a.Max.Y, b.Max.Y)
}
