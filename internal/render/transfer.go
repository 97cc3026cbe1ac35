package render

import (
	"image/color"
	"math"
	"slices"
)

// TransferPoint is a corner of an opacity curve. Opacity is the share of light that 1 mm of such tissue takes, 0..1.
type TransferPoint struct {
	HU      float64
	Opacity float64
	Colour  color.NRGBA // alpha is not used
}

// Transfer says how CT numbers look in three dimensions: straight lines between points, the outer points carried on.
type Transfer []TransferPoint

// The presets of the three-dimensional view. A user's curve begins as a copy of one.
var (
	// TransferBone shows bone and what is denser, cement in yellow.
	TransferBone = Transfer{
		{150, 0, rgb(0x8A4B32)}, {250, 0.12, rgb(0xC98F66)}, {500, 0.5, rgb(0xE8D3B5)}, {1100, 0.75, rgb(0xFFF6E6)},
		{1500, 0.9, rgb(0xF2C94C)}, {3000, 0.95, rgb(0xF7DC86)},
	}
	// TransferGlass shows bone as a faint shell and cement solid within.
	TransferGlass = Transfer{
		{200, 0, rgb(0x7FA8C8)}, {400, 0.03, rgb(0x9CC3E0)}, {1000, 0.06, rgb(0xC4DDEC)}, {1150, 0.1, rgb(0xE0D9B0)},
		{1500, 0.9, rgb(0xF2C94C)}, {3000, 0.95, rgb(0xF7DC86)},
	}
	// TransferCement shows cement and metal only.
	TransferCement = Transfer{{1150, 0, rgb(0xD9A55B)}, {1500, 0.9, rgb(0xF2C94C)}, {3000, 0.95, rgb(0xF7DC86)}}
	// TransferSoft shows skin and muscle.
	TransferSoft = Transfer{
		{-400, 0, rgb(0xB27A5E)}, {-150, 0.25, rgb(0xD9A080)}, {60, 0.35, rgb(0xC06A50)}, {200, 0.5, rgb(0xE0B090)}, {600, 0.9, rgb(0xFFF2DC)},
	}
)

// At returns opacity per mm and colour of a CT number.
func (t Transfer) At(hu float64) (opacity float64, c color.NRGBA) {
	if len(t) == 0 {
		return 0, color.NRGBA{}
	}
	i := 0
	for i < len(t) && t[i].HU <= hu {
		i++
	}
	if i == 0 {
		return t[0].Opacity, t[0].Colour
	}
	if i == len(t) {
		return t[i-1].Opacity, t[i-1].Colour
	}
	a, b := t[i-1], t[i]
	f := (hu - a.HU) / (b.HU - a.HU)
	return a.Opacity + f*(b.Opacity-a.Opacity), ramp(f, a.Colour, b.Colour)
}

// optical is how CT numbers act on a ray over one step: the share of light they take, and the light they give back (0..255).
type optical struct{ alpha, r, g, b float64 }

// transferTable is a Transfer made ready for drawing; it is built in a few milliseconds.
type transferTable struct {
	below   [1<<16 + 1]optical // sums over all CT numbers below this one
	visible [1<<16 + 1]int32   // how many CT numbers below this one can be seen
	lowest  int64              // CT number that can be seen
}

// table returns the transfer for steps of a length in mm.
func (t Transfer) table(stepMM float64) *transferTable {
	t = slices.Clone(t)
	slices.SortStableFunc(t, func(a, b TransferPoint) int {
		switch {
		case a.HU < b.HU:
			return -1
		case a.HU > b.HU:
			return 1
		}
		return 0
	})
	out := &transferTable{}
	var first, last float64 // below and above nothing changes
	if len(t) > 0 {
		first, last = t[0].HU, t[len(t)-1].HU
	}
	var e optical
	for i := range 1 << 16 {
		hu := i - 1<<15
		if i == 0 || float64(hu) >= first && float64(hu-1) <= last {
			opacity, c := t.At(float64(hu))
			a := 1 - math.Pow(1-max(0, min(0.9999, opacity)), stepMM)
			e = optical{alpha: a, r: a * float64(c.R), g: a * float64(c.G), b: a * float64(c.B)}
		}
		s := out.below[i]
		out.below[i+1] = optical{s.alpha + e.alpha, s.r + e.r, s.g + e.g, s.b + e.b}
		out.visible[i+1] = out.visible[i]
		if e.alpha > 0 && int16(hu) > Unread {
			if out.visible[i] == 0 {
				out.lowest = int64(hu)
			}
			out.visible[i+1]++
		}
	}
	return out
}

// sees reports whether any CT number of low..high is visible.
func (t *transferTable) sees(low, high int16) bool {
	return t.visible[int(high)+1<<15+1] > t.visible[int(low)+1<<15]
}

// seen reports whether any CT number from a to b is visible.
func (t *transferTable) seen(a, b int64) bool {
	return max(a, b) >= t.lowest && t.visible[max(a, b)+1<<15+1] > t.visible[min(a, b)+1<<15]
}

// mean returns how the CT numbers from a to b act on average; alpha is 0 when none is visible.
func (t *transferTable) mean(a, b int64) optical {
	a, b = min(a, b), max(a, b)
	if b < t.lowest {
		return optical{}
	}
	lo, hi := &t.below[a+1<<15], &t.below[b+1<<15+1]
	f := 1 / float64(b-a+1)
	return optical{(hi.alpha - lo.alpha) * f, (hi.r - lo.r) * f, (hi.g - lo.g) * f, (hi.b - lo.b) * f}
}
