// Package view draws the images: the render service, which makes pictures off
// the UI goroutine, and the viewport widget with its mouse, corner texts,
// crosshair and call-outs.
//
// The picture of a view, contours included, is computed at its size in device
// pixels and shown one to one, so that what is on screen is exactly what
// package render made. Screen coordinates are px of the view.
package view

import (
	"context"
	"image"
	"sync"
	"time"

	"gioui.org/op/paint"

	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/model"
)

// Request says everything that decides the pixels of a view. It is comparable:
// an equal request is not drawn again.
type Request struct {
	Volume  *volume.Volume
	View    render.View
	Window  render.Window
	Scene   *Scene                  // contours; nil for none
	Cut     render.PatientFromPlane // the plane in the scene's coordinates
	Opacity float64
	PxPerDP float64
	Solid   *Solid // a 3D view of these surfaces in place of a plane; nil for a plane
}

// Scene is a set of surfaces whose cuts are drawn over the image, in the
// coordinates of the post CT. It must not change once it is submitted.
type Scene struct{ Surfaces []Surface }

// Surface is a closed surface and how its cut is drawn.
type Surface struct {
	Mesh  *mesh.Mesh
	Style render.Style
}

// Picture is a finished image. HU holds the CT numbers behind it.
type Picture struct {
	Request Request
	Image   paint.ImageOp
	HU      render.HUImage

	pixels *image.RGBA
	ready  bool // Image belongs to the present content of pixels
}

// Service draws views in the background, one goroutine per view that has
// something to draw. Only the newest request of a view counts: while one is
// drawn, later ones replace each other.
type Service struct {
	wake func() // asks for a new frame of the window

	mu      sync.Mutex
	ctx     context.Context
	stop    context.CancelFunc
	workers map[model.ViewID]*worker
}

// frameWait is how long Picture waits for a fresh picture inside a frame: most
// slices arrive in time, which saves a second frame.
const frameWait = 5 * time.Millisecond

// NewService returns a service that calls wake, from any goroutine, when a
// picture is ready.
func NewService(wake func()) *Service {
	ctx, stop := context.WithCancel(context.Background())
	return &Service{wake: wake, ctx: ctx, stop: stop, workers: map[model.ViewID]*worker{}}
}

// Close stops all drawing.
func (s *Service) Close() { s.stop() }

// Picture asks for a picture of a view and returns the newest finished one,
// which may be of an earlier request; nil when there is none yet. A picture is
// valid until the next call for the same view.
func (s *Service) Picture(id model.ViewID, r Request) *Picture {
	s.mu.Lock()
	w := s.workers[id]
	if w == nil {
		w = &worker{service: s}
		w.done = sync.NewCond(&w.mu)
		s.workers[id] = w
	}
	s.mu.Unlock()
	return w.picture(r)
}

// Wait blocks until no view has anything left to draw: for tests and
// screenshots.
func (s *Service) Wait() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workers {
		w.mu.Lock()
		for w.running {
			w.done.Wait()
		}
		w.mu.Unlock()
	}
}

// worker draws one view.
type worker struct {
	service *Service

	mu      sync.Mutex
	done    *sync.Cond
	running bool
	want    Request  // the newest request
	fresh   *Picture // finished, not yet taken by the window
	shown   *Picture // what the window has
	free    []*Picture

	// Owned by the goroutine that draws.
	hu       render.HUImage
	huOf     Request
	lut      *render.LUT
	lutOf    render.Window
	cuts     map[*mesh.Mesh][]render.Polyline
	cutPlane render.PatientFromPlane
}

func (w *worker) picture(r Request) *Picture {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.take()
	if w.shown != nil && w.shown.Request == r {
		return w.shown
	}
	w.want = r
	if !w.running {
		w.running = true
		go w.run()
	}
	timeout := time.AfterFunc(frameWait, w.done.Broadcast)
	for start := time.Now(); w.fresh == nil && w.running && time.Since(start) < frameWait; {
		w.done.Wait()
	}
	timeout.Stop()
	w.take()
	return w.shown
}

// take hands the finished picture to the window. The one shown before belonged
// to a frame that is over, so its pixels may be used again.
func (w *worker) take() {
	if w.fresh == nil {
		return
	}
	if w.shown != nil {
		w.free = append(w.free, w.shown)
	}
	w.shown, w.fresh = w.fresh, nil
	if !w.shown.ready {
		w.shown.Image = paint.NewImageOp(w.shown.pixels)
		w.shown.Image.Filter = paint.FilterNearest
		w.shown.ready = true
	}
}

func (w *worker) run() {
	for {
		w.mu.Lock()
		r := w.want
		if newest := w.newest(); newest != nil && newest.Request == r || w.service.ctx.Err() != nil {
			w.running = false
			w.done.Broadcast()
			w.mu.Unlock()
			return
		}
		p := w.spare()
		w.mu.Unlock()

		err := w.draw(r, p)

		w.mu.Lock()
		if err == nil {
			if w.fresh != nil {
				w.free = append(w.free, w.fresh)
			}
			w.fresh = p
		} else {
			w.free = append(w.free, p)
			if w.want == r { // it cannot be drawn: leave what is shown
				w.running = false
			}
		}
		stopped := !w.running
		w.done.Broadcast()
		w.mu.Unlock()
		w.service.wake()
		if stopped {
			return
		}
	}
}

func (w *worker) newest() *Picture {
	if w.fresh != nil {
		return w.fresh
	}
	return w.shown
}

func (w *worker) spare() *Picture {
	if n := len(w.free); n > 0 {
		p := w.free[n-1]
		w.free = w.free[:n-1]
		p.ready = false
		return p
	}
	return &Picture{}
}

// draw makes the picture: CT numbers when the place changed, colours when the
// window did, contours always.
func (w *worker) draw(r Request, p *Picture) error {
	if r.Solid != nil {
		return w.drawSolid(r, p)
	}
	if r.Volume != w.huOf.Volume || r.View != w.huOf.View {
		if err := render.Reslice(w.service.ctx, r.Volume, r.View, &w.hu); err != nil {
			w.huOf = Request{}
			return err
		}
		w.huOf = r
	}
	if w.lut == nil || w.lutOf != r.Window {
		w.lut, w.lutOf = render.NewLUT(r.Window, render.Grey, render.NoMark), r.Window
	}
	size := image.Rect(0, 0, r.View.Width, r.View.Height)
	if p.pixels == nil || p.pixels.Rect != size {
		p.pixels = image.NewRGBA(size)
	}
	if err := w.lut.Apply(p.pixels, &w.hu); err != nil {
		return err
	}
	if r.Scene != nil {
		render.DrawOutlines(p.pixels, r.View.Viewport, w.outlines(r), r.PxPerDP, r.Opacity)
	}
	p.HU.W, p.HU.H, p.HU.Corrupt = w.hu.W, w.hu.H, w.hu.Corrupt
	p.HU.HU = append(p.HU.HU[:0], w.hu.HU...)
	p.Request = r
	return nil
}

// outlines cuts the scene's surfaces; a surface is cut once per plane.
func (w *worker) outlines(r Request) []render.Outline {
	if w.cuts == nil || w.cutPlane != r.Cut {
		w.cuts, w.cutPlane = map[*mesh.Mesh][]render.Polyline{}, r.Cut
	}
	var out []render.Outline
	for _, s := range r.Scene.Surfaces {
		lines, ok := w.cuts[s.Mesh]
		if !ok {
			lines = render.Section(s.Mesh, r.Cut)
			w.cuts[s.Mesh] = lines
		}
		if len(lines) > 0 {
			out = append(out, render.Outline{Lines: lines, Style: s.Style})
		}
	}
	return out
}
