package widget

import (
	"image"
	"image/color"
	"testing"
	"time"

	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/paint"
	giotext "gioui.org/text"
	"gioui.org/unit"
	giowidget "gioui.org/widget"

	"github.com/vertefill/vertefill/internal/golden"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/uitest/shot"
)

var samples = []string{
	"Fuite épidurale … œ ± ≤ → ² ³ °", "T9 27,6 % [26,3–28,9]", "12:45 3x4 -> AV To WAVE", "",
	"Pas de scanner d’avant. Le ciment ancien ne peut pas être distingué du nouveau.\nOuvrez une étude.",
}

func letterRoom(width, height int) layout.Context {
	return layout.Context{Ops: new(op.Ops), Metric: unit.Metric{PxPerDp: 1, PxPerSp: 1}, Constraints: layout.Constraints{Max: image.Pt(width, height)}, Now: time.Unix(0, 0)}
}

// shape draws a text as a shape.
func shape(gtx layout.Context, e *Env, w writing) layout.Dimensions {
	m := op.Record(gtx.Ops)
	paint.ColorOp{Color: w.ink}.Add(gtx.Ops)
	material := m.Stop()
	l := giowidget.Label{Alignment: w.align, MaxLines: w.lines, LineHeight: w.role.Line, LineHeightScale: 1}
	return l.Layout(gtx, e.Shaper, w.role.Font(), w.role.Size, w.text, material)
}

// A text as a picture takes the room of the shape and looks like it.
func TestLettersAreTheShape(t *testing.T) {
	for _, role := range []theme.Role{theme.BigValue, theme.Heading, theme.Strong, theme.Label, theme.Caption} {
		for _, w := range []writing{
			{role: role, ink: color.NRGBA{R: 255, G: 255, B: 255, A: 255}, align: giotext.Start, lines: 1},
			{role: role, ink: color.NRGBA{R: 200, G: 60, B: 20, A: 160}, align: giotext.Middle},
		} {
			for _, room := range []image.Point{{700, 90}, {120, 90}, {120, 20}} {
				for _, w.text = range samples {
					e := &Env{Theme: theme.New(theme.Dark, false)}
					gtx, ref := letterRoom(room.X, room.Y), letterRoom(room.X, room.Y)
					Fill(gtx, e.Panel, image.Rectangle{Max: room})
					Fill(ref, e.Panel, image.Rectangle{Max: room})
					got, ok := e.letters.layout(gtx, e.Shaper, w)
					want := shape(ref, e, w)
					if !ok {
						t.Errorf("%q in weight %v stays a shape", w.text, role.Weight)
						continue
					}
					if got != want {
						t.Errorf("%q in %v: %v, as a shape %v", w.text, room, got, want)
					}
					a, b := shot.Draw(t, room, gtx.Ops), shot.Draw(t, room, ref.Ops)
					if _, n, err := golden.Diff(a, b, 24); err != nil || n > room.X*room.Y/200 {
						t.Errorf("%q in %v, size %v: %d pixels are unlike (%v)", w.text, room, role.Size, n, err)
					}
				}
			}
		}
	}
}

// What our font does not have stays a shape, and what is not shown for a while is let go.
func TestLettersKnowTheirLimits(t *testing.T) {
	e := &Env{Theme: theme.New(theme.Dark, true)}
	gtx := letterRoom(300, 40)
	if _, ok := e.letters.layout(gtx, e.Shaper, writing{role: theme.Body, lines: 1, text: "שלום"}); ok {
		t.Error("a text of another script is drawn with our font")
	}
	for n := range 3 * forgetAfter {
		e.letters.layout(gtx, e.Shaper, writing{role: theme.Body, lines: 1, text: string(rune('a' + n%26))})
		e.letters.layout(gtx, e.Shaper, writing{role: theme.Body, lines: 1, text: "kept"})
		e.letters.forget()
	}
	if n := len(e.letters.now) + len(e.letters.before); n > 2*27 {
		t.Errorf("%d texts are kept", n)
	}
	if len(e.letters.before) == 0 {
		t.Error("nothing is kept")
	}
}
