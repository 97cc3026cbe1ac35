package render

import (
	"bytes"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// spots is a volume of air with bright noisy balls, some at its faces.
func spots(t *testing.T) *volume.Volume {
	t.Helper()
	var pos []geom.Patient
	for k := range 53 {
		pos = append(pos, geom.LPS(-30, -35, 1.3*float64(k)))
	}
	g, err := volume.NewGrid(70, 61, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 0.9, 1.1, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	r := rand.New(rand.NewPCG(2, 3))
	for range 14 {
		c := g.Patient(geom.Vox(r.Float64()*70, r.Float64()*61, r.Float64()*53))
		radius := 1 + 6*r.Float64()
		o := 0
		for k := range g.NZ {
			for j := range g.NY {
				for i := range g.NX {
					if d := g.Patient(geom.Vox(float64(i), float64(j), float64(k))).Dist(c); d < radius {
						v.HU[o] = int16(300 + r.IntN(1500))
					}
					o++
				}
			}
		}
	}
	return v
}

// TestSkippingChangesNothing draws the same views with and without leaping over empty blocks.
func TestSkippingChangesNothing(t *testing.T) {
	c, err := NewCaster(t.Context(), spots(t))
	if err != nil {
		t.Fatal(err)
	}
	plain := &Caster{vol: c.vol, small: newBlocks(c.vol.Grid, 3), large: newBlocks(c.vol.Grid, 5)}
	for _, b := range []*blocks{&plain.small, &plain.large} {
		for i := range b.low {
			b.low[i], b.high[i] = math.MinInt16, math.MaxInt16
		}
	}
	r := rand.New(rand.NewPCG(5, 5))
	for n := range 30 {
		v := View3D{Viewport: c.Whole(Orientation(n%3), 64, 57), Coarse: n%5 == 4}
		if n > 2 { // the first three look along the axes
			at := v.PatientFromPlane.Origin()
			v.PatientFromPlane = Turned(v.PatientFromPlane, at, geom.V[geom.PlaneFrame](r.NormFloat64(), r.NormFloat64(), r.NormFloat64()), 6*r.Float64())
		}
		if n%4 == 3 {
			v.Cuts[0] = Cut{At: v.PatientFromPlane.Origin(), Normal: geom.LPSVec(r.NormFloat64(), r.NormFloat64(), r.NormFloat64())}
		}
		for _, show := range []Volume3D{Shaded, MIP3D} {
			got, want := image.NewRGBA(image.Rect(0, 0, 64, 57)), image.NewRGBA(image.Rect(0, 0, 64, 57))
			for m, caster := range map[*image.RGBA]*Caster{got: c, want: plain} {
				s := Scene{Caster: caster, Show: show}
				if err := s.Draw(t.Context(), v, m); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(got.Pix, want.Pix) {
				t.Errorf("view %d, way %d: pictures differ", n, show)
			}
			lit := 0
			for i := 0; i < len(got.Pix); i += 4 {
				if got.Pix[i] > 40 {
					lit++
				}
			}
			if lit < 50 {
				t.Errorf("view %d, way %d: only %d pixels show anything", n, show, lit)
			}
		}
	}
}

// TestLeaveIsExact steps a ray out of its block one sample at a time.
func TestLeaveIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 2000 {
		l := line{}
		for a := range 3 {
			l.p[a] = int64(r.Float64() * 60 * float64(one))
			if r.IntN(4) > 0 {
				l.d[a] = snap(r.NormFloat64() * 0.7)
			}
			if r.IntN(5) == 0 {
				l.p[a] &^= one - 1
			}
		}
		way := newExits(l.d)
		if l.d == [3]int64{} {
			continue
		}
		for _, bits := range []uint{3, 5} {
			got := way.leave(&l.p, bits)
			block := func(n int) (b [3]int64) {
				for a := range 3 {
					b[a] = (l.p[a] + int64(n)*l.d[a]) >> (32 + bits)
				}
				return b
			}
			if block(got) == block(0) || got > 1 && block(got-1) != block(0) {
				t.Fatalf("from %v along %v the block of %d bits is left after %d steps", l.p, l.d, bits, got)
			}
		}
	}
}

func TestBlocksHoldTheirRange(t *testing.T) {
	vol := spots(t)
	c, err := NewCaster(t.Context(), vol)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*blocks{&c.small, &c.large} {
		side := 1 << b.bits
		for i := range b.low {
			bx, by, bz := i%b.nx, i/b.nx%b.ny, i/(b.nx*b.ny)
			lo, hi := int16(math.MaxInt16), int16(math.MinInt16)
			for k := bz * side; k <= min((bz+1)*side, vol.NZ-1); k++ {
				for j := by * side; j <= min((by+1)*side, vol.NY-1); j++ {
					for x := bx * side; x <= min((bx+1)*side, vol.NX-1); x++ {
						lo, hi = min(lo, vol.At(x, j, k)), max(hi, vol.At(x, j, k))
					}
				}
			}
			if b.low[i] != lo || b.high[i] != hi {
				t.Fatalf("block %d of side %d: %d..%d, want %d..%d", i, side, b.low[i], b.high[i], lo, hi)
			}
		}
	}
}

func TestIrregularStackIsEvened(t *testing.T) {
	pos := []geom.Patient{}
	for _, z := range []float64{0, 1, 2, 3, 10, 11, 12} {
		pos = append(pos, geom.LPS(0, 0, z))
	}
	g, err := volume.NewGrid(4, 4, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 1, 1, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	for k := range g.NZ {
		for i := range 16 {
			v.HU[16*k+i] = int16(100 * pos[k].Z)
		}
	}
	c, err := NewCaster(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	if e := c.Volume(); e.NZ != 13 || e.Verdict != volume.Regular || e.At(1, 1, 11) != 1100 || e.At(2, 2, 6) != 600 {
		t.Errorf("%d slices, %s, %d and %d HU", e.NZ, e.Verdict, e.At(1, 1, 11), e.At(2, 2, 6))
	}
}

func TestTransferTable(t *testing.T) {
	tr := Transfer{{HU: 1000, Opacity: 0.5, Colour: rgb(0xFF0000)}, {HU: 200, Opacity: 0, Colour: rgb(0x00FF00)}}
	table := tr.table(2) // sorted, two mm a step
	if a := table.mean(1000, 1000).alpha; math.Abs(a-0.75) > 1e-6 {
		t.Errorf("two mm of half opacity take %g, want 0.75", a)
	}
	if a := table.mean(math.MaxInt16, math.MaxInt16).alpha; math.Abs(a-0.75) > 1e-6 {
		t.Errorf("beyond the last point %g", a)
	}
	if table.sees(-1024, 200) || !table.sees(-1024, 201) || !table.sees(500, 600) || table.sees(Outside, Unread) {
		t.Error("the visible range is wrong")
	}
	if e := table.mean(600, 600); math.Abs(e.r/e.alpha-128) > 1 || math.Abs(e.g/e.alpha-128) > 1 {
		t.Errorf("colour half way: %v", e)
	}
	whole, part := 0.0, 0
	for hu := int64(150); hu <= 900; hu++ {
		whole += table.mean(hu, hu).alpha
		part++
	}
	if got := table.mean(900, 150).alpha; math.Abs(got-whole/float64(part)) > 1e-9 {
		t.Errorf("mean over 150..900 HU is %g, want %g", got, whole/float64(part))
	}
	if o, _ := Transfer(nil).At(5); o != 0 {
		t.Error("an empty transfer is not invisible")
	}
}
