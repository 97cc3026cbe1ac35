package view

import (
	"image/color"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/overlay"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/ui/model"
)

// sceneKey is what a scene depends on.
type sceneKey struct {
	result *assess.Result
	slot   model.Slot
	level  anatomy.Level
	leak   int
	layers model.Layers
	look   model.SolidLook // of 3D scenes
	draft  *spine.Vertebra // that a hand is shaping
	curve  model.Curve     // opacity of 3D scenes
	others *overlay.Object // the last file of others, nil when none is drawn
	count  int             // of these files
}

// follow makes the key that of the files drawn.
func (k *sceneKey) follow(list []*overlay.Object) {
	if k.count = len(list); k.count > 0 {
		k.others = list[k.count-1]
	}
}

// scenes keeps the scenes of the last selections, so that equal requests stay
// equal.
type scenes struct {
	planes  map[sceneKey]*Scene
	solids  map[sceneKey]*Solid
	result  *assess.Result
	volume  [2]model.Loaded
	curve   *render.Curve // along the spine
	casters *[2]caster    // by slot
	overs   overs         // of the run
}

// follow forgets the scenes of another study, which would keep its volumes in
// memory.
func (c *scenes) follow(s *model.State) {
	if c.result != s.Result || c.volume != s.Loaded {
		*c = scenes{result: s.Result, volume: s.Loaded, casters: new([2]caster), overs: c.overs}
	}
}

// maxScenes bounds what is kept.
const maxScenes = 8

// of returns the contours of a slot, nil when none are to be drawn. New cement
// and leaks belong to the post CT only; bodies and prior cement to both.
func (c *scenes) of(s *model.State, slot model.Slot) *Scene {
	r := &s.Reading
	if s.Result == nil || r.Hidden || r.Layers == model.NoLayers {
		return nil
	}
	if slot == model.PreSlot && !s.Registered() { // they would lie where the vertebrae are not
		return nil
	}
	c.follow(s)
	key := sceneKey{result: s.Result, slot: slot, level: r.Level, leak: r.Leak, layers: r.Layers, draft: s.Fixing.Draft}
	key.follow(s.Objects.Shown())
	if scene, ok := c.planes[key]; ok {
		return scene
	}
	if c.planes == nil || len(c.planes) > maxScenes {
		c.planes = map[sceneKey]*Scene{}
	}
	scene := makeScene(s, slot)
	c.planes[key] = scene
	return scene
}

func makeScene(s *model.State, slot model.Slot) *Scene {
	result, r := s.Result, &s.Reading
	scene := &Scene{}
	if result.Post != nil {
		scene.Grid = result.Post.Grid
	}
	add := func(x Surface) {
		if x.Mesh == nil {
			return
		}
		if r.Layers == model.Outlines {
			x.Style.Fill = color.NRGBA{}
		}
		scene.Surfaces = append(scene.Surfaces, x)
	}
	if v := s.Fixing.Draft; v != nil && slot == model.PostSlot {
		add(Surface{v.Body, render.BodyStyle(true, false)})
	}
	for _, v := range result.Spine.Vertebrae {
		style := render.BodyStyle(v.Level == r.Level, false)
		if s.Fixing.Draft != nil && slot == model.PostSlot && v.Level == r.Level {
			style = render.FormerBodyStyle() // what the hand is changing
		}
		add(Surface{v.Body, style})
	}
	classes := []anatomy.CementClass{anatomy.CementPrior}
	if slot == model.PostSlot {
		classes = []anatomy.CementClass{anatomy.CementPrior, anatomy.Metal, anatomy.CementInPedicle, anatomy.CementInBody}
	}
	for _, class := range classes {
		add(Surface{result.CementSurfaces[class], render.CementStyle(class)})
	}
	add(Surface{result.Lesion, render.LesionStyle()})
	if slot == model.PostSlot {
		for _, o := range s.Objects.Shown() {
			for _, p := range o.Parts {
				add(Surface{p.Mesh, render.Style{Colour: p.Colour, Width: 1.4, Dash: [2]float64{5, 3}}})
			}
		}
		for i, region := range result.Leaks {
			if i < len(result.Report.Leaks) {
				add(Surface{region.Surface, render.LeakStyle(result.Report.Leaks[i].Compartment, region.ID == r.Leak)})
			}
		}
	}
	return scene
}
