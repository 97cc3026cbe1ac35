package dicomio

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/dicomout"
)

// memory is a source in memory.
type memory []byte

func (m memory) open() (blob, error) {
	return blob{ReaderAt: bytes.NewReader(m), size: int64(len(m)), close: func() error { return nil }}, nil
}

// use does with the bytes of a file all that the program does with one: header, series, pixels. It returns how many pictures were
// good and what was said about the others.
func use(b []byte) (good int, said string) {
	in, skipped := examine(candidate{path: "file.dcm", src: memory(b)})
	if skipped != nil {
		return 0, string(skipped.Code) + ": " + skipped.English
	}
	inv := &Inventory{}
	inv.group([]*instance{in})
	for _, s := range inv.Series {
		for _, p := range s.Problems {
			said += p.English + " "
		}
		for _, st := range s.Stacks {
			_, _ = st.Display(0)
			_, _ = st.Picture(0)
			v, err := st.Load(context.Background(), nil)
			if err != nil {
				said += err.Error()
				continue
			}
			good += v.NZ
			for _, bad := range v.Corrupt {
				if bad {
					good--
					said += "a slice is corrupt "
				}
			}
		}
		for _, r := range s.Runs {
			_, _ = r.Display(0)
			_, _ = r.Picture(0)
			c, err := r.Load(context.Background(), nil)
			if err != nil {
				said += err.Error()
				continue
			}
			good += c.Frames
			for _, bad := range c.Corrupt {
				if bad {
					good--
					said += "a frame is corrupt "
				}
			}
		}
	}
	return good, said
}

// Bounds on what one file may cost.
const (
	maxTime  = 2 * time.Second
	maxAlloc = 1 << 30
)

// bounded runs use within the bounds.
func bounded(t *testing.T, name string, b []byte) (good int, said string) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	good, said = use(b)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > maxAlloc || took > maxTime {
		t.Errorf("%s: %d MiB in %v", name, n>>20, took)
	}
	return good, said
}

func realFile(t testing.TB, parts ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...))
	if err != nil {
		t.Skip("real data are not here: ../shared/data/" + strings.Join(parts, "/"))
	}
	return b
}

func zipped(t testing.TB, parts ...string) map[string][]byte {
	t.Helper()
	b := realFile(t, parts...)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestHostileCorpus(t *testing.T) {
	n := 0
	for name, b := range zipped(t, "fuzz-a", "fuzz_a.zip") {
		if strings.HasSuffix(name, ".dcm") {
			n++
			good, said := bounded(t, name, b)
			if good == 0 && said == "" {
				t.Errorf("%s: nothing read and nothing said", name)
			}
		}
	}
	if n < 290 {
		t.Errorf("%d files in the corpus", n)
	}
}

// nest returns a file of n sequences in each other, of undefined or defined length.
func nest(n int, defined bool) []byte {
	head := append(make([]byte, 128), "DICM\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\x00"...)
	if !defined {
		return append(head, bytes.Repeat([]byte("\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"), n)...)
	}
	var b []byte
	for i := n; i > 0; i-- {
		b = append(b, "\x08\x00\x40\x11SQ\x00\x00"...)
		left := uint32(20*(i-1) + 8) // of this item with what is nested in it
		b = binary.LittleEndian.AppendUint32(b, left)
		b = append(b, "\xfe\xff\x00\xe0"...)
		b = binary.LittleEndian.AppendUint32(b, left-8)
	}
	return append(head, b...)
}

func TestDeepNests(t *testing.T) {
	for _, defined := range []bool{false, true} {
		good, said := bounded(t, "nest", nest(100_000, defined))
		if good != 0 || said == "" || len(said) > 4000 {
			t.Errorf("defined lengths %v: %d good, %d bytes said", defined, good, len(said))
		}
		if !defined && !strings.Contains(said, errTooDeep.Error()) {
			t.Errorf("the message does not say why: %.200s", said)
		}
	}
}

// TestTruncations cuts real files at every 64th byte: what is left must never give a good picture. Compressed files are cut more
// coarsely after their header, because every cut is decoded.
func TestTruncations(t *testing.T) {
	const set = "ct-one-image-15-syntaxes"
	odd := "odd-dicom-a"
	type file struct {
		parts []string
		step  int
	}
	files := []file{
		{[]string{odd, "CT_small.dcm"}, 64}, {[]string{odd, "GH342.dcm"}, 64}, {[]string{odd, "GH1308.dcm"}, 64},
		{[]string{odd, "rtstruct.dcm"}, 64}, {[]string{odd, "test-SR.dcm"}, 64},
		{[]string{set, "CTImage.dcm"}, 64}, {[]string{set, "CTImage.dcm_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm"}, 64},
		{[]string{set, "CTImage.dcm_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm"}, 4096},
		{[]string{set, "CTImage.dcm_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm"}, 16384},
		{[]string{set, "CTImage.dcm_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm"}, 16384},
		{[]string{set, "CTImage.dcm_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm"}, 32768},
		{[]string{set, "CTImage.dcm_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm"}, 8192},
		{[]string{"xa-cine-coronary", "xa_96frames_jpeg.dcm"}, 1 << 19},
	}
	for _, f := range files {
		b := realFile(t, f.parts...)
		whole, _ := use(b)
		name := f.parts[len(f.parts)-1]
		end := pixelEnd(b)
		for n := 0; n < end; n += 64 {
			if n > 4096 && (n%f.step != 0 || testing.Short() && n%4096 != 0) {
				continue
			}
			good, said := use(b[:n])
			if whole > 0 && good >= whole {
				t.Fatalf("%s cut at byte %d of %d: %d good pictures", name, n, len(b), good)
			}
			if good == 0 && said == "" {
				t.Fatalf("%s cut at byte %d: nothing said", name, n)
			}
			if strings.Contains(said, "MISTER") || strings.Contains(said, "JOHNELL") {
				t.Fatalf("%s cut at byte %d: the message names the patient: %s", name, n, said)
			}
		}
	}
}

// pixelEnd returns where the last byte of the pictures lies: beyond it only delimiters and padding can be lost.
func pixelEnd(b []byte) int {
	in, skipped := examine(candidate{src: memory(b)})
	switch {
	case skipped != nil:
		return len(b)
	case syntaxOf(in.syntax).deflated:
		return len(b) - 1024
	case !in.pix.encapsulated:
		return int(in.pix.off) + in.layout.frames*int(in.layout.bytes())
	}
	p, err := openPixels(in)
	if err != nil {
		return len(b)
	}
	last := p.parts[len(p.parts)-1]
	f := last[len(last)-1]
	return int(f.off + f.n)
}

func TestBombs(t *testing.T) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range maxInflated>>20 + 16 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	in := newInflater(flate.NewReader(bytes.NewReader(packed.Bytes())))
	if n, err := in.readAll(); n != maxInflated || !errors.Is(err, errTooLarge) {
		t.Errorf("unpacked %d bytes, %v", n, err)
	}
	// A header that asks for 2 GiB of pixels over a few coded bytes.
	b := zipped(t, "seg-sr-dcmqi", "ct-3slice.zip")
	for name, f := range b {
		i := bytes.Index(f, []byte("\x28\x00\x10\x00\x02\x00\x00\x00")) // Rows, implicit VR
		if i < 0 {
			continue
		}
		huge := bytes.Clone(f)
		huge[i+8], huge[i+9] = 0xff, 0x7f
		if good, said := bounded(t, name, huge); good != 0 {
			t.Errorf("%s: %d good, %s", name, good, said)
		}
	}
}

// TestNestedBombs gives an archive of many archives that say to hold 300 MiB each: no more of them than allowed is unpacked.
func TestNestedBombs(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for n := range 40 {
		var packed bytes.Buffer
		c, err := flate.NewWriter(&packed, flate.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(append([]byte(zipHead), make([]byte, 1<<20)...)); err != nil {
			t.Fatal(err)
		}
		c.Close()
		f, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(n), Method: zip.Deflate, UncompressedSize64: 300 << 20, CompressedSize64: uint64(packed.Len())})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(packed.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	p := filepath.Join(t.TempDir(), "bomb")
	if err := os.WriteFile(p, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	inv, err := Scan(t.Context(), []string{p}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[Code]int{}
	for _, s := range inv.Skipped {
		got[s.Code]++
	}
	if got[CodeCorrupt] != 2 || got[CodeTooLarge] != 38 {
		t.Errorf("skipped %v", got)
	}
}

// tinyCT is a whole CT slice of 2 x 2 pixels.
func tinyCT(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	err := dicomout.Write(&b, dicomout.Dataset{
		{Tag: 0x00080016, VR: "UI", Value: "1.2.840.10008.5.1.4.1.1.2"}, {Tag: 0x00080018, VR: "UI", Value: "1.2.3"}, {Tag: 0x00080060, VR: "CS", Value: "CT"},
		{Tag: 0x0020000E, VR: "UI", Value: "1.2.4"}, {Tag: 0x00200032, VR: "DS", Value: []float64{1, 2, 3}},
		{Tag: 0x00200037, VR: "DS", Value: []float64{1, 0, 0, 0, 1, 0}}, {Tag: 0x00280010, VR: "US", Value: 2}, {Tag: 0x00280011, VR: "US", Value: 2},
		{Tag: 0x00280030, VR: "DS", Value: []float64{0.5, 0.5}}, {Tag: 0x00280100, VR: "US", Value: 16}, {Tag: 0x00280101, VR: "US", Value: 12},
		{Tag: 0x00280102, VR: "US", Value: 11}, {Tag: 0x00280103, VR: "US", Value: 0}, {Tag: 0x00281052, VR: "DS", Value: -1024.0},
		{Tag: 0x00281053, VR: "DS", Value: 1.0}, {Tag: 0x7FE00010, VR: "OW", Value: []uint16{1, 2, 3, 4}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if good, said := use(b.Bytes()); good != 1 {
		t.Fatalf("the seed is not read: %s", said)
	}
	return b.Bytes()
}

func FuzzScan(f *testing.F) {
	for _, name := range []string{"CT_small.dcm", "no_meta.dcm", "nested_priv_SQ.dcm", "UN_sequence.dcm", "Issue1097_FailToOpenDeflatedFileWithSQ.dcm", "test-SR.dcm"} {
		if b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "odd-dicom-a", name)); err == nil && len(b) < 50_000 {
			f.Add(b)
		}
	}
	f.Add(tinyCT(f))
	f.Add(nest(3, false))
	f.Add(nest(3, true))
	f.Fuzz(func(t *testing.T, b []byte) {
		good, said := use(b)
		if good == 0 && said == "" {
			t.Error("nothing read and nothing said")
		}
		file, err := parseFile(bytes.NewReader(b), int64(len(b)), "x")
		if err == nil {
			for _, l := range file.Dump() {
				if l.Depth > maxDepth {
					t.Errorf("depth %d", l.Depth)
				}
			}
			if p := file.pix; p != nil && (p.off < 0 || p.off > file.n) {
				t.Errorf("pixel data at %d of %d", p.off, file.n)
			}
		}
	})
}

// TestManyGreedyFiles gives one good slice and many empty ones of the same huge matrix: together they ask for 40 GB.
func TestManyGreedyFiles(t *testing.T) {
	frames := make([]*frame, 300)
	for i := range frames {
		in := &instance{src: memory(nil), bytes: 1000, pix: pixelRef{off: 900, encapsulated: true, length: undefined},
			layout: layout{rows: 8192, cols: 8192, samples: 1, allocated: 16, stored: 16, highBit: 15, frames: 1}}
		frames[i] = &frame{inst: in}
	}
	if err := affordable("1.2", frames[:3], 3<<27); err != nil {
		t.Errorf("three files may be even pictures: %v", err)
	}
	if err := affordable("1.2", frames, 300<<27); !errors.Is(err, ErrNoPixels) {
		t.Errorf("300 files of 100 bytes were given 40 GB: %v", err)
	}
}

func FuzzSegmentation(f *testing.F) {
	for _, name := range []string{"liver.dcm", "sparse-labelmap-ppv5.dcm"} {
		if b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "seg-sr-dcmqi", name)); err == nil {
			f.Add(b)
		}
	}
	path := filepath.Join(f.TempDir(), "seg.dcm")
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := ReadSegmentation(path)
		if err != nil {
			return
		}
		for _, seg := range s.Segments {
			if len(seg.Mask.V) != seg.Mask.Box.Len() || seg.Mask.Box.Intersect(s.Grid.Bounds()) != seg.Mask.Box {
				t.Errorf("mask of %d voxels in box %v", len(seg.Mask.V), seg.Mask.Box)
			}
		}
	})
}

func FuzzCharset(f *testing.F) {
	f.Add([]byte("\x1b$B;3ED\x1b(B^\x1b$BB@O:"), "ISO 2022 IR 13")
	f.Add([]byte("\x1b$)C\xb1\xe8\xc8\xf1\xc1\xdf"), "ISO 2022 IR 149")
	f.Add([]byte("\xd4\xcf\xc0\xde"), "ISO_IR 13")
	f.Fuzz(func(t *testing.T, b []byte, set string) {
		s := decodeText(b, []string{"", set}[:1+len(set)%2])
		s += decodeText(b, []string{set})
		if s != strings.ToValidUTF8(s, "?") {
			t.Errorf("%q is not UTF-8", s)
		}
		if len(s) > 16*len(b)+16 {
			t.Errorf("%d bytes became %d", len(b), len(s))
		}
	})
}
