package exchange

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/dicomio"
)

// Object is a DICOM object about images, of any kind that this package reads. One of the pointers is set.
type Object struct {
	Segmentation *dicomio.Segmentation // masks on a grid of their own in the patient
	Measurements *Measurements
	Structures   *Structures
	Presentation *Presentation
}

// Open reads a segmentation, a report of measurements, a structure set or a presentation state, this program's or another's, and refuses
// it with the reason when it is not about the images. Without images (nil) whatever can be read is returned.
func Open(path string, images *dicomio.Origin) (*Object, error) {
	f, err := dicomio.Open(path)
	if err != nil {
		return nil, err
	}
	class, modality := f.Code(0x00080016), f.Code(0x00080060)
	f.Close()
	if images != nil {
		if err := Check(path, images); err != nil {
			return nil, err
		}
	}
	o := &Object{}
	switch class {
	case classSegmentation, "1.2.840.10008.5.1.4.1.1.66.7": // and label maps
		o.Segmentation, err = dicomio.ReadSegmentation(path)
	case classEnhancedSR, classComprehensive, classComprehensive3:
		o.Measurements, err = ReadMeasurements(path)
	case classStructures:
		o.Structures, err = ReadStructures(path)
	case classPresentation:
		o.Presentation, err = ReadPresentation(path)
	default:
		return nil, fmt.Errorf("exchange: objects of this kind (%s) are not shown over images: %s", modality, path)
	}
	if err != nil {
		return nil, err
	}
	return o, nil
}
