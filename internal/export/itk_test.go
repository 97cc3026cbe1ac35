package export_test

import (
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/nrrd"
	"github.com/vertefill/vertefill/internal/volume"
)

// ITK, by way of a program that is built on it, reads our NIfTI and NRRD files with the geometry and the values that were written:
// straight, flipped, oblique and anisotropic grids.
func TestITKReadsOurVolumes(t *testing.T) {
	if _, err := exec.LookPath("plastimatch"); err != nil {
		t.Skip("plastimatch is not installed: make setup installs it")
	}
	a := 0.3
	for name, x := range map[string]struct {
		row, col, normal geom.PatientVec
	}{
		"straight": {geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, 1)},
		"flipped":  {geom.LPSVec(-1, 0, 0), geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, -1)},
		"coronal":  {geom.LPSVec(1, 0, 0), geom.LPSVec(0, 0, -1), geom.LPSVec(0, 1, 0)},
		"oblique":  {geom.LPSVec(math.Cos(a), math.Sin(a), 0), geom.LPSVec(-math.Sin(a)*math.Cos(a), math.Cos(a)*math.Cos(a), math.Sin(a)), geom.LPSVec(math.Sin(a)*math.Sin(a), -math.Cos(a)*math.Sin(a), math.Cos(a))},
	} {
		var pos []geom.Patient
		for k := range 5 {
			pos = append(pos, geom.LPS(-20.5, 31.25, -400).Add(x.normal.Mul(2.5*float64(k))))
		}
		g, err := volume.NewGrid(7, 6, x.row, x.col, 0.5, 0.75, pos, "")
		if err != nil {
			t.Fatal(err)
		}
		v := volume.New(g)
		sum := 0
		for i := range v.HU {
			v.HU[i] = int16(17*i%2000 - 300)
			sum += int(v.HU[i])
		}
		for ext, write := range map[string]func(io.Writer) error{
			"nii.gz": func(w io.Writer) error { return nifti.WriteVolume(w, v, "test") },
			"nrrd":   func(w io.Writer) error { return nrrd.WriteInt16(w, g, v.HU) },
		} {
			path := filepath.Join(t.TempDir(), "v."+ext)
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := write(f); err != nil {
				t.Fatal(err)
			}
			f.Close()
			said, err := exec.Command("plastimatch", "header", path).CombinedOutput()
			if err != nil {
				t.Fatalf("%s %s: %v: %s", name, ext, err, said)
			}
			at := g.SlicePosition(0)
			for field, want := range map[string][]float64{
				"Origin":    {at.X, at.Y, at.Z},
				"Size":      {7, 6, 5},
				"Spacing":   {0.5, 0.75, 2.5},
				"Direction": {x.row.X, x.col.X, x.normal.X, x.row.Y, x.col.Y, x.normal.Y, x.row.Z, x.col.Z, x.normal.Z},
			} {
				got := numbers(t, string(said), field)
				if len(got) != len(want) {
					t.Fatalf("%s %s: %s is %v", name, ext, field, got)
				}
				for i := range want {
					if math.Abs(got[i]-want[i]) > 2e-4*math.Max(1, math.Abs(want[i])) {
						t.Errorf("%s %s: %s is %v, want %v", name, ext, field, got, want)
						break
					}
				}
			}
			said, err = exec.Command("plastimatch", "stats", path).CombinedOutput()
			if err != nil {
				t.Fatalf("%s %s: %v: %s", name, ext, err, said)
			}
			mean := fmt.Sprintf("%.2f", float64(sum)/float64(len(v.HU)))
			if m := regexp.MustCompile(`AVE\s+(-?[0-9.]+)`).FindStringSubmatch(string(said)); m == nil || !strings.HasPrefix(m[1], mean[:len(mean)-1]) {
				t.Errorf("%s %s: values: %s, want a mean of %s", name, ext, strings.TrimSpace(string(said)), mean)
			}
		}
	}
}

// numbers are those of a line "field = 1 2 3".
func numbers(t *testing.T, text, field string) (out []float64) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		rest, ok := strings.CutPrefix(line, field+" = ")
		if !ok {
			continue
		}
		for _, w := range strings.Fields(rest) {
			x, err := strconv.ParseFloat(w, 64)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			out = append(out, x)
		}
	}
	return out
}
