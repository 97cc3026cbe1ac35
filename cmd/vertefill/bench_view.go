package main

import (
	"context"
	"image"
	"image/color"
	"math"
	"runtime"
	"strconv"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

const benchSize = 512 // pixels a side

// benchView draws the planes, slabs and turns that the others draw: oblique, 512x512.
func benchView(ctx context.Context, b bench, args []string) error {
	threads, err := strconv.Atoi(args[1])
	if err != nil || threads < 1 {
		return usagef("%s is no number of threads", args[1])
	}
	runtime.GOMAXPROCS(threads)
	v, err := b.load(ctx, args[0])
	if err != nil {
		return err
	}
	if err := benchPlanes(ctx, b, v); err != nil {
		return err
	}
	return benchRays(ctx, b, v)
}

func benchPlanes(ctx context.Context, b bench, v *volume.Volume) error {
	var dst render.HUImage
	for _, c := range []struct {
		name   string
		interp render.Interp
		slabMM unit.MM
		images int
	}{
		{"mpr_linear", render.InterpLinear, 0, 6}, {"mpr_cubic", render.InterpCubic, 0, 6},
		{"mip_slab_20mm", render.InterpLinear, 45 * v.DX, 6}, {"mip_slab_full", render.InterpLinear, benchSize * v.DX, 3},
	} {
		for n := range c.images {
			view := render.View{Viewport: benchPort(v, 17+3*float64(n), float64(v.DX)), Interp: c.interp, Slab: render.Slab{Thickness: c.slabMM, Mode: render.MIP}}
			draw := func() error { return render.Reslice(ctx, v, view, &dst) }
			if n == 0 && c.images > 3 { // to warm up
				if err := draw(); err != nil {
					return err
				}
				continue
			}
			if err := b.phase(c.name, draw); err != nil {
				return err
			}
		}
	}
	return nil
}

// benchPort looks at the middle of the volume from the front, turned about the long axis of the patient and tipped by 11 degrees.
func benchPort(v *volume.Volume, degrees, mmPerPixel float64) render.Viewport {
	middle := v.Patient(geom.Vox(float64(v.NX-1)/2, float64(v.NY-1)/2, float64(v.NZ-1)/2))
	plane := render.Standard(render.Coronal, middle)
	centre := geom.Pt[geom.PlaneFrame](0, 0, 0)
	plane = render.Turned(plane, middle, geom.V[geom.PlaneFrame](0, 1, 0), degrees*math.Pi/180)
	plane = render.Turned(plane, middle, geom.V[geom.PlaneFrame](1, 0, 0), 11*math.Pi/180)
	return render.Viewport{PatientFromPlane: plane, Centre: centre, MMPerPixel: unit.MM(mmPerPixel), Width: benchSize, Height: benchSize}
}

func benchRays(ctx context.Context, b bench, v *volume.Volume) error {
	transfer := render.Transfer{ // the opacities and colours of the others
		{HU: 150, Opacity: 0, Colour: color.NRGBA{204, 153, 102, 255}}, {HU: 300, Opacity: 0.15, Colour: color.NRGBA{204, 153, 102, 255}},
		{HU: 1200, Opacity: 0.6, Colour: color.NRGBA{255, 255, 230, 255}}, {HU: 1500, Opacity: 0.95, Colour: color.NRGBA{51, 153, 255, 255}},
	}
	dst := image.NewRGBA(image.Rect(0, 0, benchSize, benchSize))
	scene := &render.Scene{Show: render.Shaded, Transfer: transfer}
	frame := func(degrees float64) error {
		return scene.Draw(ctx, render.View3D{Viewport: benchPort(v, degrees, 0.46)}, dst)
	}
	err := b.phase("render_first", func() (err error) {
		if scene.Caster, err = render.NewCaster(ctx, v); err != nil {
			return err
		}
		return frame(0)
	})
	for n := 1; n <= 5 && err == nil; n++ {
		err = b.phase("render_frame", func() error { return frame(7 * float64(n)) })
	}
	return err
}
