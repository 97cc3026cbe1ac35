// Package exchange writes and reads the DICOM objects that carry results from one system to another: segmentations, structured reports
// of measurements, captures, key object selections, presentation states, encapsulated documents, contours of radiotherapy.
//
// Objects made here repeat the patient and study attributes of the images byte for byte, in their character set, and refer to the
// images by UID. Positions are geom.Patient (DICOM LPS, mm), volumes mL. The package measures nothing and knows no report: package
// export maps results onto it. Codes are those of the standard where there is one; private ones are in docs/dicom-codes.md.
package exchange

import (
	"time"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
)

// Maker makes objects from the images of one series.
type Maker struct {
	Origin  *dicomio.Origin
	Created time.Time // in the object's dates and UIDs: two runs give two objects
	Version string    // of the program
	Edited  bool      // a reader corrected what the program found
	Undated bool      // dates are part of what was taken out of the images: objects bear none
}

// UIDs of SOP classes.
const (
	classSegmentation   = "1.2.840.10008.5.1.4.1.1.66.4"
	classComprehensive  = "1.2.840.10008.5.1.4.1.1.88.33"
	classComprehensive3 = "1.2.840.10008.5.1.4.1.1.88.34"
	classEnhancedSR     = "1.2.840.10008.5.1.4.1.1.88.22"
	classKeyObjects     = "1.2.840.10008.5.1.4.1.1.88.59"
	classCapture        = "1.2.840.10008.5.1.4.1.1.7"
	classPresentation   = "1.2.840.10008.5.1.4.1.1.11.1"
	classPDF            = "1.2.840.10008.5.1.4.1.1.104.1"
	classSTL            = "1.2.840.10008.5.1.4.1.1.104.3"
	classStructures     = "1.2.840.10008.5.1.4.1.1.481.3"
)

// UID returns an identifier for an object of this maker: the same maker and words give the same.
func (m Maker) UID(words ...string) string {
	return dicomout.UID(append([]string{m.Origin.StudyUID, m.Origin.SeriesUID, m.Created.UTC().Format(time.RFC3339Nano)}, words...)...)
}

// kind is what distinguishes the objects.
type kind struct {
	class, modality, description string
	series, instance             int // numbers
	name                         string
}

// base returns the attributes of patient, study, series, equipment and object that all objects share.
func (m Maker) base(k kind) dicomout.Dataset {
	d := m.identity()
	date, clock := m.date()
	d = append(d, dicomout.Dataset{
		{Tag: 0x00080012, VR: "DA", Value: date}, {Tag: 0x00080013, VR: "TM", Value: clock},
		{Tag: 0x00080016, VR: "UI", Value: k.class}, {Tag: 0x00080018, VR: "UI", Value: m.UID(k.modality, k.name)},
		{Tag: 0x00080021, VR: "DA", Value: date}, {Tag: 0x00080031, VR: "TM", Value: clock},
		{Tag: 0x00080060, VR: "CS", Value: k.modality},
		{Tag: 0x00080070, VR: "LO", Value: "Vertefill"}, {Tag: 0x00081090, VR: "LO", Value: "Vertefill"},
		{Tag: 0x00181000, VR: "LO", Value: "0"}, {Tag: 0x00181020, VR: "LO", Value: m.Version},
		{Tag: 0x0008103E, VR: "LO", Value: m.text(k.description)},
		{Tag: 0x0020000E, VR: "UI", Value: m.UID("series", k.modality, k.description)},
		{Tag: 0x00200011, VR: "IS", Value: k.series}, {Tag: 0x00200013, VR: "IS", Value: k.instance},
	}...)
	return d
}

// date returns the date and time of creation; those that stand for none where dates were taken out of the images.
func (m Maker) date() (date, clock string) {
	if m.Undated {
		return "19000101", "000000"
	}
	return m.Created.Format("20060102"), m.Created.Format("150405")
}

// content returns the date and time of content, which most objects need.
func (m Maker) content() dicomout.Dataset {
	date, clock := m.date()
	return dicomout.Dataset{{Tag: 0x00080023, VR: "DA", Value: date}, {Tag: 0x00080033, VR: "TM", Value: clock}}
}

const tagCharset = 0x00080005

// identity returns the attributes of patient and study, with what the standard demands and the images lack left empty.
func (m Maker) identity() dicomout.Dataset {
	d := dicomout.Dataset{{Tag: tagCharset, VR: "CS", Value: m.charset()}}
	for _, e := range m.Origin.Attributes {
		if e.Tag != tagCharset && e.Tag != 0x00200052 && e.Tag != 0x00201040 {
			d = append(d, e)
		}
	}
	for _, e := range (dicomout.Dataset{
		{Tag: 0x00100010, VR: "PN"}, {Tag: 0x00100020, VR: "LO"}, {Tag: 0x00100030, VR: "DA"}, {Tag: 0x00100040, VR: "CS"},
		{Tag: 0x00080020, VR: "DA"}, {Tag: 0x00080030, VR: "TM"}, {Tag: 0x00080050, VR: "SH"}, {Tag: 0x00080090, VR: "PN"}, {Tag: 0x00200010, VR: "SH"},
		{Tag: 0x0020000D, VR: "UI", Value: dicomout.UID("study of", m.Origin.SeriesUID)},
	}) {
		if !d.Has(e.Tag) {
			d = append(d, e)
		}
	}
	return d
}

// frameOfReference returns the attributes of the patient coordinates of the images.
func (m Maker) frameOfReference() dicomout.Dataset {
	uid := m.Origin.FrameUID
	if uid == "" {
		uid = dicomout.UID("frame of reference of", m.Origin.SeriesUID)
	}
	return dicomout.Dataset{
		{Tag: 0x00200052, VR: "UI", Value: uid},
		{Tag: 0x00201040, VR: "LO", Value: m.Origin.Attributes.Text(0x00201040)},
	}
}

// charset returns the character set of the copied attributes: what the images state, UTF-8 where all is ASCII, and Latin-1 where bytes
// outside ASCII come without a statement, as the reader takes them.
func (m Maker) charset() string {
	stated := m.Origin.Attributes.Text(tagCharset)
	switch {
	case stated != "" && stated != "ISO_IR 6":
		return stated
	case ascii(m.Origin.Attributes):
		return utf8
	}
	return "ISO_IR 100"
}

const utf8 = "ISO_IR 192"

func ascii(d dicomout.Dataset) bool {
	for _, e := range d {
		switch v := e.Value.(type) {
		case []byte:
			for _, b := range v {
				if b >= 0x80 || b == 0x1b {
					return false
				}
			}
		case []dicomout.Dataset:
			for _, it := range v {
				if !ascii(it) {
					return false
				}
			}
		}
	}
	return true
}
