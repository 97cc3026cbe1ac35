package vertebra

// The sacrum's bodies have no side walls: their alae go on as bone. The chain of discs runs into it and is cut there.
const (
	sacralSide    = 0.45 // mean strength of the lateral edges below which a body is sacral; vertebrae have 0.7 and more
	sacralShare   = 0.6  // of the strength usual in this spine, where iliac bone stands on both sides
	sacralBelow   = 3    // lower segments that may pass for bodies: bent backwards, they stand free of the wings
	wingSide      = 0.2  // of one side, there: a wing of the sacrum, where the other side still shows a wall
	freeSide      = 0.6  // of the body above: a vertebra for certain
	freeShare     = 0.8  // of the strength usual in this spine, on both sides: no part of a sacrum
	pelvisInMM    = 40.0 // where the iliac bones are looked for, beside and in front of the canal
	pelvisOutMM   = 85.0
	pelvisFrontMM = 50.0
	pelvisHU      = 250
	pelvisShare   = 0.03
)

// cutSacrum drops the sacral bodies at the lower end and reports whether the last one kept is the lowest lumbar vertebra for
// certain: the sacrum begins below it and the iliac bones stand beside.
func (f *finder) cutSacrum() bool {
	n := len(f.bodies)
	first := n
	for first > 0 && f.sacral(f.bodies[first-1]) {
		first--
	}
	for first < n && f.bodies[first].surface == nil && !f.bodies[first].sideless() { // what is not outlined is not sacral by itself
		first++
	}
	for i := n - 2; first == n && i >= max(1, n-sacralBelow); i-- {
		if b := f.bodies[i]; b.surface != nil && f.sacral(b) && f.pelvisAt(b.station()) {
			first = i
		}
	}
	if first == n || first == 0 || f.bodies[first-1].surface == nil || f.bodies[first-1].side() < freeSide {
		return false
	}
	s := f.bodies[first].station()
	f.bodies = f.bodies[:first]
	return f.pelvisAt(s)
}

// station is the middle of a body along the spine.
func (b *body) station() int { return int(b.above.s+b.below.s) / 2 }

// sacral reports whether a body at the lower end has no side walls, or next to none for this spine between iliac bones.
func (f *finder) sacral(b *body) bool {
	if b.surface == nil || b.side() < sacralSide {
		return true
	}
	usual := f.usualSide()
	return (b.side() < sacralShare*usual || min(b.faces.left, b.faces.right) < wingSide) && f.pelvisAt(b.station())
}

// free reports whether a body has the side walls of a vertebra that is no part of the sacrum.
func (f *finder) free(b *body) bool {
	usual := f.usualSide()
	return b.surface != nil && usual > 0 && min(b.faces.left, b.faces.right) > freeShare*usual
}

// usualSide is the strength of the lateral edges usual in this spine, 0 where too few bodies tell.
func (f *finder) usualSide() float64 {
	var sides []float64
	for _, o := range f.bodies {
		if o.surface != nil {
			sides = append(sides, o.side())
		}
	}
	if len(sides) < 3 {
		return 0
	}
	return median(sides)
}

// side is the mean strength of the lateral edges.
func (b *body) side() float64 { return (b.faces.left + b.faces.right) / 2 }

// sideless reports whether a body was given up for its missing sides alone: between two good endplates that is the sacrum's mark.
func (b *body) sideless() bool {
	return b.reason == reasonUnsure && min(b.faces.top, b.faces.bottom) >= minFace && b.side() < sacralSide
}

// pelvisAt reports whether iliac bone stands on both sides of a station.
func (f *finder) pelvisAt(s int) bool {
	st := &f.curve.st[max(0, min(len(f.curve.st)-1, s))]
	for _, side := range []float64{-1, 1} {
		bone, n := 0, 0
		for u := pelvisInMM; u <= pelvisOutMM; u += 3 {
			for v := 0.0; v <= pelvisFrontMM; v += 3 {
				h := f.vol.SampleAt(st.at(side*u, v, 0))
				if h > outsideHU {
					n++
				}
				if h > pelvisHU {
					bone++
				}
			}
		}
		if n == 0 || float64(bone) < pelvisShare*float64(n) {
			return false
		}
	}
	return true
}
