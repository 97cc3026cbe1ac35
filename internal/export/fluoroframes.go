package export

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/text"
)

// Key frames show the neighbourhood of the cement only: text that a machine burns in lies at the border.
const (
	framePart   = 0.6 // of the larger side
	mostFrames  = 4
	frameOpaque = 0.75 // of the outline
)

var (
	outlineColour = color.RGBA{255, 196, 0, 255}
	lineColour    = color.RGBA{64, 196, 255, 255}
)

// KeyFrames returns the frames of a run that tell most, with the outline of the cement and the lines: the last before the cement, its
// first, those in which it crosses a line, the end of its growth. None without cement.
func KeyFrames(ctx context.Context, f *assess.FluoroResult, l text.Lang) (out []KeyImage, err error) {
	run := f.Run
	crop, ok := cementSquare(f)
	if !ok {
		return nil, nil
	}
	p := fluoro.NewPlayer(run)
	look, err := p.Auto(run.Frames - 1)
	if err != nil {
		return nil, fmt.Errorf("export: key frames: %w", err)
	}
	grey := image.NewGray(image.Rect(0, 0, run.NX, run.NY))
	mask := make([]uint8, run.NX*run.NY)
	for _, k := range keyFrames(f.Report) {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("export: %w", err)
		}
		if err := p.Draw(k.frame, look, grey); err != nil {
			continue // a frame that cannot be read is not shown
		}
		f.Found.MaskAt(k.frame, mask)
		t := words[l]
		caption := fmt.Sprintf("%s %d", t["frame"], k.frame)
		if s := frameTime(f.Report, k.frame, l); s != dash {
			caption += ", " + l.Unit(s, "s")
		}
		caption += t["colon"] + " " + k.name(t)
		out = append(out, KeyImage{caption, framePicture(f, grey, mask, k.frame, crop)})
	}
	return out, nil
}

// keyFrame is a frame worth showing and why.
type keyFrame struct {
	frame int
	event assess.FluoroEvent // without a kind: before the cement
}

func (k keyFrame) name(t map[string]string) string {
	if k.event.Kind == "" {
		return t["beforeCement"]
	}
	return eventName(k.event, t)
}

func keyFrames(r assess.FluoroRun) (out []keyFrame) {
	start, last := -1, len(r.CementAreaPx)-1
	end := keyFrame{last, assess.FluoroEvent{Kind: "last-frame"}}
	var crossed []keyFrame
	for _, e := range r.Events {
		switch e.Kind {
		case "injection-start":
			start = e.Frame
			out = append(out, keyFrame{max(0, e.Frame-1), assess.FluoroEvent{}})
		case "line-crossed":
			crossed = append(crossed, keyFrame{e.Frame, e})
		case "injection-end":
			end = keyFrame{e.Frame, e}
		}
	}
	if start < 0 {
		return nil
	}
	out = append(out, crossed[:min(len(crossed), mostFrames-2)]...)
	if len(crossed) == 0 && end.frame > start+2 {
		middle := start
		for k := start; k <= end.frame; k++ {
			if 2*r.CementAreaPx[k] <= r.CementAreaPx[last] {
				middle = k
			}
		}
		out = append(out, keyFrame{middle, assess.FluoroEvent{Kind: "half-grown"}})
	}
	if out[len(out)-1].frame != end.frame {
		out = append(out, end)
	}
	return out
}

// cementSquare is the part of the picture to show.
func cementSquare(f *assess.FluoroResult) (image.Rectangle, bool) {
	run := f.Run
	mask := make([]uint8, run.NX*run.NY)
	if !f.Found.MaskAt(run.Frames-1, mask) {
		return image.Rectangle{}, false
	}
	box := image.Rectangle{}
	for i, on := range mask {
		if on == 1 {
			x, y := i%run.NX, i/run.NX
			box = box.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	side := min(int(framePart*float64(max(run.NX, run.NY))), run.NX, run.NY)
	side = min(max(side, box.Dx()+20, box.Dy()+20), run.NX, run.NY)
	x := min(max(0, (box.Min.X+box.Max.X-side)/2), run.NX-side)
	y := min(max(0, (box.Min.Y+box.Max.Y-side)/2), run.NY-side)
	return image.Rect(x, y, x+side, y+side), true
}

// framePicture draws the crop of a frame at keyPixels a side.
func framePicture(f *assess.FluoroResult, grey *image.Gray, mask []uint8, frame int, crop image.Rectangle) *image.RGBA {
	nx, ny := f.Run.NX, f.Run.NY
	out := image.NewRGBA(image.Rect(0, 0, keyPixels, keyPixels))
	scale := float64(crop.Dx()) / keyPixels
	on := func(x, y float64) bool {
		i, j := int(math.Round(x)), int(math.Round(y))
		return i >= 0 && j >= 0 && i < nx && j < ny && mask[j*nx+i] == 1
	}
	for v := range keyPixels {
		for u := range keyPixels {
			x, y := float64(crop.Min.X)+(float64(u)+0.5)*scale-0.5, float64(crop.Min.Y)+(float64(v)+0.5)*scale-0.5
			g := between(grey, x, y)
			c := color.RGBA{g, g, g, 255}
			if on(x, y) && !(on(x-1.5*scale, y) && on(x+1.5*scale, y) && on(x, y-1.5*scale) && on(x, y+1.5*scale)) {
				mix := func(a, b uint8) uint8 { return uint8(frameOpaque*float64(a) + (1-frameOpaque)*float64(b)) }
				c = color.RGBA{mix(outlineColour.R, g), mix(outlineColour.G, g), mix(outlineColour.B, g), 255}
			}
			out.SetRGBA(u, v, c)
		}
	}
	m := f.Found.Motion[frame]
	for _, l := range f.Found.Lines {
		ax, ay := m.Apply(l.Points[0][0], l.Points[0][1], nx, ny)
		bx, by := m.Apply(l.Points[1][0], l.Points[1][1], nx, ny)
		steps := int(math.Hypot(bx-ax, by-ay)/scale) + 1
		for n := range steps {
			if n%12 >= 8 { // dashes
				continue
			}
			t := float64(n) / float64(steps)
			x, y := (ax+t*(bx-ax)-float64(crop.Min.X))/scale, (ay+t*(by-ay)-float64(crop.Min.Y))/scale
			for _, d := range [4][2]float64{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				if q := image.Pt(int(x+d[0]), int(y+d[1])); q.In(out.Rect) {
					out.SetRGBA(q.X, q.Y, lineColour)
				}
			}
		}
	}
	return out
}

// between samples a grey picture linearly; at its border the edge.
func between(g *image.Gray, x, y float64) uint8 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	x, y = math.Max(0, math.Min(float64(w)-1.001, x)), math.Max(0, math.Min(float64(h)-1.001, y))
	i, j := int(x), int(y)
	u, v := x-float64(i), y-float64(j)
	at := func(i, j int) float64 { return float64(g.Pix[min(j, h-1)*g.Stride+min(i, w-1)]) }
	return uint8((1-v)*((1-u)*at(i, j)+u*at(i+1, j)) + v*((1-u)*at(i, j+1)+u*at(i+1, j+1)) + 0.5)
}

// runFrames places the key frames of run n on the page.
func (p *page) runFrames(n int) {
	if n >= len(p.job.Runs) {
		return
	}
	frames, err := KeyFrames(p.job.ctx, &p.job.Runs[n], p.lang)
	if err != nil {
		p.SetError(err)
		return
	}
	if len(frames) == 0 {
		return
	}
	side := (p.inner - (mostFrames-1)*gapMM) / mostFrames
	p.need(side + pictureMM + 2)
	y := p.GetY() + 1
	for i, k := range frames[:min(len(frames), mostFrames)] {
		p.picture(k, margin+float64(i)*(side+gapMM), y, side)
	}
	p.SetXY(margin, y+side+pictureMM+2)
}
