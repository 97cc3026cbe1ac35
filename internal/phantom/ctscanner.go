package phantom

import (
	"context"
	"math"

	"github.com/vertefill/vertefill/internal/volume"
	"gonum.org/v1/gonum/dsp/fourier"
)

// The projection domain: every slice is turned into a fan-beam sinogram with a spectrum and counted photons, and reconstructed by
// filtered back-projection (Kak and Slaney, Principles of Computerized Tomographic Imaging, 1988, section 3.4.1). Cupping, dark
// bands and streaks between dense parts, noise that follows the attenuation and lowered CT numbers come out by themselves.
const (
	sourceMM  = 570.0 // from the source to the middle
	channelMM = 0.5   // between rays, at the middle
	views     = 600
	trunkX    = 170.0 // half axes of the trunk beyond the field of view, mm
	trunkY    = 115.0
	softHU    = 80.0   // up to here a voxel is more or less water
	mineralHU = 1400.0 // so much more is bone mineral at most; what goes beyond is barium
)

// ctScanner scans slices of one grid.
type ctScanner struct {
	im       imaging
	spectrum *spectrum
	nx, ny   int
	px       float64 // pixel, mm
	channels int     // odd: the middle one passes the middle
	inField  int     // channels to either side of the middle whose rays meet the field of view
	fft      int     // length of the transforms
	filter   []float64
	photons  float64
}

// project is take in the projection domain.
func (im imaging) project(ctx context.Context, ideal []float32, g *volume.Grid, r random) (*volume.Volume, error) {
	p := newCTScanner(im, g)
	p.photons = 1e6
	if im.noiseHU > 0 {
		sd := p.noise(stream(r.Uint64(), "photons"))
		p.photons *= sd * sd / (im.noiseHU * im.noiseHU)
	}
	v := &volume.Volume{Grid: g, HU: make([]int16, g.Len()), CeilingHU: im.ceiling}
	seeds := make([]uint64, g.NZ)
	for k := range seeds {
		seeds[k] = r.Uint64()
	}
	n := g.NX * g.NY
	err := inParallel(ctx, g.NZ, func(k int) {
		hu := p.reconstruct(p.sinogram(ideal[k*n:(k+1)*n], stream(seeds[k], "photons")), 0, 0, g.NX, g.NY)
		for i, x := range hu {
			v.HU[k*n+i] = int16(math.Round(max(volume.Air, min(float64(im.ceiling), float64(x)))))
		}
	})
	return v, err
}

func newCTScanner(im imaging, g *volume.Grid) *ctScanner {
	p := &ctScanner{im: im, spectrum: newSpectrum(), nx: g.NX, ny: g.NY, px: float64(g.DX)}
	corner := 0.5 * math.Hypot(float64(g.NX), float64(g.NY)) * p.px
	angle := channelMM / sourceMM
	p.inField = int(math.Asin(min(0.9, corner/sourceMM))/angle) + 1
	p.channels = 2*max(p.inField, int(math.Asin(trunkX/sourceMM)/angle)+2) + 1
	for p.fft = 1; p.fft < 2*p.channels; p.fft *= 2 {
	}
	// The ramp for rays at equal angles, then the kernel: a Gaussian that makes the point spread asked for, and the overshoot.
	ramp := make([]float64, p.fft)
	ramp[0] = 1 / (8 * angle * angle)
	for n := 1; n < p.channels; n += 2 {
		w := -1 / (2 * math.Pi * math.Pi * sq(math.Sin(float64(n)*angle)))
		ramp[n], ramp[p.fft-n] = w, w
	}
	sigma := im.fwhmMM / 2.3548
	variance := max(0.02, sigma*sigma-channelMM*channelMM/6-p.px*p.px/12) // less what interpolation and the pixel blur
	for i, c := range fourier.NewFFT(p.fft).Coefficients(nil, ramp) {
		f := float64(i) / (float64(p.fft) * channelMM)
		soft := math.Exp(-2 * math.Pi * math.Pi * f * f * 2.2 * sigma * sigma)
		p.filter = append(p.filter, real(c)*angle/float64(p.fft)*math.Exp(-2*math.Pi*math.Pi*f*f*variance)*(1+im.sharpen*(1-soft)))
	}
	return p
}

// fanRay is one line of a view: from the source in a direction, in mm about the middle of the field.
type fanRay struct{ x, y, dx, dy float64 }

func fanRayOf(view, channel, channels int) fanRay {
	sin, cos := math.Sincos(2 * math.Pi * float64(view) / views)
	s, c := math.Sincos(2*math.Pi*float64(view)/views + float64(channel-channels/2)*channelMM/sourceMM)
	return fanRay{x: sourceMM * sin, y: -sourceMM * cos, dx: -s, dy: c}
}

// trunk is the length of a ray inside the ellipse of water.
func (r fanRay) trunk() float64 {
	x, y, dx, dy := r.x/trunkX, r.y/trunkY, r.dx/trunkX, r.dy/trunkY
	a, b, c := dx*dx+dy*dy, x*dx+y*dy, x*x+y*y-1
	d := b*b - a*c
	if d <= 0 {
		return 0
	}
	return 2 * math.Sqrt(d) / a
}

// matter is what a pixel holds beyond the trunk's water.
type matter struct{ water, bone, barium float32 }

// matters sorts the ideal CT numbers of a slice into materials, with a border of nothing.
func (p *ctScanner) matters(hu []float32) []matter {
	w := p.nx + 2
	out := make([]matter, w*(p.ny+2))
	for j := range p.ny {
		for i := range p.nx {
			h := hu[i+p.nx*j]
			m := &out[i+1+w*(j+1)]
			m.water = 1 + min(h, softHU)/1000
			if h > softHU {
				m.bone = min(h-softHU, mineralHU) / 1000
				m.barium = max(0, h-softHU-mineralHU) / 1000
			}
			x, y := (float64(i)-float64(p.nx-1)/2)*p.px, (float64(j)-float64(p.ny-1)/2)*p.px
			if sq(x/trunkX)+sq(y/trunkY) < 1 {
				m.water--
			}
		}
	}
	return out
}

// sinogram is the water lengths, mm, that the scanner reads behind the slice.
func (p *ctScanner) sinogram(hu []float32, r random) []float64 {
	m := p.matters(hu)
	out := make([]float64, views*p.channels)
	half := p.channels / 2
	for v := range views {
		for c := range p.channels {
			ray := fanRayOf(v, c, p.channels)
			water, bone, barium := ray.trunk(), 0.0, 0.0
			if c >= half-p.inField && c <= half+p.inField {
				a, b, d := p.along(m, ray)
				water, bone, barium = water+a, b, d
			}
			out[c+p.channels*v] = p.detect(p.spectrum.signal(water, bone, barium), r)
		}
	}
	return out
}

// detect counts photons; where nearly none arrive the reading is bounded, as electronics do.
func (p *ctScanner) detect(signal float64, r random) float64 {
	if p.im.noiseHU > 0 {
		signal += r.NormFloat64() * math.Sqrt(signal/p.photons)
	}
	return p.spectrum.waterLength(max(signal, 2/p.photons))
}

// along sums the materials along a ray, in mm of water each (Joseph 1982, IEEE Trans Med Imaging 1:192).
func (p *ctScanner) along(m []matter, r fanRay) (water, bone, barium float64) {
	nx, ny, stride := p.nx, p.ny, 1
	x, y := r.x/p.px+float64(p.nx-1)/2+1, r.y/p.px+float64(p.ny-1)/2+1 // in pixels of the bordered picture
	dx, dy, across := r.dx, r.dy, p.nx+2
	if math.Abs(dx) > math.Abs(dy) { // step along rows
		x, y, dx, dy, nx, ny, stride, across = y, x, dy, dx, ny, nx, across, stride
	}
	// Now y is the axis that is stepped along; x moves by slope a step.
	slope := dx / dy
	at := x + (1-y)*slope
	var w, b, d float32
	for j := 1; j <= ny; j++ {
		if at >= 0 && at < float64(nx+1) {
			i := int(at)
			f := float32(at - float64(i))
			o := i*stride + j*across
			u, v := &m[o], &m[o+stride]
			w += u.water + f*(v.water-u.water)
			b += u.bone + f*(v.bone-u.bone)
			d += u.barium + f*(v.barium-u.barium)
		}
		at += slope
	}
	length := p.px * math.Sqrt(1+slope*slope)
	return float64(w) * length, float64(b) * length, float64(d) * length
}

// reconstruct returns the CT numbers of the pixels from (i0, j0) up to (i1, j1).
func (p *ctScanner) reconstruct(sinogram []float64, i0, j0, i1, j1 int) []float32 {
	f := fourier.NewFFT(p.fft)
	line, spectrum := make([]float64, p.fft), make([]complex128, p.fft/2+1)
	half := p.channels / 2
	angle := channelMM / sourceMM
	width := i1 - i0
	sum := make([]float32, width*(j1-j0))
	filtered := make([]float32, p.channels+1)
	for v := range views {
		clear(line)
		for c, x := range sinogram[p.channels*v : p.channels*(v+1)] {
			line[c] = x * sourceMM * math.Cos(float64(c-half)*angle)
		}
		f.Coefficients(spectrum, line)
		for i := range spectrum {
			spectrum[i] *= complex(p.filter[i], 0)
		}
		f.Sequence(line, spectrum)
		for c := range p.channels {
			filtered[c] = float32(line[c])
		}
		sin, cos := math.Sincos(2 * math.Pi * float64(v) / views)
		for j := j0; j < j1; j++ {
			y := (float64(j) - float64(p.ny-1)/2) * p.px
			x := (float64(i0) - float64(p.nx-1)/2) * p.px
			// Along the ray through the middle, and across it towards growing channels.
			far := sourceMM - x*sin + y*cos
			side := -x*cos - y*sin
			row := sum[width*(j-j0):][:width]
			for i := range row {
				t := side / far
				// The arc tangent of less than a third, to 1e-6.
				t2 := t * t
				at := t*(1-t2*(1.0/3-t2*(0.2-t2*(1.0/7-t2/9))))/angle + float64(half)
				if c := int(at); at >= 0 && c < p.channels-1 {
					w := float32(at - float64(c))
					row[i] += (filtered[c] + w*(filtered[c+1]-filtered[c])) / float32(far*far*(1+t2))
				}
				far -= p.px * sin
				side -= p.px * cos
			}
		}
	}
	for i := range sum {
		sum[i] = 1000 * (sum[i]*float32(2*math.Pi/views) - 1)
	}
	return sum
}

// noise measures the standard deviation in the middle of the trunk, HU.
func (p *ctScanner) noise(r random) float64 {
	water := make([]float32, p.nx*p.ny)
	with := p.sinogram(water, r)
	quiet := *p
	quiet.im.noiseHU = 0
	const n = 48
	i0, j0 := (p.nx-n)/2, (p.ny-n)/2
	a := p.reconstruct(with, i0, j0, i0+n, j0+n)
	b := quiet.reconstruct(quiet.sinogram(water, r), i0, j0, i0+n, j0+n)
	sum := 0.0
	for i := range a {
		sum += sq(float64(a[i] - b[i]))
	}
	return math.Sqrt(sum / float64(len(a)))
}
