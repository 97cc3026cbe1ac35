package cement_test

import (
	"context"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/geom"
)

// A sheet of cement on an endplate looks like the endplate a little further out. What tells it from a plate that moved is that it is
// denser than the plate was.
func TestFaintSheetOnAnEndplateIsNotBoneThatMoved(t *testing.T) {
	inside := blobs(7, 14, 7, 3.4)
	sheet := func(p geom.Patient) bool {
		d := depth(p)
		return d > -1.3 && d <= 0 && p.Z < bodyCentre.Z && math.Hypot(p.X-bodyCentre.X, p.Y-bodyCentre.Y) < 12
	}
	s := scene{cement: func(p geom.Patient) bool { return inside(p) || sheet(p) }, plateau: 1900, sigmaXY: 0.4, sigmaZ: 0.42, dx: 0.5, dz: 1, noise: 25,
		ceiling: 3071, seed: 3, cortex: 1400, cortexThin: 1}
	post, want := s.draw(t, true)
	pre, _ := s.draw(t, false)
	m, err := cement.Segment(context.Background(), cement.Input{Post: post, Pre: pre, Spine: trueSpine(),
		PreFromPost: map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame]{anatomy.L1: geom.Identity[geom.PatientFrame, geom.PatientFrame]()}}, cement.Options{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.cement = inside
	_, body := s.draw(t, true)
	t.Logf("%.3f of %.3f mL, of which the sheet %.3f", m.NewML(), want, want-body)
	if got := float64(m.NewML()); math.Abs(got-want) > 0.2*(want-body) {
		t.Errorf("%.3f mL of cement, want %.3f: more than a fifth of the sheet of %.3f mL is missing or too much", got, want, want-body)
	}
}
