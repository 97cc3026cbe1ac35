package phantom

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// Numbering is how many vertebrae and ribs a spine has. About one in ten departs from the usual count.
type Numbering string

// The numberings.
const (
	Usual        Numbering = ""              // twelve pairs of ribs, five lumbar vertebrae
	ElevenRibs   Numbering = "eleven ribs"   // T12 bears none
	ThirteenRibs Numbering = "thirteen ribs" // T13, with short ones, between T12 and L1
	FourLumbar   Numbering = "four lumbar"   // L5 is wholly part of the sacrum
	SixLumbar    Numbering = "six lumbar"    // L6: the first sacral segment stands free
	Sacralised   Numbering = "sacralised L5" // broad transverse processes of L5 meet the sacrum, its disc is low
)

// Numberings are all of them, the usual one first.
var Numberings = []Numbering{Usual, ElevenRibs, ThirteenRibs, FourLumbar, SixLumbar, Sacralised}

func (n Numbering) valid() bool { return slices.Contains(Numberings, n) }

// order lists the levels above the sacrum from head to foot.
func (n Numbering) order() []anatomy.Level {
	var out []anatomy.Level
	for l := anatomy.T1; l <= anatomy.T12; l++ {
		out = append(out, l)
	}
	if n == ThirteenRibs {
		out = append(out, anatomy.T13)
	}
	out = append(out, anatomy.L1, anatomy.L1+1, anatomy.L3, anatomy.L4)
	if n != FourLumbar {
		out = append(out, anatomy.L5)
	}
	if n == SixLumbar {
		out = append(out, anatomy.L6)
	}
	return out
}

// size of a level: the last one above the sacrum is built like L5.
func (n Numbering) size(l anatomy.Level) size {
	s := sizes[l]
	switch {
	case n == FourLumbar && l == anatomy.L4:
		s = sizes[anatomy.L5]
	case n == SixLumbar && l == anatomy.L5:
		a, b := sizes[anatomy.L4], sizes[anatomy.L5]
		s.lean, s.wedge = (a.lean+b.lean)/2, (a.wedge+b.wedge)/2
	case n == Sacralised && l == anatomy.L5:
		s.discHeight *= 0.5
	}
	return s
}

// chain is the levels in view and one more at each end, cut by the field.
func (o Options) chain() []anatomy.Level {
	all := append(o.Numbering.order(), anatomy.S1)
	return all[max(0, slices.Index(all, o.First)-1) : slices.Index(all, o.Last)+2]
}

// sacralise lets the transverse processes of L5 grow down to the wings of the sacrum.
func (p *patient) sacralise() {
	i, j := p.index(anatomy.L5), p.index(anatomy.S1)
	if i < 0 || j < 0 {
		return
	}
	v := p.vertebrae[i]
	pt, b := geom.Pt[geom.BodyFrame], v.body
	for _, side := range []float64{1, -1} {
		v.arch = append(v.arch, newCapsule(pt(side*v.pedicleX, b.wall.Q0+4, v.pedicleZ-3), pt(side*42, b.wall.Q0+6, b.inferior.z-v.size.discHeight-6), 7, 9, geom.V[geom.BodyFrame](1, 0.8, 0.9)))
	}
	v.bound()
}

// ilium is the wing of one iliac bone: a plate bent from the joint with the sacrum outwards and forwards, thick at its crest.
type ilium struct {
	shellBone
	on       *placed // the first sacral segment
	side     float64
	crest    float64 // height of the crest over the middle of the segment, mm
	flare    float64 // outwards per mm upwards
	half     float64 // thickness
	centre   geom.Body
	reachMM  float64
	outline  [5][2]float64 // of its middle surface at the height of the segment, x outwards and y backwards
	lengthMM [5]float64    // along it
}

// addPelvis puts the iliac bones beside the sacrum.
func (s *scene) addPelvis(seed uint64) {
	v := s.vertebrae[len(s.vertebrae)-1]
	if v.level != anatomy.S1 {
		return
	}
	r := stream(seed, "pelvis")
	crest, flare, wide := r.between(30, 60), r.between(0.1, 0.3), r.between(0.92, 1.08)
	for _, side := range []float64{1, -1} {
		b := &ilium{shellBone: shellBone{r.between(1, 1.8), v.bone.cortexHU, v.bone.trabecularHU + 20}, on: v, side: side, crest: crest, flare: flare, half: r.between(3.5, 5.5)}
		b.outline = [5][2]float64{{50 * wide, 50}, {62 * wide, 22}, {76 * wide, 0}, {100 * wide, -25}, {116 * wide, -70}}
		for n := 1; n < len(b.outline); n++ {
			b.lengthMM[n] = b.lengthMM[n-1] + math.Hypot(b.outline[n][0]-b.outline[n-1][0], b.outline[n][1]-b.outline[n-1][1])
		}
		b.centre = geom.Pt[geom.BodyFrame](side*90*wide, -10, 0)
		b.reachMM = 110
		s.ribs = append(s.ribs, b)
	}
}

// at is about the distance to the bone.
func (b *ilium) at(p geom.Patient) float64 {
	q := b.on.bodyFromPatient.Apply(p)
	if far := q.Dist(b.centre) - b.reachMM; far > 8 {
		return far
	}
	x, y := q.X*b.side-b.flare*q.Z, q.Y
	least, along := math.Inf(1), 0.0
	for n := 0; n+1 < len(b.outline); n++ {
		ax, ay := b.outline[n][0], b.outline[n][1]
		dx, dy := b.outline[n+1][0]-ax, b.outline[n+1][1]-ay
		t := max(0, min(1, ((x-ax)*dx+(y-ay)*dy)/(dx*dx+dy*dy)))
		if d := math.Hypot(x-ax-t*dx, y-ay-t*dy); d < least {
			least, along = d, b.lengthMM[n]+t*(b.lengthMM[n+1]-b.lengthMM[n])
		}
	}
	f := along / b.lengthMM[len(b.outline)-1]
	top := 10 + (b.crest-10)*math.Sin(math.Pi*math.Pow(f, 0.8))
	thick := b.half + 3*max(0, 1-(top-q.Z)/14)
	return smoothMax((least-thick)/math.Hypot(1, b.flare), max(q.Z-top, -50-q.Z)*0.8, 4)
}
