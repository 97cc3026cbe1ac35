package app

import (
	"os"
	"path/filepath"
	"testing"
)

// Something new is told once, when it has stopped growing; what was there, hidden and empty things are not.
func TestWatcher(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("old/1.dcm", "x")
	w := watcher{dir: dir}
	expect := func(step string, want ...string) {
		t.Helper()
		got := w.look()
		if len(got) != len(want) || len(got) > 0 && got[0] != filepath.Join(dir, want[0]) {
			t.Errorf("%s: %v, want %v", step, got, want)
		}
	}
	expect("first look")
	write("new/1.dcm", "x")
	write(".hidden/1.dcm", "x")
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	expect("seen for the first time")
	write("new/2.dcm", "xx")
	expect("still growing")
	expect("complete", "new")
	expect("told already")
	write("new/3.dcm", "more")
	expect("later additions are not a new study")
	if err := os.RemoveAll(filepath.Join(dir, "new")); err != nil {
		t.Fatal(err)
	}
	expect("gone")
	write("new/1.dcm", "y")
	expect("back")
	expect("back and complete", "new")
	w.dir = filepath.Join(dir, "nowhere")
	expect("a folder that is not there")
}
