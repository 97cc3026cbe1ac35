package app

import (
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"path/filepath"
	"time"

	"gioui.org/layout"
	"gioui.org/op"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// lookingEffect carries out the effects of looking and measuring.
func (a *App) lookingEffect(_ layout.Context, e model.Effect) {
	lang := a.state.Settings.Lang
	switch e := e.(type) {
	case model.LoadSlot:
		a.start(model.LoadJob, lang, func(ctx context.Context) model.Msg {
			vol, err := a.config.Backend.Load(ctx, e.Study, e.Series, func(f float64) {
				a.progress(model.Progress{Kind: model.LoadJob, Fraction: f})
			})
			msg := model.SlotLoaded{Study: e.Study, Slot: e.Slot, Loaded: model.Loaded{Series: e.Series, Volume: vol}, Say: i18n.SeriesChanged.In(lang), Now: time.Now()}
			if err != nil {
				msg.Error = i18n.LoadFailed.In(lang, "why", dicomio.Message(err, lang))
			}
			return msg
		})
	case model.SaveView:
		picture := a.service.Snapshot(e.View)
		go func() {
			path, err := saveView(a.config.OutDir, picture)
			say := i18n.ViewWritten.In(lang, "path", path)
			if err != nil {
				say = i18n.NotWritten.In(lang, "why", err.Error())
			}
			a.Send(model.Say{Text: say, Now: time.Now()})
		}()
	case model.SaveMeasures:
		go func() {
			path, err := saveMeasures(a.config.OutDir, e.CSV)
			say := i18n.MeasuresSaved.In(lang, "path", path)
			if err != nil {
				say = i18n.NotWritten.In(lang, "why", err.Error())
			}
			a.Send(model.Say{Text: say, Now: time.Now()})
		}()
	}
}

// saveMeasures writes a file of measures under a name of its own; without a
// folder in the user's home.
func saveMeasures(dir, csv string) (string, error) {
	return saveNew(dir, "measures-", ".csv", func(w io.Writer) error {
		_, err := io.WriteString(w, csv)
		return err
	})
}

// saveView writes the picture of a view as a PNG file under a name of its own.
func saveView(dir string, m *image.RGBA) (string, error) {
	if m == nil {
		return "", errors.New("the view shows no picture")
	}
	return saveNew(dir, "view-", ".png", func(w io.Writer) error { return png.Encode(w, m) })
}

// saveNew writes a file that is named by the time and nothing of the patient.
func saveNew(dir, name, ext string, write func(io.Writer) error) (string, error) {
	dir, err := outDir(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name+time.Now().Format("20060102-150405.000")+ext)
	return path, export.WriteFile(path, write)
}

// play shows the frame or slice that is due and asks for the next.
func (a *App) play(gtx layout.Context, emit func(model.Msg)) {
	if a.state.Workspace == model.Fluoroscopy {
		a.state.Run.Ahead()
	}
	if !a.state.Run.Player.Playing {
		return
	}
	emit(model.Tick{Now: gtx.Now})
	if at, ok := a.state.NextTick(gtx.Now); ok {
		gtx.Execute(op.InvalidateCmd{At: at})
	}
}
