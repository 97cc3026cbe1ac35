package spine_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
)

// block is a rounded body, 40 x 30 x 25 mm, round c.
func block(l anatomy.Level, c geom.Patient) *spine.Vertebra {
	dirs, tris := mesh.Icosphere(3)
	m := &mesh.Mesh{Triangles: tris}
	for _, d := range dirs {
		r := math.Pow(math.Pow(math.Abs(d.X)/20, 6)+math.Pow(math.Abs(d.Y)/15, 6)+math.Pow(math.Abs(d.Z)/12.5, 6), -1.0/6)
		m.Vertices = append(m.Vertices, c.Add(d.Mul(r)))
	}
	v := &spine.Vertebra{Level: l, Complete: true, PatientFromBody: geom.Translated(c), HalfWidth: 20, HalfDepth: 15,
		Wall: spine.Wall{Q0: 15}, Heights: spine.Heights{Anterior: 25, Middle: 25, Posterior: 25}}
	v.SetBody(m)
	return v
}

// madeUp is a straight spine of three blocks 33 mm apart with discs of 8 mm and a canal of 8 mm radius behind, both turned by the
// map.
func madeUp(move geom.Affine[geom.PatientFrame, geom.PatientFrame]) *spine.Spine {
	s := &spine.Spine{Canal: &spine.Canal{}}
	for i, l := range []anatomy.Level{anatomy.T12, anatomy.L1, anatomy.L1.Below(1)} {
		v := block(l, geom.LPS(0, 0, float64(33-33*i)))
		v.PatientFromBody = geom.Compose(move, v.PatientFromBody)
		v.SetBody(v.Body.Transformed(move))
		s.Vertebrae = append(s.Vertebrae, v)
	}
	for z := 55.0; z >= -55; z-- {
		c := spine.Section{Centre: move.Apply(geom.LPS(0, 24, z)), Left: move.ApplyVec(geom.LPSVec(1, 0, 0)),
			Posterior: move.ApplyVec(geom.LPSVec(0, 1, 0)), Up: move.ApplyVec(geom.LPSVec(0, 0, 1))}
		for i := range c.Radii {
			c.Radii[i] = 8
		}
		s.Canal.Sections = append(s.Canal.Sections, c)
	}
	return s
}

func TestRegion(t *testing.T) {
	l1, l2 := anatomy.L1, anatomy.L1.Below(1)
	cases := []struct {
		name  string
		p     geom.Patient
		want  spine.Region
		level anatomy.Level
	}{
		{"centre of a body", geom.LPS(3, 2, 1), spine.InBody, l1},
		{"canal", geom.LPS(2, 25, 1), spine.InCanal, l1},
		{"canal at disc height", geom.LPS(-3, 22, -15), spine.InCanal, l1},
		{"left pedicle", geom.LPS(13, 20, 5), spine.InArch, l1},
		{"right pedicle", geom.LPS(-14, 22, 4), spine.InArch, l1},
		{"lamina", geom.LPS(4, 36, 0), spine.InArch, l1},
		{"spinous process", geom.LPS(1, 52, -2), spine.InArch, l1},
		{"left foramen beside the lower body", geom.LPS(14, 20, -8), spine.InForamen, l1},
		{"right foramen at disc height", geom.LPS(-14, 20, -17.5), spine.InForamen, l1},
		{"disc, nearer to the upper body", geom.LPS(4, -3, -14), spine.InDisc, l1},
		{"disc, nearer to the lower body", geom.LPS(4, -3, -19), spine.InDisc, l2},
		{"below the last endplate", geom.LPS(4, -3, -48), spine.InDisc, l2},
		{"beside the waist", geom.LPS(23, 0, 0), spine.Outside, l1},
		{"in front", geom.LPS(0, -18, 0), spine.Outside, l1},
		{"in front of a disc", geom.LPS(0, -19, -16), spine.Outside, l1},
		{"muscle", geom.LPS(35, 40, 0), spine.Outside, l1},
	}
	moves := map[string]geom.Affine[geom.PatientFrame, geom.PatientFrame]{
		"straight": geom.Identity[geom.PatientFrame, geom.PatientFrame](),
		"turned":   geom.Rotation(geom.LPS(10, 300, -40), geom.LPSVec(1, 2, -1).Unit(), 0.6),
	}
	for name, move := range moves {
		s := madeUp(move)
		for _, c := range cases {
			got, v := s.Region(move.Apply(c.p))
			if got != c.want || v.Level != c.level {
				t.Errorf("%s, %s: got %v of %v, want %v of %v", name, c.name, got, v.Level, c.want, c.level)
			}
		}
	}
	if r, v := (&spine.Spine{}).Region(geom.LPS(0, 0, 0)); r != spine.Outside || v != nil {
		t.Errorf("empty spine: %v, %v", r, v)
	}
}

func TestCranial(t *testing.T) {
	s := madeUp(geom.Identity[geom.PatientFrame, geom.PatientFrame]())
	v := s.Find(anatomy.L1)
	if !v.Cranial(geom.LPS(0, 0, 16)) || v.Cranial(geom.LPS(0, 0, -16)) {
		t.Error("above and below are confused")
	}
}

// TestRegionBehindSunkenBody checks that a pedicle keeps its zone when its body has sunken in front of it.
func TestRegionBehindSunkenBody(t *testing.T) {
	s := madeUp(geom.Identity[geom.PatientFrame, geom.PatientFrame]())
	v := s.Find(anatomy.L1)
	v.Heights.Anterior, v.Heights.Middle = 9, 8
	for z, want := range map[float64]spine.Region{11: spine.InArch, 1: spine.InArch, -8: spine.InForamen, -14: spine.InForamen} {
		if got, _ := s.Region(geom.LPS(13, 20, z)); got != want {
			t.Errorf("%.0f mm above the middle: %v, want %v", z, got, want)
		}
	}
}

func TestBeyondTheEnds(t *testing.T) {
	turn := geom.Rotation(geom.LPS(0, 0, 0), geom.LPSVec(1, 0, 0), 0.3)
	s := madeUp(turn)
	for _, c := range []struct {
		name string
		p    geom.Patient
		want bool
	}{
		{"in the uppermost body", geom.LPS(0, 0, 40), false},
		{"beside a body", geom.LPS(35, 10, -30), false},
		{"middle of a disc", geom.LPS(0, 0, 16.5), false},
		{"behind a disc", geom.LPS(5, 45, -16.5), false},
		{"on the uppermost endplate", geom.LPS(0, 0, 33+12.5+3), false},
		{"a body above all others", geom.LPS(0, 0, 33+12.5+6), true},
		{"a spinous process below all others", geom.LPS(0, 50, -33-12.5-9), true},
	} {
		if got := s.Beyond(turn.Apply(c.p)); got != c.want {
			t.Errorf("%s: beyond %v, want %v", c.name, got, c.want)
		}
	}
	if !(&spine.Spine{}).Beyond(geom.LPS(0, 0, 0)) {
		t.Error("without a spine everything is beyond it")
	}
}
