package model

import (
	"math"
	"sort"
	"time"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Run is the fluoroscopy run on screen.
type Run struct {
	Series int          // index in Study.Series
	Cine   *volume.Cine // nil until it is read
	Angles [2]float64   // of the positioner: primary and secondary, degrees
	Angled bool         // whether the angles are given
	Frame  int
	Window render.FrameWindow
	View   View // the centre is in columns of the detector, the zoom in columns per dp
	Player Player
	first  render.FrameWindow // as the file asks for
	Lost   int                // frames left out to keep the time, since play began
}

// Player is the clock of what plays, a run or the slices of a stack.
type Player struct {
	Playing bool
	Ends    Ending
	Speed   float64 // of the true one; 0 stands for 1
	start   time.Time
	from    float64 // seconds into the run, or slices, at start
	stack   ViewID  // whose slices play, when no run does
	done    int     // slices already gone through
}

// Ending is what happens at the end.
type Ending int

// The endings.
const (
	Loop  Ending = iota // from the beginning again
	Sweep               // back and forth
	Once
)

// speeds are those of the speed button.
var speeds = []float64{1, 2, 4, 0.25, 0.5}

// stackRate is how many slices of a stack play in a second at speed 1.
const stackRate = 10

func (p Player) speed() float64 {
	if p.Speed == 0 {
		return 1
	}
	return p.Speed
}

// HasRun reports whether a run can be shown.
func (s *State) HasRun() bool { return s.Study != nil && s.Study.ByRole(Fluoro) >= 0 }

// Viewing reports whether images are on screen.
func (s *State) Viewing() bool {
	return s.Workspace == Read || s.Workspace == Fluoroscopy || s.Workspace == Teaching && s.Lesson.Play != nil
}

// LoadRun is the effect that reads a run and answers with RunLoaded.
type LoadRun struct {
	Study  *Study
	Series int
}

func (LoadRun) effect() {}

// ShowRun opens the workspace of fluoroscopy on a series; -1 for the run with
// the role.
type ShowRun struct {
	Series int
	Now    time.Time
}

func (m ShowRun) apply(s *State) []Effect {
	if s.Study == nil {
		return nil
	}
	if m.Series < 0 {
		m.Series = s.Study.ByRole(Fluoro)
	}
	if m.Series < 0 || m.Series >= len(s.Study.Series) {
		return nil
	}
	s.Workspace = Fluoroscopy
	s.Reading.Focus, s.Reading.Filled = RunID, false
	if s.Run.Cine != nil && s.Run.Series == m.Series {
		return nil
	}
	s.Run = Run{Series: m.Series}
	s.startJob(RunJob, m.Now)
	return []Effect{LoadRun{s.Study, m.Series}}
}

// RunLoaded is the answer to LoadRun.
type RunLoaded struct {
	Study  *Study
	Series int
	Cine   *volume.Cine
	Angles [2]float64
	Angled bool
	Show   *volume.Display // what the file asks for; nil when it says nothing
	Error  string
	Now    time.Time
}

func (m RunLoaded) apply(s *State) []Effect {
	if s.Study == nil || s.Study.Path != m.Study.Path || s.Run.Series != m.Series {
		return nil
	}
	s.endJob(RunJob)
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	s.Run.Frame = min(s.Run.Frame, max(m.Cine.Frames-1, 0))
	s.Run.Cine, s.Run.Angles, s.Run.Angled = m.Cine, m.Angles, m.Angled
	s.Run.first = render.FrameRange(m.Cine)
	switch d := m.Show; {
	case d == nil:
	case len(d.Tables) > 0:
		s.Run.first = render.FrameWindow{Window: d.Tables[0].Window(), Table: &d.Tables[0]}
	case len(d.Windows) > 0 && d.Windows[0].Width > 0:
		s.Run.first = render.FrameWindow{Window: d.Windows[0]}
	}
	s.Run.Window = s.Run.first
	return nil
}

// RunID is the view of the run.
var RunID = ViewID{Slot: PostSlot, Content: RunView}

// Seconds is when a frame begins; beyond the last frame, when the run ends.
func (r *Run) Seconds(frame int) float64 {
	t, n := r.Cine.Times, r.Cine.Frames
	if frame < n {
		return t[max(frame, 0)].Seconds()
	}
	if n < 2 {
		return 1
	}
	return (2*t[n-1] - t[n-2]).Seconds()
}

// frameAt is the frame shown at a time, for times within the run.
func (r *Run) frameAt(seconds float64) int {
	n := sort.Search(r.Cine.Frames, func(k int) bool { return r.Seconds(k) > seconds+1e-9 })
	return min(max(n-1, 0), r.Cine.Frames-1)
}

// SetFrame shows a frame; what plays goes on from there.
type SetFrame struct {
	Frame int
	Now   time.Time
}

func (m SetFrame) apply(s *State) []Effect {
	r := &s.Run
	if r.Cine == nil {
		return nil
	}
	r.Frame = min(max(m.Frame, 0), r.Cine.Frames-1)
	r.Player.start, r.Player.from = m.Now, r.Seconds(r.Frame)
	return nil
}

// StepFrame shows another frame and stops what plays; for a stack a slice.
type StepFrame struct {
	By  int
	Now time.Time
}

func (m StepFrame) apply(s *State) []Effect {
	s.Run.Player.Playing = false
	if s.Reading.Focus.Content != RunView {
		return ScrollSlices{s.Reading.Focus, m.By}.apply(s)
	}
	return SetFrame{s.Run.Frame + m.By, m.Now}.apply(s)
}

// Play starts or stops the run, or the slices of the focused view.
type Play struct{ Now time.Time }

func (m Play) apply(s *State) []Effect {
	r, p := &s.Run, &s.Run.Player
	p.Playing = !p.Playing
	p.start, p.done, p.stack = m.Now, 0, s.Reading.Focus
	if s.Reading.Focus.Content != RunView {
		return nil
	}
	if r.Cine == nil {
		p.Playing = false
		return nil
	}
	if p.Ends == Once && r.Frame == r.Cine.Frames-1 {
		r.Frame = 0
	}
	p.from, r.Lost = r.Seconds(r.Frame), 0
	return nil
}

// SetPlayer changes speed or ending; what plays goes on from where it is.
type SetPlayer struct {
	Change func(*Player)
	Now    time.Time
}

func (m SetPlayer) apply(s *State) []Effect {
	m.Change(&s.Run.Player)
	s.Run.Player.done = 0
	if s.Run.Cine == nil {
		s.Run.Player.start = m.Now
		return nil
	}
	return SetFrame{s.Run.Frame, m.Now}.apply(s)
}

// Tick shows what is due now. Frames that are late are left out, so that the
// run keeps its time.
type Tick struct{ Now time.Time }

func (m Tick) apply(s *State) []Effect {
	r, p := &s.Run, &s.Run.Player
	if !p.Playing {
		return nil
	}
	gone := m.Now.Sub(p.start).Seconds() * p.speed()
	if p.stack.Content != RunView {
		return s.tickStack(int(gone * stackRate))
	}
	if r.Cine == nil {
		p.Playing = false
		return nil
	}
	end := r.Seconds(r.Cine.Frames)
	at := p.from + gone
	before := r.Frame
	switch {
	case p.Ends == Loop:
		at = math.Mod(at, end)
	case p.Ends == Sweep:
		at = math.Mod(at, 2*end)
		at = min(at, 2*end-at)
	case at >= end:
		p.Playing = false
	}
	r.Frame = r.frameAt(at)
	if step := r.Frame - before; step > 1 {
		r.Lost += step - 1
	}
	return nil
}

// tickStack scrolls the slices that are due; a stack always sweeps, as a
// reader does by hand, unless it is to begin again.
func (s *State) tickStack(due int) []Effect {
	p := &s.Run.Player
	id, steps := p.stack, due-p.done
	if steps == 0 || s.Loaded[id.Slot].Volume == nil {
		return nil
	}
	p.done = due
	direction := 1
	if p.from < 0 {
		direction = -1
	}
	before := s.CursorIn(id.Slot)
	ScrollSlices{id, direction * steps}.apply(s)
	if s.CursorIn(id.Slot).Dist(before) > 1e-6 {
		return nil
	}
	switch p.Ends {
	case Loop:
		return Ends{id, direction < 0}.apply(s)
	case Sweep:
		p.from = float64(-direction)
	default:
		p.Playing = false
	}
	return nil
}

// NextTick is when the next frame or slice is due; ok is false when nothing
// plays.
func (s *State) NextTick(now time.Time) (at time.Time, ok bool) {
	r, p := &s.Run, &s.Run.Player
	switch {
	case !p.Playing:
		return now, false
	case p.stack.Content != RunView:
		next := float64(p.done+1) / stackRate / p.speed()
		return p.start.Add(time.Duration(next * float64(time.Second))), true
	case r.Cine == nil:
		return now, false
	}
	wait := r.Seconds(r.Frame+1) - r.Seconds(r.Frame)
	at = now.Add(time.Duration(wait / p.speed() * float64(time.Second)))
	// The exact time of the frame, when it plays forwards within the run.
	gone := now.Sub(p.start).Seconds()*p.speed() + p.from
	if end := r.Seconds(r.Cine.Frames); gone < end {
		at = now.Add(time.Duration((r.Seconds(r.Frame+1) - gone) / p.speed() * float64(time.Second)))
	}
	if at.Before(now) {
		at = now
	}
	return at, true
}

// SetRunWindow sets the window of the run.
type SetRunWindow struct{ To render.FrameWindow }

func (m SetRunWindow) apply(s *State) []Effect { s.Run.Window = m.To; return nil }

// Fit is the view of a run that shows all of it in a size of dp.
func (r *Run) Fit(width, height float64) View {
	high := float64(r.Cine.NY)
	if r.Cine.RowMM > 0 && r.Cine.ColMM > 0 {
		high *= r.Cine.RowMM / r.Cine.ColMM
	}
	return View{MMPerDP: max(float64(r.Cine.NX)/width, high/height), Centre: geom.Pt[geom.PlaneFrame](float64(r.Cine.NX-1)/2, (high-1)/2, 0)}
}

// cineActions play runs and stacks.
func cineActions() []Action {
	C := i18n.Cine
	needsRun := func(s *State) (i18n.Text, bool) { return i18n.NoRun, !s.HasRun() }
	playing := func(s *State) (i18n.Text, bool) {
		if s.Workspace == Fluoroscopy {
			return i18n.Loading, s.Run.Cine == nil
		}
		return needsStudy(s)
	}
	shown := func(s *State) (i18n.Text, bool) { return i18n.NoRun, s.Run.Cine == nil }
	return []Action{
		{ID: "fluoroscopy", Label: i18n.Fluoroscopy, Group: C, Icon: "fluoro", Keys: ctrl("3"), Blocked: needsRun, Msg: func(_ *State, now time.Time) Msg { return ShowRun{-1, now} }},
		{ID: "play", Label: i18n.PlayPause, Group: C, Icon: "play", Keys: key("C"), Blocked: playing, Msg: func(_ *State, now time.Time) Msg { return Play{now} }},
		{ID: "frame-back", Label: i18n.FrameBack, Group: C, Icon: "prev", Keys: key(","), Blocked: playing, Msg: func(_ *State, now time.Time) Msg { return StepFrame{-1, now} }},
		{ID: "frame-on", Label: i18n.FrameOn, Group: C, Icon: "next", Keys: key("."), Blocked: playing, Msg: func(_ *State, now time.Time) Msg { return StepFrame{1, now} }},
		{ID: "cine-ending", Label: i18n.CineEnding, Group: C, Icon: "loop", Blocked: playing, Msg: func(_ *State, now time.Time) Msg {
			return SetPlayer{func(p *Player) { p.Ends = (p.Ends + 1) % 3 }, now}
		}},
		{ID: "cine-speed", Label: i18n.CineSpeed, Group: C, Icon: "clock", Blocked: playing, Msg: func(_ *State, now time.Time) Msg {
			return SetPlayer{func(p *Player) {
				for i, v := range speeds {
					if v == p.speed() {
						p.Speed = speeds[(i+1)%len(speeds)]
						return
					}
				}
			}, now}
		}},
		{ID: "run-invert", Label: i18n.InvertRun, Group: C, Icon: "invert", Blocked: shown, Msg: func(s *State, _ time.Time) Msg {
			w := s.Run.Window
			w.Invert = !w.Invert
			return SetRunWindow{w}
		}},
		{ID: "run-fit", Label: i18n.RunWindowReset, Group: C, Icon: "undo", Blocked: shown, Msg: func(s *State, _ time.Time) Msg { return ResetRun{} }},
	}
}

// ResetRun fits the run and brings its first window back.
type ResetRun struct{}

func (ResetRun) apply(s *State) []Effect {
	if s.Run.Cine == nil {
		return nil
	}
	s.Run.View = View{}
	s.Run.Window = s.Run.first
	return nil
}
