package app

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"gioui.org/layout"
	"gioui.org/op"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// lookingEffect carries out the effects of looking and measuring.
func (a *App) lookingEffect(_ layout.Context, e model.Effect) {
	lang := a.state.Settings.Lang
	switch e := e.(type) {
	case model.LoadRun:
		a.start(model.RunJob, lang, func(ctx context.Context) model.Msg {
			msg, err := a.config.Backend.Run(ctx, e.Study, e.Series, func(f float64) {
				a.progress(model.Progress{Kind: model.RunJob, Fraction: f})
			})
			msg.Study, msg.Series, msg.Now = e.Study, e.Series, time.Now()
			if err != nil {
				msg.Error = i18n.LoadFailed.In(lang, "why", err.Error())
			}
			return msg
		})
	case model.LoadSlot:
		a.start(model.LoadJob, lang, func(ctx context.Context) model.Msg {
			vol, err := a.config.Backend.Load(ctx, e.Study, e.Series, func(f float64) {
				a.progress(model.Progress{Kind: model.LoadJob, Fraction: f})
			})
			msg := model.SlotLoaded{Study: e.Study, Slot: e.Slot, Loaded: model.Loaded{Series: e.Series, Volume: vol}, Say: i18n.SeriesChanged.In(lang), Now: time.Now()}
			if err != nil {
				msg.Error = i18n.LoadFailed.In(lang, "why", err.Error())
			}
			return msg
		})
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
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, "Vertefill")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "measures-"+time.Now().Format("20060102-150405")+".csv")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(csv)
	if err2 := f.Close(); err == nil {
		err = err2
	}
	return path, err
}

// play shows the frame or slice that is due and asks for the next.
func (a *App) play(gtx layout.Context, emit func(model.Msg)) {
	if !a.state.Run.Player.Playing {
		return
	}
	emit(model.Tick{Now: gtx.Now})
	if at, ok := a.state.NextTick(gtx.Now); ok {
		gtx.Execute(op.InvalidateCmd{At: at})
	}
}
