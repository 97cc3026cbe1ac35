package dicomout_test

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/dicomout"
)

const secondaryCapture = "1.2.840.10008.5.1.4.1.1.7"

// capture is a complete secondary capture with text outside ASCII, a sequence out of order and odd lengths.
func capture() dicomout.Dataset {
	return dicomout.Dataset{
		{Tag: 0x7FE00010, VR: "OW", Value: []uint16{1, 2, 3, 0xFFFF}},
		{Tag: 0x00080016, VR: "UI", Value: secondaryCapture},
		{Tag: 0x00080018, VR: "UI", Value: dicomout.UID("test", "instance")},
		{Tag: 0x0020000D, VR: "UI", Value: dicomout.UID("test", "study")},
		{Tag: 0x0020000E, VR: "UI", Value: dicomout.UID("test", "series")},
		{Tag: 0x00100010, VR: "PN", Value: "Fantôme^Hélène"},
		{Tag: 0x00100020, VR: "LO", Value: "P-1"},
		{Tag: 0x00100030, VR: "DA", Value: "19500101"},
		{Tag: 0x00100040, VR: "CS", Value: "F"},
		{Tag: 0x00080020, VR: "DA", Value: "20260310"},
		{Tag: 0x00080030, VR: "TM", Value: "101500"},
		{Tag: 0x00080050, VR: "SH", Value: nil},
		{Tag: 0x00080060, VR: "CS", Value: "OT"},
		{Tag: 0x00080064, VR: "CS", Value: "WSD"},
		{Tag: 0x00080090, VR: "PN", Value: nil},
		{Tag: 0x00200010, VR: "SH", Value: "1"},
		{Tag: 0x00200011, VR: "IS", Value: 3},
		{Tag: 0x00200013, VR: "IS", Value: 1},
		{Tag: 0x00200020, VR: "CS", Value: nil},
		{Tag: 0x00200060, VR: "CS", Value: nil},
		{Tag: 0x00280002, VR: "US", Value: 1},
		{Tag: 0x00280004, VR: "CS", Value: "MONOCHROME2"},
		{Tag: 0x00280010, VR: "US", Value: 2},
		{Tag: 0x00280011, VR: "US", Value: 2},
		{Tag: 0x00280100, VR: "US", Value: 16},
		{Tag: 0x00280101, VR: "US", Value: 16},
		{Tag: 0x00280102, VR: "US", Value: 15},
		{Tag: 0x00280103, VR: "US", Value: 0},
		{Tag: 0x00281050, VR: "DS", Value: []float64{-1.0 / 3, 1e-9 / 3}},
		{Tag: 0x00281051, VR: "DS", Value: []float64{400, 123456789.123456789}},
		{Tag: 0x00081140, VR: "SQ", Value: []dicomout.Dataset{
			{{Tag: 0x00081155, VR: "UI", Value: dicomout.UID("other")}, {Tag: 0x00081150, VR: "UI", Value: secondaryCapture}},
		}},
	}
}

func written(t *testing.T, d dicomout.Dataset) string {
	t.Helper()
	var b bytes.Buffer
	if err := dicomout.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.dcm")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}

func TestDumpByDCMTK(t *testing.T) {
	out := run(t, "dcmdump", "+U8", written(t, capture()))
	for _, want := range []string{"=LittleEndianExplicit", "[ISO_IR 192]", "Fantôme^Hélène", "[P-1]", `-0.3333333333333\3.3333333333e-10`,
		`400\123456789.123457`, "[VERTEFILL]", `0001\0002\0003\ffff`} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if a, b := strings.Index(out, "(0008,1150)"), strings.Index(out, "(0008,1155)"); a < 0 || b < a {
		t.Error("elements of an item are not in order")
	}
}

func TestValidByDicom3tools(t *testing.T) {
	if _, err := exec.LookPath("dciodvfy"); err != nil {
		t.Skip("dciodvfy is not installed")
	}
	out, _ := exec.Command("dciodvfy", "-new", written(t, capture())).CombinedOutput()
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "Error") {
			t.Error(line)
		}
	}
}

func TestReadByPydicom(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import pydicom").Run() != nil {
		t.Skip("pydicom is not installed")
	}
	out := run(t, python, "-c", `
import pydicom, sys
d = pydicom.dcmread(sys.argv[1])
print(d.PatientName, d.SeriesNumber, d.pixel_array.ravel().tolist(), d.ReferencedImageSequence[0].ReferencedSOPClassUID, float(d.WindowCenter[0]))
assert d.StudyInstanceUID.is_valid and len(d.StudyInstanceUID) <= 64`, written(t, capture()))
	if want := "Fantôme^Hélène 3 [1, 2, 3, 65535] " + secondaryCapture + " -0.3333333333333\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

func TestDecimal(t *testing.T) {
	for _, x := range []float64{0, 1, -1.0 / 3, math.Pi * 1e-7, -math.Pi * 1e200, 123456789012345678, 0.1, -999.9999999999999} {
		s := dicomout.Decimal(x)
		if len(s) > 16 {
			t.Errorf("%q has %d characters", s, len(s))
		}
	}
}

func TestUID(t *testing.T) {
	a, b := dicomout.UID("a", "b"), dicomout.UID("ab")
	if a == b || a != dicomout.UID("a", "b") || len(a) > 64 || !strings.HasPrefix(a, "2.25.") {
		t.Errorf("%s, %s", a, b)
	}
}

func TestWriteRefuses(t *testing.T) {
	for name, bad := range map[string]dicomout.Element{
		"value of another type": {Tag: 0x00280010, VR: "US", Value: "2"},
		"number out of range":   {Tag: 0x00280010, VR: "US", Value: 70000},
		"not a number":          {Tag: 0x00281050, VR: "DS", Value: math.NaN()},
		"twice":                 {Tag: 0x00080060, VR: "CS", Value: "CT"},
		"too long":              {Tag: 0x00204000, VR: "LT", Value: strings.Repeat("x", 70000)},
	} {
		d := dicomout.Dataset{{Tag: 0x00080016, VR: "UI", Value: "1.2"}, {Tag: 0x00080018, VR: "UI", Value: "1.3"}, {Tag: 0x00080060, VR: "CS", Value: "OT"}, bad}
		if err := dicomout.Write(&bytes.Buffer{}, d); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	if err := dicomout.Write(&bytes.Buffer{}, nil); err == nil {
		t.Error("a file without SOP class was written")
	}
}
