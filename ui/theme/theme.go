// Package theme holds how the window looks: colours, type, spacing and the
// embedded font, as ui design sections 2 to 5 give them, in dark and light.
//
// Sizes are dp (unit.Dp) and sp (unit.Sp); the user's scale is applied once,
// in the metric of the frame, so no widget multiplies by it. Viewports stay
// black in both themes. The package draws nothing.
package theme

import (
	"image/color"

	"gioui.org/text"
	"gioui.org/unit"
)

// Theme is what every widget needs to draw: the palette in force and the
// shaper that holds the embedded font. One per window; it is not safe for use
// by several goroutines.
type Theme struct {
	Palette
	Shaper *text.Shaper
}

// New returns a theme with Vertefill Sans. Where the embedded font lacks a
// sign (Arabic, Hebrew or CJK names) the system's fonts are used, unless
// systemFonts is false, as tests want it to draw the same everywhere.
func New(p Palette, systemFonts bool) *Theme {
	options := []text.ShaperOption{text.WithCollection(Collection())}
	if !systemFonts {
		options = append(options, text.NoSystemFonts())
	}
	return &Theme{Palette: p, Shaper: text.NewShaper(options...)}
}

// Palette names the colours of one theme by their use.
type Palette struct {
	Light bool

	Window, Panel   color.NRGBA // page behind panels; panels and bars
	Raised, Pressed color.NRGBA // button at rest and under the pointer
	Line, Edge      color.NRGBA // row lines; outlines
	Text1           color.NRGBA // values and labels
	Text2           color.NRGBA // secondary
	Text3           color.NRGBA // captions and intervals
	Accent          color.NRGBA // focus, selection, primary button
	AccentHover     color.NRGBA
	AccentPressed   color.NRGBA
	Ink             color.NRGBA // text on accent
	Select          color.NRGBA // selected row, active tool
	Warning         color.NRGBA
	WarningFill     color.NRGBA
	Error           color.NRGBA
	ErrorFill       color.NRGBA
	OK              color.NRGBA
	MarkFill        color.NRGBA // the cement in the mark
}

// Dark is the theme for reading rooms and the default.
var Dark = Palette{
	Window: rgb(0x101112), Panel: rgb(0x17191B),
	Raised: rgb(0x202326), Pressed: rgb(0x2B2F33),
	Line: rgb(0x282B2F), Edge: rgb(0x3D4247),
	Text1: rgb(0xE8EAEC), Text2: rgb(0xA9AFB5), Text3: rgb(0x8F969D),
	Accent: rgb(0x3CC8B4), AccentHover: rgb(0x5AD6C4), AccentPressed: rgb(0x2BA896), Ink: rgb(0x04211D),
	Select:  rgb(0x16302D),
	Warning: rgb(0xFFB454), WarningFill: rgb(0x2B2318),
	Error: rgb(0xFF7A73), ErrorFill: rgb(0x2E1C1C),
	OK: rgb(0x86CF92), MarkFill: rgb(0xF2C94C),
}

// Light is the theme for daylight and print-like screens. Hover and pressed
// accents are 8 and 16 percentage points darker.
var Light = Palette{
	Light:  true,
	Window: rgb(0xF1F3F4), Panel: rgb(0xFFFFFF),
	Raised: rgb(0xEEF0F2), Pressed: rgb(0xE0E4E7),
	Line: rgb(0xD9DDE0), Edge: rgb(0xB4BBC1),
	Text1: rgb(0x181B1E), Text2: rgb(0x4E565D), Text3: rgb(0x5F6870),
	Accent: rgb(0x08766A), AccentHover: rgb(0x065046), AccentPressed: rgb(0x042A25), Ink: rgb(0xFFFFFF),
	Select:  rgb(0xDDF1EE),
	Warning: rgb(0x8A5200), WarningFill: rgb(0xFFF3DF),
	Error: rgb(0xB3261E), ErrorFill: rgb(0xFDE9E7),
	OK: rgb(0x1E6B34), MarkFill: rgb(0xE0A400),
}

// Black is the ground of every viewport.
var Black = rgb(0x000000)

// Measure is the colour of what a reader draws to measure; its words and ticks
// tell it from cement, not its colour alone.
var Measure = rgb(0xFFF3A8)

// CornerText is the colour of text on images.
var CornerText = rgb(0xD6DADE)

// The colours of the planes and of the tags PRE and POST, in both themes.
var (
	PlaneAxial    = rgb(0xF34A33)
	PlaneSagittal = rgb(0xEDD54C)
	PlaneCoronal  = rgb(0x6EB04B)
	TagPre        = rgb(0x8FB8DE)
	TagPost       = rgb(0xEFE3C8)
	TagPostInk    = rgb(0x201C12)
)

// Heights and widths of the frame, section 2.
const (
	BarHeight         = unit.Dp(44)
	StatusHeight      = unit.Dp(26)
	RailWidth         = unit.Dp(148)
	LevelRailWidth    = unit.Dp(64)
	PanelHeaderHeight = unit.Dp(40)
	TableHeaderHeight = unit.Dp(28)
	RowTwoLines       = unit.Dp(44)
	RowOneLine        = unit.Dp(36)
	ToolSize          = unit.Dp(34)
	ViewGap           = unit.Dp(2)
)

// Radii by what is rounded.
const (
	RadiusChip   = unit.Dp(4)
	RadiusButton = unit.Dp(6)
	RadiusCard   = unit.Dp(8)
	RadiusDialog = unit.Dp(10)
)

// IconSize is the size of icons in bars.
const IconSize = unit.Dp(18)

// DisabledOpacity is how much of a disabled control remains.
const DisabledOpacity = 0.42

// WithAlpha returns c at the given opacity, 0 to 1.
func WithAlpha(c color.NRGBA, opacity float32) color.NRGBA {
	c.A = uint8(float32(c.A)*min(max(opacity, 0), 1) + 0.5)
	return c
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}
