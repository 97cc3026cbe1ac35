package app_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/model"
)

// TestSoak does random things in a window with 300 + 300 slices. Memory must
// stay flat within 5 per cent from the moment at which everything was used
// once and undo holds as many steps as it ever does; no turn of the wheel may
// be lost between the random things, the study must still be open in the end,
// and nothing may run on after the window is closed. It takes seconds;
// VERTEFILL_SOAK=1h (make soak) lets it run as long as a working day's reading,
// and VERTEFILL_SOAK_PROFILE is a folder for heap profiles of both moments.
func TestSoak(t *testing.T) {
	length := 4 * time.Second
	if s := os.Getenv("VERTEFILL_SOAK"); s != "" {
		d, err := time.ParseDuration(s)
		if err != nil {
			t.Fatal(err)
		}
		length = d
	} else if testing.Short() {
		t.Skip("short")
	}
	before := runtime.NumGoroutine()
	w := newWindow(t, full, nil)
	w.backend.run = true
	w.backend.post, w.backend.pre = tall(t), tall(t)
	w.app.Send(model.Preview{Path: "/imaging/case", Row: -1, Now: w.Now})
	w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
	w.app.Send(model.OpenStudy{Analyse: true, Now: w.Now})
	w.Until("the analysis", func() bool { return w.app.State().Result != nil })

	const seed = 20261124
	t.Logf("seed %d, %v", seed, length)
	r := rand.New(rand.NewPCG(seed, 1))
	for range model.HistoryLimit * 11 / 10 { // undo is full from here on
		w.app.State().Apply(model.Look{Change: func(r *model.Reading) { r.Opacity = 1 }})
	}
	start := time.Now()
	var first uint64 // memory once everything has been used
	steps, notches := 0, 0
	for time.Since(start) < length {
		for range 50 {
			w.anything(r)
			steps++
		}
		w.draw()
		if notches++; notches%8 == 0 {
			w.rest(t)
			w.turn(t)
		}
		if first == 0 && time.Since(start) > length/4 {
			first = w.atRest(t, "quarter")
		}
	}
	last := w.atRest(t, "end")
	t.Logf("%d steps, %.1f MB after a quarter, %.1f MB at the end", steps, float64(first)/1e6, float64(last)/1e6)
	if limit := first + first/20; os.Getenv("VERTEFILL_SOAK") != "" && last > limit {
		t.Errorf("memory grew from %d to %d bytes, over 5 per cent", first, last)
	}
	if s := w.app.State(); s.Study == nil || s.Result == nil || s.Loaded[model.PostSlot].Volume != w.backend.post {
		t.Error("the study was left on the way")
	}
	w.app.Close()
	eventually(t, "the end of all goroutines", func() bool { return runtime.NumGoroutine() <= before+2 })
}

// tall is the post CT with 300 slices, the upper ones repeated.
func tall(t testing.TB) *volume.Volume {
	t.Helper()
	v := scan(t, true)
	const slices = 300
	g, err := volume.NewRegularGrid(v.NX, v.NY, slices, geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](v.SlicePosition(0),
		v.Row.Mul(float64(v.DX)), v.Col.Mul(float64(v.DY)), v.Normal.Mul(float64(v.DZ))), "1.2.9")
	if err != nil {
		t.Fatal(err)
	}
	out := volume.New(g)
	n := copy(out.HU, v.HU)
	copy(out.HU[n:], v.HU)
	return out
}

// rest brings the window back to what it opened with, nothing running.
func (w *window) rest(t *testing.T) {
	t.Helper()
	w.Key(key.NameEscape, 0) // an open menu keeps the wheel
	w.app.Send(model.SetWorkspace{To: model.Read})
	w.app.Send(model.SetOverlay{To: model.NoOverlay})
	w.app.Send(model.EndFixing{})
	w.app.Send(model.Look{Change: func(r *model.Reading) {
		r.Layout, r.Filled, r.Linked, r.Measuring, r.Comparing, r.Showing, r.Slab = model.Grid4, false, true, model.Measuring{}, model.Comparing{}, model.Showing{}, render.Slab{}
		r.Focus, r.Tool, r.Aligned, r.Oblique, r.Views = model.ViewID{Slot: model.PostSlot, Content: model.Sagittal}, model.WindowTool, false, model.Oblique{}, [2][4]model.View{}
	}})
	w.app.Send(model.ShowMeasures{})
	w.app.Send(model.ShowProblems{})
	for start := time.Now(); len(w.app.State().Jobs) > 0 && time.Since(start) < time.Minute; time.Sleep(2 * time.Millisecond) {
		w.Frame()
	}
	if jobs := w.app.State().Jobs; len(jobs) > 0 {
		t.Fatalf("jobs that do not end: %+v", jobs)
	}
	w.draw()
}

// turn turns the wheel over a view at rest and expects its neighbouring slice.
func (w *window) turn(t *testing.T) {
	t.Helper()
	s := w.app.State()
	s.Reading.Cursor[model.PostSlot] = s.Reading.Home[model.PostSlot]
	w.draw()
	before := s.Reading.Cursor[model.PostSlot]
	w.Scroll(f32.Pt(400, 300), notch, 0)
	if d := s.Reading.Cursor[model.PostSlot].Dist(before); math.Abs(d-voxelMM) > 1e-6 {
		t.Errorf("a notch of the wheel moves by %v mm, want %v", d, voxelMM)
	}
}

// atRest is the memory in use at rest, and writes the heap's profile of that
// name where profiles are asked for.
func (w *window) atRest(t *testing.T, name string) uint64 {
	w.rest(t)
	for range 100 {
		w.Frame()
	}
	w.app.SameTexts()
	w.Shrink()
	w.draw()
	bytes := heap()
	if dir := os.Getenv("VERTEFILL_SOAK_PROFILE"); dir != "" {
		if f, err := os.Create(filepath.Join(dir, name+".pprof")); err == nil {
			_ = pprof.Lookup("heap").WriteTo(f, 0)
			_ = f.Close()
		}
	}
	return bytes
}

// heap is the memory in use after everything unreachable is gone.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// elsewhere are the actions that leave the open study.
const elsewhere = " open watch paste demo analyse analyse-from studies teaching practise cohort cohort-case cohort-check fullscreen measures-csv copy-table save-case tour-step run-next "

// anything does one random thing that a reader can do to images.
func (w *window) anything(r *rand.Rand) {
	s := w.app.State()
	at := func() f32.Point { return f32.Pt(150+r.Float32()*860, 95+r.Float32()*760) }
	switch r.IntN(10) {
	case 0, 1, 2:
		w.Scroll(at(), notch*float32(r.IntN(7)-3), []key.Modifiers{0, 0, 0, key.ModCtrl, key.ModAlt, key.ModShift}[r.IntN(6)])
	case 3, 4:
		w.Drag(at(), at(), []pointer.Buttons{pointer.ButtonPrimary, pointer.ButtonPrimary, pointer.ButtonTertiary, pointer.ButtonSecondary}[r.IntN(4)])
	case 5:
		w.Click(at(), pointer.ButtonPrimary)
	case 6:
		w.Hover(at())
	case 7:
		w.Key(key.NameEscape, 0)
	default:
		all := model.Actions()
		a := all[r.IntN(len(all))]
		if a.Reason(s) == "" && !strings.Contains(elsewhere, " "+a.ID+" ") {
			w.app.Send(a.Msg(s, w.Now))
			w.Frame()
		}
	}
	if p := s.Workspace; p != model.Read && p != model.Fluoroscopy && p != model.Report { // where a click may open anything on this computer
		w.app.Send(model.SetWorkspace{To: model.Read})
		w.Frame()
	}
	if len(s.Reading.Measures) > 40 { // a reader tidies up
		w.app.Send(model.Look{Change: func(r *model.Reading) { r.Measures = nil }})
		w.Frame()
	}
	if len(s.Work.Edits) > 40 { // begins again with the bodies and leaks that were found
		w.app.Send(model.ResetEdits{})
		w.Frame()
	}
	if len(s.Work.Keys) > 40 { // and takes key images out again
		w.app.Send(model.ForgetKeyImages{})
		w.Frame()
	}
}
