package app_test

import (
	"image"
	"math"
	"testing"
	"time"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/golden"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/uitest/shot"
)

// pixels draws the window and returns its picture.
func (w *window) pixels(t *testing.T) *image.RGBA {
	t.Helper()
	w.draw()
	return shot.Draw(t, w.Size, w.Frame())
}

// brightness is the mean grey of a square round a point.
func brightness(m *image.RGBA, at f32.Point) float64 {
	sum, n := 0, 0
	for y := -3; y <= 3; y++ {
		for x := -3; x <= 3; x++ {
			c := m.RGBAAt(int(at.X)+x, int(at.Y)+y)
			sum += int(c.R) + int(c.G) + int(c.B)
			n += 3
		}
	}
	return float64(sum) / float64(n)
}

// onCement shows the cement in the axial view and returns where it lies.
func onCement(t *testing.T, w *window) f32.Point {
	t.Helper()
	s := w.app.State()
	w.app.Send(model.GoToLevel{Level: levels[1]})
	w.app.Send(model.Look{Change: func(r *model.Reading) { r.Layers, r.Crosshair = model.NoLayers, false }})
	w.Frame()
	id := model.ViewID{Slot: model.PostSlot, Content: model.Axial}
	plane := s.Plane(id)
	planeFromPatient := plane.MustInverse()
	off := planeFromPatient.Apply(cementCentre).Sub(s.View(id).Centre)
	mm := mmPerPx(w, model.Axial)
	return w.Middle("POST Axial").Add(f32.Pt(float32(off.X/mm), float32(off.Y/mm)))
}

// Where there is cement the post CT is bright and the pre CT is not: each way
// of comparing must show it so.
func TestCompare(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	at := onCement(t, w)
	w.draw()
	before := brightness(w.pixels(t), at)
	w.Press("B", 0)
	held := brightness(w.pixels(t), at)
	w.Release("B", 0)
	after := brightness(w.pixels(t), at)
	if held > before-50 || after != before {
		t.Errorf("flicker: %v, held %v, then %v", before, held, after)
	}
	w.Key("B", key.ModShift)
	if s.Reading.Compare != model.Swipe {
		t.Fatal("Shift+B does not swipe")
	}
	view, _ := w.Bounds("POST Axial")
	line := f32.Pt(float32(view.Min.X)+float32(view.Dx())/2, at.Y+60)
	drag := func(to float32) float64 {
		w.Drag(line, f32.Pt(to, line.Y), pointer.ButtonPrimary)
		line.X = to
		return brightness(w.pixels(t), at)
	}
	if left := drag(at.X - 40); left != before {
		t.Errorf("right of the line is %v, want the post CT's %v", left, before)
	}
	if right := drag(at.X + 40); right > before-50 {
		t.Errorf("left of the line is %v: that is not the pre CT", right)
	}
	if s.Reading.Window[model.PostSlot] != render.SpineBone {
		t.Error("drawing the line changed the window")
	}
	w.Do("compare-blend")
	w.app.Send(model.Move{Change: func(r *model.Reading) { r.At = 0.5 }})
	if mixed := brightness(w.pixels(t), at); math.Abs(mixed-(before+held)/2) > 2 {
		t.Errorf("the blend is %v, want the mean of %v and %v", mixed, before, held)
	}
	w.Do("compare-difference")
	m := w.pixels(t)
	c := m.RGBAAt(int(at.X), int(at.Y))
	if c.R < 200 || c.B > c.R-60 {
		t.Errorf("new cement is %v in the difference, want orange", c)
	}
	w.Do("compare-difference")
	if s.Reading.Compare != model.Alone || brightness(w.pixels(t), at) != before {
		t.Error("the comparison does not end")
	}
}

func TestPictureDifference(t *testing.T) {
	w := reading(t, full, nil)
	w.Do("compare-difference")
	compare(t, w, "en")
	w.Do("compare-swipe")
	compare(t, w, "swipe")
}

func TestLinksOneByOne(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	post, pre := model.ViewID{Slot: model.PostSlot, Content: model.Axial}, model.ViewID{Slot: model.PreSlot, Content: model.Axial}
	w.Do("link-zoom")
	before := s.View(pre)
	w.Scroll(w.Middle("POST Axial"), -notch, key.ModCtrl)
	if s.View(pre) != before || s.View(post) == before {
		t.Error("a zoom that is not linked was carried over")
	}
	at := s.CursorIn(model.PreSlot)
	w.Scroll(w.Middle("POST Axial"), notch, 0)
	if near(s.CursorIn(model.PreSlot), at, 0.1) {
		t.Error("slices are still linked but did not move")
	}
	w.Do("link-slices")
	at = s.CursorIn(model.PreSlot)
	w.Scroll(w.Middle("POST Axial"), notch, 0)
	if !near(s.CursorIn(model.PreSlot), at, 1e-6) {
		t.Error("slices that are not linked moved")
	}
	w.Do("link-window")
	w.Key("2", 0)
	if s.Reading.Window[model.PreSlot] == s.Reading.Window[model.PostSlot] {
		t.Error("a window that is not linked was carried over")
	}
	for s.CanUndo() {
		w.Key("Z", key.ModShortcut)
	}
	if s.Reading.Loose != (model.Links{}) {
		t.Errorf("undo leaves %+v", s.Reading.Loose)
	}
}

// Shown one point in both CTs once, the views stay together in millimetres.
func TestAlignByHand(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	s.Result = nil // as before an analysis: nothing is registered
	w.ClickOn("Link views")
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: bodyCentre(1)})
	w.app.Send(model.PointAt{Slot: model.PreSlot, At: bodyCentre(1).Add(shift)})
	w.Frame()
	w.Do("link-hand")
	if !s.Reading.Linked {
		t.Fatal("the views are not linked again")
	}
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: bodyCentre(3)})
	w.Frame()
	if got := s.CursorIn(model.PreSlot); !near(got, bodyCentre(3).Add(shift), 1e-9) {
		t.Errorf("the pre CT is at %v, want %v", got, bodyCentre(3).Add(shift))
	}
}

func TestWindowOfARegionAndHistogram(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	at := onCement(t, w)
	w.draw()
	w.DragWith(at.Sub(f32.Pt(60, 40)), at.Add(f32.Pt(60, 40)), pointer.ButtonPrimary, key.ModCtrl)
	low, high := s.Reading.Window[model.PostSlot].Bounds()
	if high < 2400 || low > 200 {
		t.Errorf("the window of a region with cement and bone goes from %v to %v", low, high)
	}
	w.Key("1", 0)
	w.Do("clip-marks")
	if c := w.pixels(t).RGBAAt(int(at.X), int(at.Y)); c.R != 0xFF || c.B > 0x60 {
		t.Errorf("clipped cement is %v, want amber", c)
	}
	if !w.Has("clipped above 1349") {
		t.Error("the corner does not say where the window clips")
	}
	w.ClickOn("Histogram and window")
	r, ok := w.Bounds("CT numbers of the volume")
	if !ok || r.Dx() < 200 {
		t.Fatalf("no histogram: %v", r)
	}
	x := func(hu float64) f32.Point {
		return f32.Pt(float32(r.Min.X)+float32((hu+1100)/5200*float64(r.Dx())), float32(r.Min.Y)+20)
	}
	w.Drag(x(1349), x(2349), pointer.ButtonPrimary)
	after := s.Reading.Window[model.PostSlot]
	if low, high := after.Bounds(); math.Abs(high-2349) > 25 || math.Abs(low+650) > 25 {
		t.Errorf("the right handle gave %v to %v, want -650 to 2349", low, high)
	}
	w.Key(key.NameEscape, 0)
	if w.Has("CT numbers of the volume") {
		t.Error("Escape does not close the histogram")
	}
}

func TestRunPlaysInTrueTime(t *testing.T) {
	w := newWindow(t, full, nil)
	w.backend.run = true
	w.load(t)
	w.Until("the analysis", func() bool { return w.app.State().Result != nil })
	s := w.app.State()
	w.ClickOn("Fluoroscopy")
	w.Until("the run", func() bool { return s.Run.Cine != nil })
	if !w.Has("frame 1 / 40") || !w.Has("10.0 frames/s") || !w.Has("LAO 90") || !w.Has("mm at detector") {
		t.Errorf("the run is not described: %q", w.Labels())
	}
	w.Key(".", 0)
	w.Key(".", 0)
	w.Key(",", 0)
	if s.Run.Frame != 1 {
		t.Errorf("two on and one back is frame %d", s.Run.Frame)
	}
	w.Key("C", 0)
	start := w.Now
	w.Now = start.Add(490 * time.Millisecond) // a late frame: what lies between is left out
	w.Frame()
	if want := 1 + int(w.Now.Sub(start)/(100*time.Millisecond)); s.Run.Frame != want || s.Run.Lost == 0 {
		t.Errorf("after %v frame %d, %d left out; want frame %d", w.Now.Sub(start), s.Run.Frame, s.Run.Lost, want)
	}
	w.Now = start.Add(4010 * time.Millisecond) // beyond the end: from the beginning
	w.Frame()
	if s.Run.Frame > 3 {
		t.Errorf("the loop shows frame %d", s.Run.Frame)
	}
	w.Key("C", 0)
	was := s.Run.Frame
	w.Now = w.Now.Add(time.Second)
	w.Frame()
	if s.Run.Frame != was {
		t.Error("the run plays on after a pause")
	}
	w.ClickOn("1×")
	w.ClickOn("loop")
	if s.Run.Player.Speed != 2 || s.Run.Player.Ends != model.Sweep {
		t.Errorf("speed %v, ending %v", s.Run.Player.Speed, s.Run.Player.Ends)
	}
	r, _ := w.Bounds("Place in the run")
	const left, right = 42, 26 // margins of the curve
	w.Click(f32.Pt(float32(r.Min.X+left)+float32(r.Dx()-left-right)/2+1, float32(r.Min.Y)+60), pointer.ButtonPrimary)
	if s.Run.Frame != 20 {
		t.Errorf("the middle of the bar is frame %d, want 20", s.Run.Frame)
	}
	at := w.Middle("XA Fluoroscopy")
	dark := brightness(w.pixels(t), at)
	w.Do("run-invert")
	if light := brightness(w.pixels(t), at); math.Abs(dark+light-255) > 3 {
		t.Errorf("inverted %v becomes %v", dark, light)
	}
	width := s.Run.Window.Width
	w.Drag(at, at.Add(f32.Pt(50, 0)), pointer.ButtonPrimary)
	if s.Run.Window.Width <= width {
		t.Error("a drag to the right does not widen the window of the run")
	}
	w.Scroll(at, notch, 0)
	if s.Run.Frame != 21 && s.Run.Frame != 19 {
		t.Errorf("the wheel led to frame %d", s.Run.Frame)
	}
	w.ClickOn("Read")
	if s.Reading.Focus.Content == model.RunView {
		t.Error("the reading room has its focus on the run")
	}
	golden.Close(t, "en", fluoroPicture(t, w), windowTolerance(w.Size))
}

func fluoroPicture(t *testing.T, w *window) *image.RGBA {
	t.Helper()
	w.ClickOn("Fluoroscopy")
	w.app.Send(model.SetFrame{Frame: 12, Now: w.Now})
	w.Hover(f32.Pt(700, 20))
	w.Frame()
	return w.pixels(t)
}

func TestStackPlays(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Click(w.Middle("POST Axial"), pointer.ButtonPrimary)
	z := s.Reading.Cursor[model.PostSlot].Z
	w.Key("C", 0)
	for range 10 {
		w.Now = w.Now.Add(80 * time.Millisecond)
		w.Frame()
	}
	w.Key("C", 0)
	if moved := s.Reading.Cursor[model.PostSlot].Z - z; moved < 8 || moved > 14 {
		t.Errorf("a second moved %v slices, want about 10", moved)
	}
}

func TestStraightened(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Key("V", key.ModShift)
	if !s.Straightened(model.ViewID{Slot: model.PostSlot, Content: model.Sagittal}) {
		t.Fatal("the view is not straightened")
	}
	w.draw()
	at := w.Middle("POST Sagittal")
	w.Key("X", 0)
	w.Click(at, pointer.ButtonPrimary)
	// The spine of the case is straight: its middle is the middle body's centre.
	if got := s.Reading.Cursor[model.PostSlot]; !near(got, geom.LPS(got.X, bodyCentre(2).Y, bodyCentre(2).Z), 1.5) {
		t.Errorf("the middle of the view is %v, want near %v", got, bodyCentre(2))
	}
	compare(t, w, "en")
}

func TestLensAndRow(t *testing.T) {
	w := reading(t, full, nil)
	w.Do("layout-row")
	if w.app.State().Settings.Panel {
		t.Error("the panel takes the room of the layout")
	}
	if got, columns := w.app.State().Grid(); len(got) != 3 || columns != 3 {
		t.Errorf("%d views in %d columns", len(got), columns)
	}
	w.Key("Z", key.ModShift)
	w.Hover(w.Middle("POST Sagittal"))
	compare(t, w, "en")
	w.Key(key.NameF10, 0)
	w.Frame()
	if got, _ := w.app.State().Grid(); len(got) != 4 || !w.Has("Not enough room for this layout: fewer views. F9 and F10 hide what is beside them") {
		t.Errorf("%d views beside the panel", len(got))
	}
	w.Do("layout-triplets")
	w.Do("layout-pair")
	if got, _ := w.app.State().Grid(); len(got) != 2 || !w.app.State().Settings.Panel {
		t.Error("the panel does not come back with a layout that leaves it room")
	}
}

// Where slices are missing nothing is drawn and the view says so.
func TestMissingSlicesAreHatched(t *testing.T) {
	w := newWindow(t, full, nil)
	w.backend.post, w.backend.pre = holed(t), scan(t, false)
	w.app.Send(model.Preview{Path: "/imaging/case", Row: -1, Now: w.Now})
	w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
	w.app.Send(model.OpenStudy{Now: w.Now})
	w.Until("loading", func() bool { return w.app.State().Loaded[model.PostSlot].Volume != nil })
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: geom.LPS(0, 0, 12)})
	w.draw()
	if !w.Has("No image at z 12.0") || !w.Has("8 slices missing") {
		t.Errorf("the hole is not named: %q", w.Labels())
	}
	compare(t, w, "en")
}

func TestRailOfLevelsAndItsWidth(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Drag(f32.Pt(147, 600), f32.Pt(70, 600), pointer.ButtonPrimary)
	if s.Settings.RailDP != 64 || w.saved.RailDP != 64 {
		t.Fatalf("the rail is %v dp wide, want 64", s.Settings.RailDP)
	}
	w.ClickOn("Level T11")
	if s.Reading.Level != levels[3] {
		t.Errorf("the rail led to %v", s.Reading.Level)
	}
	w.Drag(f32.Pt(63, 600), f32.Pt(5, 600), pointer.ButtonPrimary)
	if s.Settings.Rail {
		t.Error("the rail is not hidden")
	}
	w.Key(key.NameF9, 0)
	w.app.Send(model.Look{Change: func(r *model.Reading) { r.Layout = model.ThreePlanes }})
	w.app.Send(model.GoToLevel{Level: levels[1]})
	w.Key("V", 0)
	if !w.Has("mid-plane") || !w.Has("tilt 0.0° · rot 0.0°") {
		t.Errorf("the planes of the vertebra are not described: %q", w.Labels())
	}
	compare(t, w, "level-en")
}

// A series dragged into a view takes the place of the one shown there.
func TestSeriesDraggedIntoAView(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	pre := s.Loaded[model.PreSlot]
	w.Drag(w.Middle("series 1"), w.Middle("POST Sagittal"), pointer.ButtonPrimary)
	w.Until("the series", func() bool { return s.Loaded[model.PostSlot].Series == 0 })
	if s.Loaded[model.PostSlot].Volume != pre.Volume || s.Loaded[model.PreSlot].Volume != nil {
		t.Error("the series is not where it was dropped")
	}
	if s.Study.Series[0].Role != model.Post || s.Study.Series[1].Role != model.Other || s.Result != nil {
		t.Errorf("roles %v and %v, result %v", s.Study.Series[0].Role, s.Study.Series[1].Role, s.Result != nil)
	}
	w.Click(w.Middle("series 2"), pointer.ButtonSecondary)
	w.ClickOn("Use as PRE")
	w.Until("the other series", func() bool { return s.Loaded[model.PreSlot].Series == 1 })
}
