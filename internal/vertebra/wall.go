package vertebra

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
)

// The posterior wall: seen from the canal the first strong rise, fitted by a smooth sheet that closes the basivertebral foramen
// and is carried on sideways through the pedicle roots.
const (
	wallHalfMM    = 8    // sideways range of the fit
	wallRange     = 0.42 // share of the height
	wallReachMM   = 24.0
	wallRise      = 0.55 // of the strongest rise: the strongest is often cement
	wallScaleMM   = 0.8  // of the Cauchy weights
	pedicleFromMM = 6.0
	pedicleCut    = -0.9 // worth of the cut through a pedicle: as good as an edge
	minWallPoints = 16
	leakRimMM     = 2.2  // a leak thins out: what is next to it may be part of it
	maxWallHU     = 1300 // a thin wall blurred by the scanner stays below; a sheet of cement does not
)

// wall is a fitted posterior wall; ok is false when too little of it was seen.
type wall struct {
	spine.Wall
	ok bool
}

// findWall looks for the wall from the canal forwards.
func (s *scene) findWall() {
	var pts, doubtful []geom.Body // behind cement the rise may be a leak in the canal
	for z := -wallRange * s.height; z <= wallRange*s.height; z++ {
		yc := s.canal[0] + s.canal[1]*z + s.canal[2]*z*z
		xc := s.canalX[0] + s.canalX[1]*z
		for x := -wallHalfMM; x <= wallHalfMM; x++ {
			y, ok := s.firstRise(xc+float64(x), yc, z)
			if !ok {
				continue
			}
			p := geom.Pt[geom.BodyFrame](xc+float64(x), y, z)
			if s.isCement(s.patientFromBody.Apply(p.Add(geom.V[geom.BodyFrame](0, -1.5, 0)))) || max(s.hu(p.X, p.Y-0.7, p.Z), s.hu(p.X, p.Y-1.5, p.Z)) > maxWallHU {
				doubtful = append(doubtful, p)
			} else {
				pts = append(pts, p)
			}
		}
	}
	var sure []geom.Body
	for _, p := range pts {
		if !slices.ContainsFunc(doubtful, func(q geom.Body) bool { return math.Hypot(p.X-q.X, p.Z-q.Z) < leakRimMM }) {
			sure = append(sure, p)
		}
	}
	s.wallSeen = sure
	for _, set := range [][]geom.Body{sure, pts, append(pts, doubtful...)} {
		if s.wall = fitWall(set); s.wall.ok {
			return
		}
	}
}

// The surface keeps to the wall between the pedicles: it neither sinks into the basivertebral foramen, which the wall closes, nor
// follows cement into the canal. A fragment pushed back counts as far as it was seen from the canal.
const (
	hollowMM     = 0.6 // a wall is this much more hollow than its fit
	humpMM       = 0.5 // and stands out by this much from what was seen of it
	backCos      = 0.5 // faces that look backwards
	backMarginMM = 3.0 // from the endplates: the rims are rounded
	seenNearMM   = 1.6
	hiddenWallMM = 0.15 // of a face that cement hides: it is the wall
	strayMM      = 1.0  // vertices farther off follow something else
	usualWallMM  = -0.4 // where none is seen: the median of the phantoms
)

// backFace returns the vertices on the wall between the pedicles: not the folds of sunken endplates, which look backwards too.
func (s *scene) backFace(m *mesh.Mesh) []bool {
	out := make([]bool, len(m.Vertices))
	normals := m.Normals()
	for i, p := range m.Vertices {
		b := s.bodyFromPatient.Apply(p)
		out[i] = s.bodyFromPatient.ApplyVec(normals[i]).Y > backCos && math.Abs(b.X-s.canalX[0]) < wallHalfMM && b.Y > s.wall.Y(b.X, b.Z)-wallRoomMM &&
			b.Z < s.top.z(b.X, b.Y)-backMarginMM && b.Z > s.bottom.z(b.X, b.Y)+backMarginMM
	}
	return out
}

// settleWall moves the wall, fitted to the steepest rise, to where the refined surface shows it: a thin cortex is steepest half a
// millimetre outside itself.
func (s *scene) settleWall(m *mesh.Mesh, seen []shift) {
	if !s.wall.ok {
		return
	}
	var off []float64
	for i, on := range s.back {
		if on && seen[i].ok {
			b := s.bodyFromPatient.Apply(m.Vertices[i])
			if d := b.Y - s.wall.Y(b.X, b.Z); math.Abs(d) < strayMM {
				off = append(off, d)
			}
		}
	}
	d := usualWallMM
	if len(off) >= minWallPoints {
		d = median(off)
	}
	s.wall.Q0 += d
	for i := range s.wallSeen {
		s.wallSeen[i].Y += d
	}
}

// closeWall puts the vertices of the back face that stray from the wall back to it.
func (s *scene) closeWall(m *mesh.Mesh, back []bool) { s.keepToWall(m, back, hollowMM, humpMM) }

// keepToWall allows the back face to lie this far in front of the wall, and behind it or behind what was seen of it.
func (s *scene) keepToWall(m *mesh.Mesh, back []bool, hollow, hump float64) {
	if !s.wall.ok {
		return
	}
	for i, on := range back {
		if !on {
			continue
		}
		b := s.bodyFromPatient.Apply(m.Vertices[i])
		y := s.wall.Y(b.X, b.Z)
		if b.Y >= y-hollow && b.Y <= y+hump {
			continue
		}
		b.Y = max(y-hollow, min(max(y, s.wallNear(b))+hump, b.Y))
		m.Vertices[i] = s.patientFromBody.Apply(b)
	}
}

// wallPoints returns points of the wall between the pedicles.
func (s *scene) wallPoints() []geom.Patient {
	var out []geom.Patient
	for z := -wallRange * s.height; z <= wallRange*s.height; z += 2 {
		for x := -wallHalfMM; x <= wallHalfMM; x += 2 {
			x := s.canalX[0] + s.canalX[1]*z + float64(x)
			out = append(out, s.patientFromBody.Apply(geom.Pt[geom.BodyFrame](x, s.wall.Y(x, z), z)))
		}
	}
	return out
}

// wallNear returns the median of the wall as seen from the canal near (x, z), -Inf where it was not seen.
func (s *scene) wallNear(b geom.Body) float64 {
	var y []float64
	for _, p := range s.wallSeen {
		if math.Abs(p.X-b.X) < seenNearMM && math.Abs(p.Z-b.Z) < seenNearMM {
			y = append(y, p.Y)
		}
	}
	if len(y) < 3 {
		return math.Inf(-1)
	}
	return median(y)
}

// firstRise walks forwards from (x, y0, z) and returns where the CT number first rises nearly as steeply as anywhere.
func (s *scene) firstRise(x, y0, z float64) (float64, bool) {
	const step = 0.4
	n := int(wallReachMM / step)
	f := make([]float64, n)
	for i := range f {
		h := s.hu(x, y0-float64(i)*step, z)
		if h < outsideHU {
			return 0, false
		}
		f[i] = max(edgeLowHU, min(600, h))
	}
	half := max(2, int(math.Round(s.window(s.patientFromBody.Axis(1), 1)/step)))
	rise := make([]float64, n)
	top := 0.0
	for i := half; i < n-half; i++ {
		for d := 1; d <= half; d++ {
			rise[i] += (f[i+d] - f[i-d]) / float64(half)
		}
		top = max(top, rise[i])
	}
	if top < 80 {
		return 0, false
	}
	for i := half; i < n-half; i++ {
		if rise[i] >= wallRise*top && rise[i] >= rise[i+1] && rise[i] >= rise[i-1] {
			return y0 - float64(i)*step, true
		}
	}
	return 0, false
}

// fitWall fits y = q0 + q1 z + q2 z2 + q3 x2 + q4 x by least squares reweighted with Cauchy weights (Holland and Welsch 1977,
// Commun Stat A6:813), starting from the median.
func fitWall(pts []geom.Body) wall {
	if len(pts) < minWallPoints {
		return wall{}
	}
	ys := make([]float64, len(pts))
	for i, p := range pts {
		ys[i] = p.Y
	}
	q := [5]float64{median(ys)}
	eval := func(p geom.Body) float64 {
		return q[0] + q[1]*p.Z + q[2]*p.Z*p.Z + q[3]*p.X*p.X + q[4]*p.X
	}
	scale := 3.0 // wide at first, so that the median need not be near
	for range 12 {
		a := mat.NewSymDense(5, nil)
		b := mat.NewVecDense(5, nil)
		for _, p := range pts {
			r := (p.Y - eval(p)) / scale
			w := 1 / (1 + r*r)
			row := [5]float64{1, p.Z, p.Z * p.Z, p.X * p.X, p.X}
			for i := range 5 {
				b.SetVec(i, b.AtVec(i)+w*row[i]*p.Y)
				for j := i; j < 5; j++ {
					a.SetSym(i, j, a.At(i, j)+w*row[i]*row[j])
				}
			}
		}
		// A weak pull to a flat sheet: small bodies have few rows.
		for i, ridge := range [5]float64{0, 10, 1e4, 1e4, 10} {
			a.SetSym(i, i, a.At(i, i)+ridge)
		}
		var c mat.Cholesky
		if !c.Factorize(a) {
			return wall{}
		}
		var x mat.VecDense
		if err := c.SolveVecTo(&x, b); err != nil {
			return wall{}
		}
		for i := range q {
			q[i] = x.AtVec(i)
		}
		scale = max(wallScaleMM, 0.7*scale)
	}
	return wall{Wall: spine.Wall{Q0: q[0], Q1: q[1], Q2: q[2], Q3: q[3], Q4: q[4]}, ok: true}
}
