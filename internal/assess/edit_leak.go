package assess

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/unit"
)

func place(p [3]float64) geom.Patient { return geom.LPS(p[0], p[1], p[2]) }

// rejectedLeak is a leak while edits are applied.
type rejectedLeak struct {
	leak  leak.Leak
	class anatomy.CementClass
}

// judge applies what the reader said about leaks to a copy of the sorted leaks.
func (e *editing) judge(ctx context.Context) error {
	r := e.run
	r.leaks.Leaks = slices.Clone(r.sorted.Leaks)
	r.leaks.Bodies = slices.Clone(r.sorted.Bodies)
	r.leaks.Class = slices.Clone(r.sorted.Class)
	e.decisions, e.changed = map[int]Decision{}, map[int]bool{}
	for _, l := range r.leaks.Leaks {
		e.ids = max(e.ids, l.ID)
	}
	for n, x := range e.edits {
		if x.isMaterial() {
			continue
		}
		ok, err := e.word(ctx, x)
		if err != nil {
			return fmt.Errorf("assess: edit %d, %s: %w", n+1, x.Kind, err)
		}
		e.applied[n] = ok
	}
	countLeaks(&r.leaks)
	return nil
}

// word applies one word about a leak; ok is false when no leak is at its place.
func (e *editing) word(ctx context.Context, x Edit) (ok bool, err error) {
	at := e.leakAt(x.at())
	if at < 0 {
		return x.Kind == LeakAccept && e.takeBack(x.at()), nil
	}
	list := e.run.leaks.Leaks
	l := list[at]
	switch x.Kind {
	case LeakAccept:
		e.decisions[l.ID] = Accepted
		return true, nil
	case LeakReject:
		return true, e.reject(at, x.Class)
	case LeakRetype, LeakRelabel:
		return true, e.retype(ctx, at, x)
	case LeakMerge:
		if x.To == nil {
			return false, fmt.Errorf("a second place is needed")
		}
		other := e.leakAt(place(*x.To))
		if other < 0 || other == at {
			return false, nil
		}
		l.Voxels = append(slices.Clone(l.Voxels), list[other].Voxels...)
		if err := e.describe(ctx, at, l, l.Voxels); err != nil {
			return false, err
		}
		delete(e.decisions, list[other].ID)
		e.run.leaks.Leaks = slices.Delete(list, other, other+1)
		return true, nil
	case LeakSplit:
		return e.split(ctx, at, x)
	}
	return false, nil
}

// leakAt returns the place in the list of the leak that holds p or lies nearest to it, -1 when none is near.
func (e *editing) leakAt(p geom.Patient) int {
	best, least := -1, float64(leakReachMM)
	for n, l := range e.run.leaks.Leaks {
		for _, v := range l.Voxels {
			if d := e.run.cement.Grid.Patient(geom.Vox(float64(v.I), float64(v.J), float64(v.K))).Dist(p); d < least {
				best, least = n, d
			}
		}
	}
	return best
}

// describe measures a leak anew from its voxels, level and compartment; it keeps id and confidence.
func (e *editing) describe(ctx context.Context, at int, l leak.Leak, voxels []geom.Index) error {
	m, r := e.run.cement, e.run
	out, err := leak.Describe(ctx, leak.Input{
		Post: r.work, Spine: r.spine, Box: m.Box, New: m.New, Prior: m.Prior, Solid: m.Solid, Doubt: m.Doubt, Scale: m.Scale,
		BorderKnown: r.borderKnown, SigmaMM: m.PSF.InPlaneMM,
	}, leak.Options{Attention: r.opt.Attention}, l.Level, l.Compartment, voxels)
	if err != nil {
		return err
	}
	out.ID, out.Confidence = l.ID, l.Confidence
	e.run.leaks.Leaks[at] = out
	e.changed[l.ID] = true
	return nil
}

func (e *editing) retype(ctx context.Context, at int, x Edit) error {
	l := e.run.leaks.Leaks[at]
	if x.Kind == LeakRelabel {
		if e.run.spine.Find(x.Level) == nil {
			return nil // the vertebra was taken away since
		}
		l.Level = x.Level
	}
	if x.Compartment != "" {
		if !slices.Contains(anatomy.Compartments, x.Compartment) {
			return fmt.Errorf("%q is no compartment", x.Compartment)
		}
		l.Compartment = x.Compartment
	}
	if err := e.describe(ctx, at, l, l.Voxels); err != nil {
		return err
	}
	out := &e.run.leaks.Leaks[at]
	if x.Type != "" {
		out.Type = x.Type
	}
	if x.Side != "" {
		out.Side = x.Side
	}
	e.decisions[l.ID] = Accepted // who names a leak has seen it
	return nil
}

// reject takes a leak out of the list and gives its cement the class.
func (e *editing) reject(at int, class anatomy.CementClass) error {
	switch class {
	case 0, anatomy.CementInBody, anatomy.CementInPedicle, anatomy.CementPrior:
	default:
		return fmt.Errorf("a leak cannot be cement of class %d", class)
	}
	r := e.run
	l := r.leaks.Leaks[at]
	for _, v := range l.Voxels {
		if r.cement.Box.Contains(v.I, v.J, v.K) {
			r.leaks.Class[r.cement.Box.Offset(v.I, v.J, v.K)] = class
		}
	}
	r.addTo(l.Level, class, l.VolumeML)
	delete(e.decisions, l.ID)
	e.rejected = append(e.rejected, rejectedLeak{l, class})
	r.leaks.Leaks = slices.Delete(r.leaks.Leaks, at, at+1)
	return nil
}

// takeBack brings a rejected leak back and accepts it.
func (e *editing) takeBack(p geom.Patient) bool {
	r := e.run
	for n, x := range e.rejected {
		near := math.Inf(1)
		for _, v := range x.leak.Voxels {
			near = min(near, r.cement.Grid.Patient(geom.Vox(float64(v.I), float64(v.J), float64(v.K))).Dist(p))
		}
		if near > leakReachMM {
			continue
		}
		for _, v := range x.leak.Voxels {
			if r.cement.Box.Contains(v.I, v.J, v.K) {
				r.leaks.Class[r.cement.Box.Offset(v.I, v.J, v.K)] = anatomy.CementLeaked
			}
		}
		r.addTo(x.leak.Level, x.class, -x.leak.VolumeML)
		r.leaks.Leaks = append(r.leaks.Leaks, x.leak)
		e.decisions[x.leak.ID] = Accepted
		e.rejected = slices.Delete(e.rejected, n, n+1)
		return true
	}
	return false
}

// addTo adds cement to what is counted of a level.
func (r *run) addTo(l anatomy.Level, class anatomy.CementClass, ml unit.ML) {
	for n := range r.leaks.Bodies {
		b := &r.leaks.Bodies[n]
		if b.Level != l {
			continue
		}
		switch class {
		case anatomy.CementInBody:
			b.InBodyML += ml
			b.IntervalML.Low, b.IntervalML.High = b.IntervalML.Low+float64(ml), b.IntervalML.High+float64(ml)
		case anatomy.CementInPedicle:
			b.InPedicleML += ml
		case anatomy.CementPrior:
			b.PriorML += ml
		}
	}
}

// split divides a leak by a plane; the part on the side of the normal gets a new id.
func (e *editing) split(ctx context.Context, at int, x Edit) (bool, error) {
	if x.Normal == nil {
		return false, fmt.Errorf("the normal of a plane is needed")
	}
	normal := geom.LPSVec(x.Normal[0], x.Normal[1], x.Normal[2])
	l := e.run.leaks.Leaks[at]
	var here, there []geom.Index
	for _, v := range l.Voxels {
		p := e.run.cement.Grid.Patient(geom.Vox(float64(v.I), float64(v.J), float64(v.K)))
		if p.Sub(x.at()).Dot(normal) > 0 {
			there = append(there, v)
		} else {
			here = append(here, v)
		}
	}
	if len(here) == 0 || len(there) == 0 {
		return false, nil
	}
	if err := e.describe(ctx, at, l, here); err != nil {
		return false, err
	}
	e.ids++
	second := l
	second.ID = e.ids
	e.run.leaks.Leaks = slices.Insert(e.run.leaks.Leaks, at+1, second)
	return true, e.describe(ctx, at+1, second, there)
}

// treatedML is the new cement in a body that makes it treated even when no leak comes from it: that of package leak.
const treatedML = 0.05

// countLeaks gives the bodies their leaks, and says which are treated.
func countLeaks(r *leak.Result) {
	for n := range r.Bodies {
		b := &r.Bodies[n]
		b.LeakIDs = nil
		for _, l := range r.Leaks {
			if l.Level == b.Level {
				b.LeakIDs = append(b.LeakIDs, l.ID)
			}
		}
		b.Treated = b.InBodyML >= treatedML || len(b.LeakIDs) > 0
	}
}

// finish gives the rejected leaks and the decisions to a finished result.
func (e *editing) finish(out *Result) {
	c := out.Corrections
	for _, x := range e.rejected {
		region := LeakRegion{ID: x.leak.ID, Voxels: x.leak.Voxels}
		for _, l := range e.auto.Leaks {
			if l.ID == x.leak.ID {
				region = l
			}
		}
		c.Rejected = append(c.Rejected, RejectedLeak{Leak: leakLine(x.leak), Region: region, Class: x.class})
	}
	present := map[int]bool{}
	for _, l := range out.Report.Leaks {
		present[l.ID] = true
	}
	gone := func(id int, _ Decision) bool { return !present[id] }
	maps.DeleteFunc(c.Decisions, gone)
	e.note(out)
}
