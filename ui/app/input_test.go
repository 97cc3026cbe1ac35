package app_test

import (
	"testing"
	"time"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/model"
)

func near(a, b geom.Patient, mm float64) bool { return a.Dist(b) <= mm }

const notch = 20 // scroll distance of the test window

func TestOpenStudyFromEmptyWindow(t *testing.T) {
	w := newWindow(t, full, nil)
	w.backend.post, w.backend.pre = scan(t, true), scan(t, false)
	w.ClickOn("Demonstration case")
	w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
	w.ClickOn("Open and analyse")
	w.Until("the result", func() bool { return w.app.State().Result != nil })
	s := w.app.State()
	if s.Workspace != model.Read || s.Reading.Leak != 1 {
		t.Errorf("workspace %v, leak %d: want the reading room at the leak", s.Workspace, s.Reading.Leak)
	}
	if len(w.saved.Recent) != 1 || w.saved.Recent[0].Path != "/imaging/case" {
		t.Errorf("recent studies saved: %v", w.saved.Recent)
	}
}

func TestEnterOpensPreview(t *testing.T) {
	w := newWindow(t, full, nil)
	w.backend.post, w.backend.pre = scan(t, true), scan(t, false)
	w.app.Send(model.Preview{Path: "/imaging/case", Row: -1, Now: w.Now})
	w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
	w.Key(key.NameReturn, 0)
	if w.app.State().Workspace != model.Read {
		t.Error("Enter did not open the study")
	}
}

func TestFolderWithoutImages(t *testing.T) {
	w := newWindow(t, full, nil)
	w.app.Send(model.Preview{Path: "/empty", Row: -1, Now: w.Now})
	w.Until("the answer", func() bool { return w.app.State().Browser.Empty != nil })
	if !w.Has("214 files were looked at") {
		t.Error("the window does not say what it looked at")
	}
}

func TestRoleByHand(t *testing.T) {
	w := newWindow(t, full, nil)
	w.app.Send(model.Preview{Path: "/imaging/case", Row: -1, Now: w.Now})
	w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
	w.ClickOn("Role")
	w.ClickOn("Use as PRE")
	p := w.app.State().Browser.Preview
	roles := [2]model.Role{p.Series[0].Role, p.Series[1].Role}
	if roles != [2]model.Role{model.Other, model.Pre} && roles != [2]model.Role{model.Pre, model.Other} && roles != [2]model.Role{model.Pre, model.Post} {
		t.Fatalf("roles %v", roles)
	}
	if n := p.ByRole(model.Pre); n < 0 {
		t.Error("no series is PRE")
	}
	w.Key("Z", key.ModShortcut)
	if p := w.app.State().Browser.Preview; p.Series[0].Role != model.Pre || p.Series[1].Role != model.Post {
		t.Error("undo did not bring the roles back")
	}
}

func TestWheelMovesLinkedViews(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	before, link := s.Reading.Cursor[model.PostSlot], s.Link()
	at := w.Middle("POST Axial")
	w.Scroll(at, notch/2, 0) // X11 sends a notch as two halves
	if s.Reading.Cursor[model.PostSlot] != before {
		t.Fatal("half a notch moved a slice")
	}
	w.Scroll(at, notch/2, 0)
	after := s.Reading.Cursor[model.PostSlot]
	if want := before.Add(geom.LPSVec(0, 0, -voxelMM)); !near(after, want, 1e-6) {
		t.Errorf("a notch went to %v, want %v", after, want)
	}
	if pre := s.CursorIn(model.PreSlot); !near(pre, link.PreFromPost.Apply(after), 1e-6) || !near(pre, after.Add(shift), 1e-6) {
		t.Errorf("pre is at %v, want %v", pre, after.Add(shift))
	}
	w.Scroll(at, notch, key.ModShift)
	if got := after.Z - s.Reading.Cursor[model.PostSlot].Z; got != 10*voxelMM {
		t.Errorf("Shift and wheel moved %v mm, want 10 slices", got)
	}
	w.Key(key.NameHome, 0)
	w.Key(key.NameEnd, 0)
	if z := s.Reading.Cursor[model.PostSlot].Z; z != 89 && z != -90 {
		// the focused view is sagittal after loading: x goes to its end there
		if x := s.Reading.Cursor[model.PostSlot].X; x != 59 && x != -60 {
			t.Errorf("End went to %v", s.Reading.Cursor[model.PostSlot])
		}
	}
}

func TestWindowByDragAndKeys(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	at := w.Middle("POST Axial")
	w.Drag(at, at.Add(f32.Pt(60, 0)), pointer.ButtonPrimary)
	if got := s.Reading.Window[model.PostSlot]; got.Width <= render.SpineBone.Width {
		t.Errorf("drag to the right gave width %v, want wider", got.Width)
	}
	if s.Reading.Window[0] != s.Reading.Window[1] {
		t.Error("linked windows differ")
	}
	for _, c := range []struct {
		key  key.Name
		want render.Window
	}{{"1", render.SpineBone}, {"2", render.Cement}, {"3", render.SoftTissue}, {"4", render.Lung}} {
		w.Key(c.key, 0)
		if got := s.Reading.Window[model.PostSlot]; got != c.want {
			t.Errorf("key %s: %v, want %v", c.key, got, c.want)
		}
	}
	w.Key("I", 0)
	if !s.Reading.Window[model.PostSlot].Invert {
		t.Error("I did not invert")
	}
	w.Key("0", 0)
	if got := s.Reading.Window[model.PostSlot]; got.Width == render.Lung.Width {
		t.Error("0 did not fit the window")
	}
	w.Key("Z", key.ModShortcut)
	if got := s.Reading.Window[model.PostSlot]; got.Width != render.Lung.Width || !got.Invert {
		t.Errorf("undo gave %v", got)
	}
	w.Key("Y", key.ModShortcut)
	if got := s.Reading.Window[model.PostSlot]; got.Width == render.Lung.Width {
		t.Error("redo did nothing")
	}
}

func TestPanAndZoom(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	id := model.ViewID{Slot: model.PostSlot, Content: model.Axial}
	at := w.Middle("POST Axial")
	before := s.View(id)
	w.Drag(at, at.Add(f32.Pt(40, 20)), pointer.ButtonTertiary)
	after := s.View(id)
	mm := before.MMPerDP
	if d := after.Centre.Sub(before.Centre); d.X > -30*mm || d.Y > -10*mm {
		t.Errorf("middle drag moved the centre by %v", d)
	}
	w.Drag(at, at.Add(f32.Pt(0, 60)), pointer.ButtonSecondary)
	if s.View(id).MMPerDP == after.MMPerDP {
		t.Error("right drag did not zoom")
	}
	z := s.View(id).MMPerDP
	w.Scroll(at, -notch, key.ModCtrl)
	if s.View(id).MMPerDP >= z {
		t.Error("Ctrl and wheel forwards did not enlarge")
	}
	if s.View(model.ViewID{Slot: model.PreSlot, Content: model.Axial}) != s.View(id) {
		t.Error("linked views have unlike zoom")
	}
	w.Key("R", 0)
	if s.View(id).MMPerDP != 0 {
		t.Error("R did not fit the view")
	}
}

func TestToolKeys(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	for _, c := range []struct {
		key  key.Name
		want model.Tool
	}{{"Q", model.ScrollTool}, {"Z", model.ZoomTool}, {"H", model.PanTool}, {"X", model.CrossTool}, {"W", model.WindowTool}} {
		w.Key(c.key, 0)
		if s.Reading.Tool != c.want {
			t.Errorf("key %s: tool %v, want %v", c.key, s.Reading.Tool, c.want)
		}
	}
	at := w.Middle("POST Axial")
	w.Key("Q", 0)
	z := s.Reading.Cursor[model.PostSlot].Z
	w.Drag(at, at.Add(f32.Pt(0, 40)), pointer.ButtonPrimary)
	if s.Reading.Cursor[model.PostSlot].Z == z {
		t.Error("the scroll tool moved no slice")
	}
	w.Key("H", 0)
	id := model.ViewID{Slot: model.PostSlot, Content: model.Axial}
	before := s.View(id).Centre
	w.Drag(at, at.Add(f32.Pt(40, 0)), pointer.ButtonPrimary)
	if s.View(id).Centre == before {
		t.Error("the pan tool moved nothing")
	}
	w.Key("Z", 0)
	zoom := s.View(id).MMPerDP
	w.Drag(at, at.Add(f32.Pt(0, 40)), pointer.ButtonPrimary)
	if s.View(id).MMPerDP == zoom {
		t.Error("the zoom tool changed nothing")
	}
}

func TestCrosshairPoints(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Key("X", 0)
	before := s.Reading.Cursor[model.PostSlot]
	mm := s.View(model.ViewID{Slot: model.PostSlot, Content: model.Axial}).MMPerDP
	at := w.Middle("POST Axial")
	w.Click(at, pointer.ButtonPrimary)
	w.Click(at.Add(f32.Pt(40, 0)), pointer.ButtonPrimary)
	got := s.Reading.Cursor[model.PostSlot]
	if got.Z != before.Z {
		t.Errorf("a click in the axial plane moved it from %v to %v", before.Z, got.Z)
	}
	w.Click(at, pointer.ButtonPrimary)
	if d := got.X - s.Reading.Cursor[model.PostSlot].X; d < 39*mm || d > 41*mm {
		t.Errorf("40 px are %v mm, want %v", d, 40*mm)
	}
	// The same point clicked in the pre CT leads to the same place.
	pre := w.Middle("PRE Axial")
	w.Click(pre, pointer.ButtonPrimary)
	if now := s.Reading.Cursor[model.PostSlot]; !near(now, s.Reading.Cursor[model.PostSlot], 1) || now.Z != before.Z {
		t.Errorf("a click in the pre CT went to %v", now)
	}
}

func TestRowsAndLeaksTakeViewsThere(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.ClickOn("T11")
	if s.Reading.Level != anatomy.T11 || !near(s.Reading.Cursor[model.PostSlot], bodyCentre(3), 1e-6) {
		t.Errorf("the row of T11 led to %v at %v", s.Reading.Level, s.Reading.Cursor[model.PostSlot])
	}
	w.ClickOn("T9 Canal, epidural")
	if s.Reading.Leak != 1 || !near(s.Reading.Cursor[model.PostSlot], leakCentre, 1) {
		t.Errorf("the leak led to %d at %v", s.Reading.Leak, s.Reading.Cursor[model.PostSlot])
	}
	w.Key(key.NamePageDown, 0)
	if s.Reading.Level != anatomy.T10 {
		t.Errorf("PageDown led to %v", s.Reading.Level)
	}
	w.Key(key.NamePageUp, 0)
	w.Key("F", 0)
	if s.Reading.Leak != 1 {
		t.Error("F did not go to the leak")
	}
	w.Key("G", 0)
	w.Key("1", 0)
	w.Key("2", 0)
	if s.Reading.Level != anatomy.T12 {
		t.Errorf("G 1 2 led to %v", s.Reading.Level)
	}
	w.Now = w.Now.Add(2 * time.Second)
	w.Key("1", 0)
	if s.Reading.Window[model.PostSlot] != render.SpineBone || s.Reading.Level != anatomy.T12 {
		t.Error("a digit long after G is still a level")
	}
	w.Key("V", 0)
	if !s.Reading.Aligned {
		t.Error("V did not align the planes")
	}
}

func TestOverlaysAndCorners(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Press(key.NameSpace, 0)
	if !s.Reading.Hidden {
		t.Error("Space does not hide overlays")
	}
	w.Release(key.NameSpace, 0)
	if s.Reading.Hidden {
		t.Error("overlays stay hidden after Space")
	}
	w.Key(key.NameSpace, key.ModShift)
	if s.Reading.Layers != model.Outlines {
		t.Errorf("Shift+Space: layers %v", s.Reading.Layers)
	}
	w.Key("N", 0)
	if s.Reading.Corners != model.PositionOnly {
		t.Errorf("N: corners %v", s.Reading.Corners)
	}
	w.Key("D", 0)
	if s.Reading.Slab.Thickness != 10 {
		t.Errorf("D: slab %v", s.Reading.Slab)
	}
	w.Scroll(w.Middle("POST Axial"), -notch, key.ModAlt)
	if s.Reading.Slab.Thickness != 11 {
		t.Errorf("Alt and wheel: slab %v, want 11 mm", s.Reading.Slab)
	}
}

func TestLayouts(t *testing.T) {
	w := reading(t, full, nil)
	for _, c := range []struct {
		label string
		views int
	}{{"Pre and post side by side", 2}, {"Two triplets", 6}, {"2 × 2 views", 4}} {
		w.ClickOn(c.label)
		if got, _ := w.app.State().Grid(); len(got) != c.views {
			t.Errorf("%s: %d views, want %d", c.label, len(got), c.views)
		}
	}
	w.DoubleClick(w.Middle("POST Axial"))
	if got, _ := w.app.State().Grid(); len(got) != 1 || got[0].Content != model.Axial {
		t.Errorf("a double click shows %v", got)
	}
	w.DoubleClick(w.Middle("POST Axial"))
	if got, _ := w.app.State().Grid(); len(got) != 4 {
		t.Errorf("a second double click shows %v", got)
	}
}

func TestTurn3D(t *testing.T) {
	w := reading(t, full, nil)
	w.ClickOn("Three planes and 3D")
	s := w.app.State()
	before := s.Plane(model.ViewID{Slot: model.PostSlot, Content: model.ThreeD})
	at := w.Middle("POST 3D")
	w.Drag(at, at.Add(f32.Pt(80, 30)), pointer.ButtonPrimary)
	after := s.Plane(model.ViewID{Slot: model.PostSlot, Content: model.ThreeD})
	if before == after || s.Reading.Window[model.PostSlot] != render.SpineBone {
		t.Error("a drag on the 3D view does not turn it")
	}
	if det := after.Det(); det < 0.999 || det > 1.001 {
		t.Errorf("the turned plane has determinant %v", det)
	}
}

func TestOpacity(t *testing.T) {
	w := reading(t, full, nil)
	r, ok := w.Bounds("Opacity of the overlays")
	if !ok {
		t.Fatal("no slider")
	}
	w.Click(f32.Pt(float32(r.Min.X+r.Max.X)/2, float32(r.Min.Y+r.Max.Y)/2), pointer.ButtonPrimary)
	if o := w.app.State().Reading.Opacity; o != 0.5 {
		t.Errorf("a click in the middle of the slider gives %v", o)
	}
}

func TestUnlink(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	pre := s.CursorIn(model.PreSlot)
	w.ClickOn("Link views")
	if s.Reading.Linked || !near(s.CursorIn(model.PreSlot), pre, 1e-6) {
		t.Errorf("unlinked views jump from %v to %v", pre, s.CursorIn(model.PreSlot))
	}
	w.Scroll(w.Middle("POST Axial"), notch, 0)
	if !near(s.CursorIn(model.PreSlot), pre, 1e-6) {
		t.Error("an unlinked view moved along")
	}
}

func TestContextMenu(t *testing.T) {
	w := reading(t, full, nil)
	w.Click(w.Middle("POST Axial"), pointer.ButtonSecondary)
	w.Key(key.NameEscape, 0)
	if _, open := w.Bounds("Reset view"); open {
		t.Error("Escape did not close the menu")
	}
	w.Click(w.Middle("POST Axial"), pointer.ButtonSecondary)
	w.ClickOn("Soft tissue")
	if got := w.app.State().Reading.Window[model.PostSlot]; got != render.SoftTissue {
		t.Errorf("the menu gave the window %v", got)
	}
}

func TestPaletteRunsCommands(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Key("K", key.ModShortcut)
	if s.Overlay != model.Palette {
		t.Fatal("Ctrl+K did not open the palette")
	}
	w.Type("cem")
	if s.Reading.Window[model.PostSlot] != render.SpineBone {
		t.Error("letters typed into the palette acted as shortcuts")
	}
	w.Key(key.NameReturn, 0)
	if s.Overlay != model.NoOverlay || s.Reading.Window[model.PostSlot] != render.Cement {
		t.Errorf("overlay %v, window %v: want the cement window", s.Overlay, s.Reading.Window[model.PostSlot])
	}
	w.Key("K", key.ModShortcut)
	w.Key(key.NameEscape, 0)
	if s.Overlay != model.NoOverlay {
		t.Error("Escape did not close the palette")
	}
}

func TestHelpAndSettings(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Key("?", key.ModShift)
	if s.Overlay != model.Keyboard || !w.Has("slice; with Shift 10") {
		t.Error("? does not show the help")
	}
	w.Key(key.NameEscape, 0)
	w.ClickOn("Settings")
	w.ClickOn("Light")
	if !s.Settings.Light || !w.saved.Light {
		t.Error("the theme was not changed and kept")
	}
	w.Key(key.NameEscape, 0)
	w.ClickOn("Français")
	if s.Settings.Lang != text.French || !w.Has("Résultats") {
		t.Error("the language did not change at once")
	}
}

func TestStopAnalysis(t *testing.T) {
	w := newWindow(t, full, nil)
	w.backend.hold = make(chan struct{})
	w.load(t)
	w.Until("progress", func() bool { j, _ := w.app.State().Job(model.AnalyseJob); return j.Stage == "registration" })
	w.Key(key.NameEscape, 0)
	if _, running := w.app.State().Job(model.AnalyseJob); running {
		t.Error("Escape did not stop the analysis")
	}
	eventually(t, "cancelling the core", w.backend.stopped.Load)
	if w.app.State().Result != nil {
		t.Error("a stopped analysis left a result")
	}
}

func TestBrokenJobLeavesWindowAlive(t *testing.T) {
	w := newWindow(t, full, nil)
	w.backend.broken = true
	w.load(t)
	w.Until("the message", func() bool { return w.Has("Something in the program failed: a bug") })
	if _, running := w.app.State().Job(model.AnalyseJob); running {
		t.Error("the broken job still runs")
	}
}

func TestProblemsList(t *testing.T) {
	w := reading(t, full, nil)
	w.ClickOn("Problems")
	if !w.app.State().Problems || !w.Has("cement-saturated") {
		t.Fatal("the problems are not listed")
	}
	w.ClickOn("Show")
	if w.app.State().Reading.Level != anatomy.T9 {
		t.Errorf("Show led to %v", w.app.State().Reading.Level)
	}
}

func TestAnonymousView(t *testing.T) {
	w := reading(t, full, nil)
	w.app.Send(model.SetAnonymous{On: true})
	w.Frame()
	w.Frame()
	for _, secret := range []string{"EXAMPLE", "Alix", "4471", "2026-03"} {
		if w.Has(secret) {
			t.Errorf("the anonymised view shows %q", secret)
		}
	}
}

func TestPanelsByKeys(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Key(key.NameF9, 0)
	w.Key(key.NameF10, 0)
	if s.Settings.Rail || s.Settings.Panel {
		t.Error("F9 and F10 do not hide rail and panel")
	}
}

func TestTooltip(t *testing.T) {
	w := reading(t, full, nil)
	at := w.Middle("Align planes to T9")
	w.Hover(at)
	if w.Has("follow the body’s own axes") {
		t.Error("the tooltip comes at once")
	}
	w.Now = w.Now.Add(time.Second)
	w.Hover(at)
	if !w.Has("follow the body’s own axes") {
		t.Error("no tooltip after a second")
	}
}
