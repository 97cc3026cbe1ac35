package main

import (
	"context"
	"fmt"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/masks"
	"github.com/vertefill/vertefill/internal/overlay"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

// vertebraMasks reads the masks given for the bodies. DICOM objects must be about the control CT; contours are filled on its slices.
func vertebraMasks(path string, c masks.Convention, in assess.Input) (*volume.Labels, error) {
	if dicomio.IsDICOM(path) && in.Origin != nil {
		if err := exchange.Check(path, in.Origin); err != nil {
			return nil, err
		}
		if exchange.IsStructureSet(path) {
			return exchange.ReadVertebrae(path, in.Origin, in.Post.Grid)
		}
	}
	l, _, err := masks.Read(path, c)
	return l, err
}

// lesionMasks reads the regions of a file.
func lesionMasks(path string, in assess.Input) ([]*volume.Labels, error) {
	o, err := overlay.Read(path, in.Origin, in.Post.Grid)
	if err != nil {
		return nil, fmt.Errorf("lesion: %w", err)
	}
	var out []*volume.Labels
	for _, p := range o.Parts {
		if p.Mask != nil {
			out = append(out, p.Mask)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("lesion: no region in it: %s", path)
	}
	return out, nil
}

// compared says in a line how far a mask of others agrees with the cement of a result.
func compared(path string, r *assess.Result, l text.Lang) (string, error) {
	o, err := overlay.Read(path, r.Origin, r.Post.Grid)
	if err != nil {
		return "", fmt.Errorf("mask to compare with: %w", err)
	}
	var parts []overlay.Part
	for _, p := range o.Parts {
		if !p.Vertebra() {
			parts = append(parts, p)
		}
	}
	a, ok := overlay.Compare(parts, r.Cement)
	if !ok {
		return "", fmt.Errorf("mask to compare with: one of the two holds no cement: %s", path)
	}
	said := "Compared with %s: theirs %s, cement found %s by counting voxels, both %s, Dice %s."
	if l == text.French {
		said = "Comparé à %s\u202f: la leur %s, ciment trouvé %s en comptant les voxels, commun %s, Dice %s."
	}
	ml := func(x float64) string { return l.Unit(l.ML(x), "mL") }
	return fmt.Sprintf(said, o.Name, ml(a.TheirsML), ml(a.OursML), ml(a.BothML), l.Number(a.Dice, 3)), nil
}

// runTable prints the table of a structured report, this machine's or another's.
func runTable(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "table")
	images := f.String("images", "", "the study that the report must be about: a folder, file or zip")
	asJSON := f.Bool("json", false, "print it as report.json")
	lang := f.String("lang", "", "en or fr (default: the system's)")
	paths, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	if len(paths) != 1 {
		return 0, usagef("one REPORT, not %d", len(paths))
	}
	if e.lang, err = language(e, *lang); err != nil {
		return 0, err
	}
	r, err := export.ReadStructuredReport(paths[0])
	if err != nil {
		return 0, err
	}
	if *images != "" {
		if err := aboutOne(ctx, *images, paths[0]); err != nil {
			return 0, err
		}
	}
	if *asJSON {
		return exitDone, export.JSON(e.stdout, r)
	}
	export.Table(e.stdout, r, e.lang)
	return exitDone, nil
}

// aboutOne returns nil when an object is about one of the volumes under a path, else the reason why it is not about the last of them.
func aboutOne(ctx context.Context, images, object string) error {
	inv, err := dicomio.Scan(ctx, []string{images}, nil)
	if err != nil {
		return err
	}
	refused := fmt.Errorf("no CT volume to compare with: %s", images)
	for _, s := range inv.Series {
		for _, stack := range s.Stacks {
			o, err := stack.Origin()
			if err != nil {
				return err
			}
			if refused = exchange.Check(object, o); refused == nil {
				return nil
			}
		}
	}
	return refused
}
