package dicomio_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/text"
)

// valued gives every slice its own even value, from first on.
func valued(list []slice, first int16) []slice {
	for k := range list {
		px := list[k].px.([]int16)
		for i := range px {
			px[i] = first + int16(k)
		}
	}
	return list
}

// TestSplitAndJoin joins what was split by kernel and splits it again, and the same with two series of one scan: every slice stays at
// its place with its numbers.
func TestSplitAndJoin(t *testing.T) {
	dir := t.TempDir()
	low := valued(column(5, 0, el(0x00181210, "SH", "B30f")), 100)
	high := valued(column(4, 5, el(0x00181210, "SH", "B70f")), 200)
	writeSeries(t, dir, "s", append(low, high...))
	writeSeries(t, dir, "rest", valued(column(3, 9, el(0x00181210, "SH", "B70f")), 300))
	inv := scan(t, dir)
	s, rest := inv.Series[0], inv.Series[1]
	if s.UID != dicomout.UID("s") {
		s, rest = rest, s
	}
	if len(s.Stacks) != 2 || len(s.Apart()) != 2 {
		t.Fatal(summary(inv))
	}
	check := func(x *dicomio.Series, want ...int16) {
		t.Helper()
		v, err := x.Main().Load(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		n := v.NX * v.NY
		for k, w := range want {
			if v.NZ != len(want) || v.HU[k*n] != w || v.SlicePosition(k).Z != x.Main().Grid.SlicePosition(0).Z+float64(k) {
				t.Fatalf("%d slices, slice %d holds %d at %v, want %d of %v", v.NZ, k, v.HU[k*n], v.SlicePosition(k), w, want)
			}
		}
	}
	joined, err := dicomio.Join(s)
	if err != nil {
		t.Fatal(err)
	}
	check(joined, 100, 101, 102, 103, 104, 200, 201, 202, 203)
	if f := joined.Main().Findings; len(f) != 1 || f[0].Code != diag.CodeJoinedByHand || !joined.ByHand || len(s.Stacks) != 2 || s.ByHand {
		t.Errorf("findings %v, by hand %v; the series itself has %d stacks", f, joined.ByHand, len(s.Stacks))
	}
	if m := joined.Main().Findings[0]; m.Message(text.French) != "2 volumes ont été réunis à la main. Ils diffèrent par filtre." {
		t.Error(m.Message(text.French))
	}
	again, err := joined.Split("kernel")
	if err != nil || len(again.Stacks) != 2 || again.Stacks[1].SplitBy != "kernel" {
		t.Fatalf("%v, %v", err, again)
	}
	check(again, 100, 101, 102, 103, 104)
	all, err := dicomio.Join(s, rest)
	if err != nil {
		t.Fatal(err)
	}
	check(all, 100, 101, 102, 103, 104, 200, 201, 202, 203, 300, 301, 302)
	if w := all.Ways(); !slices.Equal(w, []string{"kernel", "series"}) || all.Images != 12 || all.UID != s.UID {
		t.Errorf("ways %v of %d images", w, all.Images)
	}
	parts := s.Apart()
	back, err := dicomio.Join(parts[1], parts[0])
	if err != nil {
		t.Fatal(err)
	}
	check(back, 100, 101, 102, 103, 104, 200, 201, 202, 203)
}

// TestSplitAtGaps takes a volume with two holes apart: each part is regular.
func TestSplitAtGaps(t *testing.T) {
	dir := t.TempDir()
	writeSeries(t, dir, "s", append(append(column(6, 0), column(5, 9)...), column(8, 20)...))
	s := scan(t, dir).Series[0]
	if w := s.Ways(); !slices.Equal(w, []string{"gap"}) {
		t.Fatalf("ways %v", w)
	}
	x, err := s.Split("gap")
	if err != nil {
		t.Fatal(err)
	}
	sizes := []int{}
	for _, st := range x.Stacks {
		sizes = append(sizes, st.Len())
		if st.Grid.Missing != 0 || st.Grid.Verdict != "regular" {
			t.Errorf("a part with %d missing slices, %s", st.Grid.Missing, st.Grid.Verdict)
		}
	}
	if fmt.Sprint(sizes) != "[8 6 5]" {
		t.Errorf("parts of %v slices", sizes)
	}
}

// TestNoJoin gives what cannot share a volume: each is refused for its own reason, in both languages.
func TestNoJoin(t *testing.T) {
	turned := column(3, 20)
	for i := range turned {
		turned[i].row, turned[i].col = geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, -1)
		turned[i].pos = geom.LPS(float64(i), 0, 0)
	}
	fine := column(3, 20)
	for i := range fine {
		fine[i].dx = 0.5
	}
	wide := column(3, 20)
	for i := range wide {
		wide[i].nx, wide[i].px = 10, make([]int16, 60)
	}
	for code, other := range map[dicomio.Code][]slice{
		"orientation": turned, "matrix": wide, "pixel-spacing": fine,
		"frame-of-reference": column(3, 20, el(0x00200052, "UI", "1.2.3")),
		"units":              column(3, 20, el(0x00281054, "LO", "US")),
		"overlap":            column(3, 3.001),
		"patient":            column(3, 20, el(0x00100020, "LO", "2")),
	} {
		dir := t.TempDir()
		writeSeries(t, dir, "a", column(5, 0))
		writeSeries(t, dir, "b", other)
		inv := scan(t, dir)
		_, err := dicomio.Join(inv.Series...)
		var r *dicomio.Refusal
		if !errors.As(err, &r) || r.Code != code || !errors.Is(err, dicomio.ErrRegroup) || dicomio.Message(err, text.French) == dicomio.Message(err, text.English) {
			t.Errorf("%s: %v", code, err)
		}
		if _, err := dicomio.Join(inv.Series[0]); !errors.As(err, &r) || r.Code != "nothing" {
			t.Errorf("one volume alone: %v", err)
		}
		if _, err := inv.Series[0].Split("kernel"); !errors.As(err, &r) || r.Code != "nothing" {
			t.Errorf("nothing to split: %v", err)
		}
	}
}
