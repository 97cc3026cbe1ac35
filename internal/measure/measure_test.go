package measure_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/internal/volume"
)

// axial is the plane through a point, seen from the feet.
func axial(at geom.Patient) measure.PatientFromPlane {
	return geom.FromAxes[geom.PatientFrame, geom.PlaneFrame](at, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, 1))
}

func shape(k measure.Kind, plane measure.PatientFromPlane, points ...geom.Patient) measure.Shape {
	return measure.Shape{Kind: k, Plane: plane, Points: points}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// ramp is a volume of voxels 0.5 x 0.5 x 1.25 mm whose CT number is 1000 k + 10 j + i.
func ramp(t testing.TB, positions ...float64) *volume.Volume {
	t.Helper()
	if positions == nil {
		positions = []float64{0, 1.25, 2.5, 3.75, 5}
	}
	var pos []geom.Patient
	for _, z := range positions {
		pos = append(pos, geom.LPS(-10, -20, z))
	}
	g, err := volume.NewGrid(40, 60, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 0.5, 0.5, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				v.HU[i+g.NX*(j+g.NY*k)] = int16(1000*k + 10*j + i)
			}
		}
	}
	return v
}

func TestLengthsAndAngles(t *testing.T) {
	p := axial(geom.LPS(0, 0, 0))
	near(t, "length in space", shape(measure.Length, p, geom.LPS(1, 2, 3), geom.LPS(4, 6, 15)).LengthMM(), 13, 1e-12)
	d, ok := shape(measure.Angle, p, geom.LPS(5, 0, 0), geom.LPS(0, 0, 0), geom.LPS(-1, math.Sqrt(3), 0)).Degrees()
	if near(t, "angle", d, 120, 1e-9); !ok {
		t.Error("no angle")
	}
	// The same two lines drawn in either direction make one Cobb angle.
	a, b, c, e := geom.LPS(0, 0, 0), geom.LPS(10, 0, 0), geom.LPS(0, 20, 0), geom.LPS(10, 20+10*math.Tan(25*math.Pi/180), 0)
	for _, points := range [][]geom.Patient{{a, b, c, e}, {a, b, e, c}, {b, a, c, e}} {
		d, _ := shape(measure.Cobb, p, points...).Degrees()
		near(t, "Cobb angle", d, 25, 1e-9)
	}
	if !shape(measure.Length, p, a, geom.LPS(0, 0, 4)).Spatial(1) || shape(measure.Length, p, a, b).Spatial(1) {
		t.Error("which lines lead out of the plane is wrong")
	}
}

func TestAreas(t *testing.T) {
	p := axial(geom.LPS(3, 4, 5))
	at := func(x, y float64) geom.Patient { return p.Apply(geom.Pt[geom.PlaneFrame](x, y, 0)) }
	near(t, "rectangle", shape(measure.Rectangle, p, at(7, 2), at(1, 5)).Area(), 18, 1e-9)
	near(t, "ellipse", shape(measure.Ellipse, p, at(0, 0), at(6, 4)).Area(), math.Pi*6, 1e-9)
	near(t, "triangle", shape(measure.Polygon, p, at(0, 0), at(6, 0), at(0, 4)).Area(), 12, 1e-9)
	near(t, "perimeter", shape(measure.Polygon, p, at(0, 0), at(6, 0), at(6, 4), at(0, 4)).LengthMM(), 20, 1e-9)
	// A closed spline through many points of a circle is nearly the circle.
	var ring []geom.Patient
	for i := range 16 {
		s, c := math.Sincos(2 * math.Pi * float64(i) / 16)
		ring = append(ring, at(10*c, 10*s))
	}
	near(t, "spline round a circle", shape(measure.Spline, p, ring...).Area(), 100*math.Pi, 1)
	if got := shape(measure.Spline, p, ring...).Outline()[0]; got.Dist(geom.Pt[geom.PlaneFrame](10, 0, 0)) > 1e-9 {
		t.Errorf("the spline begins at %v, not at its first point", got)
	}
}

// A rectangle over known voxels has the statistics of exactly these.
func TestStatisticsAreThoseOfTheVoxels(t *testing.T) {
	v := ramp(t)
	// i 4..7, j 10..12 of slice 2; the plane lies half a millimetre off the slice's centre.
	plane := axial(geom.LPS(0, 0, 3))
	s := measure.Statistics(v, shape(measure.Rectangle, plane, geom.LPS(-8.1, -15.1, 3), geom.LPS(-6.4, -13.9, 3)))
	if s.N != 12 || s.Min != 2104 || s.Max != 2127 || s.Interpolated {
		t.Fatalf("%d voxels from %d to %d (interpolated %v), want 12 from 2104 to 2127", s.N, s.Min, s.Max, s.Interpolated)
	}
	near(t, "mean", s.Mean, 2115.5, 1e-9)
	near(t, "median", s.Median, 2115.5, 1e-9)
	near(t, "SD", s.SD, math.Sqrt((4*200+3*5)/11.0), 1e-9) // variances of 10 j and of i
	counts, width := s.Histogram(4)
	if near(t, "bin width", width, 6, 1e-9); len(counts) != 4 || counts[0]+counts[1]+counts[2]+counts[3] != 12 || counts[0] != 4 {
		t.Errorf("histogram %v", counts)
	}
	// The same on a sagittal plane: i is fixed.
	sagittal := geom.FromAxes[geom.PatientFrame, geom.PlaneFrame](geom.LPS(-7, 0, 0), geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, -1), geom.LPSVec(-1, 0, 0))
	s = measure.Statistics(v, shape(measure.Rectangle, sagittal, geom.LPS(-7, -15.1, 1), geom.LPS(-7, -13.9, 4)))
	if s.N != 9 || s.Min != 1106 || s.Max != 3126 {
		t.Errorf("sagittal: %d voxels from %d to %d, want 9 from 1106 to 3126", s.N, s.Min, s.Max)
	}
	if s := measure.Statistics(v, shape(measure.Probe, plane, geom.LPS(-8, -15, 2.6))); s.N != 1 || s.Min != 2104 {
		t.Errorf("the probe reads %v, want 2104", s)
	}
}

// Turning the plane in itself must not change which voxels lie in a region.
func TestStatisticsOfATurnedRegion(t *testing.T) {
	v := ramp(t)
	c := geom.LPS(0, -5, 2.5)
	want := measure.Statistics(v, shape(measure.Ellipse, axial(c), geom.LPS(-4, -9, 2.5), geom.LPS(4, -1, 2.5)))
	turned := geom.Compose(geom.Rotation(c, geom.LPSVec(0, 0, 1), 0.7), axial(c))
	got := measure.Statistics(v, shape(measure.Ellipse, turned, turned.Apply(geom.Pt[geom.PlaneFrame](-4, -4, 0)), turned.Apply(geom.Pt[geom.PlaneFrame](4, 4, 0))))
	const inCircle = 197 // lattice points within 8 of the origin: the Gauss circle problem
	if want.N != inCircle || got.N != want.N || got.Mean != want.Mean {
		t.Errorf("turned circle: %d voxels, mean %v; want %d, %v", got.N, got.Mean, want.N, want.Mean)
	}
}

// On an oblique plane the mean of a linear image is its value at the centre of the region.
func TestObliqueRegion(t *testing.T) {
	v := ramp(t)
	c := geom.LPS(-0.2, -5.1, 2.4)
	plane := geom.Compose(geom.Rotation(c, geom.LPSVec(0, 1, 0), 0.3), axial(c))
	at := func(x, y float64) geom.Patient { return plane.Apply(geom.Pt[geom.PlaneFrame](x, y, 0)) }
	s := measure.Statistics(v, shape(measure.Rectangle, plane, at(-3, -3), at(3, 3)))
	if !s.Interpolated || s.N != 144 {
		t.Errorf("%d samples (interpolated %v), want 144", s.N, s.Interpolated)
	}
	near(t, "mean", s.Mean, v.SampleAt(c), 0.5)
}

func TestUnreadableSlicesAreLeftOut(t *testing.T) {
	v := ramp(t)
	v.Corrupt = []bool{false, false, true, false, false}
	s := measure.Statistics(v, shape(measure.Rectangle, axial(geom.LPS(0, 0, 2.5)), geom.LPS(-8, -15, 2.5), geom.LPS(-6, -13, 2.5)))
	if s.N != 0 || s.Unread != 25 {
		t.Errorf("%d voxels, %d unread; want 0, 25", s.N, s.Unread)
	}
	if s := measure.Statistics(ramp(t), shape(measure.Rectangle, axial(geom.LPS(0, 0, 90)), geom.LPS(-8, -15, 90), geom.LPS(-6, -13, 90))); s.N != 0 {
		t.Errorf("%d voxels beyond the volume", s.N)
	}
}

func TestHandles(t *testing.T) {
	p := axial(geom.LPS(0, 0, 1))
	r := shape(measure.Rectangle, p, geom.LPS(0, 0, 1), geom.LPS(4, 2, 1))
	moved := r.Move(2, geom.LPS(6, -1, 9)) // the corner at (4, 0)
	near(t, "area after moving a corner", moved.Area(), 18, 1e-9)
	near(t, "area before", r.Area(), 8, 1e-9)
	if moved.Points[0].Z != 1 {
		t.Error("a region left its plane")
	}
	b, ok := shape(measure.Bidirectional, p, geom.LPS(0, 0, 1), geom.LPS(10, 0, 1)).Finished()
	if !ok || b.ShortMM() != 5 {
		t.Fatalf("short axis %v, want 5", b.ShortMM())
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		b = b.Move(rng.IntN(4), geom.LPS(rng.Float64()*20, rng.Float64()*20, 1))
		long, short := b.Points[1].Sub(b.Points[0]), b.Points[3].Sub(b.Points[2])
		if d := long.Unit().Dot(short.Unit()); math.Abs(d) > 1e-6 {
			t.Fatalf("step %d (seed 1, 2): the axes are at %v, not at right angles", n, math.Acos(d)*180/math.Pi)
		}
	}
	if got := r.Moved(geom.LPSVec(1, 2, 3)); got.Centre() != geom.LPS(3, 3, 4) || got.Area() != r.Area() {
		t.Errorf("moved to %v", got.Centre())
	}
}

func TestTooSmallIsNoShape(t *testing.T) {
	p, o := axial(geom.LPS(0, 0, 0)), geom.LPS(1, 1, 0)
	for _, s := range []measure.Shape{shape(measure.Length, p, o, o), shape(measure.Rectangle, p, o, o), shape(measure.Polygon, p, o, geom.LPS(2, 1, 0)),
		shape(measure.Angle, p, o, geom.LPS(2, 2, 0)), shape(measure.Probe, p), shape(measure.Probe, p, geom.LPS(math.NaN(), 0, 0)), {Kind: "other"}} {
		if _, ok := s.Finished(); ok {
			t.Errorf("%s of %v is taken", s.Kind, s.Points)
		}
	}
}

func TestCSV(t *testing.T) {
	p := axial(geom.LPS(0, 0, 2.5))
	region := shape(measure.Rectangle, p, geom.LPS(-8, -15, 2.5), geom.LPS(-6, -13, 2.5))
	region.ID, region.Note = 7, "=1+1"
	rows := []measure.Row{{Shape: region, Stats: measure.Statistics(ramp(t), region)}, {Shape: shape(measure.Length, p, geom.LPS(0, 0, 0), geom.LPS(3, 4, 0))},
		{Shape: measure.Shape{ID: 2, Kind: measure.Length, Series: "1.2"}, Projection: &measure.Projection{Run: 1, Points: [2][2]float64{{10, 20}, {13, 24}}, Pixels: 5, MM: 1.5, Origin: "detector"}},
		{Shape: measure.Shape{ID: 3, Kind: measure.Length, Series: "1.2"}, Projection: &measure.Projection{Pixels: 5, Origin: "none"}}}
	var b bytes.Buffer
	if err := measure.WriteCSV(&b, rows); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(got) != 5 {
		t.Fatalf("%d lines, %v", len(got), err)
	}
	column := func(line int, name string) string {
		for i, h := range got[0] {
			if h == name {
				return got[line][i]
			}
		}
		t.Fatalf("no column %s", name)
		return ""
	}
	for _, c := range [][2]string{{column(1, "n"), "25"}, {column(1, "area_mm2"), "4"}, {column(1, "note"), "'=1+1"}, {column(2, "length_mm"), "5"}, {column(2, "mean_HU"), ""}, {column(2, "angle_deg"), ""},
		{column(2, "run"), ""}, {column(3, "run"), "2"}, {column(3, "length_mm"), "1.5"}, {column(3, "length_px"), "5"}, {column(3, "mm_origin"), "detector"},
		{column(3, "points_px"), "10.00 20.00; 13.00 24.00"}, {column(3, "points_LPS_mm"), ""}, {column(4, "length_mm"), ""}, {column(4, "mm_origin"), "none"}} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}

func TestShapesSurviveJSON(t *testing.T) {
	s := shape(measure.Cobb, axial(geom.LPS(1, 2, 3)), geom.LPS(1, 2, 3), geom.LPS(4, 5, 6), geom.LPS(7, 8, 9), geom.LPS(0.1, 0.2, 0.3))
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back measure.Shape
	if err := json.Unmarshal(data, &back); err != nil || back.Plane != s.Plane || back.Points[3] != s.Points[3] || back.Kind != s.Kind {
		t.Errorf("%v, %v", back, err)
	}
}
