package vertebra

import (
	"slices"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/mesh"
)

// TestDecide checks who names whom: ribs, sacrum, both, or nobody.
func TestDecide(t *testing.T) {
	for _, c := range []struct {
		name        string
		t12         int
		pair        bool
		sacrum      bool
		last        int
		level       anatomy.Level // of the last body
		source      anatomy.LevelSource
		transitions bool
	}{
		{"nothing in view", -1, false, false, 4, anatomy.None, "", false},
		{"ribs", 1, true, false, 3, anatomy.L1 + 1, anatomy.SourceRibs, false},
		{"one pair of ribs at the upper end", 0, false, false, 2, anatomy.L1 + 1, anatomy.SourceRibs, false},
		{"sacrum", -1, false, true, 3, anatomy.L5, anatomy.SourceSacrum, false},
		{"ribs and sacrum agree", 1, true, true, 6, anatomy.L5, anatomy.SourceRibs, false},
		{"four lumbar vertebrae", 1, true, true, 5, anatomy.None, "", true},
		{"six lumbar vertebrae", 1, true, true, 7, anatomy.None, "", true},
	} {
		f := &finder{sink: &diag.Sink{}}
		for range c.last + 1 {
			f.bodies = append(f.bodies, &body{})
		}
		a := decide(c.t12, c.pair, c.sacrum, c.last)
		if a.ok != (c.source != "") || a.source != c.source || a.transitional != c.transitions {
			t.Errorf("%s: %+v", c.name, a)
			continue
		}
		if !a.ok {
			continue
		}
		f.count(map[int]anatomy.Level{a.at: a.level}, a.source, a.confidence)
		if len(f.bodies) != c.last+1 {
			t.Errorf("%s: %d bodies of %d keep a name", c.name, len(f.bodies), c.last+1)
			continue
		}
		if got := f.bodies[c.last].vertebra.Level; got != c.level {
			t.Errorf("%s: the last body is called %s, want %s", c.name, got, c.level)
		}
	}
}

// TestRibFree checks that bodies without ribs are counted from the sacrum upwards, as far as the view shows.
func TestRibFree(t *testing.T) {
	long, none, out := ribs{seen: true, reach: 62, short: 60, faint: 62}, ribs{seen: true, faint: 40}, ribs{}
	for _, c := range []struct {
		r    []ribs
		want int
	}{
		{[]ribs{long, none, none, none, none, long}, 5}, // wings of the sacrum beside the last one
		{[]ribs{none, none, none, none, none, out}, 6},
		{[]ribs{out, out, out, out, out, out, out}, 1},
		{[]ribs{none}, 1},
	} {
		if got := ribFree(c.r); got != c.want {
			t.Errorf("%v: %d bodies without ribs, want %d", c.r, got, c.want)
		}
	}
}

// TestLastRibs checks when ribs name T12 and when they leave it open.
func TestLastRibs(t *testing.T) {
	long, half, none, out := ribs{seen: true, reach: 62, short: 60, faint: 62}, ribs{seen: true, reach: 60, short: 30, faint: 60}, ribs{seen: true, faint: 40}, ribs{}
	doubt := ribs{seen: true, reach: 40, faint: 58} // a long transverse process, or a short rib
	for _, c := range []struct {
		name string
		r    []ribs
		want int
		pair bool
	}{
		{"two pairs and none below", []ribs{long, long, none}, 1, true},
		{"the last pair on one side only", []ribs{long, half, none}, 1, true},
		{"one pair in view", []ribs{long, none, none}, 0, false},
		{"one side of one pair in view", []ribs{half, none, none}, -1, false},
		{"the body above lies outside the field", []ribs{out, long, none}, 1, false},
		{"ribs to the end of the view", []ribs{long, long, long}, -1, false},
		{"nothing below is seen to its full width", []ribs{long, long, out}, -1, false},
		{"what follows is in doubt", []ribs{long, long, doubt, none}, -1, false},
		{"lumbar only", []ribs{none, none, none}, -1, false},
		{"nothing", nil, -1, false},
	} {
		if got, pair := lastRibs(c.r); got != c.want || pair != c.pair {
			t.Errorf("%s: body %d (pair above %v), want %d (%v)", c.name, got, pair, c.want, c.pair)
		}
	}
}

// TestSixthLumbar checks that counting down from a seed calls a sixth lumbar body that stands free on the sacrum L6, and drops what may be
// the sacrum.
func TestSixthLumbar(t *testing.T) {
	for name, x := range map[string]struct {
		side   float64
		sacrum bool
		want   []anatomy.Level
	}{
		"free, the sacrum below":      {1.4, true, []anatomy.Level{anatomy.L3, anatomy.L4, anatomy.L5, anatomy.L6}},
		"free, nothing known below":   {1.4, false, []anatomy.Level{anatomy.L3, anatomy.L4, anatomy.L5}},
		"weak side, sacrum or tumour": {0.7, true, []anatomy.Level{anatomy.L3, anatomy.L4, anatomy.L5}},
	} {
		f := &finder{sink: &diag.Sink{}, onSacrum: x.sacrum}
		for i := range 4 {
			b := &body{surface: &mesh.Mesh{}, faces: faces{left: 1.4, right: 1.5}}
			if i == 3 {
				b.faces.left = x.side
			}
			f.bodies = append(f.bodies, b)
		}
		f.count(map[int]anatomy.Level{0: anatomy.L3}, anatomy.SourceUser, 1)
		var got []anatomy.Level
		for _, b := range f.bodies {
			got = append(got, b.vertebra.Level)
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}
