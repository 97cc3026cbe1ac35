package app

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"path/filepath"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/deid"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/proof"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// reportEffect carries out the effects of the report.
func (a *App) reportEffect(e model.Effect) {
	lang := a.state.Settings.Lang
	switch e := e.(type) {
	case model.MakePictures:
		a.start(model.PictureJob, lang, func(ctx context.Context) model.Msg {
			p, err := export.NewPictures(ctx, e.Result, e.Lang)
			if err != nil { // a page without pictures is a page
				p = &export.Pictures{}
			}
			p.Key = append(kept(ctx, e.Result, e.Loaded, e.Own, e.Lang), p.Key...)
			return model.PicturesMade{Result: e.Result, Pictures: p}
		})
	case model.MakePage:
		a.start(model.PageJob, lang, func(ctx context.Context) model.Msg { return e.Made(makePage(ctx, e)) })
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

// makePage draws a page of the report, or makes its text.
func makePage(ctx context.Context, e model.MakePage) (picture *image.RGBA, pages int, text string, err error) {
	var b bytes.Buffer
	if e.AsText {
		err = export.RISText(&b, &e.Result.Report, e.Options, e.Options.TextTemplate)
		return nil, 0, b.String(), err
	}
	if err = export.PDF(ctx, &b, e.Result, e.Options); err != nil {
		return nil, 0, "", err
	}
	d, err := proof.Open(b.Bytes())
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, 0, "", err
	}
	picture, err = d.Picture(max(0, min(e.Page, d.Len()-1)), e.PxPerPoint)
	return picture, d.Len(), "", err
}

// kept draws the views that the reader kept, for the first page.
func kept(ctx context.Context, r *assess.Result, loaded [2]model.Loaded, own []model.KeyImage, l text.Lang) (out []export.KeyImage) {
	for n, k := range own {
		if picture, ok := keyPicture(ctx, r, loaded, k); ok {
			out = append(out, export.KeyImage{Caption: i18n.OwnImage.In(l, "n", l.Number(float64(n+1), 0), "level", k.Level), Picture: picture})
		}
	}
	return out
}

// writeReport writes the files into a folder of their own, named by the time
// and nothing of the patient.
func writeReport(ctx context.Context, dir string, e model.WriteReport) (string, error) {
	dir, err := outDir(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "report-"+time.Now().Format("20060102-150405"))
	result := e.Result
	if e.Removed {
		m, err := deid.NewMapping() // kept nowhere: nothing leads back
		if err != nil {
			return "", err
		}
		if result, err = export.Deidentified(result, deid.NewCleaner(deid.Options{}, m)); err != nil {
			return "", err
		}
	}
	e.Options.Kept = kept(ctx, e.Result, e.Loaded, e.Own, e.Options.Lang)
	if err := export.Write(ctx, path, result, e.Options); err != nil {
		return "", err
	}
	for n, k := range e.Options.Kept {
		name := filepath.Join(path, fmt.Sprintf("key-image-%d.png", n+1))
		if err := export.WriteFile(name, func(w io.Writer) error { return png.Encode(w, k.Picture) }); err != nil {
			return "", err
		}
	}
	return path, nil
}

// Key images are drawn so many pixels wide and high, as large as this many dp
// of a view.
const keyPixels, keyDP, keyMMPerDP = 460, 400, 0.4

// keyPicture draws a view that the reader kept, with the contours; ok is false
// for views that are no planes of a CT.
func keyPicture(ctx context.Context, r *assess.Result, loaded [2]model.Loaded, k model.KeyImage) (*image.RGBA, bool) {
	if k.View.Content > model.Coronal || k.View.Slot < 0 || int(k.View.Slot) >= len(loaded) || loaded[k.View.Slot].Volume == nil {
		return nil, false
	}
	m := k.Plane
	axis := func(i int) geom.PatientVec { return geom.LPSVec(m[i], m[4+i], m[8+i]) }
	plane := geom.FromAxes[geom.PatientFrame, geom.PlaneFrame](geom.LPS(m[3], m[7], m[11]), axis(0), axis(1), axis(2))
	mm := k.Shown.MMPerDP
	if mm <= 0 {
		mm = keyMMPerDP
	}
	v := render.Viewport{PatientFromPlane: plane, Centre: k.Shown.Centre, MMPerPixel: unit.MM(mm * keyDP / keyPixels), Width: keyPixels, Height: keyPixels}
	out := image.NewRGBA(image.Rect(0, 0, keyPixels, keyPixels))
	if render.Slice(ctx, loaded[k.View.Slot].Volume, render.View{Viewport: v, Interp: render.InterpCubic}, render.NewLUT(k.Window, render.Grey, render.NoMark), out) != nil {
		return nil, false
	}
	if k.View.Slot == model.PostSlot && r.Spine != nil {
		render.DrawOutlines(out, v, export.Outlines(r, plane, k.Leak), 1.4, 1)
	}
	return out, true
}
