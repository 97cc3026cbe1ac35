package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestDICOMRoundTrip analyses a phantom and reads the numbers and masks back from the DICOM objects, as another machine would.
func TestDICOMRoundTrip(t *testing.T) {
	dir, out := smallCase(t), filepath.Join(t.TempDir(), "out")
	if code, _, stderr := runLine(context.Background(), "analyze", dir, "--out", out, "--formats", "dicom"); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	b, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want, got assess.Report
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	sr := filepath.Join(out, "report.sr.dcm")
	code, stdout, stderr := runLine(context.Background(), "table", sr, "--json", "--images", dir)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Vertebrae, want.Vertebrae) || !reflect.DeepEqual(got.Leaks, want.Leaks) || !reflect.DeepEqual(got.Totals, want.Totals) || !reflect.DeepEqual(got.Quality, want.Quality) {
		t.Errorf("the structured report says\n%s\nreport.json\n%s", stdout, b)
	}
	checkSegments(t, out, &want)
	checkValid(t, out)

	if code, _, stderr = runLine(context.Background(), "table", sr, "--images", filepath.Join("..", "..", "testdata")); code != exitFailed {
		t.Errorf("a report about other images: exit %d, %s", code, stderr)
	}
	if code, _, stderr = runLine(context.Background(), "table", filepath.Join(out, "segmentation.dcm")); code != exitFailed || !strings.Contains(stderr, "not a structured report") {
		t.Errorf("a segmentation as a table: exit %d, %s", code, stderr)
	}
}

// checkSegments compares segmentation.dcm with the NIfTI masks, voxel for voxel in the patient.
func checkSegments(t *testing.T, out string, r *assess.Report) {
	t.Helper()
	masks := map[string]*volume.Labels{}
	for _, n := range []string{"vertebrae", "cement", "leaks"} {
		l, err := nifti.ReadLabels(filepath.Join(out, n+".nii.gz"))
		if err != nil {
			t.Fatal(err)
		}
		masks[n] = l
	}
	s, err := dicomio.ReadSegmentation(filepath.Join(out, "segmentation.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	classes := map[string]uint8{"New cement in bodies": 1, "New cement in pedicles and arches": 2, "Leaked cement": 3, "Earlier cement": 4, "Metal": 5}
	seen := map[string]int{}
	for _, seg := range s.Segments {
		from, value := masks["cement"], classes[seg.Label]
		if level, ok := dicomio.LevelIn(seg.Label); ok && strings.Contains(seg.Label, "body") {
			from, value = masks["vertebrae"], uint8(level)
			seen["bodies"]++
		} else if strings.HasPrefix(seg.Label, "Leak ") {
			from, value = masks["leaks"], seg.Label[5]-'0'
			seen["leaks"]++
		} else if value == 0 {
			t.Errorf("segment %q", seg.Label)
			continue
		}
		if a, b := float64(seg.Mask.Volume(1)), float64(from.Volume(value)); a == 0 || a-b > 1e-6*b || b-a > 1e-6*b {
			t.Errorf("%s: %.6f mL, the NIfTI mask has %.6f", seg.Label, a, b)
		}
		box := seg.Mask.Box
		for k := box.Min.K; k < box.Max.K; k += 3 {
			for j := box.Min.J; j < box.Max.J; j++ {
				for i := box.Min.I; i < box.Max.I; i++ {
					if seg.Mask.At(i, j, k) != 1 {
						continue
					}
					p := s.Grid.Patient(voxel(i, j, k))
					v := from.Grid.Voxel(p)
					if from.At(nearest(v.X), nearest(v.Y), nearest(v.Z)) != value {
						t.Fatalf("%s: voxel at %v is not in the NIfTI mask", seg.Label, p)
					}
				}
			}
		}
	}
	if seen["bodies"] < len(r.Vertebrae) || seen["leaks"] != len(r.Leaks) || len(r.Leaks) == 0 {
		t.Errorf("segments of %v for %d vertebrae and %d leaks", seen, len(r.Vertebrae), len(r.Leaks))
	}
}

// checkValid has dicom3tools, DCMTK and pydicom read every DICOM object of a folder.
func checkValid(t *testing.T, out string) {
	t.Helper()
	objects, err := filepath.Glob(filepath.Join(out, "*.dcm"))
	if err != nil || len(objects) < 8 {
		t.Errorf("%d objects, %v", len(objects), err)
	}
	if _, err := exec.LookPath("dciodvfy"); err == nil {
		for _, o := range objects {
			lines, _ := exec.Command("dciodvfy", "-new", o).CombinedOutput()
			for _, line := range strings.Split(string(lines), "\n") {
				if strings.HasPrefix(line, "Error") {
					t.Errorf("%s: %s", filepath.Base(o), line)
				}
			}
		}
	}
	if _, err := exec.LookPath("dcm2json"); err == nil {
		for _, o := range objects {
			if text, err := exec.Command("dcm2json", o, os.DevNull).CombinedOutput(); err != nil {
				t.Errorf("dcm2json %s: %v\n%s", filepath.Base(o), err, text)
			}
		}
	}
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import pydicom").Run() != nil {
		return
	}
	if text, err := exec.Command(python, append([]string{"-c", `
import pydicom, sys
for p in sys.argv[1:]:
    d = pydicom.dcmread(p)
    assert d.StudyInstanceUID and str(d), p
    if 'Rows' in d: d.pixel_array`}, objects...)...).CombinedOutput(); err != nil {
		t.Errorf("pydicom: %v\n%s", err, text)
	}
}

// TestDeid cleans a case, then looks for its patient everywhere: in files, names, and what is printed.
func TestDeid(t *testing.T) {
	dir, work := smallCase(t), t.TempDir()
	out, mapping := filepath.Join(work, "clean"), filepath.Join(work, "mapping.json")
	if code, _, stderr := runLine(context.Background(), "deid", dir, "--out", out, "--mapping", filepath.Join(out, "m.json")); code != exitUsage {
		t.Errorf("a mapping among the files: exit %d, %s", code, stderr)
	}
	code, stdout, stderr := runLine(context.Background(), "deid", dir, "--out", out, "--mapping", mapping, "--dates", "shift")
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	inv, err := dicomio.Scan(context.Background(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{inv.Series[0].Patient.Name, inv.Series[0].Patient.ID, inv.Series[0].UID, inv.Series[0].StudyUID, inv.Series[0].Patient.BirthDate}
	files := 0
	err = filepath.WalkDir(out, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(p)
		for _, s := range secrets {
			if s != "" && (bytes.Contains(b, []byte(s)) || strings.Contains(p[len(out):], s)) {
				t.Errorf("%q is left in %s", s, p)
			}
		}
		return err
	})
	if err != nil || files < inv.Files/2 {
		t.Errorf("%d files, %v", files, err)
	}
	for _, s := range secrets {
		if s != "" && strings.Contains(stdout+stderr, s) {
			t.Errorf("%q is printed", s)
		}
	}
	if st, err := os.Stat(mapping); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the mapping: %v, %v", st, err)
	}
	after, err := dicomio.Scan(context.Background(), []string{out}, nil)
	if err != nil || len(after.Series) != len(inv.Series) {
		t.Fatalf("%d series, %d before, %v", len(after.Series), len(inv.Series), err)
	}
	if code, _, stderr := runLine(context.Background(), "deid", dir, "--out", out); code != exitFailed || !strings.Contains(stderr, "not empty") {
		t.Errorf("over an older copy: exit %d, %s", code, stderr)
	}
	if code, _, stderr := runLine(context.Background(), "deid", dir, "--out", filepath.Join(work, "x"), "--dates", "never"); code != exitUsage {
		t.Errorf("exit %d, %s", code, stderr)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if code, _, _ := runLine(ctx, "deid", dir, "--out", filepath.Join(work, "y")); code != exitFailed {
		t.Errorf("cancelled: exit %d", code)
	}
	if list, _ := filepath.Glob(filepath.Join(work, "*")); len(list) != 2 {
		t.Errorf("left behind: %v", list)
	}
}

func voxel(i, j, k int) geom.Voxel { return geom.Vox(float64(i), float64(j), float64(k)) }
func nearest(x float64) int        { return int(math.Round(x)) }
