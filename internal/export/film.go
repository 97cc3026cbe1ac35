package export

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/fluoro"
)

// Film is what a film of a run shows. Films carry pixels and times only: no name, date or identifier goes into them. Text burnt into
// the pixels by the machine stays, so that a film leaves the house only when a person has looked at it: FilmWarning says so.
type Film struct {
	From, To int         // frames, both shown; To zero: to the last one
	Look     fluoro.Look // Fade 0 is native, 1 subtracted from the mask of the analysis
	Outline  bool        // of the cement, on every frame
	MaxSide  int         // pixels; larger frames are halved until they fit; zero: 512
	// Blank are parts of the run's frames that become black: where the machine burnt text in.
	Blank []image.Rectangle
}

// FilmWarning is shown before a film is written, in English and in French.
var FilmWarning = [2]string{
	"Names and dates of the file do not go into the film. Text burnt into the pictures stays: look at every frame before giving it away.",
	"Les noms et dates du fichier ne vont pas dans le film. Le texte incrusté dans les images y reste : regardez chaque image avant de le donner.",
}

// cementOutline is the colour of the outline, index of filmPalette.
const cementOutline = 255

// filmPalette is 255 greys and the colour of the outline.
var filmPalette = func() (p color.Palette) {
	for i := range 255 {
		g := uint8(i * 255 / 254)
		p = append(p, color.Gray{Y: g})
	}
	return append(p, color.RGBA{255, 196, 0, 255})
}()

// GIF writes an animated GIF that plays at the run's own times, rounded to hundredths of a second as the format has them.
func (f Film) GIF(ctx context.Context, w io.Writer, r *assess.FluoroResult) error {
	frames, err := f.draw(ctx, r)
	if err != nil {
		return err
	}
	from, _ := f.span(r.Run.Frames)
	out := &gif.GIF{Image: frames}
	for n := range frames {
		out.Delay = append(out.Delay, delay(r.Run.Times, from+n))
	}
	if err := gif.EncodeAll(w, out); err != nil {
		return fmt.Errorf("export: film: %w", err)
	}
	return nil
}

// PNG writes an animated PNG that plays at the run's own times, to the millisecond.
func (f Film) PNG(ctx context.Context, w io.Writer, r *assess.FluoroResult) error {
	frames, err := f.draw(ctx, r)
	if err != nil {
		return err
	}
	from, _ := f.span(r.Run.Frames)
	var delays []time.Duration
	for n := range frames {
		delays = append(delays, stay(r.Run.Times, from+n))
	}
	if err := animatedPNG(w, frames, delays); err != nil {
		return fmt.Errorf("export: film: %w", err)
	}
	return nil
}

// stay is how long frame k stays; the last one as long as the one before it.
func stay(times []time.Duration, k int) time.Duration {
	switch {
	case k+1 < len(times):
		return times[k+1] - times[k]
	case len(times) > 1:
		return times[len(times)-1] - times[len(times)-2]
	}
	return 100 * time.Millisecond
}

// FilmFormat is a kind of film, and the ending of its file.
type FilmFormat string

// The kinds.
const (
	FilmGIF FilmFormat = "gif"
	FilmPNG FilmFormat = "png"
)

// Films writes fluoro-N.gif or fluoro-N.png of every run into dir, which must exist, N counting from 1 as in report.json: the runs as
// they are, with the outline of the cement. FilmWarning is to be shown.
func Films(ctx context.Context, dir string, runs []assess.FluoroResult, kind FilmFormat) error {
	for n := range runs {
		film := Film{Outline: true}
		write := film.GIF
		if kind == FilmPNG {
			write = film.PNG
		}
		name := filepath.Join(dir, "fluoro-"+strconv.Itoa(n+1)+"."+string(kind))
		if err := WriteFile(name, func(w io.Writer) error { return write(ctx, w, &runs[n]) }); err != nil {
			return err
		}
	}
	return nil
}

// delay is how long frame k stays, in hundredths of a second; the sum over a run is its length to within one.
func delay(times []time.Duration, k int) int {
	hundredth := func(k int) int { return int((times[k] + 5*time.Millisecond) / (10 * time.Millisecond)) }
	switch {
	case k+1 < len(times):
		return max(2, hundredth(k+1)-hundredth(k))
	case len(times) > 1:
		return max(2, hundredth(len(times)-1)-hundredth(len(times)-2))
	}
	return 10
}

func (f Film) span(frames int) (from, to int) {
	from, to = max(0, f.From), f.To
	if to <= 0 || to >= frames {
		to = frames - 1
	}
	return min(from, to), to
}

// draw renders the frames.
func (f Film) draw(ctx context.Context, r *assess.FluoroResult) ([]*image.Paletted, error) {
	run := r.Run
	p := fluoro.NewPlayer(run)
	look := f.Look
	from, to := f.span(run.Frames)
	if look.High <= look.Low {
		auto, err := p.Auto(from)
		if err != nil {
			return nil, fmt.Errorf("export: film: %w", err)
		}
		look.Low, look.High = auto.Low, auto.High
	}
	if look.Fade > 0 {
		if err := p.SetMask(r.Found.Mask, r.Found.Motion); err != nil {
			return nil, fmt.Errorf("export: film: %w", err)
		}
	}
	side := f.MaxSide
	if side <= 0 {
		side = 512
	}
	step := 1
	for max(run.NX, run.NY)/step > side {
		step++
	}
	grey := image.NewGray(image.Rect(0, 0, run.NX, run.NY))
	mask := make([]uint8, run.NX*run.NY)
	var out []*image.Paletted
	for k := from; k <= to; k++ {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("export: film: %w", err)
		}
		look.Move = r.Found.Motion[k]
		if err := p.Draw(k, look, grey); err != nil {
			return nil, fmt.Errorf("export: film: %w", err)
		}
		if f.Outline {
			r.Found.MaskAt(k, mask)
		}
		for _, b := range f.Blank {
			b = b.Intersect(grey.Rect)
			for y := b.Min.Y; y < b.Max.Y; y++ {
				clear(grey.Pix[y*grey.Stride+b.Min.X : y*grey.Stride+b.Max.X])
			}
		}
		out = append(out, shrink(grey, mask, step))
	}
	return out, nil
}

// shrink averages step x step pixels and draws the border of the mask.
func shrink(g *image.Gray, mask []uint8, step int) *image.Paletted {
	nx, ny := g.Rect.Dx(), g.Rect.Dy()
	w, h := nx/step, ny/step
	out := image.NewPaletted(image.Rect(0, 0, w, h), filmPalette)
	on := func(x, y int) bool { return x >= 0 && y >= 0 && x < w && y < h && mask[y*step*nx+x*step] > 0 }
	for y := range h {
		for x := range w {
			if on(x, y) && !(on(x-1, y) && on(x+1, y) && on(x, y-1) && on(x, y+1)) {
				out.Pix[y*out.Stride+x] = cementOutline
				continue
			}
			sum := 0
			for dy := range step {
				for dx := range step {
					sum += int(g.Pix[(y*step+dy)*g.Stride+x*step+dx])
				}
			}
			out.Pix[y*out.Stride+x] = uint8(sum / (step * step) * 254 / 255)
		}
	}
	return out
}
