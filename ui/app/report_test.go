package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gioui.org/io/key"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/ui/model"
)

// Signing waits for every leak and a name, freezes what it signs, and a later change makes a new version.
func TestSignOff(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	w.Key("P", key.ModShortcut)
	if s.Workspace != model.Report || !w.Has("Not signed") || !w.Has("A leak is undecided (T9 canal, epidural)") {
		t.Fatalf("labels %q", w.Labels())
	}
	w.Key(key.NameReturn, key.ModShortcut)
	w.Key("A", 0)
	w.settled()
	if len(s.Session.Signed) != 0 || !w.Has("The reader’s name is missing") {
		t.Fatal("signed without a decision or a name")
	}
	w.ClickOn("Name of the reader")
	w.Type("Dr Example")
	w.ClickOn("Sign the report")
	if len(s.Session.Signed) != 1 || !w.Has("Version 1 signed") || !w.Has("Signed by Dr Example") {
		t.Fatalf("not signed: %q", w.Labels())
	}
	var frozen assess.Report
	if err := json.Unmarshal(s.Session.Signed[0].Report, &frozen); err != nil || len(frozen.Leaks) != 1 {
		t.Errorf("the frozen report holds %d leaks: %v", len(frozen.Leaks), err)
	}
	if s.Session.Signed[0].At.IsZero() || s.Session.Signed[0].Reader != "Dr Example" {
		t.Errorf("signature %+v", s.Session.Signed[0])
	}
	w.Do("leak-reject")
	w.settled()
	w.Frame()
	if n, draft := s.Version(); n != 2 || !draft || !w.Has("Version 2, draft") {
		t.Errorf("after a change: version %d, draft %v", n, draft)
	}
	w.Do("sign")
	eventually(t, "the journal on disk", func() bool {
		got, err := session.Read(session.Path(w.journals, s.SessionState().Study))
		return err == nil && len(got.Signed) == 2 && !got.Changed
	})
	next := w.again(t, false)
	defer next.app.Close()
	if n, draft := next.app.State().Version(); n != 2 || draft || len(next.app.State().Session.Signed[0].Report) == 0 {
		t.Errorf("after a restart: version %d, draft %v", n, draft)
	}
}

func TestExportFromTheWindow(t *testing.T) {
	w := correcting(t, nil)
	w.Key("K", 0)
	w.Key("P", key.ModShortcut)
	w.Until("the page", w.app.State().Current)
	if w.app.State().ReportView.Images < 5 {
		t.Errorf("%d key images, that of the reader among them", w.app.State().ReportView.Images)
	}
	w.ClickOn("Complete")
	w.ClickOn("Not on the pages")
	w.Do("export-html")
	w.Until("the message", func() bool { return w.Has("Report written to") })
	dirs, _ := filepath.Glob(filepath.Join(w.out, "report-*"))
	if len(dirs) != 1 {
		t.Fatalf("%d folders", len(dirs))
	}
	for _, name := range []string{"report.json", "report.pdf", "vertebrae.nii.gz", "cement.nii.gz", "leaks.nii.gz", "report.html", "key-image-1.png"} {
		if info, err := os.Stat(filepath.Join(dirs[0], name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	page, _ := os.ReadFile(filepath.Join(dirs[0], "report.html"))
	if strings.Contains(string(page), "EXAMPLE") {
		t.Error("the page names the patient though none was wanted")
	}
}

func TestPictureReport(t *testing.T) {
	w := correcting(t, func(s *model.Settings) { s.Lang, s.Light, s.Reader = "fr", true, "Dr Example" })
	w.Key("P", key.ModShortcut)
	w.Until("the page", w.app.State().Current)
	compare(t, w, "fr-light")
}

func TestPictureLevelAndDecision(t *testing.T) {
	w := correcting(t, nil)
	w.Key("T", 0)
	compare(t, w, "types-en")
	w.Key(key.NameEscape, 0)
	w.Key("V", 0)
	compare(t, w, "level-en")
}
