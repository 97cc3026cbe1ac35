package deid_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/deid"
	"github.com/vertefill/vertefill/internal/dicomout"
)

// What is planted everywhere. Names are also inside words of codes, where only the search at the end finds them.
const (
	planted     = "QZXDUPONT"
	plantedID   = "QZX4711"
	plantedDate = "19410203"
	plantedUID  = "1.2.99.4711.19410203"
	plantedAge  = "085Y"
)

// value returns a planted value for a VR, with the bytes that betray it.
func value(vr string) ([]byte, bool) {
	switch vr {
	case "PN":
		return []byte(planted + "^QZXJEAN"), true
	case "DA":
		return []byte(plantedDate), true
	case "DT":
		return []byte(plantedDate + "101500"), true
	case "TM":
		return []byte("101500"), false // a time of day says nothing without its date; it goes all the same
	case "UI":
		return []byte(plantedUID), true
	case "AS":
		return []byte(plantedAge), true
	case "DS", "IS":
		return []byte("12"), false
	case "AE", "CS", "LO", "SH":
		return []byte(planted), true
	case "LT", "ST", "UT", "UC", "UR":
		return []byte("Seen by " + planted + ", " + plantedID), true
	case "OB", "UN", "OW", "OF", "OD", "OL", "OV":
		return []byte("bytes of " + planted + "       "), true // 24 bytes: whole numbers of every size
	}
	return nil, false
}

// dictionary lists the elements of the standard that pydicom knows: tag and VR.
func dictionary(t *testing.T) map[dicomout.Tag]string {
	t.Helper()
	const python = "/usr/bin/python3"
	out, err := exec.Command(python, "-c", `
from pydicom.datadict import DicomDictionary as d
for t, v in d.items():
    if t >> 16 > 8 or t >> 16 == 8: print('%08x %s' % (t, v[0].split(' ')[0]))`).Output()
	if err != nil {
		t.Skip("pydicom is not installed")
	}
	all := map[dicomout.Tag]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		var tag uint32
		var vr string
		if _, err := fmt.Sscanf(line, "%x %s", &tag, &vr); err != nil {
			t.Fatal(err)
		}
		all[dicomout.Tag(tag)] = vr
	}
	return all
}

func el(t dicomout.Tag, vr string, v any) dicomout.Element {
	return dicomout.Element{Tag: t, VR: dicomout.VR(vr), Value: v}
}

// everywhere is a CT image with every text-like element of the standard planted, at top level and in a sequence, private ones too.
func everywhere(all map[dicomout.Tag]string) dicomout.Dataset {
	own := dicomout.Dataset{
		el(0x00080005, "CS", []byte("ISO_IR 100")), el(0x00080016, "UI", []byte("1.2.840.10008.5.1.4.1.1.2")), el(0x00080018, "UI", []byte(plantedUID)), el(0x00080060, "CS", []byte("CT")),
		el(0x00280002, "US", 1), el(0x00280010, "US", 1), el(0x00280011, "US", 2), el(0x00280100, "US", 16), el(0x00280101, "US", 16), el(0x00280102, "US", 15), el(0x00280103, "US", 1),
		el(0x7FE00010, "OW", []int16{7, -8}), el(0x00100020, "LO", []byte(plantedID)), el(0x00100010, "PN", []byte(planted+"^QZXJEAN")),
		el(0x00091010, "LO", []byte(planted)), el(0x00090010, "LO", []byte("ACME "+planted)), el(0x00091011, "UN", []byte(planted)),
	}
	var inside dicomout.Dataset
	for t, vr := range all {
		if t == 0x00420011 || own.Has(t) || t>>16 >= 0x7FE0 {
			continue
		}
		if vr == "SQ" {
			v, _ := value("PN")
			own = append(own, el(t, "SQ", []dicomout.Dataset{{el(0x00100010, "PN", v), el(0x00104000, "LT", []byte(planted)), el(0x00091011, "LO", []byte(planted)), el(0x00080100, "SH", []byte(planted))}}))
			continue
		}
		if v, _ := value(vr); v != nil {
			own = append(own, el(t, vr, v))
			inside = append(inside, el(t, vr, v))
		}
	}
	for i, e := range own {
		if e.Tag == 0x00081140 { // references, which stay as a sequence
			own[i].Value = []dicomout.Dataset{inside}
		}
	}
	return own
}

func clean(t *testing.T, d dicomout.Dataset, o deid.Options) ([]byte, *deid.Mapping) {
	t.Helper()
	m, err := deid.NewMapping()
	if err != nil {
		t.Fatal(err)
	}
	out, err := deid.NewCleaner(o, m).Clean(d)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := dicomout.WriteAs(&b, out, dicomout.ExplicitLittleEndian); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m
}

// TestNothingPlantedIsLeft plants identifiers in every VR and every element of the standard, and looks for their bytes.
func TestNothingPlantedIsLeft(t *testing.T) {
	d := everywhere(dictionary(t))
	if len(d) < 3000 {
		t.Fatalf("only %d elements planted", len(d))
	}
	var before bytes.Buffer
	if err := dicomout.WriteAs(&before, d, dicomout.ExplicitLittleEndian); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]deid.Options{
		"basic": {}, "clean descriptors": {CleanDescriptors: true}, "safe private": {KeepSafePrivate: true}, "shifted": {Dates: deid.ShiftDates, CleanDescriptors: true},
		"institution and device": {KeepInstitution: true, KeepDevice: true},
	} {
		b, m := clean(t, d, o)
		for _, secret := range []string{planted, "QZXJEAN", plantedID, plantedDate, plantedUID, plantedAge, "QZX"} {
			if !bytes.Contains(before.Bytes(), []byte(secret)) {
				t.Fatalf("%s was not planted", secret)
			}
			if i := bytes.Index(b, []byte(secret)); i >= 0 {
				t.Errorf("%s: %s is left: %q", name, secret, b[max(0, i-60):min(len(b), i+40)])
			}
		}
		if m.UIDs[plantedUID] == "" || m.Patients[plantedID].Pseudonym == "" {
			t.Errorf("%s: the mapping does not lead back", name)
		}
	}
}
