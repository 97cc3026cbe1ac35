package dicomio_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
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
		if f.Mean == nil { // retired syntaxes, which no other program decodes
			if len(inv.Skipped) != 1 || inv.Skipped[0].Code != dicomio.CodeUnsupported || !strings.Contains(inv.Skipped[0].English, "retired") {
				t.Errorf("%s: %s", f.File, summary(inv))
			}
			refused++
			continue
		}
		if len(inv.Series) != 1 || inv.Series[0].Main() == nil {
			t.Errorf("%s: %s", f.File, summary(inv))
			continue
		}
		s := inv.Series[0].Main()
		v, err := s.Load(context.Background(), nil)
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

// TestEnhancedGroups reads an enhanced CT with two stacks, frames in no order, and a rescale slope for every frame.
func TestEnhancedGroups(t *testing.T) {
	const n, nx, ny = 8, 6, 5
	seq := func(tag dicomout.Tag, d ...dicomout.Element) dicomout.Element {
		return el(tag, "SQ", []dicomout.Dataset{d})
	}
	var per []dicomout.Dataset
	px := make([]int16, n*nx*ny)
	place := func(i int) (stack, k int) { return i % 2, (i / 2 * 3) % 4 }
	for i := range n {
		stack, k := place(i)
		for j := range nx * ny {
			px[i*nx*ny+j] = int16(10*i + j)
		}
		per = append(per, dicomout.Dataset{
			seq(0x00209113, el(0x00200032, "DS", []float64{float64(5 * stack), 0, 2 * float64(k)})),
			seq(0x00209111, el(0x00209056, "SH", fmt.Sprint("stack", stack)), el(0x00209057, "UL", k+1)),
			seq(0x00289145, el(0x00281052, "DS", -100.0), el(0x00281053, "DS", 1+0.5*float64(k)), el(0x00281054, "LO", "HU")),
			seq(0x00189329, el(0x00089007, "CS", []string{"ORIGINAL", "PRIMARY", "VOLUME", "NONE"})),
		})
	}
	base := slice{nx: nx, ny: ny, px: px, dx: 1, dy: 1}
	gone := func(t dicomout.Tag) dicomout.Element { return dicomout.Element{Tag: t} }
	d := with(base.dataset("enhanced"), el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2.1"), el(0x00280008, "IS", n),
		gone(0x00200032), gone(0x00200037), gone(0x00280030), gone(0x00281052), gone(0x00281053), el(0x52009230, "SQ", per),
		seq(0x52009229, seq(0x00209116, el(0x00200037, "DS", []float64{1, 0, 0, 0, 1, 0})), seq(0x00289110, el(0x00280030, "DS", []float64{0.9, 0.7})),
			seq(0x00189314, el(0x00181210, "SH", "Hr60"))))
	dir := t.TempDir()
	write(t, dir, "enhanced", encodeFile(t, d))
	inv := scan(t, dir)
	if len(inv.Series) != 1 || len(inv.Series[0].Stacks) != 2 || inv.Series[0].Images != n || inv.Series[0].Files != 1 {
		t.Fatal(summary(inv))
	}
	for _, s := range inv.Series[0].Stacks {
		v, err := s.Load(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if v.NZ != 4 || v.DZ != 2 || v.DX != 0.7 || v.DY != 0.9 || s.Kernel != "Hr60" || !s.Fractional() {
			t.Errorf("%d slices of %g x %g x %g, kernel %s", v.NZ, v.DX, v.DY, v.DZ, s.Kernel)
		}
		for k := range v.NZ {
			for i := range n {
				stack, at := place(i)
				if at != k || float64(5*stack) != v.SlicePosition(0).X {
					continue
				}
				for j := range nx * ny {
					want := int16(math.Round(float64(10*i+j)*(1+0.5*float64(k)) - 100))
					if got := v.HU[k*nx*ny+j]; got != want {
						t.Fatalf("stack %d slice %d pixel %d: %d, want %d", stack, k, j, got, want)
					}
				}
			}
		}
	}
}

// TestBigEndianAgainstDcmtk reads a real file with undefined lengths in big endian.
func TestBigEndianAgainstDcmtk(t *testing.T) {
	path := data(t, "odd-dicom-a", "GH177_D_CLUNIE_CT1_IVRLE_BigEndian_undefined_length.dcm")
	little := filepath.Join(t.TempDir(), "little.dcm")
	convert(t, "dcmconv", "+te", path, little)
	a, err := scan(t, path).Series[0].Main().Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := scan(t, little).Series[0].Main().Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if digest(a.HU) != digest(b.HU) {
		t.Error("big endian pixels differ from those that dcmtk turned round")
	}
}
