package fluoro_test

import (
	"context"
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/volume"
)

// scene is a small run of known content: bone-like texture that may move, a disc of cement that grows, a rod, light scatter.
type scene struct {
	side, frames int
	motion       func(k int) fluoro.Motion
	disc         func(k int) float64 // radius in pixels
	rod          func(k int) bool
	vessel       func(k int) bool
	gain         func(k int) float64
	shutter      int
	more         func(k int, dx, dy float64) float64 // attenuation that goes with the bone, from the middle
	over         func(k int, px, py float64) float64 // attenuation that does not
}

const perPixel = 0.02 // attenuation of the cement for every pixel of its depth

func (s scene) run(seed uint64) *fluoro.Run {
	r := rand.New(rand.NewPCG(seed, 1))
	type wave struct{ kx, ky, phase, depth float64 }
	var waves []wave
	for range 22 {
		waves = append(waves, wave{r.NormFloat64() * 0.22, r.NormFloat64() * 0.22, 2 * math.Pi * r.Float64(), 0.05 + 0.03*r.Float64()})
	}
	n := s.side * s.side
	c := &volume.Cine{NX: s.side, NY: s.side, Frames: s.frames, Slope: 1, White: 4095, TimeKnown: true, Pix: make([]uint16, n*s.frames)}
	c.Calibration = volume.Calibration{Origin: volume.OriginGeometry, RowMM: 0.5, ColMM: 0.5, Magnification: 1}
	mid := float64(s.side-1) / 2
	for k := range s.frames {
		c.Times = append(c.Times, time.Duration(k)*250*time.Millisecond)
		m := fluoro.Motion{Scale: 1}
		if s.motion != nil {
			m = s.motion(k)
		}
		back := m.Inverse()
		gain := 1.0
		if s.gain != nil {
			gain = s.gain(k)
		}
		for i := range n {
			px, py := float64(i%s.side), float64(i/s.side)
			x, y := back.Apply(px, py, s.side, s.side)
			a := 0.0
			for _, w := range waves {
				a += w.depth * math.Sin(w.kx*x+w.ky*y+w.phase)
			}
			dx, dy := x-mid, y-mid
			if s.disc != nil {
				if d := s.disc(k)*s.disc(k) - dx*dx - dy*dy; d > 0 {
					a += perPixel * 2 * math.Sqrt(d)
				}
			}
			if s.rod != nil && s.rod(k) && dx < -8 && math.Abs(dy-0.1*dx) < 3 {
				a += 0.9
			}
			if s.vessel != nil && s.vessel(k) && math.Abs(dx-18*math.Sin(dy/14+0.5*math.Sin(float64(k)))) < 2.5 {
				a += 0.4
			}
			if s.more != nil {
				a += s.more(k, dx, dy)
			}
			if s.over != nil {
				a += s.over(k, px, py)
			}
			signal := 1300 * gain * math.Exp(-a)
			if min(int(px), int(py)) < s.shutter {
				signal *= 0.01
			}
			c.Pix[k*n+i] = uint16(max(0, min(4095, signal+r.NormFloat64()*0.6*math.Sqrt(signal))))
		}
	}
	return &fluoro.Run{Cine: c, Relation: fluoro.Linear}
}

func analyze(t *testing.T, r *fluoro.Run, o fluoro.Options) *fluoro.Result {
	t.Helper()
	got, err := fluoro.Analyze(t.Context(), r, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func find(r *fluoro.Result, k fluoro.Kind) (frames []int) {
	for _, e := range r.Events {
		if e.Kind == k {
			frames = append(frames, e.Frame)
		}
	}
	return frames
}

func breathing(k int) fluoro.Motion {
	s := math.Sin(2 * math.Pi * float64(k) / 16)
	return fluoro.Motion{DX: 0.7 * s, DY: 3.2 * s, Angle: 0.006 * s, Scale: 1}
}

// growing is a disc from frame 15 to 35, whose area grows evenly.
func growing(k int) float64 {
	return 26 * math.Sqrt(math.Max(0, math.Min(1, float64(k-14)/21)))
}

func TestDiscIsMeasured(t *testing.T) {
	wall := fluoro.Line{Name: "posterior-wall", Points: [2][2]float64{{95.5 + 20, 40}, {95.5 + 20, 150}}}
	far := fluoro.Line{Name: "far", Points: [2][2]float64{{95.5 + 32, 40}, {95.5 + 32, 150}}}
	r := scene{side: 192, frames: 50, motion: breathing, disc: growing, shutter: 9}.run(1)
	got := analyze(t, r, fluoro.Options{Lines: []fluoro.Line{wall, far}})
	for k := range r.Frames {
		x, y := got.Motion[k].Apply(100, 90, 192, 192)
		u, v := breathing(k).Apply(100, 90, 192, 192)
		if e := math.Hypot(x-u, y-v); e > 0.3 {
			t.Errorf("frame %d: %.2f pixels off", k, e)
		}
		want := math.Pi * growing(k) * growing(k) * 0.25
		if math.Abs(got.AreaMM2[k]-want) > 0.04*math.Pi*26*26*0.25 {
			t.Errorf("frame %d: %.0f mm2 of %.0f", k, got.AreaMM2[k], want)
		}
	}
	if s, e := find(got, fluoro.InjectionStart), find(got, fluoro.InjectionEnd); len(s) != 1 || len(e) != 1 || s[0] < 14 || s[0] > 17 || e[0] < 33 || e[0] > 37 {
		t.Errorf("injection %v to %v", s, e)
	}
	crossed := find(got, fluoro.LineCrossed)
	truth := 0
	for growing(truth) < 21.5 {
		truth++
	}
	if len(crossed) != 1 || math.Abs(float64(crossed[0]-truth)) > 2 {
		t.Errorf("lines crossed in %v, one in %d", crossed, truth)
	}
	if last := got.Front[49]; math.Abs(last.Reach-26) > 4 {
		t.Errorf("front reaches %.1f pixels of 26", last.Reach)
	}
}

func TestMillimetresOnlyInThePatient(t *testing.T) {
	for _, origin := range []volume.Origin{volume.OriginNone, volume.OriginDetector, volume.OriginConflict} {
		r := scene{side: 96, frames: 30, disc: func(k int) float64 { return min(12, max(0, float64(k-8))) }}.run(2)
		r.Calibration = volume.Calibration{Origin: origin}
		if got := analyze(t, r, fluoro.Options{}); got.AreaMM2 != nil {
			t.Errorf("%s: millimetres given", origin)
		}
	}
}

func TestJumpsAreEvents(t *testing.T) {
	for _, c := range []struct {
		name string
		s    scene
		kind fluoro.Kind
	}{
		{"table", scene{motion: func(k int) fluoro.Motion {
			if k < 20 {
				return fluoro.Motion{Scale: 1}
			}
			return fluoro.Motion{DX: 21, DY: -13, Scale: 1}
		}}, fluoro.TableMove},
		{"field", scene{motion: func(k int) fluoro.Motion {
			if k < 20 {
				return fluoro.Motion{Scale: 1}
			}
			return fluoro.Motion{Scale: 1.3}
		}}, fluoro.Zoom},
		{"exposure", scene{gain: func(k int) float64 {
			if k < 20 {
				return 1
			}
			return 0.7
		}}, fluoro.Exposure},
	} {
		c.s.side, c.s.frames, c.s.disc = 160, 45, func(k int) float64 { return 20 * math.Sqrt(math.Max(0, math.Min(1, float64(k-11)/22))) }
		got := analyze(t, c.s.run(3), fluoro.Options{})
		for _, kind := range []fluoro.Kind{fluoro.TableMove, fluoro.Zoom, fluoro.Exposure} {
			at := find(got, kind)
			if want := kind == c.kind; want != (len(at) == 1 && at[0] == 20) || !want && len(at) > 0 {
				t.Errorf("%s: %s in %v", c.name, kind, at)
			}
		}
		if a := got.AreaPx[19]; math.Abs(a/(math.Pi*400*8/22)-1) > 0.12 {
			t.Errorf("%s: area before the jump %.0f", c.name, a)
		}
		s := got.Motion[44].Scale
		if a := got.AreaPx[44] / (s * s); math.Abs(a/(math.Pi*400)-1) > 0.06 {
			t.Errorf("%s: area at the end %.0f of %.0f", c.name, a, math.Pi*400)
		}
	}
}

func TestWhatIsNotCement(t *testing.T) {
	for name, s := range map[string]scene{
		"nothing": {},
		"trocar":  {rod: func(k int) bool { return k >= 8 }},
		"removal": {rod: func(k int) bool { return k < 30 }},
		"vessel":  {vessel: func(k int) bool { return k >= 10 }},
		"washout": {disc: func(k int) float64 { return math.Max(0, 20-math.Abs(float64(k-25))) }},
	} {
		s.side, s.frames, s.motion = 192, 50, breathing
		got := analyze(t, s.run(4), fluoro.Options{})
		if a := got.AreaPx[49]; a > 0 {
			t.Errorf("%s: %.0f pixels of cement", name, a)
		}
		in, out := find(got, fluoro.TrocarIn), find(got, fluoro.TrocarOut)
		if (name == "trocar") != (len(in) == 1 && in[0] == 8) || (name == "removal") != (len(out) == 1 && out[0] == 30) {
			t.Errorf("%s: trocar in %v, out %v", name, in, out)
		}
	}
}

func TestLogarithmicAndInvertedPixels(t *testing.T) {
	base := scene{side: 160, frames: 40, disc: func(k int) float64 { return 18 * math.Sqrt(math.Max(0, math.Min(1, float64(k-9)/20))) }}
	want := analyze(t, base.run(5), fluoro.Options{}).AreaPx[39]
	log, negative := base.run(5), base.run(5)
	log.Relation, negative.Negative = fluoro.Logarithmic, true
	for i, p := range log.Pix {
		log.Pix[i] = uint16(math.Round(4095 * (1 + math.Log10(math.Max(float64(p), 4.1)/4095)/3)))
		negative.Pix[i] = 4095 - p
	}
	for name, r := range map[string]*fluoro.Run{"log": log, "negative": negative} {
		if a := analyze(t, r, fluoro.Options{}).AreaPx[39]; math.Abs(a/want-1) > 0.02 {
			t.Errorf("%s: %.0f pixels, %.0f from linear ones", name, a, want)
		}
	}
}

func TestMaskLiesOnTheFrame(t *testing.T) {
	r := scene{side: 160, frames: 40, motion: func(k int) fluoro.Motion { return fluoro.Motion{DX: float64(k) / 4, Scale: 1} },
		disc: func(k int) float64 { return 18 * math.Sqrt(math.Max(0, math.Min(1, float64(k-9)/20))) }}.run(6)
	got := analyze(t, r, fluoro.Options{})
	mask := make([]uint8, 160*160)
	if got.MaskAt(5, mask) {
		t.Error("cement before the injection")
	}
	got.MaskAt(39, mask)
	sum, n := 0.0, 0.0
	for i, on := range mask {
		if on == 1 {
			sum, n = sum+float64(i%160), n+1
		}
	}
	if math.Abs(sum/n-79.5-39.0/4) > 0.5 || math.Abs(n-got.AreaPx[39]) > 0.02*n {
		t.Errorf("%.0f pixels about column %.1f", n, sum/n)
	}
}

func TestBadRuns(t *testing.T) {
	r := scene{side: 96, frames: 20}.run(7)
	r.Corrupt = make([]bool, 20)
	for k := range r.Corrupt {
		r.Corrupt[k] = k%3 == 1
	}
	analyze(t, r, fluoro.Options{})
	broken := errors.New("cannot be read")
	r.Read = func(int) ([]uint16, error) { return nil, broken }
	if got := analyze(t, r, fluoro.Options{}); got.AreaPx[19] != 0 {
		t.Error("cement in frames that cannot be read")
	}
	for _, c := range []*volume.Cine{nil, {NX: 96, NY: 96, Frames: 1, Pix: make([]uint16, 96*96)}, {NX: 10, NY: 10, Frames: 9, Pix: make([]uint16, 900)}, {NX: 96, NY: 96, Frames: 9}} {
		if _, err := fluoro.Analyze(t.Context(), &fluoro.Run{Cine: c}, fluoro.Options{}, nil); err == nil {
			t.Errorf("%v was measured", c)
		}
	}
	flat := &fluoro.Run{Cine: &volume.Cine{NX: 96, NY: 96, Frames: 12, White: 255, Slope: 1, Pix: make([]uint16, 96*96*12)}}
	if got := analyze(t, flat, fluoro.Options{}); got.AreaPx[11] != 0 || len(got.Events) != 0 {
		t.Errorf("black pictures gave %v", got.Events)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fluoro.Analyze(ctx, scene{side: 96, frames: 20}.run(8), fluoro.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled analysis gave %v", err)
	}
}

func TestPlayer(t *testing.T) {
	r := scene{side: 160, frames: 40, motion: breathing, disc: func(k int) float64 { return 18 * math.Sqrt(math.Max(0, math.Min(1, float64(k-9)/20))) }}.run(9)
	got := analyze(t, r, fluoro.Options{})
	p := fluoro.NewPlayer(r)
	look, err := p.Auto(0)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.SetMask(got.Mask, got.Motion); err != nil {
		t.Fatal(err)
	}
	out := image.NewGray(image.Rect(0, 0, 160, 160))
	look.Fade, look.Move = 1, got.Motion[39]
	if err := p.Draw(39, look, out); err != nil {
		t.Fatal(err)
	}
	mask := make([]uint8, 160*160)
	got.MaskAt(39, mask)
	var in, rest, spread float64
	n := 0.0
	for y := 12; y < 148; y++ {
		for x := 12; x < 148; x++ {
			v := float64(out.GrayAt(x, y).Y)
			if mask[y*160+x] == 1 {
				in += v
				n++
			} else if d := math.Hypot(float64(x)-79.5, float64(y)-79.5); d > 26 {
				rest++
				spread += math.Abs(v - 128)
			}
		}
	}
	if in/n > 70 || spread/rest > 14 {
		t.Errorf("cement is drawn at %.0f; elsewhere %.1f from mid-grey", in/n, spread/rest)
	}
	road := image.NewGray(image.Rect(0, 0, 160, 160))
	if err := p.Roadmap(0, 39, look, got.Motion, road); err != nil {
		t.Fatal(err)
	}
	look.Fade = 0
	if err := p.Draw(0, look, out); err != nil {
		t.Fatal(err)
	}
	if a, b := road.GrayAt(80, 80).Y, out.GrayAt(80, 80).Y; a+40 > b {
		t.Errorf("the roadmap is %d where cement came, the first frame %d", a, b)
	}
}

// BenchmarkDraw is the cost of one frame of 1024 x 1024 played with subtraction.
func BenchmarkDraw(b *testing.B) {
	r := scene{side: 1024, frames: 2}.run(10)
	p := fluoro.NewPlayer(r)
	look, err := p.Auto(0)
	if err != nil {
		b.Fatal(err)
	}
	if err := p.SetMask([]int{0}, nil); err != nil {
		b.Fatal(err)
	}
	look.Fade = 1
	out := image.NewGray(image.Rect(0, 0, 1024, 1024))
	for b.Loop() {
		if err := p.Draw(1, look, out); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAnalyze is the whole analysis of 300 frames of 1024 x 1024, which come from a few that are repeated.
func BenchmarkAnalyze(b *testing.B) {
	few := scene{side: 1024, frames: 6, disc: func(k int) float64 { return 20 * float64(k) }}.run(11)
	c := *few.Cine
	c.Frames, c.Pix, c.Times = 300, nil, nil
	for k := range c.Frames {
		c.Times = append(c.Times, time.Duration(k)*66*time.Millisecond)
	}
	r := &fluoro.Run{Cine: &c, Relation: fluoro.Linear, Read: func(k int) ([]uint16, error) { return few.Frame(max(0, min(5, (k-60)/30))), nil }}
	for b.Loop() {
		if _, err := fluoro.Analyze(b.Context(), r, fluoro.Options{}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
