package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// tissue is everything but bone and fills: skin, fat, muscle, lungs, great vessels, the sac in the canal, air and the table. It
// follows the curve of the spine in each slice. Nothing of it is measured, so its forms are ellipses with noise.
type tissue struct {
	curve       []spinePoint // from foot to head
	lungFloor   float64      // z below which there is no lung
	kidneyZ     float64
	width, back float64 // half width of the trunk; distance from spine to skin behind
	depth       float64 // of the trunk, front to back
	fat         float64 // thickness under the skin
	muscleHU    float64
	aorta       vessel
	cava        vessel
	calcium     float64 // share of the aortic wall that is calcified
	texture     noise
	tableY      float64 // top of the table
}

// spinePoint is what the soft tissue knows of the spine at one height.
type spinePoint struct {
	z                    float64
	x, y                 float64 // middle of the body
	front                float64 // y of its anterior wall
	canalX, canalY       float64
	canalWide, canalDeep float64
}

type vessel struct{ x, gap, radius, hu float64 }

func newTissue(s *scene, r random, contrast bool) *tissue {
	t := &tissue{width: r.between(145, 190), back: r.between(62, 85), depth: r.between(200, 260), fat: r.between(6, 28),
		muscleHU: r.between(42, 62), texture: noise(r.Uint64()), lungFloor: math.Inf(1), kidneyZ: math.Inf(-1)}
	blood := r.between(32, 48)
	t.aorta = vessel{r.between(6, 20), r.between(1, 5), r.between(9, 13), blood}
	t.cava = vessel{r.between(-26, -16), r.between(2, 7), r.between(9, 13), blood}
	if contrast {
		t.aorta.hu, t.cava.hu = r.between(180, 420), r.between(90, 180)
	}
	if r.chance(0.5) {
		t.calcium = r.between(0.05, 0.5)
	}
	for i := len(s.vertebrae) - 1; i >= 0; i-- {
		v := s.vertebrae[i]
		c := v.patientFromBody.Apply(geom.Pt[geom.BodyFrame](0, v.canal.y, 0))
		t.curve = append(t.curve, spinePoint{v.centre.Z, v.centre.X, v.centre.Y, v.centre.Y - v.body.depth, c.X, c.Y, v.canal.halfWidth, v.canal.halfDepth})
		switch v.level {
		case anatomy.T11:
			t.lungFloor = v.centre.Z + r.between(-25, 15)
		case anatomy.L1 + 1:
			t.kidneyZ = v.centre.Z
		}
	}
	if math.IsInf(t.lungFloor, 1) && s.vertebrae[len(s.vertebrae)-1].level < anatomy.T11 {
		t.lungFloor = math.Inf(-1)
	}
	t.tableY = math.Inf(-1)
	for _, p := range t.curve {
		t.tableY = max(t.tableY, p.y+t.back+1)
	}
	return t
}

// at returns the spine at a height, carried on straight beyond the ends.
func (t *tissue) spineAt(z float64) spinePoint {
	c := t.curve
	if len(c) == 1 {
		return c[0]
	}
	i := 0
	for i+2 < len(c) && z > c[i+1].z {
		i++
	}
	a, b := c[i], c[i+1]
	f := max(-0.5, min(1.5, (z-a.z)/(b.z-a.z)))
	m := func(x, y float64) float64 { return x + f*(y-x) }
	return spinePoint{z, m(a.x, b.x), m(a.y, b.y), m(a.front, b.front), m(a.canalX, b.canalX), m(a.canalY, b.canalY), m(a.canalWide, b.canalWide), m(a.canalDeep, b.canalDeep)}
}

// mix blends towards hu by the share of a pixel inside an edge at distance d (negative inside).
func mix(old, hu, d, width float64) float64 {
	switch {
	case d >= width/2:
		return old
	case d <= -width/2:
		return hu
	}
	return old + (0.5-d/width)*(hu-old)
}

// round is about the distance to an ellipse.
func round(x, y, rx, ry float64) float64 {
	u, v := x/rx, y/ry
	return (math.Sqrt(u*u+v*v) - 1) * min(rx, ry)
}

// row fills a row of a slice with CT numbers.
func (t *tissue) row(g *volume.Grid, j, k int, out []float32) {
	p := g.Patient(geom.Vox(0, float64(j), float64(k)))
	step := g.Row.Mul(float64(g.DX))
	w := float64(g.DX)
	s := t.spineAt(p.Z)
	for i := range out {
		out[i] = float32(t.hu(p, &s, w))
		p = p.Add(step)
	}
}

func (t *tissue) hu(p geom.Patient, s *spinePoint, w float64) float64 {
	x, y := p.X-s.x, p.Y-s.y
	back := t.back
	trunk := round(p.X, p.Y-(t.tableY-t.depth/2-1), t.width, t.depth/2)
	if y > back-12 { // the furrow of the back follows the spine
		trunk = smoothMax(trunk, y-back, 20)
	}
	hu := -1000.0
	if trunk > w {
		return t.table(p, w)
	}
	// Lattice noise shows its axes; two octaves turned against each other hide them.
	soft := 0.75*t.texture.at((p.X+0.6*p.Y)/11, (p.Y-0.6*p.X)/11, p.Z/15) + 0.45*t.texture.at((0.8*p.X-0.5*p.Z)/5, p.Y/5+30, (0.8*p.Z+0.5*p.X)/6)
	hu = mix(hu, 20, trunk, w)
	hu = mix(hu, -105+6*soft, trunk+1.5, w)
	if trunk+t.fat > w {
		return hu
	}
	// Inside: fat with organs where the noise is high.
	inner := trunk + t.fat
	organ := mix(-98, 46+6*soft, -(soft+0.12)*9, 2)
	organ = mix(organ, t.muscleHU, -(inner + 9), 4) // wall of the trunk
	ax := math.Abs(x)
	if y > -8 {
		organ = mix(organ, -95, round(ax-26, y-33, 36, 31)+2*soft, 2) // fat round the muscles of the back
		muscle := min(round(ax-30, y-33, 26, 24), round(ax-13, y-40, 11, 20)) + 2.5*soft
		streak := t.texture.at(p.X/2.5, p.Y/2.5, p.Z/7)
		organ = mix(organ, t.muscleHU+14*streak-60*max(0, streak-0.45), muscle, 2)
	}
	if lung := p.Z - t.lungFloor; lung > -3 {
		d := round(ax-76, y+42, 58, 72) + 2*soft
		d = max(d, -lung+0.15*d)
		organ = mix(organ, mix(-850, 30, -(soft-0.62)*8, 1), d, 1.5)
	} else {
		organ = mix(organ, t.muscleHU, round(ax-35, y+2, 18, 20)+2*soft, 1.5) // psoas
		if dz := (p.Z - t.kidneyZ) / 52; dz > -1 && dz < 1 {
			organ = mix(organ, 45, round(ax-68, y+12, 24*math.Sqrt(1-dz*dz), 28*math.Sqrt(1-dz*dz)), 1.5)
		}
	}
	around := round(x, p.Y-s.y+6, 28, 30) // connective tissue round the spine
	organ = mix(organ, -70+40*soft, around, 6)
	vein := t.cava
	if p.Z > t.lungFloor+20 { // the cava has left the spine; the azygos vein remains
		vein.x, vein.gap, vein.radius = -7, 1, 3.2
	}
	for n, v := range [2]vessel{t.aorta, vein} {
		d := math.Hypot(x-v.x, p.Y-(s.front-v.gap-v.radius)) - v.radius
		if d > 2 {
			continue
		}
		organ = mix(organ, 35, d-1.2, w)
		organ = mix(organ, v.hu, d, w)
		if n == 0 && t.calcium > 0 && d > -1.5 {
			if c := t.texture.at(p.X/4, p.Y/4+70, p.Z/6); c > 0.75-t.calcium {
				organ = mix(mix(organ, 650, d-0.8, w), organ, d+0.9, w)
			}
		}
	}
	canal := round(p.X-s.canalX, p.Y-s.canalY, s.canalWide, s.canalDeep)
	if canal < 2 {
		organ = mix(organ, -60, canal, 1)
		organ = mix(organ, 18, canal+2+1.2*soft, 1)
		organ = mix(organ, 38, round(p.X-s.canalX, p.Y-s.canalY, 5, 3.8), 1)
	}
	return mix(hu, organ, inner, 2)
}

// table is the couch below the patient: a thin shell with foam inside.
func (t *tissue) table(p geom.Patient, w float64) float64 {
	y := p.Y - t.tableY + p.X*p.X/1800
	if y < -1 || y > 35 || math.Abs(p.X) > 230 {
		return -1000
	}
	hu := mix(-1000, -180, -y, w)
	hu = mix(hu, -930, -(y - 2), w)
	return mix(hu, -1000, -(y - 34), w)
}
