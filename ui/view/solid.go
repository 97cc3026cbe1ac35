package view

import (
	"context"
	"image"
	"image/color"
	"sync"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Solid is what a 3D view shows: the surfaces of bodies, cement and leaks; the
// bone of the volume as long as nothing was analysed. It is prepared when it
// is first drawn.
type Solid struct {
	look     model.SolidLook
	volume   *volume.Volume // drawn as the look says; nil for surfaces only
	casters  *caster        // shared by the looks of a volume
	parts    []part
	legend   []legend
	transfer render.Transfer // of the voxels

	once  sync.Once
	scene render.Scene
	err   error // why the scene cannot be drawn
}

// caster is the preparation of a volume for casting rays, made once.
type caster struct {
	mu     sync.Mutex
	volume *volume.Volume
	made   *render.Caster
}

func (c *caster) of(ctx context.Context, v *volume.Volume) (*render.Caster, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.volume == v {
		return c.made, nil
	}
	made, err := render.NewCaster(ctx, v)
	if err == nil {
		c.volume, c.made = v, made
	}
	return made, err
}

type part struct {
	mesh   *mesh.Mesh
	colour color.NRGBA
}

// legend is a colour of a 3D view and its meaning.
type legend struct {
	colour color.NRGBA
	name   i18n.Text
}

// Bone is drawn pale and lets cement shine through.
var (
	boneColour     = color.NRGBA{R: 0xD9, G: 0xCF, B: 0xBE, A: 0x64}
	boneSelected   = color.NRGBA{R: 0x8F, G: 0xC8, B: 0xEA, A: 0x70}
	cementName     = map[anatomy.CementClass]i18n.Text{anatomy.CementInBody: i18n.CementBody, anatomy.CementInPedicle: i18n.CementPed, anatomy.CementPrior: i18n.CementPrior, anatomy.Metal: i18n.Metal}
	classesInOrder = []anatomy.CementClass{anatomy.CementInBody, anatomy.CementInPedicle, anatomy.CementPrior, anatomy.Metal}
)

// solid returns the 3D scene of a slot.
func (c *scenes) solid(s *model.State, slot model.Slot) *Solid {
	c.follow(s)
	key := sceneKey{result: s.Result, slot: slot, level: s.Reading.Level, look: s.Reading.Solid, curve: s.Reading.Curve}
	key.follow(s.Objects.Shown())
	if x, ok := c.solids[key]; ok {
		return x
	}
	if c.solids == nil || len(c.solids) > maxScenes {
		c.solids = map[sceneKey]*Solid{}
	}
	x := &Solid{look: s.Reading.Solid}
	if s.Result == nil || slot == model.PreSlot {
		x.volume, x.look = s.Loaded[slot].Volume, model.BoneVoxels
	} else {
		if x.look != model.Surfaces {
			x.volume = s.Loaded[slot].Volume
		}
		x.gather(s)
	}
	x.transfer = transferOf(s.Reading.Curve, x.look)
	x.casters = &c.casters[slot]
	c.solids[key] = x
	return x
}

func (x *Solid) gather(s *model.State) {
	for _, v := range s.Result.Spine.Vertebrae {
		if v.Body != nil && x.look == model.Surfaces {
			c := boneColour
			if v.Level == s.Reading.Level {
				c = boneSelected
			}
			x.parts = append(x.parts, part{v.Body, c})
		}
	}
	add := func(m *mesh.Mesh, c color.NRGBA, name i18n.Text) {
		if m == nil || len(m.Triangles) == 0 {
			return
		}
		x.parts = append(x.parts, part{m, c})
		for _, l := range x.legend {
			if l.name == name {
				return
			}
		}
		x.legend = append(x.legend, legend{c, name})
	}
	for _, class := range classesInOrder {
		add(s.Result.CementSurfaces[class], render.CementStyle(class).Colour, cementName[class])
	}
	for _, o := range s.Objects.Shown() {
		for _, p := range o.Parts {
			c := p.Colour
			c.A = 0xA0
			x.parts = append(x.parts, part{p.Mesh, c})
		}
	}
	for i, region := range s.Result.Leaks {
		if i < len(s.Result.Report.Leaks) {
			c := s.Result.Report.Leaks[i].Compartment
			add(region.Surface, render.LeakStyle(c, false).Colour, i18n.LeakName(c))
		}
	}
}

// prepare makes what drawing needs, once.
func (x *Solid) prepare(ctx context.Context) (*render.Scene, error) {
	x.once.Do(func() {
		x.scene.Ground = theme.Black
		if x.volume != nil {
			x.scene.Show, x.scene.Transfer = render.Shaded, x.transfer
			if x.look == model.MIPVoxels {
				x.scene.Show = render.MIP3D
			}
			x.scene.Caster, x.err = x.casters.of(ctx, x.volume)
		}
		for _, p := range x.parts {
			x.scene.Surfaces = append(x.scene.Surfaces, render.NewSurface(p.mesh, p.colour))
		}
	})
	return &x.scene, x.err
}

// drawSolid draws a 3D picture.
func (w *worker) drawSolid(r Request, p *Picture) error {
	p.Request = r
	scene, err := r.Solid.prepare(w.service.ctx)
	if err != nil {
		return err
	}
	return scene.Draw(w.service.ctx, render.View3D{Viewport: r.View.Viewport, Coarse: r.View.Coarse, Cuts: r.Cut3D}, p.pixels)
}

// fit3D fits a 3D view to the vertebrae once they are known, else to the
// volume.
func fit3D(s *model.State, id model.ViewID, vp render.Viewport) render.Viewport {
	if v := s.AlignedVertebra(id.Slot); v != nil && v.Body != nil { // the body and its neighbours
		lo, hi := v.Body.Bounds()
		mid := lo.Lerp(hi, 0.5)
		const reach = 2.2
		return vp.Fitted([]geom.Patient{mid.Add(lo.Sub(mid).Mul(reach)), mid.Add(hi.Sub(mid).Mul(reach))})
	}
	if s.Result == nil || id.Slot == model.PreSlot {
		return vp.Fitted(corners(s.Loaded[id.Slot].Volume))
	}
	var points []geom.Patient
	for _, v := range s.Result.Spine.Vertebrae {
		if v.Body == nil {
			continue
		}
		lo, hi := v.Body.Bounds()
		points = append(points, lo, hi, geom.LPS(lo.X, hi.Y, lo.Z), geom.LPS(hi.X, lo.Y, hi.Z))
	}
	if len(points) == 0 {
		return vp.Fitted(corners(s.Loaded[id.Slot].Volume))
	}
	return vp.Fitted(points)
}

// solid draws what lies over a 3D view: tag, letters, legend.
func (d *decoration) solid() {
	if d.h.State.Reading.Corners == model.NoCorners {
		return
	}
	d.letters(d.topLeft())
	d.lookName()
	d.sides()
	if d.curve() || d.pic == nil || d.pic.Request.Solid == nil || len(d.pic.Request.Solid.legend) == 0 {
		return
	}
	e, lines := d.h.Env, d.pic.Request.Solid.legend
	height := d.gtx.Dp(18)*len(lines) + d.gtx.Dp(12)
	widget.At(d.gtx, image.Pt(d.gtx.Dp(10), d.port.size.Y-height-d.gtx.Dp(10)), func(gtx layout.Context) layout.Dimensions {
		return widget.Card(gtx, color.NRGBA{A: 158}, color.NRGBA{}, theme.RadiusChip, func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(6).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				var rows []layout.FlexChild
				for _, l := range lines {
					rows = append(rows, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						gtx.Constraints.Min.Y = gtx.Dp(18)
						return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
							layout.Rigid(func(gtx layout.Context) layout.Dimensions {
								side := gtx.Dp(9)
								widget.FillRound(gtx, l.colour, image.Rect(0, 0, side, side), 2)
								return layout.Dimensions{Size: image.Pt(side, side)}
							}),
							widget.Gap(6), layout.Rigid(e.Text(theme.Caption, theme.CornerText, l.name.In(e.Lang))))
					}))
				}
				return layout.Flex{Axis: layout.Vertical}.Layout(gtx, rows...)
			})
		})
	})
}

// lookName names what is drawn, at the upper right.
func (d *decoration) lookName() {
	s, l := d.h.State, d.h.Env.Lang
	if s.Result == nil || d.id.Slot == model.PreSlot {
		return
	}
	words := s.Reading.Solid.Name().In(l)
	if s.Reading.SolidCuts != [3]model.Cut3D{} {
		words += " · " + i18n.CutWord.In(l)
	}
	d.textEnd(d.port.size.X-d.gtx.Dp(12), d.gtx.Dp(10), words)
}
