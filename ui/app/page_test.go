package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gioui.org/io/key"

	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/model"
)

// What is ticked is on the page at once, and in the file; pages and sizes can be chosen.
func TestPageFollows(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	v := &s.ReportView.Proof
	w.Key("P", key.ModShortcut)
	w.Until("the page", s.Current)
	first, pages := v.Shown, v.Pages
	if pages != 3 || !w.Has("Page 1 / ") {
		t.Fatalf("%d pages, labels %q", pages, w.Labels())
	}
	w.ClickOn("Key images")
	w.Until("the page without pictures", s.Current)
	if bytes.Equal(first.Pix, v.Shown.Pix) || v.Pages > pages {
		t.Error("the page is the same without its pictures")
	}
	w.ClickOn("Key images")
	w.Until("the page", s.Current)
	if !bytes.Equal(first.Pix, v.Shown.Pix) {
		t.Error("the page did not come back")
	}
	w.ClickOn("Page 1 / 3")
	w.ClickOn("Page 2 / 3")
	w.Until("the second page", s.Current)
	if v.Page != 1 || bytes.Equal(first.Pix, v.Shown.Pix) {
		t.Errorf("page %d", v.Page+1)
	}
	wide := v.Shown.Rect.Dx()
	w.ClickOn("100\u00a0%")
	w.ClickOn("150\u00a0%")
	w.Until("the page", s.Current)
	if got := float64(v.Shown.Rect.Dx()) / float64(wide); got < 1.49 || got > 1.51 {
		t.Errorf("at 150 %% the page is %.2f times as wide", got)
	}
	w.ClickOn("A sentence of your own")
	w.Type("Look again in a month.")
	w.Until("the page", s.Current)
	if s.Work.Comment != "Look again in a month." {
		t.Errorf("comment %q", s.Work.Comment)
	}
}

// The text for the RIS is shown, copied, and follows a template of the reader's own, which stays for the next study.
func TestTextForTheRIS(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	v := &s.ReportView.Proof
	w.Key("P", key.ModShortcut)
	w.Until("the page", s.Current)
	w.app.Send(model.SetProof{Change: func(v *model.Proof) { v.AsText, v.Template = true, true }})
	w.Until("the text", s.Current)
	if !strings.HasPrefix(v.Text, "CONTROL CT") || !w.Has("Template of the text") {
		t.Fatalf("text %q", v.Text)
	}
	w.app.Send(model.SetTemplate{To: "{{range .Treated}}{{.Level}} filled to {{.Fill}}{{end}}"})
	w.Until("the text", s.Current)
	if !strings.HasPrefix(v.Text, "T9 filled to ") {
		t.Errorf("text %q", v.Text)
	}
	w.Do("export-text")
	w.Until("the message", func() bool { return w.Has("Report written to") })
	files, _ := filepath.Glob(filepath.Join(w.out, "report-*", "report.txt"))
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	if b, _ := os.ReadFile(files[0]); string(b) != v.Text {
		t.Errorf("the file says %q", b)
	}
	w.app.Send(model.SetTemplate{To: "{{.Nothing}}"})
	w.Until("the reason", func() bool { return w.Has("cannot be used") })
	if v.Error == "" {
		t.Error("a wrong template gives no reason")
	}
	w.app.Send(model.SetLang{To: text.French})
	w.Until("the French text", s.Current)
	if !strings.HasPrefix(v.Text, "SCANNER") || v.Error != "" {
		t.Errorf("French: %q %q", v.Text, v.Error)
	}
	w.app.Send(model.SetLang{To: text.English})
	w.Until("the English button", func() bool { return w.Has("Built-in template") })
	w.ClickOn("Built-in template")
	w.Until("the text", s.Current)
	if s.Template() != export.TextTemplate(text.English) || len(s.Settings.Templates) != 0 {
		t.Errorf("templates %v", s.Settings.Templates)
	}
}

// An export without identity names the patient in no file, of any format.
func TestExportWithoutIdentity(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	w.app.Send(model.SetReportView{Change: func(v *model.ReportView) { v.Identity = model.IdentityRemoved }})
	w.Do("export-every")
	w.Until("the message", func() bool { return w.Has("Report written to") })
	files, _ := filepath.Glob(filepath.Join(w.out, "report-*", "*"))
	if len(files) < 20 {
		t.Fatalf("%d files", len(files))
	}
	p := s.Study.Patient
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{p.Name, p.ID, p.Birth} {
			if secret != "" && bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s holds %q", filepath.Base(f), secret)
			}
		}
	}
}
