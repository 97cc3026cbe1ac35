package app

import (
	"context"
	"path/filepath"
	"time"

	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/ui/model"
)

// reportEffect carries out the effects of the report.
func (a *App) reportEffect(e model.Effect) {
	lang := a.state.Settings.Lang
	switch e := e.(type) {
	case model.MakePictures:
		a.start(model.PictureJob, lang, func(ctx context.Context) model.Msg {
			msg := model.PicturesMade{Result: e.Result}
			if p, err := export.NewPictures(ctx, e.Result, e.Lang); err == nil { // a page without pictures is a page
				for _, k := range p.Key {
					msg.Pictures = append(msg.Pictures, model.ReportPicture{Caption: k.Caption, Image: k.Picture})
				}
			}
			return msg
		})
	case model.WriteReport:
		a.start(model.ExportJob, lang, func(ctx context.Context) model.Msg {
			path, err := writeReport(ctx, a.config.OutDir, e)
			msg := model.ExportDone{Path: path, Now: time.Now()}
			if err != nil {
				msg.Error = err.Error()
			}
			return msg
		})
	}
}

// writeReport writes the files into a folder of their own, named by the time
// and nothing of the patient.
func writeReport(ctx context.Context, dir string, e model.WriteReport) (string, error) {
	dir, err := outDir(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "report-"+time.Now().Format("20060102-150405"))
	return path, export.Write(ctx, path, e.Result, e.Options)
}
