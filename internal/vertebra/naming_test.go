package vertebra_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// views are fields as they are scanned: which vertebrae, how much below them, how wide.
var views = []struct {
	name        string
	first, last anatomy.Level // None: the lowest above the sacrum
	belowMM     unit.MM
	fovMM       [2]float64
}{
	{"lumbar with sacrum", anatomy.L1, anatomy.None, 50, [2]float64{170, 300}},
	{"low thoracic to sacrum", anatomy.T10, anatomy.None, 50, [2]float64{190, 300}},
	{"thoracolumbar", anatomy.T9, anatomy.L1 + 1, 0, [2]float64{150, 300}},
	{"lumbar without sacrum", anatomy.L1, anatomy.L4, 0, [2]float64{150, 300}},
	{"thoracic", anatomy.T1 + 3, anatomy.T9, 0, [2]float64{150, 300}},
}

// namingCase is a patient in a view.
func namingCase(seed uint64, n phantom.Numbering, view int) phantom.Options {
	r := rand.New(rand.NewPCG(seed, 41))
	v := views[view]
	o := phantom.Options{Numbering: n, First: v.first, Last: v.last, BelowMM: v.belowMM, NoPre: true, NoCement: r.Float64() < 0.5}
	if o.Last == anatomy.None {
		o.Last = map[phantom.Numbering]anatomy.Level{phantom.FourLumbar: anatomy.L4, phantom.SixLumbar: anatomy.L6}[n]
		if o.Last == anatomy.None {
			o.Last = anatomy.L5
		}
	}
	o.FOVMM = unit.MM(v.fovMM[0] + r.Float64()*(v.fovMM[1]-v.fovMM[0]))
	o.Matrix = int(math.Round(float64(o.FOVMM) / (1 + 0.2*r.Float64())))
	o.SliceMM = unit.MM(1.5 + r.Float64())
	o.SpacingMM = o.SliceMM
	return o
}

// named counts what the complete bodies of a case are called.
type named struct{ right, abstained, wrong, lost int }

func (n named) plus(m named) named {
	return named{n.right + m.right, n.abstained + m.abstained, n.wrong + m.wrong, n.lost + m.lost}
}

// nameCase runs the search, with the seed of a body or without, and compares the names.
func nameCase(t *testing.T, c *phantom.Case, seeded bool) (n named, said string) {
	t.Helper()
	var opt vertebra.Options
	if seeded {
		w := c.Truth.Vertebrae[int(c.Seed)%len(c.Truth.Vertebrae)]
		opt.Seeds = []vertebra.Seed{{Level: w.Level, Point: geom.LPS(w.CentroidLPS[0], w.CentroidLPS[1], w.CentroidLPS[2])}}
	}
	sink := &diag.Sink{}
	s, err := vertebra.Find(context.Background(), c.Post, opt, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	truth := c.Truth.Spine()
	for _, w := range c.Truth.Vertebrae {
		at := truth.Find(w.Level).Centroid()
		v := closest(s, at)
		switch {
		case v == nil || !v.Complete || v.Centroid().Dist(at) > 8:
			n.lost++
			said += fmt.Sprintf(" %s:-", w.Level)
			continue
		case v.Level == w.Level:
			n.right++
		case v.Level.IsUnknown():
			n.abstained++
		default:
			n.wrong++
		}
		said += fmt.Sprintf(" %s:%s", w.Level, v.Level)
		if v.Level.IsUnknown() != (v.Source == anatomy.SourceUnknown) {
			t.Errorf("seed %d: %s comes from %s", c.Seed, v.Level, v.Source)
		}
	}
	for _, f := range sink.Findings() {
		switch f.Code {
		case diag.CodeLevelTransitional:
			said += " transitional"
		case diag.CodeLevelByOrder:
			said += " confirm"
		}
	}
	return n, said
}

// TestSacrumNames checks that the sacrum between the iliac bones names L5, to be confirmed where no ribs are in view, and is no body itself, and
// that six bodies without ribs on it are left without names.
func TestSacrumNames(t *testing.T) {
	if testing.Short() {
		t.Skip("makes phantoms")
	}
	for _, x := range []struct {
		count       phantom.Numbering
		first, last anatomy.Level
		named       bool
	}{{phantom.Usual, anatomy.L3, anatomy.L5, true}, {phantom.SixLumbar, anatomy.L1, anatomy.L6, false}} {
		c, err := phantom.New(6101, phantom.Options{Numbering: x.count, First: x.first, Last: x.last, BelowMM: 50, Matrix: 180, FOVMM: 220, SliceMM: 2.5, SpacingMM: 2.5,
			NoPre: true, NoCement: true, Fractures: []phantom.Fracture{}})
		if err != nil {
			t.Fatal(err)
		}
		n, said := nameCase(t, c, false)
		if want := len(c.Truth.Vertebrae); n.wrong > 0 || x.named && (n.right != want || !strings.HasSuffix(said, " confirm")) || !x.named && n.abstained != want {
			t.Errorf("%q: %+v:%s", x.count, n, said)
		}
	}
}

// TestNaming measures how bodies are named in varied views and countings, with and without a seed, and prints the table of
// docs/algorithms/vertebra.md. VERTEFILL_NAMES is the number of patients for every view with the usual count, and of those for every
// other count; VERTEFILL_FIRST the first seed, VERTEFILL_VIEW and VERTEFILL_COUNT one view and one count.
func TestNaming(t *testing.T) {
	cases, err := strconv.Atoi(os.Getenv("VERTEFILL_NAMES"))
	if err != nil {
		t.Skip("set VERTEFILL_NAMES to a number of patients")
	}
	seed, _ := strconv.Atoi(os.Getenv("VERTEFILL_FIRST"))
	for _, count := range phantom.Numberings {
		if only, ok := os.LookupEnv("VERTEFILL_COUNT"); ok && only != string(count) {
			continue
		}
		for view, v := range views {
			if only, ok := os.LookupEnv("VERTEFILL_VIEW"); ok && only != v.name {
				continue
			}
			if count != phantom.Usual && !slices.Contains([]string{views[0].name, views[1].name, views[2].name}, v.name) {
				continue
			}
			var free, seeded named
			for n := range cases {
				seed++
				c, err := phantom.New(uint64(seed), namingCase(uint64(seed), count, view))
				if err != nil {
					t.Fatal(err)
				}
				m, said := nameCase(t, c, false)
				free = free.plus(m)
				t.Logf("seed %d %q %s, %d x %.2f mm, slices %.2f mm:%s", seed, count, v.name, c.Post.NX, c.Post.DX, c.Post.DZ, said)
				if n > 0 { // one in each view is enough: the names are counted from the seed
					continue
				}
				m, said = nameCase(t, c, true)
				if seeded = seeded.plus(m); m.abstained > 0 || m.wrong > 0 && count == phantom.Usual {
					t.Errorf("seed %d, seeded:%s", seed, said)
				}
			}
			t.Logf("| %q | %s | %d | %d / %d / %d / %d | %d / %d / %d / %d |", count, v.name, cases, free.right, free.abstained, free.wrong, free.lost, seeded.right, seeded.abstained, seeded.wrong, seeded.lost)
			if count == phantom.Usual && free.wrong > 0 {
				t.Errorf("%d bodies with a wrong name in %s", free.wrong, v.name)
			}
		}
	}
}
