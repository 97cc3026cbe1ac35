package dicomio

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sort"
	"sync"
)

// Scan looks at every file under the paths (files, folders of any depth, zip archives, a DICOMDIR), reads the headers and sorts the
// pictures into series. Only a path that does not exist, or the end of ctx, is an error: damaged and foreign files are listed in
// Skipped. progress may be nil; its calls do not overlap.
func Scan(ctx context.Context, paths []string, progress func(fraction float64)) (*Inventory, error) {
	return ScanWatched(ctx, paths, Watch{Progress: progress})
}

// Watch hears of a scan while it runs; both functions may be nil, and calls of one do not overlap.
type Watch struct {
	Progress func(fraction float64)
	// Series hears of a series as soon as it looks whole: the last quietFiles files held none of it. It can be loaded at once. A series
	// that grows later comes again when it has doubled; the Inventory has the last word. Calls come from one goroutine, and the scan
	// does not wait for them; none comes after it has ended.
	Series func(*Series)
}

// quietFiles is how many files without a picture of a series make it look whole. Files of one series mostly follow each other, in a
// folder of their own or by name.
const quietFiles = 64

// ScanWatched is Scan that tells of series before it ends.
func ScanWatched(ctx context.Context, paths []string, watch Watch) (*Inventory, error) {
	w := &walker{ctx: ctx, seen: map[string]bool{}}
	for _, p := range paths {
		if err := w.path(p); err != nil {
			return nil, err
		}
	}
	in := newIntake(watch, len(w.files))
	listed := make(chan listedFile, 4*quietFiles)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range listed {
				if ctx.Err() == nil {
					found, skipped := examine(f.candidate)
					in.add(f.index, found, skipped)
				}
			}
		})
	}
	n := 0
	w.found = func(c candidate) {
		if ctx.Err() == nil {
			in.expect(n + 1)
			listed <- listedFile{c, n}
			n++
		}
	}
	w.expand(in.left)
	close(listed)
	wg.Wait()
	in.end(ctx)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("dicomio: %w", err)
	}
	inv := &Inventory{Skipped: w.skipped, Files: n + len(w.skipped)}
	for _, s := range in.skipped {
		if s != nil {
			inv.Skipped = append(inv.Skipped, *s)
		}
	}
	inv.group(in.found)
	sort.SliceStable(inv.Skipped, func(i, j int) bool { return inv.Skipped[i].Path < inv.Skipped[j].Path })
	return inv, nil
}

// listedFile is a file of a scan and its place in the order.
type listedFile struct {
	candidate
	index int
}

// examine reads the header of one file; one of its results is nil.
func examine(c candidate) (*instance, *Skipped) {
	b, err := c.src.open()
	if err != nil {
		code := CodeUnreadable
		if errors.Is(err, errTooLarge) {
			code = CodeTooLarge
		}
		return nil, code.because(c.path, sayf("cannot be opened: %v", "ne peut pas être ouvert\u202f: %v", errText(err)))
	}
	defer b.close()
	f, err := parseFile(b, b.size, c.path)
	if err != nil {
		code, why := CodeCorrupt, sayf("the header is damaged: %v", "l’en-tête est endommagé\u202f: %v", errText(err))
		switch {
		case errors.Is(err, errTooLarge):
			code = CodeTooLarge
		case f == nil && (errors.Is(err, errNotHere) || errors.Is(err, errShort) && b.size < 132):
			code, why = CodeNotDICOM, said{"not a DICOM file", "pas un fichier DICOM"}
		case errors.Is(err, errShort):
			code, why = CodeTruncated, sayf("the header is cut short: %v", "l’en-tête est tronqué\u202f: %v", errText(err))
		}
		return nil, code.because(c.path, why)
	}
	in, s := describe(f)
	if in != nil {
		in.src = c.src
	}
	return in, s
}
