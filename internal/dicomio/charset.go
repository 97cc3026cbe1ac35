package dicomio

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Character sets of PS3.3 C.12.1.1.2. Single-byte sets fill the upper half (G1) of the code table; the ISO 2022 variants differ only
// in allowing escape sequences, so both names of a set share an entry.
var upperHalf = map[string]encoding.Encoding{
	"100": charmap.ISO8859_1, "101": charmap.ISO8859_2, "109": charmap.ISO8859_3, "110": charmap.ISO8859_4,
	"144": charmap.ISO8859_5, "127": charmap.ISO8859_6, "126": charmap.ISO8859_7, "138": charmap.ISO8859_8,
	"148": charmap.ISO8859_9, "203": charmap.ISO8859_15, "166": charmap.Windows874, // TIS 620 is the printable part of 874
	"13": katakana{}, "149": korean.EUCKR, "58": simplifiedchinese.GBK,
}

// escapes designates the sets that ISO 2022 escape sequences switch to (PS3.3 tables C.12-3 and C.12-4).
var escapes = map[string]struct {
	g1  encoding.Encoding // into the upper half
	g0  g0set             // into the lower half
	set bool              // g0 is meant
}{
	"(B": {g0: ascii, set: true}, "(J": {g0: ascii, set: true}, ")I": {g1: katakana{}},
	"$B": {g0: jis0208, set: true}, "$@": {g0: jis0208, set: true}, "$(D": {g0: jis0212, set: true},
	"$)C": {g1: korean.EUCKR}, "$)A": {g1: simplifiedchinese.GBK},
	"-A": {g1: charmap.ISO8859_1}, "-B": {g1: charmap.ISO8859_2}, "-C": {g1: charmap.ISO8859_3}, "-D": {g1: charmap.ISO8859_4},
	"-L": {g1: charmap.ISO8859_5}, "-G": {g1: charmap.ISO8859_6}, "-F": {g1: charmap.ISO8859_7}, "-H": {g1: charmap.ISO8859_8},
	"-M": {g1: charmap.ISO8859_9}, "-b": {g1: charmap.ISO8859_15}, "-T": {g1: charmap.Windows874},
}

// g0set is what the lower half of the code table holds.
type g0set uint8

const (
	ascii g0set = iota
	jis0208
	jis0212
)

// decodeText turns a value into UTF-8 by the values of Specific Character Set. Bytes that mean nothing become U+FFFD.
func decodeText(b []byte, sets []string) string {
	plain := true
	for _, c := range b {
		if c >= 0x80 || c == 0x1b {
			plain = false
			break
		}
	}
	if plain {
		return string(b)
	}
	first := ""
	if len(sets) > 0 {
		first = sets[0]
	}
	switch first {
	case "ISO_IR 192":
		return all(unicode.UTF8, b)
	case "GB18030":
		return all(simplifiedchinese.GB18030, b)
	case "GBK":
		return all(simplifiedchinese.GBK, b)
	}
	return decode2022(b, g1Of(first))
}

// g1Of returns the upper half that a defined term begins with; Latin-1 when the file gives none but uses one all the same.
func g1Of(term string) encoding.Encoding {
	number := strings.TrimPrefix(strings.TrimPrefix(term, "ISO_IR "), "ISO 2022 IR ")
	if e, ok := upperHalf[number]; ok {
		return e
	}
	return charmap.ISO8859_1
}

func all(e encoding.Encoding, b []byte) string {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(out)
}

// decode2022 follows escape sequences. Delimiters of values and name components and control characters bring the initial sets back
// (PS3.5 6.1.2.5.3).
func decode2022(b []byte, initial encoding.Encoding) string {
	var out strings.Builder
	g0, g1 := ascii, initial
	for len(b) > 0 {
		c := b[0]
		if c == 0x1b {
			if n, known := designate(b[1:], &g0, &g1); known {
				b = b[1+n:]
				continue
			}
		}
		n := 1
		if c >= 0x80 {
			for n < len(b) && b[n] >= 0x80 {
				n++
			}
			out.WriteString(all(g1, b[:n]))
		} else if g0 != ascii && c > 0x20 && len(b) > 1 {
			n = 2
			out.WriteString(japanesePair(g0, b[0], b[1]))
		} else {
			if c == '\\' || c == '^' || c == '=' || c == '\n' || c == '\r' || c == '\f' || c == '\t' {
				g0, g1 = ascii, initial
			}
			out.WriteByte(c)
		}
		b = b[n:]
	}
	return out.String()
}

// designate reads the escape sequence after ESC and returns its length.
func designate(b []byte, g0 *g0set, g1 *encoding.Encoding) (n int, known bool) {
	for n := 2; n <= 3 && n <= len(b); n++ {
		if e, ok := escapes[string(b[:n])]; ok {
			if e.set {
				*g0 = e.g0
			} else {
				*g1 = e.g1
			}
			return n, true
		}
	}
	return 0, false
}

// japanesePair decodes a character of JIS X 0208 or 0212, which EUC-JP codes with the high bits set.
func japanesePair(set g0set, hi, lo byte) string {
	euc := []byte{hi | 0x80, lo | 0x80}
	if set == jis0212 {
		euc = []byte{0x8f, hi | 0x80, lo | 0x80}
	}
	return all(japanese.EUCJP, euc)
}

// katakana is the upper half of JIS X 0201, half-width katakana.
type katakana struct{ encoding.Encoding }

// NewDecoder goes through Shift JIS, whose single bytes from 0xA1 to 0xDF are this set.
func (katakana) NewDecoder() *encoding.Decoder { return japanese.ShiftJIS.NewDecoder() }
