package deid

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/vertefill/vertefill/internal/dicomout"
)

// identities are the attributes whose words must be nowhere in the result.
var identities = set(
	tagPatientID, 0x00080050, 0x00080092, 0x00080094, 0x00080081, 0x00100030, 0x00101000, 0x00101005, 0x00101040, 0x00101050, 0x00101090, 0x00102154, 0x00102155,
	0x00380010, 0x00380060, 0x00380400, 0x00402016, 0x00402017, 0x00401001, 0x00401103,
)

// collect gathers the words of identity: of all person names, numbers of the patient and the visit, addresses, telephones.
func (c *Cleaner) collect(d dicomout.Dataset) {
	for _, e := range d {
		if items, ok := e.Value.([]dicomout.Dataset); ok {
			for _, it := range items {
				c.collect(it)
			}
			continue
		}
		if e.VR != "PN" && !identities[e.Tag] {
			continue
		}
		for _, v := range values(e) {
			for _, w := range splitWords([]byte(v)) {
				if long(w) && string(w) != program && !slices.ContainsFunc(c.words, func(x []byte) bool { return bytes.Equal(x, w) }) {
					c.words = append(c.words, w)
				}
			}
		}
	}
}

// program is no word of identity even where a test patient bears its name: codes of reports begin with it.
const program = "vertefill"

// long reports whether a word says enough to be searched for: three letters, or four characters with digits.
func long(w []byte) bool {
	return len(w) >= 4 || len(w) == 3 && !bytes.ContainsAny(w, "0123456789")
}

// splitWords cuts at everything that is neither letter nor digit of ASCII nor a byte of another alphabet, and folds ASCII capitals.
func splitWords(b []byte) [][]byte {
	return bytes.FieldsFunc(lower(b), func(r rune) bool {
		return r < 0x80 && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}

// lower folds the capitals of ASCII and leaves all other bytes, whatever their character set.
func lower(b []byte) []byte {
	out := slices.Clone(b)
	for i, x := range out {
		if x >= 'A' && x <= 'Z' {
			out[i] = x + 'a' - 'A'
		}
	}
	return out
}

// searched returns an attribute that stays unless it holds a word of identity. Ages above 90 years are given as 90, because few
// people reach them.
func (c *Cleaner) searched(e dicomout.Element) (dicomout.Element, bool) {
	if e.VR == "SQ" {
		return c.sequence(e), true
	}
	if e.Tag == tagAge {
		if v := values(e)[0]; len(v) == 4 && v[3] == 'Y' {
			if n, err := strconv.Atoi(v[:3]); err == nil && n > 90 {
				c.note(e.Tag, Replaced)
				return dicomout.Element{Tag: e.Tag, VR: "AS", Value: "090Y"}, true
			}
		}
	}
	raw, ok := e.Value.([]byte)
	if !ok {
		return e, true
	}
	if !textual(e.VR) {
		if e.Tag>>16 != 0x7FE0 && c.spells(raw) { // a table of colours does not
			return c.without(e)
		}
		return e, true
	}
	for _, w := range splitWords(raw) {
		number := len(bytes.Trim(w, "0123456789")) == 0
		if number && len(w) < 6 && (e.VR == "DS" || e.VR == "IS") { // a slice may well have the number of the patient
			continue
		}
		if long(w) && slices.ContainsFunc(c.words, func(x []byte) bool { return bytes.Equal(x, w) }) {
			c.note(e.Tag, Cleaned)
			switch e.VR {
			case "CS", "LO", "SH", "LT", "ST", "UT", "UC": // a value may be demanded: the word goes, its place stays
				return dicomout.Element{Tag: e.Tag, VR: e.VR, Value: c.blank(raw)}, true
			}
			return dicomout.Element{Tag: e.Tag, VR: e.VR}, true
		}
	}
	return e, true
}

// spells reports whether bytes that are no text hold a word of identity long enough not to be there by chance.
func (c *Cleaner) spells(raw []byte) bool {
	low := lower(raw)
	return slices.ContainsFunc(c.words, func(w []byte) bool { return len(w) >= 6 && bytes.Contains(low, w) })
}

// blank writes X over the words of identity in a text.
func (c *Cleaner) blank(raw []byte) []byte {
	out, low := slices.Clone(raw), lower(raw)
	for _, w := range c.words {
		for from := 0; ; {
			i := bytes.Index(low[from:], w)
			if i < 0 {
				break
			}
			copy(out[from+i:], bytes.Repeat([]byte("X"), len(w)))
			from += i + len(w)
		}
	}
	return out
}

func textual(vr dicomout.VR) bool {
	switch vr {
	case "AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT":
		return true
	}
	return false
}
