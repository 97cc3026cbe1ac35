package leak

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// Shapes and places.
const (
	veinDiameterMM = 4.0  // a vein is thinner than this
	veinSlender    = 3.0  // and longer than so many diameters
	foramenVeinMM  = 15.0 // a leak in a foramen is a vein only when it goes on beyond it
	midlineMM      = 2.0
	wallThird      = 1.0 / 6 // half of the middle third of the posterior wall, in widths of the body
	midHeight      = 0.25    // of the height above and below mid height: where the basivertebral vein leaves
	behindWallMM   = 2.0
	nerveShare     = 0.5 // of the least volume is enough in the canal and foramina where no pre CT shows the wall: half is lost to it
	filmReachMM    = 2.4
	filmMM         = 2.0  // thickness over the contact
	leakSD         = 0.05 // relative standard deviation of a leak's volume in slices of 1 mm
	confidenceMM   = 0.35 // error of a body's surface against which a protrusion is weighed
)

// describe turns a piece into a leak; ok is false when it is too small or does not protrude.
func (s *sorter) describe(p *piece) (Leak, bool) {
	enough := 1000 * float64(s.opt.LeastML)
	if (p.compartment == anatomy.Canal || p.compartment == anatomy.Foramen) && !s.in.BorderKnown[s.vertebra(p.level).Level] {
		enough *= nerveShare
	}
	if p.mm3 < enough {
		return Leak{}, false
	}
	v := s.vertebra(p.level)
	l := Leak{Level: v.Level, Compartment: p.compartment, VolumeML: unit.MM3(p.mm3).ML()}
	var sum geom.PatientVec
	var nearest geom.Patient
	least := math.Inf(1)
	for _, o := range p.voxels {
		q := s.patient(o)
		l.Voxels = append(l.Voxels, s.index(o))
		sum = sum.Add(geom.LPSVec(q.X, q.Y, q.Z))
		d := v.Distance(q)
		l.ReachMM = max(l.ReachMM, unit.MM(d))
		if d < least {
			least, nearest = d, q
		}
	}
	sum = sum.Mul(1 / float64(len(p.voxels)))
	l.Centroid = geom.LPS(sum.X, sum.Y, sum.Z)
	l.Breach, l.Site = s.breach(p, v, nearest)
	if s.isFilm(p, l) {
		return Leak{}, false
	}
	length, course := s.course(p, l.Breach)
	l.LengthMM, l.Course = unit.MM(length), course
	if length > 0 {
		l.DiameterMM = unit.MM(2 * math.Sqrt(p.mm3/(math.Pi*length)))
	}
	inv := v.BodyFromPatient()
	b := inv.Apply(l.Centroid)
	switch {
	case b.X > midlineMM:
		l.Side = anatomy.Left
	case b.X < -midlineMM:
		l.Side = anatomy.Right
	default:
		l.Side = anatomy.Midline
	}
	if l.Compartment == anatomy.SoftTissue && isVein(p.mm3, float64(l.LengthMM)) {
		l.Compartment = anatomy.ParavertebralVein
	}
	l.Type = s.typeOf(l, inv.Apply(l.Breach), v)
	if l.Compartment == anatomy.Canal {
		l.InCanal = s.encroachment(p)
	}
	if isDisc(l.Compartment) {
		if d, ok := s.nextEndplate(p); ok {
			l.NextEndplateMM = &d
		}
	}
	l.Attention = s.attention(l)
	z := (p.protrusion - float64(s.opt.ProtrusionMM)) / confidenceMM
	size := 1 - math.Exp(-p.mm3/15)
	l.Confidence = unit.Fraction(math.Round(100*size*(0.6+0.4*0.5*math.Erfc(-z/math.Sqrt2))) / 100)
	own := leakSD * max(1, s.spacing[2]) * p.mm3 // thin pieces lose part of their edge, more so across thick slices
	l.border = s.borderError(p)
	sd := math.Hypot(math.Hypot(p.scale, own), math.Hypot(l.border, p.doubt))
	l.IntervalML = interval(p.mm3, sd)
	return l, true
}

// isFilm reports whether a piece is a thin layer on the side or front of a body whose border there nothing but this scan shows: that border
// may be off by as much. Sheets on endplates are leaks; beside a body cement runs in veins or lies in lumps.
func (s *sorter) isFilm(p *piece, l Leak) bool {
	switch l.Site {
	case WallAnterior, WallLeft, WallRight:
	default:
		return false
	}
	return !s.in.BorderKnown[l.Level] && l.ReachMM < filmReachMM && p.mm3 < filmMM*s.contact(p)
}

// isVein reports whether a piece is slender: its mean diameter is small and its course many diameters long.
func isVein(mm3, length float64) bool {
	if length <= 0 {
		return false
	}
	diameter := 2 * math.Sqrt(mm3/(math.Pi*length))
	return diameter < veinDiameterMM && length > veinSlender*diameter
}

// typeOf returns Yeom's type, given the breach in body coordinates.
func (s *sorter) typeOf(l Leak, breach geom.Body, v *spine.Vertebra) anatomy.LeakType {
	switch l.Compartment {
	case anatomy.Canal:
		h := float64(v.Heights.Middle)
		if math.Abs(breach.X) < 2*wallThird*float64(v.HalfWidth) && math.Abs(breach.Z) < midHeight*h {
			return anatomy.TypeB
		}
		return anatomy.TypeC
	case anatomy.DiscSuperior, anatomy.DiscInferior:
		return anatomy.TypeD
	case anatomy.ParavertebralVein:
		return anatomy.TypeS
	case anatomy.NeedleTrack:
		return anatomy.TypeT
	case anatomy.Distant:
		return anatomy.TypeE
	case anatomy.Foramen:
		if l.LengthMM > foramenVeinMM && isVein(float64(l.VolumeML.MM3()), float64(l.LengthMM)) {
			return anatomy.TypeS
		}
	}
	return anatomy.TypeC
}

// encroachment measures a piece on the sections of the canal: slabs as thick as a slice across the canal's axis. All of a piece in the
// canal counts, to the bone: cement hides the wall, and where it reaches beyond the wall found the canal was that much wider.
func (s *sorter) encroachment(p *piece) *Encroachment {
	canal := s.in.Spine.Canal
	if canal == nil || len(canal.Sections) == 0 {
		return nil
	}
	owner := s.owner[p.voxels[0]]
	area := make([]float64, len(canal.Sections))
	beyond := make([]float64, len(canal.Sections)) // mm2 of it outside the wall found
	const bin = 0.8                                // mm across, for the thickness from front to back
	thick := make([]map[int]float64, len(canal.Sections))
	out := &Encroachment{CentreMM: unit.MM(math.Inf(1))}
	half := max(0.75, s.spacing[2]/2)
	for o, w := range s.owner {
		if w != owner {
			continue
		}
		at := s.patient(o)
		i, between := canal.Nearest(at)
		if !between {
			continue
		}
		mm3 := float64(s.in.New[o]) * s.mm3(o)
		if s.in.Solid[o] != 0 {
			sec := &canal.Sections[i]
			r := at.Sub(sec.Centre)
			out.CentreMM = min(out.CentreMM, unit.MM(math.Hypot(r.Dot(sec.Left), r.Dot(sec.Posterior))))
		}
		for n := max(0, i-4); n < min(len(canal.Sections), i+5); n++ {
			sec := &canal.Sections[n]
			r := at.Sub(sec.Centre)
			// A voxel counts by the part of it that lies in the slab, and in each bin.
			part := overlap(r.Dot(sec.Up), s.spacing[2], -half, half)
			if part == 0 {
				continue
			}
			left, back := r.Dot(sec.Left), r.Dot(sec.Posterior)
			area[n] += part * mm3 / (2 * half)
			depth := sec.Radius(math.Atan2(back, left)) - math.Hypot(left, back)
			beyond[n] += part * mm3 / (2 * half) * max(0, min(1, 0.5-depth/s.spacing[0]))
			if thick[n] == nil {
				thick[n] = map[int]float64{}
			}
			wide := s.spacing[0]
			for b := int(math.Floor((left - wide/2) / bin)); float64(b)*bin < left+wide/2; b++ {
				thick[n][b] += part * overlap(left, wide, float64(b)*bin, float64(b+1)*bin) * mm3 / (2 * half * bin)
			}
		}
	}
	for n := range area {
		out.Fraction = max(out.Fraction, unit.Fraction(min(1, area[n]/max(1, float64(canal.Sections[n].Area())+beyond[n]))))
		for _, t := range thick[n] {
			out.DepthMM = max(out.DepthMM, unit.MM(t))
		}
	}
	if math.IsInf(float64(out.CentreMM), 1) {
		out.CentreMM = 0
	}
	return out
}

// overlap is the share of the stretch of the given width about x that lies between lo and hi.
func overlap(x, width, lo, hi float64) float64 {
	return max(0, min(x+width/2, hi)-max(x-width/2, lo)) / width
}

// attention applies the convention.
func (s *sorter) attention(l Leak) anatomy.Attention {
	a := s.opt.Attention
	switch l.Compartment {
	case anatomy.Canal:
		if c := l.InCanal; c != nil && (c.Fraction >= a.CanalFraction || c.DepthMM >= a.CanalMM) {
			return anatomy.AttentionRed
		}
		return anatomy.AttentionAmber
	case anatomy.Foramen:
		if l.VolumeML >= a.ForamenML {
			return anatomy.AttentionRed
		}
		return anatomy.AttentionAmber
	case anatomy.Distant:
		return anatomy.AttentionRed
	case anatomy.ParavertebralVein:
		if l.LengthMM > a.VeinMM {
			return anatomy.AttentionAmber
		}
	case anatomy.DiscSuperior, anatomy.DiscInferior:
		if d := l.NextEndplateMM; d != nil && *d < a.NextEndplateMM {
			return anatomy.AttentionAmber
		}
	}
	return anatomy.AttentionInfo
}

// borderError is the standard deviation in mm3 that the error of the bone's border adds to a piece: its contact with the bone
// times that error.
func (s *sorter) borderError(p *piece) float64 { return 0.25*s.contact(p) + 0.8 }

// contact is the area in mm2 over which a piece touches bone with cement, by whole voxels.
func (s *sorter) contact(p *piece) float64 {
	face := math.Pow(s.spacing[0]*s.spacing[1]*s.spacing[2], 2.0/3)
	n := 0
	for _, o := range p.voxels {
		touches := false
		s.neighbours(o, func(q int) { touches = touches || s.owner[q] >= bodyBase && s.owner[q] < pieceBase })
		if touches {
			n++
		}
	}
	return face * float64(n)
}

// z90 is half the width of a 90 % interval in standard deviations.
const z90 = 1.645

func interval(mm3, sd float64) unit.Interval {
	return unit.Interval{Low: max(0, mm3-z90*sd) / 1000, High: (mm3 + z90*sd) / 1000}
}
