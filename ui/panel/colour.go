package panel

import (
	"image/color"

	"gioui.org/unit"
)

// nrgba shortens signatures that take colours.
type nrgba = color.NRGBA

// dp shortens them too.
type dp = unit.Dp
