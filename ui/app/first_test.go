package app_test

import (
	"testing"

	"gioui.org/io/key"

	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/app"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/uitest"
)

func TestFirstRun(t *testing.T) {
	w := newWindow(t, full, func(s *model.Settings) { s.FirstRun = true })
	s := w.app.State()
	w.ClickOn("Language: Français")
	w.ClickOn("Thème: Clair")
	if s.Settings.Lang != text.French || !s.Settings.Light || s.Overlay != model.FirstRun {
		t.Fatalf("language %s, light %v", s.Settings.Lang, s.Settings.Light)
	}
	compare(t, w, "fr")
	w.Key(key.NameReturn, 0)
	if s.Overlay != model.NoOverlay || w.saved.FirstRun || w.saved.Lang != text.French {
		t.Error("Enter does not begin")
	}
	w.app.KeepSize(1500, 950)
	if w.saved.Width != 1500 || w.saved.Height != 950 {
		t.Errorf("size kept: %d x %d", w.saved.Width, w.saved.Height)
	}
}

// What does not fit into the memory is not read before the reader says how.
func TestMemoryIsForeseen(t *testing.T) {
	w := &window{backend: &backend{}}
	w.app = app.New(app.Config{Settings: model.DefaultSettings(text.English), Backend: w.backend, Wake: func() {},
		FreeMemory: func() (int64, bool) { return 6e6, true }})
	defer w.app.Close()
	w.Driver = uitest.New(t, full, w.app.Layout)
	w.backend.post, w.backend.pre = scan(t, true), scan(t, false)
	open := func() {
		w.app.Send(model.Preview{Path: "/imaging/case", Row: -1, Now: w.Now})
		w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
		w.app.Send(model.OpenStudy{Analyse: true, Now: w.Now})
		w.Until("the question", func() bool { return w.app.State().Overlay == model.MemoryDialog })
		w.Frame()
	}
	open()
	if !w.Has("This study needs 10\u00a0MB; 6\u00a0MB are free") || w.app.State().Loaded[model.PostSlot].Volume != nil {
		t.Fatalf("labels %q", w.Labels())
	}
	w.ClickOn("Do not load")
	if s := w.app.State(); s.Overlay != model.NoOverlay || s.Loaded[model.PostSlot].Volume != nil {
		t.Error("refusing loads")
	}
	open()
	w.ClickOn("Every second slice")
	w.Frame()
	if !w.Has("needs 5\u00a0MB") {
		t.Errorf("half of the slices: %q", w.Labels())
	}
	w.ClickOn("Load this part")
	w.Until("the part", func() bool { return w.app.State().Loaded[model.PostSlot].Volume != nil })
	if !w.backend.part.Second || w.backend.part.To != 0 {
		t.Errorf("the part read is %+v", w.backend.part)
	}
	open()
	w.ClickOn("Control CT only")
	w.Until("the control CT", func() bool { return w.app.State().Loaded[model.PostSlot].Volume != nil })
	if w.app.State().Loaded[model.PreSlot].Volume != nil {
		t.Error("the pre CT was loaded too")
	}
	open()
	w.ClickOn("Load all the same")
	w.Until("both", func() bool {
		l := w.app.State().Loaded
		return l[model.PostSlot].Volume != nil && l[model.PreSlot].Volume != nil
	})
	if free, ok := app.FreeMemory(); ok && free < 1<<20 {
		t.Errorf("%d bytes are free on this machine", free)
	}
}

// F6 goes round the parts of the window; Enter then acts where the keyboard is.
func TestF6GoesRound(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	w.app.Send(model.GoToLevel{Level: levels[3]})
	w.Frame()
	w.Key("F6", 0)
	w.Key(key.NameReturn, 0)
	if s.Reading.Level != levels[0] {
		t.Errorf("Enter in the panel leads to %s, want %s", s.Reading.Level, levels[0])
	}
	w.Key("F6", 0)
	w.Key(key.NameReturn, 0)
	if s.Overlay != model.Palette {
		t.Error("F6 does not reach the top bar")
	}
	w.Key(key.NameEscape, 0)
	w.Key("F6", 0)
	w.Key(key.NamePageDown, 0)
	if s.Reading.Level != levels[1] {
		t.Errorf("PageDown in the views leads to %s", s.Reading.Level)
	}
}
