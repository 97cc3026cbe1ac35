package exchange_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestCharacterSets makes an object from files in 17 character sets: the patient's name has the same bytes, the same statement of their
// set, and reads the same; our own words beside it read as they should.
func TestCharacterSets(t *testing.T) {
	folder := data(t, "charsets")
	files, err := filepath.Glob(filepath.Join(folder, "*.dcm"))
	if err != nil || len(files) < 17 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		source, err := dicomio.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		o := source.Dataset.Origin()
		m := maker(o)
		object, err := dicomio.Open(written(t, func(w io.Writer) error { return m.WritePDF(w, []byte("%PDF-1.7"), "Résumé – à lire", false) }))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, tag := range []dicomio.Tag{0x00100010, 0x00100020, 0x00081030, 0x00080090} {
			if source.Find(tag) == nil {
				continue
			}
			if !bytes.Equal(bytes.TrimRight(source.Bytes(tag), " \x00"), bytes.TrimRight(object.Bytes(tag), " \x00")) {
				t.Errorf("%s %v: %q became %q", name, tag, source.Bytes(tag), object.Bytes(tag))
			}
			if source.Text(tag) != object.Text(tag) {
				t.Errorf("%s %v: reads %q, then %q", name, tag, source.Text(tag), object.Text(tag))
			}
		}
		title := object.Text(0x00420010)
		if title != "Résumé – à lire" && title != "Résumé - à lire" && title != "Resume - a lire" {
			t.Errorf("%s: our title reads %q", name, title)
		}
		if strings.HasSuffix(object.Code(0x00080005), " 100") && title != "Résumé - à lire" {
			t.Errorf("%s: Latin-1 has these accents, our title reads %q", name, title)
		}
		source.Close()
		object.Close()
	}
}

// TestBigEndianOrigin: numbers and nested items of a big-endian file are as valid in what is made from it.
func TestBigEndianOrigin(t *testing.T) {
	f, err := dicomio.Open(data(t, "odd-dicom-a", "ExplVR_BigEnd.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, syntax, err := f.Everything()
	if err != nil || syntax != "1.2.840.10008.1.2.1" {
		t.Fatalf("%s, %v", syntax, err)
	}
	for _, e := range d {
		if e.Tag == 0x00280010 {
			if b := e.Value.([]byte); b[0] != 60 || b[1] != 0 {
				t.Errorf("rows are %v, 60 in little endian", b)
			}
		}
	}
}

// FuzzReaders feeds damaged objects to every reader: no panic, and no object of one kind read as another.
func FuzzReaders(f *testing.F) {
	for _, name := range []string{"seg-sr-dcmqi/sr.dcm", "odd-dicom-a/rtstruct.dcm", "odd-dicom-a/prOverlay.dcm", "odd-dicom-a/test-SR.dcm"} {
		if b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", name)); err == nil && len(b) < 300_000 {
			f.Add(b)
		}
	}
	f.Add([]byte("DICM"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "x.dcm")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		kinds := 0
		if _, err := exchange.ReadMeasurements(path); err == nil {
			kinds++
		}
		if s, err := exchange.ReadStructures(path); err == nil {
			kinds++
			for _, r := range s.Regions {
				r.Mask(fuzzGrid)
			}
		}
		if _, err := exchange.ReadPresentation(path); err == nil {
			kinds++
		}
		if kinds > 1 {
			t.Errorf("read as %d kinds of object", kinds)
		}
	})
}

var fuzzGrid = func() *volume.Grid {
	g, err := volume.NewGrid(40, 40, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 10, 10, []geom.Patient{geom.LPS(-200, -200, -200), geom.LPS(-200, -200, -190), geom.LPS(-200, -200, -180)}, "")
	if err != nil {
		panic(err) // a constant
	}
	return g
}()
