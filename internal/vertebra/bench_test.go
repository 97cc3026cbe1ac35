//go:build unix

package vertebra_test

import (
	"context"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

// wholeSpine is a spine from T1 to L5 on 512 x 512 x 600 voxels, with the middle of L2.
var wholeSpine = sync.OnceValues(func() (*volume.Volume, geom.Patient) {
	c, err := phantom.New(7, phantom.Options{First: anatomy.T1, Last: anatomy.L5, Matrix: 320, FOVMM: 320, SliceMM: 1.25, SpacingMM: 1.25, NoPre: true})
	if err != nil {
		panic(err)
	}
	p := c.Post
	middle := p.Patient(geom.Vox(float64(p.NX-1)/2, float64(p.NY-1)/2, float64(p.NZ-1)/2))
	step := float64(p.NZ-1) * float64(p.DZ) / 599
	const mm = 320.0 / 512
	var pos []geom.Patient
	for k := range 600 {
		pos = append(pos, middle.Add(geom.LPSVec(-mm*255.5, -mm*255.5, step*(float64(k)-299.5))))
	}
	g, err := volume.NewGrid(512, 512, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), unit.MM(mm), unit.MM(mm), pos, "large")
	if err != nil {
		panic(err)
	}
	at := c.Truth.Spine().Find(anatomy.L1 + 1).Centroid()
	return p.Resample(g), at
})

// processorSeconds is the time that this process has spent computing.
func processorSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Sec) + float64(u.Utime.Usec)/1e6
}

// BenchmarkFindWholeSpine finds the seventeen bodies of a whole spine: 30 s on two processors are allowed, 55 s of processor time.
func BenchmarkFindWholeSpine(b *testing.B) {
	v, _ := wholeSpine()
	b.ReportAllocs()
	for b.Loop() {
		before := processorSeconds()
		var start, end runtime.MemStats
		runtime.ReadMemStats(&start)
		s, err := vertebra.Find(context.Background(), v, vertebra.Options{}, nil, nil)
		if err != nil {
			b.Fatal(err)
		}
		runtime.ReadMemStats(&end)
		whole := 0
		for _, w := range s.Vertebrae {
			if w.Complete {
				whole++
			}
		}
		b.ReportMetric(processorSeconds()-before, "cpu-s/op")
		b.ReportMetric(float64(whole), "bodies")
		b.ReportMetric(float64(end.Sys-start.Sys)/float64(v.RawBytes()), "memory/volume")
	}
}

// BenchmarkFindNear outlines one body that a reader points at in a whole spine: 2 s are allowed.
func BenchmarkFindNear(b *testing.B) {
	v, at := wholeSpine()
	for b.Loop() {
		before := processorSeconds()
		w, err := vertebra.FindNear(context.Background(), v, vertebra.Seed{Level: anatomy.L1 + 1, Point: at})
		if err != nil || w == nil || !w.Complete {
			b.Fatal(w, err)
		}
		b.ReportMetric(processorSeconds()-before, "cpu-s/op")
	}
}
