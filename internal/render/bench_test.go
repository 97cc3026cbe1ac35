//go:build unix

package render_test

import (
	"context"
	"image"
	"image/color"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
)

// clinical is a 512 x 512 x 300 volume of 0.7 x 0.7 x 0.8 mm: noisy soft tissue in air with a bony rod and cement.
var clinical = sync.OnceValue(func() *volume.Volume {
	g := grid(new(testing.B), 512, 512, 0.7, 0.7, geom.LPS(-179, -179, 0), even(300, 0.8)...)
	v := volume.New(g)
	seed := uint32(1)
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				x, y := float64(i-256)*0.7, float64(j-256)*0.7
				seed = seed*1664525 + 1013904223
				noise := int16(seed>>26) - 32
				o := i + g.NX*(j+g.NY*k)
				switch r := x*x + (y-60)*(y-60); {
				case r < 20*20 && k%40 < 32:
					v.HU[o] = 250 + 4*noise
					if r < 8*8 && k%120 < 30 {
						v.HU[o] = 2000 + 8*noise
					}
				case x*x/(150*150)+y*y/(110*110) < 1:
					v.HU[o] = 40 + noise
				}
			}
		}
	}
	return v
})

// cpuTime returns the processor time this process has used: wall time says little on a busy machine.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measured runs f for the benchmark and reports the processor time of one run of all threads.
func measured(b *testing.B, f func() error) {
	if err := f(); err != nil { // fills pools and caches
		b.Fatal(err)
	}
	start := cpuTime(b)
	b.ResetTimer()
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpuTime(b)-start)/float64(b.N)/1e6, "cpu-ms/op")
}

func benchView() render.View {
	return view(oblique(geom.LPS(0, 40, 120), 0.4, 0.3), 0.6, 512, 512)
}

func benchReslice(b *testing.B, v render.View) {
	vol := clinical()
	var hu render.HUImage
	measured(b, func() error { return render.Reslice(context.Background(), vol, v, &hu) })
}

func BenchmarkReslice(b *testing.B) {
	std := func(o render.Orientation) render.View {
		v := benchView()
		v.PatientFromPlane = render.Standard(o, geom.LPS(0.1, 40.1, 120.1))
		return v
	}
	with := func(v render.View, f func(*render.View)) render.View { f(&v); return v }
	slab := func(v *render.View) { v.Slab = render.Slab{Thickness: 20, Mode: render.MIP} }
	for _, c := range []struct {
		name string
		v    render.View
	}{
		{"oblique-linear", benchView()},
		{"oblique-nearest", with(benchView(), func(v *render.View) { v.Interp = render.InterpNearest })},
		{"oblique-cubic", with(benchView(), func(v *render.View) { v.Interp = render.InterpCubic })},
		{"axial-linear", std(render.Axial)},
		{"sagittal-linear", std(render.Sagittal)},
		{"coronal-linear", std(render.Coronal)},
		{"oblique-mip20", with(benchView(), slab)},
		{"oblique-mip20-coarse", with(benchView(), func(v *render.View) { slab(v); v.Coarse = true })},
		{"sagittal-mip20", with(std(render.Sagittal), slab)},
		{"coronal-mip20", with(std(render.Coronal), slab)},
		{"axial-mip20", with(std(render.Axial), slab)},
	} {
		b.Run(c.name, func(b *testing.B) { benchReslice(b, c.v) })
	}
}

func BenchmarkLUT(b *testing.B) {
	hu := reslice(b, clinical(), benchView())
	dst := image.NewRGBA(image.Rect(0, 0, 512, 512))
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			render.NewLUT(render.SpineBone, render.Grey, render.MarkHigh)
		}
	})
	b.Run("apply512", func(b *testing.B) {
		lut := render.NewLUT(render.SpineBone, render.Grey, render.MarkHigh)
		for b.Loop() {
			if err := lut.Apply(dst, hu); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSection(b *testing.B) {
	body, cement := sphere(4, geom.LPS(0, 0, 0), 20), sphere(7, geom.LPS(0, 0, 0), 20) // 2562 and 163842 vertices
	p := oblique(geom.LPS(0, 0, 3), 0.2, 0.3)
	b.Run("body-2562", func(b *testing.B) {
		for b.Loop() {
			render.Section(body, p)
		}
	})
	b.Run("cement-327k-triangles", func(b *testing.B) {
		for b.Loop() {
			render.Section(cement, p)
		}
	})
}

func benchScene(b *testing.B, s render.Scene, v render.View3D) {
	dst := image.NewRGBA(image.Rect(0, 0, v.Width, v.Height))
	measured(b, func() error { return s.Draw(context.Background(), v, dst) })
}

func BenchmarkScene(b *testing.B) {
	caster, err := render.NewCaster(context.Background(), clinical())
	if err != nil {
		b.Fatal(err)
	}
	v := render.View3D{Viewport: caster.Whole(render.Coronal, 512, 512)}
	at := v.PatientFromPlane.Origin()
	v.PatientFromPlane = render.Turned(v.PatientFromPlane, at, geom.V[geom.PlaneFrame](0, 1, 0), 0.6)
	v.PatientFromPlane = render.Turned(v.PatientFromPlane, at, geom.V[geom.PlaneFrame](1, 0, 0), 0.2)
	coarse := v
	coarse.Coarse = true
	shaded := render.Scene{Caster: caster, Show: render.Shaded}
	b.Run("prepare", func(b *testing.B) {
		for b.Loop() {
			if _, err := render.NewCaster(context.Background(), clinical()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("shaded512", func(b *testing.B) { benchScene(b, shaded, v) })
	b.Run("shaded512-coarse", func(b *testing.B) { benchScene(b, shaded, coarse) })
	b.Run("mip512", func(b *testing.B) {
		benchScene(b, render.Scene{Caster: caster, Show: render.MIP3D, Window: render.Window{Centre: 500, Width: 800}}, v)
	})
	ball := render.NewSurface(sphere(7, at, 90), color.NRGBA{R: 0xF2, G: 0xC9, B: 0x4C, A: 255})
	b.Run("surface327k-coarse", func(b *testing.B) { benchScene(b, render.Scene{Surfaces: []*render.Surface{ball}}, coarse) })
	b.Run("surface327k", func(b *testing.B) { benchScene(b, render.Scene{Surfaces: []*render.Surface{ball}}, v) })
	b.Run("glass327k", func(b *testing.B) {
		benchScene(b, render.Scene{Surfaces: []*render.Surface{ball.Tinted(color.NRGBA{R: 0xF2, A: 90})}}, v)
	})
}

// BenchmarkMask draws the contour of a ball of 40 mm, as for the cement of a level, in a view of 512 x 512.
func BenchmarkMask(b *testing.B) {
	g := clinical().Grid
	labels := volume.NewLabels(g, geom.Box{Min: geom.Index{I: 220, J: 270, K: 120}, Max: geom.Index{I: 300, J: 350, K: 190}})
	at := g.Patient(geom.Vox(260, 310, 155))
	for k := 120; k < 190; k++ {
		for j := 270; j < 350; j++ {
			for i := 220; i < 300; i++ {
				if g.Patient(geom.Vox(float64(i), float64(j), float64(k))).Dist(at) < 20 {
					labels.Set(i, j, k, 1)
				}
			}
		}
	}
	all := func(uint8) bool { return true }
	mask := render.MaskVolume(labels, all)
	v := view(oblique(at, 0.4, 0.3), 0.3, 512, 512)
	hu := reslice(b, mask, v)
	b.Run("volume", func(b *testing.B) {
		for b.Loop() {
			render.MaskVolume(labels, all)
		}
	})
	b.Run("reslice", func(b *testing.B) {
		for b.Loop() {
			if err := render.Reslice(context.Background(), mask, v, hu); err != nil {
				b.Fatal(err)
			}
		}
	})
	lines := render.Isolines(hu, v.Viewport, render.MaskLevel)
	b.Run("isolines", func(b *testing.B) {
		for b.Loop() {
			render.Isolines(hu, v.Viewport, render.MaskLevel)
		}
	})
	dst := image.NewRGBA(image.Rect(0, 0, 512, 512))
	b.Run("draw", func(b *testing.B) {
		for b.Loop() {
			render.DrawOutlines(dst, v.Viewport, []render.Outline{{Lines: lines, Style: render.LeakStyle("canal", false)}}, 1, 1)
		}
	})
}
