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
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// runEffect carries out the effects of fluoroscopy.
func (a *App) runEffect(e model.Effect) {
	lang := a.state.Settings.Lang
	switch e := e.(type) {
	case model.LoadRun:
		a.start(model.RunJob, lang, func(ctx context.Context) model.Msg {
			msg, err := a.config.Backend.Run(ctx, e.Study, e.Series, e.Index, func(f float64) {
				a.progress(model.Progress{Kind: model.RunJob, Fraction: f})
			})
			a.keepReel(msg.Close, e.Second)
			msg.Study, msg.Series, msg.Index, msg.Second, msg.Now = e.Study, e.Series, e.Index, e.Second, time.Now()
			if err != nil {
				msg.Error = i18n.LoadFailed.In(lang, "why", dicomio.Message(err, lang))
			}
			return msg
		})
	case model.MeasureRun:
		a.start(model.MeasureJob, lang, func(ctx context.Context) model.Msg {
			found, err := a.config.Backend.MeasureRun(ctx, e, lang, func(f float64) {
				a.progress(model.Progress{Kind: model.MeasureJob, Fraction: f})
			})
			if err != nil {
				return e.Answer(nil, err.Error(), time.Now())
			}
			return e.Answer(found, "", time.Now())
		})
	case model.MeasureRod:
		go a.Send(e.Answer())
	case model.MakeRoadmap:
		a.start(model.RoadJob, lang, func(ctx context.Context) model.Msg {
			road, err := roadmap(ctx, e.Source, e.Motion, func(f float64) {
				a.progress(model.Progress{Kind: model.RoadJob, Fraction: f})
			})
			msg := model.RoadmapMade{Source: e.Source, Road: road, Now: time.Now()}
			if err != nil {
				msg.Error = i18n.LoadFailed.In(lang, "why", err.Error())
			}
			return msg
		})
	case model.SaveRun:
		a.start(model.ExportJob, lang, func(ctx context.Context) model.Msg {
			path, err := saveRun(ctx, a.config.OutDir, e)
			say := ""
			switch {
			case err != nil:
				say = i18n.NotWritten.In(lang, "why", err.Error())
			case e.What == model.RunFilm:
				say = i18n.FilmSaved.In(lang, "path", path, "warning", export.FilmWarning[index(lang == text.French)])
			case e.What == model.RunFrame:
				say = i18n.FrameSaved.In(lang, "path", path)
			default:
				say = i18n.CurveSaved.In(lang, "path", path)
			}
			return model.RunSaved{Say: say, Now: time.Now()}
		})
	}
}

// keepReel remembers how the frames of a run are let go; a run lets those of the one before go, its second projection does not.
func (a *App) keepReel(close func(), second bool) {
	a.mu.Lock()
	var old []func()
	if !second {
		old, a.reels = a.reels, nil
	}
	if close != nil {
		a.reels = append(a.reels, close)
	}
	a.mu.Unlock()
	for _, f := range old {
		f()
	}
}

// reelRange is the window from dark to bright of a run, judged on its first, middle and last frame.
func reelRange(c *volume.Cine, read func(int) ([]uint16, error)) render.FrameWindow {
	few := *c
	few.Pix, few.Frames, few.Corrupt = nil, 0, nil
	for _, k := range []int{0, c.Frames / 2, c.Frames - 1} {
		if pix, err := read(k); err == nil {
			few.Pix = append(few.Pix, pix...)
			few.Frames++
		}
	}
	return render.FrameRange(&few)
}

func index(on bool) int {
	if on {
		return 1
	}
	return 0
}

// roadPart is how many frames of a roadmap are made between two looks at whether it is still wanted.
const roadPart = 12

// roadmap finds the darkest that every pixel was, in parts so that it can stop.
func roadmap(ctx context.Context, source *fluoro.Run, motion []fluoro.Motion, progress func(float64)) (*volume.Cine, error) {
	p := fluoro.NewPlayer(source)
	look, err := p.Auto(source.Frames / 2)
	if err != nil {
		return nil, err
	}
	out := *source.Cine
	out.Frames, out.Times, out.Corrupt = 1, out.Times[:1], nil
	out.Slope, out.Intercept, out.White, out.Inverted = 1, 0, 255, false
	out.Pix = make([]uint16, out.NX*out.NY)
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	part := image.NewGray(image.Rect(0, 0, out.NX, out.NY))
	for k := 0; k < source.Frames; k += roadPart {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.Roadmap(k, min(k+roadPart, source.Frames)-1, look, motion, part); err != nil {
			return nil, err
		}
		for i, g := range part.Pix {
			out.Pix[i] = min(out.Pix[i], uint16(g))
		}
		progress(float64(k) / float64(source.Frames))
	}
	return &out, nil
}

// saveRun writes what is asked for under a name of its own, which holds nothing of the patient.
func saveRun(ctx context.Context, dir string, e model.SaveRun) (string, error) {
	dir, err := outDir(dir)
	if err != nil {
		return "", err
	}
	stamp := time.Now().Format("20060102-150405")
	switch e.What {
	case model.RunFrame:
		path := filepath.Join(dir, fmt.Sprintf("frame-%d-%s.png", e.Frame+1, stamp))
		picture, err := framePicture(ctx, &e.Run, e.Frame)
		if err != nil {
			return "", err
		}
		return path, export.WriteFile(path, func(w io.Writer) error { return png.Encode(w, picture) })
	case model.RunTable:
		path := filepath.Join(dir, "fluoro-"+stamp+".csv")
		return path, export.WriteFile(path, func(w io.Writer) error { return export.FluoroCSV(w, *e.Shown) })
	}
	path := filepath.Join(dir, "film-"+stamp+".gif")
	film := export.Film{Outline: true}
	if m := e.Look.Marks; m[1] > m[0] {
		film.From, film.To = m[0], m[1]-1
	}
	film.Look.Invert = e.Run.Window.Invert
	return path, export.WriteFile(path, func(w io.Writer) error { return film.GIF(ctx, w, e.Shown) })
}

// framePicture draws a frame pixel by pixel with the window in use.
func framePicture(ctx context.Context, p *model.Plane, k int) (*image.RGBA, error) {
	pix, err := p.Pixels(k)
	if err != nil {
		return nil, err
	}
	one := *p.Cine
	one.Frames, one.Pix, one.Corrupt = 1, pix, nil
	v := p.Fit(float64(one.NX), 0.1)
	height := one.NY
	if one.RowMM > 0 && one.ColMM > 0 {
		height = int(float64(one.NY)*one.RowMM/one.ColMM + 0.5)
	}
	port := render.Viewport{Centre: v.Centre, MMPerPixel: 1, Width: one.NX, Height: height}
	out := image.NewRGBA(image.Rect(0, 0, port.Width, port.Height))
	return out, render.DrawFrame(ctx, &one, 0, port, render.NewFrameTable(p.Cine, p.Window), out)
}

// MeasureRun implements Backend.
func (Core) MeasureRun(ctx context.Context, e model.MeasureRun, lang text.Lang, progress func(float64)) (*model.RunFound, error) {
	source := e.Study.Series[e.Series].Source
	d := *source.Runs[e.Index]
	d.Cal = e.Calibration
	runs, findings, err := assess.Fluoro(ctx, []*dicomio.Run{&d}, nil, e.CT, lang, progress)
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return nil, notMeasured(findings, lang)
	}
	out := &model.RunFound{FluoroResult: runs[0], Findings: findings}
	if e.Pair != nil {
		if err := bound(ctx, out, e, lang); err != nil {
			return nil, err
		}
	}
	if out.Placement != nil {
		out.Radiograph = out.RadiographOf(e.CT)
		out.Shapes = runShapes(out, e.CT)
	}
	return out, nil
}

// bound measures the other projection and finds what both bound; where they bound nothing, nothing is said. The error is that of
// the context.
func bound(ctx context.Context, out *model.RunFound, e model.MeasureRun, lang text.Lang) error {
	other := e.Study.Series[e.Pair.Series].Source.Runs[e.Pair.Index]
	runs, _, err := assess.Fluoro(ctx, []*dicomio.Run{other}, nil, nil, lang, nil)
	if err != nil || len(runs) == 0 {
		return ctx.Err()
	}
	hull, err := assess.UpperBound(&out.FluoroResult, &runs[0])
	if err != nil {
		return ctx.Err()
	}
	out.Report.Biplane = &assess.FluoroBiplane{OtherSeriesInstanceUID: other.Series.UID, TurnDegrees: hull.TurnDegrees, UpperBoundML: hull.UpperBoundML, ShiftMM: hull.ShiftMM}
	return nil
}

// notMeasured is the reason that the findings give.
func notMeasured(findings []diag.Finding, lang text.Lang) error {
	for _, f := range findings {
		return fmt.Errorf("%s", f.Message(lang))
	}
	return fmt.Errorf("no frame can be read")
}
