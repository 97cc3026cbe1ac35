package export

import (
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/plot"
	"github.com/vertefill/vertefill/internal/text"
)

// Colours on paper: those of the light theme.
var (
	inkColour   = color.NRGBA{0x18, 0x1B, 0x1E, 255}
	paleColour  = color.NRGBA{0x5F, 0x68, 0x70, 255}
	ruleColour  = color.NRGBA{0xD9, 0xDD, 0xE0, 255}
	bodyColour  = color.NRGBA{0x2B, 0x7F, 0xB0, 255}
	newColour   = color.NRGBA{0xC9, 0x8A, 0x00, 255}
	newFill     = color.NRGBA{0xF2, 0xC9, 0x4C, 150}
	priorColour = color.NRGBA{0x6A, 0x72, 0x8C, 255}
	tealColour  = color.NRGBA{0x08, 0x76, 0x6A, 255}
)

// leakColour is the colour of a compartment on white paper.
func leakColour(c anatomy.Compartment) color.NRGBA {
	rgb := func(r, g, b uint8) color.NRGBA { return color.NRGBA{r, g, b, 255} }
	switch c {
	case anatomy.Canal:
		return rgb(0xB3, 0x00, 0x1F)
	case anatomy.Foramen:
		return rgb(0xB3, 0x50, 0x6A)
	case anatomy.DiscSuperior, anatomy.DiscInferior:
		return rgb(0xA8, 0x4A, 0x00)
	case anatomy.ParavertebralVein:
		return rgb(0x6B, 0x2F, 0xB3)
	case anatomy.NeedleTrack:
		return rgb(0x4F, 0x7A, 0x2A)
	case anatomy.Distant:
		return rgb(0x00, 0x75, 0x6B)
	}
	return rgb(0xA8, 0x22, 0x7F)
}

const plotText = 2.6 // em in mm of words on drawings

// plots lists the drawings as files, SVG and PNG, when they are asked for.
func (j *job) plots() []file {
	if !slices.Contains(j.Formats, Plots) {
		return nil
	}
	list := Drawings(j.Result, j.Lang)
	for n, run := range j.Report.Fluoro {
		if d := AreaPlot(run, j.Lang); d != nil {
			list = append(list, NamedDrawing{fmt.Sprintf("fluoro-%d", n+1), d})
		}
	}
	var out []file
	for _, x := range list {
		out = append(out, file{"plot-" + x.Name + ".svg", Plots, func(_ *job, w io.Writer) error { return x.Drawing.SVG(w, "Vertefill Sans, Inter") }},
			file{"plot-" + x.Name + ".png", Plots, func(_ *job, w io.Writer) error {
				m, err := x.Drawing.Image(plotPixels)
				if err != nil {
					return err
				}
				return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, m)
			}})
	}
	return out
}

const plotPixels = 12.0 // pixels a millimetre of PNG drawings: 300 dots an inch

// FillPlot shows the fill of every body with cement and its interval: full dots for new cement, hollow ones for earlier cement
// alone. It returns nil when no body holds cement.
func FillPlot(r *assess.Report, l text.Lang) *plot.Drawing {
	var rows []assess.Vertebra
	most := 0.5
	for _, v := range r.Vertebrae {
		if v.CementInBodyML+v.PriorCementML > 0 {
			rows = append(rows, v)
			most = max(most, v.FillRatio)
			if i := v.FillRatioInterval; i != nil {
				most = max(most, i[1])
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	const left, right, step = 14.0, 30.0, 6.0
	most = math.Ceil(most*10) / 10
	d := &plot.Drawing{W: 110, H: step*float64(len(rows)) + 12, Title: words[l]["fillPlot"]}
	x := func(f float64) float64 { return left + f/most*(d.W-left-right) }
	bottom := d.H - 7
	d.Write(inkColour, plotText, true, plot.Start, plot.Point{X: 0, Y: 3.2}, d.Title)
	for t := 0; t <= int(most*10+0.5); t++ {
		f := float64(t) / 10
		d.Line(ruleColour, 0.15, nil, plot.Point{X: x(f), Y: 5}, plot.Point{X: x(f), Y: bottom})
		if t%2 == 0 || most <= 0.61 {
			d.Write(paleColour, plotText*0.9, false, plot.Middle, plot.Point{X: x(f), Y: bottom + 3.4}, l.Number(100*f, 0))
		}
	}
	d.Write(paleColour, plotText*0.9, false, plot.Start, plot.Point{X: x(most) + 2, Y: bottom + 3.4}, "%")
	for n, v := range rows {
		y := 5 + step*(float64(n)+0.5)
		d.Write(inkColour, plotText, v.Treated, plot.Start, plot.Point{X: 0, Y: y + 0.9}, v.Level.String())
		c, fill := newColour, newColour
		if !v.Treated {
			c, fill = priorColour, color.NRGBA{255, 255, 255, 255}
		}
		end := x(v.FillRatio)
		if i := v.FillRatioInterval; i != nil {
			d.Line(c, 0.5, nil, plot.Point{X: x(i[0]), Y: y}, plot.Point{X: x(i[1]), Y: y})
			for _, f := range i {
				d.Line(c, 0.35, nil, plot.Point{X: x(f), Y: y - 0.9}, plot.Point{X: x(f), Y: y + 0.9})
			}
			end = x(i[1])
		}
		d.Dot(fill, c, 0.4, plot.Point{X: x(v.FillRatio), Y: y}, 1.1)
		label := l.Unit(l.Percent(v.FillRatio), "%")
		if !v.Treated {
			label += " " + words[l]["priorCement"]
		}
		d.Write(inkColour, plotText, false, plot.Start, plot.Point{X: end + 2.2, Y: y + 0.9}, label)
	}
	return d
}

// HeightPlot shows front, middle and back height of every vertebra measured in both series, as lines from before (hollow) to after
// (full). It returns nil when there is none.
func HeightPlot(r *assess.Report, l text.Lang) *plot.Drawing {
	var rows []assess.Vertebra
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range r.Vertebrae {
		if v.HeightsMM == nil || v.PreHeightsMM == nil {
			continue
		}
		rows = append(rows, v)
		for _, h := range []*assess.Heights{v.HeightsMM, v.PreHeightsMM} {
			low, high = min(low, h.Anterior, h.Middle, h.Posterior), max(high, h.Anterior, h.Middle, h.Posterior)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	const left, right, step = 30.0, 22.0, 4.6
	low, high = math.Floor(low/5)*5, math.Ceil((high+0.01)/5)*5
	t := words[l]
	d := &plot.Drawing{W: 110, H: step*3*float64(len(rows)) + 12 + 2*float64(len(rows)), Title: t["heightPlot"]}
	x := func(mm float64) float64 { return left + (mm-low)/(high-low)*(d.W-left-right) }
	bottom := d.H - 6
	d.Write(inkColour, plotText, true, plot.Start, plot.Point{X: 0, Y: 3.2}, d.Title)
	for mm := low; mm <= high; mm += 5 {
		d.Line(ruleColour, 0.15, nil, plot.Point{X: x(mm), Y: 5}, plot.Point{X: x(mm), Y: bottom})
		d.Write(paleColour, plotText*0.9, false, plot.Middle, plot.Point{X: x(mm), Y: bottom + 3.4}, l.Number(mm, 0))
	}
	d.Write(paleColour, plotText*0.9, false, plot.Start, plot.Point{X: x(high) + 3, Y: bottom + 3.4}, "mm")
	y := 5.0
	for _, v := range rows {
		d.Write(inkColour, plotText, v.Treated, plot.Start, plot.Point{X: 0, Y: y + step/2 + 0.9}, v.Level.String())
		a, b := v.PreHeightsMM, v.HeightsMM
		for _, h := range []struct {
			name          string
			before, after float64
		}{{t["anterior"], a.Anterior, b.Anterior}, {t["middle"], a.Middle, b.Middle}, {t["posterior"], a.Posterior, b.Posterior}} {
			m := y + step/2
			d.Write(paleColour, plotText*0.9, false, plot.Start, plot.Point{X: 12, Y: m + 0.9}, h.name)
			d.Line(tealColour, 0.4, nil, plot.Point{X: x(h.before), Y: m}, plot.Point{X: x(h.after), Y: m})
			d.Dot(color.NRGBA{255, 255, 255, 255}, tealColour, 0.35, plot.Point{X: x(h.before), Y: m}, 0.9)
			d.Dot(tealColour, tealColour, 0.35, plot.Point{X: x(h.after), Y: m}, 0.9)
			sign := ""
			if h.after > h.before {
				sign = "+"
			}
			d.Write(inkColour, plotText, false, plot.End, plot.Point{X: d.W, Y: m + 0.9}, l.Unit(sign+l.Number(h.after-h.before, 1), "mm"))
			y += step
		}
		y += 2
	}
	return d
}

// AreaPlot shows the projected area of cement along one fluoroscopy run, with its events. It returns nil when the run has fewer
// than two frames.
func AreaPlot(run assess.FluoroRun, l text.Lang) *plot.Drawing {
	values, unit := run.CementAreaPx, "px"
	if len(run.CementAreaMM2) == len(values) && len(values) > 0 {
		values, unit = run.CementAreaMM2, "mm²"
	}
	if len(values) < 2 {
		return nil
	}
	const left, right, top, bottom = 16.0, 4.0, 8.0, 44.0
	t := words[l]
	d := &plot.Drawing{W: 178, H: 54, Title: t["areaOf"] + ", " + unit}
	times := run.FrameTimesMS
	at := func(frame int) float64 { // seconds, or frames when the run has no times
		if len(times) == len(values) {
			return (times[frame] - times[0]) / 1000
		}
		return float64(frame)
	}
	last, most := at(len(values)-1), 1.0
	for _, v := range values {
		most = max(most, v)
	}
	x := func(frame int) float64 { return left + at(frame)/max(last, 1e-9)*(d.W-left-right) }
	y := func(v float64) float64 { return bottom - v/most*(bottom-top) }
	d.Write(inkColour, plotText, true, plot.Start, plot.Point{X: 0, Y: 3.2}, d.Title)
	for n := range 3 {
		v := most * float64(n) / 2
		d.Line(ruleColour, 0.15, nil, plot.Point{X: left, Y: y(v)}, plot.Point{X: d.W - right, Y: y(v)})
		d.Write(paleColour, plotText*0.9, false, plot.End, plot.Point{X: left - 1.5, Y: y(v) + 0.9}, l.Number(v, 0))
	}
	for n := range 5 {
		f := n * (len(values) - 1) / 4
		s := l.Number(at(f), 1)
		if len(times) != len(values) {
			s = fmt.Sprint(f)
		}
		d.Write(paleColour, plotText*0.9, false, plot.Middle, plot.Point{X: x(f), Y: bottom + 4}, s)
	}
	axis := t["time"]
	if len(times) != len(values) {
		axis = t["frame"]
	}
	d.Write(paleColour, plotText*0.9, false, plot.Middle, plot.Point{X: (left + d.W - right) / 2, Y: bottom + 8}, axis)
	curve := make([]plot.Point, len(values))
	for i, v := range values {
		curve[i] = plot.Point{X: x(i), Y: y(v)}
	}
	under := append(append([]plot.Point{}, curve...), plot.Point{X: x(len(values) - 1), Y: bottom}, plot.Point{X: x(0), Y: bottom})
	d.Area(newFill, color.NRGBA{}, 0, nil, under)
	d.Line(newColour, 0.5, nil, curve...)
	for n, e := range run.Events {
		if e.Frame < 0 || e.Frame >= len(values) {
			continue
		}
		c := paleColour
		if e.Kind == "line-crossed" {
			c = leakColour(anatomy.Canal)
		}
		d.Line(c, 0.25, []float64{1, 0.8}, plot.Point{X: x(e.Frame), Y: top - 1}, plot.Point{X: x(e.Frame), Y: bottom})
		d.Write(c, plotText*0.8, false, plot.Middle, plot.Point{X: x(e.Frame), Y: top - 1.6}, fmt.Sprint(n+1)) // numbered as in the table of events
	}
	return d
}
