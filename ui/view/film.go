package view

import (
	"image"
	"image/color"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/model"
)

// Film says which picture of a run is drawn. It is comparable.
type Film struct {
	Source *fluoro.Run  // a run, whose frames are read when they are drawn; nil for none
	Still  *volume.Cine // one picture in place of the frames; nil for none
	Frame  int
	Show   render.FrameWindow
	Mask   *model.RunMask // that is subtracted; nil for none
	Move   fluoro.Motion  // of the mask onto the frame
	Fade   float64        // 0 native, 1 subtracted
	Gain   float64
	Shut   *volume.Shutter // that the file lays over its frames; nil for none
	Over   *over           // what is drawn over it; nil for none
}

// reel is what a worker keeps of a run.
type reel struct {
	one    volume.Cine // of one frame
	table  frameTable
	player *fluoro.Player
	source *fluoro.Run
	mask   *model.RunMask
	grey   *image.Gray
	under  *image.RGBA
	shut   shuttered
}

// stillShow is the window of pictures made for display, of grey values 0..255.
var stillShow = render.FrameWindow{Window: volume.Window{Center: 127.5, Width: 255, Function: volume.LinearExact}}

// identity shows grey values 0..255 as they are.
var identity = func() *render.FrameTable {
	var t render.FrameTable
	for i := range t {
		t[i] = uint8(min(i, 255))
	}
	return &t
}()

// drawFilm draws a picture of a run.
func (w *worker) drawFilm(r Request, p *Picture) error {
	f, x := r.Film, &w.reel
	if x.source != f.Source { // buffers are of another run's size
		*x = reel{source: f.Source}
	}
	if f.Still != nil {
		if err := x.draw(w, r, f.Still, f.Still, p.pixels); err != nil {
			return err
		}
	} else if err := x.frame(w, r, p.pixels); err != nil {
		return err
	}
	if f.Shut != nil {
		x.shut.cover(p.pixels, f.Shut, r.View.Viewport, aspect(f.Source.Cine))
	}
	if f.Over != nil {
		frame := f.Frame
		if f.Still != nil {
			frame = 0
		}
		render.DrawOutlines(p.pixels, r.View.Viewport, f.Over.outlines(frame, f.Still != nil), r.PxPerDP, r.Opacity)
	}
	p.HU.W, p.HU.H, p.HU.HU = 0, 0, p.HU.HU[:0]
	p.Request = r
	return nil
}

// draw draws the one frame of a picture with the window; of is the run that the window is for.
func (x *reel) draw(w *worker, r Request, one, of *volume.Cine, dst *image.RGBA) error {
	t := &x.table
	if t.table == nil || t.run != of || t.show != r.Film.Show {
		*t = frameTable{render.NewFrameTable(of, r.Film.Show), of, r.Film.Show}
	}
	return render.DrawFrame(w.service.ctx, one, 0, r.View.Viewport, t.table, dst)
}

// frame draws a frame, subtracted from its mask where there is one.
func (x *reel) frame(w *worker, r Request, dst *image.RGBA) error {
	f := r.Film
	var pix []uint16
	var err error
	if f.Source.Read != nil {
		pix, err = f.Source.Read(f.Frame)
	} else {
		pix = f.Source.Frame(f.Frame)
	}
	bad := err != nil || len(pix) < f.Source.NX*f.Source.NY || f.Frame < len(f.Source.Corrupt) && f.Source.Corrupt[f.Frame]
	x.one = *f.Source.Cine
	x.one.Frames, x.one.Pix, x.one.Corrupt = 1, pix, []bool{bad}
	if bad {
		x.one.Pix = make([]uint16, f.Source.NX*f.Source.NY)
	}
	if bad || f.Mask == nil || f.Fade <= 0 {
		return x.draw(w, r, &x.one, f.Source.Cine, dst)
	}
	if x.player == nil {
		x.player, x.grey = fluoro.NewPlayer(f.Source), image.NewGray(image.Rect(0, 0, f.Source.NX, f.Source.NY))
	}
	if x.mask != f.Mask {
		x.mask = nil
		if err := x.player.SetMask(f.Mask.Frames, f.Mask.Motion); err != nil {
			return x.draw(w, r, &x.one, f.Source.Cine, dst)
		}
		x.mask = f.Mask
	}
	if err := x.player.Draw(f.Frame, fluoro.Look{High: 1, Fade: 1, Move: f.Move, Gain: f.Gain, Invert: f.Show.Invert}, x.grey); err != nil {
		return err
	}
	one := x.one
	one.Pix = make([]uint16, len(x.grey.Pix))
	for i, g := range x.grey.Pix {
		one.Pix[i] = uint16(g)
	}
	if err := render.DrawFrame(w.service.ctx, &one, 0, r.View.Viewport, identity, dst); err != nil || f.Fade >= 1 {
		return err
	}
	if x.under == nil || x.under.Rect != dst.Rect {
		x.under = image.NewRGBA(dst.Rect)
	}
	if err := x.draw(w, r, &x.one, f.Source.Cine, x.under); err != nil {
		return err
	}
	return render.Blend(dst, x.under, dst, f.Fade)
}

// fillless takes the fill off a style.
func fillless(s render.Style) render.Style {
	s.Fill = color.NRGBA{}
	return s
}
