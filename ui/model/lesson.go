package model

import (
	"maps"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Lesson is the workspace of teaching: the collection of cases, and the case
// that is open.
type Lesson struct {
	Listed    bool
	Cases     []LessonCase
	Scores    []teach.Score
	Play      *OpenCase    // nil while the collection is shown
	Lab       *Lab         // nil outside practice
	Steps     []teach.Step // of a tour that is being prepared
	StepFor   StepUse      // what the dialog of a step is open for
	Importing bool         // a file of cases is being chosen
}

// LessonCase is a case of the collection.
type LessonCase struct {
	teach.Case
	Dir string // its folder; empty for a built-in case that is not made yet
}

// Way is what is done with a case.
type Way int

// The ways.
const (
	Quiz Way = iota
	Tour
)

// OpenCase is a case being read. Until the answer is given, nothing of the
// reference is in the state that views draw from.
type OpenCase struct {
	At   int // in Lesson.Cases
	Case *teach.Case
	Dir  string
	Way  Way

	Answer teach.Answer
	Armed  anatomy.Compartment // that the next click on an image marks
	Draws  teach.Drawn         // that the next outline is taken for

	Judged *teach.Result // nil until the answer was given
	Marks  []teach.JudgedMark
	Missed []int // ids of leaks that nobody marked
	Shown  bool  // the reference lies over the images

	Step    int  // of a tour
	Editing bool // the tour is being changed

	reference *assess.Result
	outlines  map[teach.Drawn][]int // ids of the measures that were drawn for it, one a slice
}

// blank is an answer in which nothing was said.
func blank() teach.Answer { return teach.Answer{Fill: -1, Leaks: []anatomy.Compartment{}} }

// Blind reports whether a case is being answered: no contour, number or name
// of a level may be shown, and nothing may be measured by the program.
func (s *State) Blind() bool {
	return s.Lesson.Play != nil && s.Lesson.Play.Way == Quiz && s.Lesson.Play.Judged == nil
}

// Marking reports whether a click on an image of the case marks a leak.
func (s *State) Marking() bool {
	return s.Workspace == Teaching && s.Blind() && s.Lesson.Play.Armed != "" || s.writable() && s.Session.Blind.Armed != ""
}

// ChooseCases opens the choice of a file of cases, or closes it.
type ChooseCases struct{ On bool }

func (m ChooseCases) apply(s *State) []Effect {
	s.Lesson.Importing = m.On
	if m.On {
		return []Effect{ListFolder{s.Browser.Dir}}
	}
	return nil
}

// TakeCases takes the cases of a file into the collection.
type TakeCases struct{ Path string }

func (m TakeCases) apply(s *State) []Effect {
	if m.Path == "" {
		return nil
	}
	s.Lesson.Importing = false
	return []Effect{ImportCase(m)}
}

// The effects of teaching.
type (
	// ListLessons reads the collection and answers with LessonsListed.
	ListLessons struct{}
	// PrepareCase makes or reads a case with its images and answers with
	// CaseReady.
	PrepareCase struct {
		Case LessonCase
		At   int
		Way  Way
	}
	// KeepScore writes a score.
	KeepScore struct{ Score teach.Score }
	// ForgetLearner removes the scores of a learner and answers with
	// LessonsListed.
	ForgetLearner struct{ Name string }
	// WriteScores writes all scores as CSV and says where.
	WriteScores struct{}
	// ImportCase takes a packed case into the collection and answers with
	// LessonsListed.
	ImportCase struct{ Path string }
	// PackCases writes cases that are there as one file and says where.
	PackCases struct{ Dirs []string }
	// PackCase writes a case of the collection as one file and says where.
	PackCase struct{ Case LessonCase }
)

func (ListLessons) effect()   {}
func (PrepareCase) effect()   {}
func (KeepScore) effect()     {}
func (ForgetLearner) effect() {}
func (WriteScores) effect()   {}
func (ImportCase) effect()    {}
func (PackCase) effect()      {}
func (PackCases) effect()     {}

// ShowLessons opens the workspace of teaching.
type ShowLessons struct{}

func (ShowLessons) apply(s *State) []Effect {
	s.Workspace = Teaching
	if s.Lesson.Listed {
		return nil
	}
	return []Effect{ListLessons{}}
}

// LessonsListed is the answer to ListLessons.
type LessonsListed struct {
	Cases  []LessonCase
	Scores []teach.Score
	Error  string
	Now    time.Time
}

func (m LessonsListed) apply(s *State) []Effect {
	s.endJob(CaseJob)
	s.Lesson.Listed, s.Lesson.Cases, s.Lesson.Scores = true, m.Cases, m.Scores
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	return nil
}

// CaseDone is the answer to PackCase.
type CaseDone struct {
	Said string
	Now  time.Time
}

func (m CaseDone) apply(s *State) []Effect {
	s.endJob(CaseJob)
	return Say{m.Said, m.Now}.apply(s)
}

// PlayCase opens a case of the collection.
type PlayCase struct {
	At  int
	Way Way
	Now time.Time
}

func (m PlayCase) apply(s *State) []Effect {
	if m.At < 0 || m.At >= len(s.Lesson.Cases) {
		return nil
	}
	s.Workspace = Teaching
	s.startJob(CaseJob, m.Now)
	return []Effect{StopJob{AnalyseJob}, PrepareCase{Case: s.Lesson.Cases[m.At], At: m.At, Way: m.Way}}
}

// CaseReady is the answer to PrepareCase.
type CaseReady struct {
	At        int
	Way       Way
	Case      *teach.Case
	Dir       string
	Study     *Study
	Loaded    [2]Loaded
	Reference *assess.Result
	Error     string
	Now       time.Time
}

func (m CaseReady) apply(s *State) []Effect {
	s.endJob(CaseJob)
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	s.close()
	s.Study, s.Loaded, s.Workspace = m.Study, m.Loaded, Teaching
	if m.At < len(s.Lesson.Cases) {
		s.Lesson.Cases = slices.Clone(s.Lesson.Cases)
		s.Lesson.Cases[m.At] = LessonCase{Case: *m.Case, Dir: m.Dir}
	}
	r := &s.Reading
	for slot, l := range s.Loaded {
		if l.Volume != nil {
			centre := l.Volume.Patient(geom.Vox(float64(l.Volume.NX-1)/2, float64(l.Volume.NY-1)/2, float64(l.Volume.NZ-1)/2))
			r.Home[slot], r.Cursor[slot] = centre, centre
		}
	}
	r.Focus = ViewID{s.Main(), Sagittal}
	s.Lesson.Play = &OpenCase{At: m.At, Case: m.Case, Dir: m.Dir, Way: m.Way, Answer: blank(), reference: m.Reference, outlines: map[teach.Drawn][]int{}}
	if m.Way == Tour {
		return s.showStep(m.Now)
	}
	return nil
}

// LeaveCase goes back to the collection.
type LeaveCase struct{}

func (LeaveCase) apply(s *State) []Effect {
	s.close()
	return []Effect{StopJob{RunJob}, StopJob{CaseJob}}
}

// Answering changes the answer; it can be undone.
type Answering struct{ Change func(*teach.Answer) }

func (Answering) undoable() bool { return true }

func (m Answering) apply(s *State) []Effect {
	if !s.Blind() {
		return nil
	}
	p := *s.Lesson.Play
	p.Answer.Leaks, p.Answer.Marks, p.Answer.Prior = slices.Clone(p.Answer.Leaks), slices.Clone(p.Answer.Marks), slices.Clone(p.Answer.Prior)
	p.Answer.Types = maps.Clone(p.Answer.Types)
	m.Change(&p.Answer)
	s.Lesson.Play = &p
	return nil
}

// ToggleLeak says or unsays that there is a leak of a kind; saying it arms the
// next click, which marks where.
type ToggleLeak struct{ Compartment anatomy.Compartment }

func (ToggleLeak) undoable() bool { return true }

func (m ToggleLeak) apply(s *State) []Effect {
	if !s.Blind() {
		return nil
	}
	has := slices.Contains(s.Lesson.Play.Answer.Leaks, m.Compartment)
	Answering{func(a *teach.Answer) {
		if has {
			a.Leaks = slices.DeleteFunc(a.Leaks, func(c anatomy.Compartment) bool { return c == m.Compartment })
			a.Marks = slices.DeleteFunc(a.Marks, func(k teach.Mark) bool { return k.Compartment == m.Compartment })
			delete(a.Types, m.Compartment)
			return
		}
		a.Leaks, a.NoLeak = append(a.Leaks, m.Compartment), false
	}}.apply(s)
	s.Lesson.Play.Armed = m.Compartment
	if has {
		s.Lesson.Play.Armed = ""
	}
	return nil
}

// MarkAt marks a leak of the armed kind at a point of the control CT.
type MarkAt struct{ At geom.Patient }

func (MarkAt) undoable() bool { return true }

func (m MarkAt) apply(s *State) []Effect {
	if !s.Marking() {
		return nil
	}
	if s.Session.Blind.Armed != "" {
		return s.markBlind([3]float64{m.At.X, m.At.Y, m.At.Z})
	}
	c := s.Lesson.Play.Armed
	Answering{func(a *teach.Answer) {
		a.Marks = append(a.Marks, teach.Mark{At: [3]float64{m.At.X, m.At.Y, m.At.Z}, Compartment: c})
	}}.apply(s)
	s.Lesson.Play.Armed = ""
	return nil
}

// GiveAnswer has the answer judged, keeps the score and shows the reference.
type GiveAnswer struct{ Now time.Time }

func (m GiveAnswer) apply(s *State) []Effect {
	if !s.Blind() {
		return nil
	}
	p := *s.Lesson.Play
	p.Answer.Drawn = s.drawings()
	judged := teach.Judge(p.Case, p.Answer, s.Settings.Lang)
	p.Judged, p.Armed = &judged, ""
	p.Marks, p.Missed = teach.JudgeMarks(p.Answer.Marks, p.reference)
	s.Lesson.Play = &p
	s.reveal(true)
	s.history = history{} // an answer that was given cannot be taken back
	if s.Settings.Learner == "" {
		return Say{i18n.NoLearner.In(s.Settings.Lang), m.Now}.apply(s)
	}
	score := teach.Score{Learner: s.Settings.Learner, Case: p.Case.ID, Time: m.Now.UTC(), Answer: p.Answer, Points: judged.Points, Most: judged.Most, Verdicts: judged.Verdicts()}
	s.Lesson.Scores = append(slices.Clip(s.Lesson.Scores), score)
	return []Effect{KeepScore{score}}
}

// reveal lays the reference over the images, or takes it off.
func (s *State) reveal(on bool) {
	p := s.Lesson.Play
	p.Shown = on
	s.Result = nil
	if on {
		s.Result = p.reference
		if len(p.Case.Reference.Treated) > 0 {
			s.Reading.Level = p.Case.Reference.Treated[0].Level
		}
	}
}

// ShowReference lays the reference over the images once the answer was given,
// or takes it off.
type ShowReference struct{}

func (ShowReference) apply(s *State) []Effect {
	if p := s.Lesson.Play; p != nil && !s.Blind() {
		s.reveal(!p.Shown)
	}
	return nil
}

// Others are the fill estimates of the other learners for a case, each by the
// first answer.
func (l *Lesson) Others(id, learner string) (out []float64) {
	seen := map[string]bool{}
	for _, x := range l.Scores {
		if x.Case == id && x.Learner != learner && !seen[x.Learner] && x.Answer.Fill >= 0 {
			seen[x.Learner] = true
			out = append(out, x.Answer.Fill)
		}
	}
	return out
}

// Median is the median of the points of all learners for a case, by first
// answers; ok is false with fewer than two.
func (l *Lesson) Median(id string) (points float64, ok bool) {
	seen := map[string]bool{}
	var all []float64
	for _, x := range l.Scores {
		if x.Case == id && !seen[x.Learner] {
			seen[x.Learner] = true
			all = append(all, x.Points)
		}
	}
	if len(all) < 2 {
		return 0, false
	}
	slices.Sort(all)
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2, true
}

// Best is the learner's best answer to a case; ok is false without one.
func (l *Lesson) Best(id, learner string) (best teach.Score, ok bool) {
	for _, x := range l.Scores {
		if x.Case == id && x.Learner == learner && (!ok || x.Points > best.Points) {
			best, ok = x, true
		}
	}
	return best, ok
}
