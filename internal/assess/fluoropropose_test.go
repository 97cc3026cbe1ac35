package assess_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/phantom"
)

// TestProposedLinesLieOnTheBody: without a CT, from the edges alone, both endplates and the posterior wall are found on views from either
// side; none are on other views.
func TestProposedLinesLieOnTheBody(t *testing.T) {
	for _, n := range []int{19, 44} {
		o, runs := phantom.FluoroFamily(n)
		c, err := phantom.New(uint64(n), o)
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.FluoroRun(t.Context(), runs[0])
		if err != nil {
			t.Fatal(err)
		}
		in := newTrueRun(r).input()
		in.View = &fluoro.View{PrimaryDegrees: r.Truth.PrimaryDegrees, SecondaryDegrees: r.Truth.SecondaryDegrees}
		found, err := fluoro.Analyze(t.Context(), in, fluoro.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := found.Propose(t.Context(), in)
		if err != nil || len(p.Lines) != 3 {
			t.Fatalf("case %d: %d lines, %v", n, len(p.Lines), err)
		}
		for _, l := range p.Lines {
			dx, dy := l.Points[1][0]-l.Points[0][0], l.Points[1][1]-l.Points[0][1]
			for _, truth := range r.Truth.Lines {
				if truth.Name != l.Name {
					continue
				}
				for _, q := range truth.Points {
					if off := math.Abs((q[0]-l.Points[0][0])*dy-(q[1]-l.Points[0][1])*dx) / math.Hypot(dx, dy) * r.Truth.MMPerPixel[0]; off > 3 {
						t.Errorf("case %d: %s is %.1f mm off", n, l.Name, off)
					}
				}
			}
		}
		in.View.PrimaryDegrees = 30
		if p, err := found.Propose(t.Context(), in); err != nil || len(p.Lines) > 0 {
			t.Errorf("case %d: %d lines on an oblique view, %v", n, len(p.Lines), err)
		}
	}
}
