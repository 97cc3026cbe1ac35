package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"gioui.org/io/key"

	"github.com/vertefill/vertefill/ui/model"
)

// Ctrl+O takes the path by the keyboard alone; Enter shows what it holds, once more Enter opens it; the arrows walk the listing.
func TestPathByKeyboard(t *testing.T) {
	w := newWindow(t, full, nil)
	s := w.app.State()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "inner"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	w.Key("O", key.ModShortcut)
	w.Until("the listing", func() bool { return s.Browser.Dir != "" })
	w.Frame()
	w.Type(dir)
	w.Key(key.NameReturn, 0)
	w.Until("the folder", func() bool { return s.Browser.Dir == dir && len(s.Browser.Entries) == 2 })
	w.Key(key.NameDownArrow, 0)
	w.Key(key.NameDownArrow, 0)
	w.Key(key.NameUpArrow, 0)
	if s.Browser.Selected != 0 {
		t.Fatalf("down, down, up selects entry %d", s.Browser.Selected)
	}
	w.Key("O", key.ModShortcut)
	w.Frame()
	w.Type("/imaging/case")
	w.Key(key.NameReturn, 0)
	w.Until("the preview", func() bool { return s.Browser.Preview != nil })
	w.Frame() // the field has let go of the keyboard
	w.Key(key.NameReturn, 0)
	w.Until("the images", func() bool { return s.Workspace == model.Read })
}
