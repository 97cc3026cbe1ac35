package assess

import (
	"context"
	"fmt"
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

// fromMask makes a spine of imported vertebra masks (VerSe numbers; the sacrum, 26, is left out). The built-in search, started in
// every mask, gives axes, wall and canal; the surface is the mask's. Masks of whole vertebrae are cut at the posterior wall.
// Masks without levels are named by the user's seeds.
func fromMask(ctx context.Context, post *volume.Volume, masks *volume.Labels, anchors []vertebra.Seed, sink *diag.Sink, progress func(float64)) (*spine.Spine, error) {
	parts, err := masksByLevel(masks)
	if err != nil {
		return nil, err
	}
	source, sure := nameParts(parts, anchors), unit.Fraction(1)
	if source == anatomy.SourceUnknown {
		sure = 0
		sink.Add(diag.CodeLevelUnknown, anatomy.None, nil)
	}
	var seeds []vertebra.Seed
	for _, p := range parts {
		seeds = append(seeds, vertebra.Seed{Level: p.level, Point: p.deepest})
	}
	found, err := vertebra.Find(ctx, post, vertebra.Options{Seeds: seeds}, nil, progress)
	if err != nil {
		return nil, err
	}
	out := &spine.Spine{Canal: found.Canal}
	for _, p := range parts {
		v := found.Find(p.level)
		if v == nil || !v.Complete {
			v = p.alone()
		}
		p.surface(v)
		v.Level, v.Source, v.Confidence, v.Complete, v.Reason = p.level, source, sure, true, ""
		if p.touchesBorder(masks.Grid) {
			v.Complete, v.Reason, v.Body, v.Field = false, "the mask reaches the border of the field", nil, nil
			sink.Add(diag.CodeBodyCut, v.Level, nil)
		} else {
			sink.Add(diag.CodeBodyImported, v.Level, nil)
		}
		out.Vertebrae = append(out.Vertebrae, v)
	}
	return out, nil
}

// nameParts names masks that came without levels by counting from the seed nearest to one of them, and says where names come from.
func nameParts(parts []*maskPart, anchors []vertebra.Seed) anatomy.LevelSource {
	if !parts[0].level.IsUnknown() {
		return anatomy.SourceMask
	}
	at, level, least := 0, anatomy.None, math.Inf(1)
	for _, s := range anchors {
		for i, p := range parts {
			if d := p.middle.Sub(s.Point).Norm(); d < least {
				at, level, least = i, s.Level, d
			}
		}
	}
	if level == anatomy.None {
		return anatomy.SourceUnknown
	}
	for i, p := range parts {
		p.level = level.Below(i - at)
	}
	return anatomy.SourceUser
}

// maskPart is the mask of one vertebra.
type maskPart struct {
	level   anatomy.Level
	voxels  []geom.Index
	box     geom.Box
	grid    *volume.Grid
	deepest geom.Patient // a point well inside the body: the densest part of the mask, in front
	middle  geom.Patient
}

func masksByLevel(masks *volume.Labels) ([]*maskPart, error) {
	byLabel := map[uint8]*maskPart{}
	nx, ny, _ := masks.Box.Size()
	for o, l := range masks.V {
		if l == 0 || anatomy.Level(l) == anatomy.S1 || l == 27 { // sacrum and coccyx
			continue
		}
		p := byLabel[l]
		if p == nil {
			if !anatomy.Level(l).Valid() {
				return nil, fmt.Errorf("vertebra mask: label %d is not a VerSe number (1-25 and 28 are vertebrae C1-L6 and T13)", l)
			}
			p = &maskPart{level: anatomy.Level(l), grid: masks.Grid}
			byLabel[l] = p
		}
		v := geom.Index{I: masks.Box.Min.I + o%nx, J: masks.Box.Min.J + o/nx%ny, K: masks.Box.Min.K + o/nx/ny}
		p.voxels = append(p.voxels, v)
		p.box = p.box.Union(geom.Box{Min: v, Max: geom.Index{I: v.I + 1, J: v.J + 1, K: v.K + 1}})
	}
	var out []*maskPart
	for _, p := range byLabel {
		p.locate()
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("vertebra mask: no vertebra in it")
	}
	sort.Slice(out, func(i, j int) bool { return out[i].middle.Z > out[j].middle.Z })
	return out, nil
}

// locate finds a point inside the body: the voxel farthest from the border of the mask in a chamfer sense, which in a whole
// vertebra is the middle of the body, its thickest part.
func (p *maskPart) locate() {
	b := p.box.Grow(1)
	nx, ny, nz := b.Size()
	d := make([]int32, nx*ny*nz)
	var sum geom.PatientVec
	origin := geom.LPS(0, 0, 0)
	for _, v := range p.voxels {
		d[b.Offset(v.I, v.J, v.K)] = math.MaxInt32 / 2
		sum = sum.Add(p.grid.Patient(geom.Vox(float64(v.I), float64(v.J), float64(v.K))).Sub(origin))
	}
	p.middle = origin.Add(sum.Mul(1 / float64(len(p.voxels))))
	cost := [3]int32{int32(100 * p.grid.DX), int32(100 * p.grid.DY), int32(100 * p.grid.DZ)}
	step := [3]int{1, nx, nx * ny}
	relax := func(o int, s int) {
		for a := range 3 {
			d[o] = min(d[o], d[o+s*step[a]]+cost[a])
		}
	}
	best, at := int32(0), 0
	for o := range d {
		if d[o] > 0 {
			relax(o, -1)
		}
	}
	for o := len(d) - 1; o >= 0; o-- {
		if d[o] > 0 {
			relax(o, 1)
			if d[o] > best {
				best, at = d[o], o
			}
		}
	}
	p.deepest = p.grid.Patient(geom.Vox(float64(b.Min.I+at%nx), float64(b.Min.J+at/nx%ny), float64(b.Min.K+at/nx/ny)))
}

func (p *maskPart) touchesBorder(g *volume.Grid) bool {
	b := p.box
	return b.Min.I == 0 || b.Min.J == 0 || b.Min.K == 0 || b.Max.I == g.NX || b.Max.J == g.NY || b.Max.K == g.NZ
}

// alone makes a vertebra of the mask when the search found none there: axes parallel to the patient's, no wall.
func (p *maskPart) alone() *spine.Vertebra {
	v := &spine.Vertebra{PatientFromBody: geom.Translated(p.middle), Wall: spine.Wall{Q0: math.Inf(1)}}
	lo, hi := p.grid.Patient(geom.Vox(float64(p.box.Min.I), float64(p.box.Min.J), float64(p.box.Min.K))), p.grid.Patient(geom.Vox(float64(p.box.Max.I), float64(p.box.Max.J), float64(p.box.Max.K)))
	v.HalfWidth, v.HalfDepth = unit.MM(math.Abs(hi.X-lo.X)/2), unit.MM(math.Abs(hi.Y-lo.Y)/2)
	h := unit.MM(math.Abs(hi.Z - lo.Z))
	v.Heights = spine.Heights{Anterior: h, Middle: h, Posterior: h}
	return v
}

// surface sets the body of v to the part of the mask in front of its posterior wall. The volume is that of the voxels; the
// interval covers half a voxel of doubt about where their maker drew the border, scaled down by its averaging over the surface.
func (p *maskPart) surface(v *spine.Vertebra) {
	inv := v.BodyFromPatient()
	l := volume.NewLabels(p.grid, p.box)
	for _, i := range p.voxels {
		b := inv.Apply(p.grid.Patient(geom.Vox(float64(i.I), float64(i.J), float64(i.K))))
		if b.Y <= v.Wall.Y(b.X, b.Z) {
			l.Set(i.I, i.J, i.K, 1)
		}
	}
	values := make([]float32, len(l.V))
	for o, x := range l.V {
		values[o] = float32(x)
	}
	v.SetBody(mesh.Isosurface(values, l.Box, p.grid, 0.5))
	v.BodyML = l.Volume(1)
	doubt := unit.MM3(float64(v.Body.Area()) * float64(p.grid.MaxSpacing()) * 0.25).ML()
	v.BodyIntervalML = unit.Interval{Low: float64(v.BodyML - doubt), High: float64(v.BodyML + doubt)}
	if v.Wall.Q0 > 1e6 { // no wall known: everything lies in front of it
		_, hi := v.Body.Bounds()
		v.Wall = spine.Wall{Q0: hi.Y - v.Centroid().Y}
	}
}
