package leak

import (
	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

const (
	unsureMM     = 1.0 // by which the borders between compartments may be off: canal, foramina and discs are derived, not seen
	unsureVoxels = 200 // of a leak that are looked at
)

// rival returns the compartment that a leak would have if the borders of compartments lay up to unsureMM elsewhere; empty when it keeps
// its own whichever way they move. Veins and soft tissue are one here: shape tells them apart, not place.
func (s *sorter) rival(l Leak) anatomy.Compartment {
	from := s.in.Spine.Find(l.Level)
	if from == nil {
		return ""
	}
	p := &piece{level: s.placeOf[from], island: l.Site == NoSite}
	own := place(l.Compartment)
	for _, d := range [6]geom.PatientVec{
		from.PatientFromBody.Axis(0), from.PatientFromBody.Axis(0).Mul(-1), from.PatientFromBody.Axis(1),
		from.PatientFromBody.Axis(1).Mul(-1), from.PatientFromBody.Axis(2), from.PatientFromBody.Axis(2).Mul(-1),
	} {
		count := map[anatomy.Compartment]int{}
		n := 0
		for i := 0; i < len(l.Voxels); i += 1 + len(l.Voxels)/unsureVoxels {
			v := l.Voxels[i]
			at := s.in.Post.Patient(geom.Vox(float64(v.I), float64(v.J), float64(v.K))).Add(d.Mul(unsureMM))
			region, _ := s.in.Spine.Region(at)
			if region == spine.InBody { // it lies outside, whatever the border
				continue
			}
			n++
			count[place(s.compartmentAt(region, at, p))]++
		}
		for _, c := range anatomy.Compartments {
			if c != own && 2*count[c] > n {
				return c
			}
		}
	}
	return ""
}

// place makes one of the compartments that shape tells apart.
func place(c anatomy.Compartment) anatomy.Compartment {
	if c == anatomy.ParavertebralVein {
		return anatomy.SoftTissue
	}
	return c
}
