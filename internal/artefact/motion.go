package artefact

import (
	"math"
	"slices"

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
	motionCellMM      = 1.5  // of the coarse picture by which slices are compared
	motionSideMM      = 48.0 // beside the middle of the spine that is looked at
	motionFrontMM     = 30.0
	motionBackMM      = 55.0
	motionLowHU       = -150 // beyond these CT numbers nothing is compared: cement and air would outweigh bone
	motionHighHU      = 500
	motionPasses      = 5    // the last one only looks
	motionMostMM      = 8.0  // more is no shift of the same picture
	motionAround      = 5    // pairs of slices to either side that tell how the spine runs
	motionLeastMM     = 0.6  // less is within what noise and anatomy make
	motionTimes       = 4    // as much as the shifts of the slices around
	motionTiles       = 3    // a side: parts of the picture that are judged apart
	motionDisturbed   = 1.6  // times the difference of the calmer neighbouring slices
	motionMended      = 0.65 // of that difference, at most, is left with the shift taken back: where anatomy ends 0.8 and more
	motionLeastTiles  = 4    // that are disturbed
	motionMendedShare = 0.75 // of them that are mended
	motionThickMM     = 3.0  // from this distance of slices on the anatomy itself jumps
)

// Motion finds the places where the patient moved between two slices: the spine, which runs on smoothly, jumps to one side. Every slice
// is laid on the one before by the shift of least squares (Lucas and Kanade, IJCAI 1981:674). A shift far from those around it is a jump
// when it explains what it should: all over the picture the two slices differ more than their neighbours do, and laid on each other they
// differ much less; where an endplate or a disc ends within one slice, part of the picture changes and no shift mends it. It fails on
// movements spread over many slices, and says nothing where slices are 3 mm apart or more.
func Motion(v *volume.Volume, s *spine.Spine) []Shift {
	if float64(v.DZ) >= motionThickMM || len(s.Vertebrae) == 0 {
		return nil
	}
	c := columnOf(v, s)
	pairs := make([]pair, v.NZ) // of slice k against slice k-1
	for k := 1; k < v.NZ; k++ {
		if c.ok[k] && c.ok[k-1] {
			pairs[k] = shiftOf(coarse(v, k-1, c.at[k]), coarse(v, k, c.at[k]))
		}
	}
	var out []Shift
	for k := 1; k < v.NZ; k++ {
		if !pairs[k].ok {
			continue
		}
		var around []pair
		for n := max(1, k-motionAround); n <= min(v.NZ-1, k+motionAround); n++ {
			if n != k && pairs[n].ok {
				around = append(around, pairs[n])
			}
		}
		if len(around) < motionAround {
			continue
		}
		usual := func(f func(pair) float64) float64 {
			var x []float64
			for _, p := range around {
				x = append(x, f(p))
			}
			return median(x)
		}
		mx, my := usual(func(p pair) float64 { return p.x }), usual(func(p pair) float64 { return p.y })
		spread := 1.48 * math.Hypot(usual(func(p pair) float64 { return math.Abs(p.x - mx) }), usual(func(p pair) float64 { return math.Abs(p.y - my) }))
		jump := math.Hypot(pairs[k].x-mx, pairs[k].y-my)
		if jump < max(motionLeastMM, motionTimes*spread) {
			continue
		}
		disturbed, mended := 0, 0
		for t := range motionTiles * motionTiles {
			calm := make([]float64, 0, len(around))
			for _, p := range around {
				calm = append(calm, p.before[t])
			}
			slices.Sort(calm)
			level := calm[len(calm)/4] // beside endplates most neighbours differ too
			if pairs[k].before[t] > motionDisturbed*level {
				disturbed++
				if pairs[k].after[t] < motionMended*pairs[k].before[t] {
					mended++
				}
			}
		}
		if disturbed >= motionLeastTiles && float64(mended) >= motionMendedShare*float64(disturbed) {
			out = append(out, Shift{k, jump})
		}
	}
	return out
}

// pair is how two slices lie to each other.
type pair struct {
	x, y          float64                            // mm by which the second lies to the right and down of the first
	before, after [motionTiles * motionTiles]float64 // mean squared difference by tile, as they are and with the shift taken back
	ok            bool
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

// shiftOf lays the second picture on the first.
func shiftOf(first, second picture) (p pair) {
	border := 1 + int(math.Ceil(motionMostMM/min(first.dx, first.dy)))
	if first.nx != second.nx || first.ny != second.ny || first.nx < 4*border || first.ny < 4*border {
		return p
	}
	wide, high := first.nx-2*border-1, first.ny-2*border-1
	x, y := 0.0, 0.0
	for n := range motionPasses {
		var xx, xy, yy, xt, yt float64
		var squares, count [motionTiles * motionTiles]float64
		for j := range high {
			for i := range wide {
				a, b := float64(i+border)+x, float64(j+border)+y
				gx, gy := (second.at(a+0.5, b)-second.at(a-0.5, b))/second.dx, (second.at(a, b+0.5)-second.at(a, b-0.5))/second.dy
				d := second.at(a, b) - float64(first.hu[i+border+first.nx*(j+border)])
				xx, xy, yy, xt, yt = xx+gx*gx, xy+gx*gy, yy+gy*gy, xt+gx*d, yt+gy*d
				t := i*motionTiles/wide + motionTiles*(j*motionTiles/high)
				squares[t], count[t] = squares[t]+d*d, count[t]+1
			}
		}
		for t := range squares {
			p.after[t] = squares[t] / max(1, count[t])
		}
		if n == 0 {
			p.before = p.after
		}
		if n == motionPasses-1 {
			break
		}
		det := xx*yy - xy*xy
		if !(det > 0) {
			return p
		}
		x -= (yy*xt - xy*yt) / det / second.dx
		y -= (xx*yt - xy*xt) / det / second.dy
		if math.Hypot(x*second.dx, y*second.dy) > motionMostMM-motionCellMM {
			return p
		}
	}
	p.x, p.y, p.ok = x*second.dx, y*second.dy, true
	return p
}
