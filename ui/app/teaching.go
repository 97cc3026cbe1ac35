package app

import (
	"context"
	"errors"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gioui.org/layout"
	"gioui.org/op"

	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/panel"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/view"
	"github.com/vertefill/vertefill/ui/widget"
)

// teaching lays out a teaching case: bar, images over the strip, questions at
// the right.
func (f *frame) teaching(gtx layout.Context, a *App, h panel.Host, host view.Host) layout.Dimensions {
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return f.lesson.Bar(gtx, h) }),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			if !h.State.Viewing() { // the bar left the case
				return layout.Dimensions{Size: gtx.Constraints.Max}
			}
			size := gtx.Constraints.Max
			side, below := gtx.Dp(dp(h.State.Settings.PanelDP)), gtx.Dp(f.lesson.Below(h.State))
			if p := h.State.Lesson.Play; p != nil && p.Way == model.Tour {
				side = size.X * 2 / 5
			}
			views := image.Pt(size.X-side, size.Y-below)
			widget.At(gtx, image.Point{}, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints = layout.Exact(views)
				f.grid(gtx, a, h, host, image.Pt(0, gtx.Dp(2*theme.BarHeight)))
				return layout.Dimensions{Size: views}
			})
			if below > 0 {
				off := op.Offset(image.Pt(0, views.Y)).Push(gtx.Ops)
				in := gtx
				in.Constraints = layout.Exact(image.Pt(views.X, below))
				f.lesson.Strip(in, h)
				off.Pop()
			}
			off := op.Offset(image.Pt(views.X, 0)).Push(gtx.Ops)
			in := gtx
			in.Constraints = layout.Exact(image.Pt(side, size.Y))
			f.lesson.Side(in, h)
			off.Pop()
			return layout.Dimensions{Size: size}
		}))
}

// teachEffect carries out the effects of teaching.
func (a *App) teachEffect(e model.Effect) {
	lang := a.state.Settings.Lang
	book := teach.Book{Path: filepath.Join(a.config.TeachDir, "scores.jsonl")}
	say := func(t i18n.Text, pairs ...string) { a.Send(model.Say{Text: t.In(lang, pairs...), Now: time.Now()}) }
	switch e := e.(type) {
	case model.ListLessons:
		go a.Send(listLessons(a.config.TeachDir, book, lang, ""))
	case model.PrepareCase:
		a.start(model.CaseJob, lang, func(ctx context.Context) model.Msg {
			m, err := a.prepareCase(ctx, e)
			if err != nil {
				m.Error = i18n.CaseFailed.In(lang, "why", err.Error())
			}
			m.At, m.Way, m.Now = e.At, e.Way, time.Now()
			return m
		})
	case model.KeepScore:
		a.keeper.work <- func() {
			if err := book.Add(e.Score); err != nil {
				say(i18n.NotWritten, "why", err.Error())
			}
		}
	case model.WriteTour:
		a.keeper.work <- func() {
			m := model.TourWritten{Now: time.Now()}
			if err := teach.WriteSteps(e.Dir, e.Steps); err != nil {
				m.Error = i18n.NotWritten.In(lang, "why", err.Error())
			}
			a.Send(m)
		}
	case model.ForgetLearner:
		a.keeper.work <- func() {
			why := ""
			if err := book.Forget(e.Name); err != nil {
				why = i18n.NotWritten.In(lang, "why", err.Error())
			}
			a.Send(listLessons(a.config.TeachDir, book, lang, why))
		}
	case model.WriteScores:
		a.keeper.work <- func() {
			path, err := writeScores(a.config.OutDir, book)
			if err != nil {
				say(i18n.NotWritten, "why", err.Error())
				return
			}
			say(i18n.ScoresWritten, "path", path)
		}
	case model.ImportCase:
		a.start(model.CaseJob, lang, func(ctx context.Context) model.Msg {
			why := ""
			if _, err := teach.UnpackAll(PathOf(e.Path), casesDir(a.config.TeachDir)); err != nil {
				why = i18n.CaseFailed.In(lang, "why", err.Error())
			}
			return listLessons(a.config.TeachDir, book, lang, why)
		})
	case model.SaveCase:
		a.start(model.CaseJob, lang, func(ctx context.Context) model.Msg { return a.saveCase(ctx, lang, e) })
	case model.MakeLab:
		a.start(model.CaseJob, lang, func(ctx context.Context) model.Msg {
			m := model.LabMade{Practice: e.Practice, Now: time.Now()}
			var err error
			if m.Made, err = teach.Play(ctx, e.Practice, lang); err != nil {
				m.Error = i18n.LabFailed.In(lang, "why", err.Error())
			}
			return m
		})
	case model.PackCases:
		a.start(model.CaseJob, lang, func(ctx context.Context) model.Msg {
			path, err := packCases(a.config.OutDir, e.Dirs)
			if err != nil {
				return model.CaseDone{Said: i18n.CaseFailed.In(lang, "why", err.Error()), Now: time.Now()}
			}
			return model.CaseDone{Said: i18n.CasesPacked.In(lang, "n", lang.Number(float64(len(e.Dirs)), 0), "path", path), Now: time.Now()}
		})
	case model.PackCase:
		a.start(model.CaseJob, lang, func(ctx context.Context) model.Msg {
			path, err := a.packCase(ctx, e.Case)
			if err != nil {
				return model.CaseDone{Said: i18n.CaseFailed.In(lang, "why", err.Error()), Now: time.Now()}
			}
			return model.CaseDone{Said: i18n.CasePacked.In(lang, "path", path), Now: time.Now()}
		})
	}
}

func casesDir(teachDir string) string { return filepath.Join(teachDir, "cases") }

// listLessons reads the collection: the built-in cases, then those of the
// folder.
func listLessons(teachDir string, book teach.Book, lang text.Lang, why string) model.LessonsListed {
	m := model.LessonsListed{Error: why, Now: time.Now()}
	builtin := map[string]bool{}
	for _, c := range teach.Builtin() {
		x := model.LessonCase{Case: c}
		if made, err := teach.Open(filepath.Join(casesDir(teachDir), c.ID)); err == nil {
			x.Case, x.Dir = *made, filepath.Join(casesDir(teachDir), c.ID)
		}
		builtin[c.ID] = true
		m.Cases = append(m.Cases, x)
	}
	entries, _ := os.ReadDir(casesDir(teachDir)) // no folder, no cases of others
	for _, e := range entries {
		dir := filepath.Join(casesDir(teachDir), e.Name())
		if !e.IsDir() || builtin[e.Name()] || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if c, err := teach.Open(dir); err == nil {
			m.Cases = append(m.Cases, model.LessonCase{Case: *c, Dir: dir})
		}
	}
	var err error
	if m.Scores, err = book.All(); err != nil && m.Error == "" {
		m.Error = i18n.CaseFailed.In(lang, "why", err.Error())
	}
	return m
}

// prepareCase makes a built-in case when it is first wanted, and reads its
// images and its reference.
func (a *App) prepareCase(ctx context.Context, e model.PrepareCase) (m model.CaseReady, err error) {
	if m.Case, m.Dir, err = a.madeCase(ctx, e.Case); err != nil {
		return m, err
	}
	if m.Study, err = a.config.Backend.Scan(ctx, m.Dir, func(f float64) { a.progress(model.Progress{Kind: model.CaseJob, Fraction: f / 2}) }, nil); err != nil {
		return m, err
	}
	m.Study.Patient = model.Patient{} // whoever it was, a case names nobody
	m.Loaded = [2]model.Loaded{{Series: m.Study.ByRole(model.Pre)}, {Series: m.Study.ByRole(model.Post)}}
	for slot := range m.Loaded {
		l := &m.Loaded[slot]
		if l.Series < 0 {
			continue
		}
		if l.Volume, err = a.config.Backend.Load(ctx, m.Study, l.Series, func(f float64) {
			a.progress(model.Progress{Kind: model.CaseJob, Fraction: 0.5 + (float64(slot)+f)/4})
		}); err != nil {
			return m, err
		}
	}
	post := m.Loaded[model.PostSlot].Volume
	if post == nil {
		return m, errors.New("it has no control CT")
	}
	m.Reference, err = m.Case.Show(m.Dir, post)
	return m, err
}

// madeCase returns a case with its folder.
func (a *App) madeCase(ctx context.Context, c model.LessonCase) (*teach.Case, string, error) {
	if c.Dir != "" {
		opened, err := teach.Open(c.Dir)
		return opened, c.Dir, err
	}
	if a.config.TeachDir == "" {
		return nil, "", errors.New("there is no folder for teaching cases")
	}
	made, err := teach.MakeBuiltin(ctx, c.ID, casesDir(a.config.TeachDir))
	return made, filepath.Join(casesDir(a.config.TeachDir), c.ID), err
}

// packCase writes a case as one file among the program's outputs.
func (a *App) packCase(ctx context.Context, c model.LessonCase) (string, error) {
	_, dir, err := a.madeCase(ctx, c)
	if err != nil {
		return "", err
	}
	out, err := outDir(a.config.OutDir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(out, c.ID+".vfcase")
	return path, teach.Pack(dir, path)
}

// packCases writes several cases as one file among the program's outputs.
func packCases(dir string, cases []string) (string, error) {
	out, err := outDir(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(out, "cases-"+time.Now().Format("20060102-150405")+".vfcase")
	return path, teach.PackAll(cases, path)
}

// writeScores writes all scores, and the summary of the class, beside the
// program's other outputs.
func writeScores(dir string, book teach.Book) (string, error) {
	dir, err := outDir(dir)
	if err != nil {
		return "", err
	}
	scores, err := book.All()
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(scores, func(a, b teach.Score) int { return strings.Compare(a.Learner, b.Learner) })
	stamp := time.Now().Format("20060102-150405")
	path := filepath.Join(dir, "scores-"+stamp+".csv")
	if err := export.WriteFile(path, func(w io.Writer) error { return teach.CSV(w, scores) }); err != nil {
		return "", err
	}
	return path, export.WriteFile(filepath.Join(dir, "class-"+stamp+".csv"), func(w io.Writer) error { return teach.ClassCSV(w, teach.Class(scores)) })
}

// saveCase makes a teaching case and says what the teacher must still look at.
func (a *App) saveCase(ctx context.Context, lang text.Lang, e model.SaveCase) model.CaseSaved {
	m := model.CaseSaved{Now: time.Now()}
	made, err := teach.Make(ctx, e.Texts, e.Source, casesDir(a.config.TeachDir), func(f float64) { a.progress(model.Progress{Kind: model.CaseJob, Fraction: f}) })
	if err != nil {
		m.Said, m.Failed = i18n.CaseNotSaved.In(lang, "why", err.Error()), true
		return m
	}
	n := func(x int) string { return lang.Number(float64(x), 0) }
	words := []string{i18n.CaseSavedTo.In(lang, "name", made.Case.ID)}
	if made.Faces > 0 {
		words = append(words, i18n.CaseFaces.In(lang, "n", n(made.Faces)))
	}
	if made.BurnedIn > 0 {
		words = append(words, i18n.CaseBurnedIn.In(lang, "n", n(made.BurnedIn)))
	}
	if len(made.Untranslated) > 0 {
		words = append(words, i18n.CaseOneTongue.In(lang, "what", strings.Join(made.Untranslated, ", ")))
	}
	m.Said = strings.Join(words, ". ")
	return m
}
