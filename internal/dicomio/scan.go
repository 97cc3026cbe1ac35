package dicomio

import (
	"context"
	"errors"
	"sort"
)

// Scan looks at every file under the paths (files, folders of any depth, zip archives, a DICOMDIR), reads the headers and sorts the
// pictures into series. Only a path that does not exist, or the end of ctx, is an error: damaged and foreign files are listed in
// Skipped. progress may be nil; its calls do not overlap.
func Scan(ctx context.Context, paths []string, progress func(fraction float64)) (*Inventory, error) {
	w := &walker{ctx: ctx, seen: map[string]bool{}}
	for _, p := range paths {
		if err := w.path(p); err != nil {
			return nil, err
		}
	}
	found := make([]*instance, len(w.out))
	skipped := make([]*Skipped, len(w.out))
	err := each(ctx, len(w.out), progress, func() (func(int), func()) {
		return func(i int) { found[i], skipped[i] = examine(w.out[i]) }, nil
	})
	if err != nil {
		return nil, err
	}
	inv := &Inventory{Skipped: w.skipped, Files: len(w.out) + len(w.skipped)}
	for _, s := range skipped {
		if s != nil {
			inv.Skipped = append(inv.Skipped, *s)
		}
	}
	inv.group(found)
	sort.SliceStable(inv.Skipped, func(i, j int) bool { return inv.Skipped[i].Path < inv.Skipped[j].Path })
	return inv, nil
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
