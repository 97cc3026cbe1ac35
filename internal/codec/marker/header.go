package marker

import "github.com/vertefill/vertefill/internal/codec"

// Header returns the frame header in the form all decoders share.
func (s *Stream) Header() codec.Header {
	return codec.Header{
		Width:      s.Frame.Width,
		Height:     s.Frame.Height,
		Components: len(s.Frame.Comps),
		Bits:       s.Frame.Bits,
		Color:      s.color(),
	}
}

// color applies the conventions that exist for DCT and lossless JPEG: the
// Adobe segment (T.872 6.5.3), JFIF (T.871), or components called R, G and B.
func (s *Stream) color() codec.Color {
	c := s.Frame.Comps
	switch {
	case len(c) == 1:
		return codec.ColorGray
	case len(c) != 3:
		return codec.ColorUnknown
	case s.Adobe == 0:
		return codec.ColorRGB
	case s.Adobe == 1 || s.JFIF:
		return codec.ColorYCbCr
	case c[0].ID == 'R' && c[1].ID == 'G' && c[2].ID == 'B':
		return codec.ColorRGB
	}
	return codec.ColorUnknown
}
