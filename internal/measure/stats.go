package measure

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Stats are the statistics of the CT numbers of a region on the slice it was drawn in.
type Stats struct {
	N            int     // voxels, or samples of an oblique plane
	Mean, SD     float64 // HU; SD with n-1
	Min, Max     int16
	Median       float64
	Interpolated bool    // the plane is oblique: samples between voxels, not voxels
	Unread       int     // voxels left out because their slice could not be read or is missing
	Values       []int16 // in ascending order
}

// Histogram counts the values in bins of equal width from Min to Max; the width in HU is at least one.
func (s Stats) Histogram(bins int) (counts []int, width float64) {
	if s.N == 0 || bins < 1 {
		return nil, 0
	}
	counts = make([]int, bins)
	width = max(1, (float64(s.Max)-float64(s.Min)+1)/float64(bins))
	for _, v := range s.Values {
		counts[min(int((float64(v)-float64(s.Min))/width), bins-1)]++
	}
	return counts, width
}

// Statistics reads the CT numbers of a region, of a probe the one value.
//
// A plane across the slices of the volume, or along two of its voxel axes, takes the voxels themselves whose centres lie in the
// region, on the slice nearest to the plane: what the reader sees without interpolation. An oblique plane is sampled by trilinear
// interpolation at the smallest voxel distance. Voxels beyond the volume do not count.
func Statistics(vol *volume.Volume, s Shape) Stats {
	switch {
	case vol == nil || vol.Grid == nil || len(s.Points) == 0:
		return Stats{}
	case s.Kind == Probe:
		return probe(vol, s.Points[0])
	case !s.Kind.Region() || s.Area() == 0:
		return Stats{}
	}
	sight := s.Plane.Axis(2).Unit()
	along := func(d geom.PatientVec) bool { return math.Abs(sight.Dot(d)) > 1-1e-9 }
	g := vol.Grid
	straight := g.TiltRadians < 1e-4
	r := region{vol: vol, shape: s, outline: s.Outline(), planeFromPatient: s.Plane.MustInverse()}
	switch {
	case along(g.Normal):
		r.voxels(2)
	case along(g.Row) && straight:
		r.voxels(0)
	case along(g.Col) && straight:
		r.voxels(1)
	default:
		r.samples()
	}
	return r.stats()
}

// region gathers the values in a shape.
type region struct {
	vol              *volume.Volume
	shape            Shape
	outline          []geom.Plane
	planeFromPatient geom.Affine[geom.PlaneFrame, geom.PatientFrame]
	values           []int16
	unread           int
	interpolated     bool
}

// voxels takes the voxels of the slice across a voxel axis.
func (r *region) voxels(axis int) {
	g := r.vol.Grid
	n := [3]int{g.NX, g.NY, g.NZ}
	part := func(v geom.Voxel, a int) float64 { return [3]float64{v.X, v.Y, v.Z}[a] }
	lo, hi := [3]int{}, n // the voxels to look at
	first, depth := true, 0.0
	for _, q := range r.outline {
		v := g.Voxel(r.shape.Plane.Apply(q))
		for a := range 3 {
			x := part(v, a)
			b, e := int(math.Floor(x)), int(math.Ceil(x))+1
			if a == axis {
				b = int(math.Round(x))
				e = b + 1
			}
			if first {
				lo[a], hi[a], depth = b, e, v.Z
			}
			lo[a], hi[a] = min(lo[a], b), max(hi[a], e)
		}
		first = false
	}
	for a := range 3 {
		lo[a], hi[a] = max(lo[a], 0), min(hi[a], n[a])
	}
	for k := lo[2]; k < hi[2]; k++ {
		for j := lo[1]; j < hi[1]; j++ {
			for i := lo[0]; i < hi[0]; i++ {
				p := r.planeFromPatient.Apply(g.Patient(geom.Vox(float64(i), float64(j), float64(k))))
				if r.shape.contains(p, r.outline) {
					r.take(r.readAt(axis, depth, k), r.vol.At(i, j, k))
				}
			}
		}
	}
}

// readAt reports whether there is an image where a voxel of slice k is read. depth is that of the plane when it lies across the
// slices.
func (r *region) readAt(axis int, depth float64, k int) bool {
	if axis != 2 {
		depth = float64(k)
	}
	return r.vol.Read(depth)
}

func (r *region) take(read bool, hu int16) {
	if !read {
		r.unread++
		return
	}
	r.values = append(r.values, hu)
}

// maxSamples bounds the samples of an oblique plane.
const maxSamples = 4 << 20

// samples reads an oblique plane on a lattice of the smallest voxel distance.
func (r *region) samples() {
	r.interpolated = true
	g := r.vol.Grid
	step := float64(min(g.DX, g.DY, g.DZ))
	lo, hi := r.outline[0], r.outline[0]
	for _, q := range r.outline {
		lo.X, lo.Y, hi.X, hi.Y = min(lo.X, q.X), min(lo.Y, q.Y), max(hi.X, q.X), max(hi.Y, q.Y)
	}
	if n := (hi.X - lo.X) * (hi.Y - lo.Y) / (step * step); n > maxSamples {
		step *= math.Sqrt(n / maxSamples)
	}
	limit := [3]float64{float64(g.NX) - 0.5, float64(g.NY) - 0.5, float64(g.NZ) - 0.5}
	for y := lo.Y + step/2; y < hi.Y; y += step {
		for x := lo.X + step/2; x < hi.X; x += step {
			q := geom.Pt[geom.PlaneFrame](x, y, 0)
			if !r.shape.contains(q, r.outline) {
				continue
			}
			v := g.Voxel(r.shape.Plane.Apply(q))
			if v.X < -0.5 || v.Y < -0.5 || v.Z < -0.5 || v.X >= limit[0] || v.Y >= limit[1] || v.Z >= limit[2] {
				continue
			}
			r.take(r.vol.Read(v.Z), int16(math.Round(r.vol.Sample(v))))
		}
	}
}

func (r *region) stats() Stats {
	s := describe(r.values)
	s.Interpolated, s.Unread = r.interpolated, r.unread
	return s
}

// probe reads the voxel at a point.
func probe(vol *volume.Volume, p geom.Patient) Stats {
	v := vol.Voxel(p)
	i, j, k := int(math.Round(v.X)), int(math.Round(v.Y)), int(math.Round(v.Z))
	if i < 0 || j < 0 || k < 0 || i >= vol.NX || j >= vol.NY || k >= vol.NZ {
		return Stats{}
	}
	if !vol.Read(v.Z) {
		return Stats{Unread: 1}
	}
	return describe([]int16{vol.At(i, j, k)})
}

// describe sorts the values and describes them.
func describe(values []int16) Stats {
	n := len(values)
	if n == 0 {
		return Stats{}
	}
	slices.Sort(values)
	s := Stats{N: n, Min: values[0], Max: values[n-1], Values: values}
	sum := 0
	for _, v := range values {
		sum += int(v)
	}
	s.Mean = float64(sum) / float64(n)
	s.Median = (float64(values[(n-1)/2]) + float64(values[n/2])) / 2
	if n > 1 {
		squares := 0.0
		for _, v := range values {
			d := float64(v) - s.Mean
			squares += d * d
		}
		s.SD = math.Sqrt(squares / float64(n-1))
	}
	return s
}
