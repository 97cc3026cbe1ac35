package exchange

import (
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
)

// Code is a coded concept: value, scheme, meaning.
type Code struct{ Value, Scheme, Meaning string }

// Is reports whether two codes mean the same: value and scheme decide.
func (c Code) Is(o Code) bool { return c.Value == o.Value && c.Scheme == o.Scheme }

// IsZero reports whether there is no code.
func (c Code) IsZero() bool { return c == Code{} }

// item returns the code as an item of a code sequence. Values too long for SH are long code values (PS3.3 8.1).
func (c Code) item() []dicomout.Dataset {
	tag, vr := dicomout.Tag(0x00080100), dicomout.VR("SH")
	if len(c.Value) > 16 {
		tag, vr = 0x00080119, "UC"
	}
	return []dicomout.Dataset{{
		{Tag: tag, VR: vr, Value: c.Value}, {Tag: 0x00080102, VR: "SH", Value: c.Scheme}, {Tag: 0x00080104, VR: "LO", Value: c.Meaning},
	}}
}

// sequence returns an element that holds the code.
func (c Code) sequence(t dicomout.Tag) dicomout.Element {
	return dicomout.Element{Tag: t, VR: "SQ", Value: c.item()}
}

// readCode returns the first code of a sequence; zero when there is none.
func readCode(d *dicomio.Dataset, t dicomio.Tag) Code {
	it := d.Item(t)
	c := Code{Value: it.Text(0x00080100), Scheme: it.Text(0x00080102), Meaning: it.Text(0x00080104)}
	for _, long := range []dicomio.Tag{0x00080119, 0x00080120} {
		if c.Value == "" {
			c.Value = it.Text(long)
		}
	}
	return c
}

// Private is the designator of the private codes; docs/dicom-codes.md lists them.
const Private = "99VERTEFILL"

// privateSchemeUID identifies the private coding scheme.
var privateSchemeUID = dicomout.UID("vertefill coding scheme")

// codingSchemes returns the Coding Scheme Identification Sequence that explains the private scheme (PS3.3 C.12.1).
func codingSchemes() dicomout.Element {
	return dicomout.Element{Tag: 0x00080110, VR: "SQ", Value: []dicomout.Dataset{{
		{Tag: 0x00080102, VR: "SH", Value: Private}, {Tag: 0x0008010C, VR: "UI", Value: privateSchemeUID},
		{Tag: 0x00080115, VR: "ST", Value: "Vertefill measurements of vertebroplasty"}, {Tag: 0x00080103, VR: "SH", Value: "1"},
	}}}
}

func dcm(value, meaning string) Code  { return Code{value, "DCM", meaning} }
func sct(value, meaning string) Code  { return Code{value, "SCT", meaning} }
func ucum(value, meaning string) Code { return Code{value, "UCUM", meaning} }

// OwnCode returns a private code.
func OwnCode(value, meaning string) Code { return Code{value, Private, meaning} }

// Codes of the standard (PS3.16 and the SNOMED subset in it) that measurements are made of.
var (
	Volume        = sct("118565006", "Volume")
	Ratio         = sct("118586006", "Ratio")
	Length        = sct("410668003", "Length")
	Height        = dcm("121207", "Height")
	Angle         = sct("1483009", "Angle")
	Finding       = dcm("121071", "Finding")
	FindingSite   = sct("363698007", "Finding Site")
	Laterality    = sct("272741003", "Laterality")
	Method        = sct("370129005", "Measurement Method")
	Derivation    = dcm("121401", "Derivation")
	LeftSide      = sct("7771000", "Left")
	RightSide     = sct("24028007", "Right")
	Yes           = sct("373066001", "Yes")
	No            = sct("373067005", "No")
	VoxelSum      = dcm("126030", "Sum of segmented voxel volumes")
	Structure     = sct("123037004", "Anatomical Structure")
	PhysicalThing = sct("260787004", "Physical object")
	Abnormal      = sct("49755003", "Morphologically Abnormal Structure")
	Implant       = sct("40388003", "Implant")
	Lesion        = sct("52988006", "Lesion")
	SpinalCanal   = sct("61853006", "Vertebral canal")
	Comment       = dcm("121106", "Comment")

	Millilitre = ucum("ml", "milliliter")
	Millimetre = ucum("mm", "millimeter")
	Degree     = ucum("deg", "degree")
	RatioUnit  = ucum("{ratio}", "ratio")
	Percent    = ucum("%", "percent")
	NoUnit     = ucum("1", "no units")

	aboveValue = sct("371886008", "+, range of upper measurement uncertainty")
	belowValue = sct("371885007", "-, range of lower measurement uncertainty")
)
