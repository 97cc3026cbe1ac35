// Package filter holds the few operations on binary lattices that segmentation needs: erosion, dilation and connected pieces.
// Lattices are plain boxes of equal cells with a spacing in mm and know no patient coordinates; callers place them.
package filter

import "math"

// Lattice is a box of on and off cells, x fastest, all three spacings in mm.
type Lattice struct {
	NX, NY, NZ int
	DX, DY, DZ float64
	On         []bool
}

// NewLattice makes a lattice with every cell off.
func NewLattice(nx, ny, nz int, dx, dy, dz float64) *Lattice {
	return &Lattice{NX: nx, NY: ny, NZ: nz, DX: dx, DY: dy, DZ: dz, On: make([]bool, nx*ny*nz)}
}

// At returns whether a cell is on; cells outside are off.
func (l *Lattice) At(i, j, k int) bool {
	return i >= 0 && j >= 0 && k >= 0 && i < l.NX && j < l.NY && k < l.NZ && l.On[i+l.NX*(j+l.NY*k)]
}

// Any reports whether a cell is on.
func (l *Lattice) Any() bool {
	for _, on := range l.On {
		if on {
			return true
		}
	}
	return false
}

// Dilated returns the lattice with every cell on whose centre lies within radiusMM of the centre of an on cell.
func (l *Lattice) Dilated(radiusMM float64) *Lattice { return l.grown(radiusMM, true) }

// Eroded returns the lattice with every cell off whose centre lies within radiusMM of the centre of an off cell. Beyond the
// border everything counts as on, so that the border itself erodes nothing.
func (l *Lattice) Eroded(radiusMM float64) *Lattice { return l.grown(radiusMM, false) }

// grown spreads the cells of the value over a ball.
func (l *Lattice) grown(radiusMM float64, value bool) *Lattice {
	out := &Lattice{NX: l.NX, NY: l.NY, NZ: l.NZ, DX: l.DX, DY: l.DY, DZ: l.DZ, On: append([]bool(nil), l.On...)}
	type step struct{ i, j, k int }
	var ball []step
	ri, rj, rk := int(radiusMM/l.DX), int(radiusMM/l.DY), int(radiusMM/l.DZ)
	for k := -rk; k <= rk; k++ {
		for j := -rj; j <= rj; j++ {
			for i := -ri; i <= ri; i++ {
				if d := math.Hypot(math.Hypot(float64(i)*l.DX, float64(j)*l.DY), float64(k)*l.DZ); d > 0 && d <= radiusMM {
					ball = append(ball, step{i, j, k})
				}
			}
		}
	}
	for k := range l.NZ {
		for j := range l.NY {
			for i := range l.NX {
				if l.On[i+l.NX*(j+l.NY*k)] != value {
					continue
				}
				for _, s := range ball {
					if a, b, c := i+s.i, j+s.j, k+s.k; a >= 0 && b >= 0 && c >= 0 && a < l.NX && b < l.NY && c < l.NZ {
						out.On[a+l.NX*(b+l.NY*c)] = value
					}
				}
			}
		}
	}
	return out
}

// Components numbers the pieces of on cells that touch by faces: piece[cell] is 1..n, 0 where off.
func (l *Lattice) Components() (piece []int32, n int) {
	piece = make([]int32, len(l.On))
	var stack []int
	for start, on := range l.On {
		if !on || piece[start] != 0 {
			continue
		}
		n++
		piece[start] = int32(n)
		stack = append(stack[:0], start)
		for len(stack) > 0 {
			o := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			i, j, k := o%l.NX, o/l.NX%l.NY, o/(l.NX*l.NY)
			for _, s := range [6][3]int{{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}} {
				a, b, c := i+s[0], j+s[1], k+s[2]
				if !l.At(a, b, c) {
					continue
				}
				if q := a + l.NX*(b+l.NY*c); piece[q] == 0 {
					piece[q] = int32(n)
					stack = append(stack, q)
				}
			}
		}
	}
	return piece, n
}
