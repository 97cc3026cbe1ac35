package plot_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"io"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/plot"
)

var red, none = color.NRGBA{R: 255, A: 255}, color.NRGBA{}

func sample() *plot.Drawing {
	d := &plot.Drawing{W: 40, H: 20, Title: `Fill <"&">`}
	d.Area(red, none, 0, nil, []plot.Point{{X: 10, Y: 5}, {X: 20, Y: 5}, {X: 20, Y: 15}, {X: 10, Y: 15}}, []plot.Point{{X: 13, Y: 8}, {X: 13, Y: 12}, {X: 17, Y: 12}, {X: 17, Y: 8}})
	d.Line(color.NRGBA{B: 255, A: 255}, 1, nil, plot.Point{X: 25, Y: 10}, plot.Point{X: 35, Y: 10})
	d.Write(color.NRGBA{A: 255}, 3, true, plot.Middle, plot.Point{X: 20, Y: 19}, "a < b & c")
	return d
}

func TestImageIsWhereTheMarksAre(t *testing.T) {
	m, err := sample().Image(4)
	if err != nil {
		t.Fatal(err)
	}
	if m.Rect.Dx() != 160 || m.Rect.Dy() != 80 {
		t.Fatalf("%v pixels", m.Rect)
	}
	for _, c := range []struct {
		x, y float64 // mm
		want color.RGBA
	}{{11, 6, color.RGBA{255, 0, 0, 255}}, {15, 10, color.RGBA{255, 255, 255, 255}}, {30, 10, color.RGBA{0, 0, 255, 255}}, {30, 12, color.RGBA{255, 255, 255, 255}}} {
		if got := m.RGBAAt(int(c.x*4), int(c.y*4)); got != c.want {
			t.Errorf("at %g, %g mm: %v, want %v (a hole runs against its outline)", c.x, c.y, got, c.want)
		}
	}
	ink, left, right := 0, 160, 0
	for y := 64; y < 80; y++ {
		for x := range 160 {
			if m.RGBAAt(x, y).R < 128 {
				ink, left, right = ink+1, min(left, x), max(right, x)
			}
		}
	}
	if ink < 50 || left+right < 154 || left+right > 166 {
		t.Errorf("text: %d pixels from %d to %d, not centred at 80", ink, left, right)
	}
}

func TestSVGIsXMLWithTheSameWords(t *testing.T) {
	var b bytes.Buffer
	if err := sample().SVG(&b, `Sans "A"`); err != nil {
		t.Fatal(err)
	}
	var words []string
	for d := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if c, ok := tok.(xml.CharData); ok && strings.TrimSpace(string(c)) != "" {
			words = append(words, string(c))
		}
	}
	if got := strings.Join(words, "|"); got != `Fill <"&">|a < b & c` {
		t.Errorf("words %q", got)
	}
	if !strings.Contains(b.String(), "M10 5L20 5L20 15L10 15ZM13 8") {
		t.Errorf("path: %s", b.String())
	}
}

func TestRefusesHugePictures(t *testing.T) {
	if _, err := (&plot.Drawing{W: 1e9, H: 1}).Image(4); err == nil {
		t.Error("a picture of a kilometre was drawn")
	}
}
