// Package fluoro measures what a fluoroscopy run honestly gives about an injection of cement: motion, events, the projected area of
// new cement frame by frame, and when it crosses a line or fills a leak known from CT. A projection gives areas and times, never
// volumes.
//
// Positions in a frame are pixels, column and row from zero at pixel centres. Attenuation is the natural logarithm of the weakening
// of the beam. Millimetres are those of the run's own calibration, and none where it gives none. The package reads no files and
// knows no other algorithm: package assess joins them.
package fluoro

import (
	"context"
	"fmt"
	"math"
	"sync"

	"github.com/vertefill/vertefill/internal/volume"
)

// Relation says what a grey value has to do with the intensity of the beam (Pixel Intensity Relationship, PS3.3 C.8.7.1.1.1).
type Relation string

// The relations. Values made for display are read as linear: differences keep their sign and their place, not their size.
const (
	Linear      Relation = "LIN"
	Logarithmic Relation = "LOG"
	Display     Relation = "DISP"
)

// logDecades is the range that logarithmic values are taken to span: no attribute tells it. The threshold of cement is found from
// the run itself, so that it matters little.
const logDecades = 3

// Run is a run to be measured. The embedded Cine may come without pixels when Read gives them.
type Run struct {
	*volume.Cine
	// Read returns frame k in the values of Cine.Pix; the caller keeps the slice until the next call. Nil: from Pix.
	Read     func(k int) ([]uint16, error)
	Relation Relation
	Negative bool  // high values are weak beams (Pixel Intensity Relationship Sign -1)
	View     *View // nil when the file does not tell the geometry
}

// View is the geometry of the projection: angles as DICOM counts them (primary positive towards LAO, secondary towards CRA), lengths
// in mm.
type View struct {
	PrimaryDegrees, SecondaryDegrees float64
	SourceDetector, SourcePatient    float64
	DetectorRowMM, DetectorColMM     float64 // pixel at the detector
}

// frame returns frame k.
func (r *Run) frame(k int) ([]uint16, error) {
	if r.Read != nil {
		return r.Read(k)
	}
	return r.Frame(k), nil
}

func (r *Run) corrupt(k int) bool { return k < len(r.Corrupt) && r.Corrupt[k] }

// check refuses what cannot be measured.
func (r *Run) check() error {
	switch {
	case r.Cine == nil || r.NX < minSide || r.NY < minSide:
		return fmt.Errorf("fluoro: pictures of fewer than %d pixels a side", minSide)
	case r.Frames < minFrames:
		return fmt.Errorf("fluoro: %d frames: a single picture shows no injection", r.Frames)
	case r.Read == nil && len(r.Pix) != r.NX*r.NY*r.Frames:
		return fmt.Errorf("fluoro: %d samples for %d frames of %d x %d", len(r.Pix), r.Frames, r.NX, r.NY)
	}
	return nil
}

const (
	minSide   = 48
	minFrames = 2
)

// attenuation returns the table from grey values to attenuation, in units of which zero is white.
func (r *Run) attenuation() []float32 {
	lut := make([]float32, 1<<16)
	white := math.Abs(r.Slope*float64(r.White) + r.Intercept)
	if white == 0 || math.IsNaN(white) || math.IsInf(white, 0) {
		white = 1
	}
	step := math.Max(math.Abs(r.Slope), 1e-9)
	for p := range lut {
		g := r.Slope*float64(p) + r.Intercept
		if r.Negative {
			g = white - g
		}
		if r.Relation == Logarithmic {
			lut[p] = float32((white - g) / white * logDecades * math.Ln10)
			continue
		}
		lut[p] = float32(-math.Log(math.Max(g, step/2) / white))
	}
	return lut
}

// picture is an image in attenuation.
type picture struct {
	w, h int
	v    []float32
}

func newPicture(w, h int) *picture { return &picture{w, h, make([]float32, w*h)} }

// binned returns the size of the picture when b x b pixels become one; rows and columns that are left over are dropped.
func binned(nx, ny, b int) (w, h int) { return nx / b, ny / b }

// binTo averages attenuation over b x b pixels.
func binTo(out *picture, pix []uint16, nx, b int, lut []float32) {
	if b == 1 {
		for i, p := range pix[:len(out.v)] {
			out.v[i] = lut[p]
		}
		return
	}
	scale := 1 / float32(b*b)
	for y := range out.h {
		row := out.v[y*out.w : (y+1)*out.w]
		clear(row)
		for dy := range b {
			src := pix[(y*b+dy)*nx:]
			for x := range row {
				for _, p := range src[x*b : x*b+b] {
					row[x] += lut[p]
				}
			}
		}
		for x := range row {
			row[x] *= scale
		}
	}
}

// halved averages 2 x 2 pixels.
func (p *picture) halved() *picture {
	out := newPicture(p.w/2, p.h/2)
	for y := range out.h {
		a, b := p.v[2*y*p.w:], p.v[(2*y+1)*p.w:]
		for x := range out.w {
			out.v[y*out.w+x] = (a[2*x] + a[2*x+1] + b[2*x] + b[2*x+1]) / 4
		}
	}
	return out
}

// ahead is how many frames are made ready before they are asked for.
const ahead = 2

// each calls do for every readable frame in order, binned by b. Reading runs beside do; the picture is only lent.
func (r *Run) each(ctx context.Context, b int, do func(k int, p *picture) error) error {
	type item struct {
		k   int
		p   *picture
		err error
	}
	lut := r.attenuation()
	w, h := binned(r.NX, r.NY, b)
	ready, free := make(chan item, ahead), make(chan *picture, ahead+2)
	for range ahead + 2 {
		free <- newPicture(w, h)
	}
	ctx, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	defer done.Wait()
	defer stop()
	done.Go(func() {
		defer close(ready)
		for k := range r.Frames {
			if r.corrupt(k) {
				continue
			}
			var p *picture
			select {
			case p = <-free:
			case <-ctx.Done():
				return
			}
			pix, err := r.frame(k)
			if err == nil && len(pix) < r.NX*r.NY {
				err = fmt.Errorf("fluoro: frame %d is short", k)
			}
			if err == nil {
				binTo(p, pix, r.NX, b, lut)
			}
			select {
			case ready <- item{k, p, err}:
			case <-ctx.Done():
				return
			}
		}
	})
	for it := range ready {
		if it.err == nil { // a frame that cannot be read is passed over: neighbours tell what it would
			if err := do(it.k, it.p); err != nil {
				return err
			}
		}
		free <- it.p
	}
	return ctx.Err()
}
