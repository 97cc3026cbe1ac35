package render

import (
	"context"
	"image/color"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// Surface is a mesh ready for drawing. A colour with alpha below 255 makes it transparent: the layers facing the viewer are then
// seen one behind the other, up to four.
type Surface struct {
	mesh    *mesh.Mesh
	normals []geom.PatientVec
	Colour  color.NRGBA
}

// NewSurface prepares a mesh (normals at the vertices, once); the mesh must not change afterwards. A nil mesh draws nothing.
func NewSurface(m *mesh.Mesh, c color.NRGBA) *Surface {
	if m == nil {
		m = &mesh.Mesh{}
	}
	return &Surface{mesh: m, normals: m.Normals(), Colour: c}
}

// Tinted returns the same surface in another colour without preparing it again.
func (s *Surface) Tinted(c color.NRGBA) *Surface {
	return &Surface{mesh: s.mesh, normals: s.normals, Colour: c}
}

const (
	maxLayers   = 4
	insideShade = 0.35 // brightness of a surface seen from within through a cut
)

// layer is a transparent surface in a pixel.
type layer struct {
	z     float32 // mm behind the plane
	shade float32
	of    uint16 // index of the surface
}

// frags holds what surfaces leave in every pixel: the nearest opaque one, and the nearest transparent ones before it.
type frags struct {
	w, h   int
	ground color.NRGBA
	z      []float32 // depth of the nearest opaque surface, +Inf without one
	colour []uint32  // its colour, see word
	layers [][maxLayers]layer
	count  []uint8
	tint   []color.NRGBA // of the surfaces
}

func newFrags(w, h int, ground color.NRGBA) *frags {
	f := &frags{w: w, h: h, ground: ground, z: make([]float32, w*h), colour: make([]uint32, w*h)}
	f.clear()
	return f
}

// clear forgets all surfaces.
func (f *frags) clear() {
	for i := range f.z {
		f.z[i] = float32(math.Inf(1))
		f.colour[i] = word(f.ground)
	}
	clear(f.count)
	f.tint = f.tint[:0]
}

// corner is a vertex on the screen: 24.8 fixed point, depth in mm, brightness.
type corner struct {
	x, y     int32
	z, shade float32
}

const subpixel = 256

// draw rasters surfaces: opaque ones first, then transparent ones. The picture is cut in bands that are drawn at the same time;
// the order of triangles within a pixel is kept, so the result does not depend on the number of bands.
func (f *frags) draw(ctx context.Context, v View3D, surfaces []*Surface) error {
	seen, err := project(ctx, v, surfaces)
	if err != nil {
		return err
	}
	return f.raster(ctx, v, surfaces, seen, 0, 0)
}

// projected is a surface on the screen: its corners, and the triangles that may be seen.
type projected struct {
	corners   []corner
	triangles [][3]int32
}

// project puts surfaces on the screen. Triangles that face away are left out unless a cut may show them.
func project(ctx context.Context, v View3D, surfaces []*Surface) ([]projected, error) {
	all := len(v.cutLines()) > 0
	out := make([]projected, len(surfaces))
	for i, s := range surfaces {
		if s.Colour.A == 0 {
			continue
		}
		corners, err := s.project(ctx, v)
		if err != nil {
			return nil, err
		}
		out[i] = projected{corners, s.mesh.Triangles}
		if all {
			continue
		}
		out[i].triangles = make([][3]int32, 0, len(s.mesh.Triangles)*5/8)
		for _, t := range s.mesh.Triangles {
			if cross(&corners[t[0]], &corners[t[1]], &corners[t[2]]) < 0 {
				out[i].triangles = append(out[i].triangles, t)
			}
		}
	}
	return out, nil
}

// raster is draw for vertices already on the screen, moved by a part of a pixel.
func (f *frags) raster(ctx context.Context, v View3D, surfaces []*Surface, seen []projected, dx, dy int32) error {
	cuts := v.cutLines()
	for _, s := range surfaces {
		f.tint = append(f.tint, s.Colour)
	}
	for _, transparent := range []bool{false, true} {
		for i, s := range surfaces {
			if s.Colour.A == 0 || (s.Colour.A < 255) != transparent {
				continue
			}
			if transparent && f.layers == nil {
				f.layers, f.count = make([][maxLayers]layer, f.w*f.h), make([]uint8, f.w*f.h)
			}
			corners, bands := seen[i].corners, workers()
			err := parallel(ctx, bands, func(n int) {
				r := raster{f: f, y0: n * f.h / bands, y1: (n + 1) * f.h / bands, of: uint16(i), transparent: transparent, cuts: cuts}
				for _, t := range seen[i].triangles {
					a, b, c := corners[t[0]], corners[t[1]], corners[t[2]]
					a.x, a.y, b.x, b.y, c.x, c.y = a.x+dx, a.y+dy, b.x+dx, b.y+dy, c.x+dx, c.y+dy
					r.triangle(&a, &b, &c)
				}
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// project maps vertices to the screen and lights them.
func (s *Surface) project(ctx context.Context, v View3D) ([]corner, error) {
	screenFromPatient := v.ScreenFromPatient()
	toLight := v.PatientFromPlane.ApplyVec(light)
	toViewer := v.PatientFromPlane.Axis(2).Mul(-1)
	halfway := toLight.Add(toViewer).Unit()
	out := make([]corner, len(s.mesh.Vertices))
	const chunk = 4096
	err := parallel(ctx, (len(out)+chunk-1)/chunk, func(n int) {
		for i := n * chunk; i < min((n+1)*chunk, len(out)); i++ {
			p := screenFromPatient.Apply(s.mesh.Vertices[i])
			fix := func(x float64) int32 { return int32(max(-1<<22, min(1<<22, x*subpixel))) }
			out[i] = corner{x: fix(p.X), y: fix(p.Y), z: float32(p.Z), shade: brightness(float32(s.normals[i].Dot(toLight)), float32(s.normals[i].Dot(halfway)))}
		}
	})
	return out, err
}

// brightness is Blinn and Phong's light of a surface whose normal has these cosines to the light and to the halfway vector:
// 0.25 ambient, 0.75 diffuse; a highlight adds up to 0.25.
func brightness(diffuse, highlight float32) float32 {
	h := max(0, highlight)
	h *= h // ^2
	h *= h // ^4
	h *= h // ^8
	h *= h // ^16
	return 0.25 + 0.75*max(0, diffuse) + 0.25*h*h
}

// raster draws triangles into a band of rows.
type raster struct {
	f           *frags
	y0, y1      int
	of          uint16
	transparent bool
	cuts        [][4]float64
}

// triangle covers the pixels whose centres lie in the triangle, those on a shared edge once (top-left rule). Triangles facing
// away are drawn only where a cut may show them.
func (r *raster) triangle(a, b, c *corner) {
	top, bottom := min(a.y, b.y, c.y), max(a.y, b.y, c.y)
	ya, yb := max(r.y0, int(top+subpixel-1)>>8), min(r.y1-1, int(bottom)>>8)
	if ya > yb {
		return
	}
	xa, xb := max(0, int(min(a.x, b.x, c.x)+subpixel-1)>>8), min(r.f.w-1, int(max(a.x, b.x, c.x))>>8)
	if xa > xb {
		return
	}
	// Counter-clockwise from outside is clockwise in coordinates with y down.
	area := cross(a, b, c)
	if area == 0 {
		return
	}
	back := area > 0
	if back && len(r.cuts) == 0 {
		return
	}
	if !back {
		b, c, area = c, b, -area
	}
	e0, e1, e2 := newSide(b, c), newSide(c, a), newSide(a, b)
	inv := 1 / float32(area)
	x0, y0 := int64(xa)<<8, int64(ya)<<8
	w0, w1, w2 := e0.at(x0, y0), e1.at(x0, y0), e2.at(x0, y0)
	for y := ya; y <= yb; y++ {
		u0, u1, u2 := w0, w1, w2
		o := y * r.f.w
		for x := xa; x <= xb; x++ {
			if u0+e0.bias >= 0 && u1+e1.bias >= 0 && u2+e2.bias >= 0 {
				f0, f1, f2 := float32(u0)*inv, float32(u1)*inv, float32(u2)*inv
				z := f0*a.z + f1*b.z + f2*c.z
				shade := f0*a.shade + f1*b.shade + f2*c.shade
				if back {
					shade = insideShade
				}
				if z < r.f.z[o+x] && !r.isCut(x, y, z) {
					r.put(o+x, z, shade)
				}
			}
			u0, u1, u2 = u0+e0.dx, u1+e1.dx, u2+e2.dx
		}
		w0, w1, w2 = w0+e0.dy, w1+e1.dy, w2+e2.dy
	}
}

func cross(a, b, c *corner) int64 {
	return int64(b.x-a.x)*int64(c.y-a.y) - int64(b.y-a.y)*int64(c.x-a.x)
}

// side is the edge function of an edge p to q, positive to its inside.
type side struct{ px, py, ex, ey, dx, dy, bias int64 }

func newSide(p, q *corner) side {
	s := side{px: int64(p.x), py: int64(p.y), ex: int64(q.x - p.x), ey: int64(q.y - p.y)}
	s.dx, s.dy = -s.ey<<8, s.ex<<8
	if !(s.ey < 0 || s.ey == 0 && s.ex > 0) { // neither a left nor a top edge
		s.bias = -1
	}
	return s
}

func (s *side) at(x, y int64) int64 { return s.ex*(y-s.py) - s.ey*(x-s.px) }

func (r *raster) isCut(x, y int, z float32) bool {
	for _, c := range r.cuts {
		if c[0]*float64(x)+c[1]*float64(y)+c[2]*float64(z)+c[3] > 0 {
			return true
		}
	}
	return false
}

// put stores a fragment that lies before the opaque surface.
func (r *raster) put(o int, z, shade float32) {
	f := r.f
	if !r.transparent {
		f.z[o], f.colour[o] = z, shaded(f.tint[r.of], shade)
		return
	}
	l, n := &f.layers[o], int(f.count[o])
	at := n
	for at > 0 && l[at-1].z > z {
		at--
	}
	if at == maxLayers {
		return
	}
	copy(l[at+1:], l[at:])
	l[at] = layer{z: z, shade: shade, of: r.of}
	f.count[o] = uint8(min(n+1, maxLayers))
}

func shaded(c color.NRGBA, shade float32) uint32 {
	return word(color.NRGBA{R: clamp8(float32(c.R) * shade), G: clamp8(float32(c.G) * shade), B: clamp8(float32(c.B) * shade)})
}

// through lays the transparent layers from number n that lie before depth z over the pixel and returns the number of the next.
func (f *frags) through(p *pixel, o, n int, z float32) int {
	if f.layers == nil {
		return n
	}
	for n < int(f.count[o]) && f.layers[o][n].z < z {
		l := &f.layers[o][n]
		c := f.tint[l.of]
		p.add(float32(c.R)*l.shade, float32(c.G)*l.shade, float32(c.B)*l.shade, float32(c.A)/255)
		n++
	}
	return n
}

// finish adds the remaining layers and what is behind them.
func (f *frags) finish(p *pixel, o, n int) {
	f.through(p, o, n, float32(math.Inf(1)))
	c := f.colour[o]
	p.add(float32(c&255), float32(c>>8&255), float32(c>>16&255), 1)
}
