package icon

import (
	"strings"
	"testing"
)

func TestEveryPathIsReadable(t *testing.T) {
	check := func(name, path string, grid float32) {
		segments, err := parse(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		for i, s := range segments {
			if i == 0 && s.command != 'M' {
				t.Errorf("%s: begins with %c, want M", name, s.command)
			}
			for _, p := range s.p {
				if p.X < 0 || p.X > grid || p.Y < 0 || p.Y > grid {
					t.Errorf("%s: point %v outside the grid of %v", name, p, grid)
				}
			}
		}
	}
	for name, i := range All {
		stroked, filled, _ := strings.Cut(string(i), "+")
		check(name, stroked, iconGrid)
		check(name, filled, iconGrid)
		if strings.TrimSpace(stroked+filled) == "" {
			t.Errorf("%s: empty", name)
		}
	}
	for name, g := range Glyphs {
		check(name, string(g), glyphGrid)
	}
	check("mark body", markBody, markGrid)
	check("mark fill", markFill, markGrid)
	if len(All) != 70 || len(Glyphs) != 8 {
		t.Errorf("%d icons and %d glyphs, want 70 and 8 as drawn", len(All), len(Glyphs))
	}
}

func TestParseRefusesNonsense(t *testing.T) {
	for _, path := range []string{"Q1 2", "M1", "M1 x", "L1 2 3", "C1 2 3 4 5", "M1 NaN", "Z1"} {
		if got, err := parse(path); err == nil {
			t.Errorf("%q read as %v, want an error", path, got)
		}
	}
}
