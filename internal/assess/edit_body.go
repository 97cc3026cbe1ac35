package assess

import (
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// Corrections of the surface of a body beside handles and brush.
const (
	BodyCut    EditKind = "body-cut"    // Stroke: an outline as the points, RadiusMM how deep it cuts; Normal of its plane: what lies within is no body
	BodySmooth EditKind = "body-smooth" // Stroke: the surface is smoothed along it
)

const (
	bodyCoreMM   = 1.5  // round the middle of a body that no cut removes
	cutStepMM    = 0.25 // by which a point of the surface goes in until the cut no longer holds it
	smoothPasses = 20   // of half the way to the mean of the neighbours: bumps up to some six points wide go
)

// cutBody takes the part within an outline off a body: points of the surface go towards its middle until the outline no longer holds
// them, so that it stays one closed surface. The body comes back as it was when the outline holds none of its surface, or its middle.
func cutBody(v *spine.Vertebra, x Edit) (*spine.Vertebra, error) {
	o, err := outlineOf(x)
	if err != nil {
		return nil, err
	}
	centre := v.Centroid()
	if o.holds(centre) {
		return v, nil
	}
	points := make([]geom.Patient, len(v.Body.Vertices))
	changed := false
	for n, p := range v.Body.Vertices {
		points[n] = p
		ray := p.Sub(centre)
		for r := ray.Norm(); o.holds(points[n]) && r > bodyCoreMM; r -= cutStepMM {
			points[n] = centre.Add(ray.Unit().Mul(r))
			changed = true
		}
	}
	if !changed {
		return v, nil
	}
	return reshapedTo(v, points)
}

// smoothBody evens the surface of a body along a stroke: points go towards the mean of their neighbours. It rounds edges as it evens
// bumps; what lies beyond the stroke stays.
func smoothBody(v *spine.Vertebra, x Edit) (*spine.Vertebra, error) {
	if err := x.cementStroke(); err != nil {
		return nil, err
	}
	next := make([][]int32, len(v.Body.Vertices))
	for _, t := range v.Body.Triangles {
		for c := range t {
			next[t[c]] = append(next[t[c]], t[(c+1)%3]) // every edge has two triangles: each end is listed once
		}
	}
	points := append([]geom.Patient(nil), v.Body.Vertices...)
	held := make([]bool, len(points))
	any := false
	for n, p := range points {
		held[n] = x.Stroke.distance(p) <= x.Stroke.RadiusMM
		any = any || held[n]
	}
	if !any {
		return v, nil
	}
	for range smoothPasses {
		was := append([]geom.Patient(nil), points...)
		for n, list := range next {
			if !held[n] || len(list) == 0 {
				continue
			}
			mean := geom.PatientVec{}
			for _, q := range list {
				mean = mean.Add(was[q].Sub(was[n]))
			}
			points[n] = was[n].Add(mean.Mul(0.5 / float64(len(list))))
		}
	}
	return reshapedTo(v, points)
}

// reshapedTo returns a copy of a vertebra with other points of its surface, measured anew.
func reshapedTo(v *spine.Vertebra, points []geom.Patient) (*spine.Vertebra, error) {
	c := *v
	c.Body = &mesh.Mesh{Vertices: points, Triangles: v.Body.Triangles}
	handles := vertebra.Handles(&c)
	if len(handles) == 0 {
		return nil, fmt.Errorf("the body would have no faces left")
	}
	out, err := vertebra.Drag(&c, handles[0].Kind, handles[0].At) // by nothing: volume, heights and field follow
	if err != nil {
		return nil, err
	}
	half := max((v.BodyIntervalML.High-v.BodyIntervalML.Low)/2, math.Abs(float64(out.BodyML-v.BodyML))/2)
	out.BodyIntervalML.Low, out.BodyIntervalML.High = float64(out.BodyML)-half, float64(out.BodyML)+half
	out.Corrected, out.FoundML = true, v.FoundML
	if !v.Corrected {
		out.FoundML = v.BodyML
	}
	return out, nil
}
