package nrrd_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nrrd"
)

func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

// TestReadSegmentation reads what 3D Slicer writes: a list of two layers, RAS axes of opposite hand, and named segments.
func TestReadSegmentation(t *testing.T) {
	head := "NRRD0004\n# written by hand\ntype: unsigned char\ndimension: 4\nspace: right-anterior-superior\nsizes: 2 3 2 2\n" +
		"space directions: none (-2,0,0) (0,-1,0) (0,0,-3)\nkinds: list domain domain domain\nencoding: gzip\nspace origin: (10,20,30)\n" +
		"Segment0_Name:=L1 vertebra\nSegment0_LabelValue:=1\nSegment0_Layer:=0\nSegment1_Name:=L2 vertebra\nSegment1_LabelValue:=1\nSegment1_Layer:=1\n\n"
	data := make([]byte, 2*3*2*2)
	at := func(layer, i, j, k int) *byte { return &data[layer+2*(i+3*(j+2*k))] }
	*at(0, 2, 1, 0) = 1
	*at(1, 0, 0, 1) = 1
	l, names, err := nrrd.ReadLabels(save(t, "a.seg.nrrd", append([]byte(head), zipped(data)...)))
	if err != nil {
		t.Fatal(err)
	}
	if names[1] != "L1 vertebra" || names[2] != "L2 vertebra" {
		t.Errorf("names %v", names)
	}
	// Voxel (i, j, k) of the file lies at RAS (10-2i, 20-j, 30-3k), that is LPS (-10+2i, -20+j, 30-3k).
	for _, want := range []struct {
		p     geom.Patient
		label uint8
	}{{geom.LPS(-6, -19, 30), 1}, {geom.LPS(-10, -20, 27), 2}, {geom.LPS(-10, -20, 30), 0}} {
		v := l.Grid.Voxel(want.p)
		if got := l.At(int(v.X+0.5), int(v.Y+0.5), int(v.Z+0.5)); got != want.label {
			t.Errorf("label %d at %v, want %d", got, want.p, want.label)
		}
	}
}

func TestReadDetachedBigEndian(t *testing.T) {
	head := "NRRD0005\ntype: short\ndimension: 3\nspace: LPS\nsizes: 2 1 1\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nendian: big\nencoding: raw\nspace origin: (0,0,0)\ndata file: b.raw\n"
	path := save(t, "b.nhdr", []byte(head))
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "b.raw"), []byte{0, 7, 0, 200}, 0o600); err != nil {
		t.Fatal(err)
	}
	l, _, err := nrrd.ReadLabels(path)
	if err != nil || l.V[0] != 7 || l.V[1] != 200 {
		t.Errorf("labels %v, error %v", l, err)
	}
}

func TestReadRefuses(t *testing.T) {
	good := "NRRD0004\ntype: uchar\ndimension: 3\nspace: LPS\nsizes: 2 2 2\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nencoding: raw\nspace origin: (0,0,0)\n"
	for name, file := range map[string]string{
		"empty":        "",
		"other":        "P5 2 2 255",
		"short data":   good + "\n1234",
		"no space":     "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n\n12345678",
		"huge":         "NRRD0004\ntype: uchar\ndimension: 3\nspace: LPS\nsizes: 99999999 99999999 9\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nencoding: raw\nspace origin: (0,0,0)\n\n",
		"flat":         "NRRD0004\ntype: uchar\ndimension: 3\nspace: LPS\nsizes: 2 2 2\nspace directions: (1,0,0) (1,0,0) (0,0,1)\nencoding: raw\nspace origin: (0,0,0)\n\n12345678",
		"float":        "NRRD0004\ntype: float\ndimension: 3\nspace: LPS\nsizes: 2 2 2\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nencoding: raw\nspace origin: (0,0,0)\n\n12345678",
		"far data":     good + "data file: ../../secret\n\n",
		"endless head": good,
	} {
		if _, _, err := nrrd.ReadLabels(save(t, "x.nrrd", []byte(file))); !errors.Is(err, nrrd.ErrFormat) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzReadLabels(f *testing.F) {
	f.Add([]byte("NRRD0004\ntype: uchar\ndimension: 3\nspace: RAS\nsizes: 2 2 2\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nencoding: raw\nspace origin: (0,0,0)\n\n12345678"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, _, err := nrrd.ReadLabels(save(t, "f.nrrd", b))
		if err == nil && len(l.V) != l.Grid.Len() {
			t.Error("labels do not fill the grid")
		}
	})
}
