package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/nrrd"
	"github.com/vertefill/vertefill/internal/text"
)

func runConvert(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "convert")
	uid := f.String("series", "", "Series Instance UID (default: the only one, or the largest volume)")
	number := f.Int("volume", 1, "which volume, or which run, of a series that holds several, as inspect numbers them")
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
	n := len(s.Stacks)
	if n == 0 {
		n = max(1, len(s.Runs))
	}
	if *number < 1 || *number > n {
		return 0, refusal(fmt.Sprintf("no volume %d: series %s holds %d", *number, s.UID, n), fmt.Sprintf("pas de volume %d\u202f: la série %s en contient %d", *number, s.UID, n))
	}
	step := func(x float64) { bar.show(stageWords[e.lang]["read"], 0.3+0.5*x) }
	write, damaged, err := converted(ctx, s, *number-1, asNRRD, step)
	if err != nil {
		return 0, err
	}
	if err := export.WriteFile(*out, write); err != nil {
		return 0, err
	}
	bar.done()
	if len(damaged) > 0 {
		words := "vertefill convert: warning: pictures that cannot be read are left empty: %s\n"
		if e.lang == text.French {
			words = "vertefill convert\u202f: attention\u202f: des images illisibles sont laissées vides\u202f: %s\n"
		}
		fmt.Fprintf(e.stderr, words, strings.Join(damaged, ", "))
	}
	return exitDone, nil
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

// converted loads volume n, or run n of a series without volumes, and returns what writes it and which pictures, counted from 1, could
// not be read.
func converted(ctx context.Context, s *dicomio.Series, n int, asNRRD bool, progress func(float64)) (write func(io.Writer) error, damaged []string, err error) {
	switch {
	case len(s.Stacks) > 0:
		return convertedVolume(ctx, s.Stacks[n], asNRRD, progress)
	case len(s.Runs) > 0:
		return convertedRun(ctx, s.Runs[n], asNRRD, progress)
	}
	return nil, nil, refusal(fmt.Sprintf("series %s holds no volume and no run; vertefill inspect says why", s.UID),
		fmt.Sprintf("la série %s ne contient ni volume ni série dynamique\u202f; vertefill inspect dit pourquoi", s.UID))
}

func convertedVolume(ctx context.Context, stack *dicomio.Stack, asNRRD bool, progress func(float64)) (func(io.Writer) error, []string, error) {
	g := stack.Grid
	if !stack.Fractional() {
		v, err := stack.Load(ctx, progress)
		if err != nil {
			return nil, nil, err
		}
		end := func(hu int16) bool { return hu == math.MaxInt16 || hu == math.MinInt16 }
		switch {
		case stack.Extended() && slices.ContainsFunc(v.HU, end): // numbers that int16 cannot hold
		case asNRRD:
			return func(w io.Writer) error { return nrrd.WriteInt16(w, g, v.HU) }, numbered(v.Corrupt), nil
		default:
			return func(w io.Writer) error { return nifti.WriteVolume(w, v, "HU") }, numbered(v.Corrupt), nil
		}
	}
	hu, err := stack.LoadFloat(ctx, progress)
	if err != nil {
		return nil, nil, err
	}
	bad := make([]bool, g.NZ)
	for k := range bad { // LoadFloat marks them so
		bad[k] = math.IsNaN(float64(hu[k*g.NX*g.NY]))
	}
	if asNRRD {
		return func(w io.Writer) error { return nrrd.WriteFloat32(w, g, hu) }, numbered(bad), nil
	}
	return func(w io.Writer) error { return nifti.WriteFloat32(w, g, hu, "HU") }, numbered(bad), nil
}

func convertedRun(ctx context.Context, r *dicomio.Run, asNRRD bool, progress func(float64)) (func(io.Writer) error, []string, error) {
	c, err := r.Load(ctx, progress)
	if err != nil {
		return nil, nil, err
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
		return func(w io.Writer) error { return nrrd.WriteRun(w, c.NX, c.NY, c.Frames, spacing, values) }, numbered(c.Corrupt), nil
	}
	return func(w io.Writer) error { return nifti.WriteRun(w, c.NX, c.NY, c.Frames, spacing, values) }, numbered(c.Corrupt), nil
}

// numbered lists the pictures that are marked, counted from 1.
func numbered(marks []bool) (out []string) {
	for i, m := range marks {
		if m {
			out = append(out, strconv.Itoa(i+1))
		}
	}
	return out
}
