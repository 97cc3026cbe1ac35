package deid

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/dicomout"
)

const (
	tagPatient   = 0x00100010
	tagPatientID = 0x00100020
	tagAge       = 0x00101010
)

// Cleaner takes the identity out of data sets, one after the other.
type Cleaner struct {
	opt     Options
	mapping *Mapping
	changes map[dicomout.Tag]map[Action]int

	patient Patient // of the data set in hand
	words   [][]byte
}

// NewCleaner returns a cleaner that fills the mapping.
func NewCleaner(o Options, m *Mapping) *Cleaner {
	return &Cleaner{opt: o, mapping: m, changes: map[dicomout.Tag]map[Action]int{}}
}

// Changes lists what was done so far, by tag; it holds no values.
func (c *Cleaner) Changes() []Change {
	var out []Change
	for t, actions := range c.changes {
		for a, n := range actions {
			out = append(out, Change{t, t.String(), a, n})
		}
	}
	slices.SortFunc(out, func(a, b Change) int {
		if a.Tag != b.Tag {
			return int(int64(a.Tag) - int64(b.Tag))
		}
		return strings.Compare(string(a.Action), string(b.Action))
	})
	return out
}

func (c *Cleaner) note(t dicomout.Tag, a Action) {
	if c.changes[t] == nil {
		c.changes[t] = map[Action]int{}
	}
	c.changes[t][a]++
}

// Clean returns the data set without identity. Values are as a file holds them: bytes, or sequences. The error says why an object
// cannot be cleaned.
func (c *Cleaner) Clean(d dicomout.Dataset) (dicomout.Dataset, error) {
	if d.Has(0x00420011) {
		return nil, fmt.Errorf("deid: an encapsulated document cannot be searched for names")
	}
	id := d.Text(tagPatientID)
	if id == "" {
		id = d.Text(tagPatient)
	}
	c.patient = c.mapping.Patient(id)
	c.words = nil
	c.collect(d)
	out := c.dataset(d)
	for t, v := range map[dicomout.Tag]string{tagPatient: c.patient.Pseudonym, tagPatientID: c.patient.Pseudonym, 0x00120062: "YES"} {
		vr := map[dicomout.Tag]dicomout.VR{tagPatient: "PN", tagPatientID: "LO", 0x00120062: "CS"}[t]
		out = put(out, dicomout.Element{Tag: t, VR: vr, Value: v})
	}
	out = put(out, dicomout.Element{Tag: 0x00120063, VR: "LO", Value: method})
	out = put(out, dicomout.Element{Tag: 0x00120064, VR: "SQ", Value: c.opt.codes()})
	return put(out, dicomout.Element{Tag: 0x00280303, VR: "CS", Value: map[Dates]string{RemoveDates: "REMOVED", ShiftDates: "MODIFIED", KeepDates: "UNMODIFIED"}[c.opt.Dates]}), nil
}

func put(d dicomout.Dataset, e dicomout.Element) dicomout.Dataset {
	d = slices.DeleteFunc(d, func(x dicomout.Element) bool { return x.Tag == e.Tag })
	return append(d, e)
}

// codes are those of the options used (PS3.16 CID 7050).
func (o Options) codes() []dicomout.Dataset {
	var out []dicomout.Dataset
	for _, c := range []struct {
		used           bool
		value, meaning string
	}{
		{true, "113100", "Basic Application Confidentiality Profile"}, {o.CleanDescriptors, "113105", "Clean Descriptors Option"},
		{o.Dates == KeepDates, "113106", "Retain Longitudinal Temporal Information Full Dates Option"},
		{o.Dates == ShiftDates, "113107", "Retain Longitudinal Temporal Information Modified Dates Option"},
		{o.KeepPatient, "113108", "Retain Patient Characteristics Option"}, {o.KeepDevice, "113109", "Retain Device Identity Option"},
		{o.KeepUIDs, "113110", "Retain UIDs Option"}, {o.KeepSafePrivate, "113111", "Retain Safe Private Option"}, {o.KeepInstitution, "113112", "Retain Institution Identity Option"},
	} {
		if c.used {
			out = append(out, dicomout.Dataset{{Tag: 0x00080100, VR: "SH", Value: c.value}, {Tag: 0x00080102, VR: "SH", Value: "DCM"}, {Tag: 0x00080104, VR: "LO", Value: c.meaning}})
		}
	}
	return out
}

// dataset cleans one level. Private blocks are of one level: items do not inherit them.
func (c *Cleaner) dataset(d dicomout.Dataset) dicomout.Dataset {
	creators := map[uint32]string{} // group and block to creator
	for _, e := range d {
		if g, n := uint32(e.Tag)>>16, uint32(e.Tag)&0xFFFF; g&1 == 1 && n >= 0x10 && n <= 0xFF {
			creators[g<<8|n] = d.Text(e.Tag)
		}
	}
	var out dicomout.Dataset
	for _, e := range d {
		if uint32(e.Tag)>>16&1 == 1 {
			if c.opt.KeepSafePrivate && safe(e, creators) {
				out = append(out, e)
			} else {
				c.note(e.Tag, Removed)
			}
			continue
		}
		if kept, ok := c.element(e); ok {
			out = append(out, kept)
		}
	}
	return out
}

// safe reports whether a private element is on the list of safe ones, or the creator of a block that has such.
func safe(e dicomout.Element, creators map[uint32]string) bool {
	g, n := uint32(e.Tag)>>16, uint32(e.Tag)&0xFFFF
	if n >= 0x10 && n <= 0xFF {
		return safePrivate[creators[g<<8|n]] != nil
	}
	return safePrivate[creators[g<<8|n>>8]][g<<16|n&0xFF] && e.VR != "SQ" && e.VR != "UN"
}

// element applies the rules to one attribute; ok is false when it goes.
func (c *Cleaner) element(e dicomout.Element) (_ dicomout.Element, ok bool) {
	t := e.Tag
	group := uint32(t) >> 16
	switch {
	case group == 0 || group == 2 || group == 4 || group >= 0x5000 && group <= 0x50FF || group == 0x0016 && t >= 0x00160070 && t <= 0x0016008E,
		group >= 0x6000 && group <= 0x60FF && (t&0xFFFF == 0x3000 || t&0xFFFF == 0x4000): // curves, GPS, overlays
		c.note(t, Removed)
		return e, false
	case t == tagPatient || t == tagPatientID:
		c.note(t, Replaced)
		return e, false // Clean puts the pseudonym
	case t == 0x00120062 || t == 0x00120063 || t == 0x00120064 || t == 0x00280303:
		return e, false // of an earlier de-identification; Clean writes its own
	case c.kept(t):
		return c.searched(e)
	}
	switch e.VR {
	case "UI":
		return c.uid(e)
	case "DA", "DT", "TM":
		if e, ok, done := c.date(e); done {
			return e, ok
		}
	case "SQ":
		if !gone[t] {
			return c.sequence(e), true
		}
	case "CS", "DS", "IS", "US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "AT":
		if !gone[t] && !empties[t] {
			return c.searched(e)
		}
	}
	return c.without(e)
}

// kept reports whether an attribute stays because an option or the list of harmless ones says so.
func (c *Cleaner) kept(t dicomout.Tag) bool {
	return harmless[t] || c.opt.CleanDescriptors && descriptors[t] || c.opt.KeepPatient && patients[t] || c.opt.KeepDevice && devices[t] || c.opt.KeepInstitution && institutions[t]
}

// without returns what stands for an attribute that goes.
func (c *Cleaner) without(e dicomout.Element) (dicomout.Element, bool) {
	if v, ok := dummies[e.Tag]; ok {
		c.note(e.Tag, Replaced)
		return dicomout.Element{Tag: e.Tag, VR: e.VR, Value: v}, true
	}
	if e.VR == "SQ" && emptySequences[e.Tag] {
		c.note(e.Tag, Emptied)
		return dicomout.Element{Tag: e.Tag, VR: e.VR, Value: []dicomout.Dataset{}}, true
	}
	if empties[e.Tag] {
		c.note(e.Tag, Emptied)
		return dicomout.Element{Tag: e.Tag, VR: e.VR}, true
	}
	c.note(e.Tag, Removed)
	return e, false
}

func (c *Cleaner) sequence(e dicomout.Element) dicomout.Element {
	items, ok := e.Value.([]dicomout.Dataset)
	if !ok {
		return dicomout.Element{Tag: e.Tag, VR: "SQ", Value: []dicomout.Dataset{}}
	}
	out := []dicomout.Dataset{}
	for _, it := range items {
		out = append(out, c.dataset(it))
	}
	return dicomout.Element{Tag: e.Tag, VR: "SQ", Value: out}
}

func (c *Cleaner) uid(e dicomout.Element) (dicomout.Element, bool) {
	if c.opt.KeepUIDs {
		return e, true
	}
	var list []string
	changed := false
	for _, u := range values(e) {
		n := c.mapping.UID(u)
		changed = changed || n != u
		list = append(list, n)
	}
	if changed {
		c.note(e.Tag, Mapped)
	}
	return dicomout.Element{Tag: e.Tag, VR: "UI", Value: strings.Join(list, `\`)}, true
}

// date keeps or shifts a date or time; done is false when it goes the way of all others. The birth date is never kept.
func (c *Cleaner) date(e dicomout.Element) (_ dicomout.Element, ok, done bool) {
	if c.opt.Dates == RemoveDates || e.Tag == 0x00100030 || e.Tag == 0x00100032 || e.Tag == 0x001021D0 {
		return e, false, false
	}
	if c.opt.Dates == KeepDates || e.VR == "TM" {
		return e, true, true
	}
	var list []string
	for _, v := range values(e) {
		s, ok := shiftDate(v, c.patient.ShiftDays)
		if !ok && v != "" {
			return e, false, false
		}
		list = append(list, s)
	}
	c.note(e.Tag, Shifted)
	return dicomout.Element{Tag: e.Tag, VR: e.VR, Value: list}, true, true
}

// values splits a text value.
func values(e dicomout.Element) []string {
	var s string
	switch v := e.Value.(type) {
	case string:
		s = v
	case []string:
		return v
	case []byte:
		s = strings.Trim(string(v), " \x00")
	}
	out := strings.Split(s, `\`)
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

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
