// Package export writes what leaves the program, all of it from one assess.Result: report.json, masks, the PDF for people, the
// table of the command line. Files appear whole or not at all.
package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/surface"
	"github.com/vertefill/vertefill/internal/text"
)

// WriteAll writes the files of the contract into dir: Write with nothing but a language.
func WriteAll(ctx context.Context, dir string, r *assess.Result, l text.Lang) error {
	return Write(ctx, dir, r, Options{Lang: l})
}

// job is one export: what is written, how, and the pictures that several files share.
type job struct {
	*assess.Result
	Options
	ctx      context.Context
	pictures *Pictures // made by the first file that needs them
	created  time.Time // of the DICOM objects, which refer to each other
}

// file is one file of the output.
type file struct {
	name   string
	format Format // empty: always written
	write  func(*job, io.Writer) error
}

// files lists what Write writes.
var files = []file{
	{"report.json", "", func(j *job, w io.Writer) error { return JSON(w, &j.Report) }},
	{"vertebrae.nii.gz", "", func(j *job, w io.Writer) error {
		return nifti.WriteLabels(w, j.BodyMask(), "vertefill vertebral bodies, VerSe numbers")
	}},
	{"cement.nii.gz", "", func(j *job, w io.Writer) error {
		return nifti.WriteLabels(w, j.Cement, "1 body 2 pedicle 3 leak 4 prior 5 metal")
	}},
	{"leaks.nii.gz", "", func(j *job, w io.Writer) error { return leaks(w, j.Result) }},
	{"lesion.nii.gz", "", func(j *job, w io.Writer) error {
		if l := j.LesionMask(); l != nil {
			return nifti.WriteLabels(w, l, "outlined lesions")
		}
		return errNothing
	}},
	{"cement.stl", "", func(j *job, w io.Writer) error { return surface.STL(w, CementParts(j.Result)) }},
	{"segmentation.dcm", "", func(j *job, w io.Writer) error { return Segmentation(j.ctx, w, j.Result, j.created) }},
	{"report.sr.dcm", "", func(j *job, w io.Writer) error { return StructuredReport(w, j.Result, j.Options, j.created) }},
	{"report.pdf", "", func(j *job, w io.Writer) error { return pdf(j, w) }},
	{"report.html", HTML, func(j *job, w io.Writer) error { return html(j, w) }},
	{"report.txt", Text, func(j *job, w io.Writer) error { return RISText(w, &j.Report, j.Options, j.TextTemplate) }},
	{"vertebrae.csv", CSV, func(j *job, w io.Writer) error { return VertebraTable(w, &j.Report, ',') }},
	{"leaks.csv", CSV, func(j *job, w io.Writer) error { return LeakTable(w, &j.Report, ',') }},
	{"fields.json", CSV, func(j *job, w io.Writer) error { return Dictionary(w) }},
	{"vertebrae.tsv", TSV, func(j *job, w io.Writer) error { return VertebraTable(w, &j.Report, '\t') }},
	{"leaks.tsv", TSV, func(j *job, w io.Writer) error { return LeakTable(w, &j.Report, '\t') }},
	{"fields.json", TSV, func(j *job, w io.Writer) error { return Dictionary(w) }},
	{"segmentation.seg.nrrd", NRRD, func(j *job, w io.Writer) error { return SegmentationNRRD(w, j.Result, j.Lang) }},
	{"report.fhir.json", FHIRBundle, func(j *job, w io.Writer) error { return FHIR(w, &j.Report, j.Options) }},
	{"cement.ply", PLY, func(j *job, w io.Writer) error { return surface.PLY(w, SurfaceParts(j.Result)) }},
	{"cement.obj", OBJ, func(j *job, w io.Writer) error { return surface.OBJ(w, SurfaceParts(j.Result)) }},
	{"cement.glb", GLTF, func(j *job, w io.Writer) error { return surface.GLB(w, SurfaceParts(j.Result)) }},
}

// withoutCT are the files that can be written of fluoroscopy alone; drawings of runs are others.
var withoutCT = []string{"report.json", "report.pdf", "report.html", "report.txt", "report.fhir.json"}

// wanted reports whether a file is asked for and can be made of the result.
func (j *job) wanted(f file) bool {
	if f.format != "" && !slices.Contains(j.Formats, f.format) {
		return false
	}
	return j.Post != nil || f.format == Plots || slices.Contains(withoutCT, f.name)
}

// Write writes the files of the contract and of the formats asked for into dir, which is made when it does not exist. All are first
// written beside their final place and synced, then renamed: an interrupted run or a full disk leaves the old files as they were.
func Write(ctx context.Context, dir string, r *assess.Result, o Options) error {
	_, statErr := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	tmp, err := os.MkdirTemp(dir, ".writing-")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	finished := false
	defer func() {
		os.RemoveAll(tmp)
		if !finished && os.IsNotExist(statErr) {
			os.Remove(dir) // only when empty: nothing of ours is left
		}
	}()
	j := &job{Result: r, Options: o, ctx: ctx, created: time.Now(), pictures: o.Pictures}
	j.Lang = o.lang()
	var names []string
	var none []string // of an older run they would tell of other results
	for _, f := range slices.Concat(files, j.plots()) {
		if !j.wanted(f) || slices.Contains(names, f.name) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		err := WriteFile(filepath.Join(tmp, f.name), func(w io.Writer) error { return f.write(j, w) })
		if errors.Is(err, errNothing) {
			none = append(none, f.name)
			continue
		}
		if errors.Is(err, syscall.ENOSPC) {
			return fmt.Errorf("export: the disk is full; files that were there are untouched: %w", err)
		}
		if err != nil {
			return err
		}
		names = append(names, f.name)
	}
	if slices.Contains(o.Formats, DICOM) {
		more, err := dicomSet(j, tmp)
		if err != nil {
			return err
		}
		names = append(names, more...)
	}
	for _, n := range names {
		if err := os.Rename(filepath.Join(tmp, n), filepath.Join(dir, n)); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	for _, n := range none {
		if err := os.Remove(filepath.Join(dir, n)); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("export: %w", err)
		}
	}
	finished = true
	return nil
}

// WriteFile writes a file under another name beside its place, syncs it and renames it.
func WriteFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".writing-*")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("export: %w: %s", err, filepath.Base(path))
	}
	return nil
}

// JSON writes report.json.
func JSON(w io.Writer, r *assess.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

func leaks(w io.Writer, r *assess.Result) error {
	var ids []int
	var voxels [][]geom.Index
	for _, l := range r.Leaks {
		ids = append(ids, l.ID)
		voxels = append(voxels, l.Voxels)
	}
	return nifti.WriteRegions(w, r.Post.Grid, ids, voxels, "leak ids of report.json")
}

// compartments are the names of compartments in tables and reports.
var compartments = map[text.Lang]map[anatomy.Compartment]string{
	text.English: {
		anatomy.Canal: "Canal, epidural", anatomy.Foramen: "Foramen", anatomy.DiscSuperior: "Disc above", anatomy.DiscInferior: "Disc below",
		anatomy.ParavertebralVein: "Paravertebral vein", anatomy.SoftTissue: "Soft tissue", anatomy.NeedleTrack: "Needle track", anatomy.Distant: "Distant",
	},
	text.French: {
		anatomy.Canal: "Canalaire, épidurale", anatomy.Foramen: "Foraminale", anatomy.DiscSuperior: "Disque sus-jacent", anatomy.DiscInferior: "Disque sous-jacent",
		anatomy.ParavertebralVein: "Veineuse paravertébrale", anatomy.SoftTissue: "Parties molles", anatomy.NeedleTrack: "Trajet du trocart", anatomy.Distant: "À distance",
	},
}
