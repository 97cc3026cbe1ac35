package vertebra

import (
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
)

// TestBackFaceLeavesFolds checks that the front slope of a sunken endplate, which looks backwards, is not taken for the posterior wall.
func TestBackFaceLeavesFolds(t *testing.T) {
	same := geom.FromAxes[geom.PatientFrame, geom.BodyFrame](geom.LPS(0, 0, 0), geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, 1))
	s := &scene{patientFromBody: same, bodyFromPatient: same.MustInverse(), top: lid{z0: 13}, bottom: lid{z0: -13}, wall: wall{spine.Wall{Q0: 14}, true}}
	m := &mesh.Mesh{}
	for _, y := range []float64{14, -3} { // a square that looks backwards, on the wall and far in front of it
		n := int32(len(m.Vertices))
		m.Vertices = append(m.Vertices, geom.LPS(-2, y, 0), geom.LPS(-2, y, 4), geom.LPS(2, y, 4), geom.LPS(2, y, 0))
		m.Triangles = append(m.Triangles, [3]int32{n, n + 1, n + 2}, [3]int32{n, n + 2, n + 3})
	}
	for i, on := range s.backFace(m) {
		if want := i < 4; on != want {
			t.Errorf("vertex %d at y %g: on the wall %v, want %v", i, m.Vertices[i].Y, on, want)
		}
	}
}

// TestAfterSeam checks what is seen from the canal: soft tissue, then stretches of bone and gaps in mm.
func TestAfterSeam(t *testing.T) {
	line := func(parts ...float64) (f []float64, first int) { // mm of soft tissue and bone in turn
		for n, mm := range parts {
			if n == 1 {
				first = len(f)
			}
			for range int(mm/riseStepMM + 0.5) {
				f = append(f, []float64{20, 600}[n%2])
			}
		}
		return f, first
	}
	for _, c := range []struct {
		name  string
		parts []float64
		want  float64 // mm from the first bone to the next, 0 where there is no plate
	}{
		{"a cortex and marrow", []float64{8, 0.8, 15}, 0},
		{"a cortex and dense bone near it", []float64{8, 1.2, 1.6, 10}, 0},
		{"a plate, a seam, the wall", []float64{8, 3.6, 1.2, 1.2, 10}, 4.8},
		{"a plate and a wide gap", []float64{8, 3.6, 6, 1.2, 10}, 0},
		{"solid bone", []float64{8, 16}, 0},
	} {
		f, first := line(c.parts...)
		next, ok := afterSeam(f, first, plateLeastMM)
		if ok != (c.want > 0) || ok && float64(next-first)*riseStepMM-c.want > riseStepMM {
			t.Errorf("%s: bone again after %.1f mm (%v), want %.1f", c.name, float64(next-first)*riseStepMM, ok, c.want)
		}
	}
}
