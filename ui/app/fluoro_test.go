package app_test

import (
	"context"
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/model"
)

// The run of the tests: 40 frames of 160 x 120, 4 a second, in which a ball grows to a radius of 18 pixels about (60, 60) from
// frame 8 to 24; from frame 28 on a strip runs from it to the right, 5 pixels a frame.
const (
	injectionFrom, injectionTo, behindFrom = 8, 24, 28
	wallColumn                             = 92
	frameTime                              = 250 * time.Millisecond
)

func injection(origin volume.Calibration) *volume.Cine {
	c := &volume.Cine{NX: 160, NY: 120, Frames: 40, Slope: 1, White: 4095, TimeKnown: true, Calibration: origin}
	r := rand.New(rand.NewPCG(7, 1))
	for k := range c.Frames {
		c.Times = append(c.Times, time.Duration(k)*frameTime)
		for y := range c.NY {
			for x := range c.NX {
				depth := 1.2 + 0.2*math.Sin(float64(x)/23) + 0.15*math.Cos(float64(y)/17)
				if x%31 < 3 || y%37 < 3 { // edges that hold the picture still
					depth += 0.25
				}
				grown := 18 * math.Cbrt(min(max(float64(k-injectionFrom+1)/float64(injectionTo-injectionFrom+1), 0), 1))
				if d := math.Hypot(float64(x)-60, float64(y)-60); d < grown {
					depth += 0.06 * math.Sqrt(grown*grown-d*d)
				}
				if k >= behindFrom && x >= 70 && x < 70+min(5*(k-behindFrom+1), 38) && y > 55 && y < 65 {
					depth += 0.4
				}
				c.Pix = append(c.Pix, uint16(3800*math.Exp(-depth)+6*r.NormFloat64()))
			}
		}
	}
	return c
}

// MeasureRun measures the run of the case as the core does. With a CT, the crosshair's planes of the case seen from the left take
// the place of a registration, and its leak shows first in frame behindFrom.
func (b *backend) MeasureRun(ctx context.Context, e model.MeasureRun, _ text.Lang, progress func(float64)) (*model.RunFound, error) {
	loaded, err := b.Run(ctx, e.Study, e.Series, e.Index, progress)
	if err != nil {
		return nil, err
	}
	if b.film == nil {
		return nil, errors.New("the run of the case shows nothing")
	}
	if b.hold != nil {
		select {
		case <-ctx.Done():
			b.stopped.Store(true)
			return nil, ctx.Err()
		case <-b.hold:
		}
	}
	c := *loaded.Cine
	c.Calibration = e.Calibration
	run := &fluoro.Run{Cine: &c, Relation: fluoro.Linear}
	found, err := fluoro.Analyze(ctx, run, fluoro.Options{}, progress)
	if err != nil {
		return nil, err
	}
	out := &model.RunFound{FluoroResult: assess.FluoroResult{Run: run, Found: found}}
	if e.CT == nil {
		return out, nil
	}
	// Columns go to the back, rows to the feet.
	out.Placement = &fluoro.Placement{ImageFromPatient: [12]float64{0, 1.5, 0, 78, 0, 0, -1.5, 105, 0, 0, 0, 1}, ResidualMM: 0.4, Correlation: 0.9}
	out.Level = anatomy.T9
	first := behindFrom
	out.Report.CTLeaks = []assess.FluoroLeak{{LeakID: 1, FirstFrame: &first}}
	out.Radiograph = out.RadiographOf(e.CT)
	out.Shapes = []model.RunShape{
		{Body: true, Style: render.BodyStyle(true, false), Lines: render.Silhouette(e.CT.Spine.Find(anatomy.T9).Body, out.Pixel, c.NX, c.NY, 1)},
		{Leak: 1, Style: render.LeakStyle(anatomy.Canal, false), Lines: render.Silhouette(e.CT.Leaks[0].Surface, out.Pixel, c.NX, c.NY, 1)},
	}
	return out, nil
}

// atDetector is a run whose millimetres are at the detector.
var atDetector = volume.Calibration{Origin: volume.OriginDetector, RowMM: 0.4, ColMM: 0.4}

// fluoroscopy is a window on the injection; with a CT, which is analysed, and otherwise the run alone.
func fluoroscopy(t *testing.T, ct bool, change func(*model.Settings)) *window {
	t.Helper()
	return fluoroscopyIn(t, full, ct, change)
}

func fluoroscopyIn(t *testing.T, size image.Point, ct bool, change func(*model.Settings)) *window {
	t.Helper()
	w := newWindow(t, size, change)
	w.backend.run, w.backend.film = true, injection(atDetector)
	w.backend.alone = !ct
	w.load(t)
	if ct {
		w.Until("the analysis", func() bool { return w.app.State().Result != nil })
		w.Do("fluoroscopy")
	}
	w.Until("the measurement", func() bool { return w.app.State().Run.Shown != nil })
	w.draw()
	return w
}

// onRun is where a pixel of the run is in the window: the run is fitted into its view.
func onRun(w *window, x, y float64) f32.Point {
	r, ok := w.Bounds("XA Fluoroscopy")
	if !ok {
		panic("no run is shown")
	}
	scale := math.Min(float64(r.Dx())/160, float64(r.Dy())/120)
	return f32.Pt(float32(float64(r.Min.X)+float64(r.Dx())/2+(x-79.5)*scale), float32(float64(r.Min.Y)+float64(r.Dy())/2+(y-59.5)*scale))
}

func crossedAt(s *model.State, line string) int {
	for _, e := range s.Run.Shown.Found.Events {
		if e.Kind == fluoro.LineCrossed && e.Line == line {
			return e.Frame
		}
	}
	return -1
}

// A run without a CT opens at once, is measured, and tells its growth without claiming millimetres or a volume.
func TestRunAlone(t *testing.T) {
	w := fluoroscopy(t, false, nil)
	s := w.app.State()
	if s.Workspace != model.Fluoroscopy || len(s.Session.Failed) > 0 || !s.Session.Open {
		t.Errorf("workspace %v, session %+v", s.Workspace, s.Session)
	}
	if !w.Has("Cement begins") || !w.Has("in pixels of the detector, not calibrated. Not a volume.") || w.Has("mm²") {
		t.Errorf("the panel says %q", w.Labels())
	}
	if !w.Has("LAO 90° / CAU 1°") || !w.Has("74\u00a0kV · 12\u00a0mA") {
		t.Errorf("angles and dose are not said: %q", w.Labels())
	}
	area, mm, _ := s.Run.Area(39)
	if truth := math.Pi*18*18 + 30*9.0; mm || math.Abs(area-truth) > 0.2*truth {
		t.Errorf("the area is %v (mm %v), the disc and the strip have %v", area, mm, truth)
	}
	for _, e := range s.Run.Shown.Found.Events {
		if e.Kind == fluoro.InjectionStart && (e.Frame < injectionFrom-1 || e.Frame > injectionFrom+2) {
			t.Errorf("cement begins in frame %d, want %d", e.Frame, injectionFrom)
		}
	}
}

// A line drawn on the run is crossed by the strip: curve, panel and picture say so while it plays, until a frame is chosen by hand.
func TestLineAlert(t *testing.T) {
	w := fluoroscopy(t, false, nil)
	s := w.app.State()
	w.Do("run-line-wall")
	w.Drag(onRun(w, wallColumn, 20), onRun(w, wallColumn, 100), pointer.ButtonPrimary)
	lines := s.RunWork().Lines
	if len(lines) != 1 || lines[0].Name != model.PosteriorWall || math.Abs(lines[0].Points[0][0]-wallColumn) > 1 || math.Abs(lines[0].Points[1][1]-100) > 1 {
		t.Fatalf("the line is %v", lines)
	}
	at := crossedAt(s, model.PosteriorWall)
	if want := behindFrom + 4; at < want || at > want+3 {
		t.Fatalf("crossed in frame %d, the strip passes the line in frame %d", at, want)
	}
	if !w.Has("Crosses the posterior wall line") || !w.Has("in this projection") {
		t.Errorf("the event is not listed: %q", w.Labels())
	}
	w.app.Send(model.SetFrame{Frame: at - 2, Now: w.Now})
	w.Frame()
	if s.Run.Alert.On {
		t.Error("alert before the crossing")
	}
	w.Key("C", 0)
	for range 6 {
		w.Now = w.Now.Add(frameTime)
		w.Frame()
	}
	w.Key("C", 0)
	if !s.Run.Alert.On || !w.Has("Crosses the posterior wall line in this projection") || !w.Has("ago") {
		t.Errorf("no alert after the crossing, frame %d: %q", s.Run.Frame, w.Labels())
	}
	for _, words := range w.Labels() {
		if strings.Contains(strings.ToLower(words), "into the canal") {
			t.Errorf("one projection claims %q", words)
		}
	}
	w.Key(".", 0)
	if s.Run.Alert.On {
		t.Error("the alert stays after a frame was chosen by hand")
	}
	w.app.Send(model.SetFrame{Frame: at, Now: w.Now})
	w.Frame()
	if !s.Run.Alert.On {
		t.Error("no alert in the frame of the crossing")
	}
	w.Key("Z", key.ModShortcut)
	if len(s.RunWork().Lines) != 0 || crossedAt(s, model.PosteriorWall) >= 0 {
		t.Error("undo leaves the line or its crossing")
	}
	w.Key("Y", key.ModShortcut)
	if crossedAt(s, model.PosteriorWall) != at {
		t.Error("redo does not bring the crossing back")
	}
	// The end of a line can be taken and moved out of reach of the strip.
	w.Drag(onRun(w, wallColumn, 20), onRun(w, 140, 20), pointer.ButtonPrimary)
	w.Drag(onRun(w, wallColumn, 100), onRun(w, 140, 100), pointer.ButtonPrimary)
	if crossedAt(s, model.PosteriorWall) >= 0 {
		t.Errorf("the moved line %v is crossed", s.RunWork().Lines)
	}
}

// The size of a pixel from a known object measures the run anew in millimetres that say where they come from; undo takes them back.
func TestCalibrateOnAKnownObject(t *testing.T) {
	w := fluoroscopy(t, false, nil)
	s := w.app.State()
	w.ClickOn("Calibrate")
	w.ClickOn("Other")
	w.Type("20")
	w.Key(key.NameReturn, 0)
	if s.RunWork().Known != nil {
		t.Fatal("a size without an object is taken")
	}
	w.Drag(onRun(w, 20, 30), onRun(w, 120, 30), pointer.ButtonPrimary)
	w.ClickOn("Use")
	if k := s.RunWork().Known; k == nil || k.MM != 20 {
		t.Fatalf("the known object is %v", k)
	}
	c := s.RunCalibration()
	if c.Origin != volume.OriginUser || math.Abs(c.ColMM-0.2) > 0.003 {
		t.Errorf("calibration %v, want 0.2 mm by the reader", c)
	}
	w.Until("the measurement in mm", func() bool { _, mm, ok := s.Run.Area(39); return mm && ok })
	w.Frame()
	if !w.Has("mm (calibrated by you)") || !w.Has("mm²") {
		t.Errorf("the origin is not said: %q", w.Labels())
	}
	w.Key("Z", key.ModShortcut)
	w.Until("the measurement in pixels", func() bool { _, mm, ok := s.Run.Area(39); return !mm && ok })
	w.Key("Y", key.ModShortcut)
	state, err := session.Read(journalOf(t, w))
	if err != nil || state.Values["runs"] == nil {
		t.Errorf("the journal holds no runs: %v", err)
	}
}

// journalOf is the journal of the open study.
func journalOf(t *testing.T, w *window) string {
	t.Helper()
	w.app.Close()
	files, err := filepath.Glob(filepath.Join(w.journals, "*"+session.Extension))
	if err != nil || len(files) != 1 {
		t.Fatalf("journals: %v, %v", files, err)
	}
	return files[0]
}

// The mask moves by the arrow keys, is set and chosen again, and is undone.
func TestMaskByHand(t *testing.T) {
	w := fluoroscopy(t, false, nil)
	s := w.app.State()
	frame := s.Run.Frame
	w.Key("H", key.ModShift)
	w.Key(key.NameLeftArrow, 0)
	w.Key(key.NameLeftArrow, 0)
	w.Key(key.NameDownArrow, key.ModShift)
	if got := s.RunWork().Shift; got != [2]float64{-0.2, 1} || s.Run.Frame != frame {
		t.Errorf("the mask is shifted by %v, frame %d", got, s.Run.Frame)
	}
	w.Key("Z", key.ModShortcut)
	if got := s.RunWork().Shift; got != [2]float64{-0.2, 0} {
		t.Errorf("after undo %v", got)
	}
	w.Key(key.NameEscape, 0)
	w.Key(key.NameDownArrow, 0)
	if s.Run.Shifting || s.Run.Frame == frame {
		t.Error("the arrows still belong to the mask after Escape")
	}
	automatic := s.Run.Mask()
	w.app.Send(model.SetFrame{Frame: 3, Now: w.Now})
	w.Do("run-mask-here")
	if got := s.Run.Mask().Frames; len(got) != 1 || got[0] != 3 || !w.Has("Mask: frame 4") {
		t.Errorf("mask %v", got)
	}
	w.ClickOn("Automatic mask")
	if got := s.Run.Mask().Frames; len(got) != len(automatic.Frames) {
		t.Errorf("the automatic mask is %v, was %v", got, automatic.Frames)
	}
	// Subtracted, the place of the cement is dark and what was there before is gone.
	w.app.Send(model.SetFrame{Frame: 26, Now: w.Now})
	w.draw()
	r, _ := w.Bounds("XA Subtraction")
	scale := math.Min(float64(r.Dx())/160, float64(r.Dy())/120)
	at := func(x, y float64) f32.Point {
		return f32.Pt(float32(float64(r.Min.X)+float64(r.Dx())/2+(x-79.5)*scale), float32(float64(r.Min.Y)+float64(r.Dy())/2+(y-59.5)*scale))
	}
	w.Do("layers")
	w.Do("layers")
	img := w.pixels(t)
	cement, edge, beside := brightness(img, at(60, 55)), brightness(img, at(125, 80)), brightness(img, at(136, 82))
	if cement > edge-40 || math.Abs(edge-beside) > 12 {
		t.Errorf("subtracted: cement %v, an edge %v, beside it %v", cement, edge, beside)
	}
}

// What plays stays between the marks.
func TestLoopBetweenMarks(t *testing.T) {
	w := fluoroscopy(t, false, nil)
	s := w.app.State()
	w.app.Send(model.SetFrame{Frame: 10, Now: w.Now})
	w.Frame()
	w.Key("[", 0)
	w.app.Send(model.SetFrame{Frame: 14, Now: w.Now})
	w.Frame()
	w.Key("]", 0)
	if s.Run.Marks != [2]int{10, 15} {
		t.Fatalf("marks %v", s.Run.Marks)
	}
	w.Key("C", 0)
	seen := map[int]bool{}
	for range 20 {
		w.Now = w.Now.Add(frameTime)
		w.Frame()
		seen[s.Run.Frame] = true
	}
	w.Key("C", 0)
	if len(seen) != 5 || !seen[10] || !seen[14] {
		t.Errorf("played frames %v, want 10 to 14", seen)
	}
}

// Stopping leaves a run that plays; measuring again goes on.
func TestMeasuringStops(t *testing.T) {
	w := newWindow(t, full, nil)
	w.backend.run, w.backend.film, w.backend.alone = true, injection(atDetector), true
	w.backend.hold = make(chan struct{})
	w.load(t)
	s := w.app.State()
	w.Until("measuring", func() bool { _, on := s.Job(model.MeasureJob); return on })
	w.ClickOn("Stop measuring")
	eventually(t, "the stop", w.backend.stopped.Load)
	w.Frame()
	if s.Run.Shown != nil || !w.Has("Nothing is measured.") {
		t.Errorf("after the stop: %q", w.Labels())
	}
	close(w.backend.hold)
	w.ClickOn("Measure the run")
	w.Until("the measurement", func() bool { return s.Run.Shown != nil })
}

// The leaks of the CT lead to the frames where they first show.
func TestFromCTToFluoroscopy(t *testing.T) {
	w := fluoroscopy(t, true, nil)
	s := w.app.State()
	if !w.Has("CT, same angle") || !w.Has("registration 0.4") {
		t.Errorf("the CT is not beside the run: %q", w.Labels())
	}
	w.ClickOn("T9 Canal, epidural, 0.38\u00a0mL")
	if s.Run.Frame != behindFrom || s.Reading.Leak != 1 {
		t.Errorf("the leak led to frame %d, leak %d", s.Run.Frame, s.Reading.Leak)
	}
	w.ClickOn("CT link")
	if w.Has("CT, same angle") {
		t.Error("the CT is still shown")
	}
	w.ClickOn("CT link")
	w.Do("run-line-wall")
	w.Drag(onRun(w, wallColumn, 30), onRun(w, wallColumn, 95), pointer.ButtonPrimary)
	w.app.Send(model.SetFrame{Frame: 36, Now: w.Now})
	w.Hover(f32.Pt(700, 20))
	compare(t, w, "en")
	w.app.Send(model.SetLang{To: text.French})
	w.app.Send(model.SetSettings{Change: func(s *model.Settings) { s.Light = true }})
	w.app.Send(model.SetRunLook{Change: func(l *model.RunLook) { l.Fade = 0.6 }})
	w.Do("run-calibrate")
	compare(t, w, "fr-light")
}

// Frame, film and table are written under names that tell nothing of the patient.
func TestRunFiles(t *testing.T) {
	w := fluoroscopy(t, false, nil)
	for _, id := range []string{"run-frame", "run-film", "run-table"} {
		w.Do(id)
		w.Until(id, func() bool { _, on := w.app.State().Job(model.ExportJob); return !on })
	}
	for pattern, magic := range map[string]string{"frame-*.png": "\x89PNG", "film-*.gif": "GIF89a", "fluoro-*.csv": "frame,timeMs,areaPx"} {
		files, _ := filepath.Glob(filepath.Join(w.out, pattern))
		if len(files) != 1 {
			t.Errorf("%s: %v", pattern, files)
			continue
		}
		data, err := os.ReadFile(files[0])
		if err != nil || !strings.HasPrefix(string(data), magic) || strings.Contains(string(data), "EXAMPLE") {
			t.Errorf("%s begins with %.12q", files[0], data)
		}
	}
	s := w.app.State()
	if rows := strings.Split(strings.TrimSpace(s.RunTSV()), "\n"); len(rows) != 41 {
		t.Errorf("the copied curve has %d rows, want 41", len(rows))
	}
}

// The roadmap keeps the darkest of all frames: cement that has come at any time is in it whatever frame is shown.
func TestRoadmap(t *testing.T) {
	w := fluoroscopy(t, false, nil)
	s := w.app.State()
	w.Key("S", key.ModShift)
	w.Until("the roadmap", func() bool { return s.Run.Road != nil })
	road := s.Run.Road
	if cement, beside := road.Pix[160*55+60], road.Pix[160*55+25]; cement+40 > beside {
		t.Errorf("cement %d, beside it %d", cement, beside)
	}
	w.draw()
	if !w.Has("Roadmap, frames 1–40") {
		t.Errorf("the roadmap is not named: %q", w.Labels())
	}
}

// The second projection shows the frame of the same moment, and its view closes with it.
func TestBiplaneInStep(t *testing.T) {
	w := newWindow(t, full, nil)
	w.backend.run, w.backend.film, w.backend.alone, w.backend.pair = true, injection(atDetector), true, true
	w.load(t)
	s := w.app.State()
	w.Until("the measurement", func() bool { return s.Run.Shown != nil })
	if !w.Has("run 1 / 2") {
		t.Errorf("the runs are not counted: %q", w.Labels())
	}
	w.ClickOn("Biplane")
	w.Until("the second projection", func() bool { return s.Run.Second != nil })
	w.app.Send(model.SetFrame{Frame: 10, Now: w.Now})
	w.draw()
	if got := s.Run.SecondFrame(); got != 8 || !w.Has("frame 9") {
		t.Errorf("beside frame 10 is frame %d, want 8: it began two frames later", got)
	}
	w.Click(w.Middle("XA Second projection"), pointer.ButtonPrimary)
	width := s.Run.Second.Window.Width
	w.Drag(w.Middle("XA Second projection"), w.Middle("XA Second projection").Add(f32.Pt(40, 0)), pointer.ButtonPrimary)
	if s.Run.Second.Window.Width <= width || s.Reading.Focus.Content != model.SecondView {
		t.Error("the second projection has no window of its own")
	}
	w.pointInBoth(t)
	w.ClickOn("Biplane")
	if w.Has("XA Second projection") || s.Reading.Focus != model.RunID {
		t.Error("the second projection is still there")
	}
	w.ClickOn("run 1 / 2")
	w.Until("the other run", func() bool { return s.Run.Index == 1 && s.Run.Cine != nil })
}

// pointInBoth shows the middle of the run and the middle of the second projection: the beams' axes, so the isocentre.
func (w *window) pointInBoth(t *testing.T) {
	t.Helper()
	s := w.app.State()
	view := fluoro.View{SourceDetector: 1200, SourcePatient: 800, DetectorRowMM: 0.4, DetectorColMM: 0.4}
	other := view
	other.PrimaryDegrees = 90
	s.Run.Source.View, s.Run.Second.Source.View = &view, &other
	w.Do("run-point")
	w.draw()
	if !s.PlacesPoint() {
		t.Fatal("no point is placed")
	}
	c := s.Run.Cine
	w.Click(onRun(w, float64(c.NX-1)/2, float64(c.NY-1)/2), pointer.ButtonPrimary)
	w.Click(w.Middle("XA Second projection"), pointer.ButtonPrimary)
	w.draw()
	at, ok := s.RunPointAt()
	if !ok || at.FromIsocentre.Norm() > 3 || at.ResidualMM > 1 {
		t.Errorf("%v: the middle of both lies at %v, residual %.1f", ok, at.FromIsocentre, at.ResidualMM)
	}
}

// Three lines on a lateral view tell heights and wedge of the body, in pixels while nothing gives millimetres.
func TestBodyBetweenLines(t *testing.T) {
	w := fluoroscopy(t, false, nil)
	s := w.app.State()
	for _, x := range []struct {
		id             string
		x0, y0, x1, y1 float64
	}{{"run-line-wall", 90, 38, 90, 78}, {"run-line-upper", 40, 48, 90, 38}, {"run-line-lower", 90, 78, 40, 72}} {
		w.Do(x.id)
		w.Drag(onRun(w, x.x0, x.y0), onRun(w, x.x1, x.y1), pointer.ButtonPrimary)
	}
	m, ok := s.RunBody()
	wedge := (math.Atan2(10, 50) + math.Atan2(6, 50)) * 180 / math.Pi // lower in front: kyphosis
	if !ok || m.MM || math.Abs(m.Anterior-24) > 1 || math.Abs(m.Posterior-40) > 1 || math.Abs(m.WedgeDegrees-wedge) > 1 {
		t.Errorf("the body is %+v, want 24 and 40 pixels high, wedge %.1f°", m, wedge)
	}
}
