package dicomio_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/dicomio"
)

// digest is the one in the oracles: of little-endian stored values.
func digest(stored []int16) string {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, stored)
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:8])
}

// TestOneImageInManySyntaxes compares stored values with what pydicom, gdcm and dcmtk agree on: bit for bit for all lossless
// syntaxes and for those lossy ones whose decoding the standard fixes to the bit, within 1 on average for the DCT.
func TestOneImageInManySyntaxes(t *testing.T) {
	const set = "ct-one-image-15-syntaxes"
	var oracle struct {
		Files []struct {
			File   string
			TS     string             `json:"ts"`
			Mean   *float64           `json:"stored_mean"`
			Slope  string             `json:"RescaleSlope"`
			Digest map[string]string  `json:"sha256_16"`
			_      map[string]float64 `json:"-"`
		} `json:"files"`
	}
	b, err := os.ReadFile(data(t, set, "oracle.json"))
	if err == nil {
		err = json.Unmarshal(b, &oracle)
	}
	if err != nil {
		t.Fatal(err)
	}
	exact, dct, refused := 0, 0, 0
	for _, f := range oracle.Files {
		if !strings.HasPrefix(f.File, "CTImage") {
			continue
		}
		inv := scan(t, data(t, set, f.File))
		if len(inv.Series) != 1 || inv.Series[0].Main() == nil {
			t.Errorf("%s: %s", f.File, summary(inv))
			continue
		}
		s := inv.Series[0].Main()
		v, err := s.Load(context.Background(), nil)
		if f.Mean == nil {
			if err == nil {
				t.Errorf("%s: decoded, where no other program does", f.File)
			} else if !strings.Contains(err.Error(), f.File) {
				t.Errorf("%s: message does not name the file: %v", f.File, err)
			}
			refused++
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		switch coding := strings.TrimPrefix(f.TS, "1.2.840.10008.1.2.4."); coding {
		case "50", "51":
			values, err := s.LoadFloat(context.Background(), nil)
			if err != nil {
				t.Fatal(err)
			}
			mean, lo, hi := 0.0, values[0], values[0]
			for _, h := range values {
				mean += float64(h) / float64(len(values))
				lo, hi = min(lo, h), max(hi, h)
			}
			if hi-lo < 1000 || mean < -2000 || mean > 0 {
				t.Errorf("%s: HU %g..%g, mean %g", f.File, lo, hi, mean)
			}
			dct++
		default:
			stored := make([]int16, len(v.HU))
			for i, h := range v.HU {
				stored[i] = h + 1024
			}
			if got, want := digest(stored), f.Digest["pydicom/gdcm"]; got != want {
				t.Errorf("%s: digest %s, want %s", f.File, got, want)
			}
			exact++
		}
	}
	if exact != 12 || dct != 2 || refused != 2 {
		t.Errorf("%d exact, %d DCT, %d refused; want 12, 2, 2", exact, dct, refused)
	}
}

// TestFragmentsWithoutTable reads two frames that lie in eleven fragments without an offset table, and compares with dcmtk.
func TestFragmentsWithoutTable(t *testing.T) {
	path := data(t, "ct-one-image-15-syntaxes", "CT0012.fragmented_no_bot_jpeg_baseline.51.dcm")
	s := scan(t, path).Series[0].Main()
	v, err := s.LoadFloat(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "plain.dcm")
	convert(t, "dcmdjpeg", path, plain)
	w, err := scan(t, plain).Series[0].Main().LoadFloat(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(v) != 2*512*512 || len(w) != len(v) {
		t.Fatalf("%d and %d values", len(v), len(w))
	}
	for i := range v {
		if !near(float64(v[i]), float64(w[i]), 1) {
			t.Fatalf("value %d: %g, dcmtk %g", i, v[i], w[i])
		}
	}
}

func convert(t *testing.T, tool string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skip(tool + " is not installed")
	}
	if out, err := exec.Command(tool, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", tool, err, out)
	}
}

// TestCine compares a run of 96 JPEG frames with dcmtk and checks its clock and its honest lack of size.
func TestCine(t *testing.T) {
	path := data(t, "xa-cine-coronary", "xa_96frames_jpeg.dcm")
	inv := scan(t, path)
	if len(inv.Series) != 1 || len(inv.Series[0].Runs) != 1 {
		t.Fatal(summary(inv))
	}
	r := inv.Series[0].Runs[0]
	c, err := r.Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Frames != 96 || c.NX != 512 || c.NY != 512 || c.White != 255 || c.Corrupt != nil || !c.TimeKnown || c.Times[95] != 95*33*time.Millisecond {
		t.Errorf("%d frames, white %d, corrupt %v, last at %v", c.Frames, c.White, c.Corrupt, c.Times[95])
	}
	if c.Origin != "none" || c.RowMM != 0 || c.InPatient() {
		t.Errorf("calibration %+v, want none", c.Calibration)
	}
	if !r.Angles || r.Primary != -32 || r.Second != 2 {
		t.Errorf("angles %v %g %g", r.Angles, r.Primary, r.Second)
	}
	plain := filepath.Join(t.TempDir(), "plain.dcm")
	convert(t, "dcmdjpeg", path, plain)
	w, err := scan(t, plain).Series[0].Runs[0].Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range c.Pix {
		if !near(float64(p), float64(w.Pix[i]), 1) {
			t.Fatalf("sample %d: %d, dcmtk %d", i, p, w.Pix[i])
		}
	}
}

// TestEnhancedEqualsSingle compares an enhanced CT with the single slices that it was made from.
func TestEnhancedEqualsSingle(t *testing.T) {
	for _, zip := range []string{"23x38x3.zip", "24x38x3.zip"} {
		inv := scan(t, data(t, "seg-sr-dcmqi", zip))
		var stacks []*dicomio.Stack
		for _, s := range inv.Series {
			stacks = append(stacks, s.Stacks...)
		}
		if len(stacks) != 2 {
			t.Fatal(summary(inv))
		}
		a, err := stacks[0].Load(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := stacks[1].Load(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for k := range a.NZ {
			if d := a.SlicePosition(k).Dist(b.SlicePosition(k)); d > 1e-4 {
				t.Errorf("slice %d lies %g mm apart", k, d)
			}
		}
		for i := range a.HU {
			if a.HU[i] != b.HU[i] {
				t.Fatalf("%s: voxel %d is %d and %d", zip, i, a.HU[i], b.HU[i])
			}
		}
	}
}
