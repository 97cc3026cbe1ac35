package render

import (
	"context"
	"image"
	"image/color"

	"github.com/vertefill/vertefill/internal/geom"
)

// Cut takes away what lies on the side of a plane that Normal points to. The zero Cut does nothing.
type Cut struct {
	At     geom.Patient
	Normal geom.PatientVec
}

// View3D is an orthographic view of a scene: the plane's Z axis is the line of sight, its origin the natural centre to turn
// about (see Turned). It is comparable.
type View3D struct {
	Viewport
	Cuts   [3]Cut
	Coarse bool // half resolution, longer steps and hard edges, while the view turns
}

// Volume3D is how the voxels are shown in a Scene.
type Volume3D uint8

// The ways.
const (
	NoVolume Volume3D = iota
	Shaded            // light absorbed and reflected along the ray by Transfer
	MIP3D             // the highest CT number along the ray through Window; surfaces are not drawn
)

// Scene is what a three-dimensional view shows. It holds no state of its own: several goroutines may draw one.
type Scene struct {
	Caster   *Caster // nil without voxels
	Show     Volume3D
	Transfer Transfer // nil: TransferBone
	Window   Window   // for MIP3D; zero: 600/1000, since rays are quicker where the window shows soft tissue as black
	Surfaces []*Surface
	Ground   color.NRGBA // behind everything; made opaque
}

// light is where light comes from in plane coordinates, seen from the object: over the viewer's left shoulder.
var light = geom.V[geom.PlaneFrame](-0.35, -0.45, -1).Unit()

// Draw draws the scene into dst, which must have the size of the view.
func (s *Scene) Draw(ctx context.Context, v View3D, dst *image.RGBA) error {
	if err := v.check(); err != nil {
		return err
	}
	if err := checkSize(dst, v.Width, v.Height); err != nil {
		return err
	}
	if !v.Coarse || v.Width < 2 || v.Height < 2 {
		if s.Caster == nil || s.Show == NoVolume {
			return s.smooth(ctx, v, dst)
		}
		return s.draw(ctx, v, dst)
	}
	half := v
	half.Width, half.Height = (v.Width+1)/2, (v.Height+1)/2
	half.MMPerPixel *= 2
	a, b := v.PlaneFromScreen(), half.PlaneFromScreen()
	half.Centre = half.Centre.Add(a.Origin().Sub(b.Origin()))
	small := image.NewRGBA(image.Rect(0, 0, half.Width, half.Height))
	if err := s.draw(ctx, half, small); err != nil {
		return err
	}
	double(dst, small)
	return nil
}

// smooth draws surfaces four times, a quarter of a pixel up, down, left and right of the pixel centres, and takes the mean: edges
// without steps for the memory of one picture.
func (s *Scene) smooth(ctx context.Context, v View3D, dst *image.RGBA) error {
	seen, err := project(ctx, v, s.Surfaces)
	if err != nil {
		return err
	}
	sum := make([]uint16, 4*v.Width*v.Height)
	f := newFrags(v.Width, v.Height, s.Ground)
	for n := range int32(4) {
		const quarter = subpixel / 4
		f.clear()
		if err := f.raster(ctx, v, s.Surfaces, seen, -quarter*(n&1*2-1), -quarter*(n&2-1)); err != nil {
			return err
		}
		err := strips(ctx, v.Height, func(y0, y1 int) {
			var pix [4]uint8
			for o := y0 * v.Width; o < y1*v.Width; o++ {
				p := pixel{through: 1}
				f.finish(&p, o, 0)
				p.write(pix[:])
				for i, b := range pix {
					sum[4*o+i] += uint16(b)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	for y := range v.Height {
		row := dst.Pix[y*dst.Stride:][:4*v.Width]
		for i := range row {
			row[i] = uint8((sum[4*y*v.Width+i] + 2) / 4)
		}
	}
	return nil
}

func (s *Scene) draw(ctx context.Context, v View3D, dst *image.RGBA) error {
	if s.Caster != nil && s.Show == MIP3D {
		return s.Caster.mip(ctx, v, s.window(), dst)
	}
	f := newFrags(v.Width, v.Height, s.Ground)
	if err := f.draw(ctx, v, s.Surfaces); err != nil {
		return err
	}
	if s.Caster == nil || s.Show == NoVolume {
		return strips(ctx, v.Height, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				for x := range v.Width {
					c := pixel{through: 1}
					f.finish(&c, y*v.Width+x, 0)
					c.write(dst.Pix[dst.PixOffset(dst.Rect.Min.X+x, dst.Rect.Min.Y+y):])
				}
			}
		})
	}
	transfer := s.Transfer
	if transfer == nil {
		transfer = TransferBone
	}
	return s.Caster.shade(ctx, v, transfer, f, dst)
}

func (s *Scene) window() Window {
	if s.Window == (Window{}) {
		return Window{Centre: 600, Width: 1000}
	}
	return s.Window
}

// pixel gathers light from front to back.
type pixel struct{ r, g, b, through float32 }

func (p *pixel) add(r, g, b, alpha float32) {
	w := p.through * alpha
	p.r, p.g, p.b, p.through = p.r+w*r, p.g+w*g, p.b+w*b, p.through-w
}

func (p *pixel) write(pix []uint8) {
	pix[0], pix[1], pix[2], pix[3] = clamp8(p.r), clamp8(p.g), clamp8(p.b), 0xFF
}

func clamp8(x float32) uint8 { return uint8(max(0, min(255, x+0.5))) }

// cutLines returns the cuts as functions of screen position: what has A x + B y + C z + D > 0 is taken away.
func (v View3D) cutLines() [][4]float64 {
	var out [][4]float64
	a := v.PatientFromScreen()
	for _, c := range v.Cuts {
		n := c.Normal.Unit()
		if n.Norm() == 0 || !c.At.IsFinite() {
			continue
		}
		x, y, z := a.Axis(0), a.Axis(1), a.Axis(2)
		out = append(out, [4]float64{n.Dot(x), n.Dot(y), n.Dot(z), n.Dot(a.Origin().Sub(c.At))})
	}
	return out
}

// double draws a picture at twice its size, linearly between pixels.
func double(dst, src *image.RGBA) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	for y := range h {
		up := src.Pix[y/2*src.Stride:]
		down := src.Pix[min(y/2+y%2, sh-1)*src.Stride:]
		out := dst.Pix[y*dst.Stride:]
		for x := range w {
			i, j := 4*(x/2), 4*min(x/2+x%2, sw-1)
			for c := range 4 {
				out[4*x+c] = uint8((uint(up[i+c]) + uint(up[j+c]) + uint(down[i+c]) + uint(down[j+c]) + 2) >> 2)
			}
		}
	}
}

// Whole returns a viewport that shows a whole volume from the direction of a plane, turning about the volume's centre.
func (c *Caster) Whole(o Orientation, width, height int) Viewport {
	g := c.vol.Grid
	n := [3]float64{float64(g.NX - 1), float64(g.NY - 1), float64(g.NZ - 1)}
	centre := g.Patient(geom.Vox(n[0]/2, n[1]/2, n[2]/2))
	var corners []geom.Patient
	for i := range 8 {
		corners = append(corners, g.Patient(geom.Vox(n[0]*float64(i&1), n[1]*float64(i>>1&1), n[2]*float64(i>>2&1))))
	}
	v := Viewport{PatientFromPlane: Standard(o, centre), MMPerPixel: 1, Width: width, Height: height}
	v = v.Fitted(corners)
	v.Centre = geom.Plane{}
	return v
}
