package exchange_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

const ctStorage = "1.2.840.10008.5.1.4.1.1.2"

// A patient in Latin-1, whose bytes must come back in every object.
var latin1 = dicomout.Dataset{
	{Tag: 0x00080005, VR: "CS", Value: "ISO_IR 100"},
	{Tag: 0x00100010, VR: "PN", Value: []byte("Gr\xe9goire^Fran\xe7oise")}, {Tag: 0x00100020, VR: "LO", Value: "P-77"},
	{Tag: 0x00100030, VR: "DA", Value: "19410203"}, {Tag: 0x00100040, VR: "CS", Value: "F"},
	{Tag: 0x00080020, VR: "DA", Value: "20260310"}, {Tag: 0x00080030, VR: "TM", Value: "101500"}, {Tag: 0x00080050, VR: "SH", Value: "A1"},
	{Tag: 0x00080090, VR: "PN", Value: []byte("M\xe9decin^Un")}, {Tag: 0x00081030, VR: "LO", Value: []byte("Contr\xf4le")}, {Tag: 0x00200010, VR: "SH", Value: []byte("1\x00")}, // padded wrongly, as real files are
	{Tag: 0x00101002, VR: "SQ", Value: []dicomout.Dataset{{{Tag: 0x00100020, VR: "LO", Value: "OLD-1"}, {Tag: 0x00100022, VR: "CS", Value: "TEXT"}}}},
}

// study writes the slices of a grid as CT images and returns the origin of derived objects. The voxel values are 0.
func study(t *testing.T, g *volume.Grid, patient dicomout.Dataset) *dicomio.Origin {
	t.Helper()
	dir := t.TempDir()
	for k := range g.NZ {
		p := g.SlicePosition(k)
		d := append(dicomout.Dataset{
			{Tag: 0x00080016, VR: "UI", Value: ctStorage}, {Tag: 0x00080018, VR: "UI", Value: dicomout.UID(t.Name(), fmt.Sprint(k))},
			{Tag: 0x00080060, VR: "CS", Value: "CT"}, {Tag: 0x0020000D, VR: "UI", Value: dicomout.UID(t.Name(), "study")},
			{Tag: 0x0020000E, VR: "UI", Value: dicomout.UID(t.Name(), "series")}, {Tag: 0x00200052, VR: "UI", Value: g.FrameUID},
			{Tag: 0x00080008, VR: "CS", Value: []string{"ORIGINAL", "PRIMARY", "AXIAL"}}, {Tag: 0x00200013, VR: "IS", Value: k + 1},
			{Tag: 0x00200032, VR: "DS", Value: []float64{p.X, p.Y, p.Z}}, {Tag: 0x00200037, VR: "DS", Value: []float64{g.Row.X, g.Row.Y, g.Row.Z, g.Col.X, g.Col.Y, g.Col.Z}},
			{Tag: 0x00280030, VR: "DS", Value: []float64{float64(g.DY), float64(g.DX)}}, {Tag: 0x00281052, VR: "DS", Value: -1024.0}, {Tag: 0x00281053, VR: "DS", Value: 1.0},
			{Tag: 0x00280002, VR: "US", Value: 1}, {Tag: 0x00280004, VR: "CS", Value: "MONOCHROME2"}, {Tag: 0x00280010, VR: "US", Value: g.NY}, {Tag: 0x00280011, VR: "US", Value: g.NX},
			{Tag: 0x00280100, VR: "US", Value: 16}, {Tag: 0x00280101, VR: "US", Value: 16}, {Tag: 0x00280102, VR: "US", Value: 15}, {Tag: 0x00280103, VR: "US", Value: 1},
			{Tag: 0x7FE00010, VR: "OW", Value: make([]int16, g.NX*g.NY)},
		}, patient...)
		save(t, filepath.Join(dir, fmt.Sprintf("%03d.dcm", k)), func(w io.Writer) error { return dicomout.Write(w, d) })
	}
	inv, err := dicomio.Scan(context.Background(), []string{dir}, nil)
	if err != nil || len(inv.Series) != 1 || inv.Series[0].Main() == nil {
		t.Fatalf("%v, %+v", err, inv)
	}
	o, err := inv.Series[0].Main().Origin()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func save(t testing.TB, path string, write func(io.Writer) error) {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// written saves what write gives and returns its path.
func written(t testing.TB, write func(io.Writer) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "object.dcm")
	save(t, path, write)
	return path
}

// valid checks an object with dicom3tools: no line may begin with Error.
func valid(t *testing.T, path string) {
	t.Helper()
	if _, err := exec.LookPath("dciodvfy"); err != nil {
		t.Log("dciodvfy is not installed: the object is not checked")
		return
	}
	out, _ := exec.Command("dciodvfy", "-new", path).CombinedOutput()
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "Error") {
			t.Error(line)
		}
	}
}

func maker(o *dicomio.Origin) exchange.Maker {
	return exchange.Maker{Origin: o, Created: time.Date(2026, 3, 11, 9, 30, 0, 0, time.UTC), Version: "test"}
}

// grid makes a grid whose axes are turned about x, y and z (degrees).
func grid(t *testing.T, nx, ny, nz int, dx, dy, dz, ax, ay, az float64) *volume.Grid {
	t.Helper()
	turn := func(v geom.PatientVec, a, b int, deg float64) geom.PatientVec {
		c := [3]float64{v.X, v.Y, v.Z}
		s, k := math.Sincos(deg * math.Pi / 180)
		c[a], c[b] = k*c[a]-s*c[b], s*c[a]+k*c[b]
		return geom.LPSVec(c[0], c[1], c[2])
	}
	all := func(v geom.PatientVec) geom.PatientVec { return turn(turn(turn(v, 1, 2, ax), 2, 0, ay), 0, 1, az) }
	row, col := all(geom.LPSVec(1, 0, 0)), all(geom.LPSVec(0, 1, 0))
	var pos []geom.Patient
	for k := range nz {
		pos = append(pos, geom.LPS(-20, 35, -700).Add(row.Cross(col).Mul(dz*float64(k))))
	}
	g, err := volume.NewGrid(nx, ny, row, col, unit.MM(dx), unit.MM(dy), pos, "1.2.3.4")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var grids = map[string][9]float64{ // nx ny nz dx dy dz ax ay az
	"plain": {24, 20, 12, 0.7, 0.7, 1}, "anisotropic, odd size": {23, 17, 9, 0.5, 0.9, 2.5}, "oblique": {24, 21, 12, 0.7, 0.6, 1.25, 17, -23, 41},
	"flipped": {20, 24, 10, 0.7, 0.7, 1, 180, 0, 0}, "sagittal": {19, 22, 11, 0.8, 0.8, 0.9, 90, 0, 90},
}

func fromTable(t *testing.T, v [9]float64) *volume.Grid {
	return grid(t, int(v[0]), int(v[1]), int(v[2]), v[3], v[4], v[5], v[6], v[7], v[8])
}

// ball marks the voxels within r mm of a point that lies off the middle of the grid, so that no flip maps it onto itself.
func ball(g *volume.Grid, r, fx, fy, fz float64) *volume.Labels {
	c := g.Patient(geom.Vox(fx*float64(g.NX), fy*float64(g.NY), fz*float64(g.NZ)))
	m := volume.NewLabels(g, g.Bounds())
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				if g.Patient(geom.Vox(float64(i), float64(j), float64(k))).Dist(c) < r {
					m.Set(i, j, k, 7)
				}
			}
		}
	}
	return m
}
