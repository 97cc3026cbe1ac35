package phantom

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// patient is a spine with its cement, and its two postures.
type patient struct {
	seed        uint64
	vertebrae   []*vertebra // with one more at each end, cut by the field of view
	first, last int         // of the complete ones
	post, pre   []pose
	deposits    []*deposit
	trocars     []*trocar
	sees        *scene       // after the procedure
	field       *volume.Grid // of the scan after the procedure
}

func newPatient(seed uint64, o Options) (*patient, error) {
	p := &patient{seed: seed}
	r := stream(seed, "patient")
	build := r.between(0.85, 1.15)
	for _, l := range o.chain() {
		f := Fracture{}
		for _, x := range o.Fractures {
			if x.Level == l {
				f = x
			}
		}
		p.vertebrae = append(p.vertebrae, newVertebra(l, o.Numbering.size(l), stream(seed, "vertebra "+l.String()), o.Variety, build, f.Deformity, f.Grade, o.Lytic))
	}
	if o.Numbering == Sacralised {
		p.sacralise()
	}
	p.first, p.last = p.index(o.First), p.index(o.Last)
	posture := newPosture(p.vertebrae, stream(seed, "posture"), o.Variety, o.CobbDegrees*math.Pi/180)
	p.post = placeAll(posture.stack(p.vertebrae), stream(seed, "place post"))
	p.pre = placeAll(posture.changed(stream(seed, "motion"), 1).stack(p.vertebrae), stream(seed, "place pre"))
	p.sees = newScene(p.vertebrae, p.post)
	p.furnish(p.sees, o)
	var err error
	if p.field, err = p.grid(p.sees, o, o.SpacingMM, stream(seed, "field post"), "post"); err != nil {
		return nil, err
	}
	for n, t := range o.Plan {
		p.treat(t, stream(seed, "treatment "+t.Level.String()+string(rune('a'+n))))
	}
	return p, nil
}

// placeAll turns and moves a spine as a patient lies in the scanner.
func placeAll(poses []pose, r random) []pose {
	const degree = math.Pi / 180
	o := geom.LPS(0, 0, 0)
	a := geom.Rotation(o, geom.LPSVec(1, 0, 0), r.between(-2, 2)*degree)
	a = geom.Compose(geom.Rotation(o, geom.LPSVec(0, 1, 0), r.between(-2, 2)*degree), a)
	a = geom.Compose(geom.Rotation(o, geom.LPSVec(0, 0, 1), r.between(-3, 3)*degree), a)
	a = geom.Compose(geom.Translation(geom.LPSVec(r.between(-12, 12), r.between(-15, 15), r.between(-900, 900))), a)
	out := make([]pose, len(poses))
	for i := range poses {
		out[i] = geom.Compose(a, poses[i])
	}
	return out
}

// treat injects cement as planned.
func (p *patient) treat(t Treatment, r random) {
	v := p.sees.vertebrae[p.index(t.Level)]
	fill := r.or(float64(t.Fill), 0.08, 0.4)
	plateau := r.logBetween(1500, 5000)
	if t.PlateauHU != 0 {
		plateau = float64(t.PlateauHU)
	}
	d := newDeposit(v.vertebra, r, fill, plateau, t.Bipedicular)
	d.prior = t.Prior
	for _, l := range t.Leaks {
		p.leak(d, v, l, r)
	}
	if tail := r.chance(0.25); tail && !slices.ContainsFunc(t.Leaks, func(l LeakPlan) bool { return l.Compartment == anatomy.NeedleTrack }) {
		d.addTail(r)
	}
	for _, earlier := range p.deposits {
		if earlier.on == v.vertebra {
			d.after = append(d.after, earlier)
		}
	}
	p.deposits = append(p.deposits, d)
	if t.Trocar {
		p.trocars = append(p.trocars, newTrocar(v.vertebra, r))
	}
}

// index returns the place of a level in the chain, -1 when it is not there.
func (p *patient) index(l anatomy.Level) int {
	return slices.IndexFunc(p.vertebrae, func(v *vertebra) bool { return v.level == l })
}

// scanPost is the CT after the procedure.
func (p *patient) scanPost(ctx context.Context, o Options) (*volume.Volume, error) {
	s := p.sees
	for _, d := range p.deposits {
		s.fills = append(s.fills, placedFill{d.fill(), s.vertebrae[p.index(d.on.level)]})
	}
	for _, t := range p.trocars {
		s.fills = append(s.fills, placedFill{t.fill(), s.vertebrae[p.index(t.on.level)]})
	}
	im := imaging{fwhmMM: float64(o.FWHMMM), sharpen: o.Sharpen, noiseHU: float64(o.NoiseHU), ceiling: o.Scale.ceiling(), projected: o.Projected}
	return p.scan(ctx, s, p.field, o.SliceMM, im, stream(p.seed, "scan post"))
}

// scanPre is the CT before: another day, another posture, another protocol, without the new cement.
func (p *patient) scanPre(ctx context.Context, o Options) (*volume.Volume, error) {
	r := stream(p.seed, "pre")
	s := newScene(p.vertebrae, p.pre)
	for _, d := range p.deposits {
		if d.prior {
			s.fills = append(s.fills, placedFill{d.fill(), s.vertebrae[p.index(d.on.level)]})
		}
	}
	im := imaging{fwhmMM: max(r.between(0.6, 1.3), 1.2*float64(o.FOVMM)/float64(o.Matrix)), noiseHU: r.between(10, 40), ceiling: o.Scale.ceiling()}
	p.furnish(s, o)
	g, err := p.grid(s, o, unit.MM(math.Round(float64(o.PreSliceMM)*r.between(0.8, 1)*100)/100), r, "pre")
	if err != nil {
		return nil, err
	}
	return p.scan(ctx, s, g, o.PreSliceMM, im, r)
}

func (s Scale) ceiling() int16 {
	if s == Extended {
		return math.MaxInt16
	}
	return 3071
}

// furnish puts soft tissue, discs and ribs round the vertebrae: the same in both scans but for the posture.
func (p *patient) furnish(s *scene, o Options) {
	r := stream(p.seed, "tissue")
	s.discHU = r.between(65, 105)
	s.tissue = newTissue(s, r, o.Contrast)
	s.addRibs(p.seed, o.Numbering)
	s.addPelvis(p.seed)
}

func (p *patient) scan(ctx context.Context, s *scene, g *volume.Grid, thickness unit.MM, im imaging, r random) (*volume.Volume, error) {
	ideal, err := render(ctx, s, g, float64(thickness))
	if err != nil {
		return nil, err
	}
	if im.projected {
		return im.project(ctx, ideal, g, r)
	}
	return im.take(ctx, ideal, g, float64(thickness), r)
}

// addRibs gives every thoracic vertebra its pair.
func (s *scene) addRibs(seed uint64, n Numbering) {
	for _, v := range s.vertebrae {
		if thoracic(v.level) && !(n == ElevenRibs && v.level == anatomy.T12) {
			s.ribs = append(s.ribs, newRib(v, 1, stream(seed, "left rib "+v.level.String())), newRib(v, -1, stream(seed, "right rib "+v.level.String())))
		}
	}
}

// grid lays the field of view round the spine: narrow ones centred on it, wide ones on the trunk.
func (p *patient) grid(s *scene, o Options, spacing unit.MM, r random, name string) (*volume.Grid, error) {
	top, bottom := s.vertebrae[p.first], s.vertebrae[p.last]
	hi, lo := math.Inf(-1), math.Inf(1)
	for step := range 16 {
		sin, cos := math.Sincos(2 * math.Pi * float64(step) / 16)
		x, y := top.body.width*cos, top.body.depth*sin
		hi = max(hi, top.patientFromBody.Apply(geom.Pt[geom.BodyFrame](x, y, top.body.superior.plane(x, y))).Z)
		x, y = bottom.body.width*cos, bottom.body.depth*sin
		lo = min(lo, bottom.patientFromBody.Apply(geom.Pt[geom.BodyFrame](x, y, bottom.body.inferior.plane(x, y))).Z)
	}
	hi, lo = hi+r.between(5, 16), lo-r.between(5, 16)-float64(o.BelowMM)
	var x, y float64
	for _, v := range s.vertebrae[p.first : p.last+1] {
		n := float64(p.last - p.first + 1)
		x, y = x+v.centre.X/n, y+v.centre.Y/n
	}
	half := float64(o.FOVMM) / 2
	y += min(12, half/5) + r.between(-4, 4)
	if o.FOVMM > 250 {
		y = s.tissue.tableY - min(half*0.75, s.tissue.depth/2)
	}
	pixel := float64(o.FOVMM) / float64(o.Matrix)
	var pos []geom.Patient
	for z := lo; z <= hi; z += float64(spacing) {
		pos = append(pos, geom.LPS(x+r.between(-0.001, 0.001)-half+pixel/2, y-half+pixel/2, z))
	}
	for i := range pos {
		pos[i].X = pos[0].X
	}
	return volume.NewGrid(o.Matrix, o.Matrix, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), unit.MM(pixel), unit.MM(pixel), pos, dicomout.UID("frame", name, strconv.FormatUint(p.seed, 10)))
}
