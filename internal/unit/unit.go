// Package unit names the physical units of numbers that cross package borders. Defined types do not check dimensions, so
// products go through the helpers here. Formatting for people, with the decimal mark of a language, is in package text.
package unit

// MM is a length in millimetres.
type MM float64

// MM2 is an area in square millimetres.
type MM2 float64

// MM3 is a volume in cubic millimetres.
type MM3 float64

// ML is a volume in millilitres.
type ML float64

// HU is a CT number in Hounsfield units.
type HU float64

// Degrees is an angle as printed; computation uses radians.
type Degrees float64

// Fraction is a ratio in 0..1; its documentation names numerator and denominator. Percent is formatting.
type Fraction float64

// ML converts to millilitres.
func (v MM3) ML() ML { return ML(v / 1000) }

// MM3 converts to cubic millimetres.
func (v ML) MM3() MM3 { return MM3(v * 1000) }

// Ratio returns a/b limited to 0..1, and zero when b is not positive.
func Ratio(a, b ML) Fraction {
	if b <= 0 {
		return 0
	}
	return Fraction(max(0, min(1, float64(a)/float64(b))))
}

// Interval is a range that holds the truth in 90 % of cases; the zero value means that none was computed.
type Interval struct{ Low, High float64 }

// IsZero reports whether no interval was computed.
func (i Interval) IsZero() bool { return i == Interval{} }

// Contains reports whether x lies in the interval, ends included.
func (i Interval) Contains(x float64) bool { return x >= i.Low && x <= i.High }
