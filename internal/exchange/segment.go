package exchange

import (
	"context"
	"fmt"
	"io"

	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/volume"
)

// Segment is one mask of a segmentation object: the voxels of Mask that hold Value. All masks of an object are on one grid.
type Segment struct {
	Label      string // such as "T9 vertebral body"
	Category   Code
	Type       Code
	Modifier   Code // of the type; may be zero
	Region     Code // anatomic region; may be zero
	Colour     [3]uint8
	TrackingID string // the same in the report of measurements
	Mask       *volume.Labels
	Value      uint8
}

// Segmentation is what a written object is called by others.
type Segmentation struct {
	Class, Instance string
}

// SegmentationRef returns the reference to the object that WriteSegmentation of this maker writes.
func (m Maker) SegmentationRef() Segmentation {
	return Segmentation{classSegmentation, m.UID("SEG", binaryName)}
}

// TrackingUID returns the identifier under which a finding is followed from object to object.
func (m Maker) TrackingUID(trackingID string) string {
	return dicomout.UID("vertefill tracking", m.Origin.SeriesUID, trackingID)
}

const binaryName = "segmentation"

// WriteSegmentation writes a DICOM SEG with one bit a voxel (PS3.3 A.51). Segments are numbered from 1 in the order given. Frames
// without a voxel are left out; frames follow each other without padding, lowest bit first. The error says when no segment has any voxel.
func (m Maker) WriteSegmentation(ctx context.Context, w io.Writer, g *volume.Grid, segments []Segment) error {
	p := packer{grid: g, size: g.NX * g.NY}
	for n, s := range segments {
		if !volume.SameGrid(g, s.Mask.Grid) {
			return fmt.Errorf("exchange: segment %d is on another grid", n+1)
		}
	}
	if err := p.find(ctx, segments); err != nil {
		return err
	}
	if len(p.frames) == 0 {
		return fmt.Errorf("exchange: nothing to write: all %d segments are empty", len(segments))
	}
	if err := p.paint(ctx, segments); err != nil {
		return err
	}
	d := m.segmentation(kind{classSegmentation, "SEG", "Vertefill segmentation", 7001, 1, binaryName}, g, m.sources(g), segments, p.frames)
	d = append(d, dicomout.Dataset{
		{Tag: 0x00280100, VR: "US", Value: 1}, {Tag: 0x00280101, VR: "US", Value: 1}, {Tag: 0x00280102, VR: "US", Value: 0},
		{Tag: 0x00620001, VR: "CS", Value: "BINARY"}, {Tag: 0x00620013, VR: "CS", Value: "YES"},
		{Tag: 0x7FE00010, VR: "OB", Value: p.bits},
	}...)
	return dicomout.Write(w, d)
}

// segmentFrame is one frame: a segment, from 1, and a slice of the grid.
type segmentFrame struct{ segment, slice int }

// packer turns masks into frames of one bit a voxel.
type packer struct {
	grid   *volume.Grid
	size   int // voxels of a frame
	frames []segmentFrame
	bits   []byte
}

// find lists the frames that hold a voxel, by segment and slice.
func (p *packer) find(ctx context.Context, segments []Segment) error {
	seen := map[*volume.Labels][][256]bool{} // values by slice: a label map of many segments is read once
	for n, s := range segments {
		b := s.Mask.Box
		if b.Empty() {
			continue
		}
		found := seen[s.Mask]
		if found == nil {
			nx, ny, nz := b.Size()
			found = make([][256]bool, nz)
			for k := range nz {
				if err := ctx.Err(); err != nil {
					return fmt.Errorf("exchange: %w", err)
				}
				for _, v := range s.Mask.V[k*nx*ny:][:nx*ny] {
					found[k][v] = true
				}
			}
			seen[s.Mask] = found
		}
		for k := range found {
			if found[k][s.Value] {
				p.frames = append(p.frames, segmentFrame{n + 1, b.Min.K + k})
			}
		}
	}
	return nil
}

// paint sets the bits of all frames.
func (p *packer) paint(ctx context.Context, segments []Segment) error {
	p.bits = make([]byte, (len(p.frames)*p.size+7)/8)
	for n, f := range p.frames {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("exchange: %w", err)
		}
		s := segments[f.segment-1]
		b := s.Mask.Box
		nx, ny, _ := b.Size()
		v := s.Mask.V[(f.slice-b.Min.K)*nx*ny:]
		for j := range ny {
			row := v[j*nx:][:nx]
			first := n*p.size + (b.Min.J+j)*p.grid.NX + b.Min.I
			for i, x := range row {
				if x == s.Value {
					p.bits[(first+i)>>3] |= 1 << ((first + i) & 7)
				}
			}
		}
	}
	return nil
}

// segmentation returns all attributes of a segmentation but those of its pixels. sources maps slices of the grid to images.
func (m Maker) segmentation(k kind, g *volume.Grid, sources map[int]int, segments []Segment, frames []segmentFrame) dicomout.Dataset {
	organisation := m.UID("dimensions", k.name)
	d := append(m.base(k), m.content()...)
	d = append(d, m.frameOfReference()...)
	d = append(d, dicomout.Dataset{
		{Tag: 0x00080008, VR: "CS", Value: []string{"DERIVED", "PRIMARY"}},
		m.referencedSeries(0x0008114A), codingSchemes(),
		{Tag: 0x00209221, VR: "SQ", Value: []dicomout.Dataset{{{Tag: 0x00209164, VR: "UI", Value: organisation}}}},
		{Tag: 0x00209222, VR: "SQ", Value: []dicomout.Dataset{
			dimension(organisation, 0x0062000B, 0x0062000A, "Segment"), dimension(organisation, 0x00200032, 0x00209113, "Position"),
		}},
		{Tag: 0x00280002, VR: "US", Value: 1}, {Tag: 0x00280004, VR: "CS", Value: "MONOCHROME2"}, {Tag: 0x00280103, VR: "US", Value: 0},
		{Tag: 0x00280008, VR: "IS", Value: len(frames)}, {Tag: 0x00280010, VR: "US", Value: g.NY}, {Tag: 0x00280011, VR: "US", Value: g.NX},
		{Tag: 0x00282110, VR: "CS", Value: "00"},
		{Tag: 0x00700080, VR: "CS", Value: "VERTEFILL"}, {Tag: 0x00700081, VR: "LO", Value: m.text(k.description)}, {Tag: 0x00700084, VR: "PN"},
		{Tag: 0x00620002, VR: "SQ", Value: m.segmentItems(segments)},
		{Tag: 0x52009229, VR: "SQ", Value: []dicomout.Dataset{sharedGroups(g)}},
	}...)
	slices := map[int]int{} // of the grid to the position among those that are written
	for k := range g.NZ {
		for _, f := range frames {
			if f.slice == k {
				slices[k] = len(slices) + 1
				break
			}
		}
	}
	per := make([]dicomout.Dataset, len(frames))
	for n, f := range frames {
		pos := g.SlicePosition(f.slice)
		per[n] = dicomout.Dataset{
			group(0x00209111, dicomout.Element{Tag: 0x00209157, VR: "UL", Value: []int{f.segment, slices[f.slice]}}),
			group(0x00209113, dicomout.Element{Tag: 0x00200032, VR: "DS", Value: []float64{pos.X, pos.Y, pos.Z}}),
			group(0x0062000A, dicomout.Element{Tag: 0x0062000B, VR: "US", Value: f.segment}),
		}
		derivation := dicomout.Dataset{dcm("113076", "Segmentation").sequence(0x00089215)}
		if s, ok := sources[f.slice]; ok {
			ref := m.imageItem(s)
			ref = append(ref, dcm("121322", "Source image for image processing operation").sequence(0x0040A170))
			derivation = append(derivation, dicomout.Element{Tag: 0x00082112, VR: "SQ", Value: []dicomout.Dataset{ref}})
		} else {
			derivation = append(derivation, dicomout.Element{Tag: 0x00082112, VR: "SQ", Value: []dicomout.Dataset{}})
		}
		per[n] = append(per[n], dicomout.Element{Tag: 0x00089124, VR: "SQ", Value: []dicomout.Dataset{derivation}})
	}
	return append(d, dicomout.Element{Tag: 0x52009230, VR: "SQ", Value: per})
}

func dimension(organisation string, pointer, inside dicomout.Tag, label string) dicomout.Dataset {
	return dicomout.Dataset{
		{Tag: 0x00209164, VR: "UI", Value: organisation}, {Tag: 0x00209165, VR: "AT", Value: []dicomout.Tag{pointer}},
		{Tag: 0x00209167, VR: "AT", Value: []dicomout.Tag{inside}}, {Tag: 0x00209421, VR: "LO", Value: label},
	}
}

// group wraps elements as the one item of a functional group.
func group(t dicomout.Tag, e ...dicomout.Element) dicomout.Element {
	return dicomout.Element{Tag: t, VR: "SQ", Value: []dicomout.Dataset{e}}
}

// sharedGroups holds the pixel measures and the orientation. Spacing Between Slices is given where one distance serves all slices.
func sharedGroups(g *volume.Grid) dicomout.Dataset {
	measures := []dicomout.Element{
		{Tag: 0x00180050, VR: "DS", Value: float64(g.DZ)}, {Tag: 0x00280030, VR: "DS", Value: []float64{float64(g.DY), float64(g.DX)}},
	}
	if _, even := g.Affine(); even {
		measures = append(measures, dicomout.Element{Tag: 0x00180088, VR: "DS", Value: float64(g.DZ)})
	}
	return dicomout.Dataset{
		group(0x00289110, measures...),
		group(0x00209116, dicomout.Element{Tag: 0x00200037, VR: "DS", Value: []float64{g.Row.X, g.Row.Y, g.Row.Z, g.Col.X, g.Col.Y, g.Col.Z}}),
	}
}

func (m Maker) segmentItems(segments []Segment) []dicomout.Dataset {
	var out []dicomout.Dataset
	how := "AUTOMATIC"
	if m.Edited {
		how = "SEMIAUTOMATIC"
	}
	for n, s := range segments {
		it := dicomout.Dataset{
			{Tag: 0x00620004, VR: "US", Value: n + 1}, {Tag: 0x00620005, VR: "LO", Value: m.text(s.Label)},
			{Tag: 0x00620008, VR: "CS", Value: how}, {Tag: 0x00620009, VR: "LO", Value: "Vertefill " + m.Version},
			{Tag: 0x0062000D, VR: "US", Value: cieLab(s.Colour)},
			s.Category.sequence(0x00620003), m.segmentType(s),
		}
		if !s.Region.IsZero() {
			it = append(it, s.Region.sequence(0x00082218))
		}
		if s.TrackingID != "" {
			it = append(it, dicomout.Element{Tag: 0x00620020, VR: "UT", Value: s.TrackingID}, dicomout.Element{Tag: 0x00620021, VR: "UI", Value: m.TrackingUID(s.TrackingID)})
		}
		out = append(out, it)
	}
	return out
}

func (m Maker) segmentType(s Segment) dicomout.Element {
	item := s.Type.item()
	if !s.Modifier.IsZero() {
		item[0] = append(item[0], s.Modifier.sequence(0x00620011))
	}
	return dicomout.Element{Tag: 0x0062000F, VR: "SQ", Value: item}
}
