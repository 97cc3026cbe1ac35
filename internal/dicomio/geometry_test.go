package dicomio_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// The sphere of the tests: 4188.79 mm3. Its slices hold the exact area of its section to a thousandth of a pixel, so what is left is the
// error of summing sections, which for sections every dz is below (dz/r)^2, and less where the ends average out.
const radiusMM = 10

var sphereMM3 = 4.0 / 3 * math.Pi * radiusMM * radiusMM * radiusMM

// stackOf samples the sphere at centre on slices whose corner lies at origin + offset(k).
func stackOf(n int, row, col geom.PatientVec, dx, dy float64, offset func(k int) geom.PatientVec, centre geom.Patient) []slice {
	const nx, ny, sub = 44, 50, 8
	var out []slice
	for k := range n {
		s := slice{nx: nx, ny: ny, row: row, col: col, dx: dx, dy: dy, number: n - k}
		s.pos = geom.LPS(-40, -30, 500).Add(offset(k))
		px := make([]int16, nx*ny)
		for j := range ny {
			for i := range nx {
				in := 0
				for b := range sub {
					for a := range sub {
						x, y := float64(i)+(float64(a)+0.5)/sub-0.5, float64(j)+(float64(b)+0.5)/sub-0.5
						p := s.pos.Add(row.Mul(x * dx)).Add(col.Mul(y * dy))
						if p.Dist(centre) < radiusMM {
							in++
						}
					}
				}
				px[j*nx+i] = int16(in * 1000 / (sub * sub))
			}
		}
		s.px = px
		out = append(out, s)
	}
	return out
}

func measure(v *volume.Volume) float64 {
	mm3 := 0.0
	n := v.NX * v.NY
	for k := range v.NZ {
		sum := 0.0
		for _, h := range v.HU[k*n : (k+1)*n] {
			sum += float64(h) / 1000
		}
		mm3 += sum * float64(v.VoxelVolume(k))
	}
	return mm3
}

func TestSpheresInOddStacks(t *testing.T) {
	x, y, z := geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, 1)
	tilt := 15 * math.Pi / 180
	tiltedCol := geom.LPSVec(0, math.Cos(tilt), math.Sin(tilt))
	turn := geom.Rotation(geom.LPS(0, 0, 0), geom.LPSVec(0.6, 0, 0.8), 0.7)
	r := rand.New(rand.NewPCG(5, 6))
	jitter := make([]float64, 60)
	for i := range jitter {
		jitter[i] = 0.008 * (r.Float64() - 0.5)
	}
	along := func(dir geom.PatientVec, at func(k int) float64) func(int) geom.PatientVec {
		return func(k int) geom.PatientVec { return dir.Mul(at(k)) }
	}
	every := func(dz float64) func(int) float64 { return func(k int) float64 { return float64(k) * dz } }
	for _, c := range []struct {
		name     string
		n        int
		row, col geom.PatientVec
		dx, dy   float64
		offset   func(int) geom.PatientVec
		depth    int // slice that goes through the centre
		verdict  volume.Verdict
		missing  int
		tiltDeg  float64
		finding  diag.Code
	}{
		{"regular", 40, x, y, 1, 1, along(z, every(1)), 20, volume.Regular, 0, 0, ""},
		{"decreasing", 40, x, y, 1, 1, along(z, every(-1)), 20, volume.Regular, 0, 0, ""},
		{"anisotropic", 40, x, y, 0.6, 0.9, along(z, every(1.25)), 20, volume.Regular, 0, 0, ""},
		{"flipped", 40, x.Mul(-1), y, 1, 0.7, along(z, every(1)), 20, volume.Regular, 0, 0, ""},
		{"oblique", 40, turn.ApplyVec(x), turn.ApplyVec(y), 1, 0.8, along(turn.ApplyVec(z), every(1)), 20, volume.Regular, 0, 0, ""},
		{"sagittal", 40, y, z.Mul(-1), 0.8, 1, along(x, every(1)), 20, volume.Regular, 0, 0, ""},
		{"jittered", 40, x, y, 1, 1, along(z, func(k int) float64 { return float64(k) + 2*jitter[k] }), 20, volume.Jitter, 0, 0, diag.CodeSpacingJitter},
		{"tilted", 40, x, tiltedCol, 1, 1, along(z, every(1.2)), 20, volume.Tilted, 0, 15, diag.CodeGantryTilt},
		{"hole elsewhere", 40, x, y, 1, 1, along(z, func(k int) float64 {
			if k > 34 {
				return float64(k + 7)
			}
			return float64(k)
		}), 16, volume.Irregular, 7, 0, diag.CodeSlicesMissing},
		{"uneven", 40, x, y, 1, 1, along(z, func(k int) float64 { return float64(k) + 0.12*float64(k%2) }), 20, volume.Irregular, 0, 0, diag.CodeSpacingIrregular},
	} {
		t.Run(c.name, func(t *testing.T) {
			centre := geom.LPS(-40, -30, 500).Add(c.offset(c.depth)).Add(c.row.Mul(21.3 * c.dx)).Add(c.col.Mul(24.6 * c.dy))
			slices := stackOf(c.n, c.row, c.col, c.dx, c.dy, c.offset, centre)
			dir := t.TempDir()
			writeSeries(t, dir, "s", slices)
			s, v := only(t, dir)
			if v.NZ != c.n || v.Verdict != c.verdict || v.Missing != c.missing || !near(v.TiltRadians*180/math.Pi, c.tiltDeg, 0.01) {
				t.Errorf("%d slices, %s, %d missing, tilt %.3f; want %d, %s, %d, %g", v.NZ, v.Verdict, v.Missing, v.TiltRadians*180/math.Pi, c.n, c.verdict, c.missing, c.tiltDeg)
			}
			if e := float64(s.CornerError()); e > 0.05 || c.verdict != volume.Jitter && e > 1e-6 {
				t.Errorf("corners are off by %g mm", e)
			}
			if got := measure(v); math.Abs(got/sphereMM3-1) > 0.006 {
				t.Errorf("sphere measures %.2f mm3, want %.2f", got, sphereMM3)
			}
			if got := v.SampleAt(centre); got != 1000 {
				t.Errorf("%g at the centre of the sphere", got)
			}
			// Every slice is where its header says, whatever the order of files.
			for k := range v.NZ {
				found := false
				for _, sl := range slices {
					if sl.pos.Dist(v.SlicePosition(k)) < 1e-6 {
						found = true
						px := sl.px.([]int16)
						for i, h := range v.HU[k*v.NX*v.NY : (k+1)*v.NX*v.NY] {
							if h != px[i] {
								t.Fatalf("slice %d holds other pixels than its file", k)
							}
						}
					}
				}
				if !found {
					t.Fatalf("slice %d lies at no position of a file", k)
				}
			}
			var codes []string
			for _, f := range s.Findings {
				codes = append(codes, string(f.Code))
			}
			if got := strings.Join(codes, " "); got != string(c.finding) {
				t.Errorf("findings %q, want %q", got, c.finding)
			}
		})
	}
}

// TestCornerErrorSeesDirections turns one slice by a thousandth: its far corner moves by that fraction of the diagonal.
func TestCornerErrorSeesDirections(t *testing.T) {
	slices := column(5, 0)
	slices[2].row, slices[2].col = geom.LPSVec(math.Cos(1e-3), math.Sin(1e-3), 0), geom.LPSVec(-math.Sin(1e-3), math.Cos(1e-3), 0)
	dir := t.TempDir()
	writeSeries(t, dir, "s", slices)
	s, v := only(t, dir)
	want := 1e-3 * math.Hypot(float64(v.NX-1), float64(v.NY-1))
	if got := float64(s.CornerError()); !near(got, want, 1e-6) || v.CornerError() > 1e-9 {
		t.Errorf("corner error %g, want %g; the grid alone sees %g", got, want, v.CornerError())
	}
}
