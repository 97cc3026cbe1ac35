package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Measuring is what the reader drew to measure. The list is replaced, never
// changed in place, so that undo can keep the former one.
type Measuring struct {
	Kind     measure.Kind // of the measuring tool
	Measures []Measure
	Chosen   int // id of the measure with handles; 0 for none
}

// Measure is a shape with its values, and the way of looking it was drawn in.
type Measure struct {
	measure.Shape
	Slot    Slot
	Stats   measure.Stats // without the single values
	Bars    []int         // of their histogram, from Stats.Min to Stats.Max
	Aligned bool          // the planes followed the axes of Level
	Level   anatomy.Level
}

// histogramBars is the number of bars of a region's histogram.
const histogramBars = 48

// measure reads the statistics of the shape. The single values are not kept:
// undo would hold them for every step.
func (m *Measure) measure(s *State) {
	m.Stats = measure.Statistics(s.Loaded[m.Slot].Volume, m.Shape)
	m.Bars, _ = m.Stats.Histogram(histogramBars)
	m.Stats.Values = nil
}

// Draft is a shape while it is drawn: its last point is not yet put down.
type Draft struct {
	Shape measure.Shape
	Slot  Slot
}

// Measure returns the measure with the id.
func (r *Reading) Measure(id int) (Measure, bool) {
	for _, m := range r.Measures {
		if m.ID == id {
			return m, true
		}
	}
	return Measure{}, false
}

// Sketch shows a shape that is being drawn; without points it drops it.
type Sketch struct{ Draft Draft }

func (m Sketch) apply(s *State) []Effect {
	s.Draft = m.Draft
	s.Reading.Chosen = 0
	return nil
}

// Keep finishes what is drawn and measures it.
type Keep struct{ Note string }

func (Keep) undoable() bool { return true }

func (m Keep) apply(s *State) []Effect {
	d := s.Draft
	s.Draft = Draft{}
	shape, ok := d.Shape.Finished()
	if !ok {
		return nil
	}
	shape.Note = m.Note
	for _, x := range s.Reading.Measures {
		shape.ID = max(shape.ID, x.ID)
	}
	shape.ID++
	if i := s.Loaded[d.Slot].Series; s.Study != nil && i >= 0 && i < len(s.Study.Series) {
		shape.Series = s.Study.Series[i].UID
	}
	x := Measure{Shape: shape, Slot: d.Slot, Aligned: s.Reading.Aligned, Level: s.Reading.Level}
	x.measure(s)
	s.Reading.Measures = append(s.Reading.Measures, x) // steps of undo share the array; going back clips it
	s.outlined(x)
	s.Reading.Chosen = shape.ID
	return nil
}

// CloseDraft ends a polygon or a closed curve at the points put down.
type CloseDraft struct{}

func (CloseDraft) undoable() bool { return true }

func (CloseDraft) apply(s *State) []Effect {
	p := &s.Draft.Shape.Points
	if s.Draft.Shape.Kind.Needs() != 0 || len(*p) < 4 {
		return nil
	}
	*p = (*p)[:len(*p)-1]
	return Keep{}.apply(s)
}

// Reshape changes a measure. Only the first step of a drag can be undone: it
// stands for the whole.
type Reshape struct {
	To    measure.Shape
	First bool
}

func (m Reshape) undoable() bool { return m.First }

func (m Reshape) apply(s *State) []Effect {
	s.Reading.Measures = slices.Clone(s.Reading.Measures)
	for i := range s.Reading.Measures {
		x := &s.Reading.Measures[i]
		if x.ID == m.To.ID {
			x.Shape = m.To
			x.measure(s)
		}
	}
	return nil
}

// ChooseMeasure gives a measure its handles; 0 takes them away.
type ChooseMeasure struct{ ID int }

func (m ChooseMeasure) apply(s *State) []Effect { s.Reading.Chosen = m.ID; return nil }

// GoToMeasure takes every view to a measure, along the planes it was drawn in.
type GoToMeasure struct{ ID int }

func (GoToMeasure) undoable() bool { return true }

func (m GoToMeasure) apply(s *State) []Effect {
	x, ok := s.Reading.Measure(m.ID)
	if !ok {
		return nil
	}
	r := &s.Reading
	r.Chosen, r.Aligned = x.ID, x.Aligned
	if x.Aligned {
		r.Level = x.Level
	}
	at := x.Centre()
	if governing := s.viewSlot(x.Slot); governing != x.Slot {
		link := s.Link()
		if back, err := link.PreFromPost.Inverse(); err == nil {
			at = back.Apply(at)
		}
	}
	s.goTo(at)
	s.setCursor(x.Slot, x.Centre())
	return nil
}

// DeleteMeasure removes a measure; id 0 stands for the chosen one.
type DeleteMeasure struct{ ID int }

func (DeleteMeasure) undoable() bool { return true }

func (m DeleteMeasure) apply(s *State) []Effect {
	r := &s.Reading
	id := m.ID
	if id == 0 {
		id = r.Chosen
	}
	r.Measures = slices.DeleteFunc(slices.Clone(r.Measures), func(x Measure) bool { return x.ID == id })
	if r.Chosen == id {
		r.Chosen = 0
	}
	return nil
}

// ShowMeasures shows or hides the list of measures in the panel.
type ShowMeasures struct{ On bool }

func (m ShowMeasures) apply(s *State) []Effect {
	s.MeasureList = m.On
	if m.On {
		s.Settings.Panel, s.Problems = true, false
	}
	return nil
}

// SaveMeasures is the effect that writes the measures as a CSV file and says
// where.
type SaveMeasures struct{ CSV string }

func (SaveMeasures) effect() {}

// MeasuresCSV returns the measures as comma-separated values in machine form.
func (s *State) MeasuresCSV() string {
	var rows []measure.Row
	for _, m := range s.Reading.Measures {
		rows = append(rows, measure.Row{Shape: m.Shape, Stats: m.Stats})
	}
	for _, m := range s.RunMeasures() {
		p := &measure.Projection{Run: m.Run.Index, Points: m.Points, Origin: string(cmp.Or(m.Calibration.Origin, volume.OriginNone))}
		p.Pixels, _ = lengthAt(m.Points, volume.Calibration{})
		if m.MM {
			p.MM = m.Length
		}
		rows = append(rows, measure.Row{Shape: measure.Shape{ID: m.ID, Kind: measure.Length, Series: s.Study.Series[m.Run.Series].UID}, Projection: p})
	}
	var b strings.Builder
	if err := measure.WriteCSV(&b, rows); err != nil {
		return "" // a strings.Builder takes everything
	}
	return b.String()
}

// InPlane reports whether a point lies in the slice that a plane shows.
func InPlane(plane measure.PatientFromPlane, p geom.Patient, half float64) bool {
	depth := plane.Axis(2)
	d := p.Sub(plane.Origin()).Dot(depth)
	return d >= -half && d <= half
}

func draw(k measure.Kind) func(*State, time.Time) Msg {
	return func(s *State, _ time.Time) Msg {
		return Look{func(r *Reading) { r.Tool, r.Kind = MeasureTool, k }}
	}
}

func needsMeasure(s *State) (i18n.Text, bool) {
	return i18n.NoMeasures, len(s.Reading.Measures)+len(s.RunMeasures()) == 0
}

// measureActions are the tools that draw and what is done with the drawn.
func measureActions() []Action {
	M := i18n.Measuring
	return []Action{
		{ID: "measure-length", Label: i18n.MeasureLength, Sense: i18n.LengthSense, Group: M, Icon: "length", Keys: key("L"), Blocked: needsImages, Msg: draw(measure.Length)},
		{ID: "measure-angle", Label: i18n.MeasureAngle, Group: M, Icon: "angle", Keys: key("O"), Blocked: needsStudy, Msg: draw(measure.Angle)},
		{ID: "measure-cobb", Label: i18n.MeasureCobb, Sense: i18n.CobbSense, Group: M, Icon: "cobb", Keys: []Key{{Name: "C", Shift: true}}, Blocked: needsStudy, Msg: draw(measure.Cobb)},
		{ID: "measure-ellipse", Label: i18n.MeasureEllipse, Group: M, Icon: "ellipse", Keys: key("M"), Blocked: needsStudy, Msg: draw(measure.Ellipse)},
		{ID: "measure-probe", Label: i18n.MeasureProbe, Group: M, Icon: "probe", Keys: key("P"), Blocked: needsStudy, Msg: draw(measure.Probe)},
		{ID: "measure-note", Label: i18n.MeasureNote, Group: M, Icon: "note", Blocked: needsStudy, Msg: draw(measure.Text)},
		{ID: "measure-bidirectional", Label: i18n.MeasureBoth, Group: M, Icon: "cross", Keys: []Key{{Name: "L", Shift: true}}, Blocked: needsStudy, Msg: draw(measure.Bidirectional)},
		{ID: "measure-rectangle", Label: i18n.MeasureRect, Group: M, Icon: "table", Keys: []Key{{Name: "M", Shift: true}}, Blocked: needsStudy, Msg: draw(measure.Rectangle)},
		{ID: "measure-freehand", Label: i18n.MeasureFree, Group: M, Icon: "sign", Blocked: needsStudy, Msg: draw(measure.Freehand)},
		{ID: "measure-polygon", Label: i18n.MeasurePolygon, Sense: i18n.PolygonSense, Group: M, Icon: "flag", Blocked: needsStudy, Msg: draw(measure.Polygon)},
		{ID: "measure-spline", Label: i18n.MeasureSpline, Sense: i18n.PolygonSense, Group: M, Icon: "curve", Blocked: needsStudy, Msg: draw(measure.Spline)},
		{ID: "measure-arrow", Label: i18n.MeasureArrow, Group: M, Icon: "right", Blocked: needsStudy, Msg: draw(measure.Arrow)},
		{ID: "measures", Label: i18n.Measures, Group: M, Icon: "table", Keys: ctrl("M"), Blocked: needsImages, Msg: func(s *State, _ time.Time) Msg { return ShowMeasures{!s.MeasureList} }},
		{ID: "measure-delete", Label: i18n.DeleteMeasure, Group: M, Icon: "close", Keys: key("⌫"), Blocked: needsChosen, Msg: deleteDrawn},
		{ID: "measures-csv", Label: i18n.SaveMeasures, Group: M, Icon: "export", Blocked: needsMeasure, Msg: func(s *State, _ time.Time) Msg { return Do{SaveMeasures{s.MeasuresCSV()}} }},
	}
}
