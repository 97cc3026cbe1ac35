package model

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Work is what the reader did to the open study: undo takes it back, the
// journal keeps it. Its slices are replaced, never changed in place.
type Work struct {
	Edits   []assess.Edit
	Keys    []KeyImage
	Comment string          // of the report
	Answer  *session.Answer // of a blinded reading; replaced, never changed in place
	Runs    []RunWork
}

// KeyImage is a view kept for the report.
type KeyImage struct {
	View    ViewID        `json:"view"`
	At      geom.Patient  `json:"at"` // the crosshair, in the coordinates of the view's series
	Shown   View          `json:"shown"`
	Plane   [16]float64   `json:"plane"` // patient from plane, row-major
	Window  render.Window `json:"window"`
	Aligned bool          `json:"aligned,omitempty"`
	Level   string        `json:"level,omitempty"`
	Leak    int           `json:"leak,omitempty"`
}

// Session is how the work is kept.
type Session struct {
	Open     bool
	ReadOnly bool   // another window has it
	Failed   string // why nothing is kept; empty otherwise
	Saved    time.Time
	Signed   []session.Signature
	Changed  bool // since it was signed

	Blind blindReading

	kept     session.State // what the journal holds
	measures []Measure     // as the journal holds them
	keys     []KeyImage
	comment  string
	answer   *session.Answer
	runs     []RunWork
}

// The effects of the work.
type (
	// OpenSession opens the journal of a study and answers with SessionOpened.
	OpenSession struct{ Study session.Study }
	// Record appends to the journal and answers with Saved.
	Record struct{ Records []session.Record }
	// Recompute corrects a result and answers with Corrected.
	Recompute struct {
		Result *assess.Result
		Edits  []assess.Edit
	}
)

func (OpenSession) effect() {}
func (Record) effect()      {}
func (Recompute) effect()   {}

// SessionOpened is the answer to OpenSession.
type SessionOpened struct {
	Study    session.Study
	State    session.State
	ReadOnly bool
	Error    string
	Now      time.Time
}

func (m SessionOpened) apply(s *State) []Effect {
	if !reflect.DeepEqual(m.Study, s.sessionStudy()) {
		return nil // another study was opened meanwhile
	}
	x := &s.Session
	x.Open, x.ReadOnly, x.Failed, x.kept = m.Error == "", m.ReadOnly, m.Error, m.State
	if m.Error != "" {
		return Say{i18n.NotKept.In(s.Settings.Lang, "why", m.Error), m.Now}.apply(s)
	}
	s.take(m.State)
	x.keys, x.comment, x.measures, x.runs, x.answer = s.Work.Keys, s.Work.Comment, s.Reading.Measures, s.Work.Runs, s.Work.Answer
	if in := s.incoming; in != nil && s.isAbout(in.Study) {
		s.incoming = nil
		s.history.push(s.snapshot()) // what this machine had can be brought back
		here := s.history
		s.take(*in)
		s.history, x.kept = here, m.State
		return s.beBlind()
	}
	effects := s.beBlind()
	switch lost := !m.State.Closed && (len(m.State.Edits) > 0 || len(m.State.Values) > 0); {
	case m.ReadOnly:
		return append(effects, Say{i18n.ReadOnly.In(s.Settings.Lang), m.Now}.apply(s)...)
	case lost:
		return append(effects, Say{i18n.Recovered.In(s.Settings.Lang, "time", m.State.Last.Local().Format("15:04:05")), m.Now}.apply(s)...)
	}
	return effects
}

// take puts what a journal or a session file holds in place of the present
// work; every edit in it can be undone.
func (s *State) take(from session.State) {
	x := &s.Session
	x.Signed, x.Changed = from.Signed, from.Changed
	x.Blind.On = x.Blind.On || from.Blind() // what was blinded once on this machine stays so
	s.Work = Work{Edits: slices.Clip(from.Edits)}
	read := func(key string, to any) {
		if v, ok := from.Values[key]; ok {
			_ = json.Unmarshal(v, to) // a value from another version is left out
		}
	}
	read(keepKeys, &s.Work.Keys)
	read(keepComment, &s.Work.Comment)
	read(keepMeasures, &s.Reading.Measures)
	read(keepRuns, &s.Work.Runs)
	read(session.KeyAnswer, &s.Work.Answer)
	s.history = history{}
	for n := range from.Edits {
		step := s.snapshot()
		step.work.Edits = from.Edits[:n:n]
		s.history.past = append(s.history.past, step)
	}
	edits := from.Edits[:len(from.Edits):len(from.Edits)]
	var future []snapshot
	for n := len(from.Undone) - 1; n >= 0; n-- {
		edits = append(edits[:len(edits):len(edits)], from.Undone[n])
		step := s.snapshot()
		step.work.Edits = edits
		future = append([]snapshot{step}, future...)
	}
	s.history.future = future
}

// Saved is the answer to Record.
type Saved struct {
	Now   time.Time
	Error string
}

func (m Saved) apply(s *State) []Effect {
	if m.Error != "" {
		s.Session.Failed = m.Error
		return Say{i18n.NotKept.In(s.Settings.Lang, "why", m.Error), m.Now}.apply(s)
	}
	s.Session.Saved, s.Session.Failed = m.Now, ""
	return nil
}

// Keys of what the journal keeps besides edits and signatures.
const keepKeys, keepComment, keepMeasures, keepRuns = "keyImages", "comment", "measures", "runs"

// follow brings result and journal up with the work after a message.
func (s *State) follow() []Effect {
	var out []Effect
	if s.Session.Open && !s.Session.ReadOnly {
		if r := s.Session.records(s); len(r) > 0 {
			out = append(out, Record{r})
		}
	}
	if s.Result != nil && s.Result.Upto == "" && !sameSlice(s.asked, s.Work.Edits) {
		s.asked = s.Work.Edits
		s.startJob(EditJob, time.Time{})
		out = append(out, Recompute{Result: s.Result, Edits: s.Work.Edits})
	}
	out = append(out, s.followRun()...)
	out = append(out, s.noteRecent()...)
	out = append(out, s.pictures()...)
	return append(out, s.page()...)
}

// sameSlice reports whether two slices are the same part of the same array.
func sameSlice[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// records returns what the journal lacks of the present work, and counts it as
// written. Times are set when it is.
func (x *Session) records(s *State) (out []session.Record) {
	add := func(r session.Record) {
		if x.kept.Apply(r) == nil {
			out = append(out, r)
		}
	}
	if edits := s.Work.Edits; !sameSlice(x.kept.Edits, edits) {
		common := 0
		for common < len(edits) && common < len(x.kept.Edits) && reflect.DeepEqual(edits[common], x.kept.Edits[common]) {
			common++
		}
		for len(x.kept.Edits) > common {
			add(session.Record{Op: session.OpUndo})
		}
		for _, e := range edits[common:] {
			if n := len(x.kept.Undone); n > 0 && reflect.DeepEqual(x.kept.Undone[n-1], e) {
				add(session.Record{Op: session.OpRedo})
			} else {
				add(session.Record{Op: session.OpEdit, Edit: &e})
			}
		}
		x.kept.Edits = slices.Clip(edits)
	}
	put := func(key string, value any) {
		if data, err := json.Marshal(value); err == nil {
			add(session.Record{Op: session.OpPut, Key: key, Value: data})
		}
	}
	if !sameSlice(x.keys, s.Work.Keys) {
		x.keys = s.Work.Keys
		put(keepKeys, x.keys)
	}
	if !sameSlice(x.measures, s.Reading.Measures) {
		x.measures = s.Reading.Measures
		put(keepMeasures, x.measures)
	}
	if !sameSlice(x.runs, s.Work.Runs) {
		x.runs = s.Work.Runs
		put(keepRuns, x.runs)
	}
	if x.Blind.On && !x.kept.Blind() {
		put(session.KeyBlind, true)
	}
	if x.answer != s.Work.Answer {
		x.answer = s.Work.Answer
		put(session.KeyAnswer, x.answer)
	}
	if x.comment != s.Work.Comment {
		x.comment = s.Work.Comment
		put(keepComment, x.comment)
	}
	for n := len(x.kept.Signed); n < len(x.Signed); n++ {
		add(session.Record{Op: session.OpSign, Signature: &x.Signed[n]})
	}
	x.Changed = x.kept.Changed
	return out
}

// sessionStudy names the loaded series.
func (s *State) sessionStudy() session.Study {
	uid := func(slot Slot) string {
		if i := s.Loaded[slot].Series; s.Study != nil && s.Loaded[slot].Volume != nil && i >= 0 && i < len(s.Study.Series) {
			return s.Study.Series[i].UID
		}
		return ""
	}
	out := session.Study{Post: uid(PostSlot), Pre: uid(PreSlot)}
	if len(out.UIDs()) == 0 && s.Study != nil { // runs alone
		for _, x := range s.Study.Series {
			if x.Role == Fluoro {
				out.Fluoro = append(out.Fluoro, x.UID)
			}
		}
	}
	return out
}

// isAbout reports whether a session is about what is loaded: its CTs are those
// in the views, its runs are in the study.
func (s *State) isAbout(x session.Study) bool {
	if s.Study == nil || len(x.UIDs()) == 0 {
		return false
	}
	var there []string
	for _, one := range s.Study.Series {
		there = append(there, one.UID)
	}
	cts := session.Study{Post: x.Post, Pre: x.Pre}
	return len(cts.Missing(s.sessionStudy().UIDs())) == 0 && len(session.Study{Fluoro: x.Fluoro}.Missing(there)) == 0
}

// SessionState is the work as a session file holds it.
func (s *State) SessionState() session.State {
	return s.Session.kept
}

// Correct applies a correction to the open study.
type Correct struct {
	Edit assess.Edit
	Now  time.Time
}

func (Correct) undoable() bool { return true }

func (m Correct) apply(s *State) []Effect {
	if s.Session.ReadOnly || s.Result == nil || s.Result.Upto != "" {
		s.history.drop()
		if !s.Session.ReadOnly {
			return nil
		}
		return Say{i18n.ReadOnly.In(s.Settings.Lang), m.Now}.apply(s)
	}
	e := m.Edit
	e.Who, e.When = s.Settings.Reader, m.Now.UTC().Truncate(time.Millisecond)
	s.Work.Edits = append(s.Work.Edits, e) // steps of undo share the array; going back clips it
	s.tell(m)
	return nil
}

// Corrected is the answer to Recompute.
type Corrected struct {
	Result *assess.Result
	Edits  []assess.Edit
	Error  string
	Now    time.Time
	Took   time.Duration
}

func (m Corrected) apply(s *State) []Effect {
	if !sameSlice(m.Edits, s.asked) || s.Result == nil {
		return nil // more was corrected meanwhile, or another study opened
	}
	s.endJob(EditJob)
	s.Fixing.Draft = nil
	if m.Error != "" {
		return Say{i18n.NotCorrected.In(s.Settings.Lang, "why", m.Error), m.Now}.apply(s)
	}
	s.Result, s.Fixing.Took = m.Result, m.Took
	s.mendSelection()
	n := len(m.Edits)
	if n > 0 && sameSlice(m.Edits, s.Work.Edits) && !m.Result.Corrections.Applied[n-1] && len(s.history.future) == 0 {
		// The last edit found nothing at its place: it is taken out again.
		s.Work.Edits = m.Edits[: n-1 : n-1]
		s.asked = s.Work.Edits
		s.history.drop()
		why := i18n.NothingFound
		switch m.Edits[n-1].Kind {
		case assess.BodyRename:
			why = i18n.RenameRefused
		case assess.BodyCut:
			why = i18n.CutMissed
		}
		return Say{why.In(s.Settings.Lang), m.Now}.apply(s)
	}
	return nil
}

// mendSelection keeps the selected level in the result when names change.
func (s *State) mendSelection() {
	if s.vertebra(s.Reading.Level) == nil {
		s.Reading.Level = s.levelAtCursor()
	}
}

// ToggleKeyImage keeps the focused view for the report, or takes it away again.
type ToggleKeyImage struct{ Now time.Time }

func (ToggleKeyImage) undoable() bool { return true }

func (m ToggleKeyImage) apply(s *State) []Effect {
	lang := s.Settings.Lang
	k := s.keyImage()
	for n, x := range s.Work.Keys {
		if x.View == k.View && x.At.Dist(k.At) < sameImageMM && x.Aligned == k.Aligned {
			s.Work.Keys = append(append([]KeyImage(nil), s.Work.Keys[:n]...), s.Work.Keys[n+1:]...)
			return Say{i18n.KeyImageGone.In(lang), m.Now}.apply(s)
		}
	}
	s.Work.Keys = append(s.Work.Keys[:len(s.Work.Keys):len(s.Work.Keys)], k)
	return Say{i18n.KeyImageKept.In(lang, "n", lang.Number(float64(len(s.Work.Keys)), 0)), m.Now}.apply(s)
}

// ForgetKeyImages takes all key images out of the report.
type ForgetKeyImages struct{}

func (ForgetKeyImages) undoable() bool { return true }

func (ForgetKeyImages) apply(s *State) []Effect {
	s.Work.Keys = nil
	return nil
}

// sameImageMM is how near two crosshairs are in the same key image.
const sameImageMM = 0.5

// keyImage is the focused view as it is.
func (s *State) keyImage() KeyImage {
	id := s.Reading.Focus
	k := KeyImage{View: id, At: s.CursorIn(id.Slot), Shown: s.View(id), Window: s.Reading.Window[id.Slot], Aligned: s.Reading.Aligned, Leak: s.Reading.Leak}
	plane := s.Plane(id)
	k.Plane = plane.Matrix()
	if s.Reading.Level != 0 {
		k.Level = s.Reading.Level.String()
	}
	return k
}

// IsKeyImage reports whether the focused view is kept as it is.
func (s *State) IsKeyImage() bool {
	k := s.keyImage()
	for _, x := range s.Work.Keys {
		if x.View == k.View && x.At.Dist(k.At) < sameImageMM && x.Aligned == k.Aligned {
			return true
		}
	}
	return false
}

// NextRegion is the effect that takes the keyboard to the next part of the
// window.
type NextRegion struct{}

func (NextRegion) effect() {}

// SaveSession is the effect that writes the work to a session file and says
// where.
type SaveSession struct{}

func (SaveSession) effect() {}
