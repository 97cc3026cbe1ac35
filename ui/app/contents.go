package app

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// list lists a folder, then looks into its entries one after the other until
// another folder is listed or lookTime is over.
func (a *App) list(dir string) {
	if a.unlist != nil {
		a.unlist()
	}
	ctx, stop := context.WithCancel(a.ctx)
	a.unlist = stop
	go func() {
		listed := listFolder(dir)
		if a.config.Memory != nil {
			listed.Memory = a.config.Memory()
		}
		if ctx.Err() != nil { // another folder was asked for meanwhile: its list is the one to show
			return
		}
		a.Send(listed)
		ctx, stop := context.WithTimeout(ctx, lookTime)
		defer stop()
		for _, e := range listed.Entries {
			if ctx.Err() != nil {
				return
			}
			if holds := a.config.Backend.Contents(ctx, filepath.Join(listed.Dir, e.Name)); ctx.Err() == nil {
				a.Send(model.EntryLooked{Dir: listed.Dir, Name: e.Name, Holds: holds})
			}
		}
	}()
}

// lookTime is how long the entries of a folder are looked into: a listing of
// many studies on a slow disk is not read to its end.
const lookTime = 20 * time.Second

// Files of an entry that are counted, and of those the ones whose headers are
// read: all when there are few, else some of every folder.
const countFiles, readHeaders, perFolder = 20000, 400, 6

// Contents implements Backend.
func (Core) Contents(ctx context.Context, path string) (out model.Contents) {
	var files []string
	folders := map[string]int{}
	var some []string
	_ = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error { // what cannot be read holds nothing
		if ctx.Err() != nil || len(files) >= countFiles {
			return fs.SkipAll
		}
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			out.Bytes += info.Size()
			files = append(files, p)
			if in := filepath.Dir(p); folders[in] < perFolder && len(some) < readHeaders {
				folders[in]++
				some = append(some, p)
			}
		}
		return nil
	})
	if len(files) > readHeaders {
		files, out.AtLeast = some, true
	}
	if len(files) == 0 {
		return out
	}
	found, err := dicomio.Scan(ctx, files, func(float64) {})
	if err != nil {
		return out
	}
	studies := map[string]bool{}
	for _, s := range found.Series {
		studies[s.StudyUID] = true
		if !slices.Contains(out.Modalities, s.Modality) {
			out.Modalities = append(out.Modalities, s.Modality)
		}
	}
	slices.Sort(out.Modalities)
	out.Series, out.Studies = len(found.Series), len(studies)
	return out
}

// mostLeft is how many files that serve for nothing are listed.
const mostLeft = 500

// left lists the files that a scan did not use, by their names in the folder.
func left(root string, skipped []dicomio.Skipped) (out []model.SkippedFile) {
	for _, x := range skipped[:min(len(skipped), mostLeft)] {
		name := strings.TrimPrefix(strings.TrimPrefix(x.Path, root), string(filepath.Separator))
		if name == "" {
			name = filepath.Base(x.Path)
		}
		out = append(out, model.SkippedFile{Name: name, Code: string(x.Code), Why: i18n.Text{EN: x.Message(text.English), FR: x.Message(text.French)}})
	}
	return out
}
