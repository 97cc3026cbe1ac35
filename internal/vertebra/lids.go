package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// In slices too thick to follow an endplate column by column only its plane can be told, and the table before the canal shows the rear
// half of a disc alone: its tilt is uncertain by ten degrees. Once the outline at mid height is known, the dark plane of each disc is
// looked for again over the whole of it.
const (
	lidRings     = 3
	lidSpokes    = 16
	lidReach     = 0.85 // of the outline at mid height
	lidSideMM    = 1.0  // columns are means of five, this far apart
	lidHalfMM    = 12.0 // of a column, either side of the disc as it was found
	lidStepMM    = 0.5
	lidMoveMM    = 3.0
	lidCoreMM    = 0.75 // half the thickness of the dark core
	lidNearMM    = 1.5  // where the endplates are looked for, from the middle of the disc
	lidFarMM     = 5.5
	lidForwards  = 15.0 // degrees of tilt, forwards and sideways
	lidSideways  = 9.0
	lidTiltCost  = 0.6  // HU a degree away from the disc as it was found
	lidShare     = 0.5  // of the columns must be in view
	lidCementHU  = 100  // cement reads as marrow: it is neither endplate nor disc
	lidGainShare = 0.05 // of the contrast as found, that another plane must gain
)

// lidColumn is the CT number along the axis through one point of the outline, about the disc as it was found.
type lidColumn struct {
	x, y float64
	hu   [2*int(lidHalfMM/lidStepMM) + 1]float64
}

// settleLids looks for both discs again.
func (s *scene) settleLids(cx, cy float64) {
	s.top, s.topGap = s.settledLid(s.top, s.topGap, 1, cx, cy)
	s.bottom, s.bottomGap = s.settledLid(s.bottom, s.bottomGap, -1, cx, cy)
	s.settled = true
	s.height = s.top.z(cx, cy) - s.bottom.z(cx, cy)
}

// settledLid returns the end plane moved and tilted with the disc beyond it, gap mm off, and the gap as it is seen on the whole outline;
// sign is 1 for the upper one. An end without a disc stays.
func (s *scene) settledLid(l lid, gap, sign, cx, cy float64) (lid, float64) {
	if gap <= 0 {
		return l, gap
	}
	var columns []lidColumn
	n := 0
	for ring := range lidRings + 1 {
		for a := range lidSpokes {
			if ring == 0 && a > 0 {
				continue
			}
			sin, cos := math.Sincos(2 * math.Pi * float64(a) / lidSpokes)
			r := lidReach * float64(ring) / lidRings * s.contourRadius[a*contourRays/lidSpokes]
			x, y := cx+r*cos, cy+r*sin
			if s.wall.ok {
				y = min(y, s.wall.Y(x, 0)-plateWallMM)
			}
			n++
			if c, ok := s.lidColumn(x, y, l.z(x, y)+sign*gap); ok {
				columns = append(columns, c)
			}
		}
	}
	if float64(len(columns)) < lidShare*float64(n) {
		return l, gap
	}
	rate := func(off, ax, ay float64) float64 {
		sum := 0.0
		for i := range columns {
			c := &columns[i]
			sum += c.contrast(off + ax*(c.x-cx) + ay*(c.y-cy))
		}
		return sum / float64(len(columns))
	}
	const degree = math.Pi / 180
	best, top := lid{}, rate(0, 0, 0)
	top += lidGainShare * math.Abs(top)
	search := func(about lid, move, forwards, sideways, stepMM, step float64) {
		for off := -move; off <= move; off += stepMM {
			for f := -forwards; f <= forwards; f += step {
				for w := -sideways; w <= sideways; w += step {
					d := lid{about.z0 + off, about.ax + math.Tan(w*degree), about.ay + math.Tan(f*degree)}
					away := math.Hypot(d.ax, d.ay) / degree
					if v := rate(d.z0, d.ax, d.ay) - lidTiltCost*away; v > top {
						best, top = d, v
					}
				}
			}
		}
	}
	search(lid{}, lidMoveMM, lidForwards, lidSideways, 1, 3)
	search(best, 0.5, 1.5, 1.5, 0.5, 1.5)
	var mean [len(lidColumn{}.hu)]float64 // along the axis from the plane found
	for i := range columns {
		c := &columns[i]
		for k := range mean {
			mean[k] += c.at(best.z0+best.ax*(c.x-cx)+best.ay*(c.y-cy)+float64(k)*lidStepMM-lidHalfMM) / float64(len(columns))
		}
	}
	seen := gapIn(mean[:], -sign)
	if seen <= 0 {
		seen = gap
	}
	return lid{z0: l.z0 + sign*(gap-seen) + best.z0 - best.ax*cx - best.ay*cy, ax: l.ax + best.ax, ay: l.ay + best.ay}, seen
}

// gapIn returns how far from the middle of a profile across a disc the endplate towards dir has risen to half its height; 0 when none
// stands there.
func gapIn(f []float64, dir float64) float64 {
	mid := len(f) / 2
	peak, at := 0.0, 0
	for i := int(lidNearMM / lidStepMM); float64(i)*lidStepMM <= lidFarMM; i++ {
		if rise := f[mid+int(dir)*i] - f[mid]; rise > peak {
			peak, at = rise, i
		}
	}
	if peak < minPlateRiseHU/2 {
		return 0
	}
	x, ok := crossing(f, mid+int(dir)*at, -int(dir), f[mid]+peak/2)
	if !ok {
		return 0
	}
	return max(lidNearMM/2, math.Abs(x-float64(mid))*lidStepMM)
}

// at is the CT number this far from the middle of the column.
func (c *lidColumn) at(mm float64) float64 {
	return c.hu[max(0, min(len(c.hu)-1, int(math.Round((mm+lidHalfMM)/lidStepMM))))]
}

// lidColumn samples a column about height z; ok is false where the end of the view lies in it.
func (s *scene) lidColumn(x, y, z float64) (c lidColumn, ok bool) {
	c.x, c.y = x, y
	for i := range c.hu {
		at := z + float64(i)*lidStepMM - lidHalfMM
		p := s.patientFromBody.Apply(geom.Pt[geom.BodyFrame](x, y, at))
		if math.Abs(at-z) < lidMoveMM+lidFarMM && !s.inView(p) {
			return c, false
		}
		if s.isCement(p) {
			c.hu[i] = lidCementHU
			continue
		}
		for _, d := range [5][2]float64{{0, 0}, {lidSideMM, 0}, {-lidSideMM, 0}, {0, lidSideMM}, {0, -lidSideMM}} {
			c.hu[i] += max(tableLowHU, min(tableHighHU, s.hu(x+d[0], y+d[1], at))) / 5
		}
	}
	return c, true
}

// contrast is the lower endplate's height over the core of a disc off mm from the middle of the column.
func (c *lidColumn) contrast(off float64) float64 {
	at := func(mm float64) int {
		return max(0, min(len(c.hu)-1, int(math.Round((off+mm+lidHalfMM)/lidStepMM))))
	}
	core, n := 0.0, 0.0
	for i := at(-lidCoreMM); i <= at(lidCoreMM); i++ {
		core, n = core+c.hu[i], n+1
	}
	peak := func(from, to int) float64 {
		m := math.Inf(-1)
		for i := from; i <= to; i++ {
			m = max(m, c.hu[i])
		}
		return m
	}
	return min(peak(at(-lidFarMM), at(-lidNearMM)), peak(at(lidNearMM), at(lidFarMM))) - core/n
}
