package exchange

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/volume"
)

// ErrForeign is wrapped where an object does not go with the images in hand.
var ErrForeign = errors.New("not about these images")

// Belongs returns nil when an object goes with images: the same patient, study and frame of reference wherever both state them, and,
// when it refers to images, at least one of these. The error says which of them is wrong, without naming a patient.
func Belongs(object, images *dicomio.Origin, refs []Ref) error {
	a, b := object.Patient, images.Patient
	switch {
	case a.ID != "" && b.ID != "" && a.ID != b.ID,
		(a.ID == "" || b.ID == "") && a.Name != "" && b.Name != "" && a.Name != b.Name,
		a.BirthDate != "" && b.BirthDate != "" && a.BirthDate != b.BirthDate:
		return fmt.Errorf("exchange: %w: the object is of another patient", ErrForeign)
	case object.StudyUID != "" && images.StudyUID != "" && object.StudyUID != images.StudyUID:
		return fmt.Errorf("exchange: %w: the object is of another study, %s", ErrForeign, object.StudyUID)
	case object.FrameUID != "" && images.FrameUID != "" && object.FrameUID != images.FrameUID:
		return fmt.Errorf("exchange: %w: the object is in the coordinates of other images (frame of reference %s)", ErrForeign, object.FrameUID)
	}
	known := map[string]bool{}
	for _, i := range images.Images {
		known[i.Instance] = true
	}
	pictures := 0
	for _, r := range refs {
		if known[r.Instance] {
			return nil
		}
		if isPicture(r.Class) {
			pictures++
		}
	}
	if pictures > 0 {
		return fmt.Errorf("exchange: %w: none of the %d images that the object refers to is among them", ErrForeign, pictures)
	}
	return nil
}

// isPicture reports whether a SOP class is one of images, not of what is derived from them nor of a study.
func isPicture(class string) bool {
	if !strings.HasPrefix(class, "1.2.840.10008.5.1.4.1.1.") {
		return false
	}
	for _, other := range []string{"11.", "66.", "88.", "104.", "481."} {
		if strings.HasPrefix(class, "1.2.840.10008.5.1.4.1.1."+other) {
			return false
		}
	}
	return true
}

// Check opens an object of any kind and reports whether it belongs to the images.
func Check(path string, images *dicomio.Origin) error {
	f, err := dicomio.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	o := f.Dataset.Origin()
	if err := Belongs(o, images, references(f.Dataset)); err != nil {
		return fmt.Errorf("%w: %s", err, path)
	}
	return nil
}

// ReadVertebrae reads vertebra masks, a SEG or an RT structure set whose regions are named after levels, as VerSe numbers, and refuses
// those that are not about the images. grid is that of the images, on which contours are filled.
func ReadVertebrae(path string, images *dicomio.Origin, grid *volume.Grid) (*volume.Labels, error) {
	if images != nil {
		if err := Check(path, images); err != nil {
			return nil, err
		}
	}
	s, err := ReadStructures(path)
	if err != nil {
		return dicomio.ReadVertebrae(path)
	}
	out := volume.NewLabels(grid, grid.Bounds())
	found := false
	for _, r := range s.Regions {
		level, ok := dicomio.LevelIn(r.Name)
		if !ok || len(r.Contours) == 0 {
			continue
		}
		m, err := r.Mask(grid)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, path)
		}
		found = true
		for i := range m.V {
			m.V[i] *= uint8(level)
		}
		if err := out.Paint(m); err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, fmt.Errorf("exchange: no region is named after a vertebra: %s", path)
	}
	return out, nil
}

// references returns every object that a dataset refers to by UID, at any depth.
func references(d *dicomio.Dataset) (out []Ref) {
	if uid := d.Code(0x00081155); uid != "" {
		out = append(out, Ref{Class: d.Code(0x00081150), Instance: uid})
	}
	for i := range d.Elements {
		for _, it := range d.Elements[i].Items {
			out = append(out, references(it)...)
		}
	}
	return out
}
