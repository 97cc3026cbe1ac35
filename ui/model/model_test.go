package model_test

import (
	"image"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
)

func newState() *model.State { return model.New(model.DefaultSettings(text.English)) }

// Shortcuts must be unique, ids too, and every icon must exist.
func TestRegistry(t *testing.T) {
	keys, ids := map[model.Key]string{}, map[string]bool{}
	for _, a := range model.Actions() {
		if ids[a.ID] {
			t.Errorf("two actions are called %s", a.ID)
		}
		ids[a.ID] = true
		if _, ok := icon.All[a.Icon]; !ok {
			t.Errorf("%s: no icon %q", a.ID, a.Icon)
		}
		if a.Label.EN == "" || a.Group.EN == "" || a.Msg == nil {
			t.Errorf("%s: label, group or message is missing", a.ID)
		}
		for _, k := range a.Keys {
			if other, ok := keys[k]; ok {
				t.Errorf("%s and %s share %s", a.ID, other, k.String(text.English))
			}
			keys[k] = a.ID
		}
	}
}

// Every action must leave an empty window alone or say why it cannot act.
func TestActionsOnEmptyWindow(t *testing.T) {
	for _, a := range model.Actions() {
		s := newState()
		if a.Reason(s) == "" {
			s.Apply(a.Msg(s, time.Now()))
		}
	}
}

func TestKeyLabels(t *testing.T) {
	k := model.Key{Name: "⇞", Shift: true}
	if en, fr := k.String(text.English), k.String(text.French); en != "Shift PgUp" || fr != "Maj Pg↑" {
		t.Errorf("%q and %q", en, fr)
	}
}

func TestUndoIsBoundedAndExact(t *testing.T) {
	s := newState()
	const steps = 3 * model.HistoryLimit
	for i := range steps {
		s.Apply(model.Look{Change: func(r *model.Reading) { r.Slab.Thickness = 1; r.Opacity = float64(i) }})
	}
	n := 0
	for s.CanUndo() {
		s.Apply(model.Undo{})
		n++
	}
	if n < model.HistoryLimit || n > model.HistoryLimit*11/10 || s.Reading.Opacity != float64(steps-n-1) {
		t.Errorf("%d steps back to %v of %d", n, s.Reading.Opacity, steps)
	}
	for s.CanRedo() {
		s.Apply(model.Redo{})
	}
	if s.Reading.Opacity != steps-1 {
		t.Errorf("redo ends at %v, want %d", s.Reading.Opacity, steps-1)
	}
}

// A result that comes late, for a study closed meanwhile, must not appear.
func TestLateAnswersAreDropped(t *testing.T) {
	s := newState()
	first, second := &model.Study{Path: "a"}, &model.Study{Path: "b"}
	s.Study = second
	g, err := volume.NewRegularGrid(4, 4, 4, geom.Identity[geom.PatientFrame, geom.VoxelFrame](), "")
	if err != nil {
		t.Fatal(err)
	}
	s.Apply(model.SeriesLoaded{Study: first, Loaded: [2]model.Loaded{{Series: -1}, {Series: 0, Volume: volume.New(g)}}})
	if s.Loaded[model.PostSlot].Volume != nil {
		t.Error("images of a closed study are shown")
	}
	s.Apply(model.Analysed{Post: volume.New(g)})
	if s.Result != nil {
		t.Error("the result of a closed study is shown")
	}
}

func TestRecentStudies(t *testing.T) {
	s := newState()
	for i := range 15 {
		s.Browser.Preview = &model.Study{Path: strings.Repeat("x", 1+i%14), Series: []model.Series{{Role: model.Post}}}
		s.Apply(model.OpenStudy{Now: time.Now()})
	}
	list := s.Settings.Recent
	if len(list) != 12 || list[0].Path != "x" {
		t.Errorf("%d studies are remembered, the last is %q", len(list), list[0].Path)
	}
}

func TestSettingsStayInRange(t *testing.T) {
	s := newState()
	s.Apply(model.SetSettings{Change: func(x *model.Settings) { x.Scale, x.PanelDP = 900, 10 }})
	if s.Settings.Scale != 200 || s.Settings.PanelDP != 360 {
		t.Errorf("scale %d, panel %v", s.Settings.Scale, s.Settings.PanelDP)
	}
}

func TestRemainingTime(t *testing.T) {
	start := time.Now()
	j := model.Job{Started: start, Fraction: 0.5}
	if s, ok := j.Remaining(start.Add(10 * time.Second)); !ok || s < 10 || s > 11 {
		t.Errorf("half done after 10 s: %d s left (%v)", s, ok)
	}
	j.Fraction = 0.1
	if _, ok := j.Remaining(start.Add(10 * time.Second)); ok {
		t.Error("a tenth done: it is too early to say")
	}
}

// In a small room fewer views are shown; the layout that was chosen comes back
// with the room.
func TestFewerViewsInASmallRoom(t *testing.T) {
	s := newState()
	v := new(volume.Volume)
	s.Loaded = [2]model.Loaded{{Volume: v}, {Volume: v, Series: 1}}
	for _, c := range []struct {
		layout        model.Layout
		width, height int
		views         int
	}{
		{model.Triplets, 1080, 786, 6}, {model.Triplets, 1079, 786, 4}, {model.Triplets, 719, 786, 2}, {model.Grid4, 1080, 519, 2},
		{model.Grid4, 720, 520, 4}, {model.PlaneRow, 900, 786, 4}, {model.PlaneRow, 1080, 300, 3}, {model.Triplets, 0, 0, 6},
	} {
		s.Room, s.Reading.Layout, s.Workspace = image.Pt(c.width, c.height), c.layout, model.Read
		if got, _ := s.Grid(); len(got) != c.views {
			t.Errorf("layout %d in %d x %d: %d views, want %d", c.layout, c.width, c.height, len(got), c.views)
		}
		if all := map[model.Layout]int{model.Triplets: 6, model.Grid4: 4, model.PlaneRow: 3}[c.layout]; s.Crowded() != (c.views != all) {
			t.Errorf("layout %d in %d x %d: the reader is told %v", c.layout, c.width, c.height, s.Crowded())
		}
	}
}

// A view without a size or a picture cannot put a place that is none into the
// state.
func TestZoomOfNothing(t *testing.T) {
	s := newState()
	id := model.ViewID{Slot: model.PostSlot, Content: model.ThreeD}
	nan := geom.Pt[geom.PlaneFrame](math.NaN(), 0, 0)
	for _, m := range []model.Msg{
		model.ZoomBy{View: id, Factor: 2}, model.ZoomBy{View: id, Factor: 2, Fitted: model.View{MMPerDP: 1, Centre: nan}},
		model.ZoomBy{View: id, Factor: 2, At: nan, Fitted: model.View{MMPerDP: 1}}, model.SetView{ID: id, To: model.View{MMPerDP: math.Inf(1)}},
		model.SetView{ID: id, To: model.View{MMPerDP: 1, Centre: nan}},
	} {
		s.Apply(m)
		if v := s.View(id); v != (model.View{}) {
			t.Errorf("%+v leaves %+v", m, v)
		}
	}
}
