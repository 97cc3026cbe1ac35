package dicomio

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/geom"
)

// Origin is what an object made from images repeats of them and refers to. It names the patient.
type Origin struct {
	// Attributes are those of patient, study and frame of reference as they are in the first image, byte for byte, with the character
	// set that they are written in.
	Attributes dicomout.Dataset
	Patient    Patient // the same decoded, to compare with
	StudyUID   string
	SeriesUID  string
	FrameUID   string // Frame of Reference; empty when unknown
	Modality   string
	Images     []ImageRef // in the order of the grid or of the run
}

// ImageRef names one picture.
type ImageRef struct {
	Class    string // SOP Class UID
	Instance string // SOP Instance UID
	Frame    int    // from 1 in multi-frame objects, 0 in others
	Position geom.Patient
	// Slope and Intercept turn stored values into HU; Slope is 0 when the file states none.
	Slope, Intercept float64
}

// originTags are the attributes of the Patient, Clinical Trial Subject, General Study, Patient Study and Frame of Reference modules
// (PS3.3 C.7.1, C.7.2, C.7.4) that every object of a study repeats.
var originTags = map[Tag]bool{
	tagCharset: true, 0x00080201: true, // character set, time zone
	tagPatientName: true, tagPatientID: true, 0x00100021: true, 0x00100024: true, tagBirthDate: true, 0x00100032: true, tagSex: true,
	0x00101000: true, 0x00101001: true, 0x00101002: true, 0x00102160: true, 0x00104000: true,
	0x00120010: true, 0x00120020: true, 0x00120021: true, 0x00120030: true, 0x00120031: true, 0x00120040: true, 0x00120042: true,
	0x00120050: true, 0x00120051: true, 0x00120060: true, 0x00120062: true, 0x00120063: true, 0x00120064: true, 0x00280303: true,
	tagStudyDate: true, tagStudyTime: true, tagAccession: true, 0x00080051: true, 0x00080090: true, tagStudyDescription: true,
	0x00081032: true, 0x00081048: true, 0x00081060: true, tagStudyUID: true, 0x00200010: true,
	0x00081080: true, tagPatientAge: true, 0x00101020: true, 0x00101030: true, 0x00102180: true, 0x001021B0: true,
	tagFrameOfReference: true, 0x00201040: true,
}

// Origin reads what derived objects repeat from the header of the first slice. References keep the order of the grid.
func (s *Stack) Origin() (*Origin, error) { return originOf(s.Series, s.frames) }

// Origin reads what derived objects repeat from the header of the first frame.
func (r *Run) Origin() (*Origin, error) { return originOf(r.Series, r.frames) }

func originOf(s *Series, frames []*frame) (*Origin, error) {
	in := frames[0].inst
	b, err := in.src.open()
	if err != nil {
		return nil, fmt.Errorf("dicomio: %w: %s", errText(err), in.path)
	}
	defer b.close()
	f, err := parseFile(b, b.size, in.path)
	if err != nil {
		return nil, fmt.Errorf("dicomio: %w: %s", err, in.path)
	}
	o := f.Origin()
	o.StudyUID, o.SeriesUID, o.FrameUID, o.Modality, o.Images = s.StudyUID, s.UID, frames[0].frameUID, s.Modality, nil
	for _, f := range frames {
		ref := ImageRef{Class: f.inst.series.sopClass, Instance: f.inst.uid, Position: f.pos}
		if f.rescaled {
			ref.Slope, ref.Intercept = f.slope, f.intercept
		}
		if f.inst.layout.frames > 1 {
			ref.Frame = f.index + 1
		}
		o.Images = append(o.Images, ref)
	}
	return o, nil
}

// Origin returns the identity of one object of any kind, with itself as the only image.
func (d *Dataset) Origin() *Origin {
	o := &Origin{
		StudyUID: d.Code(tagStudyUID), SeriesUID: d.Code(tagSeriesUID), FrameUID: d.Code(tagFrameOfReference), Modality: d.Code(tagModality),
		Images: []ImageRef{{Class: d.Code(tagSOPClassUID), Instance: d.Code(tagSOPInstanceUID)}},
	}
	o.Patient = Patient{Name: d.Text(tagPatientName), ID: d.Text(tagPatientID), BirthDate: d.Code(tagBirthDate), Sex: d.Code(tagSex), Age: d.Code(tagPatientAge)}
	kept := &Dataset{order: d.order, src: d.src}
	for _, e := range d.Elements {
		if originTags[e.Tag] {
			kept.Elements = append(kept.Elements, e)
		}
	}
	o.Attributes = kept.Explicit()
	return o
}

// LevelIn finds the name of a vertebra among the words of a label: "L1", "vertebrae_L1", "T9 vertebra".
func LevelIn(label string) (anatomy.Level, bool) { return levelIn(label) }
