package deid

import (
	"fmt"
	"slices"
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
