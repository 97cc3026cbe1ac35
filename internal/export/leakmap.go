package export

import (
	"image/color"
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/plot"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/text"
)

// LeakMap draws where the cement of one vertebra lies, on the patient's own outline: seen from below at mid-height of the body and
// from the left in its middle. Cement and leaks are the shadows they throw on these planes, so none is missed. It returns nil for
// a vertebra without outline or without cement.
func LeakMap(r *assess.Result, level anatomy.Level, l text.Lang) *plot.Drawing {
	v := r.Spine.Find(level)
	if v == nil || v.Body == nil || !hasCement(r, level) {
		return nil
	}
	t := words[l]
	d := &plot.Drawing{W: 110, H: 62, Title: t["mapTitle"] + ", " + level.String()}
	d.Write(inkColour, plotText, true, plot.Start, plot.Point{X: 0, Y: 3.2}, d.Title)
	m := leakMap{r: r, v: v, d: d}
	m.view(render.Axial, plot.Point{X: 27, Y: 32})
	m.view(render.Sagittal, plot.Point{X: 82, Y: 32})
	d.Write(paleColour, plotText*0.9, false, plot.Middle, plot.Point{X: 27, Y: 61}, t["axial"])
	d.Write(paleColour, plotText*0.9, false, plot.Middle, plot.Point{X: 82, Y: 61}, t["sagittal"])
	return d
}

func hasCement(r *assess.Result, level anatomy.Level) bool {
	for _, v := range r.Report.Vertebrae {
		if v.Level == level {
			return v.Treated || v.PriorCementML > 0
		}
	}
	return false
}

type leakMap struct {
	r *assess.Result
	v *spine.Vertebra
	d *plot.Drawing
}

// half is the half width of a view in the patient in mm; scale is paper millimetres for one of the patient.
const half, scale = 40.0, 0.64

func (m leakMap) view(o render.Orientation, middle plot.Point) {
	plane := render.Aligned(o, m.v.PatientFromBody)
	back := plane.MustInverse()
	shift := 6.0 // the canal lies behind: the body is moved forward in the view
	onPaper := func(p geom.Plane) plot.Point {
		x, y := p.X, p.Y
		if o == render.Sagittal {
			x -= shift
		} else {
			y -= shift
		}
		limit := func(v float64) float64 { return max(-half, min(half, v)) }
		return plot.Point{X: middle.X + scale*limit(x), Y: middle.Y + scale*limit(y)}
	}
	loops := func(lines []render.Polyline) (out [][]plot.Point) {
		for _, l := range lines {
			var p []plot.Point
			for _, q := range l.Points {
				p = append(p, onPaper(q))
			}
			out = append(out, thinned(p))
		}
		return out
	}
	for _, v := range m.r.Spine.Vertebrae {
		c := ruleColour
		if v == m.v {
			c = bodyColour
		}
		if v.Body != nil && (v == m.v || o == render.Sagittal && v.Centroid().Dist(m.v.Centroid()) < 2*half) {
			m.d.Area(color.NRGBA{}, c, 0.4, nil, loops(render.Section(v.Body, plane))...)
		}
	}
	for _, wall := range canalWall(m.r.Spine.Canal, plane) {
		var p []plot.Point
		for _, q := range wall {
			if b := back.Apply(q); math.Abs(b.X) < half && math.Abs(b.Y) < half {
				p = append(p, onPaper(b))
			}
		}
		if len(p) > 1 {
			m.d.Line(paleColour, 0.3, []float64{1.2, 0.8}, p...)
		}
	}
	near := func(s *mesh.Mesh) *mesh.Mesh { return within(s, m.v) }
	m.d.Area(newFill, newColour, 0.25, nil, loops(shadow(near(m.r.CementSurfaces[anatomy.CementInBody]), plane))...)
	m.d.Area(color.NRGBA{0xD3, 0xD8, 0xEA, 150}, priorColour, 0.25, []float64{1, 0.6}, loops(shadow(near(m.r.CementSurfaces[anatomy.CementPrior]), plane))...)
	for i, k := range m.r.Leaks {
		line := m.r.Report.Leaks[i]
		if line.Level != m.v.Level {
			continue
		}
		c := leakColour(line.Compartment)
		fill := c
		fill.A = 110
		m.d.Area(fill, c, 0.3, nil, loops(shadow(k.Surface, plane))...)
		at := onPaper(back.Apply(geom.LPS(line.CentroidLPS[0], line.CentroidLPS[1], line.CentroidLPS[2])))
		drawGlyph(m.d, line.Compartment, at, 1.1)
	}
	letters := render.LettersOf(plane)
	m.d.Write(paleColour, plotText*0.8, false, plot.Start, plot.Point{X: middle.X - half*scale, Y: middle.Y}, letters.Left)
	m.d.Write(paleColour, plotText*0.8, false, plot.End, plot.Point{X: middle.X + half*scale, Y: middle.Y}, letters.Right)
}

// drawGlyph draws the sign of a compartment with half its size in mm.
func drawGlyph(d *plot.Drawing, c anatomy.Compartment, at plot.Point, half float64) {
	g := render.LeakGlyph(c)
	var loops [][]plot.Point
	for _, l := range g.Loops {
		var p []plot.Point
		for _, q := range l {
			p = append(p, plot.Point{X: at.X + half*q[0], Y: at.Y + half*q[1]})
		}
		loops = append(loops, p)
	}
	white, ink := color.NRGBA{255, 255, 255, 255}, leakColour(c)
	if g.Open {
		d.Area(white, ink, half/3, nil, loops...)
		return
	}
	d.Area(ink, white, half/4, nil, loops...)
}

// canalWall returns the wall of the canal on a plane: the section nearest to an axial plane, or front and back wall along a
// sagittal one.
func canalWall(c *spine.Canal, plane render.PatientFromPlane) [][]geom.Patient {
	if c == nil || len(c.Sections) == 0 {
		return nil
	}
	depth := plane.Axis(2)
	if math.Abs(depth.Dot(c.Sections[len(c.Sections)/2].Up)) > 0.7 {
		best, least := 0, math.Inf(1)
		for i, s := range c.Sections {
			if d := math.Abs(s.Centre.Sub(plane.Origin()).Dot(depth)); d < least {
				best, least = i, d
			}
		}
		if least > 5 {
			return nil
		}
		s := c.Sections[best]
		var ring []geom.Patient
		for n := range spine.Rays + 1 {
			sin, cos := math.Sincos(2 * math.Pi * float64(n) / spine.Rays)
			r := s.Radii[n%spine.Rays]
			ring = append(ring, s.Centre.Add(s.Left.Mul(r*cos)).Add(s.Posterior.Mul(r*sin)))
		}
		return [][]geom.Patient{ring}
	}
	var front, rear []geom.Patient
	for _, s := range c.Sections {
		rear = append(rear, s.Centre.Add(s.Posterior.Mul(s.Radius(math.Pi/2))))
		front = append(front, s.Centre.Add(s.Posterior.Mul(-s.Radius(-math.Pi/2))))
	}
	return [][]geom.Patient{front, rear}
}

// within returns the triangles of a surface that lie in or at a body; nil when there are none.
func within(s *mesh.Mesh, v *spine.Vertebra) *mesh.Mesh {
	if s == nil {
		return nil
	}
	const slackMM = 1.5
	out := &mesh.Mesh{Vertices: s.Vertices}
	for _, t := range s.Triangles {
		if v.Distance(s.Vertices[t[0]]) < slackMM {
			out.Triangles = append(out.Triangles, t)
		}
	}
	return out
}

// shadow returns the outline of a surface seen along the line of sight of a plane.
func shadow(s *mesh.Mesh, plane render.PatientFromPlane) []render.Polyline {
	if s == nil || len(s.Triangles) == 0 {
		return nil
	}
	const pixelMM = 0.4
	back := plane.MustInverse()
	points := make([]geom.Plane, len(s.Vertices))
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, t := range s.Triangles {
		for _, i := range t {
			p := back.Apply(s.Vertices[i])
			points[i] = p
			lo, hi = [2]float64{min(lo[0], p.X), min(lo[1], p.Y)}, [2]float64{max(hi[0], p.X), max(hi[1], p.Y)}
		}
	}
	v := render.Viewport{PatientFromPlane: plane, Centre: geom.Pt[geom.PlaneFrame]((lo[0]+hi[0])/2, (lo[1]+hi[1])/2, 0), MMPerPixel: pixelMM,
		Width: int((hi[0]-lo[0])/pixelMM) + 4, Height: int((hi[1]-lo[1])/pixelMM) + 4}
	m := &render.HUImage{W: v.Width, H: v.Height, HU: make([]int16, v.Width*v.Height)}
	screenFromPlane := v.ScreenFromPlane()
	for _, t := range s.Triangles {
		a, b, c := screenFromPlane.Apply(points[t[0]]), screenFromPlane.Apply(points[t[1]]), screenFromPlane.Apply(points[t[2]])
		cover(m, a, b, c)
	}
	return render.Isolines(m, v, 50)
}

// cover marks the pixels that a triangle touches.
func cover(m *render.HUImage, a, b, c geom.Screen) {
	area := (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X)
	inside := func(x, y float64) bool {
		if area == 0 {
			return false
		}
		u := ((b.X-x)*(c.Y-y) - (b.Y-y)*(c.X-x)) / area
		v := ((c.X-x)*(a.Y-y) - (c.Y-y)*(a.X-x)) / area
		return u >= 0 && v >= 0 && u+v <= 1
	}
	set := func(x, y int) {
		if x >= 0 && y >= 0 && x < m.W && y < m.H {
			m.HU[y*m.W+x] = 100
		}
	}
	for _, p := range []geom.Screen{a, b, c} {
		set(int(p.X+0.5), int(p.Y+0.5))
	}
	for y := int(min(a.Y, b.Y, c.Y)); y <= int(max(a.Y, b.Y, c.Y))+1; y++ {
		for x := int(min(a.X, b.X, c.X)); x <= int(max(a.X, b.X, c.X))+1; x++ {
			if inside(float64(x), float64(y)) {
				set(x, y)
			}
		}
	}
}

// thinned leaves out points closer than a quarter of a millimetre on paper to the one before.
func thinned(p []plot.Point) []plot.Point {
	out := p[:0:0]
	for i, q := range p {
		if i == 0 || math.Hypot(q.X-out[len(out)-1].X, q.Y-out[len(out)-1].Y) > 0.25 {
			out = append(out, q)
		}
	}
	return out
}
