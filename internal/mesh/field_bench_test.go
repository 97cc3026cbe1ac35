package mesh_test

import (
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

func BenchmarkNewField(b *testing.B) {
	m := sphere(4, geom.LPS(0, 0, 0), 18)
	for b.Loop() {
		mesh.NewField(m, 0.7, 25)
	}
}
