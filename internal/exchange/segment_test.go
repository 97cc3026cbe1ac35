package exchange_test

import (
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

func twoSegments(g *volume.Grid) []exchange.Segment {
	return []exchange.Segment{
		{Label: "T9 vertebral body", Category: exchange.Structure, Type: exchange.Level(anatomy.T9), Region: exchange.Level(anatomy.T9), Colour: [3]uint8{86, 180, 233}, TrackingID: "Vertebra T9", Mask: ball(g, 3.2, 0.6, 0.4, 0.4), Value: 7},
		{Label: "Fuite 1, côté gauche", Category: exchange.PhysicalThing, Type: exchange.Implant, Modifier: exchange.OwnCode("LEAK-CANAL", "Leak"), Mask: ball(g, 2.6, 0.4, 0.6, 0.5), Value: 7},
	}
}

// TestSegmentationKeepsAnatomy writes masks on turned, mirrored and uneven grids and finds every voxel at its place in the patient.
func TestSegmentationKeepsAnatomy(t *testing.T) {
	for name, v := range grids {
		t.Run(name, func(t *testing.T) {
			g := fromTable(t, v)
			m := maker(study(t, g, latin1))
			want := twoSegments(g)
			path := written(t, func(w io.Writer) error { return m.WriteSegmentation(context.Background(), w, g, want) })
			valid(t, path)
			got, err := dicomio.ReadSegmentation(path)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Segments) != 2 || got.Segments[0].Label != "T9 vertebral body" || got.Segments[0].Type != "T9 vertebra" {
				t.Fatalf("%d segments, %+v", len(got.Segments), got.Segments[0])
			}
			for n, s := range want {
				voxels := 0
				for k := range g.NZ {
					for j := range g.NY {
						for i := range g.NX {
							q := got.Grid.Voxel(g.Patient(geom.Vox(float64(i), float64(j), float64(k))))
							in := got.Segments[n].Mask.At(whole(q.X), whole(q.Y), whole(q.Z)) != 0
							if in != (s.Mask.At(i, j, k) == s.Value) {
								t.Fatalf("segment %d, voxel %d %d %d: inside %v", n+1, i, j, k, in)
							}
							if in {
								voxels++
							}
						}
					}
				}
				if voxels < 20 {
					t.Errorf("only %d voxels: the test is empty", voxels)
				}
			}
		})
	}
}

// TestSegmentationReadByPydicom unpacks the frames with pydicom and compares the voxels of every frame with the mask at that place.
func TestSegmentationReadByPydicom(t *testing.T) {
	if exec.Command(python, "-c", "import pydicom, numpy").Run() != nil {
		t.Skip("pydicom is not installed")
	}
	for _, name := range []string{"anisotropic, odd size", "oblique", "flipped"} {
		g := fromTable(t, grids[name])
		m := maker(study(t, g, latin1))
		want := twoSegments(g)
		path := written(t, func(w io.Writer) error { return m.WriteSegmentation(context.Background(), w, g, want) })
		out, err := exec.Command(python, "-c", `
import pydicom, sys, json
d = pydicom.dcmread(sys.argv[1])
a = d.pixel_array
print(json.dumps([{'Segment': int(g.SegmentIdentificationSequence[0].ReferencedSegmentNumber), 'At': [float(x) for x in g.PlanePositionSequence[0].ImagePositionPatient],
  'Voxels': [[int(v) for v in p] for p in zip(*a[n].nonzero())]} for n, g in enumerate(d.PerFrameFunctionalGroupsSequence)]))`, path).Output()
		if err != nil {
			t.Fatal(err)
		}
		var frames []struct {
			Segment int
			At      [3]float64
			Voxels  [][2]int // row, column
		}
		if err := json.Unmarshal(out, &frames); err != nil {
			t.Fatal(err)
		}
		found := [2]int{}
		for _, f := range frames {
			k := whole(g.Voxel(geom.LPS(f.At[0], f.At[1], f.At[2])).Z)
			if g.SlicePosition(k).Dist(geom.LPS(f.At[0], f.At[1], f.At[2])) > 1e-6 {
				t.Fatalf("%s: a frame at %v, where no slice lies", name, f.At)
			}
			if len(f.Voxels) == 0 {
				t.Errorf("%s: an empty frame was written", name)
			}
			for _, v := range f.Voxels {
				if want[f.Segment-1].Mask.At(v[1], v[0], k) != 7 {
					t.Fatalf("%s: voxel %v of slice %d is not in segment %d", name, v, k, f.Segment)
				}
				found[f.Segment-1]++
			}
		}
		for n, s := range want {
			all := 0
			for _, v := range s.Mask.V {
				if v == 7 {
					all++
				}
			}
			if found[n] != all {
				t.Errorf("%s: %d voxels of segment %d, the mask has %d", name, found[n], n+1, all)
			}
		}
	}
}

// TestUnevenSlices: with a hole and uneven gaps every marked voxel keeps its place, and none is added.
func TestUnevenSlices(t *testing.T) {
	var pos []geom.Patient
	for _, z := range []float64{0, 1, 2, 5, 6, 7.3, 8.1, 9.1} {
		pos = append(pos, geom.LPS(10, -20, z))
	}
	g, err := volume.NewGrid(15, 13, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 0.5, 0.5, pos, "1.2.3.4")
	if err != nil {
		t.Fatal(err)
	}
	mask := volume.NewLabels(g, g.Bounds())
	marked := 0
	for k := range g.NZ {
		if k == 4 { // an empty slice between others
			continue
		}
		for n := range 5 {
			mask.Set(2*n+k%3, 3+n, k, 7)
			marked++
		}
	}
	m := maker(study(t, g, latin1))
	path := written(t, func(w io.Writer) error {
		return m.WriteSegmentation(context.Background(), w, g, []exchange.Segment{{Label: "T9", Category: exchange.Structure, Type: exchange.Level(anatomy.T9), Mask: mask, Value: 7}})
	})
	valid(t, path)
	s, err := dicomio.ReadSegmentation(path)
	if err != nil {
		t.Fatal(err)
	}
	got := s.Segments[0].Mask
	for k := range s.Grid.NZ {
		for j := range s.Grid.NY {
			for i := range s.Grid.NX {
				if got.At(i, j, k) == 0 {
					continue
				}
				marked--
				p := s.Grid.Patient(geom.Vox(float64(i), float64(j), float64(k)))
				if v := g.Voxel(p); mask.At(whole(v.X), whole(v.Y), whole(v.Z)) != 7 || g.Patient(geom.Vox(float64(whole(v.X)), float64(whole(v.Y)), float64(whole(v.Z)))).Dist(p) > 1e-6 {
					t.Fatalf("a voxel at %v that was not marked", p)
				}
			}
		}
	}
	if marked != 0 {
		t.Errorf("%d voxels are lost", marked)
	}
}

func whole(x float64) int { return int(x+1000.5) - 1000 }

// TestSegmentationRefersToItsImages looks at what others need: source images frame by frame, the frame of reference, the patient.
func TestSegmentationRefersToItsImages(t *testing.T) {
	g := fromTable(t, grids["oblique"])
	o := study(t, g, latin1)
	m := maker(o)
	path := written(t, func(w io.Writer) error { return m.WriteSegmentation(context.Background(), w, g, twoSegments(g)) })
	f, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Text(0x00100010) != "Grégoire^Françoise" || f.Code(0x00080005) != "ISO_IR 100" || string(f.Bytes(0x00100010)) != "Gr\xe9goire^Fran\xe7oise" {
		t.Errorf("patient %q in %s", f.Bytes(0x00100010), f.Code(0x00080005))
	}
	if f.Item(0x00101002).Text(0x00100020) != "OLD-1" {
		t.Error("the other patient id of the images is lost")
	}
	if label := f.Items(0x00620002)[1].Text(0x00620005); label != "Fuite 1, côté gauche" {
		t.Errorf("label %q: our text must be readable in the character set of the images", label)
	}
	if n := len(f.Items(0x00081115)[0].Items(0x0008114A)); n != g.NZ || len(o.Images) != g.NZ {
		t.Errorf("%d images are referred to, there are %d", n, g.NZ)
	}
	if f.Code(0x00200052) != g.FrameUID || f.Code(0x0020000D) != o.StudyUID || f.Code(0x0020000E) == o.SeriesUID {
		t.Error("frame of reference, study or series")
	}
	for n, per := range f.Items(0x52009230) {
		pos := per.Item(0x00209113).Floats(0x00200032)
		ref := per.Item(0x00089124).Item(0x00082112).Code(0x00081155)
		found := false
		for _, x := range o.Images {
			if x.Instance == ref {
				found = x.Position.Dist(geom.LPS(pos[0], pos[1], pos[2])) < 1e-6
			}
		}
		if !found {
			t.Fatalf("frame %d refers to the image of another place", n+1)
		}
	}
	if how := f.Items(0x00620002)[0].Code(0x00620008); how != "AUTOMATIC" {
		t.Errorf("made %s", how)
	}
	edited := m
	edited.Edited = true
	again := written(t, func(w io.Writer) error { return edited.WriteSegmentation(context.Background(), w, g, twoSegments(g)) })
	valid(t, again)
	if e, err := dicomio.Open(again); err != nil || e.Items(0x00620002)[0].Code(0x00620008) != "SEMIAUTOMATIC" {
		t.Errorf("corrected masks pass for automatic ones: %v", err)
	}
	other := m
	other.Created = m.Created.Add(time.Second)
	if m.SegmentationRef() == other.SegmentationRef() || m.SegmentationRef().Instance != f.Code(0x00080018) {
		t.Error("two objects of different times share a UID, or the reference names another object")
	}
}

func TestEmptySegmentation(t *testing.T) {
	g := fromTable(t, grids["plain"])
	s := twoSegments(g)[:1]
	s[0].Value = 9
	if err := maker(study(t, g, latin1)).WriteSegmentation(context.Background(), io.Discard, g, s); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("a segmentation without a voxel: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := maker(study(t, g, latin1)).WriteSegmentation(ctx, io.Discard, g, twoSegments(g)); err == nil {
		t.Error("written after the end of its context")
	}
}
