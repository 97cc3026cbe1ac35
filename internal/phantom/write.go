package phantom

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// Write writes the case to a folder: post/ and pre/ as DICOM CT series, fluoro/ as an XA run of the injection, truth.json, and the truth masks vertebrae.nii.gz,
// cement.nii.gz and leaks.nii.gz on the post grid. The folder is made where it does not exist; entries of these names must not be
// there. Nothing is left behind on failure.
func (c *Case) Write(ctx context.Context, dir string) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("phantom: %w", err)
	}
	tmp, err := os.MkdirTemp(dir, ".phantom-")
	if err != nil {
		return fmt.Errorf("phantom: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := c.writeAll(ctx, tmp); err != nil {
		return fmt.Errorf("phantom: write case: %w", err)
	}
	entries, err := os.ReadDir(tmp)
	if err != nil {
		return fmt.Errorf("phantom: %w", err)
	}
	for _, e := range entries {
		if _, err := os.Lstat(filepath.Join(dir, e.Name())); err == nil {
			return fmt.Errorf("phantom: %s is already there", filepath.Join(dir, e.Name()))
		}
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(tmp, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("phantom: %w", err)
		}
	}
	return nil
}

func (c *Case) writeAll(ctx context.Context, dir string) error {
	if c.Pre != nil {
		if err := c.writeSeries(ctx, filepath.Join(dir, "pre"), c.Pre, preSeries, c.preSliceMM); err != nil {
			return err
		}
	}
	if err := c.writeSeries(ctx, filepath.Join(dir, "post"), c.Post, postSeries, c.postSliceMM); err != nil {
		return err
	}
	run, err := c.Fluoro(ctx)
	if err != nil {
		return err
	}
	if run != nil {
		c.Truth.Fluoro = []RunTruth{run.Truth}
		if err := c.writeRun(filepath.Join(dir, "fluoro"), run); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(c.Truth, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "truth.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	classes, leaks := c.Truth.CementMask()
	for name, l := range map[string]*volume.Labels{"vertebrae": c.Truth.BodyMask(), "cement": classes, "leaks": leaks} {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := writeFile(filepath.Join(dir, name+".nii.gz"), func(w io.Writer) error { return nifti.WriteLabels(w, l, "phantom truth: "+name) })
		if err != nil {
			return err
		}
	}
	return nil
}

// writeFile creates a file and reports every error of writing and closing it.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<16)
	if err := write(b); err != nil {
		f.Close()
		return err
	}
	if err := b.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// series is what tells one scan of a case from the other in its headers.
type series struct {
	name, date, time, study, description, protocol string
	number                                         int
}

var (
	preSeries  = series{"pre", "20260302", "093000", "Rachis dorso-lombaire", "Rachis os", "RACHIS", 3}
	postSeries = series{"post", "20260310", "151500", "Controle apres vertebroplastie", "Controle post vertebroplastie os", "RACHIS", 4}
)

// writeSeries writes one CT image a file. 12-bit scans are stored unsigned with an intercept of -1024, extended ones signed.
func (c *Case) writeSeries(ctx context.Context, dir string, v *volume.Volume, s series, thickness unit.MM) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	pixels := make([]uint16, v.NX*v.NY)
	for k := range v.NZ {
		if err := ctx.Err(); err != nil {
			return err
		}
		intercept, bits, signed := -1024, 12, 0
		if v.CeilingHU > 3071 {
			intercept, bits, signed = 0, 16, 1
		}
		for i, hu := range v.HU[k*len(pixels) : (k+1)*len(pixels)] {
			pixels[i] = uint16(int(hu) - intercept)
		}
		d := c.imageHeader(v, s, k, thickness)
		d = append(d, dicomout.Dataset{
			{Tag: 0x00280101, VR: "US", Value: bits},
			{Tag: 0x00280102, VR: "US", Value: bits - 1},
			{Tag: 0x00280103, VR: "US", Value: signed},
			{Tag: 0x00281052, VR: "DS", Value: float64(intercept)},
			{Tag: 0x00281053, VR: "DS", Value: 1.0},
			{Tag: 0x00281054, VR: "LO", Value: "HU"},
			{Tag: 0x7FE00010, VR: "OW", Value: pixels},
		}...)
		path := filepath.Join(dir, fmt.Sprintf("CT%04d.dcm", k+1))
		if err := writeFile(path, func(w io.Writer) error { return dicomout.Write(w, d) }); err != nil {
			return err
		}
	}
	return nil
}

// imageHeader is all of slice k but its pixels.
func (c *Case) imageHeader(v *volume.Volume, s series, k int, thickness unit.MM) dicomout.Dataset {
	seed := strconv.FormatUint(c.Seed, 10)
	uid := func(parts ...string) string {
		return dicomout.UID(append([]string{"phantom", seed, v.FrameUID}, parts...)...)
	}
	p := v.SlicePosition(k)
	return dicomout.Dataset{
		{Tag: 0x00080008, VR: "CS", Value: []string{"ORIGINAL", "PRIMARY", "AXIAL"}},
		{Tag: 0x00080016, VR: "UI", Value: "1.2.840.10008.5.1.4.1.1.2"}, // CT Image Storage
		{Tag: 0x00080018, VR: "UI", Value: uid("image", s.name, strconv.Itoa(k))},
		{Tag: 0x00080020, VR: "DA", Value: s.date},
		{Tag: 0x00080021, VR: "DA", Value: s.date},
		{Tag: 0x00080022, VR: "DA", Value: s.date},
		{Tag: 0x00080023, VR: "DA", Value: s.date},
		{Tag: 0x00080030, VR: "TM", Value: s.time},
		{Tag: 0x00080031, VR: "TM", Value: s.time},
		{Tag: 0x00080032, VR: "TM", Value: s.time},
		{Tag: 0x00080033, VR: "TM", Value: s.time},
		{Tag: 0x00080050, VR: "SH", Value: "PH" + strconv.Itoa(s.number)},
		{Tag: 0x00080060, VR: "CS", Value: "CT"},
		{Tag: 0x00080070, VR: "LO", Value: "Vertefill phantom"},
		{Tag: 0x00080090, VR: "PN", Value: nil},
		{Tag: 0x00081030, VR: "LO", Value: s.study},
		{Tag: 0x0008103E, VR: "LO", Value: s.description},
		{Tag: 0x00100010, VR: "PN", Value: "Phantom^Vertefill"},
		{Tag: 0x00100020, VR: "LO", Value: "PHANTOM-" + seed},
		{Tag: 0x00100030, VR: "DA", Value: nil},
		{Tag: 0x00100040, VR: "CS", Value: nil},
		{Tag: 0x00180015, VR: "CS", Value: "SPINE"},
		{Tag: 0x00180050, VR: "DS", Value: float64(thickness)},
		{Tag: 0x00180060, VR: "DS", Value: 120.0},
		{Tag: 0x00181030, VR: "LO", Value: s.protocol},
		{Tag: 0x00181210, VR: "SH", Value: "PHANTOM"},
		{Tag: 0x00185100, VR: "CS", Value: "HFS"},
		{Tag: 0x0020000D, VR: "UI", Value: uid("study", s.date)},
		{Tag: 0x0020000E, VR: "UI", Value: uid("series", s.name)},
		{Tag: 0x00200010, VR: "SH", Value: strconv.Itoa(s.number)},
		{Tag: 0x00200011, VR: "IS", Value: s.number},
		{Tag: 0x00200012, VR: "IS", Value: 1},
		{Tag: 0x00200013, VR: "IS", Value: k + 1},
		{Tag: 0x00200032, VR: "DS", Value: []float64{p.X, p.Y, p.Z}},
		{Tag: 0x00200037, VR: "DS", Value: []float64{v.Row.X, v.Row.Y, v.Row.Z, v.Col.X, v.Col.Y, v.Col.Z}},
		{Tag: 0x00200052, VR: "UI", Value: v.FrameUID},
		{Tag: 0x00201040, VR: "LO", Value: nil},
		{Tag: 0x00280002, VR: "US", Value: 1},
		{Tag: 0x00280004, VR: "CS", Value: "MONOCHROME2"},
		{Tag: 0x00280010, VR: "US", Value: v.NY},
		{Tag: 0x00280011, VR: "US", Value: v.NX},
		{Tag: 0x00280030, VR: "DS", Value: []float64{float64(v.DY), float64(v.DX)}},
		{Tag: 0x00280100, VR: "US", Value: 16},
		{Tag: 0x00281050, VR: "DS", Value: 500.0},
		{Tag: 0x00281051, VR: "DS", Value: 2000.0},
	}
}
