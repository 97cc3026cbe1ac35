package phantom

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/vertefill/vertefill/internal/dicomout"
)

// writeRun writes the run as one multi-frame XA image, dark where the beam is weakened.
func (c *Case) writeRun(dir string, r *Run) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	seed := strconv.FormatUint(c.Seed, 10)
	uid := func(parts ...string) string {
		return dicomout.UID(append([]string{"phantom", seed, c.Post.FrameUID}, parts...)...)
	}
	const day, clock = "20260310", "141000"
	plane, kind := "", "SINGLE PLANE"
	if r.Options.Plane != 0 {
		plane = string(r.Options.Plane)
		kind = "BIPLANE " + plane
	}
	name := func(s string) string { return s + plane }
	d := dicomout.Dataset{
		{Tag: 0x00080008, VR: "CS", Value: []string{"ORIGINAL", "PRIMARY", kind}},
		{Tag: 0x00080016, VR: "UI", Value: "1.2.840.10008.5.1.4.1.1.12.1"}, // X-Ray Angiographic Image Storage
		{Tag: 0x00080018, VR: "UI", Value: uid(name("run"))},
		{Tag: 0x00080020, VR: "DA", Value: day},
		{Tag: 0x00080021, VR: "DA", Value: day},
		{Tag: 0x00080022, VR: "DA", Value: day},
		{Tag: 0x00080023, VR: "DA", Value: day},
		{Tag: 0x00080030, VR: "TM", Value: clock},
		{Tag: 0x00080031, VR: "TM", Value: clock},
		{Tag: 0x00080032, VR: "TM", Value: clock},
		{Tag: 0x00080033, VR: "TM", Value: clock},
		{Tag: 0x00080050, VR: "SH", Value: "PH5"},
		{Tag: 0x00080060, VR: "CS", Value: "XA"},
		{Tag: 0x00080070, VR: "LO", Value: "Vertefill phantom"},
		{Tag: 0x00080090, VR: "PN", Value: nil},
		{Tag: 0x00081030, VR: "LO", Value: "Vertebroplastie"},
		{Tag: 0x0008103E, VR: "LO", Value: "Injection profil"},
		{Tag: 0x00100010, VR: "PN", Value: "Phantom^Vertefill"},
		{Tag: 0x00100020, VR: "LO", Value: "PHANTOM-" + seed},
		{Tag: 0x00100030, VR: "DA", Value: nil},
		{Tag: 0x00100040, VR: "CS", Value: nil},
		{Tag: 0x00180015, VR: "CS", Value: "SPINE"},
		{Tag: 0x00180060, VR: "DS", Value: 85.0},
		{Tag: 0x00181063, VR: "DS", Value: float64(r.Options.FrameTime) / float64(time.Millisecond)},
		{Tag: 0x00181150, VR: "IS", Value: nil},
		{Tag: 0x00181151, VR: "IS", Value: nil},
		{Tag: 0x00181155, VR: "CS", Value: "GR"},
		{Tag: 0x00181500, VR: "CS", Value: "STATIC"},
		{Tag: 0x00181510, VR: "DS", Value: r.Truth.PrimaryDegrees},
		{Tag: 0x00181511, VR: "DS", Value: r.Truth.SecondaryDegrees},
		{Tag: 0x0020000D, VR: "UI", Value: uid("study", day)},
		{Tag: 0x0020000E, VR: "UI", Value: uid("series", name("fluoro"))},
		{Tag: 0x00200010, VR: "SH", Value: "5"},
		{Tag: 0x00200011, VR: "IS", Value: 5},
		{Tag: 0x00200013, VR: "IS", Value: 1},
		{Tag: 0x00200020, VR: "CS", Value: []string{"P", "F"}},
		{Tag: 0x00280002, VR: "US", Value: 1},
		{Tag: 0x00280004, VR: "CS", Value: "MONOCHROME2"},
		{Tag: 0x00280008, VR: "IS", Value: r.Frames},
		{Tag: 0x00280009, VR: "AT", Value: []dicomout.Tag{0x00181063}},
		{Tag: 0x00280010, VR: "US", Value: r.NY},
		{Tag: 0x00280011, VR: "US", Value: r.NX},
		{Tag: 0x00280100, VR: "US", Value: 16},
		{Tag: 0x00280101, VR: "US", Value: 12},
		{Tag: 0x00280102, VR: "US", Value: 11},
		{Tag: 0x00280103, VR: "US", Value: 0},
		{Tag: 0x00281040, VR: "CS", Value: map[bool]string{false: "LIN", true: "LOG"}[r.Options.Logarithmic]},
		{Tag: 0x00281050, VR: "DS", Value: 1400.0},
		{Tag: 0x00281051, VR: "DS", Value: 2600.0},
		{Tag: 0x7FE00010, VR: "OW", Value: r.Pix},
	}
	d = append(d, r.sizeTags()...)
	slices.SortFunc(d, func(a, b dicomout.Element) int { return cmp.Compare(a.Tag, b.Tag) })
	return writeFile(filepath.Join(dir, "XA0001.dcm"), func(w io.Writer) error { return dicomout.Write(w, d) })
}

// sizeTags is what the header says about the size of a pixel.
func (r *Run) sizeTags() dicomout.Dataset {
	distances := dicomout.Dataset{{Tag: 0x00181110, VR: "DS", Value: sourceDetector}, {Tag: 0x00181111, VR: "DS", Value: sourceCentre}}
	factor := func(x float64) dicomout.Element { return dicomout.Element{Tag: 0x00181114, VR: "DS", Value: x} }
	detector := dicomout.Element{Tag: 0x00181164, VR: "DS", Value: []float64{r.pixelMM, r.pixelMM}}
	switch r.Options.Calibration {
	case TagsMagnification:
		return append(distances, factor(sourceDetector/sourceCentre), detector)
	case TagsFiducial:
		return append(distances, detector,
			dicomout.Element{Tag: 0x00280030, VR: "DS", Value: []float64{r.atMM(), r.atMM()}}, dicomout.Element{Tag: 0x00280A02, VR: "CS", Value: "FIDUCIAL"})
	case TagsConflict:
		return append(distances, factor(wrongFactor), detector)
	case TagsDetector:
		return dicomout.Dataset{detector}
	}
	return nil
}

// WriteRun writes a run alone as XA0001.dcm into dir, which must not exist.
func (c *Case) WriteRun(dir string, r *Run) error { return c.writeRun(dir, r) }
