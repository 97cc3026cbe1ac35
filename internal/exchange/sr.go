package exchange

import (
	"fmt"
	"io"
	"strconv"

	"github.com/vertefill/vertefill/internal/dicomout"
)

// Relation is how an item of a report belongs to the one above it (PS3.3 C.17.3).
type Relation string

// The relations in use.
const (
	Contains      Relation = "CONTAINS"
	HasProperties Relation = "HAS PROPERTIES"
	HasContext    Relation = "HAS OBS CONTEXT"
	HasModifier   Relation = "HAS CONCEPT MOD"
	HasAcquired   Relation = "HAS ACQ CONTEXT"
	InferredFrom  Relation = "INFERRED FROM"
	SelectedFrom  Relation = "SELECTED FROM"
)

// Item is one content item of a structured report. What it holds depends on Type.
type Item struct {
	Relation Relation
	Type     string // CONTAINER, CODE, NUM, TEXT, UIDREF, PNAME, DATE, TIME, DATETIME, IMAGE, COMPOSITE, SCOORD, SCOORD3D, WAVEFORM
	Name     Code
	Template string  // identifier of the template of a CONTAINER; may be empty
	Code     Code    // of CODE
	Text     string  // of TEXT, UIDREF, PNAME, DATE, TIME, DATETIME
	Number   float64 // of NUM, in Unit; NaN when the report gives none
	Unit     Code
	Why      Code // Numeric Value Qualifier of a NUM without a value
	Ref      Ref  // of IMAGE, COMPOSITE
	Graphic  Graphic
	Items    []Item
}

// Ref names an object, and frames or segments of it.
type Ref struct {
	Class, Instance  string
	Frames, Segments []int
}

// Graphic holds the coordinates of SCOORD (column, row of the image) or SCOORD3D (patient mm).
type Graphic struct {
	Type   string // POINT, POLYLINE, POLYGON, ...
	Points [][]float64
	Frame  string // Frame of Reference UID of SCOORD3D
}

// container returns an item that holds others.
func container(name Code, template string, items ...Item) Item {
	return Item{Relation: Contains, Type: "CONTAINER", Name: name, Template: template, Items: items}
}

func code(r Relation, name, value Code, items ...Item) Item {
	return Item{Relation: r, Type: "CODE", Name: name, Code: value, Items: items}
}

func words(r Relation, name Code, s string, items ...Item) Item {
	return Item{Relation: r, Type: "TEXT", Name: name, Text: s, Items: items}
}

func uidRef(r Relation, name Code, uid string) Item {
	return Item{Relation: r, Type: "UIDREF", Name: name, Text: uid}
}

func number(r Relation, name Code, x float64, unit Code, items ...Item) Item {
	return Item{Relation: r, Type: "NUM", Name: name, Number: x, Unit: unit, Items: items}
}

// writeTree writes a structured report with the content tree, whose root is a container, referring to the images of the origin and to
// the other objects of the same study.
func (m Maker) writeTree(w io.Writer, k kind, draft bool, root Item, others []Evidence) error {
	state := "FINAL"
	if draft {
		state = "PRELIMINARY"
	}
	d := append(m.base(k), m.content()...)
	d = append(d, dicomout.Dataset{
		codingSchemes(),
		{Tag: 0x00081111, VR: "SQ", Value: []dicomout.Dataset{}},
		{Tag: 0x0040A372, VR: "SQ", Value: []dicomout.Dataset{}},
		{Tag: 0x0040A375, VR: "SQ", Value: m.evidence(others)},
		{Tag: 0x0040A491, VR: "CS", Value: "COMPLETE"}, {Tag: 0x0040A493, VR: "CS", Value: "UNVERIFIED"}, {Tag: 0x0040A496, VR: "CS", Value: state},
	}...)
	if k.class == classKeyObjects {
		d = without(d, 0x0040A372, 0x0040A491, 0x0040A493, 0x0040A496)
	}
	tree, err := m.itemAttributes(root)
	if err != nil {
		return fmt.Errorf("exchange: structured report: %w", err)
	}
	return dicomout.Write(w, append(d, tree[1:]...)) // the root has no relation
}

func without(d dicomout.Dataset, tags ...dicomout.Tag) (out dicomout.Dataset) {
	for _, e := range d {
		keep := true
		for _, t := range tags {
			keep = keep && e.Tag != t
		}
		if keep {
			out = append(out, e)
		}
	}
	return out
}

// Evidence is an object that a report refers to, beside the images of its origin.
type Evidence struct {
	Series string // Series Instance UID
	Ref    Ref
}

// evidence returns the Current Requested Procedure Evidence Sequence: all objects referred to, by series.
func (m Maker) evidence(others []Evidence) []dicomout.Dataset {
	var series []dicomout.Dataset
	add := func(uid string, items []dicomout.Dataset) {
		series = append(series, dicomout.Dataset{{Tag: 0x0020000E, VR: "UI", Value: uid}, {Tag: 0x00081199, VR: "SQ", Value: items}})
	}
	if len(m.Origin.Images) > 0 {
		add(m.Origin.SeriesUID, m.imageItems())
	}
	for n, e := range others {
		var items []dicomout.Dataset
		again := false
		for i, o := range others {
			if o.Series == e.Series {
				again = again || i < n
				items = append(items, dicomout.Dataset{{Tag: 0x00081150, VR: "UI", Value: o.Ref.Class}, {Tag: 0x00081155, VR: "UI", Value: o.Ref.Instance}})
			}
		}
		if !again {
			add(e.Series, items)
		}
	}
	return []dicomout.Dataset{{{Tag: 0x0020000D, VR: "UI", Value: m.identity().Text(0x0020000D)}, {Tag: 0x00081115, VR: "SQ", Value: series}}}
}

// itemAttributes encodes an item and everything below it; the relation comes first.
func (m Maker) itemAttributes(it Item) (dicomout.Dataset, error) {
	d := dicomout.Dataset{{Tag: 0x0040A010, VR: "CS", Value: string(it.Relation)}, {Tag: 0x0040A040, VR: "CS", Value: it.Type}}
	if !it.Name.IsZero() {
		name := it.Name
		name.Meaning = m.text(name.Meaning)
		d = append(d, name.sequence(0x0040A043))
	}
	switch it.Type {
	case "CONTAINER":
		d = append(d, dicomout.Element{Tag: 0x0040A050, VR: "CS", Value: "SEPARATE"})
		if it.Template != "" {
			d = append(d, dicomout.Element{Tag: 0x0040A504, VR: "SQ", Value: []dicomout.Dataset{{
				{Tag: 0x00080105, VR: "CS", Value: "DCMR"}, {Tag: 0x0040DB00, VR: "CS", Value: it.Template},
			}}})
		}
	case "CODE":
		value := it.Code
		value.Meaning = m.text(value.Meaning)
		d = append(d, value.sequence(0x0040A168))
	case "NUM":
		d = append(d, measured(it)...)
	case "TEXT":
		d = append(d, dicomout.Element{Tag: 0x0040A160, VR: "UT", Value: m.text(it.Text)})
	case "UIDREF":
		d = append(d, dicomout.Element{Tag: 0x0040A124, VR: "UI", Value: it.Text})
	case "PNAME":
		d = append(d, dicomout.Element{Tag: 0x0040A123, VR: "PN", Value: m.text(it.Text)})
	case "IMAGE", "COMPOSITE":
		d = append(d, dicomout.Element{Tag: 0x00081199, VR: "SQ", Value: []dicomout.Dataset{it.Ref.item()}})
	case "SCOORD3D":
		var flat []float64
		for _, p := range it.Graphic.Points {
			flat = append(flat, p...)
		}
		d = append(d, dicomout.Element{Tag: 0x00700022, VR: "FL", Value: flat}, dicomout.Element{Tag: 0x00700023, VR: "CS", Value: it.Graphic.Type},
			dicomout.Element{Tag: 0x30060024, VR: "UI", Value: it.Graphic.Frame})
	default:
		return nil, fmt.Errorf("items of type %s are not written", it.Type)
	}
	var items []dicomout.Dataset
	for _, child := range it.Items {
		c, err := m.itemAttributes(child)
		if err != nil {
			return nil, err
		}
		items = append(items, c)
	}
	if len(items) > 0 {
		d = append(d, dicomout.Element{Tag: 0x0040A730, VR: "SQ", Value: items})
	}
	return d, nil
}

// measured returns the Measured Value Sequence of a NUM. A decimal string has 16 characters at most; where these do not give the
// number back, it stands beside them in binary (PS3.3 C.18.1).
func measured(it Item) dicomout.Dataset {
	if it.Number != it.Number { // no value: the sequence is empty and the qualifier says why
		d := dicomout.Dataset{{Tag: 0x0040A300, VR: "SQ", Value: []dicomout.Dataset{}}}
		if !it.Why.IsZero() {
			d = append(d, it.Why.sequence(0x0040A301))
		}
		return d
	}
	text := dicomout.Decimal(it.Number)
	value := dicomout.Dataset{{Tag: 0x0040A30A, VR: "DS", Value: text}, it.Unit.sequence(0x004008EA)}
	if back, err := strconv.ParseFloat(text, 64); err != nil || back != it.Number {
		value = append(value, dicomout.Element{Tag: 0x0040A161, VR: "FD", Value: it.Number})
	}
	return dicomout.Dataset{{Tag: 0x0040A300, VR: "SQ", Value: []dicomout.Dataset{value}}}
}

func (r Ref) item() dicomout.Dataset {
	d := dicomout.Dataset{{Tag: 0x00081150, VR: "UI", Value: r.Class}, {Tag: 0x00081155, VR: "UI", Value: r.Instance}}
	if len(r.Frames) > 0 {
		d = append(d, dicomout.Element{Tag: 0x00081160, VR: "IS", Value: r.Frames})
	}
	if len(r.Segments) > 0 {
		d = append(d, dicomout.Element{Tag: 0x0062000B, VR: "US", Value: r.Segments})
	}
	return d
}
