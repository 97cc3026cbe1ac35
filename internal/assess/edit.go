package assess

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// EditKind says what a reader corrected.
type EditKind string

// The kinds. Each names the fields of Edit that it reads besides At.
const (
	LeakAccept    EditKind = "leak-accept"   // also takes a rejection back
	LeakReject    EditKind = "leak-reject"   // Class: what it is instead, 0 for no cement
	LeakRetype    EditKind = "leak-retype"   // Compartment, Type, Side; an empty one follows from the others
	LeakRelabel   EditKind = "leak-relabel"  // Level it came from
	LeakMerge     EditKind = "leak-merge"    // To: a place in the leak that joins
	LeakSplit     EditKind = "leak-split"    // Normal of the plane through At
	BodyRename    EditKind = "body-rename"   // Level; Neighbours: number the others after it
	BodyDelete    EditKind = "body-delete"   // with the cement inside
	BodyAdd       EditKind = "body-add"      // Level: the body at At was missed
	BodyDrag      EditKind = "body-drag"     // Handle, To
	BodyBrush     EditKind = "body-brush"    // Stroke; Class 0 takes away
	CementIsPrior EditKind = "cement-prior"  // the new cement of the vertebra was there before
	CementIsNew   EditKind = "cement-new"    // the prior cement of the vertebra is new
	CementBrush   EditKind = "cement-brush"  // Stroke, Class: CementInBody for new, CementPrior, 0 erases
	CementRemove  EditKind = "cement-remove" // the island of cement at At is no cement
	CementFill    EditKind = "cement-fill"   // closes the holes of the island at At
	CementGrow    EditKind = "cement-grow"   // Stroke: HU range and reach round At; Class as for CementBrush
)

// Edit is one correction. It names places in post patient coordinates (mm), not numbers, so that it holds when the study is
// analysed anew: At lies in the leak or body that is meant, or nearest to it.
type Edit struct {
	Kind EditKind   `json:"kind"`
	At   [3]float64 `json:"at"`
	Who  string     `json:"who,omitempty"`
	When time.Time  `json:"when"`

	To          *[3]float64         `json:"to,omitempty"`
	Normal      *[3]float64         `json:"normal,omitempty"`
	Level       anatomy.Level       `json:"level,omitzero"`
	Neighbours  bool                `json:"neighbours,omitempty"`
	Compartment anatomy.Compartment `json:"compartment,omitempty"`
	Type        anatomy.LeakType    `json:"type,omitempty"`
	Side        anatomy.Side        `json:"side,omitempty"`
	Class       anatomy.CementClass `json:"class,omitempty"`
	Handle      vertebra.HandleKind `json:"handle,omitempty"`
	ReachMM     unit.MM             `json:"reachMm,omitempty"` // beside the handle that follows it; 0: the whole face
	Stroke      *Stroke             `json:"stroke,omitempty"`
}

// Stroke is the way of a ball through the patient.
type Stroke struct {
	Points   [][3]float64 `json:"points"`
	RadiusMM float64      `json:"radiusMm"`
	// LowHU and HighHU are the CT numbers that the ball touches; both zero: all.
	LowHU  int `json:"lowHu,omitempty"`
	HighHU int `json:"highHu,omitempty"`
	// Normal makes a disc of the ball: it lies in the plane through the first point and is ThickMM thick.
	Normal  *[3]float64 `json:"normal,omitempty"`
	ThickMM float64     `json:"thickMm,omitempty"`
}

// Decision is what a reader said about a leak.
type Decision string

// The decisions; a leak without one is undecided.
const (
	Accepted Decision = "accepted"
	Rejected Decision = "rejected"
)

// Corrections is what a Result owes to a reader.
type Corrections struct {
	Automatic *Result // as the program found it
	Edits     []Edit
	// Applied tells for every edit whether there was something at its place.
	Applied   []bool
	Decisions map[int]Decision // by id of the leak
	Changed   map[int]bool     // ids of leaks that were retyped, relabelled, joined or split
	Rejected  []RejectedLeak
}

// RejectedLeak is a leak as it was before it was rejected, and what it is instead.
type RejectedLeak struct {
	Leak   Leak
	Region LeakRegion
	Class  anatomy.CementClass
}

// ErrNotEditable says that a Result was not made by Run.
var ErrNotEditable = errors.New("assess: this result cannot be corrected: it was read from a file")

// Edited returns the automatic result of r with the edits applied in their order; r stays as it is. Edits that r already has are
// not computed again. An edit whose place holds nothing changes nothing: Corrections.Applied says so. The error is the context's,
// ErrNotEditable, or says which edit makes no sense.
//
// Edits of bodies and cement come first, then the leaks are sorted anew, then what was said about leaks is applied; leaks keep
// their ids through this.
func (r *Result) Edited(ctx context.Context, edits []Edit) (*Result, error) {
	auto := r
	if r.Corrections != nil {
		auto = r.Corrections.Automatic
	}
	if auto.run == nil {
		return nil, ErrNotEditable
	}
	e := &editing{auto: auto, run: auto.run.clone(), edits: edits, applied: make([]bool, len(edits))}
	if err := e.material(ctx, r); err != nil {
		return nil, err
	}
	if err := e.judge(ctx); err != nil {
		return nil, err
	}
	out := e.run.result()
	out.Corrections = &Corrections{Automatic: auto, Edits: slices.Clone(edits), Applied: e.applied, Decisions: e.decisions, Changed: e.changed}
	e.finish(out)
	return out, nil
}

// isMaterial reports whether an edit changes bodies or cement rather than what is said about leaks.
func (e Edit) isMaterial() bool {
	switch e.Kind {
	case LeakAccept, LeakReject, LeakRetype, LeakRelabel, LeakMerge, LeakSplit:
		return false
	}
	return true
}

func (e Edit) at() geom.Patient { return geom.LPS(e.At[0], e.At[1], e.At[2]) }

// editing is one application of edits.
type editing struct {
	auto    *Result
	run     *run
	edits   []Edit
	applied []bool

	cementOwned bool // the arrays of the cement are ours to change
	outlineAnew bool // all outlines of lesions are drawn again
	touched     map[anatomy.Level]bool
	ids         int // the highest id given so far
	decisions   map[int]Decision
	changed     map[int]bool
	rejected    []rejectedLeak
}

// clone returns a copy whose parts may be replaced; what they point to is shared until then.
func (r *run) clone() *run {
	out := *r
	out.sink = &diag.Sink{}
	sp := *r.spine
	sp.Vertebrae = slices.Clone(r.spine.Vertebrae)
	out.spine = &sp
	m := *r.cement
	out.cement = &m
	return &out
}

// material applies the edits of bodies and cement and sorts the leaks anew where there are any. from, an earlier result, lends
// what it shares.
func (e *editing) material(ctx context.Context, from *Result) error {
	start, same := e.resume(from)
	for n, x := range e.edits {
		if !x.isMaterial() {
			continue
		}
		if n < start && !(e.outlineAnew && x.changesLesion()) {
			e.applied[n] = from.Corrections.Applied[n]
			continue
		}
		if x.changesLesion() {
			ok, err := e.lesion(x, e.edits[:n])
			if err != nil {
				return fmt.Errorf("assess: edit %d, %s: %w", n+1, x.Kind, err)
			}
			e.applied[n] = ok
			continue
		}
		ok, err := e.change(ctx, x)
		if err != nil {
			return fmt.Errorf("assess: edit %d, %s: %w", n+1, x.Kind, err)
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("assess: %w", err)
		}
		e.applied[n] = ok
		same = same && !ok
	}
	r := e.run
	if same {
		for _, f := range r.afterLeaks {
			r.sink.Add(f.Code, f.Level, f.Args)
		}
	} else {
		for _, f := range r.beforeLeaks {
			r.sink.Add(f.Code, f.Level, f.Args)
		}
		r.settleBodies(e)
		if err := r.sort(ctx, nil); err != nil {
			return fmt.Errorf("assess: %w", err)
		}
		keepIDs(e.auto.run.sorted.Leaks, r.leaks.Leaks)
		r.sorted, r.afterLeaks = r.leaks, r.sink.Findings()
	}
	return nil
}

// resume takes over the bodies and cement of an earlier result as far as its edits are ours, and returns the place of the first
// edit left to do; same tells that the leaks sorted then still hold.
func (e *editing) resume(from *Result) (start int, same bool) {
	if from.Corrections == nil {
		return 0, true
	}
	old := from.Corrections.Edits
	shared := 0
	for shared < len(old) && shared < len(e.edits) && reflect.DeepEqual(old[shared], e.edits[shared]) {
		shared++
	}
	for _, x := range old[shared:] {
		if x.changesLesion() {
			e.outlineAnew = true
		} else if x.isMaterial() { // bodies and cement cannot be turned back: begin anew
			return 0, true
		}
	}
	e.run = from.run.clone()
	if e.outlineAnew {
		e.run.lesions = e.auto.run.lesions
	}
	return shared, true
}

// change applies one edit of bodies or cement; ok is false when there is nothing at its place.
func (e *editing) change(ctx context.Context, x Edit) (ok bool, err error) {
	switch x.Kind {
	case BodyRename:
		return e.rename(x)
	case BodyDelete:
		return e.deleteBody(x), nil
	case BodyAdd:
		return e.addBody(ctx, x)
	case BodyDrag, BodyBrush, BodyCut, BodySmooth:
		return e.reshape(x)
	case CementIsPrior, CementIsNew:
		return e.age(x), nil
	case CementBrush:
		return e.brush(x)
	case CementRemove:
		return e.removeIsland(x), nil
	case CementFill:
		return e.fillHoles(x), nil
	case CementGrow:
		return e.grow(x)
	case CementCut:
		return e.cut(x)
	case CementSmooth:
		return e.smooth(ctx, x)
	case CementBetween:
		return e.between(ctx, x)
	case CementKeep:
		return e.keepIsland(x), nil
	case CementInside, CementOutside:
		return e.against(x), nil
	}
	return false, fmt.Errorf("the program does not know this correction: it comes from a newer version")
}

// body returns the vertebra whose surface holds p or lies nearest to it, within reach; a vertebra without a surface is found by
// its middle.
func (e *editing) body(p geom.Patient) (*spine.Vertebra, int) {
	best, least := -1, float64(bodyReachMM)
	for n, v := range e.run.spine.Vertebrae {
		d := v.Distance(p)
		if v.Body == nil {
			d = v.Centroid().Dist(p)
		}
		if d < least {
			best, least = n, d
		}
	}
	if best < 0 {
		return nil, -1
	}
	return e.run.spine.Vertebrae[best], best
}

// Reach of places: a correction further from a body or a leak than this is not about it.
const bodyReachMM, leakReachMM = 25, 3
