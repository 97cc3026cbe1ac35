package app

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vertefill/vertefill/ui/model"
)

// watchEvery is how often the watched folder is listed.
const watchEvery = 4 * time.Second

// watch watches a folder in the background, in place of the one before. The
// window is woken only by something new.
func (a *App) watch(dir string) {
	if a.unwatch != nil {
		a.unwatch()
		a.unwatch = nil
	}
	if dir == "" {
		return
	}
	ctx, stop := context.WithCancel(a.ctx)
	a.unwatch = stop
	go func() {
		w := watcher{dir: dir}
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			for _, path := range w.look() {
				a.Send(model.Arrived{Path: path, At: time.Now()})
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
}

// watcher finds what is new in a folder and no longer grows.
type watcher struct {
	dir   string
	known map[string]bool // nil before the first look
	seen  map[string]extent
}

// extent is how much a folder or file holds.
type extent struct {
	files int
	bytes int64
}

// look lists the folder and returns what was not there at the first look and
// has not changed since the last one. A folder that cannot be read has nothing
// new.
func (w *watcher) look() (arrived []string) {
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return nil
	}
	if w.known == nil {
		w.known, w.seen = map[string]bool{}, map[string]extent{}
		for _, e := range entries {
			w.known[e.Name()] = true
		}
		return nil
	}
	present := map[string]bool{}
	for _, e := range entries {
		name := e.Name()
		present[name] = true
		if w.known[name] || strings.HasPrefix(name, ".") {
			continue
		}
		path := filepath.Join(w.dir, name)
		now := extentOf(path)
		if before, ok := w.seen[name]; ok && before == now && now.bytes > 0 {
			arrived = append(arrived, path)
			w.known[name] = true
			delete(w.seen, name)
			continue
		}
		w.seen[name] = now
	}
	for name := range w.known { // what comes back is new again
		if !present[name] {
			delete(w.known, name)
		}
	}
	return arrived
}

// mostFiles is after how many files a folder is not counted on.
const mostFiles = 20000

func extentOf(path string) (e extent) {
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error { // what cannot be read counts nothing
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			e.files, e.bytes = e.files+1, e.bytes+info.Size()
		}
		if e.files >= mostFiles {
			return fs.SkipAll
		}
		return nil
	})
	return e
}
