package app

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"path/filepath"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
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
			msg := model.PicturesMade{Result: e.Result, Images: len(e.Own)}
			for n, k := range e.Own[:min(len(e.Own), model.PagePictures)] {
				if picture, ok := keyPicture(ctx, e.Result, e.Loaded, k); ok {
					caption := i18n.OwnImage.In(e.Lang, "n", e.Lang.Number(float64(n+1), 0), "level", k.Level)
					msg.Pictures = append(msg.Pictures, model.ReportPicture{Caption: caption, Image: shrunk(picture, pagePixels)})
				}
			}
			if p, err := export.NewPictures(ctx, e.Result, e.Lang); err == nil { // a page without pictures is a page
				msg.Images += len(p.Key)
				for _, k := range p.Key[:min(len(p.Key), model.PagePictures-len(msg.Pictures))] {
					msg.Pictures = append(msg.Pictures, model.ReportPicture{Caption: k.Caption, Image: shrunk(k.Picture, pagePixels)})
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
	if err := export.Write(ctx, path, e.Result, e.Options); err != nil {
		return "", err
	}
	for n, k := range e.Own {
		picture, ok := keyPicture(ctx, e.Result, e.Loaded, k)
		if !ok {
			continue
		}
		name := filepath.Join(path, fmt.Sprintf("key-image-%d.png", n+1))
		if err := export.WriteFile(name, func(w io.Writer) error { return png.Encode(w, picture) }); err != nil {
			return "", err
		}
	}
	return path, nil
}

// pagePixels is how wide a key image on the page is kept: twice its size on
// screen.
const pagePixels = 252

// shrunk returns a picture made narrower by the mean of the pixels that fall
// together; pictures that are narrow enough come back as they are.
func shrunk(m *image.RGBA, width int) *image.RGBA {
	from := m.Bounds().Size()
	if from.X <= width {
		return m
	}
	height := max(1, from.Y*width/from.X)
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		y0, y1 := y*from.Y/height, (y+1)*from.Y/height
		for x := range width {
			x0, x1 := x*from.X/width, (x+1)*from.X/width
			var sum [4]int
			for v := y0; v < y1; v++ {
				row := m.Pix[m.PixOffset(m.Rect.Min.X+x0, m.Rect.Min.Y+v):]
				for i := range 4 * (x1 - x0) {
					sum[i%4] += int(row[i])
				}
			}
			n := (y1 - y0) * (x1 - x0)
			for c := range sum {
				out.Pix[out.PixOffset(x, y)+c] = uint8((sum[c] + n/2) / n)
			}
		}
	}
	return out
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
