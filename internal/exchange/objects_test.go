package exchange_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"io"
	"math"
	"os/exec"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// picture has another colour in every pixel and an odd size.
func picture() *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, 31, 17))
	for y := range 17 {
		for x := range 31 {
			p.Set(x, y, color.RGBA{uint8(8 * x), uint8(15 * y), uint8(x ^ y), 255})
		}
	}
	return p
}

func presentation(o *dicomio.Origin) *exchange.Presentation {
	image := func(n int) exchange.ImageName {
		return exchange.ImageName{Class: o.Images[n].Class, Instance: o.Images[n].Instance}
	}
	return &exchange.Presentation{Label: "T9", Description: "T9, coupe axiale", Center: 500, Width: 2200, Views: []exchange.View{
		{Image: image(2), Area: [4]float64{1, 2, 16, 14}, Lines: []exchange.Line{{Points: [][2]float64{{1, 1}, {7.25, 1}, {7.25, 5.5}, {1, 1}}, Kind: "POLYLINE"}}, Texts: []exchange.Label{{Text: "T9", At: [2]float64{8, 3}}}},
		{Image: image(5), Area: [4]float64{0, 0, 19, 19}},
	}}
}

// TestObjectsAreValid writes every other kind of object and has dicom3tools look at it.
func TestObjectsAreValid(t *testing.T) {
	g := fromTable(t, grids["plain"])
	o := study(t, g, latin1)
	m := maker(o)
	for name, write := range map[string]func(io.Writer) error{
		"capture": func(w io.Writer) error {
			return m.WriteCapture(w, 1, picture(), "T9, coupe sagittale à travers le ciment")
		},
		"key objects": func(w io.Writer) error {
			return m.WriteKeyObjects(w, "Canal leak at T9", []int{2, 5, 2}, []exchange.Evidence{m.CaptureRef(1), m.PresentationRef(1)})
		},
		"presentation": func(w io.Writer) error { return m.WritePresentation(w, 1, presentation(o)) },
		"pdf":          func(w io.Writer) error { return m.WritePDF(w, []byte("%PDF-1.7 odd"), "Vertebroplasty", false) },
		"stl":          func(w io.Writer) error { return m.WriteSTL(w, make([]byte, 84), "Cement") },
		"occupancy":    func(w io.Writer) error { return m.WriteFractions(context.Background(), w, g, fractions(g)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := written(t, write)
			valid(t, path)
			if err := exchange.Check(path, o); err != nil {
				t.Error(err)
			}
			if out, err := exec.Command("dcm2json", path).CombinedOutput(); err != nil && !errors.Is(err, exec.ErrNotFound) {
				t.Errorf("dcm2json: %v\n%s", err, out)
			}
		})
	}
}

func fractions(g *volume.Grid) []exchange.Fraction {
	box := geom.Box{Min: geom.Index{I: 3, J: 2, K: 1}, Max: geom.Index{I: g.NX - 2, J: g.NY - 3, K: g.NZ - 2}}
	of := make([]float32, box.Len())
	for i := range of {
		of[i] = float32(math.Mod(float64(i)*0.37, 1.4) - 0.2)
		if i%97 > 40 {
			of[i] = 0
		}
	}
	return []exchange.Fraction{{Segment: exchange.Segment{Label: "New cement", Category: exchange.PhysicalThing, Type: exchange.Implant}, Box: box, Of: of}}
}

// TestFractionsKeepAnatomy has pydicom read the frames: every value to the 255th, at its place in the patient.
func TestFractionsKeepAnatomy(t *testing.T) {
	if exec.Command(python, "-c", "import pydicom, numpy").Run() != nil {
		t.Skip("pydicom is not installed")
	}
	g := fromTable(t, grids["oblique"])
	m := maker(study(t, g, latin1))
	f := fractions(g)[0]
	path := written(t, func(w io.Writer) error { return m.WriteFractions(context.Background(), w, g, []exchange.Fraction{f}) })
	out, err := exec.Command(python, "-c", `
import pydicom, sys, json
d = pydicom.dcmread(sys.argv[1])
p = [[float(x) for x in g.PlanePositionSequence[0].ImagePositionPatient] for g in d.PerFrameFunctionalGroupsSequence]
print(json.dumps({'Shape': list(d.pixel_array.shape), 'Values': d.pixel_array.ravel().tolist(), 'Positions': p}))`, path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Shape, Values []int
		Positions     [][3]float64
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	nx, ny, nz := f.Box.Size()
	if got.Shape[0] != nz || got.Shape[1] != ny || got.Shape[2] != nx {
		t.Fatalf("shape %v, want %d %d %d", got.Shape, nz, ny, nx)
	}
	for o, v := range got.Values {
		if want := math.Round(255 * float64(min(1, max(0, f.Of[o])))); float64(v) != want {
			t.Fatalf("value %d is %d, want %g", o, v, want)
		}
	}
	for k, p := range got.Positions {
		if want := g.Patient(geom.Vox(float64(f.Box.Min.I), float64(f.Box.Min.J), float64(f.Box.Min.K+k))); want.Dist(geom.LPS(p[0], p[1], p[2])) > 1e-6 {
			t.Fatalf("frame %d lies at %v, want %v", k, p, want)
		}
	}
	s, err := dicomio.ReadSegmentation(path)
	if err != nil || len(s.Segments) != 1 {
		t.Fatalf("our own reader: %v", err)
	}
}

func TestPresentationComesBack(t *testing.T) {
	g := fromTable(t, grids["plain"])
	o := study(t, g, latin1)
	want := presentation(o)
	path := written(t, func(w io.Writer) error { return maker(o).WritePresentation(w, 1, want) })
	f, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if x, ok := f.Float(0x00281052); !ok || x != -1024 { // without it viewers would put the window on stored values
		t.Errorf("rescale intercept %g, %v", x, ok)
	}
	got, err := exchange.ReadPresentation(path)
	if err != nil {
		t.Fatal(err)
	}
	a, b := got.Views[0], want.Views[0]
	if got.Center != 500 || got.Width != 2200 || len(got.Views) != 2 || a.Image != b.Image || a.Area != b.Area || len(a.Lines) != 1 || a.Texts[0] != b.Texts[0] || len(got.Views[1].Lines) != 0 {
		t.Fatalf("%+v", got)
	}
	for i, p := range a.Lines[0].Points {
		if p != b.Lines[0].Points[i] {
			t.Errorf("point %d: %v, want %v", i, p, b.Lines[0].Points[i])
		}
	}
	other, err := exchange.ReadPresentation(data(t, "odd-dicom-a", "prOverlay.dcm"))
	if err != nil || len(other.Views) != 1 || other.Views[0].Image.Instance != "1.2.276.0.7230010.3.200.12.1.1" {
		t.Errorf("a state of another program: %+v, %v", other, err)
	}
}

// TestEnhancedSource makes objects from frames of enhanced multi-frame CT of another program: references name the frame.
func TestEnhancedSource(t *testing.T) {
	inv, err := dicomio.Scan(context.Background(), []string{data(t, "seg-sr-dcmqi", "24x38x3.zip")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, s := range inv.Series {
		for _, stack := range s.Stacks {
			o, err := stack.Origin()
			if err != nil {
				t.Fatal(err)
			}
			g := stack.Grid
			mask := volume.NewLabels(g, g.Bounds())
			mask.Set(3, 4, g.NZ-1, 7)
			m := maker(o)
			for name, write := range map[string]func(io.Writer) error{
				"segmentation": func(w io.Writer) error {
					return m.WriteSegmentation(context.Background(), w, g, []exchange.Segment{{Label: "T9", Category: exchange.Structure, Type: exchange.Level(anatomy.T9), Mask: mask, Value: 7}})
				},
				"key objects": func(w io.Writer) error { return m.WriteKeyObjects(w, "", []int{0, g.NZ - 1}, nil) },
				"report": func(w io.Writer) error {
					return m.WriteMeasurements(w, &exchange.Measurements{Language: "en", Observer: "x"})
				},
			} {
				path := written(t, write)
				valid(t, path)
				if err := exchange.Check(path, o); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if name != "segmentation" || o.Images[0].Frame == 0 {
					continue
				}
				tried++
				f, err := dicomio.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				if n, _ := f.Items(0x52009230)[0].Item(0x00089124).Item(0x00082112).Int(0x00081160); n != o.Images[g.NZ-1].Frame || n == 0 {
					t.Errorf("the source is frame %d, want %d", n, o.Images[g.NZ-1].Frame)
				}
				f.Close()
			}
		}
	}
	if tried == 0 {
		t.Error("no multi-frame series was tried")
	}
}

// TestForeignObjectsAreRefused changes one identity at a time.
func TestForeignObjectsAreRefused(t *testing.T) {
	g := fromTable(t, grids["plain"])
	o := study(t, g, latin1)
	path := written(t, func(w io.Writer) error { return maker(o).WriteSegmentation(context.Background(), w, g, twoSegments(g)) })
	if err := exchange.Check(path, o); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*dicomio.Origin){
		"patient":     func(x *dicomio.Origin) { x.Patient.ID = "P-78" },
		"birth date":  func(x *dicomio.Origin) { x.Patient.BirthDate = "19410204" },
		"study":       func(x *dicomio.Origin) { x.StudyUID = "1.2.9" },
		"coordinates": func(x *dicomio.Origin) { x.FrameUID = "1.2.9" },
		"images":      func(x *dicomio.Origin) { x.Images = []dicomio.ImageRef{{Instance: "1.2.9"}} },
	} {
		x := *o
		change(&x)
		err := exchange.Check(path, &x)
		if !errors.Is(err, exchange.ErrForeign) {
			t.Errorf("another %s: %v", name, err)
			continue
		}
		if bytes.Contains([]byte(err.Error()), []byte("Gr")) || bytes.Contains([]byte(err.Error()), []byte("P-7")) {
			t.Errorf("the refusal names the patient: %v", err)
		}
		if _, err := exchange.ReadVertebrae(path, &x, g); !errors.Is(err, exchange.ErrForeign) {
			t.Errorf("vertebrae of another %s: %v", name, err)
		}
	}
	if l, err := exchange.ReadVertebrae(path, o, g); err != nil || l.Volume(uint8(anatomy.T9)) == 0 {
		t.Errorf("our own masks are refused: %v", err)
	}
}

// contours writes an RT structure set with a tube that has a hole, round in the planes of the grid.
func contours(t *testing.T, g *volume.Grid, o *dicomio.Origin, every int, name string) string {
	t.Helper()
	var items []dicomout.Dataset
	cx, cy := 0.45*float64(g.NX-1)*float64(g.DX), 0.55*float64(g.NY-1)*float64(g.DY)
	for k := 1; k < g.NZ-1; k += every {
		cx, cy := cx+0.07*float64(k), cy-0.11*float64(k) // so that the steps of voxels at the border cancel
		for _, r := range []float64{5, 2} {
			var flat []float64
			for n := range 120 {
				s, c := math.Sincos(2 * math.Pi * float64(n) / 120)
				p := g.Patient(geom.Vox((cx+r*c)/float64(g.DX), (cy+r*s)/float64(g.DY), float64(k)))
				flat = append(flat, p.X, p.Y, p.Z)
			}
			items = append(items, dicomout.Dataset{{Tag: 0x30060042, VR: "CS", Value: "CLOSED_PLANAR"}, {Tag: 0x30060046, VR: "IS", Value: 120}, {Tag: 0x30060050, VR: "DS", Value: flat}})
		}
	}
	d := append(dicomout.Dataset{
		{Tag: 0x00080016, VR: "UI", Value: "1.2.840.10008.5.1.4.1.1.481.3"}, {Tag: 0x00080018, VR: "UI", Value: "1.2.3.9"}, {Tag: 0x00080060, VR: "CS", Value: "RTSTRUCT"},
		{Tag: 0x0020000D, VR: "UI", Value: o.StudyUID}, {Tag: 0x0020000E, VR: "UI", Value: "1.2.3.8"},
		{Tag: 0x30060020, VR: "SQ", Value: []dicomout.Dataset{{{Tag: 0x30060022, VR: "IS", Value: 4}, {Tag: 0x30060024, VR: "UI", Value: g.FrameUID}, {Tag: 0x30060026, VR: "LO", Value: name}}}},
		{Tag: 0x30060039, VR: "SQ", Value: []dicomout.Dataset{{{Tag: 0x30060084, VR: "IS", Value: 4}, {Tag: 0x3006002A, VR: "IS", Value: []int{10, 20, 30}}, {Tag: 0x30060040, VR: "SQ", Value: items}}}},
	}, latin1...)
	return written(t, func(w io.Writer) error { return dicomout.Write(w, d) })
}

// checkTube compares every voxel more than its own size away from the walls with its distance from the axis.
func checkTube(t *testing.T, g *volume.Grid, m *volume.Labels, every int) {
	t.Helper()
	for k := 2 - every; k < g.NZ-every; k++ {
		plane := float64((k/every)*every + every - 1) // planes lie at 1, 1+every, ...; one stands for the slices up to it
		cx, cy := 0.45*float64(g.NX-1)*float64(g.DX)+0.07*plane, 0.55*float64(g.NY-1)*float64(g.DY)-0.11*plane
		for j := range g.NY {
			for i := range g.NX {
				d := math.Hypot(float64(i)*float64(g.DX)-cx, float64(j)*float64(g.DY)-cy)
				if math.Abs(d-5) < 0.6 || math.Abs(d-2) < 0.6 {
					continue
				}
				if in := m.At(i, j, k) != 0; in != (d > 2 && d < 5) {
					t.Fatalf("voxel %d %d %d, %.2f mm from the axis: inside %v", i, j, k, d, in)
				}
			}
		}
	}
}

// TestContoursFill compares the filled volume with that of the tube, and every voxel well inside or outside with its distance.
func TestContoursFill(t *testing.T) {
	for name, v := range map[string][9]float64{"fine": {60, 60, 12, 0.3, 0.3, 1, 0, 0, 0}, "oblique": {60, 50, 12, 0.3, 0.4, 1.25, 17, -23, 41}} {
		for _, every := range []int{1, 2} {
			g := fromTable(t, v)
			o := study(t, g, latin1)
			path := contours(t, g, o, every, "Vertebra T9")
			s, err := exchange.ReadStructures(path)
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Find("vertebra t9")
			if err != nil || r.Number != 4 || r.Colour != [3]uint8{10, 20, 30} {
				t.Fatalf("%+v, %v", r, err)
			}
			m, err := r.Mask(g)
			if err != nil {
				t.Fatal(err)
			}
			checkTube(t, g, m, every)
			want := math.Pi * (25 - 4) * float64(g.NZ-2) * float64(g.DZ) / 1000
			if got := float64(m.Volume(1)); math.Abs(got-want) > 0.01*want {
				t.Errorf("%s, every %d slices: %.4f mL, the tube has %.4f", name, every, got, want)
			}
			if l, err := exchange.ReadVertebrae(path, o, g); err != nil || l.Volume(uint8(anatomy.T9)) != m.Volume(1) {
				t.Errorf("as vertebra T9: %v", err)
			}
			if _, err := s.Find("T10"); err == nil {
				t.Error("a region that is not there was found")
			}
		}
	}
	tilted, flat := fromTable(t, grids["oblique"]), fromTable(t, grids["plain"])
	s, err := exchange.ReadStructures(contours(t, tilted, study(t, tilted, latin1), 1, "T9"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Regions[0].Mask(flat); err == nil {
		t.Error("contours across the slices were filled")
	}
}

func TestStructuresOfOthers(t *testing.T) {
	s, err := exchange.ReadStructures(data(t, "odd-dicom-a", "rtstruct.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Regions) != 3 || s.Regions[0].Name != "patient" || len(s.Regions[0].Contours) != 3 || len(s.Regions[1].Contours) != 0 || s.Regions[0].Contours[0][0] != geom.LPS(-200, 150, -200) {
		t.Errorf("%d regions, %+v", len(s.Regions), s.Regions[0])
	}
}
