package artefact

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// Shift is a jump of the patient between two slices.
type Shift struct {
	Slice int     // the first slice after it
	MM    float64 // within the slice
}

const (
	motionCellMM  = 1.5  // of the coarse picture by which slices are compared
	motionSideMM  = 48.0 // beside the middle of the spine that is looked at
	motionFrontMM = 30.0
	motionBackMM  = 55.0
	motionLowHU   = -150 // beyond these CT numbers nothing is compared: cement and air would outweigh bone
	motionHighHU  = 500
	motionPasses  = 4
	motionMostMM  = 8.0 // more is no shift of the same picture
	motionAround  = 5   // pairs of slices to either side that tell how the spine runs
	motionLeastMM = 0.6 // less is within what noise and anatomy make
	motionTimes   = 4   // as much as the shifts of the slices around
	motionGain    = 1.4 // by which the shift makes the two slices more alike: where anatomy ends it does not
	motionThickMM = 3.0 // from this distance of slices on the anatomy itself jumps
)

// Motion finds the places where the patient moved between two slices: the spine, which runs on smoothly, jumps to one side. Every slice
// is laid on the one before by the shift of least squares (Lucas and Kanade, IJCAI 1981:674); a shift far from those around it is a jump.
// It fails on movements spread over many slices, and says nothing where slices are 3 mm apart or more.
func Motion(v *volume.Volume, s *spine.Spine) []Shift {
	if float64(v.DZ) >= motionThickMM || len(s.Vertebrae) == 0 {
		return nil
	}
	c := columnOf(v, s)
	shifts := make([][2]float64, v.NZ) // of slice k against slice k-1, mm right and down
	gains := make([]float64, v.NZ)
	known := make([]bool, v.NZ)
	for k := 1; k < v.NZ; k++ {
		if c.ok[k] && c.ok[k-1] {
			shifts[k], gains[k], known[k] = shiftOf(coarse(v, k-1, c.at[k]), coarse(v, k, c.at[k]))
		}
	}
	var out []Shift
	for k := 1; k < v.NZ; k++ {
		if !known[k] {
			continue
		}
		var dx, dy []float64
		for n := max(1, k-motionAround); n <= min(v.NZ-1, k+motionAround); n++ {
			if n != k && known[n] {
				dx, dy = append(dx, shifts[n][0]), append(dy, shifts[n][1])
			}
		}
		if len(dx) < motionAround {
			continue
		}
		mx, my := median(dx), median(dy)
		for n := range dx {
			dx[n], dy[n] = math.Abs(dx[n]-mx), math.Abs(dy[n]-my)
		}
		usual := 1.48 * math.Hypot(median(dx), median(dy))
		if jump := math.Hypot(shifts[k][0]-mx, shifts[k][1]-my); jump > max(motionLeastMM, motionTimes*usual) && gains[k] > motionGain {
			out = append(out, Shift{k, jump})
		}
	}
	return out
}

// picture is a part of a slice in cells of about motionCellMM.
type picture struct {
	nx, ny int
	dx, dy float64 // mm
	hu     []float32
}

// coarse returns the mean CT numbers of the cells round the spine.
func coarse(v *volume.Volume, k int, at geom.Voxel) picture {
	sx, sy := in(motionCellMM, float64(v.DX), 1), in(motionCellMM, float64(v.DY), 1)
	i0, j0 := max(0, int(at.X-motionSideMM/float64(v.DX))), max(0, int(at.Y-motionFrontMM/float64(v.DY)))
	i1, j1 := min(v.NX, int(at.X+motionSideMM/float64(v.DX))), min(v.NY, int(at.Y+motionBackMM/float64(v.DY)))
	p := picture{nx: max(0, i1-i0) / sx, ny: max(0, j1-j0) / sy, dx: float64(v.DX) * float64(sx), dy: float64(v.DY) * float64(sy)}
	p.hu = make([]float32, p.nx*p.ny)
	for b := range p.ny * sy {
		row := v.HU[i0+v.NX*(j0+b+v.NY*k):][:p.nx*sx]
		for a, h := range row {
			p.hu[a/sx+p.nx*(b/sy)] += float32(min(motionHighHU, max(motionLowHU, h)))
		}
	}
	for o := range p.hu {
		p.hu[o] /= float32(sx * sy)
	}
	return p
}

// at is the value between cells; positions stay inside by a cell.
func (p *picture) at(x, y float64) float64 {
	i, j := int(x), int(y)
	fx, fy := float32(x-float64(i)), float32(y-float64(j))
	o := i + p.nx*j
	a := p.hu[o]*(1-fx) + p.hu[o+1]*fx
	b := p.hu[o+p.nx]*(1-fx) + p.hu[o+p.nx+1]*fx
	return float64(a*(1-fy) + b*fy)
}

// shiftOf returns by how many mm the second picture lies to the right and down of the first, and by what factor the sum of squared
// differences falls when that is taken back.
func shiftOf(first, second picture) (mm [2]float64, gain float64, ok bool) {
	border := 1 + int(math.Ceil(motionMostMM/min(first.dx, first.dy)))
	if first.nx != second.nx || first.ny != second.ny || first.nx < 4*border || first.ny < 4*border {
		return mm, 0, false
	}
	x, y, before, after := 0.0, 0.0, 0.0, 0.0
	for n := range motionPasses {
		var xx, xy, yy, xt, yt, squares float64
		for j := border; j < first.ny-border-1; j++ {
			for i := border; i < first.nx-border-1; i++ {
				a, b := float64(i)+x, float64(j)+y
				gx, gy := (second.at(a+0.5, b)-second.at(a-0.5, b))/second.dx, (second.at(a, b+0.5)-second.at(a, b-0.5))/second.dy
				t := second.at(a, b) - float64(first.hu[i+first.nx*j])
				xx, xy, yy, xt, yt = xx+gx*gx, xy+gx*gy, yy+gy*gy, xt+gx*t, yt+gy*t
				squares += t * t
			}
		}
		if after = squares; n == 0 {
			before = squares
		}
		det := xx*yy - xy*xy
		if !(det > 0) {
			return mm, 0, false
		}
		x -= (yy*xt - xy*yt) / det / second.dx
		y -= (xx*yt - xy*xt) / det / second.dy
		if math.Hypot(x*second.dx, y*second.dy) > motionMostMM-motionCellMM {
			return mm, 0, false
		}
	}
	return [2]float64{x * second.dx, y * second.dy}, before / max(1, after), true
}
