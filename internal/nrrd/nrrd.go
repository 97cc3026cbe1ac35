// Package nrrd writes volumes as NRRD 4 files with gzip data, in patient LPS millimetres (teem's "Nearly Raw Raster Data").
package nrrd

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// WriteInt16 writes whole CT numbers on a grid. Irregular slices get their mean spacing in the header, since NRRD knows no other.
func WriteInt16(w io.Writer, g *volume.Grid, hu []int16) error {
	return write(w, space(g, "short"), len(hu), 2, func(b []byte, i int) { binary.LittleEndian.PutUint16(b, uint16(hu[i])) })
}

// WriteFloat32 writes fractional CT numbers on a grid.
func WriteFloat32(w io.Writer, g *volume.Grid, hu []float32) error {
	return write(w, space(g, "float"), len(hu), 4, func(b []byte, i int) { binary.LittleEndian.PutUint32(b, math.Float32bits(hu[i])) })
}

// WriteRun writes a projection run as x, y, frame. spacing is that of columns and rows in mm, 1 when none is known; frames have
// none.
func WriteRun(w io.Writer, nx, ny, frames int, spacing [2]float64, values []float32) error {
	h := fmt.Sprintf("type: float\ndimension: 3\nsizes: %d %d %d\nspacings: %g %g nan\nkinds: domain domain time\n", nx, ny, frames, spacing[0], spacing[1])
	return write(w, h, len(values), 4, func(b []byte, i int) { binary.LittleEndian.PutUint32(b, math.Float32bits(values[i])) })
}

func space(g *volume.Grid, kind string) string {
	a, _ := g.Affine()
	axis := func(v geom.PatientVec) string { return fmt.Sprintf("(%.9g,%.9g,%.9g)", v.X, v.Y, v.Z) }
	o := a.Origin()
	return fmt.Sprintf("type: %s\ndimension: 3\nspace: left-posterior-superior\nsizes: %d %d %d\nspace directions: %s %s %s\nkinds: domain domain domain\nspace origin: (%.9g,%.9g,%.9g)\n",
		kind, g.NX, g.NY, g.NZ, axis(a.Axis(0)), axis(a.Axis(1)), axis(a.Axis(2)), o.X, o.Y, o.Z)
}

func write(w io.Writer, header string, n, size int, put func([]byte, int)) error {
	if _, err := fmt.Fprintf(w, "NRRD0004\n%sendian: little\nencoding: gzip\n\n", header); err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(z, 1<<16)
	b := make([]byte, size)
	for i := range n {
		put(b, i)
		if _, err := out.Write(b); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return z.Close()
}
