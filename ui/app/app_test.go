package app_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/app"
	"github.com/vertefill/vertefill/ui/model"
)

func TestPathOf(t *testing.T) {
	for in, want := range map[string]string{
		"/a b/c":                 "/a b/c",
		" \"/a b\" \n/second":    "/a b",
		"file:///a%20b/%C3%A9":   "/a b/é",
		"vertefill:///data/case": "/data/case",
		"":                       "",
		"file://%zz":             "",
	} {
		if got := app.PathOf(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestSettingsFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sub", "desktop.json")
	s := model.DefaultSettings(text.French)
	s.Light, s.Scale = true, 150
	if err := app.StoreSettings(file, s); err != nil {
		t.Fatal(err)
	}
	if got := app.LoadSettings(file); !got.Light || got.Scale != 150 || got.Lang != text.French {
		t.Errorf("read back %+v", got)
	}
	if err := os.WriteFile(file, []byte(`{"Scale": 9000, "Lang": "xx", "PanelDP": -4`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := app.LoadSettings(file); got.Scale != 100 {
		t.Errorf("a damaged file gives %+v", got)
	}
	if err := os.WriteFile(file, []byte(`{"Scale": 9000, "Lang": "xx", "PanelDP": -4}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := app.LoadSettings(file); got.Scale != 200 || got.PanelDP != 360 || got.Lang == "xx" {
		t.Errorf("values out of range give %+v", got)
	}
}

// A window in which nothing happens asks for no frame, whatever it shows.
func TestIdleDrawsNoFrames(t *testing.T) {
	for _, do := range []string{"", "layout-planes", "slab", "correct", "report", "problems"} {
		w := correcting(t, nil)
		if do != "" {
			w.Do(do)
		}
		w.draw()
		w.Now = w.Now.Add(time.Minute) // toasts and coarse pictures are over
		for range 3 {
			w.draw()
		}
		w.Asks()
		if w.Frame(); w.Asks() {
			t.Errorf("after %q an idle window asks for frames", do)
		}
	}
}
