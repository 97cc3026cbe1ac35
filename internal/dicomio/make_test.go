package dicomio_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

const ctStorage = "1.2.840.10008.5.1.4.1.1.2"

// slice is a CT slice for tests.
type slice struct {
	nx, ny   int
	px       any // []int16 or []uint16
	pos      geom.Patient
	row, col geom.PatientVec
	dx, dy   float64
	number   int
	more     dicomout.Dataset // replaces or adds
}

func axial(nx, ny int, z float64) slice {
	return slice{nx: nx, ny: ny, px: make([]int16, nx*ny), pos: geom.LPS(0, 0, z), row: geom.LPSVec(1, 0, 0), col: geom.LPSVec(0, 1, 0), dx: 1, dy: 1}
}

// dataset returns the slice as a CT image of the named series.
func (s slice) dataset(series string) dicomout.Dataset {
	signed, stored := 1, 16
	if _, ok := s.px.([]uint16); ok {
		signed = 0
	}
	d := dicomout.Dataset{
		{Tag: 0x00080008, VR: "CS", Value: []string{"ORIGINAL", "PRIMARY", "AXIAL"}},
		{Tag: 0x00080016, VR: "UI", Value: ctStorage},
		{Tag: 0x00080018, VR: "UI", Value: dicomout.UID(series, fmt.Sprint(s.pos, s.number))},
		{Tag: 0x00080060, VR: "CS", Value: "CT"},
		{Tag: 0x00100010, VR: "PN", Value: "Secret^Name"},
		{Tag: 0x0020000D, VR: "UI", Value: dicomout.UID("study")},
		{Tag: 0x0020000E, VR: "UI", Value: dicomout.UID(series)},
		{Tag: 0x00200013, VR: "IS", Value: s.number},
		{Tag: 0x00200032, VR: "DS", Value: []float64{s.pos.X, s.pos.Y, s.pos.Z}},
		{Tag: 0x00200037, VR: "DS", Value: []float64{s.row.X, s.row.Y, s.row.Z, s.col.X, s.col.Y, s.col.Z}},
		{Tag: 0x00200052, VR: "UI", Value: dicomout.UID("frame")},
		{Tag: 0x00280002, VR: "US", Value: 1},
		{Tag: 0x00280004, VR: "CS", Value: "MONOCHROME2"},
		{Tag: 0x00280010, VR: "US", Value: s.ny},
		{Tag: 0x00280011, VR: "US", Value: s.nx},
		{Tag: 0x00280030, VR: "DS", Value: []float64{s.dy, s.dx}},
		{Tag: 0x00280100, VR: "US", Value: 16},
		{Tag: 0x00280101, VR: "US", Value: stored},
		{Tag: 0x00280102, VR: "US", Value: stored - 1},
		{Tag: 0x00280103, VR: "US", Value: signed},
		{Tag: 0x00281052, VR: "DS", Value: 0.0},
		{Tag: 0x00281053, VR: "DS", Value: 1.0},
		{Tag: 0x7FE00010, VR: "OW", Value: s.px},
	}
	return with(d, s.more...)
}

// with replaces or adds elements; one without VR is removed.
func with(d dicomout.Dataset, more ...dicomout.Element) dicomout.Dataset {
	out := append(dicomout.Dataset(nil), d...)
next:
	for _, m := range more {
		for i := range out {
			if out[i].Tag == m.Tag {
				out[i] = m
				continue next
			}
		}
		out = append(out, m)
	}
	kept := out[:0]
	for _, e := range out {
		if e.VR != "" {
			kept = append(kept, e)
		}
	}
	return kept
}

func encodeFile(t testing.TB, d dicomout.Dataset) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := dicomout.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t testing.TB, dir, name string, b []byte) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// writeSeries writes slices as one series, under names that tell nothing of their order.
func writeSeries(t testing.TB, dir, series string, slices []slice) {
	t.Helper()
	for i, s := range slices {
		write(t, dir, fmt.Sprintf("%s-%03d", series, i*37%101*1000+i), encodeFile(t, s.dataset(series)))
	}
}

// only loads the one volume of the one series under dir.
func only(t testing.TB, dir string) (*dicomio.Stack, *volume.Volume) {
	t.Helper()
	inv := scan(t, dir)
	if len(inv.Series) != 1 || len(inv.Series[0].Stacks) != 1 {
		t.Fatalf("want one series of one stack, got %s", summary(inv))
	}
	v, err := inv.Series[0].Main().Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return inv.Series[0].Main(), v
}

func summary(inv *dicomio.Inventory) string {
	s := fmt.Sprintf("%d series", len(inv.Series))
	for _, x := range inv.Series {
		s += fmt.Sprintf("; %s %d images %d stacks %d runs", x.Modality, x.Images, len(x.Stacks), len(x.Runs))
		for _, st := range x.Stacks {
			s += fmt.Sprintf(" [%d %q]", st.Len(), st.SplitBy)
		}
		for _, p := range x.Problems {
			s += " " + p.English
		}
	}
	for _, k := range inv.Skipped {
		s += fmt.Sprintf("; %s: %s", k.Code, k.English)
	}
	return s
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }
