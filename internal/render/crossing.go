package render

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// crossings samples an oblique slab where its rays cross the layers of voxels that lie most nearly across them, and at its two
// faces. A crossing needs four neighbours instead of eight and lies at most one voxel from the next, as in factorings of the view
// (Lacroute and Levoy 1994, SIGGRAPH): MIP and MinIP by it are those of the image at its voxel layers.
type crossings struct {
	axis            int
	voxelFromScreen geom.Affine[geom.VoxelFrame, geom.ScreenFrame]
	width           int
	reach           float64 // half the thickness, mm
}

// newCrossings returns how a slab is sampled by crossings; ok is false for slabs that are not: means, other interpolations than the
// linear one, irregular stacks, and slabs too thin for the layers to tell more than the faces.
func newCrossings(s *sampler, v View) (c crossings, ok bool) {
	voxelFromPatient, regular := s.vol.Inverse()
	t := float64(v.Slab.Thickness)
	if v.Slab.Mode == Mean || v.Interp != InterpLinear || !regular || !(t > 0) || math.IsInf(t, 0) {
		return c, false
	}
	c = crossings{voxelFromScreen: geom.Compose(voxelFromPatient, v.PatientFromScreen()), width: v.Width, reach: t / 2}
	rate := 0.0
	for a := range 3 {
		if r := math.Abs(c.voxelFromScreen.M[3*a+2]); r > rate {
			c.axis, rate = a, r
		}
	}
	const far = 1 << 26 // keeps fixed point from overflowing
	for _, x := range []float64{0, float64(v.Width)} {
		for _, y := range []float64{0, float64(v.Height)} {
			for _, z := range []float64{-c.reach, c.reach} {
				p := c.voxelFromScreen.Apply(geom.Pt[geom.ScreenFrame](x, y, z))
				if !(max(math.Abs(p.X), math.Abs(p.Y), math.Abs(p.Z)) < far) {
					return c, false
				}
			}
		}
	}
	return c, t*rate >= 3
}

// row joins the samples of a row of the picture.
func (c *crossings) row(s *sampler, y int, k *stack) {
	m := &c.voxelFromScreen
	start := m.Apply(geom.Pt[geom.ScreenFrame](0, float64(y), 0))
	from := [3]float64{start.X, start.Y, start.Z}
	var step, depth [3]float64
	for a := range 3 {
		step[a], depth[a] = m.M[3*a], m.M[3*a+2]
	}
	at, across, rate := from[c.axis], step[c.axis], depth[c.axis]
	half := math.Abs(rate) * c.reach
	end := at + across*float64(c.width-1)
	first, last := math.Ceil(max(min(at, end)-half, 0)), math.Floor(min(max(at, end)+half, float64(s.n[c.axis]-1)))
	for layer := first; layer <= last; layer++ {
		// The pixels whose ray meets the layer within the slab: |layer - at - across x| <= half.
		x0, x1 := 0, c.width
		if across != 0 {
			a, b := (layer-at-half)/across, (layer-at+half)/across
			x0, x1 = max(x0, int(math.Ceil(min(a, b)))), min(x1, int(math.Floor(max(a, b)))+1)
		}
		if x0 >= x1 {
			continue
		}
		l := line{}
		for a := range 3 {
			if a == c.axis {
				l.p[a] = int64(layer) * one
				continue
			}
			slope := depth[a] / rate
			l.p[a] = snap(from[a] + (layer-at)*slope + float64(x0)*(step[a]-across*slope))
			l.d[a] = snap(step[a] - across*slope)
		}
		s.line(l, k.sample[x0:x1])
		k.addPart(x0, x1)
	}
	for _, z := range []float64{-c.reach, c.reach} {
		l := line{}
		for a := range 3 {
			l.p[a], l.d[a] = snap(from[a]+z*depth[a]), snap(step[a])
		}
		s.line(l, k.sample)
		k.add()
	}
}
