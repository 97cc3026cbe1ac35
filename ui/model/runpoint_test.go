package model

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/volume"
)

// A point 10 mm left, 20 mm behind and 30 mm above the isocentre, projected by hand onto a view from the front and one from the left, is
// found there again; a point shown 3 pixels too high in one view has rays that pass each other.
func TestRunPoint(t *testing.T) {
	view := func(primary float64) *fluoro.Run {
		return &fluoro.Run{Cine: &volume.Cine{NX: 512, NY: 512, Frames: 4},
			View: &fluoro.View{PrimaryDegrees: primary, SourceDetector: 1200, SourcePatient: 800, DetectorRowMM: 0.4, DetectorColMM: 0.4}}
	}
	s := &State{Workspace: Fluoroscopy}
	s.Run.Source, s.Run.Frame = view(0), 2
	second := Plane{Source: view(90)}
	s.Run.Second = &second
	// From the front the beam runs towards anterior, columns to the left: depth 800-20. From the left columns run towards posterior: depth 800+10.
	front := [2]float64{255.5 + 10*1200.0/(800-20)/0.4, 255.5 - 30*1200.0/(800-20)/0.4}
	side := [2]float64{255.5 + 20*1200.0/(800+10)/0.4, 255.5 - 30*1200.0/(800+10)/0.4}
	PlacePoint{}.apply(s)
	if !s.PlacesPoint() {
		t.Fatal("no point is placed")
	}
	PutPoint{At: front}.apply(s)
	if _, ok := s.RunPointAt(); ok || !s.PlacesPoint() {
		t.Fatal("one projection placed a point")
	}
	PutPoint{Second: true, At: side}.apply(s)
	at, ok := s.RunPointAt()
	v := at.FromIsocentre
	if !ok || s.PlacesPoint() || math.Hypot(math.Hypot(v.X-10, v.Y-20), v.Z-30) > 0.01 || at.ResidualMM > 0.01 {
		t.Errorf("%v: %v, residual %.3f", ok, v, at.ResidualMM)
	}
	side[1] -= 3
	PutPoint{Second: true, At: side}.apply(s)
	if at, ok = s.RunPointAt(); !ok || math.Abs(at.ResidualMM-3*0.4*810/1200) > 0.1 {
		t.Errorf("a point 3 pixels off: residual %.3f mm", at.ResidualMM)
	}
	s.Run.Frame = 3
	PutPoint{At: front}.apply(s)
	if _, ok := s.RunPointAt(); ok {
		t.Error("a point of another frame is used")
	}
}

// Plates drawn 12 degrees apart, lower in front, are 12 degrees of kyphosis, whichever way they were drawn.
func TestRunKyphosis(t *testing.T) {
	tilt := func(y, degrees float64) [2][2]float64 { // posterior end first, at the right
		d := 40 * math.Tan(degrees*math.Pi/180)
		return [2][2]float64{{140, y}, {100, y + d}}
	}
	s := &State{Workspace: Fluoroscopy}
	above, below := tilt(60, 7), tilt(160, -5)
	below[0], below[1] = below[1], below[0]
	s.Run.Shown = &assess.FluoroResult{Found: &fluoro.Result{Lines: []fluoro.Line{
		{Name: PlateAbove, Points: above}, {Name: PlateBelow, Points: below}}}}
	s.Run.Cine = &volume.Cine{}
	if _, ok := s.RunKyphosis(); ok {
		t.Error("kyphosis without a posterior wall")
	}
	s.Run.Shown.Found.Lines = append(s.Run.Shown.Found.Lines, fluoro.Line{Name: PosteriorWall, Points: [2][2]float64{{141, 100}, {141, 130}}})
	if a, ok := s.RunKyphosis(); !ok || math.Abs(a-12) > 0.01 {
		t.Errorf("%v: %.2f degrees, want 12", ok, a)
	}
}
