package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// keeper writes the journal, one thing after the other, off the UI goroutine.
type keeper struct {
	dir     string // of the journals; empty keeps nothing
	version string
	work    chan func()
	done    chan struct{}
	end     sync.Once
	journal *session.Journal // of the goroutine; nil while none is open for writing
}

func newKeeper(dir, version string) *keeper {
	k := &keeper{dir: dir, version: version, work: make(chan func(), 256), done: make(chan struct{})}
	go func() {
		defer close(k.done)
		for f := range k.work {
			f()
		}
		k.close()
	}()
	return k
}

func (k *keeper) close() error {
	if k.journal == nil {
		return nil
	}
	err := k.journal.Close(time.Now().UTC())
	k.journal = nil
	return err
}

// stop writes what waits and gives the session free.
func (k *keeper) stop() {
	k.end.Do(func() { close(k.work) })
	<-k.done
}

// workEffect carries out the effects of correcting.
func (a *App) workEffect(e model.Effect) {
	lang := a.state.Settings.Lang
	switch e := e.(type) {
	case model.OpenSession:
		if a.keeper.dir != "" {
			a.keeper.work <- func() { a.Send(a.keeper.open(e.Study)) }
		}
	case model.Record:
		a.keeper.work <- func() {
			if err := a.keeper.append(e.Records); err != nil {
				a.Send(model.Saved{Now: time.Now(), Error: err.Error()})
				return
			}
			a.Send(model.Saved{Now: time.Now()})
		}
	case model.Recompute:
		a.start(model.EditJob, lang, func(ctx context.Context) model.Msg {
			start := time.Now()
			result, err := e.Result.Edited(ctx, e.Edits)
			msg := model.Corrected{Result: result, Edits: e.Edits, Now: time.Now(), Took: time.Since(start)}
			if err != nil {
				msg.Error = err.Error()
			}
			return msg
		})
	case model.MakeShaper:
		a.start(model.HandJob, lang, func(context.Context) model.Msg {
			return model.ShaperMade{Shaper: assess.NewShaper(e.Vertebra, e.Handle, e.ReachMM)}
		})
	case model.SaveSession:
		state := a.state.SessionState()
		go func() {
			path, err := writeSession(a.config.OutDir, state)
			say := i18n.SessionWritten.In(lang, "path", path)
			if err != nil {
				say = i18n.NotWritten.In(lang, "why", err.Error())
			}
			a.Send(model.Say{Text: say, Now: time.Now()})
		}()
	}
}

// open opens the journal of a study in place of the former one.
func (k *keeper) open(s session.Study) model.Msg {
	msg := model.SessionOpened{Study: s, Now: time.Now()}
	if err := k.close(); err != nil {
		msg.Error = err.Error()
		return msg
	}
	j, state, err := session.Open(k.dir, s, k.version, time.Now().UTC())
	k.journal, msg.State = j, state
	switch {
	case errors.Is(err, session.ErrLocked):
		msg.ReadOnly = true
	case err != nil:
		msg.Error = err.Error()
	}
	return msg
}

func (k *keeper) append(records []session.Record) error {
	if k.journal == nil {
		return errors.New("session: no journal is open")
	}
	now := time.Now().UTC()
	for n := range records {
		if records[n].At.IsZero() {
			records[n].At = now
		}
	}
	return k.journal.Append(records...)
}

// writeSession writes a session file under a name of its own.
func writeSession(dir string, s session.State) (string, error) {
	dir, err := outDir(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "session-"+time.Now().Format("20060102-150405")+session.Extension)
	return path, session.Write(path, s)
}

// outDir makes the folder that files are written to: a folder in the user's
// home where none is given.
func outDir(dir string) (string, error) {
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, "Vertefill")
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// scanSession reads a session file and looks for its images: beside it, then
// in the studies opened before.
func (a *App) scanSession(ctx context.Context, lang text.Lang, path string, recent []string) model.Msg {
	msg := model.StudyScanned{Now: time.Now()}
	state, err := session.Read(path)
	if err != nil {
		msg.Error = i18n.SessionBad.In(lang)
		return msg
	}
	msg.Session = &state
	missing := len(state.Study.UIDs())
	for n, dir := range append([]string{filepath.Dir(path)}, recent...) {
		study, err := a.config.Backend.Scan(ctx, dir, func(f float64) {
			a.progress(model.Progress{Kind: model.ScanJob, Fraction: (float64(n) + f) / float64(len(recent)+1)})
		}, nil)
		if err != nil {
			continue // gone, or not a folder of images
		}
		var present []string
		for _, s := range study.Series {
			present = append(present, s.UID)
		}
		lacking := len(state.Study.Missing(present))
		if lacking == 0 {
			msg.Study, msg.Now = study, time.Now()
			return msg
		}
		missing = min(missing, lacking)
	}
	msg.Now = time.Now()
	msg.Error = i18n.SessionMissing.In(lang, "n", lang.Number(float64(missing), 0))
	return msg
}

// blindBeside is the session of a folder of images, in it or beside it, that
// is to be read without the program's result: opening the images in place of
// the session must not show it.
func blindBeside(dir string, study *model.Study) *session.State {
	if study == nil {
		return nil
	}
	var present []string
	for _, s := range study.Series {
		present = append(present, s.UID)
	}
	for _, d := range []string{dir, filepath.Dir(dir)} {
		files, err := filepath.Glob(filepath.Join(d, "*"+session.Extension))
		if err != nil {
			continue // a name that is no pattern
		}
		for _, f := range files {
			if s, err := session.Read(f); err == nil && s.Blind() && len(s.Study.UIDs()) > 0 && len(s.Study.Missing(present)) == 0 {
				return &s
			}
		}
	}
	return nil
}

// isSession reports whether a path names a session file.
func isSession(path string) bool { return strings.HasSuffix(path, session.Extension) }
