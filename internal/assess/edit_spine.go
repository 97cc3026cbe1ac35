package assess

import (
	"context"
	"fmt"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/register"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// rename gives a vertebra another name, and with Neighbours numbers all others after it. It does nothing where the spine has no
// such name to give, or when another vertebra has it.
func (e *editing) rename(x Edit) (bool, error) {
	if !x.Level.Valid() {
		return false, fmt.Errorf("there is no such level")
	}
	_, at := e.body(x.at())
	if at < 0 {
		return false, nil
	}
	list := e.run.spine.Vertebrae
	names := make([]anatomy.Level, len(list))
	seen := map[anatomy.Level]bool{}
	for n, v := range list {
		switch {
		case n == at:
			names[n] = x.Level
		case x.Neighbours:
			names[n] = x.Level.Below(n - at)
		default:
			names[n] = v.Level
		}
		if !names[n].Valid() || seen[names[n]] {
			return false, nil
		}
		seen[names[n]] = true
	}
	renamed := map[anatomy.Level]anatomy.Level{}
	for n, v := range list {
		if names[n] == v.Level && n != at {
			continue
		}
		renamed[v.Level] = names[n]
		c := *v
		c.Level, c.Source, c.Confidence = names[n], anatomy.SourceUser, 1
		list[n] = &c
	}
	e.run.relabel(renamed)
	return true, nil
}

// relabel carries everything that is kept by level to the new names.
func (r *run) relabel(to map[anatomy.Level]anatomy.Level) {
	name := func(l anatomy.Level) anatomy.Level {
		if n, ok := to[l]; ok {
			return n
		}
		return l
	}
	fits := map[anatomy.Level]register.Fit{}
	for l, f := range r.fits {
		fits[name(l)] = f
	}
	known := map[anatomy.Level]bool{}
	for l, k := range r.borderKnown {
		known[name(l)] = k
	}
	r.fits, r.borderKnown = fits, known
	r.cement.Batches = slices.Clone(r.cement.Batches)
	for n := range r.cement.Batches {
		b := &r.cement.Batches[n]
		b.Level = name(b.Level)
	}
	named := func(list []diag.Finding) (out []diag.Finding) {
		for _, f := range list {
			f.Level = name(f.Level)
			if f.Code != diag.CodeLevelUnknown && f.Code != diag.CodeLevelByOrder { // the reader has answered these
				out = append(out, f)
			}
		}
		return out
	}
	r.beforeLeaks = named(r.beforeLeaks)
	r.opt.Levels = slices.Clone(r.opt.Levels)
	for n, l := range r.opt.Levels {
		r.opt.Levels[n] = name(l)
	}
}

// deleteBody takes a vertebra out, with the cement in it and the leaks that came from it.
func (e *editing) deleteBody(x Edit) bool {
	v, at := e.body(x.at())
	if v == nil {
		return false
	}
	e.ownCement()
	m := e.run.cement
	for o := range m.New {
		if m.New[o] == 0 && m.Prior[o] == 0 {
			continue
		}
		if near, d := e.run.spine.Nearest(e.patient(o)); near == v && d < withBodyMM {
			e.clear(o)
		}
	}
	for _, l := range e.run.sorted.Leaks {
		if l.Level != v.Level {
			continue
		}
		for _, i := range l.Voxels {
			if m.Box.Contains(i.I, i.J, i.K) {
				e.clear(m.Box.Offset(i.I, i.J, i.K))
			}
		}
	}
	e.run.spine.Vertebrae = slices.Delete(e.run.spine.Vertebrae, at, at+1)
	drop := func(f diag.Finding) bool { return f.Level == v.Level }
	e.run.beforeLeaks = slices.DeleteFunc(slices.Clone(e.run.beforeLeaks), drop)
	return true
}

// addBody outlines the body at a place that the search missed. It does nothing where there is a body already, or none to be found.
func (e *editing) addBody(ctx context.Context, x Edit) (bool, error) {
	list := e.run.spine.Vertebrae
	if v, d := e.run.spine.Nearest(x.at()); v != nil && d < 0 || !x.Level.Valid() {
		return false, nil
	}
	v, err := vertebra.FindNear(ctx, e.run.work, vertebra.Seed{Level: x.Level, Point: x.at()})
	if err != nil {
		return false, err
	}
	if v == nil || v.Distance(x.at()) > 0 {
		return false, nil
	}
	c := *v
	c.Level, c.Source, c.Confidence = x.Level, anatomy.SourceUser, 1
	at := len(list)
	for n, w := range list {
		if w.Level == c.Level && w.Body != nil {
			return false, nil
		}
		if at == len(list) && w.Centroid().Z < c.Centroid().Z {
			at = n
		}
	}
	list = slices.Insert(list, at, &c)
	// A vertebra of this name that could not be outlined makes room.
	e.run.spine.Vertebrae = slices.DeleteFunc(list, func(w *spine.Vertebra) bool {
		return w != &c && (w.Level == c.Level || w.Body == nil && w.Centroid().Dist(c.Centroid()) < sameBodyMM)
	})
	return true, nil
}

// withBodyMM is how far outside a body's surface cement still belongs to it.
const withBodyMM = 3

// reshape changes the surface of a body by a handle or a brush.
func (e *editing) reshape(x Edit) (bool, error) {
	v, at := e.body(x.at())
	if v == nil || v.Body == nil {
		return false, nil
	}
	c, err := Reshaped(v, x)
	if err != nil {
		return false, err
	}
	if c == v {
		return false, nil
	}
	e.run.spine.Vertebrae[at] = c
	if e.touched == nil {
		e.touched = map[anatomy.Level]bool{}
	}
	e.touched[v.Level] = true
	return true, nil
}

// Reshaped returns a copy of a vertebra as an edit of its surface leaves it, quick enough to follow a hand: what the window shows
// before the edit is made.
func Reshaped(v *spine.Vertebra, x Edit) (*spine.Vertebra, error) {
	if x.Kind == BodyDrag && x.To != nil {
		return vertebra.DragWithin(v, x.Handle, place(*x.To), x.ReachMM)
	}
	if x.Kind == BodyBrush && x.Stroke != nil && len(x.Stroke.Points) > 0 {
		var err error
		for _, p := range x.Stroke.thinned() {
			if v, err = vertebra.Brush(v, place(p), x.Stroke.RadiusMM, x.Class != 0); err != nil {
				return nil, err
			}
		}
		return v, nil
	}
	switch x.Kind {
	case BodyCut:
		return cutBody(v, x)
	case BodySmooth:
		return smoothBody(v, x)
	}
	return nil, fmt.Errorf("a correction of a body names where it goes")
}

// settleBodies makes the distances to changed bodies precise and fits the canal to them.
func (r *run) settleBodies(e *editing) {
	if len(e.touched) == 0 {
		return
	}
	for n, v := range r.spine.Vertebrae {
		if e.touched[v.Level] {
			r.spine.Vertebrae[n] = vertebra.Settle(v)
		}
	}
	if c := r.spine.Canal; c != nil {
		fitted := *c
		fitted.Sections = slices.Clone(c.Sections)
		r.spine.Canal = &fitted
		r.spine.FitCanalToBodies()
	}
}

// keepIDs gives leaks the ids of those that they were before: the ones that share most voxels with them. New ones are counted on.
func keepIDs(before, after []leak.Leak) {
	owner := map[[3]int]int{}
	highest := 0
	for n, l := range before {
		highest = max(highest, l.ID)
		for _, v := range l.Voxels {
			owner[[3]int{v.I, v.J, v.K}] = n
		}
	}
	type pair struct{ shared, old, new int }
	var pairs []pair
	for n, l := range after {
		shared := map[int]int{}
		for _, v := range l.Voxels {
			if o, ok := owner[[3]int{v.I, v.J, v.K}]; ok {
				shared[o]++
			}
		}
		for o, c := range shared {
			pairs = append(pairs, pair{c, o, n})
		}
		after[n].ID = 0
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if a.shared != b.shared {
			return b.shared - a.shared
		}
		if a.old != b.old {
			return a.old - b.old
		}
		return a.new - b.new
	})
	taken := map[int]bool{}
	for _, p := range pairs {
		if !taken[p.old] && after[p.new].ID == 0 {
			taken[p.old] = true
			after[p.new].ID = before[p.old].ID
		}
	}
	for n := range after {
		if after[n].ID == 0 {
			highest++
			after[n].ID = highest
		}
	}
}
