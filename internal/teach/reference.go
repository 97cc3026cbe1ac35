package teach

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// StageReference is where a result stops that shows the reference of a case: nothing of it was measured, so nothing of it can be
// corrected, signed or exported.
const StageReference assess.Stage = "reference"

// Masks are the files of a case's folder that hold its reference voxel by voxel, in the contract's values.
var Masks = struct{ Vertebrae, Cement, Leaks string }{"vertebrae.nii.gz", "cement.nii.gz", "leaks.nii.gz"}

// Show makes what is drawn of the reference of the case in dir: bodies, cement by class and leaks as surfaces in patient millimetres
// (LPS), from the masks beside case.json. A mask that is absent is left out. Numbers are those of case.json, never of the masks.
func (c *Case) Show(dir string, post *volume.Volume) (*assess.Result, error) {
	r := &assess.Result{Post: post, Upto: StageReference, Spine: &spine.Spine{}, CementSurfaces: map[anatomy.CementClass]*mesh.Mesh{},
		PreFromPost: map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame]{}}
	bodies, err := mask(dir, Masks.Vertebrae)
	if err != nil {
		return nil, err
	}
	for l := range anatomy.Level(255) {
		if bodies == nil || !l.Valid() {
			continue
		}
		if m := surface(bodies, uint8(l)); m != nil {
			r.Spine.Vertebrae = append(r.Spine.Vertebrae, body(l, m))
		}
	}
	if r.Cement, err = mask(dir, Masks.Cement); err != nil {
		return nil, err
	}
	for _, class := range []anatomy.CementClass{anatomy.CementInBody, anatomy.CementInPedicle, anatomy.CementPrior, anatomy.Metal} {
		if r.Cement == nil {
			break
		}
		if m := surface(r.Cement, uint8(class)); m != nil {
			r.CementSurfaces[class] = m
		}
	}
	leaks, err := mask(dir, Masks.Leaks)
	if err != nil {
		return nil, err
	}
	for _, k := range c.Reference.Leaks {
		r.Report.Leaks = append(r.Report.Leaks, assess.Leak{ID: k.ID, Level: k.Level, Compartment: k.Compartment, Type: k.Type, Side: k.Side, VolumeML: k.VolumeML, CentroidLPS: k.At, Confidence: 1})
		region := assess.LeakRegion{ID: k.ID}
		if leaks != nil && k.ID > 0 && k.ID < 256 {
			region.Surface = surface(leaks, uint8(k.ID))
		}
		r.Leaks = append(r.Leaks, region)
	}
	for _, v := range r.Spine.Vertebrae {
		at := v.PatientFromBody.Apply(geom.Body{})
		line := assess.Vertebra{Level: v.Level, LevelSource: v.Source, LevelConfidence: 1, CentroidLPS: [3]float64{at.X, at.Y, at.Z}, BodyVolumeML: float64(v.BodyML)}
		if t := c.treated(v.Level); t != nil {
			line.Treated, line.FillRatio, line.FillRatioInterval = true, t.Fill, t.Interval
		}
		r.Report.Vertebrae = append(r.Report.Vertebrae, line)
	}
	return r, nil
}

// mask reads a mask of the case; nil when there is none.
func mask(dir, name string) (*volume.Labels, error) {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); os.IsNotExist(err) {
		return nil, nil
	}
	l, err := nifti.ReadLabels(path)
	if err != nil {
		return nil, fmt.Errorf("teach: %w: reference: %w", ErrCase, err)
	}
	return l, nil
}

// surface is the surface of the voxels with a value; nil when there are none.
func surface(l *volume.Labels, value uint8) *mesh.Mesh {
	var marked [256]bool
	marked[value] = true
	if m := mesh.Net(l, &marked); len(m.Triangles) > 0 {
		return m
	}
	return nil
}

// body is a vertebra as far as drawing needs it, with the axes of the patient.
func body(l anatomy.Level, m *mesh.Mesh) *spine.Vertebra {
	v := &spine.Vertebra{Level: l, Source: anatomy.SourceMask, Confidence: 1, PatientFromBody: geom.Translated(m.Centroid()), Body: m, BodyML: m.Volume(), Complete: true}
	lo, hi := m.Bounds()
	v.HalfWidth, v.HalfDepth = unit.MM(hi.X-lo.X)/2, unit.MM(hi.Y-lo.Y)/2
	return v
}
