// Package volume holds CT volumes and label maps together with the exact geometry of their slices.
//
// Arrays run x fastest: offset = I + NX*(J + NY*K). Positions are geom.Patient (DICOM LPS, mm) or geom.Voxel (continuous
// array coordinates, integers at voxel centres). CT numbers are whole HU in int16. The package reads no files and draws nothing.
package volume

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
)

// Verdict says how evenly the slices of a stack are spaced, judged against the median gap, never against SliceThickness.
type Verdict string

// The verdicts of the contract.
const (
	Regular   Verdict = "regular"   // every gap within 0.01 mm of the median
	Jitter    Verdict = "jitter"    // within 2 % of the median: one affine map serves, the deviation is noted
	Irregular Verdict = "irregular" // true positions are kept; a hole is never spread over the volume
	Tilted    Verdict = "tilted"    // evenly spaced, but the step is not along the slice normal (gantry tilt)
)

// Tolerances of the verdicts.
const (
	regularToleranceMM = 0.01
	jitterFraction     = 0.02
	tiltRadians        = 0.2 * math.Pi / 180
)

// Grid is the geometry of a stack of parallel slices, each at its own exact position. A Grid is immutable once made.
type Grid struct {
	NX, NY, NZ int
	Row, Col   geom.PatientVec // unit vectors: direction of increasing I and of increasing J
	Normal     geom.PatientVec // Row x Col; slices are ordered along it
	DX, DY     unit.MM         // distance between voxel centres along Row and along Col
	DZ         unit.MM         // median distance between neighbouring slices along Normal; 1 for a single slice
	FrameUID   string          // DICOM Frame of Reference UID; empty when unknown

	Verdict      Verdict
	TiltRadians  float64 // angle between the step from slice to slice and Normal
	Missing      int     // slices that a gap of a whole multiple of the median suggests
	MaxDeviation unit.MM // largest |gap - median|

	pos              []geom.Patient // centre of voxel (0,0,k)
	depth            []float64      // pos along Normal from slice 0, strictly increasing
	affine           bool           // one affine map serves all slices (regular, jitter or tilted)
	patientFromVoxel geom.Affine[geom.PatientFrame, geom.VoxelFrame]
	voxelFromPatient geom.Affine[geom.VoxelFrame, geom.PatientFrame]
}

// ErrGeometry is wrapped by every error of NewGrid.
var ErrGeometry = errors.New("volume: geometry")

// NewGrid makes a grid of len(positions) slices of nx by ny voxels. positions are the centres of the first voxel of every
// slice and must be ordered along row x col with no two at the same depth. row and col need not be exactly orthonormal (headers
// are rounded) but within 0.01.
func NewGrid(nx, ny int, row, col geom.PatientVec, dx, dy unit.MM, positions []geom.Patient, frameUID string) (*Grid, error) {
	if nx < 1 || ny < 1 || len(positions) < 1 {
		return nil, fmt.Errorf("%w: %d x %d voxels in %d slices", ErrGeometry, nx, ny, len(positions))
	}
	if !(dx > 0 && dy > 0) || math.IsInf(float64(dx*dy), 0) {
		return nil, fmt.Errorf("%w: pixel spacing %g x %g mm", ErrGeometry, dx, dy)
	}
	if math.Abs(row.Norm()-1) > 0.01 || math.Abs(col.Norm()-1) > 0.01 || math.Abs(row.Dot(col)) > 0.01 {
		return nil, fmt.Errorf("%w: row and column directions are not orthonormal", ErrGeometry)
	}
	row = row.Unit()
	col = col.Sub(row.Mul(col.Dot(row))).Unit()
	g := &Grid{NX: nx, NY: ny, NZ: len(positions), Row: row, Col: col, Normal: row.Cross(col), DX: dx, DY: dy, FrameUID: frameUID}
	g.pos = append([]geom.Patient(nil), positions...)
	g.depth = make([]float64, g.NZ)
	for k, p := range g.pos {
		if !p.IsFinite() {
			return nil, fmt.Errorf("%w: slice %d has no position", ErrGeometry, k)
		}
		g.depth[k] = p.Sub(g.pos[0]).Dot(g.Normal)
		if k > 0 && g.depth[k]-g.depth[k-1] < 1e-4 {
			return nil, fmt.Errorf("%w: slices %d and %d lie at the same depth or out of order", ErrGeometry, k-1, k)
		}
	}
	g.judge()
	return g, nil
}

// NewRegularGrid makes a grid from one affine map, as NIfTI and NRRD files give it. The map may be tilted but not singular.
func NewRegularGrid(nx, ny, nz int, patientFromVoxel geom.Affine[geom.PatientFrame, geom.VoxelFrame], frameUID string) (*Grid, error) {
	if nz < 1 {
		return nil, fmt.Errorf("%w: %d slices", ErrGeometry, nz)
	}
	ex, ey, ez := patientFromVoxel.Axis(0), patientFromVoxel.Axis(1), patientFromVoxel.Axis(2)
	if patientFromVoxel.Det() < 0 {
		return nil, fmt.Errorf("%w: left-handed axes", ErrGeometry)
	}
	pos := make([]geom.Patient, nz)
	for k := range pos {
		pos[k] = patientFromVoxel.Origin().Add(ez.Mul(float64(k)))
	}
	return NewGrid(nx, ny, ex.Unit(), ey.Unit(), unit.MM(ex.Norm()), unit.MM(ey.Norm()), pos, frameUID)
}

// judge sets the median gap, the verdict and the affine maps.
func (g *Grid) judge() {
	g.DZ, g.Verdict = 1, Regular
	if g.NZ > 1 {
		gaps := make([]float64, g.NZ-1)
		for k := range gaps {
			gaps[k] = g.depth[k+1] - g.depth[k]
		}
		sorted := append([]float64(nil), gaps...)
		sort.Float64s(sorted)
		median := sorted[len(sorted)/2]
		g.DZ = unit.MM(median)
		for _, gap := range gaps {
			g.MaxDeviation = max(g.MaxDeviation, unit.MM(math.Abs(gap-median)))
			if n := math.Round(gap / median); n > 1 && math.Abs(gap-n*median) < 0.25*median {
				g.Missing += int(n) - 1
			}
		}
		switch {
		case float64(g.MaxDeviation) <= regularToleranceMM:
		case float64(g.MaxDeviation) <= jitterFraction*median:
			g.Verdict = Jitter
		default:
			g.Verdict = Irregular
		}
		span := g.pos[g.NZ-1].Sub(g.pos[0])
		g.TiltRadians = geom.AngleBetween(span, g.Normal)
		if g.TiltRadians < tiltRadians {
			g.TiltRadians = 0
		} else if g.Verdict != Irregular {
			g.Verdict = Tilted
		}
	}
	g.affine = g.Verdict != Irregular
	step := g.Normal.Mul(float64(g.DZ))
	if g.NZ > 1 && g.affine {
		// The mean step carries tilt and jitter with the least error over the whole stack.
		step = g.pos[g.NZ-1].Sub(g.pos[0]).Mul(1 / float64(g.NZ-1))
	}
	g.patientFromVoxel = geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](g.pos[0], g.Row.Mul(float64(g.DX)), g.Col.Mul(float64(g.DY)), step)
	g.voxelFromPatient = g.patientFromVoxel.MustInverse()
}

// Affine returns the map of voxel to patient coordinates; ok is false when the slices are irregular and only Patient and Voxel
// are right.
func (g *Grid) Affine() (patientFromVoxel geom.Affine[geom.PatientFrame, geom.VoxelFrame], ok bool) {
	return g.patientFromVoxel, g.affine
}

// Inverse returns the map of patient to voxel coordinates, with the same meaning of ok.
func (g *Grid) Inverse() (voxelFromPatient geom.Affine[geom.VoxelFrame, geom.PatientFrame], ok bool) {
	return g.voxelFromPatient, g.affine
}

// Patient maps voxel to patient coordinates through the true slice positions, linearly between them and beyond the ends.
func (g *Grid) Patient(v geom.Voxel) geom.Patient {
	if g.affine {
		return g.patientFromVoxel.Apply(v)
	}
	k := min(max(int(math.Floor(v.Z)), 0), g.NZ-2)
	o := g.pos[k].Lerp(g.pos[k+1], v.Z-float64(k))
	return o.Add(g.Row.Mul(v.X * float64(g.DX))).Add(g.Col.Mul(v.Y * float64(g.DY)))
}

// Voxel maps patient to voxel coordinates; the inverse of Patient.
func (g *Grid) Voxel(p geom.Patient) geom.Voxel {
	if g.affine {
		return g.voxelFromPatient.Apply(p)
	}
	d := p.Sub(g.pos[0]).Dot(g.Normal)
	k := min(max(sort.SearchFloat64s(g.depth, d)-1, 0), g.NZ-2)
	z := float64(k) + (d-g.depth[k])/(g.depth[k+1]-g.depth[k])
	o := g.pos[k].Lerp(g.pos[k+1], z-float64(k))
	r := p.Sub(o)
	return geom.Vox(r.Dot(g.Row)/float64(g.DX), r.Dot(g.Col)/float64(g.DY), z)
}

// SlicePosition returns the exact centre of voxel (0, 0, k).
func (g *Grid) SlicePosition(k int) geom.Patient { return g.pos[k] }

// Len returns the number of voxels.
func (g *Grid) Len() int { return g.NX * g.NY * g.NZ }

// Bounds returns the box of all voxels.
func (g *Grid) Bounds() geom.Box { return geom.BoxOf(g.NX, g.NY, g.NZ) }

// SliceWeight returns the thickness that slice k stands for: half the gap above plus half the gap below; at both ends the one
// gap there is counts twice. Over a hole it is limited to the median gap, so that missing slices add no volume.
func (g *Grid) SliceWeight(k int) unit.MM {
	if g.NZ == 1 {
		return g.DZ
	}
	half := func(a, b int) float64 { return math.Min(g.depth[b]-g.depth[a], g.holeLimit()) / 2 }
	switch k {
	case 0:
		return unit.MM(2 * half(0, 1))
	case g.NZ - 1:
		return unit.MM(2 * half(k-1, k))
	}
	return unit.MM(half(k-1, k) + half(k, k+1))
}

// holeLimit is the widest gap that still counts as a gap between neighbours.
func (g *Grid) holeLimit() float64 {
	if g.Missing == 0 {
		return math.Inf(1)
	}
	return 1.5 * float64(g.DZ)
}

// VoxelVolume returns the volume of a voxel of slice k.
func (g *Grid) VoxelVolume(k int) unit.MM3 {
	return unit.MM3(float64(g.DX) * float64(g.DY) * float64(g.SliceWeight(k)))
}

// MaxSpacing returns the largest of the three voxel distances.
func (g *Grid) MaxSpacing() unit.MM { return max(g.DX, g.DY, g.DZ) }

// CornerError returns the largest distance between a corner of a slice by its own position and by the affine map: the self-check
// after building a volume. It is zero where no affine map serves.
func (g *Grid) CornerError() unit.MM {
	if !g.affine {
		return 0
	}
	worst := 0.0
	for k, p := range g.pos {
		for _, c := range [4][2]float64{{0, 0}, {float64(g.NX - 1), 0}, {0, float64(g.NY - 1)}, {float64(g.NX - 1), float64(g.NY - 1)}} {
			want := p.Add(g.Row.Mul(c[0] * float64(g.DX))).Add(g.Col.Mul(c[1] * float64(g.DY)))
			worst = max(worst, want.Dist(g.patientFromVoxel.Apply(geom.Vox(c[0], c[1], float64(k)))))
		}
	}
	return unit.MM(worst)
}

// Holes returns the slices after which slices are missing: k means between k and k+1.
func (g *Grid) Holes() []int {
	var out []int
	for k := 0; k+1 < g.NZ; k++ {
		if gap := g.depth[k+1] - g.depth[k]; gap > 1.5*float64(g.DZ) {
			out = append(out, k)
		}
	}
	return out
}

// SameGrid reports whether two grids have the same voxels within a micrometre-scale tolerance, in the same frame of reference.
func SameGrid(a, b *Grid) bool {
	if a == b {
		return true
	}
	if a.NX != b.NX || a.NY != b.NY || a.NZ != b.NZ || a.FrameUID != b.FrameUID {
		return false
	}
	for _, v := range []geom.Voxel{geom.Vox(0, 0, 0), geom.Vox(float64(a.NX-1), 0, 0), geom.Vox(0, float64(a.NY-1), 0)} {
		for k := range a.NZ {
			v.Z = float64(k)
			if a.Patient(v).Dist(b.Patient(v)) > 1e-3 {
				return false
			}
		}
	}
	return true
}
