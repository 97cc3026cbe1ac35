package nifti

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
	"strings"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// WriteLabels writes a label map on its whole grid as uint8, compressed. On a grid without one affine map (irregular slices) the
// header holds the median spacing, since NIfTI knows no other.
func WriteLabels(w io.Writer, l *volume.Labels, description string) error {
	row := make([]byte, l.Grid.NX)
	nx, _, _ := l.Box.Size()
	return writeSlices(w, l.Grid, typeUint8, description, func(out *bufio.Writer, k int) error {
		for j := range l.Grid.NY {
			clear(row)
			if l.Box.Contains(l.Box.Min.I, j, k) {
				o := l.Box.Offset(l.Box.Min.I, j, k)
				copy(row[l.Box.Min.I:], l.V[o:o+nx])
			}
			if _, err := out.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// WriteRegions writes numbered sets of voxels as an int16 map, compressed; a later set wins where two overlap.
func WriteRegions(w io.Writer, g *volume.Grid, ids []int, voxels [][]geom.Index, description string) error {
	slices := map[int]map[int]int16{}
	for n, set := range voxels {
		for _, v := range set {
			if slices[v.K] == nil {
				slices[v.K] = map[int]int16{}
			}
			slices[v.K][v.I+g.NX*v.J] = int16(ids[n])
		}
	}
	row := make([]byte, 2*g.NX*g.NY)
	return writeSlices(w, g, typeInt16, description, func(out *bufio.Writer, k int) error {
		clear(row)
		for o, id := range slices[k] {
			binary.LittleEndian.PutUint16(row[2*o:], uint16(id))
		}
		_, err := out.Write(row)
		return err
	})
}

// WriteVolume writes the CT numbers as int16, compressed.
func WriteVolume(w io.Writer, v *volume.Volume, description string) error {
	n := v.NX * v.NY
	raw := make([]byte, 2*n)
	return writeSlices(w, v.Grid, typeInt16, description, func(out *bufio.Writer, k int) error {
		for i, hu := range v.HU[k*n : (k+1)*n] {
			binary.LittleEndian.PutUint16(raw[2*i:], uint16(hu))
		}
		_, err := out.Write(raw)
		return err
	})
}

func writeSlices(w io.Writer, g *volume.Grid, datatype int16, description string, slice func(*bufio.Writer, int) error) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(z, 1<<16)
	a, _ := g.Affine()
	if _, err := out.Write(encodeHeader([3]int{g.NX, g.NY, g.NZ}, datatype, a, ascii(description))); err != nil {
		return err
	}
	for k := range g.NZ {
		if err := slice(out, k); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return z.Close()
}

func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 32 || r > 126 {
			return '?'
		}
		return r
	}, s[:min(len(s), 79)])
}

// WriteFloat32 writes fractional values on a grid, compressed.
func WriteFloat32(w io.Writer, g *volume.Grid, values []float32, description string) error {
	n := g.NX * g.NY
	raw := make([]byte, 4*n)
	return writeSlices(w, g, typeFloat32, description, func(out *bufio.Writer, k int) error {
		for i, x := range values[k*n : (k+1)*n] {
			binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(x))
		}
		_, err := out.Write(raw)
		return err
	})
}

// WriteRun writes a projection run as x, y, frame, compressed: no patient coordinates, spacing of columns and rows in mm.
func WriteRun(w io.Writer, nx, ny, frames int, spacing [2]float64, values []float32) error {
	pos := make([]geom.Patient, frames)
	for k := range pos {
		pos[k] = geom.LPS(0, 0, float64(k))
	}
	g, err := volume.NewGrid(nx, ny, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), unit.MM(spacing[0]), unit.MM(spacing[1]), pos, "")
	if err != nil {
		return err
	}
	return WriteFloat32(w, g, values, "column, row, frame")
}
