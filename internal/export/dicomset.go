package export

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/surface"
)

// keyViewMM is the side of the square that a key view shows of a slice.
const keyViewMM = 110.0

// dicomSet writes, beside segmentation and report, the objects for a picture archive into dir and returns their names: key images as
// captures, a presentation state of the slices to look at, the selection of both, the report and the surfaces in envelopes, and the
// occupancy of voxels by cement. Without DICOM images to refer to there are none.
func dicomSet(j *job, dir string) (names []string, err error) {
	m, ok := maker(j.Result, j.created)
	if !ok {
		return nil, nil
	}
	add := func(name string, write func(io.Writer) error) error {
		if err := j.ctx.Err(); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		names = append(names, name)
		return WriteFile(filepath.Join(dir, name), write)
	}
	pictures, err := j.images()
	if err != nil {
		return nil, err
	}
	var evidence []exchange.Evidence
	for n, k := range pictures.Key {
		if err := add(fmt.Sprintf("key-image-%d.dcm", n+1), func(w io.Writer) error { return m.WriteCapture(w, n+1, k.Picture, k.Caption) }); err != nil {
			return names, err
		}
		evidence = append(evidence, m.CaptureRef(n+1))
	}
	views, slices := keyViews(j, m)
	if len(views) > 0 {
		p := &exchange.Presentation{Label: "VERTEFILL", Description: "Slices through cement and leaks", Center: float64(render.SpineBone.Centre), Width: float64(render.SpineBone.Width), Views: views}
		if err := add("key-views.dcm", func(w io.Writer) error { return m.WritePresentation(w, 1, p) }); err != nil {
			return names, err
		}
		evidence = append(evidence, m.PresentationRef(1))
	}
	if len(evidence)+len(slices) > 0 {
		if err := add("key-objects.dcm", func(w io.Writer) error {
			return m.WriteKeyObjects(w, "Vertebroplasty: cement in vertebrae, leaks", slices, evidence)
		}); err != nil {
			return names, err
		}
	}
	return names, dicomEnvelopes(j, m, add)
}

// dicomEnvelopes writes the objects that wrap other files, and the occupancy.
func dicomEnvelopes(j *job, m exchange.Maker, add func(string, func(io.Writer) error) error) error {
	var doc, stl bytes.Buffer
	if err := pdf(j, &doc); err != nil {
		return err
	}
	if err := add("report.pdf.dcm", func(w io.Writer) error {
		return m.WritePDF(w, doc.Bytes(), "Vertebroplasty report", !j.Study.Anonymous())
	}); err != nil {
		return err
	}
	if parts := CementParts(j.Result); len(parts) > 0 {
		if err := surface.STL(&stl, parts); err != nil {
			return err
		}
		if err := add("cement.stl.dcm", func(w io.Writer) error { return m.WriteSTL(w, stl.Bytes(), "Cement surfaces") }); err != nil {
			return err
		}
	}
	o := j.Result.Occupancy()
	if o == nil {
		return nil
	}
	var parts []exchange.Fraction
	for _, p := range []struct {
		label string
		class anatomy.CementClass
		of    []float32
	}{{"New cement, share of the voxel", anatomy.CementInBody, o.New}, {"Earlier cement, share of the voxel", anatomy.CementPrior, o.Prior}} {
		if !slices.ContainsFunc(p.of, func(x float32) bool { return x > 0.002 }) {
			continue
		}
		parts = append(parts, exchange.Fraction{Box: o.Box, Of: p.of, Segment: exchange.Segment{Label: p.label, Category: exchange.PhysicalThing, Type: exchange.Implant, Colour: rgb(render.CementStyle(p.class))}})
	}
	if len(parts) == 0 {
		return nil
	}
	return add("cement-occupancy.dcm", func(w io.Writer) error { return m.WriteFractions(j.ctx, w, o.Grid, parts) })
}

// keyViews returns the slices of the post CT that show most of every leak and of the cement of every vertebra, with the outlines in
// them, and the numbers of their images. Slices that are no image of their own, or have another rescale than the first, are left out.
func keyViews(j *job, m exchange.Maker) (views []exchange.View, numbers []int) {
	g := j.Post.Grid
	show := func(at geom.Patient, caption string, leak int) {
		v := g.Voxel(at)
		k := int(v.Z + 0.5)
		n, ok := m.ImageAt(g, k)
		if !ok {
			return
		}
		ref := j.Origin.Images[n]
		if len(numbers) > 0 {
			if first := j.Origin.Images[numbers[0]]; ref.Slope != first.Slope || ref.Intercept != first.Intercept {
				return
			}
		}
		half := [2]float64{keyViewMM / 2 / float64(g.DX), keyViewMM / 2 / float64(g.DY)}
		view := exchange.View{
			Image: exchange.ImageName{Class: ref.Class, Instance: ref.Instance, Frame: ref.Frame},
			Area:  [4]float64{max(0, v.X-half[0]), max(0, v.Y-half[1]), min(float64(g.NX-1), v.X+half[0]), min(float64(g.NY-1), v.Y+half[1])},
			Texts: []exchange.Label{{Text: caption, At: [2]float64{max(0, v.X-half[0]) + 4, max(0, v.Y-half[1]) + 8}}},
		}
		plane := geom.FromAxes[geom.PatientFrame, geom.PlaneFrame](g.SlicePosition(k), g.Row, g.Col, g.Normal)
		for _, o := range Outlines(j.Result, plane, leak) {
			for _, line := range o.Lines {
				l := exchange.Line{}
				for _, p := range line.Points {
					l.Points = append(l.Points, [2]float64{p.X / float64(g.DX), p.Y / float64(g.DY)})
				}
				if line.Closed && len(line.Points) > 0 {
					l.Points = append(l.Points, l.Points[0])
				}
				view.Lines = append(view.Lines, l)
			}
		}
		for i, x := range views {
			if x.Image == view.Image { // one slice, two reasons: its outlines are there already
				views[i].Texts = append(views[i].Texts, exchange.Label{Text: caption, At: [2]float64{x.Texts[0].At[0], x.Texts[0].At[1] + 14*float64(len(x.Texts))}})
				return
			}
		}
		views, numbers = append(views, view), append(numbers, n)
	}
	for i, l := range j.Report.Leaks {
		at, ok := fullest(g, j.Leaks[i].Voxels, func(v geom.Index) int { return v.K })
		if !ok {
			at = geom.LPS(l.CentroidLPS[0], l.CentroidLPS[1], l.CentroidLPS[2])
		}
		show(at, fmt.Sprintf("%s %s", l.Level, compartments[j.Lang][l.Compartment]), l.ID)
	}
	places := cementPlaces(j.Result)
	for _, v := range j.Report.Vertebrae {
		if at, ok := places[v.Level]; ok {
			show(at, v.Level.String(), 0)
		}
	}
	return views, numbers
}
