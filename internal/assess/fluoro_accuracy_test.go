package assess_test

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestFluoroAccuracy measures fluoroscopy on runs with truth per frame. `make accuracy` runs it:
//
//	VERTEFILL_ACCURACY=fluoro[:from-to] go test ./internal/assess -run TestFluoroAccuracy -v -timeout 1h
func TestFluoroAccuracy(t *testing.T) {
	family, span, _ := strings.Cut(os.Getenv("VERTEFILL_ACCURACY"), ":")
	if family != "fluoro" {
		t.Skip("long: make accuracy runs it")
	}
	from, to := 0, phantom.FluoroCases
	if a, b, ok := strings.Cut(span, "-"); ok {
		from, _ = strconv.Atoi(a)
		to, _ = strconv.Atoi(b)
	}
	var s fluoroScore
	var b bridgeScore
	for n := from; n < to; n++ {
		o, runs := phantom.FluoroFamily(n)
		c, err := phantom.New(uint64(n), o)
		if err != nil {
			t.Fatal(err)
		}
		for v, ro := range runs {
			r, err := c.FluoroRun(t.Context(), ro)
			if err != nil {
				t.Fatal(err)
			}
			name, run := fmt.Sprintf("%d.%d", n, v), newTrueRun(r)
			for _, line := range s.add(t, name, run) {
				t.Log(line)
			}
			s.addBefore(t, name, run)
			b.add(t, uint64(3*n+v), c, o.Plan[0].Level, run, func(format string, args ...any) { t.Logf("  "+format, args...) })
		}
	}
	s.print(t)
	b.print(t)
	s.gates(t)
	b.gates(t)
}

// trueRun is a run with its truth.
type trueRun struct {
	Cine    *volume.Cine
	Truth   phantom.RunTruth
	Options phantom.RunOptions
	Trocar  []bool // pixels of the first frame where only a trocar ever is
	Cement  []int  // frame of arrival for every pixel of the first frame, or -1
}

func newTrueRun(r *phantom.Run) *trueRun {
	return &trueRun{r.Cine, r.Truth, r.Options, r.TrocarOnly(), r.CementFrom()}
}

func (r *trueRun) input() *fluoro.Run {
	in := &fluoro.Run{Cine: r.Cine, Relation: fluoro.Linear}
	if r.Options.Logarithmic {
		in.Relation = fluoro.Logarithmic
	}
	return in
}

// before is the run until just before the injection.
func (r *trueRun) before() *fluoro.Run {
	in := r.input()
	c := *r.Cine
	c.Frames = r.Truth.InjectionStart - 1
	c.Pix, c.Times = c.Pix[:c.NX*c.NY*c.Frames], c.Times[:c.Frames]
	in.Cine = &c
	return in
}

// fluoroScore collects errors over runs.
type fluoroScore struct {
	runs                  int
	shift                 []float64 // pixels, of every frame
	final, curve          []float64 // relative error of the area at the end; mean error over the run relative to it
	finalMM               []float64 // the same where millimetres are given
	within                int       // of the areas at the end that their 90 % interval holds
	start, end            []float64 // frames
	crossed, crossFound   int
	crossFrames           []float64
	falseCross, crossable int
	falseStart            int
	events, eventsFound   int
	falseEvents           int
	trocar, trocarFound   int
	metal                 []float64 // share of the cement mask where only a trocar is
	wrongMM               int
}

const eventFrames = 3

func (s *fluoroScore) add(t *testing.T, name string, r *trueRun) (lines []string) {
	t.Helper()
	say := func(format string, args ...any) { lines = append(lines, "  "+fmt.Sprintf(format, args...)) }
	var user []fluoro.Line
	for _, l := range r.Truth.Lines {
		user = append(user, fluoro.Line{Name: l.Name, Points: l.Points})
	}
	in := r.input()
	got, err := fluoro.Analyze(t.Context(), in, fluoro.Options{Lines: user}, nil)
	if err != nil {
		t.Fatalf("run %s: %v", name, err)
	}
	s.runs++
	worst := s.addShift(r, got)
	last := len(r.Truth.CementAreaPx) - 1
	scale := r.Truth.Motion[last].Scale
	truth, own := r.Truth.CementAreaPx, got.AreaPx
	e := own[last]/truth[last] - 1
	mean := 0.0
	for k := range truth {
		z := r.Truth.Motion[k].Scale
		mean += math.Abs(own[k]-truth[k]) / (z * z) / float64(len(truth))
	}
	mean /= truth[last] / (scale * scale)
	s.final, s.curve = append(s.final, e), append(s.curve, mean)
	if got.Low*own[last] <= truth[last] && truth[last] <= got.High*own[last] {
		s.within++
	}
	if in.InPatient() != (got.AreaMM2 != nil) {
		s.wrongMM++
	} else if got.AreaMM2 != nil {
		s.finalMM = append(s.finalMM, got.AreaMM2[last]/r.Truth.CementAreaMM2[last]-1)
	}
	lines = append(lines, fmt.Sprintf("run %s: area %+.1f %%, curve %.1f %%, worst shift %.2f px, mask %v, mm1 %.3f", name, 100*e, 100*mean, worst, got.Mask, got.MM1()))
	say("%s", describe(r.Options))
	for _, ev := range got.Events {
		say("    %s %s %d (%.2f) %s", ev.Kind, ev.Line, ev.Frame, ev.Confidence, ev.Reason("en"))
	}
	s.addGrowth(r, got, say)
	s.addEvents(r, got, say)
	s.addCrossings(r, got, say)
	metal, all := 0.0, 0.0
	mask := make([]uint8, in.NX*in.NY)
	got.MaskAt(last, mask)
	back := r.Truth.Motion[last]
	for i, on := range mask {
		if on == 0 {
			continue
		}
		all++
		x, y := fluoro.Motion{DX: back.DX, DY: back.DY, Angle: back.Radians, Scale: back.Scale}.Inverse().Apply(float64(i%in.NX), float64(i/in.NX), in.NX, in.NY)
		if u, v := int(math.Round(x)), int(math.Round(y)); r.Trocar != nil && u >= 0 && v >= 0 && u < in.NX && v < in.NY && r.Trocar[v*in.NX+u] {
			metal++
		}
	}
	if r.Trocar != nil {
		s.metal = append(s.metal, metal/math.Max(1, all))
	}
	return lines
}

// addBefore looks for cement in the part of the run before the injection, where there is none.
func (s *fluoroScore) addBefore(t *testing.T, name string, r *trueRun) {
	t.Helper()
	none, err := fluoro.Analyze(t.Context(), r.before(), fluoro.Options{}, nil)
	if err != nil {
		t.Fatalf("run %s before the injection: %v", name, err)
	}
	if a := none.AreaPx[len(none.AreaPx)-1]; a > 0 {
		s.falseStart++
		t.Logf("  run %s: FALSE cement before the injection: %.0f px", name, a)
	}
}

func describe(o phantom.RunOptions) string {
	return fmt.Sprintf("%.0f/%.0f %d px, %d frames, cement %d-%d, breath %.1f mm %.1f deg diaphragm %v, table %d, zoom %d x%.2f, exposure %d x%.2f, trocar %d-%d, scatter %.1f dose %.1f blur %.1f, clips %d gas %d, %q log %v",
		o.PrimaryDegrees, o.SecondaryDegrees, o.Pixels, o.Frames, o.First, o.Last, o.BreathingMM, o.BreathingDegrees, o.Diaphragm, o.TableAt, o.ZoomAt, o.ZoomBy, o.ExposureAt, o.ExposureBy, o.TrocarIn, o.TrocarOut, o.Scatter, o.Dose, o.BlurPixels, o.Clips, o.Gas, o.Calibration, o.Logarithmic)
}

// addShift compares where each frame's middle lies; the picture's middle is the treated vertebra.
func (s *fluoroScore) addShift(r *trueRun, got *fluoro.Result) (worst float64) {
	c := float64(r.Cine.NX-1) / 2
	for k, m := range r.Truth.Motion {
		for _, d := range [][2]float64{{0, 0}, {30, 20}, {-30, -20}} {
			x, y := c+d[0], c+d[1]
			tx, ty := fluoro.Motion{DX: m.DX, DY: m.DY, Angle: m.Radians, Scale: m.Scale}.Apply(x, y, r.Cine.NX, r.Cine.NY)
			gx, gy := got.Motion[k].Apply(x, y, r.Cine.NX, r.Cine.NY)
			e := math.Hypot(tx-gx, ty-gy)
			s.shift = append(s.shift, e)
			worst = math.Max(worst, e)
		}
	}
	return worst
}

// grows returns the first frames in which the true area is seen and is complete.
func (r *trueRun) grows() (start, end int) {
	a := r.Truth.CementAreaMM2
	final := a[len(a)-1]
	start, end = -1, -1
	for k, x := range a {
		if start < 0 && x >= 1 {
			start = k
		}
		if end < 0 && x >= 0.99*final {
			end = k
		}
	}
	return start, end
}

func (s *fluoroScore) addGrowth(r *trueRun, got *fluoro.Result, say func(string, ...any)) {
	start, end := r.grows()
	find := func(k fluoro.Kind) float64 {
		for _, e := range got.Events {
			if e.Kind == k {
				return float64(e.Frame)
			}
		}
		return math.Inf(1)
	}
	a, b := find(fluoro.InjectionStart)-float64(start), find(fluoro.InjectionEnd)-float64(end)
	s.start, s.end = append(s.start, a), append(s.end, b)
	if math.Abs(a) > 2 || math.Abs(b) > 2 {
		say("GROWTH %d-%d, ours %+.0f %+.0f", start, end, a, b)
	}
}

func (s *fluoroScore) addEvents(r *trueRun, got *fluoro.Result, say func(string, ...any)) {
	used := map[int]bool{}
	for _, e := range r.Truth.Events {
		found := false
		for n, g := range got.Events {
			if string(g.Kind) == e.Kind && math.Abs(float64(g.Frame-e.Frame)) <= eventFrames && !used[n] {
				found, used[n] = true, true
				break
			}
		}
		if strings.HasPrefix(e.Kind, "trocar") {
			s.trocar++
			if found {
				s.trocarFound++
			}
		} else {
			s.events++
			if found {
				s.eventsFound++
			}
		}
		if !found {
			say("MISSED %s at %d", e.Kind, e.Frame)
		}
	}
	for n, g := range got.Events {
		switch g.Kind {
		case fluoro.TableMove, fluoro.Zoom, fluoro.Exposure, fluoro.TrocarIn, fluoro.TrocarOut:
			if !used[n] {
				s.falseEvents++
				say("FALSE %s at %d", g.Kind, g.Frame)
			}
		}
	}
}

func (s *fluoroScore) addCrossings(r *trueRun, got *fluoro.Result, say func(string, ...any)) {
	for _, l := range r.Truth.Lines {
		var at *int
		for _, e := range got.Events {
			if e.Kind == fluoro.LineCrossed && e.Line == l.Name {
				at = &e.Frame
			}
		}
		switch {
		case l.AreaMM2 >= 2 && l.Crossed != nil:
			s.crossed++
			if at == nil {
				say("MISSED crossing of %s at %d, %.1f mm2", l.Name, *l.Crossed, l.AreaMM2)
				continue
			}
			s.crossFound++
			d := float64(*at - *l.Crossed)
			s.crossFrames = append(s.crossFrames, d)
			if math.Abs(d) > 2 {
				say("CROSSING of %s %+.0f frames, %.1f mm2", l.Name, d, l.AreaMM2)
			}
		case l.AreaMM2 == 0:
			s.crossable++
			if at != nil {
				s.falseCross++
				say("FALSE crossing of %s at %d", l.Name, *at)
			}
		}
	}
}

func countWithin(x []float64, limit float64) int {
	n := 0
	for _, v := range x {
		if math.Abs(v) <= limit {
			n++
		}
	}
	return n
}

func (s *fluoroScore) print(t *testing.T) {
	row := func(name string, x []float64, scale float64) {
		t.Logf("%-44s n %4d  bias %+6.2f  median %6.2f  P95 %6.2f  worst %6.2f", name, len(x), scale*mean(x), scale*quantile(x, 0.5), scale*quantile(x, 0.95), scale*quantile(x, 1))
	}
	t.Logf("%d runs", s.runs)
	row("shift, pixels", s.shift, 1)
	row("projected area at the end, %", s.final, 100)
	row("  where millimetres are given, %", s.finalMM, 100)
	t.Logf("90 %% intervals hold the area at the end: %s", percent(s.within, s.runs))
	row("mean over the run, % of the final area", s.curve, 100)
	t.Logf("growth starts within 2 frames %s, ends %s", percent(countWithin(s.start, 2), len(s.start)), percent(countWithin(s.end, 2), len(s.end)))
	t.Logf("crossings of 2 mm2 found %s, within 2 frames %s; false %s", percent(s.crossFound, s.crossed), percent(countWithin(s.crossFrames, 2), len(s.crossFrames)), percent(s.falseCross, s.crossable))
	t.Logf("table, field, exposure found %s; trocars %s; false events %d", percent(s.eventsFound, s.events), percent(s.trocarFound, s.trocar), s.falseEvents)
	row("trocar in the cement, % of it", s.metal, 100)
	t.Logf("cement seen before the injection %s; millimetres where none may be %d", percent(s.falseStart, s.runs), s.wrongMM)
}

func (s *fluoroScore) gates(t *testing.T) {
	for _, g := range []struct {
		name string
		ok   bool
	}{
		{"area P95 <= 4 %", quantile(s.finalMM, 0.95) <= 0.04},
		{"growth within 2 frames >= 95 %", float64(countWithin(s.start, 2)) >= 0.95*float64(s.runs) && float64(countWithin(s.end, 2)) >= 0.95*float64(s.runs)},
		{"crossings found >= 95 %", float64(s.crossFound) >= 0.95*float64(s.crossed)},
		{"crossings within 2 frames >= 95 %", float64(countWithin(s.crossFrames, 2)) >= 0.95*float64(s.crossFound)},
		{"false alerts <= 1 in 20 runs", 20*(s.falseCross+s.falseStart) <= s.runs},
		{"events found >= 99 %", float64(s.eventsFound) >= 0.99*float64(s.events)},
		{"shift P95 <= 0.3 px", quantile(s.shift, 0.95) <= 0.3},
		{"trocar in the cement <= 1 %", quantile(s.metal, 0.95) <= 0.01},
		{"no millimetres without calibration", s.wrongMM == 0},
	} {
		if !g.ok {
			t.Errorf("gate missed: %s", g.name)
		}
	}
}
