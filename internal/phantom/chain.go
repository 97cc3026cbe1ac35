package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// pose is the place of a vertebra in the patient.
type pose = geom.Affine[geom.PatientFrame, geom.BodyFrame]

// posture holds the angles of a spine, one entry a vertebra, in radians, and the disc heights below each, in mm.
type posture struct {
	lean, side, turn []float64 // about the left, the posterior and the cranial axis
	disc             []float64
}

// apexTurn is the turn of the apex about the long axis, as a share of the Cobb angle.
const apexTurn = 0.35

// newPosture draws a usual curve with its scoliosis; fractured bodies bend the spine above them forward.
// A scoliosis asked for, a Cobb angle in radians, is one bend over the whole chain, its apex turned into the bend.
func newPosture(vs []*vertebra, r random, variety, scoliosis float64) posture {
	n := len(vs)
	p := posture{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)}
	curve := r.between(0.6, 0.6+0.6*variety) // a patient lying down is straighter than a standing one
	cobb := r.between(0, 7*variety) * math.Pi / 180
	if r.chance(0.15 * variety) {
		cobb *= 2
	}
	phase, period := r.between(0, 2*math.Pi), r.between(8, 16)
	for i, v := range vs {
		s, c := math.Sincos(phase + 2*math.Pi*float64(i)/period)
		p.lean[i] = v.size.lean*curve*math.Pi/180 + 0.02*variety*r.between(-1, 1)
		p.side[i] = cobb*s + 0.01*variety*r.between(-1, 1)
		p.turn[i] = 0.6*cobb*c + 0.015*variety*r.between(-1, 1)
		p.disc[i] = v.size.discHeight * r.between(0.8, 1.15)
		if r.chance(0.12 * variety) {
			p.disc[i] *= r.between(0.4, 0.7) // a worn disc
		}
		if scoliosis != 0 && n > 1 {
			s, c := math.Sincos(math.Pi * float64(i) / float64(n-1))
			p.side[i] = scoliosis/2*c + 0.01*variety*r.between(-1, 1)
			p.turn[i] = apexTurn * scoliosis * s
		}
	}
	for i, v := range vs {
		usual := v.size.wedge * math.Pi / 180
		extra := max(0, v.body.wedgeAngle()-usual)
		for j := range vs {
			switch {
			case j < i:
				p.lean[j] -= 0.55 * extra
			case j > i:
				p.lean[j] += 0.35 * extra
			}
		}
	}
	return p
}

// changed returns the posture of another day: joints moved by up to about three degrees, discs by half a millimetre.
func (p posture) changed(r random, amount float64) posture {
	move := func(x []float64, a float64) []float64 {
		out := make([]float64, len(x))
		drift := 0.0
		for i := range x {
			drift += a * r.between(-1, 1)
			out[i] = x[i] + drift
		}
		return out
	}
	const degree = math.Pi / 180
	q := posture{move(p.lean, 2.4*degree*amount), move(p.side, 1.2*degree*amount), move(p.turn, 1.2*degree*amount), nil}
	for _, d := range p.disc {
		q.disc = append(q.disc, max(1.5, d+0.5*amount*r.between(-1, 1)))
	}
	return q
}

// least gap between two endplates in mm, wherever it is.
const minimumGap = 1.2

// stack places the vertebrae from the head downwards by their endplates and discs, so that no two bodies meet; the middle of the
// chain comes to lie at the origin.
func (p posture) stack(vs []*vertebra) []pose {
	poses := make([]pose, len(vs))
	at := geom.LPS(0, 0, 0)
	for i, v := range vs {
		turn := orientation(p.lean[i], p.side[i], p.turn[i])
		up := geom.V[geom.PatientFrame](turn.M[2], turn.M[5], turn.M[8])
		if i > 0 {
			last := vs[i-1]
			below := poses[i-1].Apply(geom.Pt[geom.BodyFrame](0, 0, last.body.inferior.z))
			lastUp := poses[i-1].Axis(2)
			middle := up.Add(lastUp).Unit()
			gap := p.disc[i-1]
			for range 8 {
				above := below.Sub(geom.Patient{}).Sub(middle.Mul(gap))
				at = geom.LPS(above.X, above.Y, above.Z).Add(turn.ApplyVec(geom.V[geom.BodyFrame](0, 0, -v.body.superior.z)))
				poses[i] = placedAt(turn, at)
				short := minimumGap - clearance(last, poses[i-1], v, poses[i])
				if short <= 0 {
					break
				}
				gap += short + 0.05
			}
			continue
		}
		poses[i] = placedAt(turn, at)
	}
	top, bottom := poses[0].Origin(), poses[len(poses)-1].Origin()
	shift := geom.LPSVec(-(top.X+bottom.X)/2, -(top.Y+bottom.Y)/2, -(top.Z+bottom.Z)/2)
	move := geom.Translation(shift)
	for i := range poses {
		poses[i] = geom.Compose(move, poses[i])
	}
	return poses
}

func orientation(lean, side, turn float64) pose {
	o := geom.LPS(0, 0, 0)
	// Leaning back turns the cranial axis towards posterior: a negative turn about the left axis.
	r := geom.Compose(geom.Rotation(o, geom.LPSVec(1, 0, 0), -lean),
		geom.Compose(geom.Rotation(o, geom.LPSVec(0, 1, 0), side), geom.Rotation(o, geom.LPSVec(0, 0, 1), turn)))
	return pose{M: r.M}
}

func placedAt(turn pose, at geom.Patient) pose {
	turn.T = [3]float64{at.X, at.Y, at.Z}
	return turn
}

// clearance is the least distance along the axis between the lower endplate of a and the upper endplate of b below it.
func clearance(a *vertebra, pa pose, b *vertebra, pb pose) float64 {
	aFromPatient := pa.MustInverse()
	aFromB := geom.Compose(aFromPatient, pb)
	least := math.Inf(1)
	for step := range 32 {
		s, c := math.Sincos(2 * math.Pi * float64(step) / 32)
		r := b.body.outline[step*outlineSteps/32]
		for _, f := range []float64{0.5, 0.8, 1} {
			x, y := c*r*f, s*r*f
			if y > b.body.wall.Q0 {
				continue
			}
			q := aFromB.Apply(geom.Pt[geom.BodyFrame](x, y, b.body.superior.plane(x, y)))
			least = min(least, a.body.inferior.plane(q.X, q.Y)-q.Z)
		}
	}
	return least
}
