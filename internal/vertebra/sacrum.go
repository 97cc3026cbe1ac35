package vertebra

// The sacrum's bodies have no side walls: their alae go on as bone. The chain of discs runs into it and is cut there.
const (
	sacralSide    = 0.45 // mean strength of the lateral edges below which a body is sacral; vertebrae have 0.7 and more
	freeSide      = 0.6  // of the body above: a vertebra for certain
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
	for first > 0 && f.bodies[first-1].sacral() {
		first--
	}
	for first < n && f.bodies[first].surface == nil && !f.bodies[first].sideless() { // what is not outlined is not sacral by itself
		first++
	}
	if first == n || first == 0 || f.bodies[first-1].surface == nil || f.bodies[first-1].side() < freeSide {
		return false
	}
	s := int(f.bodies[first].above.s+f.bodies[first].below.s) / 2
	f.bodies = f.bodies[:first]
	return f.pelvisAt(s)
}

// side is the mean strength of the lateral edges.
func (b *body) side() float64 { return (b.faces.left + b.faces.right) / 2 }

func (b *body) sacral() bool { return b.surface == nil || b.side() < sacralSide }

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
