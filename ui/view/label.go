package view

import (
	"image"
	"image/color"
	"math"

	"gioui.org/font"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"

	vertefill "github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/theme"
)

// labels are corner texts as small pictures, halo included. As shapes they
// would be filled anew five times a text in every frame, which takes a graphics
// driver without a card a third of the frame; as pictures they are copied.
type labels struct {
	faces map[labelFace]*render.Face
	drawn map[labelKey]paint.ImageOp
}

type labelFace struct {
	weight font.Weight
	px     int
}

type labelKey struct {
	labelFace
	line int
	text string
}

// maxLabels bounds what is kept: a reader who scrolls makes new ones all the
// time.
const maxLabels = 256

var (
	labelShadow = color.NRGBA{A: 153} // 60 %
	// Each weight is drawn from the next heavier file: light strokes on a dark
	// halo are mixed in display values here, which makes them look thinner.
	fontFiles = map[font.Weight][]byte{font.Normal: vertefill.Medium, font.Medium: vertefill.SemiBold, font.SemiBold: vertefill.Bold, font.Bold: vertefill.Bold}
)

// draw draws a line of text at a point and returns its size; ok is false when
// the font cannot be used.
func (l *labels) draw(gtx layout.Context, role theme.Role, at image.Point, s string) (size image.Point, ok bool) {
	key := labelKey{labelFace{role.Weight, gtx.Sp(role.Size)}, gtx.Sp(role.Line), s}
	img, ok := l.drawn[key]
	if !ok {
		face := l.face(key.labelFace)
		if face == nil {
			return size, false
		}
		if l.drawn == nil || len(l.drawn) >= maxLabels {
			l.drawn = map[labelKey]paint.ImageOp{}
		}
		img = paint.NewImageOp(picture(face, key))
		img.Filter = paint.FilterNearest
		l.drawn[key] = img
	}
	size = img.Size().Sub(image.Pt(2, 2)) // without the halo
	defer op.Offset(at.Sub(image.Pt(1, 1))).Push(gtx.Ops).Pop()
	defer clip.Rect(image.Rectangle{Max: img.Size()}).Push(gtx.Ops).Pop()
	semantic.LabelOp(s).Add(gtx.Ops)
	img.Add(gtx.Ops)
	paint.PaintOp{}.Add(gtx.Ops)
	return size, true
}

func (l *labels) face(k labelFace) *render.Face {
	if f, ok := l.faces[k]; ok {
		return f
	}
	f, err := render.NewFace(fontFiles[k.weight], float64(k.px))
	if err != nil {
		f = nil
	}
	if l.faces == nil {
		l.faces = map[labelFace]*render.Face{}
	}
	l.faces[k] = f
	return f
}

// picture draws the text in the middle of its line, with a pixel of room for
// the halo round it.
func picture(f *render.Face, k labelKey) *image.RGBA {
	capital, _ := f.Height()
	m := image.NewRGBA(image.Rect(0, 0, int(math.Ceil(f.Width(k.text)))+2, k.line+2))
	baseline := math.Round((float64(k.line)+capital)/2) + 1
	f.Draw(m, 1, baseline, k.text, theme.CornerText, labelShadow)
	return m
}
