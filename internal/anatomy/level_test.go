package anatomy_test

import (
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
)

func TestLevelNamesRoundTrip(t *testing.T) {
	seen := map[string]bool{}
	for l := anatomy.Level(1); l < 255; l++ {
		if !l.Valid() {
			if _, err := anatomy.ParseLevel(l.String()); err == nil {
				t.Errorf("invalid level %d has the name %s", l, l)
			}
			continue
		}
		s := l.String()
		if seen[s] {
			t.Errorf("two levels are called %s", s)
		}
		seen[s] = true
		if got, err := anatomy.ParseLevel(s); err != nil || got != l {
			t.Errorf("ParseLevel(%s) = %v, %v", s, got, err)
		}
	}
	for name, number := range map[string]anatomy.Level{"C1": 1, "C7": 7, "T1": 8, "T12": 19, "L1": 20, "L5": 24, "L6": 25, "T13": 28, "V1": 101, "V12": 112} {
		if got, _ := anatomy.ParseLevel(name); got != number {
			t.Errorf("%s = %d, the contract says %d", name, got, number)
		}
	}
}

func TestBelow(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{{"T9", 1, "T10"}, {"T12", 1, "L1"}, {"L5", 1, "S1"}, {"L1", -1, "T12"}, {"T13", 1, "L1"}, {"T13", -1, "T12"}, {"L6", 1, "S1"}, {"L6", -2, "L4"}, {"V3", 2, "V5"}, {"S1", 1, "?"}, {"C1", -1, "?"}, {"T1", 19, "?"}, {"C1", 24, "S1"}} {
		l, err := anatomy.ParseLevel(c.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Below(c.n).String(); got != c.want {
			t.Errorf("%s below %d = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}
