package export

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/proof"
	"github.com/vertefill/vertefill/internal/text"
)

// TestProofIsThePrint: the pages that the window shows are those that another program draws of the same file.
func TestProofIsThePrint(t *testing.T) {
	path := printed(t, newCase(t, usual(text.French)), Options{Lang: text.French, Study: Study{Patient: `Dupont (née\Léa)`, Sex: "F"}})
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d, err := proof.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := pages(t, path)
	if d.Len() != n {
		t.Fatalf("%d pages, %d in print", d.Len(), n)
	}
	dir := t.TempDir()
	poppler(t, "pdftoppm", "-r", "108", "-png", path, filepath.Join(dir, "p"))
	files, _ := filepath.Glob(filepath.Join(dir, "p*.png"))
	for page, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Picture(page, 108.0/72)
		if err != nil {
			t.Fatalf("page %d: %v", page+1, err)
		}
		if save := os.Getenv("VERTEFILL_PROOF"); save != "" {
			f, _ := os.Create(filepath.Join(save, filepath.Base(name)))
			_ = png.Encode(f, got)
			f.Close()
		}
		// Squares of 8 x 8 pixels: their mean grey differs by the smoothing of letters, not by a word that is missing.
		size := got.Rect.Size()
		worst, sum, count := 0.0, 0.0, 0
		for y := 0; y+8 <= size.Y; y += 8 {
			for x := 0; x+8 <= size.X; x += 8 {
				diff := 0.0
				for i := range 64 {
					a, _, _, _ := got.At(x+i%8, y+i/8).RGBA()
					b, _, _, _ := want.At(x+i%8, y+i/8).RGBA()
					diff += (float64(a) - float64(b)) / 65535 / 64
				}
				diff = max(diff, -diff)
				worst, sum, count = max(worst, diff), sum+diff, count+1
			}
		}
		if worst > 0.3 || sum/float64(count) > 0.006 {
			t.Errorf("page %d: a square differs by %.2f, the mean by %.4f", page+1, worst, sum/float64(count))
		}
	}
	if _, err := d.Picture(n, 1); err == nil {
		t.Error("a page behind the last one is drawn")
	}
	for _, cut := range [][]byte{nil, b[:1000], b[:len(b)/2]} {
		if _, err := proof.Open(cut); err == nil {
			t.Errorf("%d bytes of a file are a document", len(cut))
		}
	}
}
