package leak

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// Site names the part of a vertebra through which cement left it.
type Site string

// The sites; NoSite for a piece that no bone with cement touches.
const (
	NoSite           Site = ""
	EndplateSuperior Site = "endplate-superior"
	EndplateInferior Site = "endplate-inferior"
	WallPosterior    Site = "wall-posterior"
	WallAnterior     Site = "wall-anterior"
	WallLeft         Site = "wall-left"
	WallRight        Site = "wall-right"
	Arch             Site = "arch" // pedicle, lamina
)

// Sites lists them all but NoSite.
var Sites = []Site{EndplateSuperior, EndplateInferior, WallPosterior, WallAnterior, WallLeft, WallRight, Arch}

// siteOf names the part of the surface of a body that a point in its coordinates is on: the face that it is nearest to, measured in
// half axes.
func siteOf(v *spine.Vertebra, b geom.Body) Site {
	h := max(1, float64(v.Heights.Middle)/2)
	wide := max(1, float64(v.HalfWidth))
	front := max(1, float64(v.HalfDepth))
	back := max(1, v.Wall.Y(b.X, b.Z))
	up, side, fore, aft := math.Abs(b.Z)/h, math.Abs(b.X)/wide, -b.Y/front, b.Y/back
	switch m := max(up, side, fore, aft); {
	case m == up && b.Z > 0:
		return EndplateSuperior
	case m == up:
		return EndplateInferior
	case m == aft:
		return WallPosterior
	case m == side && b.X > 0:
		return WallLeft
	case m == side:
		return WallRight
	}
	return WallAnterior
}

// breach returns where a piece left its vertebra: the middle of its voxels that touch bone with cement, and the name of that part. A
// piece apart has the point nearest to the body and no name.
func (s *sorter) breach(p *piece, v *spine.Vertebra, nearest geom.Patient) (geom.Patient, Site) {
	var sum, archSum geom.PatientVec
	body, arch := 0.0, 0.0
	for _, o := range p.voxels {
		touchesBody, touchesArch := false, false
		s.neighbours(o, func(q int) {
			switch w := s.owner[q]; {
			case w >= bodyBase && w < archBase:
				touchesBody = true
			case w >= archBase && w < pieceBase:
				touchesArch = true
			}
		})
		at := s.patient(o)
		switch {
		case touchesBody && s.dist[o] < 2:
			sum = sum.Add(at.Sub(geom.Patient{}))
			body++
		case touchesArch:
			archSum = archSum.Add(at.Sub(geom.Patient{}))
			arch++
		}
	}
	inv := v.BodyFromPatient()
	switch {
	case body > 0:
		at := geom.Patient{}.Add(sum.Mul(1 / body))
		return at, siteOf(v, inv.Apply(at))
	case arch > 0:
		return geom.Patient{}.Add(archSum.Mul(1 / arch)), Arch
	}
	return nearest, NoSite
}

// nextEndplate is the least distance from a piece to the surface of another body, 0 where it touches; ok is false without one in view.
func (s *sorter) nextEndplate(p *piece) (mm unit.MM, ok bool) {
	from, least := s.vertebra(p.level), math.Inf(1)
	for _, v := range s.in.Spine.Vertebrae {
		if v == from || v.Field == nil {
			continue
		}
		for _, o := range p.voxels {
			least = min(least, v.Distance(s.patient(o)))
		}
	}
	return unit.MM(max(0, least)), !math.IsInf(least, 1)
}

// coursePoints is the most points that a course is given with.
const coursePoints = 24

// course is the length of a piece along itself: from the voxel farthest along it to the one farthest from that, summed over parts
// that blur has parted; and the middle line of its longest part, from the end nearer to start.
func (s *sorter) course(p *piece, start geom.Patient) (total float64, line []geom.Patient) {
	in := make(map[int]bool, len(p.voxels))
	for _, o := range p.voxels {
		in[o] = true
	}
	done := map[int]bool{}
	longest := -1.0
	for _, o := range p.voxels {
		if done[o] {
			continue
		}
		end, _, reached := s.farthest(in, o)
		for q := range reached {
			done[q] = true
		}
		other, length, way := s.farthest(in, end)
		total += length
		if length > longest {
			longest, line = length, s.trace(way, other)
		}
	}
	if n := len(line); n > 1 && line[n-1].Dist(start) < line[0].Dist(start) {
		for i := range n / 2 {
			line[i], line[n-1-i] = line[n-1-i], line[i]
		}
	}
	return total, line
}

// farthest walks through the voxels of in from start and returns the one that is farthest along the way, and the way to each.
func (s *sorter) farthest(in map[int]bool, start int) (end int, most float64, way map[int]float64) {
	way = map[int]float64{start: 0}
	queue := []int{start}
	for n := 0; n < len(queue); n++ {
		o := queue[n]
		s.neighbours(o, func(q int) {
			if !in[q] {
				return
			}
			d := way[o] + s.step(o, q)
			if old, ok := way[q]; !ok || d < old-1e-9 {
				way[q] = d
				queue = append(queue, q)
			}
		})
	}
	end = start
	for o, d := range way {
		if d > most || d == most && o < end {
			end, most = o, d
		}
	}
	return end, most, way
}

// trace goes back along the way from its end: the mean of the voxels at the same distance along it, in at most coursePoints steps.
func (s *sorter) trace(way map[int]float64, end int) []geom.Patient {
	length := way[end]
	n := max(1, min(coursePoints-1, int(length/1.5)))
	sum, count := make([]geom.PatientVec, n+1), make([]float64, n+1)
	for o, d := range way {
		i := 0
		if length > 0 {
			i = int(math.Round(d / length * float64(n)))
		}
		sum[i] = sum[i].Add(s.patient(o).Sub(geom.Patient{}))
		count[i]++
	}
	var out []geom.Patient
	for i := range sum {
		if count[i] > 0 {
			out = append(out, geom.Patient{}.Add(sum[i].Mul(1/count[i])))
		}
	}
	return out
}
