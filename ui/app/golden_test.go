package app_test

import (
	"image"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/golden"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/uitest/shot"
)

// windowTolerance allows for graphics drivers: text edges may differ a little.
func windowTolerance(size image.Point) golden.Tolerance {
	return golden.Tolerance{Channel: 12, Pixels: size.X * size.Y / 500}
}

// compare draws the window and compares it with its golden.
func compare(t *testing.T, w *window, name string) {
	t.Helper()
	w.draw()
	golden.Close(t, name, shot.Draw(t, w.Size, w.Frame()), windowTolerance(w.Size))
}

func french(s *model.Settings) { s.Lang = text.French }

func TestPictureEmpty(t *testing.T) { compare(t, newWindow(t, full, french), "fr") }

func TestPictureReading(t *testing.T) {
	compare(t, reading(t, full, french), "fr")
	w := reading(t, image.Pt(1100, 700), func(s *model.Settings) { s.Light = true })
	compare(t, w, "en-light-small")
	w = reading(t, image.Pt(1920, 1080), func(s *model.Settings) { s.Scale = 150 })
	w.Do("rail")
	w.Do("panel")
	w.app.Send(model.Look{Change: func(r *model.Reading) { r.Layout = model.Triplets }})
	compare(t, w, "en-triplets-150")
}

func TestPictureBrowser(t *testing.T) {
	w := newWindow(t, full, nil)
	w.app.Send(model.FolderListed{Dir: "/imaging", Entries: []model.Entry{{Name: "case", Dir: true}, {Name: "other", Dir: true}, {Name: "notes.txt", Bytes: 2100}}})
	w.app.Send(model.Preview{Path: "/imaging/case", Row: 0, Now: w.Now})
	w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
	compare(t, w, "en")
}

func TestPictureProgress(t *testing.T) {
	w := newWindow(t, full, french)
	w.backend.hold = make(chan struct{})
	w.load(t)
	w.Until("a stage", func() bool { j, _ := w.app.State().Job(model.AnalyseJob); return j.Stage == "registration" })
	j := &w.app.State().Jobs[0]
	for i := range j.Done {
		j.Done[i].Took = 14_800_000_000
	}
	compare(t, w, "fr")
}

func TestPictureDialogs(t *testing.T) {
	w := reading(t, full, nil)
	for name, o := range map[string]model.Overlay{"palette": model.Palette, "keyboard": model.Keyboard, "settings": model.SettingsDialog} {
		w.app.Send(model.SetOverlay{To: o})
		compare(t, w, name)
	}
	w.app.Send(model.SetOverlay{To: model.SettingsDialog})
	for _, part := range []string{"Windows", "Attention limits", "About"} {
		w.Frame()
		w.ClickOn(part)
		compare(t, w, "settings-"+strings.ToLower(strings.Fields(part)[0]))
	}
	w.app.Send(model.SetOverlay{To: model.NoOverlay})
	w.app.Send(model.ShowProblems{On: true})
	compare(t, w, "problems")
}

func TestPicturePlanes(t *testing.T) {
	w := reading(t, full, nil)
	w.app.Send(model.Look{Change: func(r *model.Reading) { r.Layout = model.ThreePlanes }})
	compare(t, w, "en")
}
