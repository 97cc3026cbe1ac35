package render

import (
	"context"
	"image"
	"math"
	mathbits "math/bits"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
)

// Ray casting: every pixel is a ray along the line of sight, sampled at steps anchored in depth so that neighbouring rays and
// turning frames sample alike. Voxels are read by trilinear interpolation in the fixed point of the reslice kernels. A ray leaps
// over blocks in which nothing can be seen and ends when less than 2 % of the light comes through; both leave the picture as it
// would be without (the first exactly, the second within 2 %).

const (
	fineStep   = 0.7  // of the smallest voxel distance
	coarseStep = 1.2  // while the view moves
	opaque     = 0.02 // light that is no longer followed
	onFace     = 1e-9 // samples by which rounding may misplace a face
	faint      = 0.06 // share of the light up to which samples are lit as the one before them
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

// shade draws the volume lit and the surfaces within it.
func (c *Caster) shade(ctx context.Context, v View3D, transfer Transfer, f *frags, dst *image.RGBA) error {
	r := c.rays(v)
	t := transfer.table(r.step)
	small, large := c.small.empty(t.sees), c.large.empty(t.sees)
	r.within(&c.small, small)
	lamp := newLamp(c.vol.Grid, v)
	seen := r.footprint()
	return strips(ctx, v.Height, func(y0, y1 int) {
		for y := y0; y < y1 && ctx.Err() == nil; y++ {
			for x := range v.Width {
				o := y*v.Width + x
				p := pixel{through: 1}
				layers := 0
				if !image.Pt(x, y).In(seen) { // surfaces only
					f.finish(&p, o, 0)
					p.write(dst.Pix[dst.PixOffset(dst.Rect.Min.X+x, dst.Rect.Min.Y+y):])
					continue
				}
				l, n, end := r.start(x, y, f.z[o])
				l.advance(n)
				next := r.count // number of the sample behind the next transparent layer
				if f.layers != nil && f.count[o] > 0 {
					next = r.before(f.layers[o][0].z)
				}
				g := gathering{table: t, lamp: lamp}
				for n < end && p.through > opaque {
					for n >= next {
						layers = f.through(&p, o, layers, float32(float64(n+r.first)*r.step)+1e-4)
						next = r.count
						if layers < int(f.count[o]) {
							next = max(n+1, r.before(f.layers[o][layers].z))
						}
					}
					bits := c.large.bits
					if !large[c.large.at(&l.p)] {
						bits = c.small.bits
					}
					m := r.leave(&l.p, bits)
					if bits == c.large.bits || small[c.small.at(&l.p)] {
						l.advance(m)
						n += m
						g.leap()
						continue
					}
					m = min(n+m, end, next)
					r.gather(&p, &l, m-n, &g)
					if n = m; n < end && n < next && p.through > opaque && (large[c.large.at(&l.p)] || small[c.small.at(&l.p)]) {
						r.gather(&p, &l, 1, &g) // the stretch that leads out of what is visible
						n++
					}
				}
				f.finish(&p, o, layers)
				p.write(dst.Pix[dst.PixOffset(dst.Rect.Min.X+x, dst.Rect.Min.Y+y):])
			}
		}
	})
}

// gathering is what a ray knows of the sample before.
type gathering struct {
	table *transferTable
	lamp  *lamp
	known bool    // the sample before was read
	value int64   // of the sample before
	lit   bool    // light is that of a sample before, with nothing invisible since
	light float32 // on that sample
	unlit float32 // share of the light taken since
}

// leap tells that samples in which nothing is seen were leapt over.
func (g *gathering) leap() { g.known, g.lit = false, false }

// gather takes n samples along the ray. Each stands for the stretch from the sample before it, over which the CT number is taken
// to change evenly (integrals of the transfer: Max, Hanrahan, Crawfis 1990, San Diego Workshop on Volume Visualization): thin
// sharp shells of bone then show no rings. Where nothing was seen the ray looks two samples ahead and takes the one between only
// when something is seen on the way.
func (r *rays) gather(p *pixel, l *line, n int, g *gathering) {
	x, y, z := l.p[0], l.p[1], l.p[2]
	dx, dy, dz := l.d[0], l.d[1], l.d[2]
	t := g.table
	before := g.value
	if !g.known {
		before = r.sample(x-dx, y-dy, z-dz)
	}
	dark := false // the stretch before was
	var ahead int64
	for i, known := 0, false; i < n; i++ {
		value := ahead
		switch {
		case known:
			known = false
		case dark && i+1 < n:
			ahead = r.value(x+dx, y+dy, z+dz)
			if !t.seen(before, ahead) {
				before = ahead
				x, y, z = x+2*dx, y+2*dy, z+2*dz
				i++
				continue
			}
			known = true
			value = r.value(x, y, z)
		default:
			value = r.value(x, y, z)
		}
		e := t.mean(before, value)
		if dark = e.alpha == 0; dark {
			g.lit = false
		} else {
			if g.unlit += p.through * float32(e.alpha); !g.lit || g.unlit > faint {
				g.light, g.unlit, g.lit = g.lamp.on(r.gradient(x-dx/2, y-dy/2, z-dz/2)), 0, true
			}
			w := p.through * g.light
			p.r, p.g, p.b = p.r+w*float32(e.r), p.g+w*float32(e.g), p.b+w*float32(e.b)
			p.through -= p.through * float32(e.alpha)
			if p.through <= opaque {
				break
			}
		}
		before = value
		x, y, z = x+dx, y+dy, z+dz
	}
	g.known, g.value = true, before
	l.advance(n)
}

// value reads one value at a place that has eight neighbours.
func (r *rays) value(x, y, z int64) int64 {
	sy, sz := r.sy, r.sz
	o := int(x>>32) + int(y>>32)*sy + int(z>>32)*sz
	h := r.hu[o:]
	lo, hi := h[:sy+2], h[sz:sz+sy+2]
	fx, fy, fz := int64(uint32(x)>>16), int64(uint32(y)>>16), int64(uint32(z)>>16)
	a0, b0, c0, d0 := int64(lo[0]), int64(lo[sy]), int64(hi[0]), int64(hi[sy])
	a := a0<<16 + (int64(lo[1])-a0)*fx
	b := b0<<16 + (int64(lo[sy+1])-b0)*fx
	c := c0<<16 + (int64(hi[1])-c0)*fx
	d := d0<<16 + (int64(hi[sy+1])-d0)*fx
	a += (b - a) * fy >> 16
	c += (d - c) * fy >> 16
	return (a + (c-a)*fz>>16) >> 16
}

// gradient returns the direction in which the image rises, in HU per voxel up to a factor: samples at the corners of a tetrahedron
// round the point, a third fewer than central differences with the same smoothness.
func (r *rays) gradient(x, y, z int64) (gx, gy, gz float32) {
	const h = one * 3 / 4
	n := &r.s.n
	// Beyond the faces the image goes on as it is there.
	x0, x1 := max(0, x-h), min(x+h, (n[0]-1)*one-1)
	y0, y1 := max(0, y-h), min(y+h, (n[1]-1)*one-1)
	z0, z1 := max(0, z-h), min(z+h, (n[2]-1)*one-1)
	a := r.value(x1, y0, z0)
	b := r.value(x0, y0, z1)
	c := r.value(x0, y1, z0)
	d := r.value(x1, y1, z1)
	return float32(a - b - c + d), float32(c + d - a - b), float32(b + d - a - c)
}

// sample reads one value, coordinates clamped to the volume.
func (r *rays) sample(x, y, z int64) int64 {
	n := &r.s.n
	return r.value(max(0, min(x, (n[0]-1)*one-1)), max(0, min(y, (n[1]-1)*one-1)), max(0, min(z, (n[2]-1)*one-1)))
}
