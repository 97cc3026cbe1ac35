package widget

import (
	"math"

	"gioui.org/f32"
)

func distance(a, b f32.Point) float32 {
	return float32(math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)))
}

func lerp(a, b f32.Point, t float32) f32.Point { return a.Add(b.Sub(a).Mul(t)) }
