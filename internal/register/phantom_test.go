package register_test

import (
	"context"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/register"
)

// TestPhantomMotion compares fits with the true motion of phantoms at the corners of the bodies. VERTEFILL_CASES=first:0-36 runs a
// family; without it nothing is run here, since TestRecoversMotion stands for it.
func TestPhantomMotion(t *testing.T) {
	family, span, _ := strings.Cut(os.Getenv("VERTEFILL_CASES"), ":")
	if family == "" {
		t.Skip("long: set VERTEFILL_CASES=first:0-36")
	}
	cases := phantom.Family(family)
	a, b, _ := strings.Cut(span, "-")
	from, _ := strconv.Atoi(a)
	to, _ := strconv.Atoi(b)
	var errs []float64
	refused := 0
	for n := from; n < min(to, len(cases)); n++ {
		c, err := phantom.New(uint64(n), cases[n])
		if err != nil {
			t.Fatal(err)
		}
		if c.Pre == nil {
			continue
		}
		sp := c.Truth.Spine()
		fits, err := register.Run(context.Background(), c.Post, c.Pre, sp, nil)
		if err != nil {
			t.Fatal(err)
		}
		for l, postFromPre := range c.Truth.PostFromPre() {
			fit, v := fits[l], sp.Find(l)
			if !fit.OK {
				refused++
				t.Logf("case %d %s refused: %s", n, l, fit.Reason)
				continue
			}
			want := postFromPre.MustInverse()
			worst := 0.0
			for m := range 8 {
				corner := v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](float64(v.HalfWidth)*sign(m&1), float64(v.HalfDepth)*sign(m>>1&1), float64(v.Heights.Middle)/2*sign(m>>2)))
				e := fit.PreFromPost.Apply(corner).Dist(want.Apply(corner))
				errs = append(errs, e)
				worst = max(worst, e)
			}
			t.Logf("case %d %s: residual %.2f mm, correlation %.3f, worst corner %.2f mm", n, l, fit.ResidualMM, fit.Correlation, worst)
		}
	}
	sort.Float64s(errs)
	if len(errs) > 0 {
		t.Logf("corners: median %.2f, P95 %.2f, worst %.2f mm; refused %d", errs[len(errs)/2], errs[len(errs)*95/100], errs[len(errs)-1], refused)
	}
}
