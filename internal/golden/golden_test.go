package golden_test

import (
	"flag"
	"image"
	"image/color"
	"testing"

	"github.com/vertefill/vertefill/internal/golden"
)

// recorder counts failures instead of failing.
type recorder struct {
	testing.TB
	failed int
}

func (r *recorder) Errorf(string, ...any) { r.failed++ }
func (r *recorder) Helper()               {}

func picture() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 8, 4))
	for i := range m.Pix {
		m.Pix[i] = uint8(i)
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

func TestCompare(t *testing.T) {
	golden.Exact(t, "", picture())
	if flag.Lookup("update").Value.String() == "true" {
		return // what follows would write its changed pictures
	}

	changed := picture()
	changed.SetRGBA(3, 2, color.RGBA{R: 200, A: 255})
	r := &recorder{TB: t}
	golden.Exact(r, "", changed)
	if r.failed != 1 {
		t.Error("a changed pixel passed")
	}
	golden.Close(t, "", changed, golden.Tolerance{Pixels: 1})
	golden.Close(t, "", changed, golden.Tolerance{Channel: 255})

	r = &recorder{TB: t}
	golden.Exact(r, "", picture().SubImage(image.Rect(0, 0, 4, 4)))
	if r.failed != 1 {
		t.Error("another size passed")
	}
	r = &recorder{TB: t}
	golden.Exact(r, "that does not exist", picture())
	if r.failed != 1 {
		t.Error("a missing golden passed")
	}
}
