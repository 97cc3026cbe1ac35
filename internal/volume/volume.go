package volume

import (
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
)

// Air is the CT number used outside a volume.
const Air = -1024

// Volume is a CT volume in whole HU. Its voxels must not be changed once it is shared.
type Volume struct {
	*Grid
	HU []int16 // len NX*NY*NZ

	// CeilingHU is the highest CT number that the files can hold (3071 for 12-bit data with intercept -1024, 32767 when no
	// ceiling is known). Voxels at the ceiling are saturated.
	CeilingHU int16
	// Corrupt marks slices whose pixels could not be read; nil when all are good. Their voxels hold Air and must not be measured.
	Corrupt []bool
}

// New makes a volume of air.
func New(g *Grid) *Volume {
	v := &Volume{Grid: g, HU: make([]int16, g.Len()), CeilingHU: math.MaxInt16}
	for i := range v.HU {
		v.HU[i] = Air
	}
	return v
}

// At returns the CT number of a voxel, Air outside.
func (v *Volume) At(i, j, k int) int16 {
	if i < 0 || j < 0 || k < 0 || i >= v.NX || j >= v.NY || k >= v.NZ {
		return Air
	}
	return v.HU[i+v.NX*(j+v.NY*k)]
}

// Sample returns the CT number between voxels by trilinear interpolation. Within half a voxel outside the border the nearest
// voxel counts; beyond, Air.
func (v *Volume) Sample(p geom.Voxel) float64 {
	x, y, z := p.X, p.Y, p.Z
	if !(x >= -0.5 && y >= -0.5 && z >= -0.5 && x <= float64(v.NX)-0.5 && y <= float64(v.NY)-0.5 && z <= float64(v.NZ)-0.5) {
		return Air
	}
	x, y, z = max(x, 0), max(y, 0), max(z, 0)
	i, j, k := min(int(x), v.NX-1), min(int(y), v.NY-1), min(int(z), v.NZ-1)
	fx, fy, fz := x-float64(i), y-float64(j), z-float64(k)
	o := i + v.NX*(j+v.NY*k)
	di, dj, dk := 1, v.NX, v.NX*v.NY
	if i+1 >= v.NX {
		di, fx = 0, 0
	}
	if j+1 >= v.NY {
		dj, fy = 0, 0
	}
	if k+1 >= v.NZ {
		dk, fz = 0, 0
	}
	h := v.HU
	a := float64(h[o])*(1-fx) + float64(h[o+di])*fx
	b := float64(h[o+dj])*(1-fx) + float64(h[o+dj+di])*fx
	c := float64(h[o+dk])*(1-fx) + float64(h[o+dk+di])*fx
	d := float64(h[o+dk+dj])*(1-fx) + float64(h[o+dk+dj+di])*fx
	return (a*(1-fy)+b*fy)*(1-fz) + (c*(1-fy)+d*fy)*fz
}

// SampleAt is Sample at a patient position.
func (v *Volume) SampleAt(p geom.Patient) float64 { return v.Sample(v.Voxel(p)) }

// Saturated reports whether the CT number is the ceiling of the scale.
func (v *Volume) Saturated(hu int16) bool { return hu >= v.CeilingHU }

// RawBytes returns the size of the voxels in memory.
func (v *Volume) RawBytes() int64 { return 2 * int64(len(v.HU)) }

// Resample returns the volume on another grid by trilinear interpolation, both in the same patient coordinates.
func (v *Volume) Resample(g *Grid) *Volume {
	out := &Volume{Grid: g, HU: make([]int16, g.Len()), CeilingHU: v.CeilingHU}
	o := 0
	for k := range g.NZ {
		for j := range g.NY {
			p := v.Voxel(g.Patient(geom.Vox(0, float64(j), float64(k))))
			step := v.Voxel(g.Patient(geom.Vox(1, float64(j), float64(k)))).Sub(p)
			affine := v.affine
			for i := range g.NX {
				q := p.Add(step.Mul(float64(i)))
				if !affine {
					q = v.Voxel(g.Patient(geom.Vox(float64(i), float64(j), float64(k))))
				}
				out.HU[o] = int16(math.Round(v.Sample(q)))
				o++
			}
		}
	}
	return out
}

// Labels is a label map over a box of voxels of a grid; outside the box every label is zero. Masks are labels of 0 and 1.
type Labels struct {
	Grid *Grid
	Box  geom.Box
	V    []uint8 // len Box.Len(), x fastest
}

// NewLabels makes an empty label map over the part of the box that lies in the grid.
func NewLabels(g *Grid, box geom.Box) *Labels {
	box = box.Intersect(g.Bounds())
	if box.Empty() {
		box = geom.Box{}
	}
	return &Labels{Grid: g, Box: box, V: make([]uint8, box.Len())}
}

// At returns the label of a voxel, zero outside the box.
func (l *Labels) At(i, j, k int) uint8 {
	if !l.Box.Contains(i, j, k) {
		return 0
	}
	return l.V[l.Box.Offset(i, j, k)]
}

// Set writes the label of a voxel; voxels outside the box are ignored.
func (l *Labels) Set(i, j, k int, label uint8) {
	if l.Box.Contains(i, j, k) {
		l.V[l.Box.Offset(i, j, k)] = label
	}
}

// Volume returns the volume of all voxels that carry the label, through the true slice weights.
func (l *Labels) Volume(label uint8) unit.ML {
	nx, ny, nz := l.Box.Size()
	var mm3 unit.MM3
	for k := range nz {
		n := 0
		for _, v := range l.V[k*nx*ny : (k+1)*nx*ny] {
			if v == label {
				n++
			}
		}
		mm3 += unit.MM3(float64(n) * float64(l.Grid.VoxelVolume(l.Box.Min.K+k)))
	}
	return mm3.ML()
}

// Paint copies all non-zero labels of src, which must be on the same grid, into l.
func (l *Labels) Paint(src *Labels) error {
	if l.Grid != src.Grid && !SameGrid(l.Grid, src.Grid) {
		return fmt.Errorf("volume: label maps on different grids")
	}
	b := l.Box.Intersect(src.Box)
	for k := b.Min.K; k < b.Max.K; k++ {
		for j := b.Min.J; j < b.Max.J; j++ {
			for i := b.Min.I; i < b.Max.I; i++ {
				if v := src.V[src.Box.Offset(i, j, k)]; v != 0 {
					l.V[l.Box.Offset(i, j, k)] = v
				}
			}
		}
	}
	return nil
}
