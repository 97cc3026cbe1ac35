package phantom

import (
	"context"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Steps along rays, in mm.
const (
	rayStepMM    = 0.8
	cementStepMM = 0.25
)

// projector is the geometry of a view. At primary angle 0 the detector is in front of the patient and the patient's left is to the
// right of the picture; at +90 (LAO) it is on the patient's left and columns run towards posterior. Rows run towards the feet.
type projector struct {
	source         geom.Patient
	beam, col, row geom.PatientVec
	pixels, margin int // of the picture, and beyond it on every side
	pixelMM        float64
}

func newProjector(centre geom.Patient, o RunOptions) projector {
	sa, ca := math.Sincos(o.PrimaryDegrees * math.Pi / 180)
	sb, cb := math.Sincos(o.SecondaryDegrees * math.Pi / 180)
	p := projector{beam: geom.LPSVec(sa*cb, -ca*cb, sb), col: geom.LPSVec(ca, sa, 0), pixels: o.Pixels, pixelMM: o.DetectorMM}
	p.row = p.beam.Cross(p.col).Mul(-1)
	p.source = centre.Add(p.beam.Mul(-sourceCentre))
	reach := math.Hypot(o.TableMM[0], o.TableMM[1]) + 1.5*o.BreathingMM
	p.margin = 12 + int(reach/p.atMM())
	return p
}

// atMM is the size of a pixel in the plane of the treated vertebra.
func (p projector) atMM() float64 { return p.pixelMM * sourceCentre / sourceDetector }

// ray returns the unit direction from the source through a pixel.
func (p projector) ray(column, row float64) geom.PatientVec {
	mid := float64(p.pixels-1) / 2
	return p.beam.Mul(sourceDetector).Add(p.col.Mul((column - mid) * p.pixelMM)).Add(p.row.Mul((row - mid) * p.pixelMM)).Unit()
}

// matrix returns the projection as 3x4.
func (p projector) matrix() (m [12]float64) {
	mid, f := float64(p.pixels-1)/2, sourceDetector/p.pixelMM
	for r, v := range []geom.PatientVec{p.beam.Mul(mid).Add(p.col.Mul(f)), p.beam.Mul(mid).Add(p.row.Mul(f)), p.beam} {
		m[4*r], m[4*r+1], m[4*r+2] = v.X, v.Y, v.Z
		m[4*r+3] = -v.Dot(p.source.Sub(geom.LPS(0, 0, 0)))
	}
	return m
}

// project returns where a point is drawn in the first frame.
func (p projector) project(at geom.Patient) [2]float64 {
	v := at.Sub(p.source)
	w := v.Dot(p.beam)
	mid, f := float64(p.pixels-1)/2, sourceDetector/p.pixelMM
	return [2]float64{mid + f*v.Dot(p.col)/w, mid + f*v.Dot(p.row)/w}
}

// still is what the first frame would see, with a margin on every side: pixel (x, y) of the frame is at x+margin, y+margin.
type still struct {
	side   int       // pixels, with both margins
	base   []float32 // attenuation without new cement
	cement [][]stretch
	first  []uint16 // frame in which the pixel has visibleMM of cement
}

// stretch is new cement on a ray that arrives in one frame.
type stretch struct {
	frame int
	leak  int // id, zero for none
	mm    float64
	perMM float64 // attenuation
}

// never is the first frame of what does not come.
const never = math.MaxUint16

// trace follows the ray of every pixel. Tissue is followed for every second pixel of every second row: the CT is coarser than that.
func (r *Run) trace(ctx context.Context, c *Case, d *deposit) (*still, error) {
	side := r.pixels + 2*r.margin
	side += side % 2
	s := &still{side: side, base: make([]float32, side*side), cement: make([][]stretch, side*side), first: make([]uint16, side*side)}
	bare := c.withoutNewCement()
	half := side/2 + 1
	coarse := make([]float32, half*half)
	err := inParallel(ctx, half, func(row int) {
		for column := range half {
			coarse[column+half*row] = float32(r.attenuation(bare, r.ray(float64(2*column-r.margin), float64(2*row-r.margin))))
		}
	})
	if err != nil {
		return nil, err
	}
	flow := c.Truth.patient.flow(d, r.Options)
	err = inParallel(ctx, side, func(row int) {
		for column := range side {
			o := column + side*row
			s.base[o] = cubic(coarse, half, float64(column)/2, float64(row)/2)
			s.cement[o] = c.Truth.patient.crossing(d, flow, r.source, r.ray(float64(column-r.margin), float64(row-r.margin)))
			s.first[o] = never
			mm := 0.0
			for _, x := range s.cement[o] {
				if mm += x.mm; mm >= visibleMM {
					s.first[o] = uint16(x.frame)
					break
				}
			}
		}
	})
	return s, err
}

// attenuation sums along a ray through a volume. Across the ray the border is carried on; what the field of view cuts off along it is
// counted as 100 mm of water.
func (p projector) attenuation(v *volume.Volume, dir geom.PatientVec) float64 {
	from, to := p.throughBox(v, dir)
	sum := 100 * waterPerMM
	a := v.Voxel(p.source.Add(dir.Mul(from + rayStepMM/2)))
	step := v.Voxel(p.source.Add(dir.Mul(from + rayStepMM*1.5))).Sub(a)
	for s := from; s < to; s += rayStepMM {
		inside := geom.Vox(max(0, min(float64(v.NX-1), a.X)), max(0, min(float64(v.NY-1), a.Y)), max(0, min(float64(v.NZ-1), a.Z)))
		sum += rayStepMM * waterPerMM * max(0, 1+v.Sample(inside)/1000)
		a = a.Add(step)
	}
	return sum
}

// throughBox returns where a ray enters and leaves the slices' box, along the axis that the beam follows most.
func (p projector) throughBox(v *volume.Volume, dir geom.PatientVec) (from, to float64) {
	a, b := v.Patient(geom.Vox(0, 0, 0)), v.Patient(geom.Vox(float64(v.NX-1), float64(v.NY-1), 0))
	if math.Abs(p.beam.X) >= math.Abs(p.beam.Y) {
		from, to = (a.X-p.source.X)/dir.X, (b.X-p.source.X)/dir.X
	} else {
		from, to = (a.Y-p.source.Y)/dir.Y, (b.Y-p.source.Y)/dir.Y
	}
	return min(from, to), max(from, to)
}

// crossing returns what a ray meets of a deposit, in the order in which it arrives.
func (p *patient) crossing(d *deposit, flow *flow, source geom.Patient, dir geom.PatientVec) []stretch {
	v := p.sees.vertebrae[p.index(d.on.level)]
	centre, radius := d.fill().radiusAbout()
	from := v.bodyFromPatient.Apply(source)
	along := v.bodyFromPatient.ApplyVec(dir)
	near := centre.Sub(from).Dot(along)
	if off := from.Add(along.Mul(near)).Dist(centre); off > radius {
		return nil
	}
	perMM := waterPerMM * (1 + d.plateau/1000)
	type key struct{ frame, leak int }
	found := map[key]float64{}
	for s := near - radius; s < near+radius; s += cementStepMM {
		q := from.Add(along.Mul(s))
		f := d.at(q)
		if f >= 0 {
			s += max(0, f/steepness-cementStepMM)
			continue
		}
		k := key{frame: flow.frame(q)}
		if class, id := d.classAt(q); class == anatomy.CementLeaked {
			k.leak = id
		}
		found[k] += cementStepMM
	}
	out := make([]stretch, 0, len(found))
	for k, mm := range found {
		out = append(out, stretch{k.frame, k.leak, mm, perMM})
	}
	slices.SortFunc(out, func(a, b stretch) int { return 1000*(a.frame-b.frame) + a.leak - b.leak })
	return out
}

// cubic interpolates a square picture (Catmull-Rom); beyond the border the edge is repeated.
func cubic(v []float32, side int, x, y float64) float32 {
	ix, iy := int(math.Floor(x)), int(math.Floor(y))
	wx, wy := cubicWeights(x-float64(ix)), cubicWeights(y-float64(iy))
	sum := 0.0
	for j := range 4 {
		row := v[max(0, min(side-1, iy+j-1))*side:][:side]
		line := 0.0
		if ix >= 1 && ix < side-2 {
			for i, w := range wx {
				line += w * float64(row[ix+i-1])
			}
		} else {
			for i, w := range wx {
				line += w * float64(row[max(0, min(side-1, ix+i-1))])
			}
		}
		sum += wy[j] * line
	}
	return float32(sum)
}

func cubicWeights(t float64) [4]float64 {
	return [4]float64{-t * (1 - t) * (1 - t) / 2, 1 + t*t*(1.5*t-2.5), t * (0.5 + t*(2-1.5*t)), t * t * (t - 1) / 2}
}
