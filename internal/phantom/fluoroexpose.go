package phantom

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// linear is an image's affine map: x' = a x - b y + tx, y' = b x + a y + ty.
type linear struct{ a, b, tx, ty float64 }

// linear returns the motion about the middle of a picture.
func (m RunMotion) linear(pixels int) linear {
	sin, cos := math.Sincos(m.Radians)
	a, b := m.Scale*cos, m.Scale*sin
	c := float64(pixels-1) / 2
	return linear{a, b, c + m.DX - a*c + b*c, c + m.DY - b*c - a*c}
}

func (l linear) apply(x, y float64) (float64, float64) {
	return l.a*x - l.b*y + l.tx, l.b*x + l.a*y + l.ty
}

func (l linear) back(x, y float64) (float64, float64) {
	x, y = x-l.tx, y-l.ty
	n := l.a*l.a + l.b*l.b
	return (l.a*x + l.b*y) / n, (-l.b*x + l.a*y) / n
}

// Table and field change over this many frames.
const (
	tableFrames   = 3
	trocarFrames  = 5
	trocarTravel  = 120.0 // mm
	diaphragmGain = 4.0   // by how much it moves more than the spine
)

// motions draws where every frame lies: breathing about the first frame, the table's way, the change of field.
func (r *Run) motions(random random) (out []RunMotion, breath []float64) {
	o := r.Options
	direction := random.between(-0.3, 0.3)
	drift := random.between(-0.3, 0.3)
	sum := 0.0
	for k := range o.Frames {
		phase := 2 * math.Pi * float64(k) * float64(o.FrameTime) / float64(o.BreathingPeriod)
		sum += drift * math.Sin(float64(k)/9)
		s := math.Sin(phase + 0.2*sum)
		if k == 0 {
			s = 0
		}
		breath = append(breath, s)
		m := RunMotion{Scale: 1, Radians: o.BreathingDegrees * s * math.Pi / 180,
			DX: o.BreathingMM * s * direction / r.atMM(), DY: o.BreathingMM * s / r.atMM()}
		if o.TableAt > 0 && k >= o.TableAt {
			done := min(1, float64(k-o.TableAt+1)/tableFrames)
			m.DX += done * o.TableMM[0] / r.atMM()
			m.DY += done * o.TableMM[1] / r.atMM()
		}
		if o.ZoomAt > 0 && k >= o.ZoomAt {
			m.DX, m.DY, m.Scale = m.DX*o.ZoomBy, m.DY*o.ZoomBy, o.ZoomBy
		}
		out = append(out, m)
	}
	return out, breath
}

// events lists what happens, for the truth.
func (r *Run) events() {
	o, t := r.Options, &r.Truth
	add := func(kind string, frame int) {
		if frame > 0 {
			t.Events = append(t.Events, RunEvent{kind, frame})
		}
	}
	add("table-move", o.TableAt)
	if o.ZoomBy != 1 {
		add("zoom", o.ZoomAt)
	}
	if o.ExposureBy != 1 {
		add("exposure", o.ExposureAt)
	}
	add("trocar-in", o.TrocarIn)
	add("trocar-out", o.TrocarOut)
}

// blob is a soft round shadow or light.
type blob struct{ x, y, rx, ry, depth, vx, vy float64 }

func (b blob) at(x, y, k float64) float64 {
	u, v := (x-b.x-b.vx*k)/b.rx, (y-b.y-b.vy*k)/b.ry
	q := u*u + v*v
	if q > 1.4 {
		return 0
	}
	return b.depth / (1 + math.Exp((math.Sqrt(q)-1)*14))
}

// expose turns path lengths into pictures and counts the cement's area.
func (r *Run) expose(ctx context.Context, s *still, c *Case, d *deposit) error {
	o := r.Options
	random := stream(c.Seed, fmt.Sprintf("fluoro %g %g %d", o.PrimaryDegrees, o.SecondaryDegrees, o.Frames))
	n := r.pixels * r.pixels
	r.Pix = make([]uint16, n*o.Frames)
	var breath []float64
	r.Truth.Motion, breath = r.motions(stream(c.Seed, fmt.Sprintf("breath %d", o.Frames))) // the same from every side
	r.events()
	sorted := slices.Clone(s.base)
	slices.Sort(sorted)
	median := float64(sorted[len(sorted)/2]) // the exposure control keeps the middle of the picture at a third of white
	side := float64(r.pixels)
	for range o.Clips {
		clip := blob{random.between(0.15, 0.85) * side, random.between(0.15, 0.85) * side, random.between(2, 5), random.between(2, 5), random.between(0.5, 1.2), 0, 0}
		for i := range s.base {
			s.base[i] += float32(clip.at(float64(i%s.side-r.margin), float64(i/s.side-r.margin), 0))
		}
	}
	var gas []blob
	for range o.Gas {
		gas = append(gas, blob{random.between(0.05, 0.3) * side, random.between(0.2, 0.9) * side, random.between(12, 30), random.between(10, 22),
			-random.between(0.08, 0.2), random.between(-0.5, 0.5), random.between(-0.4, 0.4)})
	}
	rod := newTrocar(d.on, random)
	r.masks(s, c.Truth.patient.sees.vertebrae[r.Truth.level], rod)
	total, image := make([]float32, len(s.base)), make([]float32, len(s.base))
	cement := make([]float32, len(s.base))
	slice, tmp, light := make([]float32, n), make([]float32, n), make([]float32, n)
	grain := kernel(0.3)
	edge := random.between(0.55, 0.9) * side
	exposure := 1.0
	for k := range o.Frames {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, list := range s.cement {
			for _, x := range list {
				if x.frame == k {
					cement[i] += float32(x.mm * x.perMM)
				}
			}
			total[i] = s.base[i] + cement[i]
		}
		if depth, in := r.trocarAt(k); in {
			r.shadow(total, s, c.Truth.patient.sees.vertebrae[r.Truth.level], rod, depth)
		}
		m := r.Truth.Motion[k].linear(r.pixels)
		if o.ExposureAt > 0 && k >= o.ExposureAt {
			exposure = o.ExposureBy
		}
		copy(image, total)
		for i := range slice {
			x, y := m.back(float64(i%r.pixels), float64(i/r.pixels))
			a := float64(cubic(image, s.side, x+float64(r.margin), y+float64(r.margin)))
			for _, g := range gas {
				a += g.at(x, y, float64(k))
			}
			if o.Diaphragm {
				line := edge + 0.0012*(x-side/2)*(x-side/2) + (diaphragmGain-1)*o.BreathingMM*breath[k]/r.atMM()
				a += 0.3 / (1 + math.Exp((line-y)/2.5))
			}
			slice[i] = float32(math.Exp(median - a))
		}
		if o.Scatter > 0 {
			copy(light, slice)
			spread(light, r.pixels, r.pixels/8)
			for i := range slice {
				slice[i] = (slice[i] + float32(o.Scatter)*light[i]) / float32(1+o.Scatter)
			}
		}
		convolve(slice, tmp, r.pixels, r.pixels, kernel(o.BlurPixels*o.BlurPixels))
		r.shut(slice)
		for i := range slice {
			signal := 1350 * exposure * float64(slice[i])
			slice[i] = float32(signal + random.NormFloat64()*0.9*math.Sqrt(max(signal, 0)*exposure/(o.Dose*exposure)))
		}
		convolve(slice, tmp, r.pixels, r.pixels, grain)
		for i, x := range slice {
			r.Pix[k*n+i] = r.stored(float64(x))
		}
		r.count(s, k, m)
	}
	return nil
}

// stored is the pixel value of a signal.
func (r *Run) stored(x float64) uint16 {
	x = max(0, min(4095, x))
	if r.Options.Logarithmic {
		x = 4095 * (1 + math.Log10(max(x, 4.095)/4095)/3)
	}
	return uint16(math.Round(x))
}

// shut closes the collimator.
func (r *Run) shut(slice []float32) {
	side := float64(r.pixels)
	for i := range slice {
		x, y := float64(i%r.pixels)/side, float64(i/r.pixels)/side
		c := r.Options.Shutter
		if x < c[0] || y < c[1] || x > 1-c[2] || y > 1-c[3] {
			slice[i] *= 0.012
		}
	}
}

// count adds the cement's area in frame k, in pixels of that frame.
func (r *Run) count(s *still, k int, m linear) {
	area := 0.0
	for o, f := range s.first {
		if int(f) > k {
			continue
		}
		x, y := m.apply(float64(o%s.side-r.margin), float64(o/s.side-r.margin))
		side := float64(r.pixels)
		c := r.Options.Shutter
		if x >= c[0]*side && y >= c[1]*side && x <= (1-c[2])*side-1 && y <= (1-c[3])*side-1 {
			area++
		}
	}
	scale := r.Truth.Motion[k].Scale
	r.Truth.CementAreaPx = append(r.Truth.CementAreaPx, math.Round(area*scale*scale))
	r.Truth.CementAreaMM2 = append(r.Truth.CementAreaMM2, area*r.atMM()*r.atMM())
}

// spread blurs widely: three passes of a box.
func spread(v []float32, side, radius int) {
	line := make([]float32, side)
	for range 3 {
		for axis := range 2 {
			for l := range side {
				o, step := l*side, 1
				if axis == 1 {
					o, step = l, side
				}
				sum := float32(0)
				for i := -radius; i <= radius; i++ {
					sum += v[o+step*max(0, min(side-1, i))]
				}
				for i := range line {
					line[i] = sum / float32(2*radius+1)
					sum += v[o+step*min(side-1, i+radius+1)] - v[o+step*max(0, i-radius)]
				}
				for i, x := range line {
					v[o+step*i] = x
				}
			}
		}
	}
}
