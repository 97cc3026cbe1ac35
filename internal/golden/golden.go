// Package golden compares pictures with the ones kept in testdata. Only tests import it.
//
// The golden of a test is testdata/<name of the test>.png beside the test's source. On a mismatch the picture drawn, the
// picture wanted and their difference are written to the test's artifact directory (go test -artifacts keeps them). A missing
// golden fails. Run the test with -update to rewrite goldens, and look at every picture that changed.
package golden

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden pictures")

// Tolerance is what may differ; zero means nothing. Pictures drawn by our own code are compared exactly, those of a window
// system with a tolerance, set in one place of the test package.
type Tolerance struct {
	Channel int // greatest difference of a colour channel that does not count, 0..255
	Pixels  int // pixels that may differ by more
}

// Exact compares a picture with its golden, pixel by pixel. name tells apart several pictures of one test; it may be empty.
func Exact(t testing.TB, name string, got image.Image) {
	t.Helper()
	Close(t, name, got, Tolerance{})
}

// Close is Exact with a tolerance.
func Close(t testing.TB, name string, got image.Image, tol Tolerance) {
	t.Helper()
	path := filepath.Join("testdata", fileName(t.Name(), name))
	if *update {
		if err := write(path, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := read(path)
	if err != nil {
		keep(t, fileName(t.Name(), name), got, nil, nil)
		t.Errorf("no golden (run with -update, then look at it): %v", err)
		return
	}
	diff, n, err := Diff(got, want, tol.Channel)
	if err != nil || n > tol.Pixels {
		dir := keep(t, fileName(t.Name(), name), got, want, diff)
		t.Errorf("%s: %d pixels differ by more than %d, %d may (%v); see %s", path, n, tol.Channel, tol.Pixels, err, dir)
	}
}

// Diff counts the pixels in which any channel differs by more than channel and draws them white on the dimmed picture. Pictures
// of unlike size are an error.
func Diff(got, want image.Image, channel int) (diff image.Image, n int, err error) {
	size := got.Bounds().Size()
	if size != want.Bounds().Size() {
		return nil, 0, fmt.Errorf("golden: size %v, want %v", size, want.Bounds().Size())
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			a := at(got, x, y)
			b := at(want, x, y)
			c := color.RGBA{R: a.R / 4, G: a.G / 4, B: a.B / 4, A: 255}
			if far(a.R, b.R, channel) || far(a.G, b.G, channel) || far(a.B, b.B, channel) || far(a.A, b.A, channel) {
				n++
				c = color.RGBA{R: 255, G: 255, B: 255, A: 255}
			}
			out.SetRGBA(x, y, c)
		}
	}
	return out, n, nil
}

func at(m image.Image, x, y int) color.NRGBA {
	o := m.Bounds().Min
	return color.NRGBAModel.Convert(m.At(o.X+x, o.Y+y)).(color.NRGBA)
}

func far(a, b uint8, channel int) bool {
	d := int(a) - int(b)
	return d > channel || -d > channel
}

func fileName(test, name string) string {
	if name != "" {
		test += "-" + name
	}
	return strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == ':' || r == ' ' {
			return '-'
		}
		return r
	}, test) + ".png"
}

// keep writes what is there to the artifact directory and returns it.
func keep(t testing.TB, name string, got, want, diff image.Image) string {
	dir := t.ArtifactDir()
	for kind, m := range map[string]image.Image{"got": got, "want": want, "diff": diff} {
		if m != nil {
			if err := write(filepath.Join(dir, kind+"-"+name), m); err != nil {
				t.Log(err)
			}
		}
	}
	return dir
}

func write(path string, m image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(f, m); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func read(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}
