package vertebra

import (
	"context"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/parallel"
	"github.com/vertefill/vertefill/internal/volume"
)

// Target spacing of the coarse copy: the canal is found on it, whatever the orientation of the slices.
const (
	coarseInPlaneMM = 1.5
	coarseAxialMM   = 2.0
)

// coarse is a down-sampled copy of a volume on the patient's axes: I towards left, J posterior, K head.
type coarse struct {
	origin     geom.Patient
	dx, dz     float64 // spacing in the axial plane and along the head axis, mm
	nx, ny, nz int
	hu         []int16
}

func (c *coarse) at(i, j, k int) int16 {
	if i < 0 || j < 0 || k < 0 || i >= c.nx || j >= c.ny || k >= c.nz {
		return volume.Air
	}
	return c.hu[i+c.nx*(j+c.ny*k)]
}

func (c *coarse) patient(x, y, z float64) geom.Patient {
	return c.origin.Add(geom.LPSVec(x*c.dx, y*c.dx, z*c.dz))
}

// index returns the voxel nearest to p.
func (c *coarse) index(p geom.Patient) (i, j, k int) {
	r := p.Sub(c.origin)
	return int(math.Round(r.X / c.dx)), int(math.Round(r.Y / c.dx)), int(math.Round(r.Z / c.dz))
}

// downsample takes the mean of the voxels that fall into each coarse cell, on a regular pattern of sub-points so that any
// orientation of the source costs the same.
func downsample(ctx context.Context, v *volume.Volume) (*coarse, error) {
	lo, hi := corners(v.Grid)
	inPlane, axial := spacingAlong(v.Grid)
	c := &coarse{dx: max(coarseInPlaneMM, inPlane), dz: max(coarseAxialMM, axial)}
	size := hi.Sub(lo)
	c.nx = max(1, int(math.Round(size.X/c.dx)))
	c.ny = max(1, int(math.Round(size.Y/c.dx)))
	c.nz = max(1, int(math.Round(size.Z/c.dz)))
	c.origin = lo.Add(geom.LPSVec(c.dx/2, c.dx/2, c.dz/2))
	c.hu = make([]int16, c.nx*c.ny*c.nz)
	m := max(1, min(4, int(math.Round(c.dx/inPlane))))
	mz := max(1, min(4, int(math.Round(c.dz/axial))))
	sub := func(n int) []float64 {
		o := make([]float64, n)
		for i := range o {
			o[i] = (float64(i)+0.5)/float64(n) - 0.5
		}
		return o
	}
	sx, sz := sub(m), sub(mz)
	inv, affine := v.Inverse()
	err := parallel.Each(ctx, c.nz, func(k int) {
		sum := make([]int32, c.nx)
		count := make([]int32, c.nx)
		for j := range c.ny {
			clear(sum)
			clear(count)
			for _, oz := range sz {
				for _, oy := range sx {
					for _, ox := range sx {
						p := c.patient(ox, float64(j)+oy, float64(k)+oz)
						if !affine {
							for i := range c.nx {
								addVoxel(v, v.Voxel(p.Add(geom.LPSVec(float64(i)*c.dx, 0, 0))), &sum[i], &count[i])
							}
							continue
						}
						q := inv.Apply(p)
						step := inv.ApplyVec(geom.LPSVec(c.dx, 0, 0))
						for i := range c.nx {
							addVoxel(v, q, &sum[i], &count[i])
							q = q.Add(step)
						}
					}
				}
			}
			row := c.hu[c.nx*(j+c.ny*k):]
			for i := range c.nx {
				row[i] = volume.Air
				if count[i] > 0 {
					row[i] = int16(sum[i] / count[i])
				}
			}
		}
	})
	return c, err
}

func addVoxel(v *volume.Volume, q geom.Voxel, sum, count *int32) {
	i, j, k := int(q.X+0.5), int(q.Y+0.5), int(q.Z+0.5)
	if q.X < -0.5 || q.Y < -0.5 || q.Z < -0.5 || i >= v.NX || j >= v.NY || k >= v.NZ {
		return
	}
	*sum += int32(max(volume.Air, v.HU[i+v.NX*(j+v.NY*k)]))
	*count++
}

// corners returns the box on the patient's axes that holds all voxels with their extent.
func corners(g *volume.Grid) (lo, hi geom.Patient) {
	first := true
	for _, x := range []float64{-0.5, float64(g.NX) - 0.5} {
		for _, y := range []float64{-0.5, float64(g.NY) - 0.5} {
			for _, z := range []float64{-0.5, float64(g.NZ) - 0.5} {
				p := g.Patient(geom.Vox(x, y, z))
				if first {
					lo, hi, first = p, p, false
				}
				lo = geom.LPS(min(lo.X, p.X), min(lo.Y, p.Y), min(lo.Z, p.Z))
				hi = geom.LPS(max(hi.X, p.X), max(hi.Y, p.Y), max(hi.Z, p.Z))
			}
		}
	}
	return lo, hi
}

// spacingAlong returns the voxel spacing met along the patient's axes, in the axial plane and along the head axis.
func spacingAlong(g *volume.Grid) (inPlane, axial float64) {
	along := func(d geom.PatientVec) float64 {
		return 1 / max(math.Abs(d.Dot(g.Row))/float64(g.DX), math.Abs(d.Dot(g.Col))/float64(g.DY), math.Abs(d.Dot(g.Normal))/float64(g.DZ))
	}
	return max(along(geom.LPSVec(1, 0, 0)), along(geom.LPSVec(0, 1, 0))), along(geom.LPSVec(0, 0, 1))
}
