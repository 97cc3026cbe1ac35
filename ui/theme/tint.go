package theme

import (
	"image"
	"image/color"
	"math"

	"gioui.org/op/paint"
)

// Tint makes a picture of a mask in one colour, which mixes with what lies under it as a filled shape of the same coverage does:
// in linear light. It is shown pixel by pixel, without a driver's interpolation. Texts and icons that stand still are drawn like
// this because a driver without a graphics card fills every shape anew in every frame, and copies pictures.
func Tint(mask *image.Alpha, c color.NRGBA) paint.ImageOp {
	var shades [256]color.RGBA
	for a := range shades {
		share := float64(a) / 255 * float64(c.A) / 255
		part := func(v uint8) uint8 { return encoded(share * linear(v)) }
		shades[a] = color.RGBA{R: part(c.R), G: part(c.G), B: part(c.B), A: uint8(math.Round(share * 255))}
	}
	m := image.NewRGBA(mask.Rect)
	for i, a := range mask.Pix {
		s := shades[a]
		m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], m.Pix[4*i+3] = s.R, s.G, s.B, s.A
	}
	out := paint.NewImageOp(m)
	out.Filter = paint.FilterNearest
	return out
}

// linear and encoded are the transfer function of sRGB (IEC 61966-2-1) and its inverse.
func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

func encoded(x float64) uint8 {
	if x <= 0.0031308 {
		x *= 12.92
	} else {
		x = 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	return uint8(math.Round(255 * x))
}
