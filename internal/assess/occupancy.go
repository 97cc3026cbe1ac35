package assess

import (
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Occupancy is how much of every voxel cement fills, 0..1 with the noise of the estimate, over a box of a grid, x fastest.
type Occupancy struct {
	Grid       *volume.Grid // the post CT's, or the evenly spaced one made from it
	Box        geom.Box
	New, Prior []float32
}

// Occupancy returns the sub-voxel estimate behind the volumes; nil when the result was read from a file. It must not be changed.
func (r *Result) Occupancy() *Occupancy {
	if r.run == nil || r.run.cement == nil || r.run.cement.Box.Empty() {
		return nil
	}
	m := r.run.cement
	return &Occupancy{Grid: m.Grid, Box: m.Box, New: m.New, Prior: m.Prior}
}
