package dicomio

import (
	"encoding/binary"
	"io"
	"math"
	"strconv"
	"strings"
)

// Dataset is a list of elements in file order, or one item of a sequence.
type Dataset struct {
	Elements []Element
	parent   *Dataset
	order    binary.ByteOrder
	src      io.ReaderAt
}

// Element is one data element. Value is nil for sequences and for values too long to be read with the header; Bytes reads those.
type Element struct {
	Tag    Tag
	VR     VR
	Value  []byte
	Items  []*Dataset
	off, n int64
	broken bool
}

// Find returns the element with the tag, nil when there is none.
func (d *Dataset) Find(t Tag) *Element {
	if d == nil {
		return nil
	}
	for i := range d.Elements {
		if d.Elements[i].Tag == t {
			return &d.Elements[i]
		}
	}
	return nil
}

// Bytes returns the value of an element as it is in the file, reading it when the scan left it there; nil when absent or unreadable.
func (d *Dataset) Bytes(t Tag) []byte {
	e := d.Find(t)
	switch {
	case e == nil || e.VR == vrSQ || e.n > maxInflated:
		return nil
	case e.Value != nil:
		return e.Value
	}
	b := make([]byte, e.n)
	if _, err := d.src.ReadAt(b, e.off); err != nil && err != io.EOF {
		return nil
	}
	return b
}

// Items returns the items of a sequence.
func (d *Dataset) Items(t Tag) []*Dataset {
	if e := d.Find(t); e != nil {
		return e.Items
	}
	return nil
}

// Item returns the first item of a sequence, nil when there is none; all methods work on nil.
func (d *Dataset) Item(t Tag) *Dataset {
	if it := d.Items(t); len(it) > 0 {
		return it[0]
	}
	return nil
}

// Code returns the first value of an element of plain ASCII (UIDs, code strings, numbers), without padding.
func (d *Dataset) Code(t Tag) string {
	e := d.Find(t)
	if e == nil {
		return ""
	}
	s, _, _ := strings.Cut(trimASCII(e.Value), `\`)
	return strings.TrimSpace(s)
}

// Codes returns all values of such an element.
func (d *Dataset) Codes(t Tag) []string {
	e := d.Find(t)
	if e == nil || len(e.Value) == 0 {
		return nil
	}
	out := strings.Split(trimASCII(e.Value), `\`)
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// Text returns the value of an element in its character set, as UTF-8, without padding.
func (d *Dataset) Text(t Tag) string {
	e := d.Find(t)
	if e == nil {
		return ""
	}
	s := strings.Trim(decodeText(e.Value, d.charsets()), " \x00")
	if t == tagPatientName {
		s = strings.TrimRight(s, "=") // empty groups of ideographic or phonetic names
	}
	return s
}

// charsets returns the values of Specific Character Set that hold here: an item may have its own (PS3.3 C.12.1.1.2).
func (d *Dataset) charsets() []string {
	for ; d != nil; d = d.parent {
		if cs := d.Codes(tagCharset); len(cs) > 0 {
			return cs
		}
	}
	return nil
}

// Float returns the first number of a DS, IS, FL, FD or binary integer element.
func (d *Dataset) Float(t Tag) (float64, bool) {
	v := d.Floats(t)
	if len(v) == 0 {
		return 0, false
	}
	return v[0], true
}

// Floats returns the numbers of an element; nil when one of them is none, or not finite.
func (d *Dataset) Floats(t Tag) []float64 {
	e := d.Find(t)
	if e == nil || len(e.Value) == 0 {
		return nil
	}
	var out []float64
	switch vr := e.VR.String(); {
	case vr == "FL":
		for b := e.Value; len(b) >= 4; b = b[4:] {
			out = append(out, float64(math.Float32frombits(d.order.Uint32(b))))
		}
	case vr == "FD":
		for b := e.Value; len(b) >= 8; b = b[8:] {
			out = append(out, math.Float64frombits(d.order.Uint64(b)))
		}
	case binaryInteger(vr) || (vr == "UN" && short(t)):
		for _, n := range d.Ints(t) {
			out = append(out, float64(n))
		}
	default:
		for s := range strings.SplitSeq(trimASCII(e.Value), `\`) {
			f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
			if err != nil {
				return nil
			}
			out = append(out, f)
		}
	}
	for _, f := range out {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil
		}
	}
	return out
}

func binaryInteger(vr string) bool {
	switch vr {
	case "US", "SS", "UL", "SL", "UV", "SV", "AT":
		return true
	}
	return false
}

// shorts and longs are the binary elements that the package reads: in implicit VR nothing tells them from text.
var (
	shorts = map[Tag]bool{
		tagSamplesPerPixel: true, tagPlanarConfiguration: true, tagRows: true, tagColumns: true, tagBitsAllocated: true,
		tagBitsStored: true, tagHighBit: true, tagPixelRepresentation: true, tagPaddingValue: true, tagPaddingLimit: true,
		tagLUTDescriptor: true, tagShutterLevel: true, tagRedPalette: true, tagRedPalette + 1: true, tagRedPalette + 2: true,
		tagOverlayRows: true, tagOverlayColumns: true, tagOverlayOrigin: true, tagOverlayFirstFrame: true, tagOverlayBit: true,
	}
	longs = map[Tag]bool{tagTemporalIndex: true}
)

// short reports whether an element holds 16-bit integers; overlay groups repeat the first of them.
func short(t Tag) bool {
	if g := t >> 16; g >= firstOverlay && g <= lastOverlay {
		t = firstOverlay<<16 | t&0xffff
	}
	return shorts[t]
}

// Int returns the first integer of an element, also of an IS text.
func (d *Dataset) Int(t Tag) (int, bool) {
	v := d.Ints(t)
	if len(v) == 0 {
		return 0, false
	}
	return v[0], true
}

// Ints returns the integers of an element. US and SS are returned as written in the file: what is signed by the pixel
// representation is for the caller to know.
func (d *Dataset) Ints(t Tag) []int {
	e := d.Find(t)
	if e == nil || len(e.Value) == 0 {
		return nil
	}
	b, o := e.Value, d.order
	var out []int
	vr := e.VR.String()
	if vr == "UN" && short(t) {
		vr = "US"
	} else if vr == "UN" && longs[t] {
		vr = "UL"
	}
	switch vr {
	case "US", "OW":
		for ; len(b) >= 2; b = b[2:] {
			out = append(out, int(o.Uint16(b)))
		}
	case "SS":
		for ; len(b) >= 2; b = b[2:] {
			out = append(out, int(int16(o.Uint16(b))))
		}
	case "UL":
		for ; len(b) >= 4; b = b[4:] {
			out = append(out, int(o.Uint32(b)))
		}
	case "SL":
		for ; len(b) >= 4; b = b[4:] {
			out = append(out, int(int32(o.Uint32(b))))
		}
	case "AT":
		for ; len(b) >= 4; b = b[4:] {
			out = append(out, int(o.Uint16(b))<<16|int(o.Uint16(b[2:])))
		}
	case "UV", "SV", "OV":
		for ; len(b) >= 8; b = b[8:] {
			out = append(out, int(o.Uint64(b)))
		}
	default:
		for s := range strings.SplitSeq(trimASCII(b), `\`) {
			f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
			if err != nil || math.Abs(f) > 1<<53 {
				return nil
			}
			out = append(out, int(f))
		}
	}
	return out
}

func trimASCII(b []byte) string {
	return strings.Trim(string(b), " \x00\r\n\t")
}
