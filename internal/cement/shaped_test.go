package cement_test

import (
	"context"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/geom"
)

// newML returns the volume of the new cement of a map where the condition holds, in mL.
func newML(m *cement.Map, where func(geom.Patient) bool) float64 {
	sum := 0.0
	nx, ny, _ := m.Box.Size()
	for o, f := range m.New {
		k := m.Box.Min.K + o/(nx*ny)
		if p := m.Grid.Patient(geom.Vox(float64(m.Box.Min.I+o%nx), float64(m.Box.Min.J+o/nx%ny), float64(k))); where(p) {
			sum += float64(f) * float64(m.Grid.VoxelVolume(k).ML())
		}
	}
	return sum
}

// A needle's track that comes through an arch as dense as its cement is found by its shape, without a pre CT; the arch is not taken with it,
// nor a rod like it that points past the body.
func TestTrackThroughArchAsDense(t *testing.T) {
	tip, end := bodyCentre.Add(geom.LPSVec(9, 4, 0)), bodyCentre.Add(geom.LPSVec(22, 24, 2))
	for _, c := range []struct {
		name string
		a, b geom.Patient
		want bool
	}{
		{"aimed", tip, end, true},
		{"past the body", geom.LPS(6, 47, 18), geom.LPS(58, 48, 30), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := c.b.Sub(c.a)
			rod := func(p geom.Patient) bool {
				d := p.Sub(c.a)
				along := max(0, min(1, d.Dot(u)/u.Dot(u)))
				return d.Sub(u.Mul(along)).Norm() < 1.1
			}
			plate := func(p geom.Patient) bool { return p.Y > 40.5 && p.Y < 41.6 && p.X > 40 && p.X < 62 }
			s := scene{plateau: 1500, sigmaXY: 0.4, sigmaZ: 0.4, dx: 0.45, dz: 0.7, noise: 20, ceiling: 3071, seed: 6, cortex: 1700, cortexThin: 1, bone: plate,
				cement: func(p geom.Patient) bool { return p.Dist(bodyCentre) < 7 || rod(p) }}
			post, _ := s.draw(t, true)
			m, err := cement.Segment(context.Background(), cement.Input{Post: post, Spine: trueSpine()}, cement.Options{}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			outside := newML(m, func(p geom.Patient) bool { return p.Y > 42.2 })
			truth := 0.0
			if c.want { // what of the rod lies behind the plate, to its round end
				truth = math.Pi * 1.1 * 1.1 * ((c.b.Y-42.2)/u.Y*u.Norm() + 2*1.1/3) / 1000
			}
			if math.Abs(outside-truth) > 0.2*truth+0.002 {
				t.Errorf("%.4f mL behind the arch, want %.4f; bone %.0f", outside, truth, m.BoneHU)
			}
			if plate := newML(m, func(p geom.Patient) bool {
				return p.Y > 40 && p.Y < 42.1 && p.Dist(bodyCentre.Add(geom.LPSVec(16.4, 15, 1))) > 4
			}); plate > 0.005 {
				t.Errorf("%.3f mL of the arch taken for cement", plate)
			}
		})
	}
}

// A vein full of cement from within the body to the bone of the arch, away from other cement, has bone round most of it: it is far denser.
func TestDenserThanBoneBetweenBones(t *testing.T) {
	a, b := geom.LPS(42, 33, 25), geom.LPS(44, 43, 26)
	u := b.Sub(a)
	vein := func(p geom.Patient) bool {
		d := p.Sub(a)
		return d.Sub(u.Mul(max(0, min(1, d.Dot(u)/u.Dot(u))))).Norm() < 1.3
	}
	arch := func(p geom.Patient) bool { return p.Y > 41 && p.Y < 45 && p.X > 36 && p.X < 56 }
	s := scene{plateau: 2500, sigmaXY: 0.5, sigmaZ: 0.5, dx: 0.6, dz: 0.8, noise: 20, ceiling: 3071, seed: 4, cortex: 1100, cortexThin: 1, bone: arch,
		cement: func(p geom.Patient) bool { return p.Dist(bodyCentre.Add(geom.LPSVec(-5, -3, 0))) < 6 || vein(p) }}
	post, want := s.draw(t, true)
	m, err := cement.Segment(context.Background(), cement.Input{Post: post, Spine: trueSpine()}, cement.Options{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	truth := want - 4.0/3*math.Pi*216/1000
	if got := newML(m, func(p geom.Patient) bool { return p.X > 38.5 && p.Y > 31 }); math.Abs(got/truth-1) > 0.15 {
		t.Errorf("%.3f mL in the vein, want %.3f", got, truth)
	}
}

// A surgical clip beside the body is denser than the cement: metal, no leak.
func TestClipIsMetal(t *testing.T) {
	clip := geom.LPS(30, 5, 24)
	s := scene{plateau: 1800, sigmaXY: 0.45, sigmaZ: 0.45, dx: 0.5, dz: 0.8, noise: 20, ceiling: 3071, seed: 2, cortex: 1200, cortexThin: 0.8,
		cement: func(p geom.Patient) bool { return p.Dist(bodyCentre) < 7 },
		metal: func(p geom.Patient) bool {
			d := p.Sub(clip)
			return math.Abs(d.X) < 2.5 && math.Abs(d.Y) < 0.5 && math.Abs(d.Z) < 0.5
		}}
	post, want := s.draw(t, true)
	m, err := cement.Segment(context.Background(), cement.Input{Post: post, Spine: trueSpine()}, cement.Options{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.MetalObjects != 1 {
		t.Errorf("%d pieces of metal, want the clip", m.MetalObjects)
	}
	if got := float64(m.NewML()); math.Abs(got/want-1) > 0.03 {
		t.Errorf("%.3f mL of cement, want %.3f", got, want)
	}
}
