package export

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/vertefill/vertefill/internal/text"
)

func namesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestFilesOfTheContract(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := WriteAll(t.Context(), dir, newCase(t, plan{levels: 2, treated: []int{1}, lang: text.French}), text.French); err != nil {
		t.Fatal(err)
	}
	got := namesIn(t, dir)
	for _, f := range []string{"report.json", "report.pdf", "vertebrae.nii.gz", "cement.nii.gz", "leaks.nii.gz", "cement.stl"} {
		if !slices.Contains(got, f) {
			t.Errorf("%s is missing: %v", f, got)
		}
	}
	for _, f := range got {
		if strings.HasPrefix(f, ".") || strings.HasSuffix(f, ".html") {
			t.Errorf("%s should not be there", f)
		}
	}
}

func TestEveryFormat(t *testing.T) {
	dir := t.TempDir()
	r := newCase(t, usual(text.English))
	if err := Write(t.Context(), dir, r, Options{Formats: Formats}); err != nil {
		t.Fatal(err)
	}
	got := namesIn(t, dir)
	for _, f := range []string{"report.html", "vertebrae.csv", "leaks.csv", "vertebrae.tsv", "leaks.tsv", "fields.json", "segmentation.seg.nrrd", "cement.ply", "cement.obj", "cement.glb", "report.fhir.json", "report.txt", "plot-fill.svg", "plot-fill.png", "plot-heights.svg", "plot-map-T10.svg", "plot-fluoro-1.svg"} {
		if !slices.Contains(got, f) {
			t.Errorf("%s is missing: %v", f, got)
		}
	}
}

// TestStoppedWritingKeepsOldFiles cancels at every file in turn: old files stay byte for byte and nothing half-written is left.
func TestStoppedWritingKeepsOldFiles(t *testing.T) {
	r := newCase(t, plan{levels: 2, treated: []int{0}})
	dir := t.TempDir()
	old := map[string]string{"report.json": "old report", "cement.stl": "old surface"}
	for n, s := range old {
		if err := os.WriteFile(filepath.Join(dir, n), []byte(s), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for after := range 6 {
		ctx := &countdown{Context: t.Context(), left: after}
		if err := Write(ctx, dir, r, Options{}); !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d checks: %v", after, err)
		}
		if got := namesIn(t, dir); len(got) != len(old) {
			t.Fatalf("after %d checks: %v", after, got)
		}
		for n, s := range old {
			if b, err := os.ReadFile(filepath.Join(dir, n)); err != nil || string(b) != s {
				t.Fatalf("after %d checks %s holds %q, %v", after, n, b, err)
			}
		}
	}
	fresh := filepath.Join(t.TempDir(), "new")
	if err := Write(&countdown{Context: t.Context()}, fresh, r, Options{}); err == nil {
		t.Error("nothing was stopped")
	}
	if _, err := os.Stat(fresh); !os.IsNotExist(err) {
		t.Error("an empty folder was left")
	}
}

// countdown is a context that is cancelled after a number of looks at it.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestFullDisk runs itself with a limit on the size of files, which the kernel enforces like a full disk, in the middle of a write.
func TestFullDisk(t *testing.T) {
	const variable = "VERTEFILL_TEST_FULL_DISK"
	if dir := os.Getenv(variable); dir != "" {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 20000, Max: 20000}); err != nil {
			t.Skip(err)
		}
		err := Write(t.Context(), dir, newCase(t, plan{levels: 2, treated: []int{0}}), Options{})
		if !errors.Is(err, syscall.EFBIG) {
			t.Errorf("error %v", err)
		}
		if err != nil && (strings.Contains(err.Error(), "\n") || len(err.Error()) > 200) {
			t.Errorf("not one clear line: %v", err)
		}
		return
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "report.pdf"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$")
	cmd.Env = append(os.Environ(), variable+"="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := namesIn(t, dir); len(got) != 1 {
		t.Errorf("left behind: %v", got)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "report.pdf")); string(b) != "old" {
		t.Errorf("the old file holds %q", b)
	}
}

func TestWriteFileKeepsTheOldFileWhenWritingFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.txt")
	if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "first"); return err }); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := WriteFile(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("error %v", err)
	}
	if b, _ := os.ReadFile(path); !bytes.Equal(b, []byte("first")) {
		t.Errorf("holds %q", b)
	}
	if got := namesIn(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("left behind: %v", got)
	}
}

func TestParseFormats(t *testing.T) {
	if f, err := ParseFormats("HTML, csv,csv"); err != nil || !slices.Equal(f, []Format{HTML, CSV}) {
		t.Errorf("%v, %v", f, err)
	}
	if f, err := ParseFormats("all"); err != nil || len(f) != len(Formats) {
		t.Errorf("%v, %v", f, err)
	}
	if _, err := ParseFormats("docx"); err == nil {
		t.Error("docx was taken")
	}
	if _, err := ParsePage("A5"); err == nil {
		t.Error("A5 was taken")
	}
}
