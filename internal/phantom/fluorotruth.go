package phantom

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
)

// leakTruth finds when each leak is there, and when it can be told from other cement in this projection.
func (r *Run) leakTruth(s *still, leaks int) {
	r.Truth.LeakFirstFrames, r.Truth.LeakShownFrames = make([]*int, leaks), make([]*int, leaks)
	shown := make([][]int, leaks)
	for o, list := range s.cement {
		x, y := o%s.side-r.margin, o/s.side-r.margin
		if x < 0 || y < 0 || x >= r.pixels || y >= r.pixels {
			continue
		}
		of := map[int]float64{}
		for _, c := range list {
			of[c.leak] += c.mm
			if c.leak > 0 {
				if first := &r.Truth.LeakFirstFrames[c.leak-1]; *first == nil || c.frame < **first {
					*first = &c.frame
				}
			}
		}
		total := 0.0
		for _, mm := range of {
			total += mm
		}
		for id, mm := range of {
			if id == 0 || mm < visibleMM || total-mm >= visibleMM {
				continue
			}
			sum := 0.0
			for _, c := range list {
				if c.leak == id {
					if sum += c.mm; sum >= visibleMM {
						shown[id-1] = append(shown[id-1], c.frame)
						break
					}
				}
			}
		}
	}
	for id, frames := range shown {
		r.Truth.LeakShownFrames[id] = r.nthFrame(frames)
	}
}

// nthFrame returns the frame in which shownMM2 of the pixels with these first frames are there; nil when they are fewer.
func (r *Run) nthFrame(frames []int) *int {
	need := int(math.Ceil(shownMM2 / (r.atMM() * r.atMM())))
	if len(frames) < need {
		return nil
	}
	slices.Sort(frames)
	return &frames[need-1]
}

// lineTruth draws the posterior wall, where it is seen from the side, and both endplates, and finds when cement crosses them.
func (r *Run) lineTruth(s *still, v *placed) {
	b := v.body
	at := func(y, z float64) [2]float64 {
		return r.project(v.patientFromBody.Apply(geom.Pt[geom.BodyFrame](0, y, z)))
	}
	front, back := -b.outline[outlineSteps*3/4], b.wall.Y(0, 0)
	lines := []RunLine{
		{Name: "endplate-superior", Points: [2][2]float64{at(front, b.superior.plane(0, front)), at(back, b.superior.plane(0, back))}},
		{Name: "endplate-inferior", Points: [2][2]float64{at(front, b.inferior.plane(0, front)), at(back, b.inferior.plane(0, back))}},
	}
	if side := math.Abs(r.beam.X); side > 0.9 {
		lines = append(lines, RunLine{Name: "posterior-wall", Points: [2][2]float64{at(b.wall.Y(0, b.superior.z), b.superior.plane(0, back)), at(b.wall.Y(0, b.inferior.z), b.inferior.plane(0, back))}})
	} else {
		lines = nil // from the front the endplates' lines would be points
	}
	centre := at(0, (b.superior.z+b.inferior.z)/2)
	for _, l := range lines {
		var frames []int
		a := l.Points[0]
		dx, dy := l.Points[1][0]-a[0], l.Points[1][1]-a[1]
		length := math.Hypot(dx, dy)
		beyond := func(x, y float64) float64 { return ((x-a[0])*dy - (y-a[1])*dx) / length }
		inside := beyond(centre[0], centre[1])
		for o, f := range s.first {
			x, y := float64(o%s.side-r.margin), float64(o/s.side-r.margin)
			if along := ((x-a[0])*dx + (y-a[1])*dy) / (length * length); f == never || along < 0 || along > 1 {
				continue
			}
			if d := beyond(x, y); d*inside < 0 && math.Abs(d) > 0.5 {
				frames = append(frames, int(f))
			}
		}
		l.AreaMM2 = float64(len(frames)) * r.atMM() * r.atMM()
		l.Crossed = r.nthFrame(frames)
		r.Truth.Lines = append(r.Truth.Lines, l)
	}
}
