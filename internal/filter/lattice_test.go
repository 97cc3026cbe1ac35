package filter_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/filter"
)

// ball is a lattice with the cells within radius of the middle on.
func ball(n int, dx, dy, dz, radius float64) *filter.Lattice {
	l := filter.NewLattice(n, n, n, dx, dy, dz)
	c := float64(n-1) / 2
	for k := range n {
		for j := range n {
			for i := range n {
				x, y, z := (float64(i)-c)*dx, (float64(j)-c)*dy, (float64(k)-c)*dz
				l.On[i+n*(j+n*k)] = math.Sqrt(x*x+y*y+z*z) <= radius
			}
		}
	}
	return l
}

func count(l *filter.Lattice) (n int) {
	for _, on := range l.On {
		if on {
			n++
		}
	}
	return n
}

func TestMorphologyOfBall(t *testing.T) {
	const dx, dy, dz = 0.5, 0.5, 0.7
	l := ball(41, dx, dy, dz, 5)
	for name, c := range map[string]struct {
		got    *filter.Lattice
		radius float64
	}{
		"dilated": {l.Dilated(2), 7},
		"eroded":  {l.Eroded(2), 3},
	} {
		want := 4.0 / 3 * math.Pi * math.Pow(c.radius, 3)
		if got := float64(count(c.got)) * dx * dy * dz; math.Abs(got/want-1) > 0.12 {
			t.Errorf("%s: %.1f mm3, want about %.1f", name, got, want)
		}
	}
	if !l.Any() || filter.NewLattice(3, 3, 3, 1, 1, 1).Any() {
		t.Error("Any is wrong")
	}
}

func TestErosionIgnoresTheBorder(t *testing.T) {
	l := filter.NewLattice(5, 5, 5, 1, 1, 1)
	for i := range l.On {
		l.On[i] = true
	}
	if got := count(l.Eroded(1)); got != 125 {
		t.Errorf("a full lattice lost %d cells", 125-got)
	}
}

func TestComponents(t *testing.T) {
	l := filter.NewLattice(7, 1, 3, 1, 1, 1)
	for _, i := range []int{0, 1, 4, 5, 6} { // two rows of the lowest slice
		l.On[i] = true
	}
	l.On[3+7*2] = true // touches nothing
	piece, n := l.Components()
	if n != 3 || piece[0] != piece[1] || piece[4] != piece[6] || piece[0] == piece[4] || piece[2] != 0 {
		t.Errorf("%d pieces: %v", n, piece)
	}
}
