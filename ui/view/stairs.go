package view

import (
	"context"
	"maps"
	"slices"

	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
)

// stairs draws contours as the voxels of the post CT, where voxels are shown
// as they are. The voxels of a surface are kept while it is in the scene.
type stairs map[*mesh.Mesh]*volume.Volume

// stepped reports whether a request shows the contours of voxels.
func stepped(r Request) bool {
	return r.View.Interp == render.InterpNearest && r.Straight.Curve == nil && r.Scene.Grid != nil
}

// keep lets go of what the request does not need.
func (x *stairs) keep(r Request) {
	if !stepped(r) {
		*x = nil
		return
	}
	if *x == nil {
		*x = stairs{}
	}
	maps.DeleteFunc(*x, func(m *mesh.Mesh, _ *volume.Volume) bool {
		return !slices.ContainsFunc(r.Scene.Surfaces, func(s Surface) bool { return s.Mesh == m })
	})
}

// of returns the contours of the voxels within a surface.
func (x stairs) of(ctx context.Context, m *mesh.Mesh, r Request) []render.Polyline {
	mask, ok := x[m]
	if !ok {
		mask = render.VoxelVolume(m, r.Scene.Grid)
		x[m] = mask
	}
	if mask == nil {
		return nil
	}
	v := render.View{Viewport: r.View.Viewport, Interp: render.InterpNearest}
	v.PatientFromPlane = r.Cut
	var hu render.HUImage
	if err := render.Reslice(ctx, mask, v, &hu); err != nil {
		return nil
	}
	return render.Isolines(&hu, v.Viewport, render.MaskLevel)
}
