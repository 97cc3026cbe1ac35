package overlay_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/nrrd"
	"github.com/vertefill/vertefill/internal/overlay"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
)

// oblique is a grid with unequal steps and turned axes, and what its images are called.
func oblique(t *testing.T) (*volume.Grid, *dicomio.Origin) {
	t.Helper()
	s, c := math.Sincos(0.35)
	row, col := geom.LPSVec(c, s, 0), geom.LPSVec(-s*c, c*c, s)
	o := &dicomio.Origin{StudyUID: "1.2.3", SeriesUID: "1.2.3.4", FrameUID: "1.2.3.5", Modality: "CT", Patient: dicomio.Patient{ID: "77"},
		Attributes: dicomout.Dataset{{Tag: 0x0020000D, VR: "UI", Value: []byte("1.2.3\x00")}, {Tag: 0x00200052, VR: "UI", Value: []byte("1.2.3.5\x00")}, {Tag: 0x00100020, VR: "LO", Value: []byte("77")}}}
	var pos []geom.Patient
	for k := range 30 {
		pos = append(pos, geom.LPS(-20, 35, -700).Add(row.Cross(col).Mul(1.5*float64(k))))
		o.Images = append(o.Images, dicomio.ImageRef{Class: "1.2.840.10008.5.1.4.1.1.2", Instance: fmt.Sprint("1.2.3.4.", k+1), Position: pos[k], Slope: 1, Intercept: -1024})
	}
	g, err := volume.NewGrid(60, 50, row, col, 0.7, 0.9, pos, "1.2.3.5")
	if err != nil {
		t.Fatal(err)
	}
	return g, o
}

// ball marks the voxels within r mm of a point, with a label.
func ball(g *volume.Grid, at geom.Patient, r float64, label uint8) *volume.Labels {
	m := volume.NewLabels(g, g.Bounds())
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				if g.Patient(geom.Vox(float64(i), float64(j), float64(k))).Dist(at) < r {
					m.Set(i, j, k, label)
				}
			}
		}
	}
	return m
}

func file(t *testing.T, name string, write func(io.Writer) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err == nil {
		err = errors.Join(write(f), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func maker(o *dicomio.Origin) exchange.Maker {
	return exchange.Maker{Origin: o, Created: time.Date(2026, 3, 11, 9, 30, 0, 0, time.UTC), Version: "test"}
}

// TestRegionsLieWhereTheyWere: a mask that goes out as SEG, NIfTI or NRRD is shown where it was, and agrees with itself wholly.
func TestRegionsLieWhereTheyWere(t *testing.T) {
	g, o := oblique(t)
	at := g.Patient(geom.Vox(22, 19, 13))
	m := ball(g, at, 8, uint8(anatomy.CementInBody))
	files := map[string]string{
		"SEG": file(t, "cement.dcm", func(w io.Writer) error {
			return maker(o).WriteSegmentation(t.Context(), w, g, []exchange.Segment{{Label: "PMMA T9", Category: exchange.PhysicalThing, Type: exchange.Implant, Mask: m, Value: 1}})
		}),
		"NIfTI": file(t, "cement.nii.gz", func(w io.Writer) error { return nifti.WriteLabels(w, m, "") }),
		"NRRD": file(t, "cement.seg.nrrd", func(w io.Writer) error {
			return nrrd.WriteSegmentation(w, g, []*volume.Labels{m}, []nrrd.Segment{{ID: "a", Name: "Cement", Label: 1}})
		}),
	}
	for kind, path := range files {
		if !overlay.Handles(path) {
			t.Errorf("%s is not handled", kind)
		}
		x, err := overlay.Read(path, o, g)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if len(x.Parts) != 1 {
			t.Fatalf("%s: %d parts", kind, len(x.Parts))
		}
		p := x.Parts[0]
		if d := p.Mesh.Centroid().Dist(at); d > 0.15 {
			t.Errorf("%s: the surface lies %.2f mm off", kind, d)
		}
		if ml, want := float64(p.Mesh.Volume()), float64(m.Volume(1)); math.Abs(ml/want-1) > 0.05 {
			t.Errorf("%s: %.3f mL, %.3f of voxels", kind, ml, want)
		}
		if a, ok := overlay.Compare(x.Parts, m); !ok || a.Dice < 0.9999 || p.Vertebra() {
			t.Errorf("%s: agrees with itself by %+v", kind, a)
		}
	}
}

// TestAgreement compares two balls whose overlap is known: a lens, by counting on different grids.
func TestAgreement(t *testing.T) {
	g, _ := oblique(t)
	at := g.Patient(geom.Vox(30, 25, 15))
	const r, apart = 8.0, 6.0
	ours := ball(g, at, r, uint8(anatomy.CementPrior))
	fine, err := volume.NewGrid(90, 90, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 0.4, 0.4, positions(at.Add(geom.LPSVec(-18, -18, -18)), 90, 0.4), "")
	if err != nil {
		t.Fatal(err)
	}
	theirs := ball(fine, at.Add(geom.LPSVec(apart, 0, 0)), r, 1)
	a, ok := overlay.Compare([]overlay.Part{{Mask: theirs}, {Mask: theirs}, {Name: "drawing"}}, ours)
	lens := math.Pi * (4*r + apart) * (2*r - apart) * (2*r - apart) / 12
	if want := lens / (4.0 / 3 * math.Pi * r * r * r); !ok || math.Abs(a.Dice-want) > 0.02 {
		t.Errorf("Dice %.3f, %.3f by geometry", a.Dice, want)
	}
	metal := ball(g, at, r, uint8(anatomy.Metal))
	if _, ok := overlay.Compare([]overlay.Part{{Mask: theirs}}, metal); ok {
		t.Error("metal is compared with cement")
	}
}

func positions(first geom.Patient, n int, step float64) (out []geom.Patient) {
	for k := range n {
		out = append(out, first.Add(geom.LPSVec(0, 0, step*float64(k))))
	}
	return out
}

// TestDrawingsAreOnTheirSlice: a line of a presentation state, cut by its slice, is the line; the next slice but one has none.
func TestDrawingsAreOnTheirSlice(t *testing.T) {
	g, o := oblique(t)
	line := [][2]float64{{10, 12}, {30.5, 12}, {30.5, 40.25}, {10, 12}}
	path := file(t, "views.dcm", func(w io.Writer) error {
		return maker(o).WritePresentation(w, 1, &exchange.Presentation{Label: "X", Description: "X", Center: 500, Width: 2000, Views: []exchange.View{
			{Image: exchange.ImageName{Class: o.Images[7].Class, Instance: o.Images[7].Instance}, Area: [4]float64{0, 0, 59, 49}, Lines: []exchange.Line{{Points: line}}, Texts: []exchange.Label{{Text: "T9", At: [2]float64{2, 3}}}}}})
	})
	x, err := overlay.Read(path, o, g)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Parts) != 1 || x.Parts[0].Name != "T9" || x.Parts[0].Mask != nil {
		t.Fatalf("%+v", x.Parts)
	}
	cut := func(k int) []render.Polyline {
		return render.Section(x.Parts[0].Mesh, geom.FromAxes[geom.PatientFrame, geom.PlaneFrame](g.SlicePosition(k), g.Row, g.Col, g.Normal))
	}
	length := 0.0
	for _, l := range cut(7) {
		for i := 1; i < len(l.Points); i++ {
			length += math.Hypot(l.Points[i].X-l.Points[i-1].X, l.Points[i].Y-l.Points[i-1].Y)
		}
		if n := len(l.Points); l.Closed {
			length += math.Hypot(l.Points[0].X-l.Points[n-1].X, l.Points[0].Y-l.Points[n-1].Y)
		}
	}
	want := 20.5*0.7 + 28.25*0.9 + math.Hypot(20.5*0.7, 28.25*0.9)
	if math.Abs(length-want) > 0.02 {
		t.Errorf("the line is %.2f mm long, %.2f when drawn", length, want)
	}
	if len(cut(9)) != 0 {
		t.Error("the line is on another slice too")
	}
}

// TestReportsMarkTheirPlaces, and objects about other images or beside them are refused with the reason.
func TestReportsMarkTheirPlaces(t *testing.T) {
	g, o := oblique(t)
	at := g.Patient(geom.Vox(30, 25, 15))
	path := file(t, "report.dcm", func(w io.Writer) error {
		return maker(o).WriteMeasurements(w, &exchange.Measurements{Language: "en", Observer: "X", Groups: []exchange.Group{{TrackingID: "leak 1", Finding: exchange.Implant, Site: exchange.Level(anatomy.T9), Points: []exchange.Point{{Name: exchange.Implant, LPS: [3]float64{at.X, at.Y, at.Z}}}}}})
	})
	x, err := overlay.Read(path, o, g)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Parts) != 1 || x.Parts[0].Name != "leak 1" || x.Parts[0].Mesh.Centroid().Dist(at) > 0.01 {
		t.Errorf("%+v", x.Parts)
	}
	other := *o
	other.Patient.ID = "78"
	if _, err := overlay.Read(path, &other, g); !errors.Is(err, exchange.ErrForeign) {
		t.Errorf("a report of another patient: %v", err)
	}
	far, err := volume.NewGrid(20, 20, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 1, 1, positions(geom.LPS(500, 0, 0), 20, 1), "")
	if err != nil {
		t.Fatal(err)
	}
	beside := file(t, "far.nii.gz", func(w io.Writer) error { return nifti.WriteLabels(w, ball(far, geom.LPS(510, 10, 10), 5, 1), "") })
	if _, err := overlay.Read(beside, o, g); !errors.Is(err, exchange.ErrForeign) {
		t.Errorf("a mask beside the images: %v", err)
	}
}

// TestFilesOfOthers reads what dcmqi and a treatment planning system wrote.
func TestFilesOfOthers(t *testing.T) {
	const shared = "../../../shared/data/"
	if _, err := os.Stat(shared); err != nil {
		t.Skip("no ../shared/data: files of others are not read")
	}
	g, err := volume.NewGrid(512, 512, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 1, 1, positions(geom.LPS(-256, -256, -300), 400, 1), "")
	if err != nil {
		t.Fatal(err)
	}
	for name, parts := range map[string]int{"seg-sr-dcmqi/liver.dcm": 1, "seg-sr-dcmqi/partial_overlaps.dcm": 3, "odd-dicom-a/rtstruct.dcm": 1} {
		if !overlay.Handles(shared + name) {
			t.Errorf("%s is not handled", name)
		}
		x, err := overlay.Read(shared+name, nil, g)
		if err != nil || len(x.Parts) < parts {
			t.Errorf("%s: %+v, %v", name, x, err)
		}
	}
}

func TestVertebraByName(t *testing.T) {
	for name, want := range map[string]bool{"T9": true, "vertebrae_L1": true, "T9 vertebral body": true, "PMMA T9": false, "Cement leak: canal T9": false, "T9 Canal, epidural": false, "1": false} {
		if got := (overlay.Part{Name: name}).Vertebra(); got != want {
			t.Errorf("%q is a vertebra: %v", name, got)
		}
	}
}
