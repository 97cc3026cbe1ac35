package export

import (
	"context"
	"fmt"
	"image"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/unit"
)

// KeyImage is a picture for the report.
type KeyImage struct {
	Caption string
	Picture *image.RGBA
}

const (
	keyPixels  = 520
	sagittalMM = 150.0
	axialMM    = 95.0
	mostImages = 6
)

// KeyImages returns the pictures that explain the result: every treated vertebra in sagittal and axial planes through its cement,
// then every leak that asks for attention, on the plane where it is best seen. The most important come first.
func KeyImages(ctx context.Context, r *assess.Result, l text.Lang) ([]KeyImage, error) {
	type shot struct {
		at      geom.Patient
		plane   render.Orientation
		mm      float64
		caption string
		leak    int
	}
	t := words[l]
	var shots []shot
	for _, k := range r.Report.Leaks {
		if k.Attention == anatomy.AttentionInfo {
			continue
		}
		shots = append(shots, shot{geom.LPS(k.CentroidLPS[0], k.CentroidLPS[1], k.CentroidLPS[2]), render.Axial, axialMM,
			fmt.Sprintf("%s %s, %s: %s", k.Level, t["axial"], compartments[l][k.Compartment], l.Unit(l.LeakML(k.VolumeML), "mL")), k.ID})
	}
	for _, v := range r.Report.Vertebrae {
		if !v.Treated && v.PriorCementML == 0 {
			continue
		}
		c := geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])
		shots = append(shots,
			shot{c, render.Sagittal, sagittalMM, fmt.Sprintf("%s %s", v.Level, t["sagittal"]), 0},
			shot{c, render.Axial, axialMM, fmt.Sprintf("%s %s", v.Level, t["axial"]), 0})
	}
	if len(shots) == 0 && len(r.Report.Vertebrae) > 0 {
		v := r.Report.Vertebrae[len(r.Report.Vertebrae)/2]
		shots = append(shots, shot{geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2]), render.Sagittal, sagittalMM, v.Level.String() + " " + t["sagittal"], 0})
	}
	var out []KeyImage
	for _, s := range shots[:min(len(shots), mostImages)] {
		v := render.View{Interp: render.InterpCubic}
		v.PatientFromPlane = render.Standard(s.plane, s.at)
		if near, _ := r.Spine.Nearest(s.at); near != nil {
			v.PatientFromPlane = render.Through(render.Aligned(s.plane, near.PatientFromBody), s.at)
		}
		v.Width, v.Height = keyPixels, keyPixels
		v.MMPerPixel = unit.MM(s.mm / keyPixels)
		planeFromPatient := v.PatientFromPlane.MustInverse()
		v.Centre = planeFromPatient.Apply(s.at)
		picture := image.NewRGBA(image.Rect(0, 0, keyPixels, keyPixels))
		if err := render.Slice(ctx, r.Post, v, render.NewLUT(render.SpineBone, render.Grey, render.NoMark), picture); err != nil {
			return nil, fmt.Errorf("export: key image: %w", err)
		}
		render.DrawOutlines(picture, v.Viewport, Outlines(r, v.PatientFromPlane, s.leak), 1.4, 1)
		out = append(out, KeyImage{s.caption, picture})
	}
	return out, nil
}

// Outlines returns the contours of bodies, cement and leaks on a plane of the post CT, in the styles of the window. selected is
// the id of a leak drawn heavier, 0 for none.
func Outlines(r *assess.Result, plane render.PatientFromPlane, selected int) []render.Outline {
	var out []render.Outline
	add := func(m *mesh.Mesh, s render.Style) {
		if m == nil || len(m.Triangles) == 0 {
			return
		}
		if lines := render.Section(m, plane); len(lines) > 0 {
			out = append(out, render.Outline{Lines: lines, Style: s})
		}
	}
	for _, c := range []anatomy.CementClass{anatomy.Metal, anatomy.CementPrior, anatomy.CementInPedicle, anatomy.CementInBody} {
		add(r.CementSurfaces[c], render.CementStyle(c))
	}
	for _, v := range r.Spine.Vertebrae {
		add(v.Body, render.BodyStyle(false, false))
	}
	for i, k := range r.Leaks {
		add(k.Surface, render.LeakStyle(r.Report.Leaks[i].Compartment, k.ID == selected))
	}
	return out
}
