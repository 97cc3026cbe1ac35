package exchange

import (
	"fmt"
	"io"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
)

// Presentation is a Grayscale Softcopy Presentation State: how images of one study are shown, and what is drawn on them.
type Presentation struct {
	Label, Description string
	Center, Width      float64 // of the grey scale in modality units; Width 0 when the state gives none
	Quarters           int     // clockwise turns by 90 degrees
	Flipped            bool    // left to right, after turning
	Views              []View
	Origin             *dicomio.Origin // of the object that was read
}

// View is one image of a presentation state. Columns and rows count from 0 at the centre of the first pixel.
type View struct {
	Image ImageName
	Area  [4]float64 // column and row of the top left and of the bottom right corner shown; all zero: everything
	Lines []Line
	Texts []Label
}

// ImageName names an image, and a frame of it from 1; 0 for a single frame.
type ImageName struct {
	Class, Instance string
	Frame           int
}

// Line is a polyline in column, row.
type Line struct {
	Points [][2]float64
	Filled bool
	Kind   string // POLYLINE when empty; POINT, INTERPOLATED, CIRCLE, ELLIPSE as read
}

// Label is a text at a place.
type Label struct {
	Text string
	At   [2]float64
}

// WritePresentation writes a presentation state. number counts from 1 within the series. All views must share one rescale of stored
// values, because a state has one and that of the images does not hold beside it (PS3.3 C.11.1).
func (m Maker) WritePresentation(w io.Writer, number int, p *Presentation) error {
	if len(p.Views) == 0 || p.Width <= 0 {
		return fmt.Errorf("exchange: presentation state: no image, or no window")
	}
	rescale, err := m.rescale(p.Views)
	if err != nil {
		return err
	}
	date, clock := m.date()
	k := kind{classPresentation, "PR", presentations, 7008, number, presentationName(number)}
	d := append(m.base(k), dicomout.Dataset{
		{Tag: 0x00700080, VR: "CS", Value: p.Label}, {Tag: 0x00700081, VR: "LO", Value: m.text(p.Description)}, {Tag: 0x00700084, VR: "PN"},
		{Tag: 0x00700082, VR: "DA", Value: date}, {Tag: 0x00700083, VR: "TM", Value: clock},
		{Tag: 0x00200060, VR: "CS"}, {Tag: 0x20500020, VR: "CS", Value: "IDENTITY"},
		{Tag: 0x00283110, VR: "SQ", Value: []dicomout.Dataset{{{Tag: 0x00281050, VR: "DS", Value: p.Center}, {Tag: 0x00281051, VR: "DS", Value: p.Width}}}},
	}...)
	d = append(d, rescale...)
	var images, areas, notes []dicomout.Dataset
	for _, v := range p.Views {
		image := dicomout.Dataset{{Tag: 0x00081150, VR: "UI", Value: v.Image.Class}, {Tag: 0x00081155, VR: "UI", Value: v.Image.Instance}}
		if v.Image.Frame > 0 {
			image = append(image, dicomout.Element{Tag: 0x00081160, VR: "IS", Value: v.Image.Frame})
		}
		images = append(images, image)
		one := dicomout.Element{Tag: 0x00081140, VR: "SQ", Value: []dicomout.Dataset{image}}
		areas = append(areas, dicomout.Dataset{
			one, {Tag: 0x00700052, VR: "SL", Value: []int{corner(v.Area[0]), corner(v.Area[1])}}, {Tag: 0x00700053, VR: "SL", Value: []int{corner(v.Area[2]), corner(v.Area[3])}},
			{Tag: 0x00700100, VR: "CS", Value: "SCALE TO FIT"}, {Tag: 0x00700102, VR: "IS", Value: []int{1, 1}},
		})
		if n := m.annotation(v); n != nil {
			notes = append(notes, append(n, one))
		}
	}
	d = append(d,
		dicomout.Element{Tag: 0x00081115, VR: "SQ", Value: []dicomout.Dataset{{{Tag: 0x00081140, VR: "SQ", Value: images}, {Tag: 0x0020000E, VR: "UI", Value: m.Origin.SeriesUID}}}},
		dicomout.Element{Tag: 0x0070005A, VR: "SQ", Value: areas},
	)
	if len(notes) > 0 {
		d = append(d, dicomout.Element{Tag: 0x00700001, VR: "SQ", Value: notes}, dicomout.Element{Tag: 0x00700060, VR: "SQ", Value: []dicomout.Dataset{{
			{Tag: 0x00700002, VR: "CS", Value: layer}, {Tag: 0x00700062, VR: "IS", Value: 1}, {Tag: 0x00700068, VR: "LO", Value: "Outlines and names"},
		}}})
	}
	return dicomout.Write(w, d)
}

// rescale returns the modality transformation of the images of the views.
func (m Maker) rescale(views []View) (dicomout.Dataset, error) {
	of := map[ImageName]dicomio.ImageRef{}
	for _, r := range m.Origin.Images {
		of[ImageName{r.Class, r.Instance, r.Frame}] = r
	}
	first := of[views[0].Image]
	for _, v := range views {
		switch r, ok := of[v.Image]; {
		case !ok:
			return nil, fmt.Errorf("exchange: presentation state: an image that is not of the series")
		case r.Slope != first.Slope || r.Intercept != first.Intercept:
			return nil, fmt.Errorf("exchange: presentation state: the images have different rescale values")
		}
	}
	if first.Slope == 0 {
		return nil, nil
	}
	return dicomout.Dataset{
		{Tag: 0x00281052, VR: "DS", Value: first.Intercept}, {Tag: 0x00281053, VR: "DS", Value: first.Slope}, {Tag: 0x00281054, VR: "LO", Value: "HU"},
	}, nil
}

const (
	presentations = "Vertefill key views"
	layer         = "VERTEFILL"
)

func presentationName(number int) string { return fmt.Sprintf("presentation %d", number) }

// PresentationRef returns the reference to the object that WritePresentation writes under that number.
func (m Maker) PresentationRef(number int) Evidence {
	return Evidence{m.UID("series", "PR", presentations), Ref{Class: classPresentation, Instance: m.UID("PR", presentationName(number))}}
}

// corner turns a position counted from 0 into the pixel number from 1 of displayed areas (PS3.3 C.10.4).
func corner(x float64) int { return int(x+1000.5) - 999 }

// annotation returns the lines and texts of a view, whose places count from 0.5 at the middle of the first pixel (PS3.3 C.10.5).
func (m Maker) annotation(v View) dicomout.Dataset {
	var lines, texts []dicomout.Dataset
	for _, l := range v.Lines {
		if len(l.Points) < 2 {
			continue
		}
		var flat []float64
		for _, p := range l.Points {
			flat = append(flat, p[0]+0.5, p[1]+0.5)
		}
		lines = append(lines, dicomout.Dataset{
			{Tag: 0x00700005, VR: "CS", Value: "PIXEL"}, {Tag: 0x00700020, VR: "US", Value: 2}, {Tag: 0x00700021, VR: "US", Value: len(l.Points)},
			{Tag: 0x00700022, VR: "FL", Value: flat}, {Tag: 0x00700023, VR: "CS", Value: "POLYLINE"}, {Tag: 0x00700024, VR: "CS", Value: "N"},
		})
	}
	for _, t := range v.Texts {
		texts = append(texts, dicomout.Dataset{
			{Tag: 0x00700006, VR: "ST", Value: m.text(t.Text)}, {Tag: 0x00700004, VR: "CS", Value: "PIXEL"},
			{Tag: 0x00700014, VR: "FL", Value: []float64{t.At[0] + 0.5, t.At[1] + 0.5}}, {Tag: 0x00700015, VR: "CS", Value: "N"},
		})
	}
	if len(lines)+len(texts) == 0 {
		return nil
	}
	d := dicomout.Dataset{{Tag: 0x00700002, VR: "CS", Value: layer}}
	if len(texts) > 0 {
		d = append(d, dicomout.Element{Tag: 0x00700008, VR: "SQ", Value: texts})
	}
	if len(lines) > 0 {
		d = append(d, dicomout.Element{Tag: 0x00700009, VR: "SQ", Value: lines})
	}
	return d
}
