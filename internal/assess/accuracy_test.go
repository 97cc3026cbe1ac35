package assess_test

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// TestAccuracy measures the whole program, from two volumes to the report, on a family of phantoms with exact truth, with one seed
// point a case (3 mm off in a random direction). `make accuracy` runs it:
//
//	VERTEFILL_ACCURACY=first[:from-to] go test ./internal/assess -run TestAccuracy -v -timeout 3h
//
// VERTEFILL_DRAW=1000 adds to the seeds of the patients: others with the same treatments. VERTEFILL_NOPRE=1 takes the pre CT away.
// Without the first variable it does nothing: one case end to end is TestDemoCase.
func TestAccuracy(t *testing.T) {
	family, span, _ := strings.Cut(os.Getenv("VERTEFILL_ACCURACY"), ":")
	if family == "" {
		t.Skip("long: make accuracy runs it")
	}
	if family == "1" {
		family = "first"
	}
	cases := phantom.Family(family)
	if len(cases) == 0 {
		t.Fatalf("no family %q among %v", family, phantom.Families)
	}
	from, to := 0, len(cases)
	if a, b, ok := strings.Cut(span, "-"); ok {
		from, _ = strconv.Atoi(a)
		to, _ = strconv.Atoi(b)
	}
	draw, _ := strconv.Atoi(os.Getenv("VERTEFILL_DRAW"))
	s := newScore()
	for n := from; n < min(to, len(cases)); n++ {
		if os.Getenv("VERTEFILL_NOPRE") != "" {
			cases[n].NoPre = true
		}
		c, err := phantom.New(uint64(n+draw), cases[n])
		if err != nil {
			t.Errorf("case %d: %v", n, err)
			continue
		}
		r := measure(t, uint64(n), c)
		for _, line := range s.add(n, cases[n], c, r) {
			t.Log(line)
		}
	}
	s.print(t)
	if family == "first" && span == "" && draw == 0 {
		s.gates(t)
	}
}

// measure analyses a case with one seed: the middle vertebra of those in view, 3 mm off its centroid.
func measure(t *testing.T, seed uint64, c *phantom.Case) *assess.Result {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 77))
	v := c.Truth.Vertebrae[len(c.Truth.Vertebrae)/2]
	off := geom.LPSVec(r.NormFloat64(), r.NormFloat64(), r.NormFloat64()).Unit().Mul(3)
	at := geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2]).Add(off)
	res, err := assess.Run(context.Background(), assess.Input{Post: c.Post, Pre: c.Pre}, assess.Options{Seeds: []vertebra.Seed{{Level: v.Level, Point: at}}}, nil)
	if err != nil {
		t.Fatalf("case %d: %v", seed, err)
	}
	return res
}

// gates are those of the first version of the program.
func (s *score) gates(t *testing.T) {
	const big = "0.10 mL and more"
	found, there, right, made := s.tallyOf(big)
	for _, g := range []struct {
		name string
		ok   bool
	}{
		{"body volume P95 <= 8 %", quantile(s.rows[rowBody], 0.95) <= 8},
		{"cement in body P95 <= 6 %", quantile(s.rows[rowCement], 0.95) <= 6},
		{"fill P95 <= 3 points", quantile(s.rows[rowFill], 0.95) <= 3},
		{"leaks of 0.1 mL found >= 95 %", float64(found) >= 0.95*float64(there)},
		{"leaks of 0.1 mL right >= 90 %", float64(right) >= 0.9*float64(made)},
	} {
		if !g.ok {
			t.Errorf("gate missed: %s", g.name)
		}
	}
}
