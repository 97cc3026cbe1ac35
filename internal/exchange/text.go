package exchange

import (
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// alphabets are the character sets of DICOM with one byte a character (PS3.3 C.12.1.1.2), by the number in their defined term.
var alphabets = map[string]*charmap.Charmap{
	"100": charmap.ISO8859_1, "101": charmap.ISO8859_2, "109": charmap.ISO8859_3, "110": charmap.ISO8859_4, "144": charmap.ISO8859_5,
	"127": charmap.ISO8859_6, "126": charmap.ISO8859_7, "138": charmap.ISO8859_8, "148": charmap.ISO8859_9, "203": charmap.ISO8859_15,
}

// text returns a text of ours as it can be written beside the copied attributes, in their character set. Letters that this set has not
// lose their accents: ASCII is part of every character set of DICOM.
func (m Maker) text(s string) string {
	set, _, _ := strings.Cut(m.charset(), `\`)
	if set == utf8 {
		return s
	}
	alphabet := alphabets[strings.TrimPrefix(strings.TrimPrefix(set, "ISO_IR "), "ISO 2022 IR ")]
	if alphabet == nil {
		return foldASCII(s)
	}
	var out strings.Builder
	for _, r := range norm.NFC.String(s) {
		if b, ok := alphabet.EncodeRune(r); ok {
			out.WriteByte(b)
		} else {
			out.WriteString(foldASCII(string(r)))
		}
	}
	return out.String()
}

var folded = strings.NewReplacer("œ", "oe", "Œ", "OE", "æ", "ae", "×", "x", "±", "+/-", "–", "-", "—", "-", "’", "'", "«", "\"", "»", "\"",
	"\u202f", " ", "\u00a0", " ", "≤", "<=", "≥", ">=", "°", " deg", "²", "2", "³", "3", "µ", "u", "…", "...")

func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r > unicode.MaxASCII:
			return '?'
		}
		return r
	}, norm.NFD.String(folded.Replace(s)))
}
