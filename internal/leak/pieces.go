package leak

import (
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// piece is cement outside the bone while it is being put together.
type piece struct {
	voxels      []int // solid ones
	compartment anatomy.Compartment
	level       int16 // place of the vertebra it came from
	protrusion  float64
	island      bool // no cement in a body or arch touches it
	mm3         float64
	doubt       float64 // standard deviation of mm3 from Input.Doubt
	scale       float64 // standard deviation of mm3 from Input.Scale, but for its sign
}

const (
	backMM           = 2.0  // how far a piece is carried back from its protruding part to the bone
	wallMM           = 0.8  // depth in the canal or foramen that makes cement behind the wall more than contact
	trackLateral     = 12.0 // mm beside the pedicle that a needle's track may lie
	trackBehindMM    = 2.0
	protrusionVoxels = 1.5
	knownVoxels      = 1.0 // where a pre CT shows the border that cement hides
	mostProtrusionMM = 2.5 // in thick slices one and a half voxels would hide most leaks
	wallShare        = 0.3 // of a slender piece that lies outside the discs or at their rim makes it run along the wall
	wallLengthMM     = 10.0
	rimShare         = 0.9 // of the half axes of a body
	joinMM           = 4.0 // gap between pieces of one compartment that are one leak: blur interrupts thin veins
	farMM            = 20  // a piece apart further than this from every body is distant
)

// findPieces makes pieces of the unsettled voxels: what protrudes starts them, the way back to the bone is theirs, the rest is
// contact and goes back to the bone.
func (s *sorter) findPieces() {
	start := map[int]bool{}
	for o, w := range s.owner {
		if w == unsettled && s.protrudes(o) {
			start[o] = true
		}
	}
	for _, c := range s.components(func(o int) int32 {
		if start[o] {
			return 1
		}
		return 0
	}) {
		p := &piece{voxels: c}
		for _, o := range c {
			p.protrusion = max(p.protrusion, float64(s.dist[o]))
		}
		s.pieces = append(s.pieces, p)
		s.setOwner(c, pieceBase+int32(len(s.pieces))-1)
	}
	s.carryBack()
	s.settleContact()
	s.source()
	s.splitPieces()
}

func (s *sorter) setOwner(voxels []int, owner int32) {
	for _, o := range voxels {
		s.owner[o] = owner
	}
}

// protrudes reports whether a voxel lies further beyond the bone than errors of its border reach. In the canal and foramina,
// next to the wall of the body, depth behind the wall counts too.
func (s *sorter) protrudes(o int) bool {
	return float64(s.dist[o]) >= s.protrusion(o)
}

// protrusion is how far the centre of a voxel must lie beyond the bone: the cement in it ends up to half a voxel further.
func (s *sorter) protrusion(o int) float64 {
	across, voxels := s.spacing[0], protrusionVoxels
	if v := s.vertebra(s.of[o]); v != nil {
		if s.in.BorderKnown[v.Level] {
			voxels = knownVoxels
		}
		axis := v.PatientFromBody.Axis(2)
		if s.region[o] == spine.InDisc && math.Abs(axis.Dot(s.in.Post.Normal)) > 0.6 {
			across = s.spacing[2]
		}
	}
	return max(float64(s.opt.ProtrusionMM), min(voxels*across, mostProtrusionMM)) - across/2
}

func (s *sorter) vertebra(n int16) *spine.Vertebra {
	if n < 0 || int(n) >= len(s.in.Spine.Vertebrae) {
		return nil
	}
	return s.in.Spine.Vertebrae[n]
}

// carryBack gives unsettled voxels near the protruding part of a piece to it, by breadth-first search from all pieces at once.
func (s *sorter) carryBack() {
	way := map[int]float64{}
	var queue []int
	for _, p := range s.pieces {
		for _, o := range p.voxels {
			way[o] = 0
			queue = append(queue, o)
		}
	}
	for n := 0; n < len(queue); n++ {
		o := queue[n]
		s.neighbours(o, func(q int) {
			d := way[o] + s.step(o, q)
			if w := s.owner[q]; w >= pieceBase && w != s.owner[o] && way[o]+way[q] < backMM {
				s.unite(s.owner[o], w)
				return
			}
			if s.owner[q] != unsettled || d > backMM {
				return
			}
			s.owner[q] = s.owner[o]
			way[q] = d
			p := s.pieces[s.owner[o]-pieceBase]
			p.voxels = append(p.voxels, q)
			queue = append(queue, q)
		})
	}
}

// unite joins two pieces that meet on the way back to the bone.
func (s *sorter) unite(a, b int32) {
	a, b = min(a, b), max(a, b)
	into, from := s.pieces[a-pieceBase], s.pieces[b-pieceBase]
	s.setOwner(from.voxels, a)
	into.voxels = append(into.voxels, from.voxels...)
	into.protrusion = max(into.protrusion, from.protrusion)
	from.voxels = nil
}

// settleContact gives what is still unsettled to the bone it touches.
func (s *sorter) settleContact() {
	for _, c := range s.components(func(o int) int32 {
		if s.owner[o] == unsettled {
			return 1
		}
		return 0
	}) {
		owner := nobody
		for _, o := range c {
			s.neighbours(o, func(q int) {
				if w := s.owner[q]; w >= bodyBase && w < pieceBase && owner == nobody {
					owner = w
				}
			})
		}
		if owner == nobody { // touches no bone: the nearest body's rim
			if v, _ := s.in.Spine.Nearest(s.patient(c[0])); v != nil {
				owner = bodyBase + int32(s.placeOf[v])
			}
		}
		s.setOwner(c, owner)
	}
}

// source finds the vertebra that each piece came from: the body or arch that it touches most, for a piece apart the nearest one
// that holds new cement.
func (s *sorter) source() {
	inBody := map[int16]float64{}
	for o, w := range s.owner {
		if w >= bodyBase && w < archBase {
			inBody[int16(w-bodyBase)] += s.mm3(o)
		}
	}
	treated := func(n int16) bool { return inBody[n] > 50 }
	for id, p := range s.pieces {
		if len(p.voxels) == 0 {
			continue
		}
		touch := map[int16]int{}
		for _, o := range p.voxels {
			s.neighbours(o, func(q int) {
				switch w := s.owner[q]; {
				case w >= archBase && w < pieceBase:
					touch[int16(w-archBase)]++
				case w >= bodyBase && w < archBase:
					touch[int16(w-bodyBase)]++
				}
			})
		}
		p.level, p.island = -1, len(touch) == 0
		most := 0
		for n := range s.in.Spine.Vertebrae {
			c := touch[int16(n)]
			if treated(int16(n)) {
				c *= 4 // cement comes from where cement is
			}
			if c > most {
				p.level, most = int16(n), c
			}
		}
		if p.level >= 0 {
			p.level = s.treatedBeside(p.level, treated)
			continue
		}
		if n, ok := s.touching(id); ok {
			p.level = n
			continue
		}
		least := math.Inf(1)
		for n, v := range s.in.Spine.Vertebrae {
			if !treated(int16(n)) && len(inBody) > 0 {
				continue
			}
			for i := 0; i < len(p.voxels); i += 1 + len(p.voxels)/60 {
				if d := v.Distance(s.patient(p.voxels[i])); d < least {
					p.level, least = int16(n), d
				}
			}
		}
	}
}

// treatedBeside returns the vertebra itself when it holds cement or no neighbour does, else its treated neighbour: a vein that runs
// along an untreated body came from the next one.
func (s *sorter) treatedBeside(n int16, treated func(int16) bool) int16 {
	if treated(n) {
		return n
	}
	for _, m := range []int16{n + 1, n - 1} {
		if s.vertebra(m) != nil && treated(m) {
			return m
		}
	}
	return n
}

// touching returns the level of another piece, already placed, that touches piece id.
func (s *sorter) touching(id int) (int16, bool) {
	for _, o := range s.pieces[id].voxels {
		found := int16(-1)
		s.neighbours(o, func(q int) {
			if w := s.owner[q]; w >= pieceBase && int(w-pieceBase) < id {
				found = s.pieces[w-pieceBase].level
			}
		})
		if found >= 0 {
			return found, true
		}
	}
	return 0, false
}

// splitPieces names the compartment of every piece; a piece with much of it in two is divided.
func (s *sorter) splitPieces() {
	var out []*piece
	for _, p := range s.pieces {
		if p.level < 0 {
			s.setOwner(p.voxels, nobody)
			continue
		}
		parts := map[anatomy.Compartment][]int{}
		names := make([]anatomy.Compartment, len(p.voxels))
		total := 0.0
		mm3 := map[anatomy.Compartment]float64{}
		for i, o := range p.voxels {
			names[i] = s.compartment(o, p)
			v := s.mm3(o)
			mm3[names[i]] += v
			total += v
		}
		if s.followsWall(p, names, total) {
			// A vein along the wall passes the rim of a disc without being in it.
			for i, k := range names {
				if isDisc(k) {
					names[i] = anatomy.SoftTissue
					mm3[anatomy.SoftTissue] += s.mm3(p.voxels[i])
				}
			}
			mm3[anatomy.DiscSuperior], mm3[anatomy.DiscInferior] = 0, 0
		}
		var kept []anatomy.Compartment
		for _, c := range anatomy.Compartments {
			if mm3[c] > 1000*float64(s.opt.SplitML) && mm3[c] > s.opt.SplitFraction*total {
				kept = append(kept, c)
			}
		}
		if len(kept) == 0 {
			kept = []anatomy.Compartment{largest(mm3)}
		}
		centre := map[anatomy.Compartment]geom.PatientVec{}
		count := map[anatomy.Compartment]float64{}
		for i, o := range p.voxels {
			q := s.patient(o)
			centre[names[i]] = centre[names[i]].Add(geom.LPSVec(q.X, q.Y, q.Z))
			count[names[i]]++
		}
		for i, o := range p.voxels {
			name := names[i]
			if !contains(kept, name) {
				name = kept[0]
				least := math.Inf(1)
				q := s.patient(o)
				for _, k := range kept {
					m := centre[k].Mul(1 / count[k])
					if d := q.Dist(geom.LPS(m.X, m.Y, m.Z)); count[k] > 0 && d < least {
						name, least = k, d
					}
				}
			}
			parts[name] = append(parts[name], o)
		}
		for _, k := range kept {
			q := &piece{voxels: parts[k], compartment: k, level: p.level, island: p.island}
			for _, o := range q.voxels {
				q.protrusion = max(q.protrusion, float64(s.dist[o]))
			}
			sort.Ints(q.voxels)
			out = append(out, q)
		}
	}
	s.pieces = s.joined(out)
	for n, p := range s.pieces {
		s.setOwner(p.voxels, pieceBase+int32(n))
	}
}

// followsWall reports whether a slender piece runs outside the bodies: enough of it outside the discs, or near their rim only.
func (s *sorter) followsWall(p *piece, names []anatomy.Compartment, mm3 float64) bool {
	outside, disc, rim := 0.0, 0.0, 0.0
	for i, o := range p.voxels {
		switch v := s.mm3(o); {
		case names[i] == anatomy.SoftTissue:
			outside += v
		case isDisc(names[i]):
			disc += v
			if s.atRim(o, s.vertebra(p.level)) {
				rim += v
			}
		}
	}
	if disc == 0 || outside+rim < wallShare*(outside+disc) {
		return false
	}
	length, _ := s.course(p, geom.Patient{})
	return length > wallLengthMM && isVein(mm3, length)
}

// atRim reports whether a voxel of a disc lies beyond or at the outline of the body.
func (s *sorter) atRim(o int, v *spine.Vertebra) bool {
	inv := v.BodyFromPatient()
	b := inv.Apply(s.patient(o))
	return sq(b.X/max(1, float64(v.HalfWidth)))+sq(b.Y/max(1, float64(v.HalfDepth))) > sq(rimShare)
}

func sq(x float64) float64 { return x * x }

func isDisc(c anatomy.Compartment) bool {
	return c == anatomy.DiscSuperior || c == anatomy.DiscInferior
}

// joined returns the pieces with those of one level and compartment made one that lie close together.
func (s *sorter) joined(in []*piece) []*piece {
	near := func(a, b *piece) bool {
		for i := 0; i < len(a.voxels); i += 1 + len(a.voxels)/300 {
			for j := 0; j < len(b.voxels); j += 1 + len(b.voxels)/300 {
				if s.step(a.voxels[i], b.voxels[j]) < joinMM {
					return true
				}
			}
		}
		return false
	}
	for again := true; again; {
		again = false
		for i := 0; i < len(in) && !again; i++ {
			for j := i + 1; j < len(in); j++ {
				a, b := in[i], in[j]
				if a.level != b.level || a.compartment != b.compartment || !near(a, b) {
					continue
				}
				a.voxels = append(a.voxels, b.voxels...)
				a.protrusion = max(a.protrusion, b.protrusion)
				a.island = a.island && b.island
				in = append(in[:j], in[j+1:]...)
				again = true
				break
			}
		}
	}
	return in
}

func largest(m map[anatomy.Compartment]float64) anatomy.Compartment {
	best := anatomy.SoftTissue
	for _, c := range anatomy.Compartments {
		if m[c] > m[best] {
			best = c
		}
	}
	return best
}

func contains(list []anatomy.Compartment, c anatomy.Compartment) bool {
	for _, x := range list {
		if x == c {
			return true
		}
	}
	return false
}

// compartment names where a voxel of a piece lies; veins and soft tissue are told apart later, by the shape of the whole.
func (s *sorter) compartment(o int, p *piece) anatomy.Compartment {
	return s.compartmentAt(s.region[o], s.patient(o), p)
}

// compartmentAt names a place in a region for a piece.
func (s *sorter) compartmentAt(region spine.Region, at geom.Patient, p *piece) anatomy.Compartment {
	from := s.vertebra(p.level)
	switch region {
	case spine.InCanal:
		return anatomy.Canal
	case spine.InForamen:
		return anatomy.Foramen
	case spine.InDisc, spine.InBody:
		if from.Cranial(at) {
			return anatomy.DiscSuperior
		}
		return anatomy.DiscInferior
	case spine.InArch:
		return anatomy.NeedleTrack
	}
	inv := from.BodyFromPatient()
	b := inv.Apply(at)
	if b.Y > from.Wall.Y(b.X, b.Z)+trackBehindMM && math.Abs(b.X) < float64(from.HalfWidth)+trackLateral {
		return anatomy.NeedleTrack
	}
	if p.island && from.Distance(at) > farMM {
		return anatomy.Distant
	}
	return anatomy.SoftTissue
}
