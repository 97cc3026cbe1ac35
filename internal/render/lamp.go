package render

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// flatShade is the brightness where the image is flat and no surface faces anywhere.
const flatShade = 0.7

// lamp lights gradients given in HU per voxel along the axes of a grid.
type lamp struct {
	scale        [3]float32 // voxel to mm
	light, gloss [3]float32 // towards the light and halfway to the viewer, along the axes of the grid
}

func newLamp(g *volume.Grid, v View3D) *lamp {
	toLight := v.PatientFromPlane.ApplyVec(light)
	halfway := toLight.Add(v.PatientFromPlane.Axis(2).Mul(-1)).Unit()
	axes := func(d geom.PatientVec) [3]float32 {
		return [3]float32{float32(d.Dot(g.Row)), float32(d.Dot(g.Col)), float32(d.Dot(g.Normal))}
	}
	return &lamp{
		scale: [3]float32{float32(1 / g.DX), float32(1 / g.DY), float32(1 / g.DZ)},
		light: axes(toLight), gloss: axes(halfway),
	}
}

// on returns the brightness of a sample from the gradient there. The surface faces down the slope; where the image is flat light
// is even.
func (l *lamp) on(gx, gy, gz float32) float32 {
	gx, gy, gz = gx*l.scale[0], gy*l.scale[1], gz*l.scale[2]
	n := float32(math.Sqrt(float64(gx*gx + gy*gy + gz*gz)))
	if n < 3 { // gradient has the factor 3
		return flatShade
	}
	n = -1 / n
	diffuse := (gx*l.light[0] + gy*l.light[1] + gz*l.light[2]) * n
	highlight := (gx*l.gloss[0] + gy*l.gloss[1] + gz*l.gloss[2]) * n
	return brightness(diffuse, highlight)
}
