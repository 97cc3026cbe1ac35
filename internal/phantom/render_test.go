package phantom

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestRenderingKeepsVolume renders a ball and thin rods with and without, and sums their share of every voxel: the picture must hold
// the volume of the shape, also of a vein thinner than a voxel, at thin, thick, overlapping and gapped slices.
func TestRenderingKeepsVolume(t *testing.T) {
	const ct = 2000
	v := newVertebra(20, sizes[20], stream(1, "v"), 1, 1, "", 0, false)
	rod := func(r, l float64) *trocar {
		axis := geom.V[geom.BodyFrame](0.5, 0.3, 1).Unit()
		return &trocar{on: v, ct: ct, rod: newCapsule(at(0, -30, 0).Add(axis.Mul(-l/2)), at(0, -30, 0).Add(axis.Mul(l/2)), r, r, geom.BodyVec{})}
	}
	capsuleVolume := func(r, l float64) float64 { return math.Pi*r*r*l + 4.0/3*math.Pi*r*r*r }
	for _, c := range []struct {
		name               string
		radius, length     float64
		thickness, spacing float64
		percent            float64
	}{
		{"ball of 0.5 mL", 4.92, 0.001, 1, 1, 0.5},
		{"vein of 1 mm", 0.5, 15, 0.8, 0.8, 2},
		{"vein of 1 mm in thick slices", 0.5, 15, 3, 3, 2},
		{"ball in overlapping slices", 4.92, 0.001, 1.5, 1, 1},
		{"ball in gapped slices", 4.92, 0.001, 1, 1.25, 1.5},
	} {
		var pos []geom.Patient
		for z := -16.0; z < 16; z += c.spacing {
			pos = append(pos, geom.LPS(-16, -46, z+0.07))
		}
		g, err := volume.NewGrid(64, 64, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 0.5, 0.5, pos, "")
		if err != nil {
			t.Fatal(err)
		}
		s := newScene([]*vertebra{v}, []pose{geom.Identity[geom.PatientFrame, geom.BodyFrame]()})
		s.tissue = newTissue(s, stream(1, "tissue"), false)
		without, err := render(t.Context(), s, g, c.thickness)
		if err != nil {
			t.Fatal(err)
		}
		s.fills = []placedFill{{rod(c.radius, c.length).fill(), s.vertebrae[0]}}
		with, err := render(t.Context(), s, g, c.thickness)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i := range with {
			share := float64(with[i]-without[i]) / (ct - float64(without[i]))
			sum += share * float64(g.DX) * float64(g.DY) * c.spacing
		}
		want := capsuleVolume(c.radius, c.length)
		if off := 100 * (sum/want - 1); math.Abs(off) > c.percent {
			t.Errorf("%s: %.2f mm3, want %.2f: %+.2f %%", c.name, sum, want, off)
		}
	}
}

// TestShellKeepsItsWeight checks that a cortex far thinner than a voxel has its full signal: a ball of bone with a shell of 0.4 mm
// sums to the closed form.
func TestShellKeepsItsWeight(t *testing.T) {
	const radius, shell, cortex, marrow, width = 10.0, 0.4, 1500.0, 100.0, 0.6
	w := &tileWork{ramp: 1.3 * width}
	sum := 0.0
	for z := -12.0; z < 12; z += width {
		for y := -12.0; y < 12; y += width {
			for x := -12.0; x < 12; x += width {
				d := math.Sqrt((x+0.1)*(x+0.1)+(y-0.2)*(y-0.2)+z*z) - radius
				var l layers
				l.putShell(w.share(d), w.share(d+shell), cortex, marrow)
				sum += l.hu * width * width * width
			}
		}
	}
	ball := func(r float64) float64 { return 4.0 / 3 * math.Pi * r * r * r }
	want := cortex*(ball(radius)-ball(radius-shell)) + marrow*ball(radius-shell)
	if math.Abs(sum/want-1) > 0.01 {
		t.Errorf("signal %.0f, want %.0f", sum, want)
	}
}

// TestBlurHasTheWidthAsked measures the point spread of an edge in the finished picture.
func TestBlurHasTheWidthAsked(t *testing.T) {
	const fwhm, pixel = 1.1, 0.4
	var pos []geom.Patient
	for k := range 3 {
		pos = append(pos, geom.LPS(0, 0, float64(k)))
	}
	g, err := volume.NewGrid(64, 64, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), pixel, pixel, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	ideal := make([]float32, g.Len())
	for i := range ideal {
		if i%64 >= 32 {
			ideal[i] = 1000
		}
	}
	v, err := imaging{fwhmMM: fwhm, ceiling: 3071}.take(t.Context(), ideal, g, 1, stream(1, "n"))
	if err != nil {
		t.Fatal(err)
	}
	var sum, mean, variance float64
	line := func(i int) float64 { return float64(v.At(i+1, 32, 1) - v.At(i, 32, 1)) }
	for i := 20; i < 44; i++ {
		sum += line(i)
		mean += line(i) * float64(i)
	}
	mean /= sum
	for i := 20; i < 44; i++ {
		variance += line(i) * sq(float64(i)-mean) / sum
	}
	// The edge lay on a pixel border, so its pixel means are those of a sharp edge: the pixel's own width is part of the spread asked.
	got := 2.3548 * pixel * math.Sqrt(variance+1.0/12)
	if math.Abs(got/fwhm-1) > 0.03 {
		t.Errorf("edge of %.3f mm, want %.3f", got, fwhm)
	}
}

// TestNoiseHasTheDeviationAsked looks at air-free flat regions.
func TestNoiseHasTheDeviationAsked(t *testing.T) {
	var pos []geom.Patient
	for k := range 6 {
		pos = append(pos, geom.LPS(0, 0, 0.7*float64(k)))
	}
	g, err := volume.NewGrid(96, 96, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 0.45, 0.45, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	v, err := imaging{fwhmMM: 0.9, noiseHU: 30, ceiling: 3071}.take(t.Context(), make([]float32, g.Len()), g, 1, stream(1, "n"))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, hu := range v.HU {
		sum += float64(hu) * float64(hu)
	}
	if got := unit.HU(math.Sqrt(sum / float64(len(v.HU)))); math.Abs(float64(got)/30-1) > 0.05 {
		t.Errorf("noise of %.1f HU, want 30", got)
	}
}
