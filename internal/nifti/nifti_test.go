package nifti

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

func obliqueGrid(t testing.TB, r *rand.Rand) *volume.Grid {
	t.Helper()
	q := geom.Rotation(geom.LPS(0, 0, 0), geom.LPSVec(r.NormFloat64(), r.NormFloat64(), r.NormFloat64()).Unit(), r.Float64()*3)
	row, col, n := q.ApplyVec(geom.LPSVec(1, 0, 0)), q.ApplyVec(geom.LPSVec(0, 1, 0)), q.ApplyVec(geom.LPSVec(0, 0, 1))
	var pos []geom.Patient
	for k := range 5 {
		pos = append(pos, geom.LPS(10, -20, 300).Add(n.Mul(1.25*float64(k))))
	}
	g, err := volume.NewGrid(7, 6, row, col, 0.4, 0.5, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 30 {
		v := volume.New(obliqueGrid(t, r))
		for i := range v.HU {
			v.HU[i] = int16(r.IntN(6000) - 1024)
		}
		var b bytes.Buffer
		if err := WriteVolume(&b, v, "test"); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "v.nii.gz")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadVolume(path)
		if err != nil {
			t.Fatal(err)
		}
		if !volume.SameGrid(v.Grid, got.Grid) {
			t.Fatal("grid changed")
		}
		for i := range v.HU {
			if v.HU[i] != got.HU[i] {
				t.Fatal("voxels changed")
			}
		}
	}
}

// TestAgainstNibabel compares the affine by sform and by qform, and every voxel, with an independent reader.
func TestAgainstNibabel(t *testing.T) {
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import nibabel").Run() != nil {
		t.Skip("python3-nibabel is not installed")
	}
	r := rand.New(rand.NewPCG(2, 2))
	for range 4 {
		g := obliqueGrid(t, r)
		l := volume.NewLabels(g, geom.Box{Min: geom.Index{I: 1, J: 2, K: 1}, Max: geom.Index{I: 5, J: 6, K: 4}})
		for i := range l.V {
			l.V[i] = uint8(r.IntN(30))
		}
		path := filepath.Join(t.TempDir(), "l.nii.gz")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := WriteLabels(f, l, "labels"); err != nil {
			t.Fatal(err)
		}
		f.Close()
		want := [6]float64{}
		for i, v := range l.V {
			if v == 0 {
				continue
			}
			nx, ny, _ := l.Box.Size()
			p := g.Patient(geom.Vox(float64(1+i%nx), float64(2+i/nx%ny), float64(1+i/nx/ny)))
			for c, x := range []float64{-p.X, -p.Y, p.Z, -p.X, -p.Y, p.Z} {
				want[c] += x * float64(v)
			}
		}
		script := `
import nibabel as nb, numpy as np, sys
n=nb.load(sys.argv[1]); d=np.asarray(n.dataobj).astype(float)
i=np.argwhere(d>0); w=d[d>0]
for a in (n.get_sform(), n.get_qform()):
    p=i@a[:3,:3].T+a[:3,3]
    print(*(p*w[:,None]).sum(0))
`
		out, err := exec.Command(python, "-c", script, path).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		fields := strings.Fields(string(out))
		if len(fields) != 6 {
			t.Fatalf("nibabel says %s", out)
		}
		for c, s := range fields {
			got := parse(t, s)
			if math.Abs(got-want[c]) > 1e-4*math.Abs(want[c])+0.5 {
				t.Errorf("moment %d: nibabel %g, ours %g", c, got, want[c])
			}
		}
	}
}

func TestRealMasks(t *testing.T) {
	dir := "../../../shared/data/ct-lumbar-crop-L3-masks/"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("real data are not beside the repository")
	}
	l, err := ReadLabels(dir + "sub-ct_seg-vert_label-22_msk.nii.gz")
	if err != nil {
		t.Fatal(err)
	}
	for label, want := range map[uint8]float64{21: 22.164, 22: 59.731, 23: 40.78} { // README of the set
		if got := float64(l.Volume(label)); math.Abs(got-want) > 0.001 {
			t.Errorf("label %d: %.3f mL, want %.3f", label, got, want)
		}
	}
	if l.Grid.Row.Y < 0.99 || l.Grid.Col.Z > -0.99 { // axes P-I-R
		t.Errorf("axes are not posterior, inferior: %v %v", l.Grid.Row, l.Grid.Col)
	}
}

func FuzzDecode(f *testing.F) {
	v := volume.New(obliqueGrid(f, rand.New(rand.NewPCG(3, 3))))
	var b bytes.Buffer
	if err := WriteVolume(&b, v, ""); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	a, _ := v.Affine()
	raw := append(encodeHeader([3]int{7, 6, 5}, typeInt16, a, ""), make([]byte, 420)...)
	f.Add(raw)
	f.Add(raw[:400])
	f.Fuzz(func(t *testing.T, data []byte) {
		g, vals, err := decode(bytes.NewReader(data))
		if err == nil && len(vals) != g.Len() {
			t.Fatalf("%d values for %d voxels", len(vals), g.Len())
		}
	})
}

func parse(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
