package theme

import (
	"sync"

	"gioui.org/font"
	"gioui.org/font/opentype"
	"gioui.org/unit"

	vertefill "github.com/vertefill/vertefill/internal/font"
)

// Typeface is the family of every text in the window.
const Typeface font.Typeface = "Vertefill Sans"

// Role is a size, line height and weight of section 4.
type Role struct {
	Size, Line unit.Sp
	Weight     font.Weight
}

// The type scale. Inter's weights 400, 500, 600 and 700 are Gio's Normal,
// Medium, SemiBold and Bold.
var (
	BigValue  = Role{28, 34, font.SemiBold}
	Title     = Role{20, 26, font.SemiBold}
	Section   = Role{16, 22, font.SemiBold}
	KeyValue  = Role{14, 20, font.SemiBold}
	Lead      = Role{14, 20, font.Normal}
	Heading   = Role{13, 18, font.SemiBold} // panel headers, names in lists
	Strong    = Role{13, 18, font.Bold}     // dark on accent, where thin strokes look thinner
	Label     = Role{13, 18, font.Medium}
	Body      = Role{13, 18, font.Normal}
	Secondary = Role{12, 16, font.Normal}
	Caption   = Role{11, 14, font.Normal}
	CaptionB  = Role{11, 14, font.Medium} // table headers, chips, corner text
	Tag       = Role{11, 14, font.Bold}   // PRE, POST, XA
)

// Font returns the role's font.
func (r Role) Font() font.Font { return font.Font{Typeface: Typeface, Weight: r.Weight} }

// Collection returns the four embedded weights, parsed once.
var Collection = sync.OnceValue(func() []font.FontFace {
	var faces []font.FontFace
	for _, w := range []struct {
		file   []byte
		weight font.Weight
	}{
		{vertefill.Regular, font.Normal}, {vertefill.Medium, font.Medium},
		{vertefill.SemiBold, font.SemiBold}, {vertefill.Bold, font.Bold},
	} {
		face, err := opentype.Parse(w.file)
		if err != nil {
			panic("theme: embedded font: " + err.Error()) // the build is broken, not the input
		}
		faces = append(faces, font.FontFace{Font: font.Font{Typeface: Typeface, Weight: w.weight}, Face: face})
	}
	return faces
})
