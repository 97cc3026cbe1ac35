package exchange

import (
	"math"

	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/volume"
)

// sources maps slices of the grid to the images that lie there.
func (m Maker) sources(g *volume.Grid) map[int]int {
	const sameMM = 0.01
	out := map[int]int{}
	for n, ref := range m.Origin.Images {
		v := g.Voxel(ref.Position)
		if k := int(math.Round(v.Z)); k >= 0 && k < g.NZ && g.SlicePosition(k).Dist(ref.Position) < sameMM {
			out[k] = n
		}
	}
	return out
}

// ImageAt returns the number of the image that lies at a slice of the grid; ok is false when none does.
func (m Maker) ImageAt(g *volume.Grid, k int) (n int, ok bool) {
	n, ok = m.sources(g)[k]
	return n, ok
}

// imageItem returns the reference to an image of the origin.
func (m Maker) imageItem(n int) dicomout.Dataset {
	ref := m.Origin.Images[n]
	d := dicomout.Dataset{{Tag: 0x00081150, VR: "UI", Value: ref.Class}, {Tag: 0x00081155, VR: "UI", Value: ref.Instance}}
	if ref.Frame > 0 {
		d = append(d, dicomout.Element{Tag: 0x00081160, VR: "IS", Value: ref.Frame})
	}
	return d
}

// referencedSeries returns the Referenced Series Sequence with all images of the origin; instances is the tag of the sequence inside:
// (0008,114A) in most objects, (0008,1140) in presentation states.
func (m Maker) referencedSeries(instances dicomout.Tag) dicomout.Element {
	return dicomout.Element{Tag: 0x00081115, VR: "SQ", Value: []dicomout.Dataset{{
		{Tag: instances, VR: "SQ", Value: m.imageItems()}, {Tag: 0x0020000E, VR: "UI", Value: m.Origin.SeriesUID},
	}}}
}

// imageItems returns one reference for each object of the origin.
func (m Maker) imageItems() []dicomout.Dataset {
	var items []dicomout.Dataset
	for n, ref := range m.Origin.Images {
		if n == 0 || ref.Instance != m.Origin.Images[n-1].Instance {
			items = append(items, m.imageItem(n)[:2])
		}
	}
	return items
}
