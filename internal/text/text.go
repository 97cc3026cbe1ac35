// Package text formats numbers and dates for people in French and English: decimal mark, no-break spaces, minus sign, the
// decimals that each quantity deserves (../../docs/STYLE.md). Machine formats never pass through here.
package text

import (
	"math"
	"os"
	"strconv"
	"strings"
)

// Lang is a language of texts meant for people.
type Lang string

// The languages.
const (
	English Lang = "en"
	French  Lang = "fr"
)

const (
	nbsp       = "\u00a0" // no-break space
	narrowNBSP = "\u202f" // narrow no-break space
	minus      = "\u2212"
	enDash     = "\u2013"
)

// ParseLang reads "en" or "fr" (also "fr_CA.UTF-8"); ok is false for any other language.
func ParseLang(s string) (lang Lang, ok bool) {
	switch {
	case strings.HasPrefix(strings.ToLower(s), "fr"):
		return French, true
	case strings.HasPrefix(strings.ToLower(s), "en"):
		return English, true
	}
	return English, false
}

// SystemLang returns the language of the environment (LC_ALL, LC_MESSAGES, LANG), English when it is another one.
func SystemLang() Lang {
	for _, v := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if s := os.Getenv(v); s != "" {
			l, _ := ParseLang(s)
			return l
		}
	}
	return English
}

// Number prints x with a fixed number of decimals; NaN and infinities print as an en dash.
func (l Lang) Number(x float64, decimals int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return enDash
	}
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, frac, _ := strings.Cut(s, ".")
	if len(whole) > 3 {
		var b strings.Builder
		for i, c := range whole {
			if i > 0 && (len(whole)-i)%3 == 0 {
				b.WriteString(narrowNBSP)
			}
			b.WriteRune(c)
		}
		whole = b.String()
	}
	out := whole
	if frac != "" {
		mark := "."
		if l == French {
			mark = ","
		}
		out += mark + frac
	}
	if x < 0 && strings.Trim(s, "0.") != "" {
		out = minus + out
	}
	return out
}

// Unit joins a formatted number and its unit with the space of the language.
func (l Lang) Unit(number, unit string) string {
	if l == French && unit == "%" {
		return number + narrowNBSP + unit
	}
	return number + nbsp + unit
}

// MLDecimals returns the decimals of a volume: two below 10 mL, one from there.
func MLDecimals(ml float64) int {
	if math.Abs(ml) < 9.995 {
		return 2
	}
	return 1
}

// ML prints a volume without its unit.
func (l Lang) ML(ml float64) string { return l.Number(ml, MLDecimals(ml)) }

// LeakML prints the volume of a leak without its unit: two decimals, "< 0.01" below.
func (l Lang) LeakML(ml float64) string {
	if ml < 0.005 {
		return "<" + nbsp + l.Number(0.01, 2)
	}
	return l.Number(ml, 2)
}

// Percent prints a fraction 0..1 in per cent with one decimal, without the sign.
func (l Lang) Percent(fraction float64) string { return l.Number(100*fraction, 1) }

// Interval prints "[low–high]" with the decimals given.
func (l Lang) Interval(low, high float64, decimals int) string {
	return "[" + l.Number(low, decimals) + enDash + l.Number(high, decimals) + "]"
}

// HU returns the unit of CT numbers in the language.
func (l Lang) HU() string {
	if l == French {
		return "UH"
	}
	return "HU"
}

// Date prints a DICOM date (YYYYMMDD); anything else is returned as it is.
func (l Lang) Date(da string) string {
	if len(da) != 8 || strings.Trim(da, "0123456789") != "" {
		return da
	}
	if l == French {
		return da[6:8] + "/" + da[4:6] + "/" + da[:4]
	}
	return da[:4] + "-" + da[4:6] + "-" + da[6:8]
}

// Time prints a DICOM time (HHMMSS...) as hours and minutes; anything else is returned as it is.
func (l Lang) Time(tm string) string {
	if len(tm) < 4 || strings.Trim(tm[:4], "0123456789") != "" {
		return tm
	}
	return tm[:2] + ":" + tm[2:4]
}
