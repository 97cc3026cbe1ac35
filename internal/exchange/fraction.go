package exchange

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Fraction is a segment of a fractional object: how much of every voxel is filled, 0..1, over a box of the grid, x fastest. Values
// outside 0..1 are clamped.
type Fraction struct {
	Segment // its Mask and Value are not used
	Box     geom.Box
	Of      []float32
}

// WriteFractions writes a DICOM SEG of type FRACTIONAL, OCCUPANCY, in 255ths. Its frames are cropped to the part of the grid that the
// segments cover, voxel on voxel; frames where nothing rounds to a 255th are left out.
func (m Maker) WriteFractions(ctx context.Context, w io.Writer, g *volume.Grid, parts []Fraction) error {
	var all geom.Box
	for _, p := range parts {
		all = all.Union(p.Box)
	}
	all = all.Intersect(g.Bounds())
	if all.Empty() {
		return fmt.Errorf("exchange: nothing to write: no voxel in %d fractional segments", len(parts))
	}
	part, err := cropped(g, all)
	if err != nil {
		return err
	}
	var frames []segmentFrame
	var px []byte
	segments := make([]Segment, len(parts))
	for n, p := range parts {
		segments[n] = p.Segment
		nx, ny, _ := p.Box.Size()
		b := p.Box.Intersect(all)
		for k := b.Min.K; k < b.Max.K; k++ {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("exchange: %w", err)
			}
			any := false
			frame := make([]byte, part.NX*part.NY)
			for j := b.Min.J; j < b.Max.J; j++ {
				for i := b.Min.I; i < b.Max.I; i++ {
					x := p.Of[(i-p.Box.Min.I)+nx*((j-p.Box.Min.J)+ny*(k-p.Box.Min.K))]
					v := byte(math.Round(255 * float64(min(1, max(0, x)))))
					any = any || v != 0
					frame[(i-all.Min.I)+part.NX*(j-all.Min.J)] = v
				}
			}
			if any {
				frames, px = append(frames, segmentFrame{n + 1, k - all.Min.K}), append(px, frame...)
			}
		}
	}
	if len(frames) == 0 {
		return fmt.Errorf("exchange: nothing to write: all %d fractional segments are empty", len(parts))
	}
	sources := map[int]int{}
	for k, n := range m.sources(g) {
		sources[k-all.Min.K] = n
	}
	d := m.segmentation(kind{classSegmentation, "SEG", "Vertefill cement occupancy", 7007, 1, "occupancy"}, part, sources, segments, frames)
	d = append(d, dicomout.Dataset{
		{Tag: 0x00280100, VR: "US", Value: 8}, {Tag: 0x00280101, VR: "US", Value: 8}, {Tag: 0x00280102, VR: "US", Value: 7},
		{Tag: 0x00620001, VR: "CS", Value: "FRACTIONAL"}, {Tag: 0x00620010, VR: "CS", Value: "OCCUPANCY"}, {Tag: 0x0062000E, VR: "US", Value: 255},
		{Tag: 0x7FE00010, VR: "OB", Value: px},
	}...)
	return dicomout.Write(w, d)
}

// cropped returns the grid of the voxels in a box.
func cropped(g *volume.Grid, b geom.Box) (*volume.Grid, error) {
	nx, ny, _ := b.Size()
	var pos []geom.Patient
	for k := b.Min.K; k < b.Max.K; k++ {
		pos = append(pos, g.SlicePosition(k).Add(g.Row.Mul(float64(b.Min.I)*float64(g.DX))).Add(g.Col.Mul(float64(b.Min.J)*float64(g.DY))))
	}
	return volume.NewGrid(nx, ny, g.Row, g.Col, g.DX, g.DY, pos, g.FrameUID)
}
