package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// The contour of the waist: a closed curve of radii about the axis, found below the pedicles.
const (
	contourRays     = 72
	contourNearMM   = 6.0
	contourFarMM    = 36.0
	contourStepMM   = 0.5
	contourJump     = 3 // labels between neighbouring rays
	contourBend     = 0.05
	contourLevels   = 5
	contourLow      = -0.28 // slab, in shares of the height
	contourHigh     = 0.04
	wallMarginMM    = 1.0
	pedicleSureMM   = 14.0 // further out the wall's continuation counts only where bone lies behind it
	contourCement   = 0.1  // of an edge of cement: a vein full of it beside the body must not bulge the template
	behindWallPrice = 1.5
)

// waist finds the mid-height contour about (cx, cy) in body coordinates and returns its radii by angle from X towards Y.
func (s *scene) waist(cx, cy float64) []float64 {
	n := int((contourFarMM-contourNearMM)/contourStepMM) + 1
	cost := make([][]float64, contourRays)
	for a := range cost {
		cost[a] = make([]float64, n)
		sin, cos := math.Sincos(2 * math.Pi * float64(a) / contourRays)
		normal := s.patientFromBody.ApplyVec(geom.V[geom.BodyFrame](cos, sin, 0))
		w := s.window(normal, 2)
		for r := range cost[a] {
			d := contourNearMM + float64(r)*contourStepMM
			x, y := cx+d*cos, cy+d*sin
			for l := range contourLevels {
				z := s.height * (contourLow + (contourHigh-contourLow)*float64(l)/(contourLevels-1))
				c := s.edgeBy(s.patientFromBody.Apply(geom.Pt[geom.BodyFrame](x, y, z)), normal, w, contourCement)
				if s.wall.ok {
					if b := y - s.wall.Y(x, z); b > wallMarginMM {
						c += behindWallPrice
					} else if a := math.Abs(x); b > -0.3 && a > pedicleFromMM && (a < pedicleSureMM || s.hu(x, y+2, z) > boneHU) {
						c = min(c, pedicleCut)
					}
				}
				cost[a][r] += c / contourLevels
			}
		}
	}
	labels := closedPath(cost)
	out := make([]float64, contourRays)
	for a, l := range labels {
		out[a] = contourNearMM + float64(l)*contourStepMM
	}
	return out
}

// closedPath is the cheapest closed sequence of labels with bounded jumps: dynamic programming over two laps, of which the middle
// is kept.
func closedPath(cost [][]float64) []int {
	n, m := len(cost[0]), len(cost)
	value := append([]float64(nil), cost[0]...)
	back := make([][]int16, 2*m)
	for a := 1; a < 2*m; a++ {
		next := make([]float64, n)
		back[a] = make([]int16, n)
		for r := range n {
			best, from := math.Inf(1), 0
			for q := max(0, r-contourJump); q <= min(n-1, r+contourJump); q++ {
				if v := value[q] + contourBend*float64((r-q)*(r-q)); v < best {
					best, from = v, q
				}
			}
			next[r], back[a][r] = best+cost[a%m][r], int16(from)
		}
		value = next
	}
	r := 0
	for q := range value {
		if value[q] < value[r] {
			r = q
		}
	}
	out := make([]int, m)
	for a := 2*m - 1; a >= m/2; a-- {
		if a < m/2+m {
			out[a%m] = r
		}
		r = int(back[a][r])
	}
	return out
}

// centreOf returns the centroid of a star-shaped contour about (cx, cy) and its half extents.
func centreOf(radii []float64, cx, cy float64) (x, y, halfX, halfY float64) {
	var area, sx, sy float64
	lx, hx, ly, hy := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	step := math.Sin(2 * math.Pi / float64(len(radii)))
	for a, r := range radii {
		q := radii[(a+1)%len(radii)]
		s0, c0 := math.Sincos(2 * math.Pi * float64(a) / float64(len(radii)))
		s1, c1 := math.Sincos(2 * math.Pi * float64(a+1) / float64(len(radii)))
		t := r * q * step / 2
		area += t
		sx += t * (r*c0 + q*c1) / 3
		sy += t * (r*s0 + q*s1) / 3
		lx, hx, ly, hy = min(lx, r*c0), max(hx, r*c0), min(ly, r*s0), max(hy, r*s0)
	}
	return cx + sx/area, cy + sy/area, (hx - lx) / 2, (hy - ly) / 2
}
