package nifti

import (
	"bufio"
	"io"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// WriteRunMask writes masks of a projection run as column, row, frame in uint8, compressed: no patient coordinates, spacing of columns
// and rows in mm. fill is called for every frame in order and writes all of out.
func WriteRunMask(w io.Writer, nx, ny, frames int, spacing [2]float64, fill func(k int, out []uint8) error) error {
	pos := make([]geom.Patient, frames)
	for k := range pos {
		pos[k] = geom.LPS(0, 0, float64(k))
	}
	g, err := volume.NewGrid(nx, ny, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), unit.MM(spacing[0]), unit.MM(spacing[1]), pos, "")
	if err != nil {
		return err
	}
	mask := make([]uint8, nx*ny)
	return writeSlices(w, g, typeUint8, "new cement: column, row, frame", func(out *bufio.Writer, k int) error {
		if err := fill(k, mask); err != nil {
			return err
		}
		_, err := out.Write(mask)
		return err
	})
}
