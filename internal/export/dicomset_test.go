package export

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/deid"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/text"
)

// withOrigin returns a case whose control CT came from DICOM files of a named patient.
func withOrigin(t *testing.T) *assess.Result {
	t.Helper()
	r := newCase(t, usual(text.French))
	r.Origin = originOf(r)
	r.Report.Inputs.Post = &assess.Series{SeriesInstanceUID: r.Origin.SeriesUID, FrameOfReferenceUID: r.Origin.FrameUID, Modality: "CT", Images: len(r.Origin.Images)}
	return r
}

// originOf names the images of a case's control CT, of a patient who does not exist.
func originOf(r *assess.Result) *dicomio.Origin {
	o := &dicomio.Origin{StudyUID: "1.2.99.777.1", SeriesUID: "1.2.99.777.2", FrameUID: r.Post.FrameUID, Modality: "CT", Patient: dicomio.Patient{Name: "Qzxdupont^Anne", ID: "QZX-4711"},
		Attributes: dicomout.Dataset{
			{Tag: 0x00080005, VR: "CS", Value: []byte("ISO_IR 100")}, {Tag: 0x00100010, VR: "PN", Value: []byte("Qzxdupont^Anne")}, {Tag: 0x00100020, VR: "LO", Value: []byte("QZX-4711")},
			{Tag: 0x00100030, VR: "DA", Value: []byte("19410203")}, {Tag: 0x00100040, VR: "CS", Value: []byte("F")}, {Tag: 0x0020000D, VR: "UI", Value: []byte("1.2.99.777.1")},
			{Tag: 0x00080020, VR: "DA", Value: []byte("20260310")}, {Tag: 0x00081030, VR: "LO", Value: []byte("Contr\xf4le Qzxdupont")},
		}}
	if o.FrameUID == "" {
		o.FrameUID = "1.2.99.777.3"
	}
	for k := range r.Post.NZ {
		o.Images = append(o.Images, dicomio.ImageRef{Class: "1.2.840.10008.5.1.4.1.1.2", Instance: fmt.Sprintf("1.2.99.777.4.%d", k), Position: r.Post.SlicePosition(k), Slope: 1, Intercept: -1024})
	}
	return o
}

func objectsIn(t *testing.T, dir string) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(dir, "*.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDICOMSet writes all objects of a case, has dicom3tools look at them, and reads the numbers back.
func TestDICOMSet(t *testing.T) {
	r, dir := withOrigin(t), t.TempDir()
	if err := Write(t.Context(), dir, r, Options{Lang: text.French, Formats: []Format{DICOM}}); err != nil {
		t.Fatal(err)
	}
	names := namesIn(t, dir)
	for _, n := range []string{"segmentation.dcm", "report.sr.dcm", "key-image-1.dcm", "key-views.dcm", "key-objects.dcm", "report.pdf.dcm", "cement.stl.dcm"} {
		if !slices.Contains(names, n) {
			t.Errorf("%s is missing: %v", n, names)
		}
	}
	for _, path := range objectsIn(t, dir) {
		if err := exchange.Check(path, r.Origin); err != nil {
			t.Error(err)
		}
		if _, err := exec.LookPath("dciodvfy"); err != nil {
			continue
		}
		out, _ := exec.Command("dciodvfy", "-new", path).CombinedOutput()
		for _, line := range strings.Split(string(out), "\n") {
			if strings.HasPrefix(line, "Error") {
				t.Errorf("%s: %s", filepath.Base(path), line)
			}
		}
	}
	got, err := ReadStructuredReport(filepath.Join(dir, "report.sr.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	var one, two bytes.Buffer
	Table(&one, &r.Report, text.French)
	Table(&two, got, text.French)
	spaces := strings.NewReplacer("\u202f", " ", "\u00a0", " ", "’", "'") // which Latin-1, the set of these images, has not
	if spaces.Replace(one.String()) != spaces.Replace(two.String()) {
		t.Errorf("the table came back as\n%s\nit was\n%s", two.String(), one.String())
	}
	// Every leak and every body of the report is a segment, and its group refers to it.
	m, err := exchange.ReadMeasurements(filepath.Join(dir, "report.sr.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := dicomio.ReadSegmentation(filepath.Join(dir, "segmentation.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	tied := 0
	for _, g := range m.Groups {
		if g.TrackingID == totalsTracking {
			continue
		}
		if len(g.Segment.Segments) != 1 || g.Segment.Segments[0] > len(s.Segments) {
			t.Errorf("%s refers to %+v", g.TrackingID, g.Segment)
			continue
		}
		label := s.Segments[g.Segment.Segments[0]-1].Label
		if level, ok := exchange.LevelOf(g.Site); !ok || !strings.Contains(label, level.String()) {
			t.Errorf("%s refers to segment %q", g.TrackingID, label)
		}
		tied++
	}
	if tied != len(r.Report.Vertebrae)+len(r.Report.Leaks) {
		t.Errorf("%d groups refer to segments, %d vertebrae and %d leaks", tied, len(r.Report.Vertebrae), len(r.Report.Leaks))
	}

	// Without DICOM images the objects of the earlier run must not stay beside the new results.
	r.Origin = nil
	if err := Write(t.Context(), dir, r, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"segmentation.dcm", "report.sr.dcm"} {
		if slices.Contains(namesIn(t, dir), n) {
			t.Errorf("%s of an older run is left", n)
		}
	}
}

// TestNothingIdentifyingLeaves writes a de-identified case in every format and looks for the patient in every byte and name.
func TestNothingIdentifyingLeaves(t *testing.T) {
	r, dir := withOrigin(t), t.TempDir()
	m, err := deid.NewMapping()
	if err != nil {
		t.Fatal(err)
	}
	clean, err := Deidentified(r, deid.NewCleaner(deid.Options{}, m))
	if err != nil {
		t.Fatal(err)
	}
	if r.Origin.Patient.ID != "QZX-4711" || r.Report.Inputs.Post.SeriesInstanceUID != "1.2.99.777.2" {
		t.Error("the result itself was changed")
	}
	if err := Write(t.Context(), dir, clean, Options{Formats: Formats}); err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(p)
		low := bytes.ToLower(b)
		for _, secret := range []string{"qzxdupont", "qzx-4711", "1.2.99.777", "19410203", "20260310"} {
			if bytes.Contains(low, []byte(secret)) || strings.Contains(strings.ToLower(filepath.Base(p)), secret) {
				t.Errorf("%s is left in %s", secret, filepath.Base(p))
			}
		}
		return err
	})
	if err != nil || files < 15 {
		t.Errorf("%d files, %v", files, err)
	}
	pseudonym := m.Patients["QZX-4711"].Pseudonym
	for _, path := range objectsIn(t, dir) {
		f, err := dicomio.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if f.Code(0x00100020) != pseudonym || pseudonym == "" || f.Code(0x0020000D) != m.UIDs["1.2.99.777.1"] || f.Code(0x00080021) != "19000101" {
			t.Errorf("%s: patient %q, study %s, date %s", filepath.Base(path), f.Code(0x00100020), f.Code(0x0020000D), f.Code(0x00080021))
		}
		f.Close()
	}
}
