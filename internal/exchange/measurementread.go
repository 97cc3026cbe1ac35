package exchange

import (
	"fmt"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/dicomio"
)

// ReadMeasurements reads a report of measurements (TID 1500) made by any program. What the template does not know is passed over.
func ReadMeasurements(path string) (*Measurements, error) {
	f, err := dicomio.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	root, err := readTree(f.Dataset)
	if err != nil {
		return nil, fmt.Errorf("exchange: %w: %s", err, path)
	}
	if !root.Name.Is(MeasurementReport) {
		return nil, fmt.Errorf("exchange: the report is no Imaging Measurement Report (TID 1500) but %q: %s", root.Name.Meaning, path)
	}
	r := &Measurements{Title: root.Name, Origin: f.Dataset.Origin(), Draft: f.Code(0x0040A496) == "PRELIMINARY"}
	for _, it := range root.Items {
		switch {
		case it.Name.Is(languageName):
			r.Language = it.Code.Value
		case it.Name.Is(deviceName):
			r.Observer = it.Text
		case it.Name.Is(personName):
			r.Reader = it.Text
		case it.Name.Is(libraryName):
			r.Images = append(r.Images, images(it)...)
		case it.Name.Is(measurementsName):
			for _, g := range it.Items {
				if g.Type == "CONTAINER" {
					r.Groups = append(r.Groups, readGroup(g))
					r.Images = append(r.Images, images(g)...)
				}
			}
		case it.Type == "TEXT" && it.Relation == Contains:
			c := Remark{Name: it.Name, Text: it.Text}
			for _, s := range it.Items {
				c.Statements = append(c.Statements, Statement{s.Name, s.Code, s.Text})
			}
			r.Comments = append(r.Comments, c)
		}
	}
	return r, nil
}

// images returns the references of all IMAGE items below an item, segmentations left out.
func images(it Item) (out []Ref) {
	for _, c := range it.Items {
		if c.Type == "IMAGE" && c.Ref.Class != classSegmentation {
			out = append(out, c.Ref)
		}
		out = append(out, images(c)...)
	}
	return out
}

func readGroup(g Item) (out Group) {
	for _, it := range g.Items {
		switch {
		case it.Name.Is(trackingName):
			out.TrackingID = it.Text
		case it.Name.Is(trackingUIDName):
			out.TrackingUID = it.Text
		case it.Name.Is(Finding) && it.Type == "CODE":
			out.Finding = it.Code
		case it.Name.Is(segmentName):
			out.Segment = it.Ref
		case it.Name.Is(sourceSeriesName):
			out.Source = it.Text
		case sameConcept(it.Name, FindingSite):
			out.Site = it.Code
			for _, c := range it.Items {
				if sameConcept(c.Name, Laterality) {
					out.Side = c.Code
				}
			}
		case sameConcept(it.Name, Method) && it.Relation == HasModifier:
			out.Method = it.Code
		case it.Type == "NUM":
			out.Numbers = append(out.Numbers, readNumber(it))
		case it.Type == "SCOORD3D" && len(it.Graphic.Points) == 1 && it.Graphic.Type == "POINT":
			out.Points = append(out.Points, Point{it.Name, [3]float64(it.Graphic.Points[0])})
		case it.Type == "CODE" || it.Type == "TEXT":
			out.Statements = append(out.Statements, Statement{it.Name, it.Code, it.Text})
		}
	}
	return out
}

func readNumber(it Item) Number {
	n := Number{Name: it.Name, Value: it.Number, Unit: it.Unit, Why: it.Why, Low: math.NaN(), High: math.NaN()}
	for _, c := range it.Items {
		switch {
		case c.Name.Is(Derivation):
			n.Derivation = c.Code
		case sameConcept(c.Name, Method):
			n.Method = c.Code
		case c.Name.Is(aboveValue):
			n.High = clean(n.Value + c.Number)
		case c.Name.Is(belowValue):
			n.Low = clean(n.Value - c.Number)
		case c.Type == "CODE" && c.Relation == HasModifier:
			n.Modifiers = append(n.Modifiers, c.Code)
		}
	}
	return n
}

// retired are the SRT codes that older reports use for concepts that now have SCT codes (PS3.16 annex L).
var retired = map[Code]string{
	FindingSite: "G-C0E3", Laterality: "G-C171", Method: "G-C306",
}

// sameConcept reports whether a code is the concept, also by its retired SRT value.
func sameConcept(c, concept Code) bool {
	return c.Is(concept) || c.Scheme == "SRT" && c.Value != "" && c.Value == retired[concept]
}

// maxItems bounds the content items of one report; reports of a whole study have some thousands.
const maxItems = 1 << 18

// readTree reads the content tree of a structured report.
func readTree(d *dicomio.Dataset) (Item, error) {
	if !slices.Contains([]string{classComprehensive, classComprehensive3, classEnhancedSR, classKeyObjects}, d.Code(0x00080016)) {
		return Item{}, fmt.Errorf("not a structured report of measurements (Enhanced, Comprehensive or Comprehensive 3D SR)")
	}
	left := maxItems
	return readItem(d, &left)
}

func readItem(d *dicomio.Dataset, left *int) (Item, error) {
	if *left--; *left < 0 {
		return Item{}, fmt.Errorf("more than %d content items", maxItems)
	}
	it := Item{Relation: Relation(d.Code(0x0040A010)), Type: d.Code(0x0040A040), Name: readCode(d, 0x0040A043), Template: d.Item(0x0040A504).Code(0x0040DB00)}
	switch it.Type {
	case "CODE":
		it.Code = readCode(d, 0x0040A168)
	case "NUM":
		v := d.Item(0x0040A300)
		it.Number, it.Unit, it.Why = math.NaN(), readCode(v, 0x004008EA), readCode(d, 0x0040A301)
		if x, ok := v.Float(0x0040A161); ok {
			it.Number = x
		} else if x, ok := v.Float(0x0040A30A); ok {
			it.Number = x
		}
	case "TEXT":
		it.Text = d.Text(0x0040A160)
	case "UIDREF":
		it.Text = d.Code(0x0040A124)
	case "PNAME":
		it.Text = d.Text(0x0040A123)
	case "DATE":
		it.Text = d.Code(0x0040A121)
	case "TIME":
		it.Text = d.Code(0x0040A122)
	case "DATETIME":
		it.Text = d.Code(0x0040A120)
	case "IMAGE", "COMPOSITE", "WAVEFORM":
		ref := d.Item(0x00081199)
		it.Ref = Ref{Class: ref.Code(0x00081150), Instance: ref.Code(0x00081155), Frames: ref.Ints(0x00081160), Segments: ref.Ints(0x0062000B)}
	case "SCOORD", "SCOORD3D":
		it.Graphic = Graphic{Type: d.Code(0x00700023), Frame: d.Code(0x30060024)}
		n := 2
		if it.Type == "SCOORD3D" {
			n = 3
		}
		for v := d.Floats(0x00700022); len(v) >= n; v = v[n:] {
			it.Graphic.Points = append(it.Graphic.Points, v[:n])
		}
	}
	for _, c := range d.Items(0x0040A730) {
		child, err := readItem(c, left)
		if err != nil {
			return it, err
		}
		it.Items = append(it.Items, child)
	}
	return it, nil
}
