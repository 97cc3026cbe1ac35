package export

import (
	"fmt"
	"image/color"
	"io"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nrrd"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

const firstLeakLabel = 10 // labels of the second layer below it are cement classes

// SegmentationNRRD writes bodies, cement by class and every leak as a segmentation that 3D Slicer opens (.seg.nrrd), on the grid
// of the control CT. Bodies make the first layer with VerSe numbers, cement the second: the two overlap.
func SegmentationNRRD(w io.Writer, r *assess.Result, l text.Lang) error {
	bodies := r.BodyMask()
	second := volume.NewLabels(r.Post.Grid, cementBox(r)) // as large as the cement, not as the grid
	if r.Cement != nil {
		eachLabel(r.Cement, func(v geom.Index, c uint8) {
			if anatomy.CementClass(c) != anatomy.CementLeaked {
				second.Set(v.I, v.J, v.K, c)
			}
		})
	}
	var present [256]bool
	for _, v := range bodies.V {
		present[v] = true
	}
	var segments []nrrd.Segment
	add := func(layer int, label uint8, id, name string, c color.NRGBA, category, kind string) {
		segments = append(segments, nrrd.Segment{ID: id, Name: name, Colour: [3]float64{float64(c.R) / 255, float64(c.G) / 255, float64(c.B) / 255}, Layer: layer, Label: label, Category: category, Type: kind})
	}
	// Coded as DICOM does: anatomical structure, vertebra; physical object, implant (there is no code for
	// bone cement).
	const structure, object, implant = "SCT^123037004^Anatomical Structure", "SCT^260787004^Physical object", "SCT^40388003^Implant"
	for _, v := range r.Spine.Vertebrae {
		if present[uint8(v.Level)] {
			code := exchange.Level(v.Level)
			add(0, uint8(v.Level), "body-"+v.Level.String(), v.Level.String(), render.BodyStyle(false, false).Colour, structure, code.Scheme+"^"+code.Value+"^"+code.Meaning)
		}
	}
	var used [256]bool
	for _, c := range second.V {
		used[c] = true
	}
	t := words[l]
	for _, c := range []struct {
		class anatomy.CementClass
		name  string
	}{{anatomy.CementInBody, t["newCement"]}, {anatomy.CementInPedicle, t["pedicle"]}, {anatomy.CementPrior, t["priorCement"]}, {anatomy.Metal, t["metal"]}} {
		if used[uint8(c.class)] {
			add(1, uint8(c.class), fmt.Sprintf("cement-%d", c.class), c.name, render.CementStyle(c.class).Colour, object, implant)
		}
	}
	for i, k := range r.Leaks {
		line := r.Report.Leaks[i]
		if firstLeakLabel+k.ID > 255 || len(k.Voxels) == 0 {
			continue
		}
		for _, v := range k.Voxels {
			second.Set(v.I, v.J, v.K, uint8(firstLeakLabel+k.ID))
		}
		add(1, uint8(firstLeakLabel+k.ID), fmt.Sprintf("leak-%d", k.ID), leakName(line, l), render.LeakStyle(line.Compartment, false).Colour, object, implant)
	}
	if err := nrrd.WriteSegmentation(w, r.Post.Grid, []*volume.Labels{bodies, second}, segments); err != nil {
		return fmt.Errorf("export: segmentation: %w", err)
	}
	return nil
}

// cementBox is the box of all cement, metal and leaks of a result.
func cementBox(r *assess.Result) (box geom.Box) {
	grow := func(v geom.Index) {
		if box.Empty() {
			box = geom.Box{Min: v, Max: geom.Index{I: v.I + 1, J: v.J + 1, K: v.K + 1}}
			return
		}
		box.Min = geom.Index{I: min(box.Min.I, v.I), J: min(box.Min.J, v.J), K: min(box.Min.K, v.K)}
		box.Max = geom.Index{I: max(box.Max.I, v.I+1), J: max(box.Max.J, v.J+1), K: max(box.Max.K, v.K+1)}
	}
	if r.Cement != nil {
		eachLabel(r.Cement, func(v geom.Index, _ uint8) { grow(v) })
	}
	for _, k := range r.Leaks {
		for _, v := range k.Voxels {
			grow(v)
		}
	}
	return box
}

// eachLabel calls do for every marked voxel.
func eachLabel(l *volume.Labels, do func(geom.Index, uint8)) {
	nx, ny, _ := l.Box.Size()
	for o, c := range l.V {
		if c != 0 {
			do(geom.Index{I: l.Box.Min.I + o%nx, J: l.Box.Min.J + o/nx%ny, K: l.Box.Min.K + o/nx/ny}, c)
		}
	}
}
