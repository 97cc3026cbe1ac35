package app

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"gioui.org/io/clipboard"
	"gioui.org/io/transfer"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/overlay"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// Backend is the core as the window needs it. Its methods run off the UI
// goroutine and return soon after the context is done.
type Backend interface {
	// Scan looks into a folder or file. soFar, which may be nil, hears of the
	// series found before the end.
	Scan(ctx context.Context, path string, progress func(fraction float64), soFar func(*model.Study)) (*model.Study, error)
	// Thumbnail draws a series of a scanned study small; nil when it cannot.
	Thumbnail(ctx context.Context, x model.Series) *image.RGBA
	// Load reads a series of a scanned study.
	Load(ctx context.Context, s *model.Study, series int, progress func(fraction float64)) (*volume.Volume, error)
	// LoadPart reads some slices of a series.
	LoadPart(ctx context.Context, s *model.Study, series int, part model.Part, progress func(fraction float64)) (*volume.Volume, error)
	// Run reads a fluoroscopy run of a scanned study.
	Run(ctx context.Context, s *model.Study, series, index int, progress func(fraction float64)) (model.RunLoaded, error)
	// MeasureRun measures a fluoroscopy run.
	MeasureRun(ctx context.Context, e model.MeasureRun, lang text.Lang, progress func(fraction float64)) (*model.RunFound, error)
	// Analyse measures. Stages are those of model.Stages; the fraction is that
	// of the whole. interim hears what is there before the end.
	Analyse(ctx context.Context, e model.Analyse, progress func(stage string, fraction float64), interim func(*assess.Result)) (*assess.Result, error)
	// Header lists the DICOM header of the first image of a series.
	Header(s *model.Study, series int) ([]model.HeaderLine, error)
	// Contents looks into an entry of a folder, as far as it can soon.
	Contents(ctx context.Context, path string) model.Contents
	// Demo makes the demonstration case, once, and returns its folder.
	Demo(ctx context.Context) (string, error)
}

// pasteTag receives the clipboard's text.
type pasteTag struct{ waiting bool }

// carryOut does what a message asked for.
func (a *App) carryOut(gtx layout.Context, e model.Effect) {
	lang := a.state.Settings.Lang
	switch e := e.(type) {
	case model.ListFolder:
		a.list(e.Dir)
	case model.ScanStudy:
		recent := a.state.RecentPaths()
		a.start(model.ScanJob, lang, func(ctx context.Context) model.Msg {
			if e.Over != nil && overlay.Handles(e.Path) {
				return readObject(e)
			}
			if isSession(e.Path) {
				return a.scanSession(ctx, lang, e.Path, recent)
			}
			study, err := a.config.Backend.Scan(ctx, e.Path, func(f float64) {
				a.progress(model.Progress{Kind: model.ScanJob, Fraction: f})
			}, func(s *model.Study) { a.Send(model.StudySoFar{Study: s}) })
			msg := model.StudyScanned{Study: study, Session: blindBeside(e.Path, study), Now: time.Now()}
			switch {
			case errors.Is(err, os.ErrNotExist):
				msg.Error = i18n.PathNotFound.In(lang)
			case err != nil:
				msg.Error = i18n.ScanFailed.In(lang, "why", dicomio.Message(err, lang))
			}
			return msg
		})
	case model.MakeThumbnails:
		go func() {
			msg := model.ThumbnailsMade{Study: e.Study, Made: slices.Clone(e.Study.Series)}
			for i := range msg.Made {
				if x := &msg.Made[i]; x.Thumbnail == nil && x.Source != nil {
					x.Thumbnail = a.config.Backend.Thumbnail(a.ctx, *x)
				}
			}
			a.Send(msg)
		}()
	case model.LoadSeries:
		a.start(model.LoadJob, lang, func(ctx context.Context) model.Msg { return a.load(ctx, lang, e) })
	case model.Analyse:
		a.start(model.AnalyseJob, lang, func(ctx context.Context) model.Msg {
			result, err := a.config.Backend.Analyse(ctx, e, func(stage string, f float64) {
				a.progress(model.Progress{Kind: model.AnalyseJob, Stage: stage, Fraction: f, At: time.Now()})
			}, func(r *assess.Result) { a.Send(model.Interim{Post: e.Loaded[model.PostSlot].Volume, Result: r}) })
			msg := model.Analysed{Post: e.Loaded[model.PostSlot].Volume, Result: result, Now: time.Now()}
			if err != nil {
				msg.Error = i18n.AnalysisFailed.In(lang, "why", err.Error())
			}
			return msg
		})
	case model.MakeDemo:
		a.start(model.DemoJob, lang, func(ctx context.Context) model.Msg {
			path, err := a.config.Backend.Demo(ctx)
			msg := model.DemoMade{Path: path, Now: time.Now()}
			if err != nil {
				msg.Error = i18n.DemoFailed.In(lang, "why", err.Error())
			}
			return msg
		})
	case model.StopJob:
		a.stopJob(e.Kind)
	case model.SaveSettings:
		if a.config.Save != nil {
			a.config.Save(a.state.Settings)
		}
	case model.Copy:
		gtx.Execute(clipboard.WriteCmd{Type: "application/text", Data: io.NopCloser(strings.NewReader(e.Text))})
		a.state.Apply(model.Say{Text: i18n.Copied.In(lang), Now: gtx.Now})
	case model.Paste:
		a.paste.waiting = true
		gtx.Execute(clipboard.ReadCmd{Tag: &a.paste})
	case model.FullScreen:
		if a.config.FullScreen != nil {
			a.config.FullScreen()
		}
	case model.WatchFolder:
		a.watch(e.Dir)
	case model.ReadHeader:
		a.readHeader(e)
	case model.NextRegion:
		a.frame.nextRegion(gtx, a.state)
	default:
		a.lookingEffect(gtx, e)
		a.runEffect(e)
		a.cohortEffect(e)
		a.workEffect(e)
		a.reportEffect(e)
		a.teachEffect(e)
	}
}

// start runs a job in the background, in place of a running one of its kind.
// A cancelled job says nothing; one that breaks is reported and the window
// lives on.
func (a *App) start(kind model.JobKind, lang text.Lang, run func(context.Context) model.Msg) {
	a.stopJob(kind)
	ctx, cancel := context.WithCancel(a.ctx)
	a.mu.Lock()
	a.jobs[kind] = cancel
	a.mu.Unlock()
	go func() {
		defer cancel()
		defer func() {
			if x := recover(); x != nil {
				a.Send(model.JobBroken{Kind: kind, Error: i18n.Broken.In(lang, "why", fmt.Sprint(x)), Now: time.Now()})
			}
		}()
		if m := run(ctx); ctx.Err() == nil {
			a.Send(m)
		}
	}()
}

func (a *App) stopJob(kind model.JobKind) {
	a.mu.Lock()
	cancel := a.jobs[kind]
	delete(a.jobs, kind)
	a.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// progress hands progress over; messages not yet seen are replaced, so that a
// talkative job cannot flood the window.
func (a *App) progress(p model.Progress) {
	a.mu.Lock()
	for i, m := range a.queue {
		if old, ok := m.(model.Progress); ok && old.Kind == p.Kind && old.Stage == p.Stage {
			a.queue[i] = p
			a.mu.Unlock()
			return
		}
	}
	a.queue = append(a.queue, p)
	a.mu.Unlock()
	a.config.Wake()
}

func (a *App) load(ctx context.Context, lang text.Lang, e model.LoadSeries) model.Msg {
	if m, short := a.short(e); short {
		return m
	}
	msg := model.SeriesLoaded{Study: e.Study, Start: e.Analyse}
	for slot, series := range e.Series {
		msg.Loaded[slot] = model.Loaded{Series: series}
		if series < 0 {
			continue
		}
		progress := func(f float64) {
			a.progress(model.Progress{Kind: model.LoadJob, Fraction: (float64(slot) + f) / 2})
		}
		vol, err := (*volume.Volume)(nil), error(nil)
		if e.Part.Whole() {
			vol, err = a.config.Backend.Load(ctx, e.Study, series, progress)
		} else {
			vol, err = a.config.Backend.LoadPart(ctx, e.Study, series, e.Part, progress)
		}
		if err != nil {
			msg.Error = i18n.LoadFailed.In(lang, "why", err.Error())
			break
		}
		msg.Loaded[slot].Volume = vol
		msg.Thumbnails[slot] = Thumbnail(ctx, vol)
	}
	msg.Now = time.Now()
	return msg
}

// listFolder reads a folder: folders first, then files, hidden ones left out.
// An empty or unreadable name leads to the user's home.
func listFolder(dir string) model.FolderListed {
	if dir == "" {
		dir, _ = os.UserHomeDir()
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	out := model.FolderListed{Dir: dir}
	entries, err := os.ReadDir(dir)
	if err != nil {
		out.Unread = true
		return out
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		x := model.Entry{Name: e.Name(), Dir: e.IsDir()}
		if info, err := os.Stat(filepath.Join(dir, e.Name())); err == nil { // follows links
			x.Dir, x.Bytes = info.IsDir(), info.Size()
		}
		out.Entries = append(out.Entries, x)
	}
	slices.SortStableFunc(out.Entries, func(x, y model.Entry) int {
		if x.Dir != y.Dir {
			if x.Dir {
				return -1
			}
			return 1
		}
		return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
	return out
}

// readClipboard takes a pasted path: plain, quoted or as a file URI.
func (a *App) readClipboard(gtx layout.Context, emit func(model.Msg)) {
	for {
		ev, ok := gtx.Event(transfer.TargetFilter{Target: &a.paste, Type: "application/text"})
		if !ok {
			return
		}
		data, ok := ev.(transfer.DataEvent)
		if !ok || !a.paste.waiting {
			continue
		}
		a.paste.waiting = false
		r := data.Open()
		content, err := io.ReadAll(io.LimitReader(r, 1<<16))
		r.Close()
		if path := PathOf(string(content)); err == nil && path != "" {
			emit(model.OpenPath{Path: path, Now: gtx.Now})
		}
	}
}

// PathOf returns the path in a pasted or given text: its first line, without
// quotes, decoded when it is a file URI. Other text gives "".
func PathOf(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	s = strings.Trim(strings.TrimSpace(s), `"'`)
	if rest, ok := strings.CutPrefix(s, "vertefill:"); ok {
		s = "file:" + rest
	}
	if !strings.HasPrefix(s, "file:") {
		return s
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	path := u.Path
	if runtime.GOOS == "windows" {
		path = strings.TrimPrefix(path, "/")
	}
	return filepath.FromSlash(path)
}
