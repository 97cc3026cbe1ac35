package nifti

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestQuickReaderIsTheGeneralOne: both give the same labels at the same places, from files of every kind, and both refuse damage.
func TestQuickReaderIsTheGeneralOne(t *testing.T) {
	dir := t.TempDir()
	g, err := volume.NewRegularGrid(7, 6, 5, geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(-3, 8, 20),
		geom.LPSVec(0, 0.5, 0), geom.LPSVec(0, 0, 0.7), geom.LPSVec(1.1, 0, 0)), "")
	if err != nil {
		t.Fatal(err)
	}
	l, v := volume.NewLabels(g, g.Bounds()), volume.New(g)
	for o := range l.V {
		l.V[o] = uint8(o % 29)
		v.HU[o] = int16(o % 31)
	}
	bytes, words := filepath.Join(dir, "bytes.nii.gz"), filepath.Join(dir, "words.nii.gz")
	save := func(path string, write func(f *os.File) error) {
		f, err := os.Create(path)
		if err == nil {
			err = errors.Join(write(f), f.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	save(bytes, func(f *os.File) error { return WriteLabels(f, l, "") })
	save(words, func(f *os.File) error { return WriteVolume(f, v, "") })
	for _, path := range []string{bytes, words} {
		want, err := readAnyLabels(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadLabels(path)
		if err != nil {
			t.Fatal(err)
		}
		if !volume.SameGrid(got.Grid, want.Grid) || got.Box != want.Box || !slices.Equal(got.V, want.V) {
			t.Errorf("%s: quick and general reader differ", filepath.Base(path))
		}
	}
	whole, err := os.ReadFile(bytes)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		short := filepath.Join(dir, "short.nii.gz")
		if err := os.WriteFile(short, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ReadLabels(short)
		if _, want := readAnyLabels(short); (err == nil) != (want == nil) {
			t.Fatalf("%d of %d bytes: quick reader says %v, general one %v", n, len(whole), err, want)
		}
	}
	if _, err := ReadLabels(filepath.Join(dir, "absent.nii.gz")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent file gave %v", err)
	}
}
