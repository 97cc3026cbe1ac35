package cohort_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/study"
)

// TestReadingList: every reader gets every case once or twice, in an order of its own, under names that tell nothing; the session leads
// to images with the roles of the original; the key leads back; and no word of an identity is in any file.
func TestReadingList(t *testing.T) {
	data := t.TempDir()
	x, err := phantom.New(3, phantom.Options{First: anatomy.L1, Last: anatomy.L1.Below(1), Matrix: 64, FOVMM: 100, SliceMM: 2.5, SpacingMM: 2.5, PreSliceMM: 2.5, Plan: []phantom.Treatment{{Level: anatomy.L1, Fill: 0.2, PlateauHU: 2000}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Write(context.Background(), filepath.Join(data, "Dupont-A")); err != nil {
		t.Fatal(err)
	}
	original, err := study.Open(context.Background(), filepath.Join(data, "Dupont-A"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"Dupont-B", "Dupont-C"} {
		if err := os.Symlink(filepath.Join(data, "Dupont-A"), filepath.Join(data, id)); err != nil {
			t.Fatal(err)
		}
	}
	os.Mkdir(filepath.Join(data, "empty"), 0o755)
	to := filepath.Join(t.TempDir(), "list")
	o := cohort.ListOptions{To: to, Readers: []string{"A", "B"}, Again: 1, Seed: 5}
	made, err := cohort.MakeReadingList(context.Background(), open(t, data), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Left) != 1 || made.Left[0].Case != "empty" || len(made.Key.Entries) != 8 {
		t.Fatalf("left %v, %d entries", made.Left, len(made.Key.Entries))
	}
	key, err := cohort.ReadKey(filepath.Join(to, "key.json"))
	if err != nil {
		t.Fatal(err)
	}
	count, posts := map[string]int{}, map[string]bool{}
	for _, e := range key.Entries {
		count[e.Reader]++
		posts[e.Session.Post] = true
		dir := filepath.Join(to, filepath.FromSlash(e.Place))
		s, err := session.Read(filepath.Join(dir, filepath.Base(dir)+session.Extension))
		if err != nil || s.Study.Post != e.Session.Post || len(s.Edits) != 0 || !s.Blind() {
			t.Fatalf("%s: %+v %v", e.Place, s, err)
		}
		images, err := study.Open(context.Background(), dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if p := images.ByRole(study.Post); p == nil || p.UID != s.Study.Post || images.ByRole(study.Pre) == nil || images.ByRole(study.Pre).UID != s.Study.Pre {
			t.Errorf("%s: roles of the anonymous images differ", e.Place)
		}
	}
	if count["A"] != 3 || count["A again"] != 1 || count["B"] != 3 || len(posts) != 8 {
		t.Errorf("%v, %d different images", count, len(posts))
	}
	patient := original.ByRole(study.Post).Patient
	for _, word := range []string{"Dupont", patient.Name, patient.ID, original.ByRole(study.Post).UID} {
		if word == "" {
			continue
		}
		err := filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if strings.Contains(strings.TrimPrefix(path, to), word) {
				t.Errorf("%q in the name %s", word, path)
			}
			if b, _ := os.ReadFile(path); filepath.Base(path) != "key.json" && bytes.Contains(b, []byte(word)) {
				t.Errorf("%q in %s", word, path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := cohort.MakeReadingList(context.Background(), open(t, data), o, nil); err == nil {
		t.Error("a list is written over another")
	}
	assisted := cohort.ListOptions{To: filepath.Join(t.TempDir(), "assisted"), Readers: []string{"A"}, Seed: 5, Assisted: true}
	if made, err = cohort.MakeReadingList(context.Background(), open(t, data), assisted, nil); err != nil {
		t.Fatal(err)
	}
	place := made.Key.Entries[0].Place
	if s, err := session.Read(filepath.Join(assisted.To, filepath.FromSlash(place), filepath.Base(place)+session.Extension)); err != nil || s.Blind() {
		t.Errorf("an assisted list is blinded: %v", err)
	}
	orders := map[string][]string{}
	for _, e := range key.Entries {
		orders[e.Reader[:1]] = append(orders[e.Reader[:1]], e.Case)
	}
	for r, cases := range orders {
		if i := slices.IndexFunc(key.Entries, func(e cohort.ReadingEntry) bool { return e.Reader == r+" again" }); slices.Index(cases, key.Entries[i].Case) > 1 {
			t.Errorf("reader %s: %v, again %s", r, cases, key.Entries[i].Case)
		}
	}
}
