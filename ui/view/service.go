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
	"slices"
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
	Volume   *volume.Volume
	View     render.View
	Window   render.Window
	Marks    render.Marks
	Straight Straight                // along the spine in place of the plane
	Mix      Mix                     // what is laid over it
	Scene    *Scene                  // contours; nil for none
	Cut      render.PatientFromPlane // the plane in the scene's coordinates
	Opacity  float64
	PxPerDP  float64
	Solid    *Solid // a 3D view of these surfaces in place of a plane; nil for a plane
	Cut3D    [3]render.Cut
	Film     Film // a picture of a run in place of a plane; without a source a plane
}

// Mix is a second picture in the same place, and how the two are shown.
type Mix struct {
	Compare model.Compare
	Volume  *volume.Volume // the other CT; nil for none
	View    render.View
	Window  render.Window
	At      float64 // place of the swipe's line or share of the first picture, 0..1
}

// Scene is a set of surfaces whose cuts are drawn over the image, in the
// coordinates of the post CT. It must not change once it is submitted.
type Scene struct {
	Surfaces []Surface
	Grid     *volume.Grid // of the post CT, whose voxels are outlined without interpolation
}

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
	frame   int // number of the frame being drawn
}

// keepFrames is for how many frames the pictures of a view that is no longer
// shown are kept: a reader who comes straight back finds them drawn.
const keepFrames = 60

// Sweep is called at the beginning of every frame: it lets the pictures of
// views go that have not been shown for a while.
func (s *Service) Sweep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frame++
	for id, w := range s.workers {
		w.mu.Lock()
		if !w.running && s.frame-w.asked > keepFrames {
			delete(s.workers, id)
		}
		w.mu.Unlock()
	}
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
	w.asked = s.frame
	s.mu.Unlock()
	return w.picture(r)
}

// Snapshot returns a copy of the picture that a view shows; nil for none.
func (s *Service) Snapshot(id model.ViewID) *image.RGBA {
	s.mu.Lock()
	w := s.workers[id]
	s.mu.Unlock()
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shown == nil || w.shown.pixels == nil {
		return nil
	}
	p := w.shown.pixels
	return &image.RGBA{Pix: slices.Clone(p.Pix), Stride: p.Stride, Rect: p.Rect}
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
	asked   int // frame in which the view was last shown; guarded by the service

	mu      sync.Mutex
	done    *sync.Cond
	running bool
	want    Request  // the newest request
	fresh   *Picture // finished, not yet taken by the window
	shown   *Picture // what the window has
	free    []*Picture

	// Owned by the goroutine that draws.
	own, other sampled
	reel       reel
	difference render.HUImage
	luts       [2]painted
	under      *image.RGBA // the other picture of a mix
	cuts       map[*mesh.Mesh][]render.Polyline
	along      map[alongKey]*mesh.Mesh // surfaces straightened with the spine
	alongOf    *render.Curve
	stairs     stairs
	cutPlane   render.PatientFromPlane
}

func (w *worker) picture(r Request) *Picture {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.take()
	if !same(r, r) || w.shown != nil && w.shown.Request == r { // with a NaN in it a request equals nothing and can never be drawn
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

func same(a, b Request) bool { return a == b }

// take hands the finished picture to the window. The one shown before belonged
// to a frame that is over, so its pixels may be used again.
func (w *worker) take() {
	if w.fresh == nil {
		return
	}
	if w.shown != nil {
		w.letGo(w.shown)
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
				w.letGo(w.fresh)
			}
			w.fresh = p
		} else {
			w.letGo(p)
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

// letGo keeps the pixels of a picture for another one of its size, and nothing
// of what it showed.
func (w *worker) letGo(p *Picture) {
	p.Request, p.Image, p.ready = Request{}, paint.ImageOp{}, false
	if v := w.want.View; p.pixels == nil || p.pixels.Rect.Size() != image.Pt(v.Width, v.Height) || len(w.free) >= mostFree {
		return
	}
	w.free = append(w.free, p)
}

// mostFree is how many pictures of a view wait to be drawn on: one is shown,
// one is finished, one is drawn.
const mostFree = 2

func (w *worker) spare() *Picture {
	if n := len(w.free); n > 0 {
		p := w.free[n-1]
		w.free = w.free[:n-1]
		return p
	}
	return &Picture{}
}

// sampled is a picture of CT numbers and what it shows.
type sampled struct {
	hu render.HUImage
	of place
}

// place decides the CT numbers of a picture.
type place struct {
	volume   *volume.Volume
	view     render.View
	straight Straight
}

// sample fills the picture unless it shows the place already.
func (x *sampled) sample(ctx context.Context, to place) (err error) {
	if x.of == to {
		return nil
	}
	x.of = place{}
	if cap(x.hu.HU) > 2*to.view.Width*to.view.Height {
		x.hu.HU = nil
	}
	if to.straight.Curve != nil {
		cv := to.straight.view(to.view.Viewport)
		cv.Interp = to.view.Interp
		err = render.ResliceCurved(ctx, to.volume, cv, &x.hu)
	} else {
		err = render.Reslice(ctx, to.volume, to.view, &x.hu)
	}
	if err == nil {
		x.of = to
	}
	return err
}

// painted keeps the table of a window.
type painted struct {
	lut    *render.LUT
	window render.Window
	colour render.Map
	marks  render.Marks
}

func (x *painted) table(w render.Window, m render.Map, marks render.Marks) *render.LUT {
	if x.lut == nil || x.window != w || x.colour != m || x.marks != marks {
		*x = painted{render.NewLUT(w, m, marks), w, m, marks}
	}
	return x.lut
}

// draw makes the picture: CT numbers when the place changed, colours when the
// window did, contours always.
func (w *worker) draw(r Request, p *Picture) error {
	size := image.Rect(0, 0, r.View.Width, r.View.Height)
	if p.pixels == nil || p.pixels.Rect != size {
		p.pixels = image.NewRGBA(size)
	}
	switch {
	case r.Film.Source != nil:
		return w.drawFilm(r, p)
	case r.Solid != nil:
		return w.drawSolid(r, p)
	}
	if err := w.own.sample(w.service.ctx, place{r.Volume, r.View, r.Straight}); err != nil {
		return err
	}
	if err := w.paint(r, p.pixels); err != nil {
		return err
	}
	if r.Scene != nil {
		render.DrawOutlines(p.pixels, r.View.Viewport, w.outlines(r), r.PxPerDP, r.Opacity)
	}
	hu := &w.own.hu
	if cap(p.HU.HU) > 2*len(hu.HU) { // the view was larger: its room is let go
		p.HU.HU = nil
	}
	p.HU.W, p.HU.H, p.HU.Corrupt = hu.W, hu.H, hu.Corrupt
	p.HU.HU = append(p.HU.HU[:0], hu.HU...)
	p.Request = r
	return nil
}

// paint colours the CT numbers, laid over those of the other CT when the
// reader compares.
func (w *worker) paint(r Request, dst *image.RGBA) error {
	if r.Mix.Compare == model.Alone {
		return w.luts[0].table(r.Window, render.Grey, r.Marks).Apply(dst, &w.own.hu)
	}
	if err := w.other.sample(w.service.ctx, place{volume: r.Mix.Volume, view: r.Mix.View}); err != nil {
		return err
	}
	if r.Mix.Compare == model.Difference {
		if err := render.Difference(&w.difference, &w.own.hu, &w.other.hu); err != nil {
			return err
		}
		return w.luts[0].table(DifferenceWindow(r.Window), render.Diverging, render.NoMark).Apply(dst, &w.difference)
	}
	if w.under == nil || w.under.Rect != dst.Rect {
		w.under = image.NewRGBA(dst.Rect)
	}
	if err := w.luts[0].table(r.Window, render.Grey, r.Marks).Apply(dst, &w.own.hu); err != nil {
		return err
	}
	if err := w.luts[1].table(r.Mix.Window, render.Grey, r.Marks).Apply(w.under, &w.other.hu); err != nil {
		return err
	}
	if r.Mix.Compare == model.Swipe {
		return render.Swipe(dst, w.under, dst, int(r.Mix.At*float64(dst.Rect.Dx())+0.5))
	}
	return render.Blend(dst, w.under, dst, r.Mix.At)
}

// DifferenceWindow is the window of a difference: as wide as that of the
// images, about zero.
func DifferenceWindow(w render.Window) render.Window { return render.Window{Width: w.Width} }

// outlines cuts the scene's surfaces; a surface is cut once per plane.
func (w *worker) outlines(r Request) []render.Outline {
	before := w.cuts
	if w.cutPlane != r.Cut {
		before = nil
	}
	w.cuts, w.cutPlane = map[*mesh.Mesh][]render.Polyline{}, r.Cut // of this scene only: a hand makes a new surface at every move
	w.keepStraight(r.Scene)
	w.stairs.keep(r)
	var out []render.Outline
	for _, s := range r.Scene.Surfaces {
		lines, ok := before[s.Mesh]
		switch {
		case stepped(r): // depends on zoom and place too
			lines = w.stairs.of(w.service.ctx, s.Mesh, r)
		case ok:
			w.cuts[s.Mesh] = lines
		default:
			m := s.Mesh
			if r.Straight.Curve != nil {
				m = w.straightened(m, r.Straight)
			}
			lines = render.Section(m, r.Cut)
			w.cuts[s.Mesh] = lines
		}
		if len(lines) > 0 {
			out = append(out, render.Outline{Lines: lines, Style: s.Style})
		}
	}
	return out
}
