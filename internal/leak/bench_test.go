package leak_test

import (
	"context"
	"sync"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// large is a case resampled to 512 x 512 x 600 voxels of 0.45 x 0.45 x 0.5 mm, before and after.
var large = sync.OnceValues(func() (cement.Input, error) {
	c, err := phantom.New(5, phantom.Options{Matrix: 256, FOVMM: 150, SliceMM: 1})
	if err != nil {
		return cement.Input{}, err
	}
	in := cement.Input{Spine: c.Truth.Spine(), PreFromPost: map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame]{}}
	for l, a := range c.Truth.PostFromPre() {
		in.PreFromPost[l] = a.MustInverse()
	}
	for n, v := range []*volume.Volume{c.Post, c.Pre} {
		middle := v.Patient(geom.Vox(float64(v.NX-1)/2, float64(v.NY-1)/2, float64(v.NZ-1)/2))
		var pos []geom.Patient
		for k := range 600 {
			pos = append(pos, middle.Add(geom.LPSVec(-0.45*255.5, -0.45*255.5, 0.5*(float64(k)-299.5))))
		}
		g, err := volume.NewGrid(512, 512, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), unit.MM(0.45), unit.MM(0.45), pos, "large")
		if err != nil {
			return cement.Input{}, err
		}
		if n == 0 {
			in.Post = v.Resample(g)
		} else {
			in.Pre = v.Resample(g)
		}
	}
	return in, nil
})

func BenchmarkCementAndLeaks512x512x600(b *testing.B) {
	in, err := large()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		m, err := cement.Segment(context.Background(), in, cement.Options{}, nil, nil)
		if err != nil {
			b.Fatal(err)
		}
		r, err := leak.Find(context.Background(), leakInput(in.Post, in.Spine, m), leak.Options{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(r.Leaks)), "leaks")
		b.ReportMetric(float64(m.NewML()), "mL")
	}
}
