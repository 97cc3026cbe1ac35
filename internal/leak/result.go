package leak

import (
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

const (
	treatedML    = 0.05 // new cement in a body that makes it treated even when no leak comes from it
	contactMM    = 1.5  // cement this close to an endplate touches it
	contactMM2   = 15
	crossShare   = 0.05 // of the cement on the lesser side
	crossDepthMM = 1.0
	priorReachMM = 3.0 // earlier cement this close to a body is of that body
	intrinsicSD  = 0.009
	surfaceSDMM  = 0.012 // error of the cement's surface: background and texture
)

// result adds everything up.
func (s *sorter) result() Result {
	r := Result{Class: make([]anatomy.CementClass, len(s.owner))}
	kept := map[int32]int{} // piece -> place in r.Leaks
	for n, p := range s.pieces {
		l, ok := s.describe(p)
		if !ok {
			s.giveBack(int32(n), p)
			continue
		}
		kept[pieceBase+int32(n)] = len(r.Leaks)
		r.Leaks = append(r.Leaks, l)
	}
	order := make([]int, len(r.Leaks))
	for i := range order {
		order[i] = i
	}
	place := map[anatomy.Level]int{}
	for n, v := range s.in.Spine.Vertebrae {
		place[v.Level] = n
	}
	sort.SliceStable(order, func(a, b int) bool {
		x, y := &r.Leaks[order[a]], &r.Leaks[order[b]]
		if x.Level != y.Level {
			return place[x.Level] < place[y.Level]
		}
		return x.VolumeML > y.VolumeML
	})
	sorted := make([]Leak, len(order))
	for to, from := range order {
		sorted[to] = r.Leaks[from]
		sorted[to].ID, sorted[to].Rival = to+1, s.rival(sorted[to])
	}
	r.Leaks = sorted
	for o, w := range s.owner {
		if s.in.Solid[o] == anatomy.CementPrior {
			r.Class[o] = anatomy.CementPrior
		}
		if s.in.Solid[o] != anatomy.CementInBody {
			continue
		}
		switch {
		case w >= pieceBase:
			r.Class[o] = anatomy.CementLeaked
		case w >= archBase:
			r.Class[o] = anatomy.CementInPedicle
		default:
			r.Class[o] = anatomy.CementInBody
		}
	}
	s.bodies(&r)
	return r
}

// giveBack returns a piece that is no leak to the bone that it came from.
func (s *sorter) giveBack(n int32, p *piece) {
	to := nobody
	if !p.island && p.level >= 0 {
		to = bodyBase + int32(p.level)
		s.sink.Add(diag.CodeLeakContact, s.vertebra(p.level).Level, nil)
	}
	for o, w := range s.owner {
		if w == pieceBase+n {
			s.owner[o] = to
		}
	}
}

// tally is the cement of one body while it is added up, in mm3.
type tally struct {
	in, pedicle, prior                       float64
	left, right, anterior, middle, posterior float64
	superior, inferior                       float64 // contact in mm2
	surface                                  float64 // of the cement, mm2
	doubt                                    float64 // standard deviation
	scale                                    float64 // standard deviation from the plateau, but for its sign
	border                                   float64 // standard deviation: what the error of the bone's border moves between body and leaks
	farLeft, farRight                        bool
}

func (s *sorter) bodies(r *Result) {
	sums := make([]tally, len(s.in.Spine.Vertebrae))
	for o, w := range s.owner {
		mm3 := s.mm3(o)
		if s.in.Prior[o] != 0 {
			if v, d := s.in.Spine.Nearest(s.patient(o)); v != nil && d < priorReachMM {
				sums[s.placeOf[v]].prior += float64(s.in.Prior[o]) * mm3
			}
		}
		switch {
		case w >= archBase && w < pieceBase:
			sums[w-archBase].pedicle += float64(s.in.New[o]) * mm3
		case w >= bodyBase && w < archBase:
			s.addBody(&sums[w-bodyBase], s.in.Spine.Vertebrae[w-bodyBase], o)
		}
	}
	for n, v := range s.in.Spine.Vertebrae {
		if v.Body == nil {
			continue
		}
		t := &sums[n]
		b := Body{Level: v.Level, InBodyML: unit.MM3(t.in).ML(), InPedicleML: unit.MM3(t.pedicle).ML(), PriorML: unit.MM3(t.prior).ML()}
		for _, l := range r.Leaks {
			if l.Level == v.Level {
				b.LeakIDs = append(b.LeakIDs, l.ID)
				t.border += l.border
			}
		}
		b.Treated = b.InBodyML >= treatedML || len(b.LeakIDs) > 0
		if t.in > 0 {
			scale := math.Hypot(t.scale, intrinsicSD*t.in)
			b.IntervalML = interval(t.in, math.Hypot(math.Hypot(scale, surfaceSDMM*t.surface), math.Hypot(t.doubt, t.border)))
		}
		if b.InBodyML >= treatedML {
			b.Distribution = t.distribution()
		}
		r.Bodies = append(r.Bodies, b)
	}
}

// addBody adds a voxel to its body: where it lies and whether it touches an endplate.
func (s *sorter) addBody(t *tally, v *spine.Vertebra, o int) {
	mm3 := float64(s.in.New[o]) * s.mm3(o)
	t.in += mm3
	t.doubt += math.Abs(mm3) * at32(s.in.Doubt, o)
	t.scale += mm3 * at32(s.in.Scale, o)
	inv := v.BodyFromPatient()
	at := s.patient(o)
	b := inv.Apply(at)
	if b.X > 0 {
		t.left += mm3
	} else {
		t.right += mm3
	}
	front, back := -float64(v.HalfDepth), v.Wall.Y(b.X, b.Z)
	switch third := (b.Y - front) / max(1, back-front); {
	case third < 1.0/3:
		t.anterior += mm3
	case third < 2.0/3:
		t.middle += mm3
	default:
		t.posterior += mm3
	}
	if s.in.Solid[o] == 0 {
		return
	}
	t.farLeft = t.farLeft || b.X > crossDepthMM
	t.farRight = t.farRight || b.X < -crossDepthMM
	edge := false
	s.neighbours(o, func(q int) { edge = edge || s.in.Solid[q] == 0 })
	if !edge {
		return
	}
	face := math.Pow(s.spacing[0]*s.spacing[1]*s.spacing[2], 2.0/3)
	t.surface += face
	if d := v.Distance(at); d > -contactMM {
		h := float64(v.Heights.Middle) / 2
		flat := math.Abs(b.Z)/max(1, h) > max(math.Abs(b.X)/max(1, float64(v.HalfWidth)), math.Abs(b.Y)/max(1, float64(v.HalfDepth)))
		switch {
		case flat && b.Z > 0:
			t.superior += face
		case flat:
			t.inferior += face
		}
	}
}

func (t *tally) distribution() *Distribution {
	sides, thirds := t.left+t.right, t.anterior+t.middle+t.posterior
	share := func(a, all float64) unit.Fraction { return unit.Fraction(max(0, min(1, a/all))) }
	return &Distribution{
		Left: share(t.left, sides), Right: share(t.right, sides),
		Anterior: share(t.anterior, thirds), Middle: share(t.middle, thirds), Posterior: share(t.posterior, thirds),
		CrossesMidline: t.farLeft && t.farRight && min(t.left, t.right) > crossShare*sides,
		Superior:       t.superior > contactMM2, Inferior: t.inferior > contactMM2,
	}
}
