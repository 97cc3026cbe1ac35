package fluoro

import (
	"context"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
)

// matcher compares radiographs of the CT with the last frames: normalised cross-correlation of what is left without the slow
// background, over the cells near the treated body. Both show bone and the cement, which is what makes one view enough in its plane.
type matcher struct {
	c      camera
	centre geom.Patient
	list   []speck
	s      screen
	fixed  *picture // high-passed
	open   *field
	sum    []float32
	tmp    []float32
}

const (
	cellMM   = 1.0
	passMM   = 9.0 // radius of the local mean that is taken off
	screenMM = 96.0
)

func newMatcher(c camera, centre geom.Patient, list []speck, late *picture, bin int, middle [2]float64, hidden func(x, y float64) bool) *matcher {
	m := &matcher{c: c, centre: centre, list: list}
	m.s = screen{step: cellMM / c.mmAt(), n: int(screenMM / cellMM)}
	m.s.x0 = middle[0] - float64(m.s.n-1)/2*m.s.step
	m.s.y0 = middle[1] - float64(m.s.n-1)/2*m.s.step
	raw := m.s.sample(late, bin)
	m.open = &field{m.s.n, m.s.n, make([]float32, m.s.n*m.s.n)}
	for i, v := range raw.v {
		x, y := m.s.x0+float64(i%m.s.n)*m.s.step, m.s.y0+float64(i/m.s.n)*m.s.step
		if v < outside && !hidden(x, y) {
			m.open.weight[i] = 1
		} else {
			raw.v[i] = 0
		}
	}
	m.fixed = highPass(raw, int(passMM/cellMM), m.open)
	n := m.s.n * m.s.n
	m.sum, m.tmp = make([]float32, n), make([]float32, n)
	return m
}

// moving returns the radiograph of a pose without its slow background.
func (m *matcher) moving(p pose) *picture {
	m.s.radiograph(m.list, m.c.project(p, m.centre), m.sum, m.tmp)
	return highPass(&picture{m.s.n, m.s.n, m.sum}, int(passMM/cellMM), m.open)
}

// score is the correlation over the cells within radius mm of (cx, cy), with the moving picture moved by (dx, dy) cells.
func (m *matcher) score(mov *picture, dx, dy int, cx, cy, radius float64) float64 {
	n := m.s.n
	var sa, sb, saa, sbb, sab, w float64
	r2 := radius * radius / (cellMM * cellMM)
	x0, x1 := max(0, dx, int(cx-radius)), min(n, n+dx, int(cx+radius)+2)
	y0, y1 := max(0, dy, int(cy-radius)), min(n, n+dy, int(cy+radius)+2)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			if (float64(x)-cx)*(float64(x)-cx)+(float64(y)-cy)*(float64(y)-cy) > r2 {
				continue
			}
			o := y*n + x
			if m.open.weight[o] == 0 {
				continue
			}
			a, b := float64(m.fixed.v[o]), float64(mov.v[(y-dy)*n+x-dx])
			sa, sb, saa, sbb, sab, w = sa+a, sb+b, saa+a*a, sbb+b*b, sab+a*b, w+1
		}
	}
	if w < 100 {
		return -1
	}
	va, vb := saa-sa*sa/w, sbb-sb*sb/w
	if va <= 0 || vb <= 0 {
		return -1
	}
	return (sab - sa*sb/w) / math.Sqrt(va*vb)
}

// lookMM is the radius about the body that counts.
const lookMM = 34.0

func (m *matcher) whole(p pose) float64 {
	pr := m.c.project(p, m.centre)
	x, y := pr.at(m.centre)
	return m.score(m.moving(p), 0, 0, (x-m.s.x0)/m.s.step, (y-m.s.y0)/m.s.step, lookMM)
}

// search looks over turns about the start and, for each, over shifts in the plane; then refines all six.
func (m *matcher) search(ctx context.Context, start pose) (pose, float64, error) {
	type found struct {
		p     pose
		score float64
	}
	var list []found
	const reach = 14 // cells
	for _, a := range []float64{-0.07, 0, 0.07} {
		for _, b := range []float64{-0.07, 0, 0.07} {
			for _, g := range []float64{-0.07, 0, 0.07} {
				if err := ctx.Err(); err != nil {
					return start, 0, err
				}
				p := start
				p.turn = [3]float64{start.turn[0] + a, start.turn[1] + b, start.turn[2] + g}
				mov := m.moving(p)
				pr := m.c.project(p, m.centre)
				x, y := pr.at(m.centre)
				cx, cy := (x-m.s.x0)/m.s.step, (y-m.s.y0)/m.s.step
				best := found{p, -1}
				try := func(dx, dy int) {
					if s := m.score(mov, dx, dy, cx+float64(dx), cy+float64(dy), lookMM); s > best.score {
						q := p
						q.shift[0] += float64(dx) * cellMM
						q.shift[1] += float64(dy) * cellMM
						best = found{q, s}
					}
				}
				for dy := -reach; dy <= reach; dy += 2 {
					for dx := -reach; dx <= reach; dx += 2 {
						try(dx, dy)
					}
				}
				list = append(list, best)
			}
		}
	}
	slices.SortFunc(list, func(a, b found) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	best := found{score: -1}
	for _, f := range list[:3] {
		if err := ctx.Err(); err != nil {
			return start, 0, err
		}
		p, s := m.refine(f.p, [6]float64{0.03, 0.04, 0.04, 2, 2, 10}, 160)
		if s > best.score {
			best = found{p, s}
		}
	}
	p, s := m.refine(best.p, [6]float64{0.01, 0.015, 0.015, 0.6, 0.6, 6}, 160)
	return p, s, nil
}

// refine is the simplex of Nelder and Mead (Computer Journal 7, 1965) from steps of the given size.
func (m *matcher) refine(start pose, size [6]float64, evaluations int) (pose, float64) {
	const n = 6
	type corner struct {
		x [n]float64
		f float64
	}
	eval := func(x [n]float64) corner {
		p := start
		for i := range 3 {
			p.turn[i] += x[i] * size[i]
			p.shift[i] += x[i+3] * size[i+3]
		}
		return corner{x, -m.whole(p)}
	}
	var c []corner
	c = append(c, eval([n]float64{}))
	for i := range n {
		var x [n]float64
		x[i] = 1
		c = append(c, eval(x))
	}
	order := func() {
		slices.SortStableFunc(c, func(a, b corner) int {
			switch {
			case a.f < b.f:
				return -1
			case a.f > b.f:
				return 1
			}
			return 0
		})
	}
	for used := n + 1; used < evaluations; used++ {
		order()
		if c[n].f-c[0].f < 1e-5 {
			break
		}
		var mid [n]float64
		for _, k := range c[:n] {
			for i := range mid {
				mid[i] += k.x[i] / n
			}
		}
		along := func(t float64) corner {
			var x [n]float64
			for i := range x {
				x[i] = mid[i] + t*(mid[i]-c[n].x[i])
			}
			return eval(x)
		}
		r := along(1)
		switch {
		case r.f < c[0].f:
			if e := along(2); e.f < r.f {
				r = e
			}
			used++
			c[n] = r
		case r.f < c[n-1].f:
			c[n] = r
		default:
			k := along(-0.5)
			used++
			if k.f < c[n].f {
				c[n] = k
				continue
			}
			for i := 1; i <= n; i++ {
				var x [n]float64
				for j := range x {
					x[j] = (c[i].x[j] + c[0].x[j]) / 2
				}
				c[i] = eval(x)
				used++
			}
		}
	}
	order()
	p := start
	for i := range 3 {
		p.turn[i] += c[0].x[i] * size[i]
		p.shift[i] += c[0].x[i+3] * size[i+3]
	}
	return p, -c[0].f
}

// residual moves the quarters of the neighbourhood one by one and returns the root mean square of how far they would go, in mm: what
// the pose leaves unexplained.
func (m *matcher) residual(p pose) float64 {
	mov := m.moving(p)
	pr := m.c.project(p, m.centre)
	x, y := pr.at(m.centre)
	cx, cy := (x-m.s.x0)/m.s.step, (y-m.s.y0)/m.s.step
	const off, radius, reach = 16.0, 18.0, 4
	sum, n := 0.0, 0.0
	for _, q := range [][2]float64{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
		at := func(dx, dy int) float64 { return m.score(mov, dx, dy, cx+q[0]*off, cy+q[1]*off, radius) }
		best, bx, by := -1.0, 0, 0
		for dy := -reach; dy <= reach; dy++ {
			for dx := -reach; dx <= reach; dx++ {
				if s := at(dx, dy); s > best {
					best, bx, by = s, dx, dy
				}
			}
		}
		if best < 0.3 {
			continue // nothing to hold on to
		}
		fx := float64(bx) + peak(at(bx-1, by), best, at(bx+1, by))
		fy := float64(by) + peak(at(bx, by-1), best, at(bx, by+1))
		sum, n = sum+(fx*fx+fy*fy)*cellMM*cellMM, n+1
	}
	if n == 0 {
		return math.Inf(1)
	}
	return math.Sqrt(sum / n)
}

// peak is the place of the top of the parabola through three values, from the middle one.
func peak(a, b, c float64) float64 {
	if d := a - 2*b + c; d < 0 {
		return math.Max(-0.5, math.Min(0.5, (a-c)/(2*d)))
	}
	return 0
}
