package export_test

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/plot"
	"github.com/vertefill/vertefill/internal/text"
)

func sampleDocument() *export.Document {
	d := &plot.Drawing{W: 150, H: 60, Title: "Courbe"}
	d.Line(color.NRGBA{B: 200, A: 255}, 1, nil, plot.Point{X: 5, Y: 5}, plot.Point{X: 145, Y: 55})
	g := &export.Grid{Head: []string{"Niveau", "n", "Moyenne"}, Words: 1}
	for i := range 90 {
		g.Rows = append(g.Rows, []string{fmt.Sprint("Ligne <", i, "> & longue comme un jour sans pain"), fmt.Sprint(i), "20,1\u202f%"})
	}
	return &export.Document{Title: "Étude <1>", Subtitle: "3 cas", Footer: "Pied.", Lang: text.French, Parts: []export.Part{
		{Title: "Premier", Texts: []string{strings.Repeat("Un mot après l’autre. ", 30)}, Table: g, Notes: []string{"Note."}},
		{Title: "Second", Drawings: []*plot.Drawing{d, d}},
	}}
}

// TestDocument: every word is in both files, nothing else is asked for, and equal documents give equal bytes.
func TestDocument(t *testing.T) {
	var html, again, pdf, pdf2 bytes.Buffer
	for _, w := range []struct {
		b  *bytes.Buffer
		do func(*export.Document) error
	}{
		{&html, func(d *export.Document) error { return d.HTML(&html) }}, {&again, func(d *export.Document) error { return d.HTML(&again) }},
		{&pdf, func(d *export.Document) error { return d.PDF(&pdf) }}, {&pdf2, func(d *export.Document) error { return d.PDF(&pdf2) }},
	} {
		if err := w.do(sampleDocument()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(html.Bytes(), again.Bytes()) || !bytes.Equal(pdf.Bytes(), pdf2.Bytes()) {
		t.Error("equal documents give different bytes")
	}
	for _, s := range []string{"Étude &lt;1&gt;", "Ligne &lt;89&gt; &amp; longue", "<svg", "Dispositif médical non certifié"} {
		if !strings.Contains(html.String(), s) {
			t.Errorf("no %q in the page", s)
		}
	}
	if strings.Contains(html.String(), "src=\"http") || strings.Contains(html.String(), "<script") {
		t.Error("the page asks for something")
	}
	path := filepath.Join(t.TempDir(), "d.pdf")
	if err := os.WriteFile(path, pdf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Skipf("pdftotext is not here: %v", err)
	}
	if s := string(out); !strings.Contains(s, "Ligne <89>") || strings.Count(s, "Niveau") != 2 || !strings.Contains(s, "Note.") {
		t.Errorf("on paper: %.400s", s)
	}
}
