// Package codectest serves the tests of the codecs: synthetic pictures, a
// minimal DICOM wrapper so that dcmtk and GDCM can encode and decode them, and
// access to the real slices in shared data. It is imported by tests only.
package codectest

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"math/rand/v2"

	"github.com/vertefill/vertefill/internal/codec"
)

// Picture is an uncompressed image; Pix holds the stored values (two's
// complement in Bits bits, upper bits zero), samples of a pixel side by side.
type Picture struct {
	Name          string
	Width, Height int
	Components    int
	Bits          int
	Signed        bool
	Pix           []uint16
}

func (p Picture) String() string {
	sign := "u"
	if p.Signed {
		sign = "s"
	}
	return fmt.Sprintf("%s-%dx%dx%d-%d%s", p.Name, p.Width, p.Height, p.Components, p.Bits, sign)
}

// Header returns what a data set would announce of the picture.
func (p Picture) Header() codec.Header {
	return codec.Header{Width: p.Width, Height: p.Height, Components: p.Components}
}

// Mask covers the stored bits.
func (p Picture) Mask() uint16 { return uint16(1<<p.Bits - 1) }

// Noise is uniform noise over the whole range: the worst case of every coder.
func Noise(w, h, comps, bits int, signed bool) Picture {
	r := rand.New(rand.NewPCG(1, uint64(w*h*bits)))
	return fill("noise", w, h, comps, bits, signed, func(_, _, _ float64) float64 { return 2*r.Float64() - 1 })
}

// Smooth is a slow gradient with one ripple: small differences everywhere.
func Smooth(w, h, comps, bits int, signed bool) Picture {
	return fill("smooth", w, h, comps, bits, signed, func(x, y, c float64) float64 {
		return 0.8*(x-y) + 0.15*math.Sin(7*x+5*y+c)
	})
}

// Phantom looks like a CT slice: air exactly constant (runs), a body with
// noise, bone, and cement at the top of the range with sharp edges.
func Phantom(w, h, comps, bits int, signed bool) Picture {
	r := rand.New(rand.NewPCG(2, uint64(w*h*bits)))
	return fill("phantom", w, h, comps, bits, signed, func(x, y, c float64) float64 {
		x, y = 2*x-1, 2*y-1
		switch d := math.Hypot(x/0.9, y/0.7); {
		case math.Hypot(x-0.1, y-0.3) < 0.08:
			return 1
		case math.Hypot(x, y-0.3) < 0.25:
			return 0.2 + 0.05*c + 0.04*r.NormFloat64()
		case d < 1:
			return -0.4 + 0.1*c*x + 0.01*r.NormFloat64()
		}
		return -1
	})
}

// Steps holds plateaus a few values apart: run mode and its interruptions.
func Steps(w, h, comps, bits int, signed bool) Picture {
	span := math.Exp2(float64(bits - 1))
	return fill("steps", w, h, comps, bits, signed, func(x, y, c float64) float64 {
		return (math.Floor(13*x) + 3*math.Floor(9*y)*math.Floor(2*x+1) + c) / span
	})
}

// fill maps value in -1..1 of (x, y in 0..1, component) to the stored range.
func fill(name string, w, h, comps, bits int, signed bool, value func(x, y, c float64) float64) Picture {
	p := Picture{Name: name, Width: w, Height: h, Components: comps, Bits: bits, Signed: signed}
	p.Pix = make([]uint16, 0, w*h*comps)
	half := math.Exp2(float64(bits - 1))
	for y := range h {
		for x := range w {
			for c := range comps {
				v := value(float64(x)/float64(w), float64(y)/float64(h), float64(c))
				stored := int(min(max(math.Round(v*half), -half), half-1))
				if !signed {
					stored += int(half)
				}
				p.Pix = append(p.Pix, uint16(stored)&p.Mask())
			}
		}
	}
	return p
}

// Gray returns the gray pictures every lossless codec must reproduce: each
// content at each depth and sign, with odd sizes.
func Gray() []Picture {
	var all []Picture
	for _, f := range []func(w, h, comps, bits int, signed bool) Picture{Noise, Smooth, Phantom, Steps} {
		all = append(all,
			f(271, 133, 1, 8, false),
			f(64, 75, 1, 12, false),
			f(333, 71, 1, 12, true),
			f(131, 120, 1, 16, false),
			f(99, 101, 1, 16, true))
	}
	return append(all, Noise(1, 1, 1, 16, false), Noise(1, 37, 1, 12, false), Noise(37, 1, 1, 8, false), Smooth(3, 2, 1, 16, true))
}

// RGB returns colour pictures of 8 bits.
func RGB() []Picture {
	return []Picture{Noise(33, 47, 3, 8, false), Smooth(65, 31, 3, 8, false), Phantom(127, 90, 3, 8, false), Steps(71, 40, 3, 8, false)}
}

// Sum is a checksum of decoded samples.
func Sum(pix []uint16) uint32 {
	b := make([]byte, 0, 2*len(pix))
	for _, v := range pix {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return crc32.ChecksumIEEE(b)
}
