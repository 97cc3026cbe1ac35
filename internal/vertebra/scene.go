package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/filter"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Cement, old or new, and metal are bright inside and no border of bone: they read as the clip, and an edge that is theirs counts
// little.
const (
	cementHU       = 1000
	cementErodeMM  = 1.0 // a cortex above the threshold is thinner
	cementDilateMM = 1.3
	cementVeinMM   = 5.0
	cementWeight   = 0.35
	edgeLowHU      = -150
	edgeHighHU     = 400
)

// lid is an end plane of the body in its own axes: z = z0 + ax x + ay y.
type lid struct{ z0, ax, ay float64 }

func (l lid) z(x, y float64) float64 { return l.z0 + l.ax*x + l.ay*y }

// scene is the surroundings of one body: its axes, the disc planes, the wall, and the CT numbers.
type scene struct {
	vol             *volume.Volume
	voxelFromBody   geom.Affine[geom.VoxelFrame, geom.BodyFrame]
	voxelFrom       geom.Affine[geom.VoxelFrame, geom.PatientFrame]
	patientFromBody geom.Affine[geom.PatientFrame, geom.BodyFrame]
	bodyFromPatient geom.Affine[geom.BodyFrame, geom.PatientFrame]
	voxelMM         float64 // the larger of pixel and slice

	top, bottom   lid     // where the endplates should be
	topGap        float64 // from there to the middle of the disc
	bottomGap     float64
	topFree       bool // the end plane is no disc's: what lies beyond it is not known
	bottomFree    bool
	settled       bool       // both were looked for over the whole outline
	height        float64    // between the lids on the axis
	canal         [3]float64 // y of the canal's middle line = c0 + c1 z + c2 z^2
	canalX        [2]float64 // x of it = c0 + c1 z
	wall          wall
	wallSeen      []geom.Body     // points of it that no cement makes doubtful
	upper, lower  *relief         // endplates over the disc planes
	pedicles      [2]*pedicle     // left, right
	start         []geom.Patient  // the template, from which the surface set out; nil when there was none
	back          []bool          // vertices of the template on the posterior wall
	cement        *filter.Lattice // nil when there is none
	cementNear    *filter.Lattice // and its surroundings, where thin veins of it may be
	cementCorner  geom.Body
	contourRadius []float64 // mm at mid height, by angle
}

func newScene(v *volume.Volume, frame geom.Affine[geom.PatientFrame, geom.BodyFrame]) *scene {
	inv, _ := v.Inverse()
	s := &scene{vol: v, patientFromBody: frame, bodyFromPatient: frame.MustInverse(), voxelFrom: inv,
		voxelFromBody: geom.Compose(inv, frame), voxelMM: float64(v.MaxSpacing())}
	return s
}

// hu returns the CT number at a point in body coordinates.
func (s *scene) hu(x, y, z float64) float64 {
	return s.vol.Sample(s.voxelFromBody.Apply(geom.Pt[geom.BodyFrame](x, y, z)))
}

// huAt returns the CT number at a patient position.
func (s *scene) huAt(p geom.Patient) float64 { return s.vol.Sample(s.voxelFrom.Apply(p)) }

// inView reports whether the volume holds the position, with a border of half a voxel.
func (s *scene) inView(p geom.Patient) bool {
	q := s.voxelFrom.Apply(p)
	return q.X >= 0 && q.Y >= 0 && q.Z >= 0 && q.X <= float64(s.vol.NX-1) && q.Y <= float64(s.vol.NY-1) && q.Z <= float64(s.vol.NZ-1)
}

// voxelAlong is the size of a voxel in a direction, mm: thick slices blur the endplates of an axial scan, not its walls.
func (s *scene) voxelAlong(n geom.PatientVec) float64 {
	g := s.vol
	x, y, z := n.Dot(g.Row)*float64(g.DX), n.Dot(g.Col)*float64(g.DY), n.Dot(g.Normal)*float64(g.DZ)
	return math.Sqrt(x*x + y*y + z*z)
}

// window returns the width of the averaging windows of edges across n for a wish in mm: never less than a voxel.
func (s *scene) window(n geom.PatientVec, mm float64) float64 { return max(mm, s.voxelAlong(n)) }

// findCement marks cement and metal round the body.
func (s *scene) findCement() {
	const step, halfX, halfY, halfZ = 1.0, 38, 36, 34
	l := filter.NewLattice(2*halfX+1, 2*halfY+1, 2*halfZ+1, step, step, step)
	s.cementCorner = geom.Pt[geom.BodyFrame](-halfX, -halfY, -halfZ)
	o := 0
	for k := range l.NZ {
		for j := range l.NY {
			for i := range l.NX {
				l.On[o] = s.hu(float64(i-halfX), float64(j-halfY), float64(k-halfZ)) > cementHU
				o++
			}
		}
	}
	if l.Any() {
		if l = l.Eroded(cementErodeMM); l.Any() {
			s.cement = l.Dilated(cementDilateMM)
			s.cementNear = l.Dilated(cementVeinMM)
		}
	}
}

// isCement reports whether a patient position lies in cement or metal.
func (s *scene) isCement(p geom.Patient) bool { return s.marked(s.cement, p) }

// isDenseNearCement reports whether a patient position is dense and so close to cement that it may be a vein of it.
func (s *scene) isDenseNearCement(p geom.Patient) bool {
	return s.marked(s.cementNear, p) && s.huAt(p) > hiddenHU
}

func (s *scene) marked(l *filter.Lattice, p geom.Patient) bool {
	if l == nil {
		return false
	}
	r := s.bodyFromPatient.Apply(p).Sub(s.cementCorner)
	return l.At(int(math.Round(r.X)), int(math.Round(r.Y)), int(math.Round(r.Z)))
}

// edge is the cost of a border at p with the outward normal n: low where a bright side lies inside and a dark side outside, on
// windows of w mm. Bone outside (a neighbour, a rib) costs.
func (s *scene) edge(p geom.Patient, n geom.PatientVec, w float64) float64 {
	return s.edgeBy(p, n, w, cementWeight)
}

// edgeBy is edge with another weight for edges of cement.
func (s *scene) edgeBy(p geom.Patient, n geom.PatientVec, w, cement float64) float64 {
	const samples = 4
	in, out := 0.0, 0.0
	for i := range samples {
		d := w * (float64(i) + 0.5) / samples
		in += s.clipped(p.Add(n.Mul(-d)))
		out += s.clipped(p.Add(n.Mul(d)))
	}
	in, out = in/samples, out/samples
	cost := -max(-100, min(300, in-out))/200 + 0.3*max(0, out-220)/100
	if cost < 0 && s.cement != nil && (s.isCement(p) || s.isCement(p.Add(n.Mul(-0.8))) || s.isCement(p.Add(n.Mul(-1.5)))) {
		cost *= cement
	}
	return cost
}

func (s *scene) clipped(p geom.Patient) float64 {
	if s.isCement(p) {
		return edgeHighHU
	}
	return max(edgeLowHU, min(edgeHighHU, s.huAt(p)))
}
