package model

import (
	"math"
	"sort"
	"time"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Plane is a fluoroscopy run as it was read: one direction of projection.
type Plane struct {
	Series  int                         // index in Study.Series
	Index   int                         // of the run within its series
	Cine    *volume.Cine                // nil until it is read; frames come from Source
	Source  *fluoro.Run                 // of Cine; its frames may be read from any goroutine
	Play    func(at int, s fluoro.Span) // told where the play head is, so that frames are decoded ahead; nil when they are all at hand
	Angles  [2]float64                  // of the positioner: primary and secondary, degrees
	Angled  bool                        // whether the angles are given
	Dose    dicomio.Dose                // what the header says of the radiation
	Shutter *volume.Shutter             // that the file lays over its frames; nil for none
	Window  render.FrameWindow
	View    View               // the centre is in columns of the detector, the zoom in columns per dp
	first   render.FrameWindow // as the file asks for
	filed   bool               // the file asks for one
}

// Run is the fluoroscopy run on screen.
type Run struct {
	Plane
	Second *Plane // the other projection of a biplane run; nil for none
	Frame  int
	Player Player
	Lost   int   // frames left out to keep the time, since play began
	inStep []int // frame of Second for every frame
	RunLook
	Injection
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
	return s.Workspace == Read || s.Workspace == Fluoroscopy || s.Workspace == Teaching && (s.Lesson.Play != nil || s.Lesson.Lab != nil)
}

// LoadRun is the effect that reads a run and answers with RunLoaded.
type LoadRun struct {
	Study         *Study
	Series, Index int
	Second        bool // as the other projection
}

func (LoadRun) effect() {}

// ShowRun opens the workspace of fluoroscopy on a run of a series; series -1 for the
// one with the role.
type ShowRun struct {
	Series, Index int
	Now           time.Time
}

func (m ShowRun) apply(s *State) []Effect {
	if s.Study == nil {
		return nil
	}
	if m.Series < 0 {
		m.Series, m.Index = s.Study.ByRole(Fluoro), 0
		if s.Run.Cine != nil {
			m.Series, m.Index = s.Run.Series, s.Run.Index
		}
	}
	if m.Series < 0 || m.Series >= len(s.Study.Series) {
		return nil
	}
	s.Workspace = Fluoroscopy
	s.Reading.Focus, s.Reading.Filled = RunID, false
	if s.Run.Cine != nil && s.Run.Series == m.Series && s.Run.Index == m.Index {
		return nil
	}
	look := s.Run.RunLook
	s.Run = Run{Plane: Plane{Series: m.Series, Index: m.Index}, RunLook: RunLook{Subtract: true, Fade: 1}}
	if look.Fade > 0 { // a run was looked at before
		s.Run.Subtract, s.Run.Fade, s.Run.CT = look.Subtract, look.Fade, look.CT
	}
	s.startJob(RunJob, m.Now)
	return []Effect{StopJob{MeasureJob}, LoadRun{Study: s.Study, Series: m.Series, Index: m.Index}}
}

// RunLoaded is the answer to LoadRun.
type RunLoaded struct {
	Study         *Study
	Series, Index int
	Second        bool
	Cine          *volume.Cine
	Source        *fluoro.Run // nil when Cine holds its frames
	Play          func(at int, s fluoro.Span)
	Close         func() // lets the frames go; nil when there is nothing to let go
	Angles        [2]float64
	Angled        bool
	Dose          dicomio.Dose
	Show          *volume.Display    // what the file asks for; nil when it says nothing
	Range         render.FrameWindow // from dark to bright; the zero value when Cine holds its frames
	Error         string
	Now           time.Time
}

func (m RunLoaded) apply(s *State) []Effect {
	if s.Study == nil || s.Study.Path != m.Study.Path || !m.Second && (s.Run.Series != m.Series || s.Run.Index != m.Index) {
		return nil
	}
	s.endJob(RunJob)
	if m.Error != "" {
		s.Run.Biplane = s.Run.Biplane && !m.Second
		return Say{m.Error, m.Now}.apply(s)
	}
	if m.Second {
		second := m.plane()
		_, later, _ := s.Partner()
		s.Run.Second, s.Run.inStep = &second, fluoro.InStep(s.Run.Source, second.Source, later)
		return nil
	}
	s.Run.Plane = m.plane()
	s.Run.Frame = min(s.Run.Frame, max(m.Cine.Frames-1, 0))
	return nil
}

// plane is what was read.
func (m RunLoaded) plane() Plane {
	p := Plane{Series: m.Series, Index: m.Index, Cine: m.Cine, Source: m.Source, Play: m.Play, Angles: m.Angles, Angled: m.Angled, Dose: m.Dose, first: m.Range}
	if p.Source == nil {
		p.Source = &fluoro.Run{Cine: m.Cine, Relation: fluoro.Linear}
	}
	if p.first == (render.FrameWindow{}) {
		p.first = render.FrameRange(m.Cine)
	}
	if m.Show != nil && !m.Show.Shutter.Empty() {
		p.Shutter = &m.Show.Shutter
	}
	switch d := m.Show; {
	case d == nil:
	case len(d.Tables) > 0:
		p.first, p.filed = render.FrameWindow{Window: d.Tables[0].Window(), Table: &d.Tables[0]}, true
	case len(d.Windows) > 0 && d.Windows[0].Width > 0:
		p.first, p.filed = render.FrameWindow{Window: d.Windows[0]}, true
	}
	p.Window = p.first
	return p
}

// AsFiled reports whether the run is shown with the window that its file asks for.
func (p *Plane) AsFiled() bool {
	w := p.Window
	w.Invert = p.first.Invert
	return p.filed && w == p.first
}

// Pixels returns a frame in stored values; it must not be changed. Any goroutine may ask.
func (p *Plane) Pixels(k int) ([]uint16, error) {
	if p.Source.Read != nil {
		return p.Source.Read(k)
	}
	return p.Cine.Frame(k), nil
}

// RunID is the view of the run.
var RunID = ViewID{Slot: PostSlot, Content: RunView}

// OfRun reports whether a view shows a run or what belongs to one.
func (c Content) OfRun() bool { return c >= RunView }

// Seconds is when a frame begins; beyond the last frame, when the run ends.
func (r *Plane) Seconds(frame int) float64 {
	t, n := r.Cine.Times, r.Cine.Frames
	if frame < n {
		return t[max(frame, 0)].Seconds()
	}
	if n < 2 {
		return 1
	}
	return (2*t[n-1] - t[n-2]).Seconds()
}

// FrameAt is the frame shown at a time, for times within the run.
func (r *Plane) FrameAt(seconds float64) int {
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
	if to := min(max(m.Frame, 0), r.Cine.Frames-1); to != r.Frame {
		r.Frame = to
		r.chosen(to)
	}
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
	if !s.Reading.Focus.Content.OfRun() {
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
	if !s.Reading.Focus.Content.OfRun() {
		return nil
	}
	if r.Cine == nil {
		p.Playing = false
		return nil
	}
	if first, end := r.span(); p.Ends == Once && r.Frame == end-1 || r.Frame < first || r.Frame >= end {
		r.Frame = first
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
	if !p.stack.Content.OfRun() {
		return s.tickStack(int(gone * stackRate))
	}
	if r.Cine == nil {
		p.Playing = false
		return nil
	}
	first, last := r.span()
	begin, end := r.Seconds(first), r.Seconds(last)
	at := p.from - begin + gone
	before, length := r.Frame, end-begin
	switch {
	case p.Ends == Loop:
		at = math.Mod(at, length)
	case p.Ends == Sweep:
		at = math.Mod(at, 2*length)
		at = min(at, 2*length-at)
	case at >= length:
		p.Playing = false
	}
	r.Frame = min(max(r.FrameAt(begin+at), first), last-1)
	if r.Frame != before {
		r.passed(before, r.Frame)
	}
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
	case !p.stack.Content.OfRun():
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

// span is the part that plays, the last frame not included.
func (r *Run) span() (first, last int) {
	if r.Marks[1] > r.Marks[0] {
		return r.Marks[0], min(r.Marks[1], r.Cine.Frames)
	}
	return 0, r.Cine.Frames
}

// Ahead tells the source of the frames where the play head is.
func (r *Run) Ahead() {
	first, last := 0, 0
	if r.Cine != nil {
		first, last = r.span()
	}
	if r.Play != nil {
		r.Play(r.Frame, fluoro.Span{From: first, To: last - 1})
	}
	if r.Second != nil && r.Second.Play != nil {
		r.Second.Play(r.SecondFrame(), fluoro.Span{To: r.Second.Cine.Frames - 1})
	}
}

// SetRunWindow sets the window of the run, or of its other projection.
type SetRunWindow struct {
	To     render.FrameWindow
	Second bool
}

func (m SetRunWindow) apply(s *State) []Effect {
	switch {
	case !m.Second:
		s.Run.Window = m.To
	case s.Run.Second != nil:
		s.Run.Second.Window = m.To
	}
	return nil
}

// SecondFrame is the frame of the other projection at the time of the one shown.
func (r *Run) SecondFrame() int { return r.inStep[r.Frame] }

// Fit is the view of a run that shows all of it in a size of dp.
func (r *Plane) Fit(width, height float64) View {
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
		{ID: "fluoroscopy", Label: i18n.Fluoroscopy, Group: C, Icon: "fluoro", Keys: ctrl("3"), Blocked: needsRun, Msg: func(_ *State, now time.Time) Msg { return ShowRun{Series: -1, Now: now} }},
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
			return SetRunWindow{To: w}
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
	s.Run.View, s.Run.Window, s.Run.Gain = View{}, s.Run.first, 0
	if p := s.Run.Second; p != nil {
		p.View, p.Window = View{}, p.first
	}
	return nil
}
