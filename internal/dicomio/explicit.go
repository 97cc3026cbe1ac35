package dicomio

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/suyashkumar/dicom/pkg/tag"
	"github.com/vertefill/vertefill/internal/dicomout"
)

// Explicit returns the data set as it is written in explicit VR little endian: values byte for byte, text in its character set without
// NUL padding,
// binary numbers in little endian, VRs of implicit data sets from the data dictionary. Group lengths are left out, and so are elements
// whose value could not be read.
func (d *Dataset) Explicit() dicomout.Dataset {
	var out dicomout.Dataset
	for i := range d.Elements {
		e := &d.Elements[i]
		if e.Tag&0xFFFF == 0 || out.Has(dicomout.Tag(e.Tag)) {
			continue
		}
		x := dicomout.Element{Tag: dicomout.Tag(e.Tag), VR: dicomout.VR(d.representation(e))}
		switch {
		case e.VR == vrSQ:
			x.Value = explicitItems(e.Items)
		case e.n == 0:
		default:
			b := d.Bytes(e.Tag)
			if b == nil {
				continue
			}
			if x.VR == "SQ" { // in implicit VR the scan leaves sequences that it does not need as bytes (PS3.5 6.2.2)
				items, _, err := (&parser{window: window{r: bytes.NewReader(b), size: int64(len(b))}}).items(0, int64(len(b)), encodingVR{}, d, 1)
				if err != nil {
					continue
				}
				x.Value = explicitItems(items)
				break
			}
			b = swapped(b, string(x.VR), d.order)
			if characters(string(x.VR)) { // the padding is no part of the value, and at times of the wrong kind
				b = bytes.TrimRight(b, "\x00")
			}
			if len(b) > 0xFFFE && !vrOf(string(x.VR)).longForm() {
				x.VR = "UN" // PS3.5 6.2.2: what its VR cannot hold in explicit form
			}
			x.Value = b
		}
		out = append(out, x)
	}
	return out
}

func characters(vr string) bool {
	switch vr {
	case "AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT":
		return true
	}
	return false
}

func explicitItems(items []*Dataset) []dicomout.Dataset {
	out := []dicomout.Dataset{}
	for _, it := range items {
		out = append(out, it.Explicit())
	}
	return out
}

// representation returns the VR of an element, from the dictionary where the file gives none.
func (d *Dataset) representation(e *Element) string {
	if e.VR != vrUN {
		return e.VR.String()
	}
	return dictionaryVR(e.Tag, func() bool { return d.signed() })
}

// dictionaryVR returns the VR that the standard gives an element; UN for private and unknown ones.
func dictionaryVR(t Tag, signed func() bool) string {
	switch {
	case t>>16&1 == 1 && t&0xFFFF >= 0x10 && t&0xFFFF <= 0xFF:
		return "LO" // private creator
	case t>>16&1 == 1:
		return "UN"
	}
	info, err := tag.Find(tag.Tag{Group: uint16(t >> 16), Element: uint16(t)})
	if err != nil || len(info.VRs) == 0 {
		return "UN"
	}
	vr := strings.ToUpper(info.VRs[0])
	switch {
	case slices.Contains(info.VRs, "OW"):
		return "OW"
	case slices.Contains(info.VRs, "SS") && signed():
		return "SS"
	case slices.Contains(info.VRs, "US"):
		return "US"
	case len(vr) != 2 || !vrOf(vr).letters() || vr == "NA":
		return "UN"
	}
	return vr
}

// signed reports whether pixels, and with them the elements that are US or SS, are signed here.
func (d *Dataset) signed() bool {
	for ; d != nil; d = d.parent {
		if n, ok := d.Int(tagPixelRepresentation); ok {
			return n == 1
		}
	}
	return false
}

// swapped returns a value in little endian.
func swapped(b []byte, vr string, order fmt.Stringer) []byte {
	if order.String() != "BigEndian" {
		return b
	}
	size := 1
	switch vr {
	case "US", "SS", "OW", "AT":
		size = 2
	case "UL", "SL", "FL", "OF", "OL":
		size = 4
	case "FD", "OD", "UV", "SV", "OV":
		size = 8
	}
	b = slices.Clone(b)
	for o := 0; o+size <= len(b); o += size {
		slices.Reverse(b[o : o+size])
	}
	return b
}
