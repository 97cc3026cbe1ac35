package export

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// KeyImage is a picture for the report.
type KeyImage struct {
	Caption string
	Picture *image.RGBA
}

// Pictures are all pictures of a report. They are square, with orientation letters and a scale bar on CT.
type Pictures struct {
	Key   []KeyImage   // the most important first: the first page takes as many as it holds
	Leaks []LeakImages // in the order of Report.Leaks
	Pairs []Pair       // before beside after, one a registered vertebra with cement
	Solid []KeyImage   // 3D views
}

// LeakImages show one leak in the two planes where it is largest.
type LeakImages struct{ Axial, Sagittal KeyImage }

// Pair shows the same plane of one vertebra in both series.
type Pair struct {
	Level         anatomy.Level
	Before, After []KeyImage // sagittal, axial
}

const (
	keyPixels  = 460 // 300 dots an inch at 39 mm
	sagittalMM = 130.0
	axialMM    = 85.0
	leakMM     = 60.0
)

// NewPictures draws all pictures of a report.
func NewPictures(ctx context.Context, r *assess.Result, l text.Lang) (*Pictures, error) {
	a := &artist{ctx: ctx, r: r, l: l, t: words[l]}
	p := &Pictures{}
	if r.Post == nil || r.Spine == nil { // fluoroscopy alone
		return p, nil
	}
	places := cementPlaces(r)
	var sagittals, axials, coronals []KeyImage
	for _, v := range treatedFirst(r.Report.Vertebrae) {
		at, ok := places[v.Level]
		if !ok {
			continue
		}
		s, x := a.after(render.Sagittal, at, sagittalMM, 0), a.after(render.Axial, at, axialMM, 0)
		s.Caption, x.Caption = v.Level.String()+" "+strings.ToLower(a.t["sagittal"]), v.Level.String()+" "+strings.ToLower(a.t["axial"])
		c := a.after(render.Coronal, at, sagittalMM, 0)
		c.Caption = v.Level.String() + " " + strings.ToLower(a.t["coronal"])
		sagittals, axials, coronals = append(sagittals, s), append(axials, x), append(coronals, c)
		if pair, ok := a.pair(v.Level, at); ok {
			p.Pairs = append(p.Pairs, pair)
		}
	}
	var canal []KeyImage // the slice of the leak that narrows it most
	worst := -1.0
	for i, k := range r.Report.Leaks {
		at := [2]geom.Patient{geom.LPS(k.CentroidLPS[0], k.CentroidLPS[1], k.CentroidLPS[2]), geom.LPS(k.CentroidLPS[0], k.CentroidLPS[1], k.CentroidLPS[2])}
		for axis, g := range []func(geom.Index) int{func(v geom.Index) int { return v.K }, func(v geom.Index) int { return v.I }} {
			if q, ok := fullest(r.Post.Grid, r.Leaks[i].Voxels, g); ok {
				at[axis] = q
			}
		}
		title := fmt.Sprintf("%s %s", k.Level, strings.ToLower(compartments[l][k.Compartment]))
		x, s := a.after(render.Axial, at[0], leakMM, k.ID), a.after(render.Sagittal, at[1], leakMM, k.ID)
		x.Caption, s.Caption = title+", "+strings.ToLower(a.t["axial"]), title+", "+strings.ToLower(a.t["sagittal"])
		p.Leaks = append(p.Leaks, LeakImages{x, s})
		if k.Compartment == anatomy.Canal && encroaches(k) > worst {
			worst = encroaches(k)
			x := a.after(render.Axial, at[0], axialMM, k.ID)
			x.Caption = fmt.Sprintf("%s %s, %s", k.Level, strings.ToLower(a.t["axial"]), a.t["worst"])
			canal = []KeyImage{x}
		}
	}
	if len(sagittals) == 0 && len(r.Report.Vertebrae) > 0 { // no cement: the middle of the spine in view
		v := r.Report.Vertebrae[len(r.Report.Vertebrae)/2]
		at := geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])
		for _, o := range []render.Orientation{render.Sagittal, render.Coronal, render.Axial} {
			k := a.after(o, at, sagittalMM, 0)
			k.Caption = v.Level.String() + " " + strings.ToLower(a.t[o.String()])
			p.Key = append(p.Key, k)
		}
	}
	p.Solid = a.solid()
	p.Key = append(p.Key, chosen(sagittals, axials, canal, p.Solid)...)
	p.Key = append(p.Key, coronals...)
	return p, a.err
}

// encroaches returns how deep a leak lies in the canal, zero when that was not measured.
func encroaches(k assess.Leak) float64 {
	if k.CanalEncroachmentMM == nil {
		return 0
	}
	return *k.CanalEncroachmentMM
}

// treatedFirst returns the vertebrae with cement, those with new cement first.
func treatedFirst(all []assess.Vertebra) (out []assess.Vertebra) {
	for _, treated := range []bool{true, false} {
		for _, v := range all {
			if v.Treated == treated && (treated || v.PriorCementML > 0) {
				out = append(out, v)
			}
		}
	}
	return out
}

// chosen orders pictures for the first page: the first level in two planes, the canal, the 3D view, then the other levels.
func chosen(sagittals, axials, canal, solid []KeyImage) []KeyImage {
	var out []KeyImage
	for i := range sagittals {
		out = append(out, sagittals[i], axials[i])
		if i == 0 {
			out = append(out, canal...)
			out = append(out, solid[:min(1, len(solid))]...)
		}
	}
	if len(sagittals) == 0 {
		out = append(out, solid[:min(1, len(solid))]...)
	}
	return out
}

// cementPlaces returns the centroid of the cement, new or prior, in every body.
func cementPlaces(r *assess.Result) map[anatomy.Level]geom.Patient {
	type sum struct {
		v geom.PatientVec
		n float64
	}
	sums := map[anatomy.Level]sum{}
	if r.Cement != nil {
		nx, ny, _ := r.Cement.Box.Size()
		var last *spine.Vertebra
		for o, c := range r.Cement.V {
			if anatomy.CementClass(c) != anatomy.CementInBody && anatomy.CementClass(c) != anatomy.CementPrior {
				continue
			}
			b := r.Cement.Box.Min
			p := r.Cement.Grid.Patient(geom.Vox(float64(b.I+o%nx), float64(b.J+o/nx%ny), float64(b.K+o/nx/ny)))
			if last == nil || last.Distance(p) > 0 { // neighbours in the array mostly lie in the same body
				last, _ = r.Spine.Nearest(p)
			}
			if last != nil {
				s := sums[last.Level]
				sums[last.Level] = sum{s.v.Add(p.Sub(geom.Patient{})), s.n + 1}
			}
		}
	}
	out := map[anatomy.Level]geom.Patient{}
	for l, s := range sums {
		out[l] = geom.Patient{}.Add(s.v.Mul(1 / s.n))
	}
	return out
}

// fullest returns the centre of those voxels that lie in the slice with most of them, slices being what group tells apart.
func fullest(g *volume.Grid, voxels []geom.Index, group func(geom.Index) int) (geom.Patient, bool) {
	count := map[int]int{}
	best, most := 0, 0
	for _, v := range voxels {
		n := group(v)
		count[n]++
		if c := count[n]; c > most || c == most && n < best {
			best, most = n, c
		}
	}
	var sum geom.VoxelVec
	for _, v := range voxels {
		if group(v) == best {
			sum = sum.Add(geom.Vox(float64(v.I), float64(v.J), float64(v.K)).Sub(geom.Voxel{}))
		}
	}
	if most == 0 {
		return geom.Patient{}, false
	}
	return g.Patient(geom.Voxel{}.Add(sum.Mul(1 / float64(most)))), true
}

// artist draws pictures and keeps the first error.
type artist struct {
	ctx  context.Context
	r    *assess.Result
	l    text.Lang
	t    map[string]string
	face *render.Face
	err  error
}

// plane returns a plane of the nearest vertebra's own axes through a point.
func (a *artist) plane(o render.Orientation, at geom.Patient) render.PatientFromPlane {
	if near, _ := a.r.Spine.Nearest(at); near != nil {
		return render.Through(render.Aligned(o, near.PatientFromBody), at)
	}
	return render.Standard(o, at)
}

// after draws a plane of the control CT with the contours; leak is the id of the leak drawn heavier, 0 for none.
func (a *artist) after(o render.Orientation, at geom.Patient, mm float64, leak int) KeyImage {
	v := viewport(a.plane(o, at), at, mm)
	k := KeyImage{Picture: a.slice(a.r.Post, v)}
	render.DrawOutlines(k.Picture, v, Outlines(a.r, v.PatientFromPlane, leak), 1.4, 1)
	a.annotate(k.Picture, v)
	return k
}

func viewport(plane render.PatientFromPlane, at geom.Patient, mm float64) render.Viewport {
	planeFromPatient := plane.MustInverse()
	return render.Viewport{PatientFromPlane: plane, Centre: planeFromPatient.Apply(at), MMPerPixel: unit.MM(mm / keyPixels), Width: keyPixels, Height: keyPixels}
}

func (a *artist) slice(vol *volume.Volume, v render.Viewport) *image.RGBA {
	picture := image.NewRGBA(image.Rect(0, 0, v.Width, v.Height))
	if a.err == nil {
		if err := render.Slice(a.ctx, vol, render.View{Viewport: v, Interp: render.InterpCubic}, render.NewLUT(render.SpineBone, render.Grey, render.NoMark), picture); err != nil {
			a.err = fmt.Errorf("export: key image: %w", err)
		}
	}
	return picture
}

// annotate writes orientation letters and a bar of centimetres.
func (a *artist) annotate(dst *image.RGBA, v render.Viewport) {
	if a.face == nil {
		f, err := render.NewFace(font.SemiBold, 18)
		if err != nil {
			a.err = fmt.Errorf("export: key image: %w", err)
			return
		}
		a.face = f
	}
	white, black := color.NRGBA{255, 255, 255, 255}, color.NRGBA{A: 0xB0}
	w, h := float64(v.Width), float64(v.Height)
	letters := render.LettersOf(v.PatientFromPlane)
	a.face.Draw(dst, 8, h/2+6, letters.Left, white, black)
	a.face.Draw(dst, w-8-a.face.Width(letters.Right), h/2+6, letters.Right, white, black)
	a.face.Draw(dst, w/2-a.face.Width(letters.Top)/2, 22, letters.Top, white, black)
	_, px, label := render.ScaleBar(v.MMPerPixel, w/4)
	y := h - 12
	at := func(x, y float64) geom.Screen { return geom.Pt[geom.ScreenFrame](x, y, 0) }
	render.Line(dst, []geom.Screen{at(w-10-px, y-6), at(w-10-px, y), at(w-10, y), at(w-10, y-6)}, false, render.Stroke{Colour: white, Width: 2, Halo: black, HaloWidth: 2})
	a.face.Draw(dst, w-10-px/2-a.face.Width(label)/2, y-8, label, white, black)
}

// pair draws the sagittal and axial planes of a vertebra in both series; false when they could not be matched.
func (a *artist) pair(level anatomy.Level, at geom.Patient) (Pair, bool) {
	preFromPost, ok := a.r.PreFromPost[level]
	if !ok || a.r.Pre == nil {
		return Pair{}, false
	}
	p := Pair{Level: level}
	for _, o := range []struct {
		plane         render.Orientation
		mm            float64
		before, after string
	}{{render.Sagittal, sagittalMM, "beforeSagittal", "afterSagittal"}, {render.Axial, axialMM, "beforeAxial", "afterAxial"}} {
		post := viewport(a.plane(o.plane, at), at, o.mm)
		pre := viewport(render.Mapped(preFromPost, post.PatientFromPlane), preFromPost.Apply(at), o.mm)
		before := KeyImage{level.String() + " " + a.t[o.before], a.slice(a.r.Pre, pre)}
		a.annotate(before.Picture, pre)
		after := a.after(o.plane, at, o.mm, 0)
		after.Caption = level.String() + " " + a.t[o.after]
		p.Before, p.After = append(p.Before, before), append(p.After, after)
	}
	return p, true
}

// Outlines returns the contours of bodies, cement and leaks on a plane of the post CT, in the styles of the window. selected is
// the id of a leak drawn heavier, 0 for none.
func Outlines(r *assess.Result, plane render.PatientFromPlane, selected int) []render.Outline {
	var out []render.Outline
	add := func(m *mesh.Mesh, s render.Style) {
		if m == nil || len(m.Triangles) == 0 {
			return
		}
		if lines := render.Section(m, plane); len(lines) > 0 {
			out = append(out, render.Outline{Lines: lines, Style: s})
		}
	}
	for _, c := range []anatomy.CementClass{anatomy.Metal, anatomy.CementPrior, anatomy.CementInPedicle, anatomy.CementInBody} {
		add(r.CementSurfaces[c], render.CementStyle(c))
	}
	for _, v := range r.Spine.Vertebrae {
		add(v.Body, render.BodyStyle(false, false))
	}
	add(r.Lesion, render.LesionStyle())
	for i, k := range r.Leaks {
		add(k.Surface, render.LeakStyle(r.Report.Leaks[i].Compartment, k.ID == selected))
	}
	return out
}
