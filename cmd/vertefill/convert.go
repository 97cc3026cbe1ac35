package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/nrrd"
)

func runConvert(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "convert")
	uid := f.String("series", "", "Series Instance UID (default: the only one, or the largest volume)")
	number := f.Int("volume", 1, "which volume of a series that holds several, as inspect numbers them")
	regroup := addRegroupFlags(f)
	lang := f.String("lang", "", "en or fr: language of messages")
	out := f.String("out", "", "FILE.nii.gz or FILE.nrrd")
	rest, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	if len(rest) != 1 {
		return 0, usagef("one PATH is needed")
	}
	asNRRD := strings.HasSuffix(*out, ".nrrd")
	if !asNRRD && !strings.HasSuffix(*out, ".nii.gz") {
		return 0, usagef("--out must end in .nii.gz or .nrrd")
	}
	if e.lang, err = language(e, *lang); err != nil {
		return 0, err
	}
	wishes, err := regroup.wishes()
	if err != nil {
		return 0, err
	}
	bar := newProgress(e.stderr)
	defer bar.done()
	inv, err := dicomio.Scan(ctx, rest, func(x float64) { bar.show(stageWords[e.lang]["read"], 0.3*x) })
	if err != nil {
		return 0, err
	}
	for _, w := range wishes {
		if err := inv.Regroup(w); err != nil {
			return 0, err
		}
	}
	s, err := pick(inv, *uid)
	if err != nil {
		return 0, err
	}
	if n := max(1, len(s.Stacks)); *number < 1 || *number > n {
		return 0, refusal(fmt.Sprintf("no volume %d: series %s holds %d", *number, s.UID, n), fmt.Sprintf("pas de volume %d\u202f: la série %s en contient %d", *number, s.UID, n))
	}
	step := func(x float64) { bar.show(stageWords[e.lang]["read"], 0.3+0.5*x) }
	write, err := converted(ctx, s, *number-1, asNRRD, step)
	if err != nil {
		return 0, err
	}
	return exitDone, export.WriteFile(*out, write)
}

// refusal is an error in both languages.
func refusal(en, fr string) error { return &dicomio.Refusal{English: en, French: fr} }

// pick returns the series asked for, or the one with most images.
func pick(inv *dicomio.Inventory, uid string) (*dicomio.Series, error) {
	var best *dicomio.Series
	for _, s := range inv.Series {
		if uid != "" && s.UID == uid {
			return s, nil
		}
		if uid == "" && (len(s.Stacks) > 0 || len(s.Runs) > 0) && (best == nil || s.Images > best.Images) {
			best = s
		}
	}
	if uid != "" {
		return nil, dicomio.NoSeries(uid, len(inv.Series))
	}
	if best == nil {
		return nil, refusal(fmt.Sprintf("no volume or run among %d series; vertefill inspect says why", len(inv.Series)),
			fmt.Sprintf("ni volume ni série dynamique parmi %d séries\u202f; vertefill inspect dit pourquoi", len(inv.Series)))
	}
	return best, nil
}

// converted loads volume n, or the first run of a series without volumes, and returns what writes it.
func converted(ctx context.Context, s *dicomio.Series, n int, asNRRD bool, progress func(float64)) (func(io.Writer) error, error) {
	if len(s.Stacks) > 0 {
		stack := s.Stacks[n]
		g := stack.Grid
		if !stack.Fractional() {
			v, err := stack.Load(ctx, progress)
			if err != nil {
				return nil, err
			}
			end := func(hu int16) bool { return hu == math.MaxInt16 || hu == math.MinInt16 }
			switch {
			case stack.Extended() && slices.ContainsFunc(v.HU, end): // numbers that int16 cannot hold
			case asNRRD:
				return func(w io.Writer) error { return nrrd.WriteInt16(w, g, v.HU) }, nil
			default:
				return func(w io.Writer) error { return nifti.WriteVolume(w, v, "HU") }, nil
			}
		}
		hu, err := stack.LoadFloat(ctx, progress)
		if err != nil {
			return nil, err
		}
		if asNRRD {
			return func(w io.Writer) error { return nrrd.WriteFloat32(w, g, hu) }, nil
		}
		return func(w io.Writer) error { return nifti.WriteFloat32(w, g, hu, "HU") }, nil
	}
	if len(s.Runs) == 0 {
		return nil, refusal(fmt.Sprintf("series %s holds no volume and no run; vertefill inspect says why", s.UID),
			fmt.Sprintf("la série %s ne contient ni volume ni série dynamique\u202f; vertefill inspect dit pourquoi", s.UID))
	}
	c, err := s.Runs[0].Load(ctx, progress)
	if err != nil {
		return nil, err
	}
	values := make([]float32, len(c.Pix))
	for i, p := range c.Pix {
		values[i] = float32(c.Slope*float64(p) + c.Intercept)
	}
	spacing := [2]float64{1, 1}
	if c.InPatient() { // a size at the detector is none in the patient
		spacing = [2]float64{c.ColMM, c.RowMM}
	}
	if asNRRD {
		return func(w io.Writer) error { return nrrd.WriteRun(w, c.NX, c.NY, c.Frames, spacing, values) }, nil
	}
	return func(w io.Writer) error { return nifti.WriteRun(w, c.NX, c.NY, c.Frames, spacing, values) }, nil
}
