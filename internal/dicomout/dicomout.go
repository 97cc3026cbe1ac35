// Package dicomout writes DICOM files: explicit VR little endian, text in UTF-8, with file meta information of its own.
//
// A Dataset is a list of elements in any order; writing sorts them and those of nested items. Values are Go values: the VR says how
// they are written. The package knows neither images nor modules: the caller gives every attribute that its SOP class needs. It reads
// nothing, compresses nothing and sends nothing.
package dicomout

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Tag is group and element, 0xGGGGEEEE.
type Tag uint32

func (t Tag) String() string { return fmt.Sprintf("(%04X,%04X)", uint32(t)>>16, uint32(t)&0xFFFF) }

// VR is a value representation of DICOM PS3.5 6.2.
type VR string

// Element is one attribute. Value is, by VR:
//
//   - text (AE AS CS DA DT IS LO LT PN SH ST TM UC UI UR UT): string or []string; IS also int and []int
//   - DS: float64, []float64 or string; numbers are written in at most 16 characters
//   - US SS UL SL: int or []int
//   - FL FD: float64 or []float64
//   - AT: []Tag
//   - OB OW UN: []byte, []uint16 or []int16
//   - SQ: []Dataset
//   - OB of encapsulated pixel data: Fragments
//   - any: []byte, written as they are: little endian, text in the character set that the dataset names
//
// A nil value is written as an attribute of zero length.
type Element struct {
	Tag   Tag
	VR    VR
	Value any
}

// Fragments is encapsulated pixel data as it stands in a file, from the first item tag to the sequence delimiter included (PS3.5 A.4).
// It is written with undefined length.
type Fragments []byte

// Dataset is a list of elements in any order, each tag once.
type Dataset []Element

// ExplicitLittleEndian is the transfer syntax of every file written here.
const ExplicitLittleEndian = "1.2.840.10008.1.2.1"

const (
	tagSpecificCharacterSet = 0x00080005
	tagSOPClassUID          = 0x00080016
	tagSOPInstanceUID       = 0x00080018
	tagPixelData            = 0x7FE00010
	undefined               = 0xFFFFFFFF
	utf8                    = "ISO_IR 192"
	implementationName      = "VERTEFILL"
)

var implementationUID = UID("vertefill implementation")

// Write writes a file: preamble, file meta information and the dataset, which must name its SOP class and instance. UTF-8 is stated
// as its character set where it states none.
func Write(w io.Writer, d Dataset) error {
	if !d.Has(tagSpecificCharacterSet) {
		d = append(slices.Clone(d), Element{tagSpecificCharacterSet, "CS", utf8})
	}
	return WriteAs(w, d, ExplicitLittleEndian)
}

// WriteAs is Write in a given transfer syntax, without stating a character set: for datasets that came from another file. The syntax
// must be explicit little endian with whatever pixel data the dataset holds.
func WriteAs(w io.Writer, d Dataset, transferSyntax string) error {
	class, instance := d.Text(tagSOPClassUID), d.Text(tagSOPInstanceUID)
	if class == "" || instance == "" {
		return fmt.Errorf("dicomout: dataset without SOP class or instance UID")
	}
	meta, err := encode(Dataset{
		{0x00020001, "OB", []byte{0, 1}},
		{0x00020002, "UI", class},
		{0x00020003, "UI", instance},
		{0x00020010, "UI", transferSyntax},
		{0x00020012, "UI", implementationUID},
		{0x00020013, "SH", implementationName},
	})
	if err != nil {
		return err
	}
	length, err := encode(Dataset{{0x00020000, "UL", len(meta)}})
	if err != nil {
		return err
	}
	body, err := encode(d)
	if err != nil {
		return err
	}
	head := append(make([]byte, 128), "DICM"...)
	for _, b := range [][]byte{head, length, meta, body} {
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("dicomout: %w", err)
		}
	}
	return nil
}

// Has reports whether the dataset has the element.
func (d Dataset) Has(t Tag) bool {
	return slices.ContainsFunc(d, func(e Element) bool { return e.Tag == t })
}

// Text returns the value of an element held as a string, or as bytes without their padding; empty when absent.
func (d Dataset) Text(t Tag) string {
	for _, e := range d {
		if e.Tag != t {
			continue
		}
		switch v := e.Value.(type) {
		case string:
			return v
		case []byte:
			return strings.Trim(string(v), " \x00")
		}
	}
	return ""
}

// encode writes the elements in order of their tags.
func encode(d Dataset) ([]byte, error) {
	d = slices.Clone(d)
	slices.SortFunc(d, func(a, b Element) int { return int(int64(a.Tag) - int64(b.Tag)) })
	var out bytes.Buffer
	for i, e := range d {
		if i > 0 && d[i-1].Tag == e.Tag {
			return nil, fmt.Errorf("dicomout: %v is there twice", e.Tag)
		}
		value, err := e.bytes()
		if err != nil {
			return nil, fmt.Errorf("dicomout: %v %s: %w", e.Tag, e.VR, err)
		}
		length := uint64(len(value))
		if _, ok := e.Value.(Fragments); ok {
			length = undefined
		}
		if err := header(&out, e, length); err != nil {
			return nil, err
		}
		out.Write(value)
	}
	return out.Bytes(), nil
}

// header writes tag, VR and length; the VRs with long lengths take four bytes for it after two of reserve.
func header(out *bytes.Buffer, e Element, length uint64) error {
	b := make([]byte, 0, 12)
	b = binary.LittleEndian.AppendUint16(b, uint16(e.Tag>>16))
	b = binary.LittleEndian.AppendUint16(b, uint16(e.Tag))
	b = append(b, e.VR...)
	switch e.VR {
	case "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV":
		if length >= undefined && (length != undefined || e.Tag != tagPixelData) {
			return fmt.Errorf("dicomout: %v: %d bytes are too many", e.Tag, length)
		}
		b = append(b, 0, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(length))
	default:
		if length > 0xFFFE {
			return fmt.Errorf("dicomout: %v %s: %d bytes are too many", e.Tag, e.VR, length)
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(length))
	}
	out.Write(b)
	return nil
}

// bytes encodes the value at even length.
func (e Element) bytes() ([]byte, error) {
	var out []byte
	var err error
	pad := byte(0)
	switch v := e.Value.(type) {
	case nil:
	case []Dataset:
		out, err = items(v)
	case Fragments:
		out = v
	case []byte:
		out = v
		if _, text := asText(e.VR, ""); text && e.VR != "UI" {
			pad = ' '
		}
	case []uint16:
		for _, x := range v {
			out = binary.LittleEndian.AppendUint16(out, x)
		}
	case []int16:
		out = make([]byte, 0, 2*len(v))
		for _, x := range v {
			out = binary.LittleEndian.AppendUint16(out, uint16(x))
		}
	case []Tag:
		for _, t := range v {
			out = binary.LittleEndian.AppendUint16(out, uint16(t>>16))
			out = binary.LittleEndian.AppendUint16(out, uint16(t))
		}
	default:
		if text, ok := asText(e.VR, e.Value); ok {
			out = []byte(strings.Join(text, `\`))
			if e.VR != "UI" {
				pad = ' '
			}
		} else {
			out, err = numbers(e.VR, e.Value)
		}
	}
	if len(out)%2 == 1 {
		out = append(slices.Clone(out), pad)
	}
	return out, err
}

// items writes a sequence with defined lengths.
func items(v []Dataset) ([]byte, error) {
	var out []byte
	for _, d := range v {
		b, err := encode(d)
		if err != nil {
			return nil, err
		}
		out = binary.LittleEndian.AppendUint16(out, 0xFFFE)
		out = binary.LittleEndian.AppendUint16(out, 0xE000)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(b)))
		out = append(out, b...)
	}
	return out, nil
}

// asText gives the values of the VRs that are written as characters.
func asText(vr VR, value any) ([]string, bool) {
	switch vr {
	case "AE", "AS", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT", "DS", "IS":
	default:
		return nil, false
	}
	switch v := value.(type) {
	case string:
		return []string{v}, true
	case []string:
		return v, true
	case int:
		return []string{strconv.Itoa(v)}, vr == "IS"
	case []int:
		var out []string
		for _, x := range v {
			out = append(out, strconv.Itoa(x))
		}
		return out, vr == "IS"
	case float64:
		return asText(vr, []float64{v})
	case []float64:
		var out []string
		for _, x := range v {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, false
			}
			out = append(out, Decimal(x))
		}
		return out, vr == "DS"
	}
	return nil, false
}

// Decimal writes a number as a decimal string of at most 16 characters, with as many digits as fit.
func Decimal(x float64) string {
	s := strconv.FormatFloat(x, 'g', -1, 64)
	for p := 15; len(s) > 16 && p > 0; p-- {
		s = strconv.FormatFloat(x, 'g', p, 64)
	}
	return s
}

// numbers encodes the binary VRs and refuses what does not fit them.
func numbers(vr VR, value any) ([]byte, error) {
	var ints []int
	var floats []float64
	switch v := value.(type) {
	case int:
		ints = []int{v}
	case []int:
		ints = v
	case float64:
		floats = []float64{v}
	case []float64:
		floats = v
	}
	limits := map[VR][2]int64{"US": {0, math.MaxUint16}, "SS": {math.MinInt16, math.MaxInt16}, "UL": {0, math.MaxUint32}, "SL": {math.MinInt32, math.MaxInt32}}
	limit, isInt := limits[vr]
	if isInt && ints == nil || !isInt && floats == nil || !isInt && vr != "FL" && vr != "FD" {
		return nil, fmt.Errorf("a %T cannot be written", value)
	}
	var out []byte
	for _, x := range ints {
		if int64(x) < limit[0] || int64(x) > limit[1] {
			return nil, fmt.Errorf("%d is out of range", x)
		}
		if vr == "US" || vr == "SS" {
			out = binary.LittleEndian.AppendUint16(out, uint16(x))
		} else {
			out = binary.LittleEndian.AppendUint32(out, uint32(x))
		}
	}
	for _, x := range floats {
		if vr == "FL" {
			out, _ = binary.Append(out, binary.LittleEndian, float32(x))
		} else {
			out, _ = binary.Append(out, binary.LittleEndian, x)
		}
	}
	return out, nil
}
