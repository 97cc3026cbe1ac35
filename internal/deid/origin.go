package deid

import (
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
)

// Origin returns the identity of images as their cleaned files would have it, so that objects made from it go with those files.
func (c *Cleaner) Origin(o *dicomio.Origin) (*dicomio.Origin, error) {
	attributes, err := c.Clean(o.Attributes)
	if err != nil {
		return nil, err
	}
	out := *o
	out.Attributes = attributes
	out.Patient = dicomio.Patient{Name: c.patient.Pseudonym, ID: c.patient.Pseudonym}
	out.StudyUID, out.SeriesUID, out.FrameUID = c.UID(o.StudyUID), c.UID(o.SeriesUID), c.UID(o.FrameUID)
	out.Images = append([]dicomio.ImageRef(nil), o.Images...)
	for i := range out.Images {
		out.Images[i].Instance = c.UID(out.Images[i].Instance)
	}
	return &out, nil
}

// UID returns what becomes of a UID under the options.
func (c *Cleaner) UID(uid string) string {
	if c.opt.KeepUIDs {
		return uid
	}
	return c.mapping.UID(uid)
}

// Hidden reports whether attributes say that this package took the dates out of them: objects made later must not bring one back.
func Hidden(attributes dicomout.Dataset) bool {
	return attributes.Text(0x00120063) == method && attributes.Text(0x00280303) != "UNMODIFIED"
}

// method is the De-identification Method written into every file.
const method = "Vertefill, PS3.15 Annex E"
