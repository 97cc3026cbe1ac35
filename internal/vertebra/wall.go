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
// and is carried on sideways through the pedicle roots. A plate of bone behind the wall, parted from it by a dark seam, as an ossified
// posterior longitudinal ligament is, is not body: the wall is what rises in front of the seam.
const (
	wallHalfMM    = 8    // sideways range of the fit
	wallRange     = 0.42 // share of the height
	wallReachMM   = 24.0
	wallRise      = 0.55 // of the strongest rise: the strongest is often cement
	wallScaleMM   = 0.8  // of the Cauchy weights
	pedicleFromMM = 6.0
	pedicleCut    = -0.9 // worth of the cut through a pedicle: as good as an edge
	minWallPoints = 16
	leakRimMM     = 2.2 // a leak thins out: what is next to it may be part of it
	riseStepMM    = 0.4
	plateLeastMM  = 2.0 // thicker than the cortex of a wall as the scan blurs it
	plateMostMM   = 7.0
	seamMostMM    = 3.0
	plateShare    = 0.3 // of the lines from the canal that must show plate, seam and wall
	plateFlatMM   = 0.6 // what rises after the seam lies so near to one sheet
	plateOnShare  = 0.7
	maxWallHU     = 1300 // a thin wall blurred by the scanner stays below; a sheet of cement does not
)

// wall is a fitted posterior wall; ok is false when too little of it was seen.
type wall struct {
	spine.Wall
	ok bool
}

// findWall looks for the wall from the canal forwards.
func (s *scene) findWall() {
	lines := s.wallRises()
	if s.wall, s.wallSeen = s.wallBeforePlate(lines); s.wall.ok {
		return
	}
	var pts, doubtful []geom.Body // behind cement the rise may be a leak in the canal
	for _, r := range lines {
		if s.cementInFront(r.first) {
			doubtful = append(doubtful, r.first)
		} else {
			pts = append(pts, r.first)
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

// wallBeforePlate returns the wall in front of a plate of bone and a seam, with the points seen of it. It is not ok where too few lines
// show both, or where what rises after the seam is no sheet: cement and dense spots in the marrow lie anywhere.
func (s *scene) wallBeforePlate(lines []rise) (wall, []geom.Body) {
	var pts []geom.Body
	for _, r := range lines {
		if r.seam && !s.cementInFront(r.second) {
			pts = append(pts, r.second)
		}
	}
	w := fitWall(pts)
	on := 0
	for _, p := range pts {
		if math.Abs(p.Y-w.Y(p.X, p.Z)) < plateFlatMM {
			on++
		}
	}
	w.ok = w.ok && float64(on) > plateShare*float64(len(lines)) && float64(on) > plateOnShare*float64(len(pts))
	return w, pts
}

// cementInFront reports whether cement lies just in front of a point of the wall.
func (s *scene) cementInFront(p geom.Body) bool {
	return s.isCement(s.patientFromBody.Apply(p.Add(geom.V[geom.BodyFrame](0, -1.5, 0)))) || max(s.hu(p.X, p.Y-0.7, p.Z), s.hu(p.X, p.Y-1.5, p.Z)) > maxWallHU
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

// rise is what one line from the canal forwards meets: bone, and where that is a plate with a dark seam in front of it, the bone after.
type rise struct {
	first, second geom.Body
	seam          bool
}

// wallRises walks forwards from the canal along a grid of lines.
func (s *scene) wallRises() []rise {
	var out []rise
	for z := -wallRange * s.height; z <= wallRange*s.height; z++ {
		yc := s.canal[0] + s.canal[1]*z + s.canal[2]*z*z
		xc := s.canalX[0] + s.canalX[1]*z
		for x := -wallHalfMM; x <= wallHalfMM; x++ {
			if r, ok := s.riseAlong(xc+float64(x), yc, z); ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// riseAlong walks forwards from (x, y0, z) and finds where the CT number first rises nearly as steeply as anywhere.
func (s *scene) riseAlong(x, y0, z float64) (rise, bool) {
	n := int(wallReachMM / riseStepMM)
	f := make([]float64, n)
	for i := range f {
		h := s.hu(x, y0-float64(i)*riseStepMM, z)
		if h < outsideHU {
			return rise{}, false
		}
		f[i] = max(edgeLowHU, min(600, h))
	}
	half := max(2, int(math.Round(s.window(s.patientFromBody.Axis(1), 1)/riseStepMM)))
	steep := make([]float64, n)
	top := 0.0
	for i := half; i < n-half; i++ {
		for d := 1; d <= half; d++ {
			steep[i] += (f[i+d] - f[i-d]) / float64(half)
		}
		top = max(top, steep[i])
	}
	if top < 80 {
		return rise{}, false
	}
	for i := half; i < n-half; i++ {
		if steep[i] >= wallRise*top && steep[i] >= steep[i+1] && steep[i] >= steep[i-1] {
			at := func(i int) geom.Body { return geom.Pt[geom.BodyFrame](x, y0-float64(i)*riseStepMM, z) }
			r := rise{first: at(i)}
			if j, ok := afterSeam(f, i, max(plateLeastMM, 2*s.voxelAlong(s.patientFromBody.Axis(1)))); ok {
				r.second, r.seam = at(j), true
			}
			return r, true
		}
	}
	return rise{}, false
}

// afterSeam looks in front of the bone that begins at index i for a dark seam: bone at least so many mm thick, a narrow gap, bone again. It
// returns where that begins. Levels are half of the way from what lies before the bone to its top.
func afterSeam(f []float64, i int, least float64) (int, bool) {
	mm := func(d float64) int { return int(math.Round(d / riseStepMM)) }
	floor := f[max(0, i-mm(least))]
	peak := i
	for j := i; j < min(len(f), i+mm(plateMostMM)); j++ {
		if f[j] > f[peak] {
			peak = j
		}
	}
	level := (floor + f[peak]) / 2
	end, ok := peak, false
	for end < min(len(f), i+mm(plateMostMM)) && f[end] > level {
		end++
	}
	if end-i < mm(least) || end-i >= mm(plateMostMM) {
		return 0, false
	}
	next := end
	for next < min(len(f), end+mm(seamMostMM)+1) && !ok {
		next++
		ok = next < len(f) && f[next] > level
	}
	return next, ok
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
