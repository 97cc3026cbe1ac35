package dicomio_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
)

func zipOf(t *testing.T, method uint16, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range files {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSources puts one series into folders, archives and archives of archives: it must come out the same.
func TestSources(t *testing.T) {
	files := map[string][]byte{}
	for k, s := range column(4, 0) {
		px := s.px.([]int16)
		for i := range px {
			px[i] = int16(100*k + i)
		}
		files[fmt.Sprintf("DICOM/%d/IM%d", k%2, k)] = encodeFile(t, s.dataset("s"))
	}
	folder := t.TempDir()
	for name, b := range files {
		write(t, folder, name, b)
	}
	write(t, folder, "DICOMDIR", []byte("whatever it says, the files decide, and they are beside it"))
	dir := t.TempDir()
	deflated := write(t, dir, "a.zip", zipOf(t, zip.Deflate, files))
	stored := write(t, dir, "b", zipOf(t, zip.Store, files))
	nested := write(t, dir, "c.zip", zipOf(t, zip.Deflate, map[string][]byte{"readme.txt": []byte("hello"), "disc/study.ZIP": zipOf(t, zip.Deflate, files)}))
	nameless := write(t, dir, "e", zipOf(t, zip.Deflate, map[string][]byte{"study": zipOf(t, zip.Deflate, files)}))
	tooDeep := write(t, dir, "d.zip", zipOf(t, zip.Store, map[string][]byte{"1.zip": zipOf(t, zip.Store, map[string][]byte{"2.zip": zipOf(t, zip.Store, files)})}))

	linked := func(to, name string) string {
		from := filepath.Join(t.TempDir(), name)
		if err := os.Symlink(to, from); err != nil {
			t.Skipf("no links here: %v", err)
		}
		return from
	}
	for name, paths := range map[string][]string{
		"link to a folder": {linked(folder, "study")}, "link to an archive": {linked(deflated, "study")},
		"link to a DICOMDIR": {linked(filepath.Join(folder, "DICOMDIR"), "DICOMDIR")},
		"folder":             {folder}, "DICOMDIR": {filepath.Join(folder, "DICOMDIR")}, "deflated": {deflated}, "stored": {stored}, "nested": {nested}, "nested without names": {nameless},
		"given twice": {folder, folder + "/DICOM/.."},
	} {
		inv := scan(t, paths...)
		if len(inv.Series) != 1 || inv.Series[0].Main() == nil {
			t.Errorf("%s: %s", name, summary(inv))
			continue
		}
		v, err := inv.Series[0].Main().Load(context.Background(), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for o, h := range v.HU {
			if want := int16(100*(o/48) + o%48); h != want {
				t.Errorf("%s: voxel %d is %d, want %d", name, o, h, want)
				break
			}
		}
		for _, s := range inv.Skipped {
			if s.Code == dicomio.CodeDuplicate || s.Code == dicomio.CodeUnreadable {
				t.Errorf("%s: %s is skipped: %s", name, s.Path, s.Code)
			}
		}
	}
	if inv := scan(t, tooDeep); len(inv.Series) != 0 || len(inv.Skipped) != 1 || inv.Skipped[0].Code != dicomio.CodeUnsupported {
		t.Errorf("nested too deep: %s", summary(inv))
	}
	if err := os.Remove(deflated); err != nil {
		t.Errorf("the archive is still in use: %v", err)
	}
}

func TestScanStops(t *testing.T) {
	if _, err := dicomio.Scan(context.Background(), []string{filepath.Join(t.TempDir(), "nowhere")}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing path: %v", err)
	}
	dir := t.TempDir()
	writeSeries(t, dir, "s", column(30, 0))
	ctx, cancel := context.WithCancel(context.Background())
	last := 0.0
	_, err := dicomio.Scan(ctx, []string{dir}, func(f float64) {
		if f <= last || f > 1 {
			t.Errorf("progress went from %g to %g", last, f)
		}
		if last = f; f > 0.3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || last > 0.6 {
		t.Errorf("cancelled at 0.3, ended at %g with %v", last, err)
	}
	inv := scan(t, dir)
	if _, err := inv.Series[0].Main().Load(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("load: %v", err)
	}
}

// TestSeriesBeforeTheEnd scans three series whose files follow each other and one spread over all of them: the first are told, whole
// and loadable, while the scan goes on; the last word is that of the inventory.
func TestSeriesBeforeTheEnd(t *testing.T) {
	dir := t.TempDir()
	for n, name := range []string{"a", "b", "c"} {
		for k, s := range column(80, 0) {
			write(t, dir, fmt.Sprintf("%s/%03d", name, k), encodeFile(t, s.dataset(name)))
			if k%20 == 0 {
				s.number += 1000 * (n + 1)
				s.pos.Z += float64(200 * (n + 1))
				write(t, dir, fmt.Sprintf("%s/%03d-spread", name, k), encodeFile(t, s.dataset("spread")))
			}
		}
	}
	told := make(chan *dicomio.Series, 100)
	var first []*dicomio.Series
	at := 0.0
	inv, err := dicomio.ScanWatched(t.Context(), []string{dir}, dicomio.Watch{
		Progress: func(f float64) {
			if at = f; f > 0.95 { // hold the scan here until two were told
				for len(first) < 2 {
					select {
					case s := <-told:
						first = append(first, s)
					case <-time.After(20 * time.Second):
						t.Error("no series before the end")
						return
					}
				}
			}
		},
		Series: func(s *dicomio.Series) { told <- s },
	})
	if err != nil || at != 1 || len(inv.Series) != 4 {
		t.Fatalf("%v at %g: %s", err, at, summary(inv))
	}
	whole := map[string]bool{}
	for _, s := range first {
		v, err := s.Main().Load(t.Context(), nil)
		if err != nil || v.NZ != s.Images {
			t.Errorf("%s: %v, %d slices of %d images", s.UID, err, v.NZ, s.Images)
		}
		whole[s.UID] = s.Images == 80
	}
	if a, b := dicomout.UID("a"), dicomout.UID("b"); !whole[a] || !whole[b] {
		t.Errorf("told before the end: %v, want all of a and b", whole)
	}
}
