package dicomio_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/geom"
)

// readNRRD returns the voxels of one of dcmqi's label maps: gzip, little-endian shorts.
func readNRRD(t *testing.T, name string) []int16 {
	t.Helper()
	b, err := os.ReadFile(data(t, "seg-sr-dcmqi", name))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(b[bytes.Index(b, []byte("\n\n"))+2:]))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int16, len(raw)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return out
}

// TestSegmentations compares masks voxel for voxel with the label maps that dcmqi made the objects from.
func TestSegmentations(t *testing.T) {
	for _, c := range []struct {
		file  string
		nrrds []string
		n     int
	}{
		{"liver.dcm", []string{"liver_seg.nrrd"}, 1},
		{"partial_overlaps.dcm", []string{"partial_overlaps-1.nrrd", "partial_overlaps-2.nrrd", "partial_overlaps-3.nrrd"}, 5},
		{"sparse-labelmap-noppv.dcm", []string{"sparse_labelmap_noppv_seg.nrrd"}, 1},
		{"sparse-labelmap-ppv5.dcm", []string{"sparse_labelmap_ppv5_seg.nrrd"}, 1},
	} {
		s, err := dicomio.ReadSegmentation(data(t, "seg-sr-dcmqi", c.file))
		if err != nil {
			t.Error(err)
			continue
		}
		if len(s.Segments) != c.n || s.Grid.NZ != 3 || s.Grid.Verdict != "regular" {
			t.Errorf("%s: %d segments on %d slices, %s", c.file, len(s.Segments), s.Grid.NZ, s.Grid.Verdict)
		}
		// Label values are segment numbers; other values are the padding where the object has no frame.
		want := map[int][]bool{}
		for _, name := range c.nrrds {
			for o, v := range readNRRD(t, name) {
				if want[int(v)] == nil {
					want[int(v)] = make([]bool, s.Grid.Len())
				}
				want[int(v)][o] = true
			}
		}
		for _, seg := range s.Segments {
			g := s.Grid
			for o := range g.Len() {
				in := seg.Mask.At(o%g.NX, o/g.NX%g.NY, o/(g.NX*g.NY)) == 1
				if w := want[seg.Number]; w == nil || in != w[o] {
					t.Errorf("%s: segment %d, voxel %d: inside %v", c.file, seg.Number, o, in)
					break
				}
			}
		}
	}
}

// TestVertebraSegments writes a binary SEG of 7 x 5 voxels, whose frames share bytes, with an empty slice left out.
func TestVertebraSegments(t *testing.T) {
	const nx, ny = 7, 5
	inside := func(seg, k, i, j int) bool { return (i+2*j+3*k+seg)%4 == 0 }
	names := []string{"vertebrae_T12", "Body", "aorta"}
	types := []string{"", "L1 vertebra", "Aorta"}
	var segs, per []dicomout.Dataset
	var bits []byte
	n := 0
	for s := range names {
		segs = append(segs, dicomout.Dataset{el(0x00620004, "US", s+1), el(0x00620005, "LO", names[s]),
			el(0x0062000F, "SQ", []dicomout.Dataset{{el(0x00080104, "LO", types[s])}})})
		for _, k := range []int{0, 1, 3} {
			per = append(per, dicomout.Dataset{
				el(0x00209113, "SQ", []dicomout.Dataset{{el(0x00200032, "DS", []float64{10, 20, 2 * float64(k)})}}),
				el(0x0062000A, "SQ", []dicomout.Dataset{{el(0x0062000B, "US", s+1)}}),
			})
			for j := range ny {
				for i := range nx {
					if n%8 == 0 {
						bits = append(bits, 0)
					}
					if inside(s, k, i, j) {
						bits[n/8] |= 1 << (n % 8)
					}
					n++
				}
			}
		}
	}
	d := dicomout.Dataset{
		el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.66.4"), el(0x00080018, "UI", "1.2.3"), el(0x00080060, "CS", "SEG"),
		el(0x00200052, "UI", "1.2.7"), el(0x00280002, "US", 1), el(0x00280004, "CS", "MONOCHROME2"), el(0x00280008, "IS", len(per)),
		el(0x00280010, "US", ny), el(0x00280011, "US", nx), el(0x00280100, "US", 1), el(0x00280101, "US", 1), el(0x00280102, "US", 0), el(0x00280103, "US", 0),
		el(0x00620001, "CS", "BINARY"), el(0x00620002, "SQ", segs), el(0x52009230, "SQ", per),
		el(0x52009229, "SQ", []dicomout.Dataset{{
			el(0x00209116, "SQ", []dicomout.Dataset{{el(0x00200037, "DS", []float64{1, 0, 0, 0, 1, 0})}}),
			el(0x00289110, "SQ", []dicomout.Dataset{{el(0x00280030, "DS", []float64{0.5, 0.5}), el(0x00180088, "DS", 2.0)}}),
		}}),
		el(0x7FE00010, "OB", bits),
	}
	path := write(t, t.TempDir(), "seg.dcm", encodeFile(t, d))
	got, err := dicomio.ReadVertebrae(path)
	if err != nil {
		t.Fatal(err)
	}
	if g := got.Grid; g.NX != nx || g.NY != ny || g.NZ != 4 || g.Verdict != "regular" || g.SlicePosition(2).Dist(geom.LPS(10, 20, 4)) > 1e-9 || g.FrameUID != "1.2.7" {
		t.Fatalf("grid %d x %d x %d, %s", g.NX, g.NY, g.NZ, g.Verdict)
	}
	for k := range 4 {
		for j := range ny {
			for i := range nx {
				want := anatomy.None
				if k != 2 && inside(0, k, i, j) {
					want = anatomy.T12
				}
				if k != 2 && inside(1, k, i, j) {
					want = anatomy.L1 // the later segment lies over the earlier
				}
				if l := anatomy.Level(got.At(i, j, k)); l != want {
					t.Fatalf("voxel %d %d %d is %v, want %v", i, j, k, l, want)
				}
			}
		}
	}
	if !dicomio.IsDICOM(path) {
		t.Error("a SEG is DICOM")
	}
	cut := write(t, t.TempDir(), "cut.dcm", encodeFile(t, with(d, el(0x7FE00010, "OB", bits[:10]))))
	if _, err := dicomio.ReadVertebrae(cut); err == nil {
		t.Error("a SEG without half of its pixels was read")
	}
	if _, err := dicomio.ReadVertebrae(data(t, "seg-sr-dcmqi", "liver.dcm")); err == nil {
		t.Error("a liver was read as a vertebra")
	}
}

// TestLevelIn: what lies in or at a vertebra is none, so that a leak of a segmentation is never taken for a body.
func TestLevelIn(t *testing.T) {
	for label, want := range map[string]bool{"L1": true, "vertebrae_L1": true, "T9 vertebra": true, "T9 vertebral body": true, "PMMA bone cement T9": false, "Cement leak: canal, T9": false, "rib T12 left": false, "disc L1/L2": false} {
		if _, ok := dicomio.LevelIn(label); ok != want {
			t.Errorf("%q names a vertebra: %v", label, ok)
		}
	}
}
