package render

import (
	"image"
	"math"
	mathbits "math/bits"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
)

// rays are the rays of a view in fixed-point voxel coordinates.
type rays struct {
	c      *Caster
	v      View3D
	step   float64 // mm
	first  int     // number of the first sample: depth = first * step
	count  int
	origin geom.Affine[geom.VoxelFrame, geom.ScreenFrame] // at depth zero
	d      [3]int64
	per    [3]float64 // 1/|d|
	exits
	lo, hi [3]int64 // the part of the volume to look at
	cuts   [][4]float64
	s      *sampler
	hu     []int16
	sy, sz int // strides
}

func (c *Caster) rays(v View3D) *rays {
	g := c.vol.Grid
	r := &rays{c: c, v: v, cuts: v.cutLines(), s: newSampler(c.vol, InterpLinear), hu: c.vol.HU}
	r.sy, r.sz = r.s.stride[1], r.s.stride[2]
	r.step = fineStep
	if v.Coarse {
		r.step = coarseStep
	}
	r.step *= float64(min(g.DX, g.DY, g.DZ))
	voxelFromPatient, _ := g.Inverse()
	r.origin = geom.Compose(voxelFromPatient, v.PatientFromScreen())
	d := r.origin.Axis(2).Mul(r.step)
	r.d = [3]int64{snap(d.X), snap(d.Y), snap(d.Z)}
	r.exits = newExits(r.d)
	for a, x := range r.d {
		r.per[a] = 1 / math.Abs(float64(x))
		r.hi[a] = (r.s.n[a]-1)*one - 1
	}
	// Depths of the ball round the volume.
	far := geom.Vox(float64(g.NX-1), float64(g.NY-1), float64(g.NZ-1))
	lo, hi := g.Patient(geom.Voxel{}), g.Patient(far)
	sight := v.PatientFromPlane.Axis(2)
	middle, radius := lo.Lerp(hi, 0.5).Sub(v.PatientFromPlane.Origin()).Dot(sight), 0.0
	for _, q := range []geom.Voxel{{}, geom.Vox(far.X, 0, 0), geom.Vox(0, far.Y, 0), geom.Vox(0, 0, far.Z)} {
		radius = max(radius, g.Patient(q).Dist(lo.Lerp(hi, 0.5)))
	}
	r.first = int(math.Floor((middle - radius) / r.step))
	r.count = int(2*radius/r.step) + 2
	return r
}

// start returns the ray of a pixel at its first sample and the range of samples inside the volume, before depth z and not cut.
func (r *rays) start(x, y int, z float32) (l line, n0, n1 int) {
	p := r.origin.Apply(geom.Pt[geom.ScreenFrame](float64(x), float64(y), 0))
	const far = 1 << 28
	if !(max(math.Abs(p.X), math.Abs(p.Y), math.Abs(p.Z)) < far) || r.first > far || r.first < -far {
		return l, 0, 0
	}
	l = line{p: [3]int64{snap(p.X), snap(p.Y), snap(p.Z)}, d: r.d}
	l.advance(r.first)
	n0, n1 = 0, r.count
	for a := range 3 {
		near, far := r.lo[a]-l.p[a], r.hi[a]-l.p[a]
		if l.d[a] == 0 {
			if near > 0 || far < 0 {
				return l, 0, 0
			}
			continue
		}
		if l.d[a] < 0 {
			near, far = -far, -near
		}
		// Rounding may lose a sample that lies exactly on a face, never take one beyond it.
		n0 = max(n0, int(math.Ceil(min(float64(near)*r.per[a]+onFace, float64(r.count)))))
		n1 = min(n1, int(math.Floor(max(float64(far)*r.per[a]-onFace, -1)))+1)
	}
	for _, c := range r.cuts { // at + slope*n > 0 is cut away
		slope := c[2] * r.step
		at := c[0]*float64(x) + c[1]*float64(y) + c[3] + slope*float64(r.first)
		switch {
		case slope > 1e-12:
			n1 = min(n1, int(max(-1, min(float64(r.count), math.Floor(-at/slope))))+1)
		case slope < -1e-12:
			n0 = max(n0, int(max(0, min(float64(r.count), math.Ceil(-at/slope)))))
		case at > 0:
			n1 = n0
		}
	}
	return l, n0, min(n1, r.before(z))
}

// before returns the number of the first sample that is not before depth z.
func (r *rays) before(z float32) int {
	return int(max(0, min(float64(r.count), math.Ceil(float64(z)/r.step)-float64(r.first))))
}

// within confines the rays to the blocks that are not empty.
func (r *rays) within(b *blocks, empty []bool) {
	lo, hi := [3]int{b.nx, b.ny, b.nz}, [3]int{}
	for z := range b.nz {
		for y := range b.ny {
			row := empty[b.nx*(y+b.ny*z):][:b.nx]
			first := slices.Index(row, false)
			if first < 0 {
				continue
			}
			last := first
			for x := first; x < len(row); x++ {
				if !row[x] {
					last = x
				}
			}
			lo = [3]int{min(lo[0], first), min(lo[1], y), min(lo[2], z)}
			hi = [3]int{max(hi[0], last+1), max(hi[1], y+1), max(hi[2], z+1)}
		}
	}
	for a := range 3 {
		r.lo[a] = max(r.lo[a], int64(lo[a])<<b.bits*one)
		r.hi[a] = min(r.hi[a], int64(hi[a])<<b.bits*one-1)
	}
}

// footprint returns the pixels whose rays may meet the part of the volume to look at.
func (r *rays) footprint() image.Rectangle {
	screenFromVoxel, err := r.origin.Inverse()
	if err != nil {
		return image.Rect(0, 0, r.v.Width, r.v.Height)
	}
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i := range 8 {
		var corner [3]float64
		for a := range 3 {
			corner[a] = real(r.lo[a])
			if i>>a&1 == 1 {
				corner[a] = real(r.hi[a])
			}
		}
		q := screenFromVoxel.Apply(geom.Vox(corner[0], corner[1], corner[2]))
		lo[0], lo[1], hi[0], hi[1] = min(lo[0], q.X), min(lo[1], q.Y), max(hi[0], q.X), max(hi[1], q.Y)
	}
	whole := func(x float64, limit int) int { return int(max(-1, min(float64(limit)+1, x))) }
	return image.Rect(whole(math.Floor(lo[0])-1, r.v.Width), whole(math.Floor(lo[1])-1, r.v.Height), whole(math.Ceil(hi[0])+2, r.v.Width), whole(math.Ceil(hi[1])+2, r.v.Height))
}

// exits is the way out of blocks along a direction, for axes x, y, z.
type exits struct {
	ahead [3]int64  // all ones where the ray goes up
	inv   [3]uint64 // 2^64 divided by the step, a little less
	never [3]uint64 // more than any number of steps, where the ray does not move
}

func newExits(d [3]int64) (e exits) {
	for a, x := range d {
		switch {
		case x > 0:
			e.ahead[a], e.inv[a] = -1, math.MaxUint64/uint64(x)
		case x < 0:
			e.inv[a] = math.MaxUint64 / uint64(-x)
		default:
			e.never[a] = 1 << 40
		}
	}
	return e
}

// leave returns in how many steps a ray at p leaves its block of 2^bits voxels. Once in 2^26 places it says one step too few.
func (e *exits) leave(p *[3]int64, bits uint) int {
	mask := one<<bits - 1
	// Going up, the way out is mask+1 less the place in the block; going down it is that place plus one, since the lower face
	// belongs to the block.
	x, _ := mathbits.Mul64(uint64((p[0]^e.ahead[0])&mask+1), e.inv[0])
	y, _ := mathbits.Mul64(uint64((p[1]^e.ahead[1])&mask+1), e.inv[1])
	z, _ := mathbits.Mul64(uint64((p[2]^e.ahead[2])&mask+1), e.inv[2])
	return int(min(x|e.never[0], y|e.never[1], z|e.never[2])) + 1
}

func (b *blocks) at(p *[3]int64) int {
	s := 32 + b.bits
	return int(p[0]>>s) + b.nx*(int(p[1]>>s)+b.ny*int(p[2]>>s))
}
