package export_test

import (
	"bytes"
	"image/gif"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/volume"
)

func TestFilmPlaysAtTheTimesOfTheRun(t *testing.T) {
	const side, frames = 96, 24
	c := &volume.Cine{NX: side, NY: side, Frames: frames, Slope: 1, White: 4095, TimeKnown: true, Pix: make([]uint16, side*side*frames)}
	for k := range frames {
		c.Times = append(c.Times, time.Duration(k)*133*time.Millisecond)
		for i := range side * side {
			c.Pix[k*side*side+i] = uint16(1500 + 300*((i%side/9+i/side/7)%3))
		}
	}
	run := &fluoro.Run{Cine: c}
	found, err := fluoro.Analyze(t.Context(), run, fluoro.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	film := export.Film{From: 2, To: 21, MaxSide: 48, Look: fluoro.Look{Fade: 0.5}, Outline: true}
	if err := film.GIF(t.Context(), &b, &assess.FluoroResult{Run: run, Found: found}); err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(&b)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, d := range g.Delay {
		sum += d
	}
	if len(g.Image) != 20 || g.Image[0].Rect.Dx() != 48 || sum < 265 || sum > 267 {
		t.Errorf("%d frames of %v, %d hundredths of a second; 266 are right", len(g.Image), g.Image[0].Rect, sum)
	}
	first := g.Image[0].Pix
	if bytes.Count(first, first[:1]) == len(first) {
		t.Error("the first frame is of one grey")
	}
}
