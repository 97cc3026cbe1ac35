package artefact_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/artefact"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// made is a phantom of three lumbar vertebrae, the middle one treated.
func made(t *testing.T, seed uint64, change func(*phantom.Options)) (*volume.Volume, *spine.Spine) {
	t.Helper()
	o := phantom.Options{First: anatomy.L1, Last: anatomy.L1 + 2, Matrix: 192, FOVMM: 115, SliceMM: 1.25, SpacingMM: 1.25, NoPre: true, Fractures: []phantom.Fracture{},
		Plan: []phantom.Treatment{{Level: anatomy.L1 + 1, Fill: 0.25, PlateauHU: 2000}}}
	if change != nil {
		change(&o)
	}
	c, err := phantom.New(seed, o)
	if err != nil {
		t.Fatal(err)
	}
	return c.Post, c.Truth.Spine()
}

// dense returns the voxels above half the cement's CT number inside a body, and its surface.
func dense(v *volume.Volume, b *spine.Vertebra) (geom.Box, artefact.Mask, *mesh.Mesh) {
	const half = 1000
	lo, hi := b.Body.Bounds()
	box := geom.BoxAround([]geom.Voxel{v.Voxel(lo), v.Voxel(hi)}).Intersect(v.Bounds())
	hu := make([]float32, 0, box.Len())
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				hu = append(hu, float32(v.At(i, j, k)))
			}
		}
	}
	return box, func(i, j, k int) bool { return box.Contains(i, j, k) && v.At(i, j, k) > half }, mesh.Isosurface(hu, box, v.Grid, half)
}

// TestOvershoot: the overshoot of an edge of 1900 HU sharpened by a share s is s times the greatest difference of two normal distributions
// whose widths are 1 to 1.79, 0.11 of the step, less what the pixel blurs.
func TestOvershoot(t *testing.T) {
	for _, x := range []struct {
		sharpen float64
		plateau unit.HU
	}{{0, 2000}, {0.5, 2000}, {0, 6000}, {0.6, 6000}} {
		v, s := made(t, 51, func(o *phantom.Options) {
			o.Last, o.Plan[0].Level, o.Plan[0].PlateauHU, o.Sharpen = anatomy.L1, anatomy.L1, x.plateau, x.sharpen
			o.FOVMM, o.FWHMMM, o.SliceMM, o.SpacingMM = 90, 1.1, 1, 1
		})
		_, _, m := dense(v, s.Find(anatomy.L1))
		hu, ok := artefact.Overshoot(v, m)
		if sharp := x.sharpen > 0; ok != sharp {
			t.Errorf("sharpened by %.1f, plateau %.0f: found %v, %.0f HU", x.sharpen, float64(x.plateau), ok, hu)
		}
		if x.sharpen > 0 && (hu < 15 || hu > 0.11*x.sharpen*float64(x.plateau)) {
			t.Errorf("sharpened by %.1f, plateau %.0f: %.0f HU", x.sharpen, float64(x.plateau), hu)
		}
	}
	if _, ok := artefact.Overshoot(nil, nil); ok {
		t.Error("overshoot without cement")
	}
}

// TestMotion moves all slices from one on to the side.
func TestMotion(t *testing.T) {
	for seed := uint64(61); seed < 63; seed++ {
		v, s := made(t, seed, nil)
		if got := artefact.Motion(v, s); len(got) != 0 {
			t.Errorf("seed %d lies still and moves: %+v", seed, got)
		}
		const by = 2 // voxels
		at := v.NZ/2 + int(seed%3)
		moved := *v
		moved.HU = append([]int16(nil), v.HU...)
		for o := range moved.HU {
			if i, k := o%v.NX, o/(v.NX*v.NY); k >= at {
				moved.HU[o] = v.At(max(0, i-by), o/v.NX%v.NY, k)
			}
		}
		want := by * float64(v.DX)
		if got := artefact.Motion(&moved, s); len(got) != 1 || got[0].Slice != at || math.Abs(got[0].MM-want) > 0.25 {
			t.Errorf("seed %d: moved by %.2f mm at slice %d: %+v", seed, want, at, got)
		}
	}
}

// TestContrast: iodine in the aorta or not; noise is that of the phantom.
func TestContrast(t *testing.T) {
	for seed := uint64(71); seed < 73; seed++ {
		for _, with := range []bool{false, true} {
			v, s := made(t, seed, func(o *phantom.Options) {
				o.Contrast, o.Matrix, o.FOVMM, o.NoiseHU, o.SliceMM, o.SpacingMM, o.Last = with, 160, 150, 25, 2.5, 2.5, anatomy.L1+1
			})
			if hu, ok := artefact.Contrast(v, s, 25); ok != with {
				t.Errorf("seed %d: contrast %v, found %v (%.0f HU)", seed, with, ok, hu)
			}
		}
	}
}

// TestStreaks draws rays through the slices of the cement, as photon starvation does.
func TestStreaks(t *testing.T) {
	v, s := made(t, 81, func(o *phantom.Options) { o.NoiseHU, o.SliceMM, o.SpacingMM = 20, 1.5, 1.5 })
	b := s.Find(anatomy.L1 + 1)
	box, mask, _ := dense(v, b)
	if got := artefact.Streaks(v, s, box, mask); len(got) != 0 {
		t.Errorf("streaks where none are: %+v", got)
	}
	c := v.Voxel(b.Centroid())
	k0, k1 := int(c.Z)-3, int(c.Z)+3
	streaky := *v
	streaky.HU = append([]int16(nil), v.HU...)
	const amplitude = 70
	for o := range streaky.HU {
		i, j, k := o%v.NX, o/v.NX%v.NY, o/(v.NX*v.NY)
		if k >= k0 && k <= k1 {
			streaky.HU[o] += int16(amplitude * math.Sin(24*math.Atan2(float64(j)-c.Y, float64(i)-c.X)))
		}
	}
	got := artefact.Streaks(&streaky, s, box, mask)
	if len(got) != 1 || got[0].First > k0+3 || got[0].Last < k1-3 || got[0].First < k0-3 || got[0].Last > k1+3 || got[0].HU < 20 || got[0].HU > 100 {
		t.Errorf("streaks of %d HU in slices %d to %d: %+v", amplitude, k0, k1, got)
	}
}
