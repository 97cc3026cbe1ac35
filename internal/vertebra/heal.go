package vertebra

import (
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// Where cement crosses the border of a body, or dense bone lies against it, the CT shows no edge of the body: the surface there is
// the smoothest continuation of the surface round it: the template, displaced so that the displacement bends least (after
// Botsch and Kobbelt 2004, ACM Trans Graph 23:630), solved by conjugate gradients (Hestenes and Stiefel 1952).
const (
	hiddenNearMM   = 1.0 // cement this far outside a vertex hides its edge
	hiddenFarMM    = 2.0
	hiddenHU       = 700  // outside a body near cement: a vein of it
	veinOverCortex = 1.3  // inside, cortex near cement is no vein
	hiddenRings    = 3    // round such a vertex its neighbours lean towards the cement
	bulgeMM        = 0.7  // above the continuation it is the cement's own surface; continuations are surer near their ends:
	bulgeGrowth    = 0.25 // more for every ring away from what is seen
	bulgeFootMM    = 0.3
	dentHU         = 300
	sheetHU        = 1500 // above every blurred endplate
	leastSheetHU   = 1000
	sheetOverPlate = 1.4 // times the endplates of the same body
	sheetMM        = 4.5 // so deep under the surface a sheet has ended
	sheetFloor     = 0.4
	lookLimit      = 0.55 // share of the surface that may be in doubt for bulges to be looked for
	healLimit      = 0.4  // share of the surface above which there is not enough left to continue
	healSteps      = 200
	healTolerance  = 1e-3 // of the residual
)

// heal puts the hidden parts of a surface on the continuation of the rest and reports which vertices it moved. Hidden is what has
// cement outside, and what stands out on cement like a vein that was taken for bone; a dent that is dark, as a Schmorl node above cement, is seen and stays.
func (s *scene) heal(m *mesh.Mesh) []bool {
	net := sphereNet()
	free, inside := s.hiddenVertices(m)
	dense := s.sheetLimit(m)
	both := make([]bool, len(free))
	for i := range both {
		both[i] = free[i] || inside[i]
	}
	if share(both) > 0 && share(both) < lookLimit {
		filled := net.continued(m.Vertices, s.start, both)
		normals := (&mesh.Mesh{Vertices: filled, Triangles: m.Triangles}).Normals()
		deep := net.depth(both)
		foot := make([]bool, len(free)) // of a bulge: what rises at all
		for i, p := range m.Vertices {
			if !inside[i] {
				continue
			}
			off := p.Sub(filled[i]).Dot(normals[i])
			doubt := bulgeMM
			if !s.isSheetAbove(p, normals[i], dense) {
				doubt += bulgeGrowth * float64(deep[i]-1)
			}
			if off > doubt || off < -doubt && s.huAt(p.Lerp(filled[i], 0.6)) > dentHU {
				free[i] = true
			}
			foot[i] = off > bulgeFootMM
		}
		net.flood(free, foot) // a bulge is free as a whole: what stayed of it would hold up the rest
	}
	if x := share(free); x == 0 || x > healLimit {
		return make([]bool, len(free))
	}
	for i, p := range net.continued(m.Vertices, s.start, free) {
		if free[i] {
			m.Vertices[i] = p
		}
	}
	return free
}

// isSheet reports whether a plate denser than any endplate, with something darker below it, lies under a surface: cement that spread
// between endplate and disc, or less often on the endplate's inner side.
func (s *scene) isSheet(p geom.Patient, n geom.PatientVec) bool { return s.isSheetAbove(p, n, sheetHU) }

// isSheetAbove is isSheet for a plate denser than the limit.
func (s *scene) isSheetAbove(p geom.Patient, n geom.PatientVec, limit float64) bool {
	peak := 0.0
	for _, d := range []float64{1, 1.5, 2, 2.5} {
		peak = max(peak, s.huAt(p.Add(n.Mul(-d))))
	}
	return peak > limit && s.huAt(p.Add(n.Mul(-sheetMM))) < sheetFloor*peak
}

// sheetLimit is the density from which a plate on an endplate is cement: well above the endplates of this body as the scan blurs them.
func (s *scene) sheetLimit(m *mesh.Mesh) float64 {
	if s.cement == nil {
		return sheetHU
	}
	var peaks []float64
	normals := m.Normals()
	z := s.patientFromBody.Axis(2)
	for i, p := range m.Vertices {
		if c := normals[i].Dot(z); c > -plateCos && c < plateCos || s.marked(s.cement, p) {
			continue
		}
		peak := 0.0
		for d := 0.0; d <= 2; d += 0.5 {
			peak = max(peak, s.huAt(p.Add(normals[i].Mul(-d))))
		}
		peaks = append(peaks, peak)
	}
	if len(peaks) < minWallPoints {
		return sheetHU
	}
	return min(sheetHU, max(leastSheetHU, sheetOverPlate*median(peaks)))
}

// share is the part of the vertices that is marked.
func share(marked []bool) float64 {
	n := 0
	for _, on := range marked {
		if on {
			n++
		}
	}
	return float64(n) / float64(len(marked))
}

// hiddenVertices returns the vertices with something dense outside, and those with cement inside, each with the rings round them.
func (s *scene) hiddenVertices(m *mesh.Mesh) (outside, inside []bool) {
	net := sphereNet()
	outside, inside = make([]bool, len(m.Vertices)), make([]bool, len(m.Vertices))
	normals := m.Normals()
	vein := max(hiddenHU, veinOverCortex*s.cortexPeak(m, normals))
	for i, p := range m.Vertices {
		if s.onPedicle(p) {
			continue
		}
		for _, d := range []float64{hiddenNearMM, hiddenFarMM} {
			q := p.Add(normals[i].Mul(d))
			outside[i] = outside[i] || (s.isCement(q) || s.isDenseNearCement(q)) && !s.atRoot(q)
		}
		inner := p.Add(normals[i].Mul(-hiddenNearMM))
		inside[i] = s.isCement(p) || s.isCement(inner) || s.isDenseNearCement(inner) && s.huAt(inner) > vein
	}
	for range hiddenRings {
		net.grow(outside)
	}
	net.grow(inside)
	return outside, inside
}

// cortexPeak is the median over the surface, away from cement, of the highest CT number of the cortex, 0 when cement is everywhere.
func (s *scene) cortexPeak(m *mesh.Mesh, normals []geom.PatientVec) float64 {
	var peaks []float64
	for i, p := range m.Vertices {
		if s.marked(s.cementNear, p) || s.onPedicle(p) {
			continue
		}
		peak := 0.0
		for d := 0.0; d <= 2; d += 0.5 {
			peak = max(peak, s.huAt(p.Add(normals[i].Mul(-d))))
		}
		peaks = append(peaks, peak)
	}
	if len(peaks) < len(m.Vertices)/20 {
		return 0
	}
	return median(peaks)
}

// grow marks the neighbours of marked vertices.
func (n *net) grow(marked []bool) {
	old := append([]bool(nil), marked...)
	for i, r := range n.ring {
		for _, j := range r {
			marked[i] = marked[i] || old[j]
		}
	}
}

// flood marks what can be reached from marked vertices through those that may be.
func (n *net) flood(marked, may []bool) {
	var stack []int32
	for i, on := range marked {
		if on {
			stack = append(stack, int32(i))
		}
	}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, j := range n.ring[i] {
			if may[j] && !marked[j] {
				marked[j] = true
				stack = append(stack, j)
			}
		}
	}
}

// depth returns how many rings each marked vertex lies away from the unmarked ones, 0 for those.
func (n *net) depth(marked []bool) []int {
	out := make([]int, len(marked))
	var front []int32
	for i, on := range marked {
		out[i] = -1
		if !on {
			out[i] = 0
			front = append(front, int32(i))
		}
	}
	for len(front) > 0 {
		var next []int32
		for _, i := range front {
			for _, j := range n.ring[i] {
				if out[j] < 0 {
					out[j] = out[i] + 1
					next = append(next, j)
				}
			}
		}
		front = next
	}
	return out
}

// continued returns the positions with those of the free vertices chosen so that the displacement from the start, a surface with the
// rims in their places, bends least; nil is a start in one point.
func (n *net) continued(p, start []geom.Patient, free []bool) []geom.Patient {
	if start == nil {
		start = slices.Repeat([]geom.Patient{p[0]}, len(p))
	}
	bend := func(out, x []geom.PatientVec) { // the Laplacian
		for i, r := range n.ring {
			var sum geom.PatientVec
			for _, j := range r {
				sum = sum.Add(x[j])
			}
			out[i] = sum.Mul(1 / float64(len(r))).Sub(x[i])
		}
	}
	back := func(out, y []geom.PatientVec) { // its transpose, on the free vertices
		for i, r := range n.ring {
			out[i] = geom.PatientVec{}
			if !free[i] {
				continue
			}
			out[i] = y[i].Mul(-1)
			for _, j := range r {
				out[i] = out[i].Add(y[j].Mul(1 / float64(len(n.ring[j]))))
			}
		}
	}
	dot := func(a, b []geom.PatientVec) (d float64) {
		for i := range a {
			d += a[i].Dot(b[i])
		}
		return d
	}
	size := len(p)
	x, y, r, q := make([]geom.PatientVec, size), make([]geom.PatientVec, size), make([]geom.PatientVec, size), make([]geom.PatientVec, size)
	for i := range p {
		x[i] = p[i].Sub(start[i])
	}
	bend(y, x)
	back(r, y)
	for i := range r {
		r[i] = r[i].Mul(-1)
	}
	d := append([]geom.PatientVec(nil), r...)
	rr := dot(r, r)
	limit := rr * healTolerance * healTolerance
	for step := 0; step < healSteps && rr > limit; step++ {
		bend(y, d)
		back(q, y)
		a := rr / max(1e-30, dot(d, q))
		for i := range x {
			x[i], r[i] = x[i].Add(d[i].Mul(a)), r[i].Sub(q[i].Mul(a))
		}
		next := dot(r, r)
		for i := range d {
			d[i] = r[i].Add(d[i].Mul(next / rr))
		}
		rr = next
	}
	out := make([]geom.Patient, size)
	for i := range out {
		out[i] = start[i].Add(x[i])
	}
	return out
}
