package masks_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/masks"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/volume"
)

// column writes blocks of 16 mm with the labels from foot to head, each 10 mm apart, and returns the file.
func column(t *testing.T, labels ...uint8) string {
	t.Helper()
	n := 13 * len(labels)
	g, err := volume.NewRegularGrid(12, 12, n, geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(-5, 40, -100), geom.LPSVec(2, 0, 0), geom.LPSVec(0, 2, 0), geom.LPSVec(0, 0, 2)), "")
	if err != nil {
		t.Fatal(err)
	}
	l := volume.NewLabels(g, g.Bounds())
	for b, v := range labels {
		for k := range 8 {
			for j := 2; j < 10; j++ {
				for i := 2; i < 10; i++ {
					l.Set(i, j, 13*b+2+k, v)
				}
			}
		}
	}
	var out bytes.Buffer
	if err := nifti.WriteLabels(&out, l, ""); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "m.nii.gz")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// levels reads the levels of a column from foot to head.
func levels(l *volume.Labels) string {
	var out []string
	last := uint8(0)
	for k := range l.Grid.NZ {
		if v := l.At(5, 5, k); v != 0 && v != last {
			out = append(out, anatomy.Level(v).String())
			last = v
		}
	}
	return strings.Join(out, " ")
}

func TestConventions(t *testing.T) {
	for _, c := range []struct {
		name   string
		labels []uint8 // from foot to head
		say    masks.Convention
		used   masks.Convention
		want   string
	}{
		{"verse", []uint8{24, 23, 22}, "", masks.VerSe, "L5 L4 L3"},
		{"verse with T13", []uint8{20, 28, 19}, "", masks.VerSe, "L1 T13 T12"},
		{"one label", []uint8{22}, "", masks.VerSe, "L3"},
		{"spineps with discs", []uint8{23, 122, 222, 22}, "", masks.SPINEPS, "L4 L3"},
		{"towards the head, low numbers", []uint8{19, 20, 21}, "", masks.TotalV1, "L4 L3 L2"},
		{"too high for v1 and VISTA", []uint8{29, 30, 31, 42, 50}, "", masks.TotalV2, "L3 L2 L1 T2 C1"},
		{"VISTA by its top", []uint8{44, 45, 52, 55}, "", masks.VISTA3D, "T6 T5 C5 C2"},
		{"said", []uint8{29, 30, 31}, masks.TotalV2, masks.TotalV2, "L3 L2 L1"},
		{"bodies in one label", []uint8{1, 2, 1, 2, 1}, "", masks.TotalBody, "V3 V2 V1"},
		{"parts without levels", []uint8{49, 100, 49, 61}, "", masks.SPINEPSParts, "V2 V1"},
	} {
		l, used, err := masks.Read(column(t, c.labels...), c.say)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := levels(l); got != c.want || used != c.used {
			t.Errorf("%s: %q by %s, want %q by %s", c.name, got, used, c.want, c.used)
		}
	}
}

// TestAsks checks that what may mean two things is not guessed.
func TestAsks(t *testing.T) {
	for _, labels := range [][]uint8{{34, 35, 36}, {28, 29}, {40, 60, 80}, {90, 100}, {31}} {
		_, _, err := masks.Read(column(t, labels...), "")
		if err == nil {
			t.Errorf("%v was taken for something", labels)
		}
	}
	if _, _, err := masks.Read(column(t, 34, 35, 36), ""); err == nil || !strings.Contains(err.Error(), "--vertebrae-convention") {
		t.Errorf("the error does not ask: %v", err)
	}
	if _, err := masks.ParseConvention("CTSpine1K"); err != nil {
		t.Error(err)
	}
	if _, err := masks.ParseConvention("mine"); err == nil {
		t.Error("an unknown convention passes")
	}
}

// TestNamesWin checks the label names in a header extension, as nibabel writes them for TotalSegmentator: these numbers alone would
// be asked about.
func TestNamesWin(t *testing.T) {
	const script = `
import nibabel as nib, sys
i = nib.load(sys.argv[1])
x = '<?xml version="1.0"?><CaretExtension><VolumeInformation Index="0"><LabelTable>'
x += ''.join('<Label Key="%d" Red="1"><![CDATA[%s]]></Label>' % (k, n) for k, n in ((29, 'vertebrae_L3'), (30, 'vertebrae_L2'), (31, 'vertebrae_L1'), (5, 'liver')))
x += '</LabelTable></VolumeInformation></CaretExtension>'
i.header.extensions.append(nib.nifti1.Nifti1Extension(0, x.encode()))
nib.save(i, sys.argv[1])`
	path := column(t, 29, 30, 31)
	if out, err := exec.Command("/usr/bin/python3", "-c", script, path).CombinedOutput(); err != nil {
		t.Skipf("nibabel is not here: %v %s", err, out)
	}
	l, used, err := masks.Read(path, "")
	if err != nil || used != "" || levels(l) != "L3 L2 L1" {
		t.Errorf("%v by %q, error %v", l, used, err)
	}
}
