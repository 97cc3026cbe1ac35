package dicomio

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/suyashkumar/dicom/pkg/tag"
)

// Line is one element of a header listing.
type Line struct {
	Depth int // of nesting in sequences
	Tag   Tag
	VR    string
	Name  string // of the element in the standard; empty for private ones
	Value string // as text, cut when long
}

// dumpLimit is the longest value shown.
const dumpLimit = 120

// Header lists the header of the file that slice k comes from. It names the patient.
func (s *Stack) Header(k int) ([]Line, error) { return s.frames[k].inst.header() }

// Header lists the header of the file that frame k comes from. It names the patient.
func (r *Run) Header(k int) ([]Line, error) { return r.frames[k].inst.header() }

func (in *instance) header() ([]Line, error) {
	b, err := in.src.open()
	if err != nil {
		return nil, fmt.Errorf("dicomio: %w: %s", errText(err), in.path)
	}
	defer b.close()
	f, err := parseFile(b, b.size, in.path)
	if err != nil {
		return nil, fmt.Errorf("dicomio: %w: %s", err, in.path)
	}
	return f.Dump(), nil
}

// Dump lists the data set.
func (d *Dataset) Dump() []Line { return d.dump(nil, 0) }

func (d *Dataset) dump(out []Line, depth int) []Line {
	for i := range d.Elements {
		e := &d.Elements[i]
		l := Line{Depth: depth, Tag: e.Tag, VR: e.VR.String()}
		if info, err := tag.Find(tag.Tag{Group: uint16(e.Tag >> 16), Element: uint16(e.Tag)}); err == nil {
			l.Name = info.Name
			if e.VR == vrUN && len(info.VRs) > 0 {
				l.VR = info.VRs[0]
			}
		}
		if e.VR == vrSQ {
			l.Value = strconv.Itoa(len(e.Items))
			out = append(out, l)
			for _, it := range e.Items {
				out = it.dump(out, depth+1)
			}
			continue
		}
		l.Value = d.show(e, l.VR)
		out = append(out, l)
	}
	return out
}

// show returns the value of an element for people.
func (d *Dataset) show(e *Element, vr string) string {
	s := ""
	switch {
	case e.n == 0:
	case e.Value == nil:
		return fmt.Sprintf("(%d bytes)", e.n)
	case binaryInteger(vr) || vr == "FL" || vr == "FD":
		typed := Dataset{Elements: []Element{*e}, order: d.order}
		typed.Elements[0].VR = vrOf(vr)
		for i, f := range typed.Floats(e.Tag) {
			if i > 0 {
				s += `\`
			}
			s += strconv.FormatFloat(f, 'g', -1, 64)
		}
	case vr == "OB" || vr == "OW" || vr == "OF" || vr == "OD" || vr == "OL" || vr == "OV" || vr == "UN" && !textual(e.Value):
		return fmt.Sprintf("(%d bytes)", e.n)
	default:
		s = strings.Trim(decodeText(e.Value, d.charsets()), " \x00")
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > dumpLimit {
		s = string(r[:dumpLimit]) + "…"
	}
	return s
}

func textual(b []byte) bool {
	for i, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != 0x1b && (c != 0 || i < len(b)-1) {
			return false
		}
	}
	return true
}
