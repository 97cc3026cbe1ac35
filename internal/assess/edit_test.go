package assess_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// edited is one analysed phantom for all tests of corrections: three vertebrae, T12 treated with leaks into canal and disc.
var edited = sync.OnceValues(func() (*assess.Result, error) {
	c, err := phantom.New(2, phantom.Options{
		First: anatomy.T11, Last: anatomy.L1, Matrix: 200, FOVMM: 130, SliceMM: 1, SpacingMM: 1, Variety: 0.3, Fractures: []phantom.Fracture{},
		Plan: []phantom.Treatment{{Level: anatomy.T12, Fill: 0.25, PlateauHU: 2400, Leaks: []phantom.LeakPlan{
			{Compartment: anatomy.Canal, ML: 0.3}, {Compartment: anatomy.DiscSuperior, ML: 0.25}}}},
	})
	if err != nil {
		return nil, err
	}
	v := c.Truth.Vertebrae[1]
	seed := vertebra.Seed{Level: v.Level, Point: geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])}
	return assess.Run(context.Background(), assess.Input{Post: c.Post, Pre: c.Pre}, assess.Options{Seeds: []vertebra.Seed{seed}}, nil)
})

func automatic(t *testing.T) *assess.Result {
	t.Helper()
	r, err := edited()
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Report.Leaks) < 2 || len(r.Report.Vertebrae) != 3 {
		t.Fatalf("the phantom gives %d leaks and %d bodies", len(r.Report.Leaks), len(r.Report.Vertebrae))
	}
	return r
}

var when = time.Date(2026, 3, 12, 16, 20, 0, 0, time.UTC)

// apply corrects and expects every edit to find its place.
func apply(t *testing.T, r *assess.Result, edits ...assess.Edit) *assess.Result {
	t.Helper()
	for n := range edits {
		edits[n].Who, edits[n].When = "reader", when
	}
	out, err := r.Edited(context.Background(), edits)
	if err != nil {
		t.Fatal(err)
	}
	for n, ok := range out.Corrections.Applied {
		if !ok {
			t.Fatalf("edit %d, %s, found nothing", n, edits[n].Kind)
		}
	}
	return out
}

func asJSON(t *testing.T, r *assess.Result) string {
	t.Helper()
	b, err := json.Marshal(r.Report)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// inside returns a place in the n-th leak of a result.
func inside(r *assess.Result, n int) [3]float64 {
	v := r.Leaks[n].Voxels[len(r.Leaks[n].Voxels)/2]
	p := r.Post.Patient(geom.Vox(float64(v.I), float64(v.J), float64(v.K)))
	return [3]float64{p.X, p.Y, p.Z}
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s is %.4f, want %.4f within %.4f", what, got, want, within)
	}
}

func TestNoEditChangesNothing(t *testing.T) {
	r := automatic(t)
	if asJSON(t, apply(t, r)) != asJSON(t, r) {
		t.Error("the report without edits differs from the automatic one")
	}
}

func TestRejectAndTakeBack(t *testing.T) {
	r := automatic(t)
	l := r.Report.Leaks[0]
	reject := assess.Edit{Kind: assess.LeakReject, At: inside(r, 0)}
	out := apply(t, r, reject)
	near(t, "leak total", out.Report.Totals.LeakML, r.Report.Totals.LeakML-l.VolumeML, 2e-4)
	if len(out.Report.Leaks) != len(r.Report.Leaks)-1 || len(out.Leaks) != len(out.Report.Leaks) || len(out.Corrections.Rejected) != 1 {
		t.Fatalf("%d leaks, %d regions, %d rejected", len(out.Report.Leaks), len(out.Leaks), len(out.Corrections.Rejected))
	}
	v := r.Leaks[0].Voxels[0]
	if c := out.Cement.At(v.I, v.J, v.K); c != 0 {
		t.Errorf("the mask keeps class %d at a rejected leak", c)
	}
	back := apply(t, out, reject, assess.Edit{Kind: assess.LeakAccept, At: reject.At})
	near(t, "leak total after taking back", back.Report.Totals.LeakML, r.Report.Totals.LeakML, 1e-9)
	if back.Corrections.Decisions[l.ID] != assess.Accepted || len(back.Corrections.Rejected) != 0 {
		t.Errorf("decisions %v", back.Corrections.Decisions)
	}
	prior := apply(t, r, assess.Edit{Kind: assess.LeakReject, At: reject.At, Class: anatomy.CementPrior})
	near(t, "prior total", prior.Report.Totals.PriorCementML, r.Report.Totals.PriorCementML+l.VolumeML, 2e-4)
}

func TestRetypeAndRelabel(t *testing.T) {
	r := automatic(t)
	at := -1
	for n, l := range r.Report.Leaks {
		if l.Compartment == anatomy.Canal {
			at = n
		}
	}
	if at < 0 {
		t.Fatal("no leak in the canal")
	}
	was := r.Report.Leaks[at]
	out := apply(t, r, assess.Edit{Kind: assess.LeakRetype, At: inside(r, at), Compartment: anatomy.Foramen})
	l := leakOf(t, out, was.ID)
	if l.Compartment != anatomy.Foramen || l.CanalEncroachmentMM != nil || l.Attention != anatomy.AttentionRed {
		t.Errorf("retyped to %s, type %s, attention %s, encroachment %v", l.Compartment, l.Type, l.Attention, l.CanalEncroachmentMM)
	}
	near(t, "volume", l.VolumeML, was.VolumeML, 0.03*was.VolumeML)
	same := apply(t, out, assess.Edit{Kind: assess.LeakRetype, At: inside(r, at), Compartment: anatomy.Canal, Type: anatomy.TypeB})
	back := leakOf(t, same, was.ID)
	if back.Type != anatomy.TypeB || back.CanalEncroachmentMM == nil {
		t.Fatalf("in the canal again: %+v", back)
	}
	near(t, "encroachment", *back.CanalEncroachmentMM, *was.CanalEncroachmentMM, 0.3)
	moved := leakOf(t, apply(t, r, assess.Edit{Kind: assess.LeakRelabel, At: inside(r, at), Level: anatomy.T11}), was.ID)
	if moved.Level != anatomy.T11 || moved.ReachMM <= was.ReachMM {
		t.Errorf("relabelled to %s, reach %.1f mm from %.1f", moved.Level, moved.ReachMM, was.ReachMM)
	}
}

func leakOf(t *testing.T, r *assess.Result, id int) assess.Leak {
	t.Helper()
	for _, l := range r.Report.Leaks {
		if l.ID == id {
			return l
		}
	}
	t.Fatalf("leak %d is gone", id)
	return assess.Leak{}
}

func TestSplitAndMerge(t *testing.T) {
	r := automatic(t)
	whole := r.Report.Leaks[0]
	split := assess.Edit{Kind: assess.LeakSplit, At: whole.CentroidLPS, Normal: &[3]float64{0, 0, 1}}
	out := apply(t, r, split)
	if len(out.Report.Leaks) != len(r.Report.Leaks)+1 {
		t.Fatalf("%d leaks after splitting one of %d", len(out.Report.Leaks), len(r.Report.Leaks))
	}
	a, b := leakOf(t, out, whole.ID), out.Report.Leaks[1]
	if b.ID <= len(r.Report.Leaks) {
		t.Errorf("the second part has the old id %d", b.ID)
	}
	near(t, "sum of the parts", a.VolumeML+b.VolumeML, whole.VolumeML, 0.1*whole.VolumeML)
	to := inside(out, 1)
	joined := leakOf(t, apply(t, out, split, assess.Edit{Kind: assess.LeakMerge, At: inside(out, 0), To: &to}), whole.ID)
	near(t, "volume joined again", joined.VolumeML, whole.VolumeML, 0.03*whole.VolumeML)
}

func TestRename(t *testing.T) {
	r := automatic(t)
	v := r.Report.Vertebrae[1]
	taken, err := r.Edited(context.Background(), []assess.Edit{{Kind: assess.BodyRename, At: v.CentroidLPS, Level: anatomy.L1}})
	if err != nil || taken.Corrections.Applied[0] {
		t.Errorf("two vertebrae may be called L1: %v", err)
	}
	out := apply(t, r, assess.Edit{Kind: assess.BodyRename, At: v.CentroidLPS, Level: anatomy.L1, Neighbours: true})
	want := []string{"T12", "L1", "L2"}
	for n, w := range out.Report.Vertebrae {
		if w.Level.String() != want[n] || w.LevelSource != anatomy.SourceUser || w.BodyVolumeML != r.Report.Vertebrae[n].BodyVolumeML {
			t.Errorf("vertebra %d is %s by %s", n, w.Level, w.LevelSource)
		}
	}
	for n, l := range out.Report.Leaks {
		if l.Level != anatomy.L1 && r.Report.Leaks[n].Level == anatomy.T12 {
			t.Errorf("leak %d stays with %s", l.ID, l.Level)
		}
	}
	if r.Report.Vertebrae[1].Level != anatomy.T12 || r.Spine.Find(anatomy.T12) == nil {
		t.Error("the automatic result was changed")
	}
}

func TestDeleteAndPrior(t *testing.T) {
	r := automatic(t)
	v := r.Report.Vertebrae[1]
	out := apply(t, r, assess.Edit{Kind: assess.BodyDelete, At: v.CentroidLPS})
	if len(out.Report.Vertebrae) != 2 || out.Report.Totals.NewCementML > 0.02 {
		t.Errorf("%d bodies, %.3f mL of cement left", len(out.Report.Vertebrae), out.Report.Totals.NewCementML)
	}
	prior := apply(t, r, assess.Edit{Kind: assess.CementIsPrior, At: v.CentroidLPS})
	w := prior.Report.Vertebrae[1]
	if w.Treated || len(prior.Report.Leaks) != 0 || w.CementInBodyML != 0 {
		t.Errorf("old cement still counts: %+v", w)
	}
	if w.PriorCementML < v.CementInBodyML {
		t.Errorf("%.3f mL of old cement, %.3f mL were new", w.PriorCementML, v.CementInBodyML)
	}
	fresh := apply(t, prior, assess.Edit{Kind: assess.CementIsPrior, At: v.CentroidLPS}, assess.Edit{Kind: assess.CementIsNew, At: v.CentroidLPS})
	near(t, "cement after taking it back", fresh.Report.Vertebrae[1].CementInBodyML, v.CementInBodyML, 1e-3)
}

// A body that was taken out is found again from a point inside it, and is the same.
func TestMissedBodyIsAdded(t *testing.T) {
	r := automatic(t)
	v := r.Report.Vertebrae[2]
	remove := assess.Edit{Kind: assess.BodyDelete, At: v.CentroidLPS}
	inside := v.CentroidLPS
	inside[0] += 4
	back := apply(t, r, remove, assess.Edit{Kind: assess.BodyAdd, At: inside, Level: v.Level})
	if len(back.Report.Vertebrae) != 3 || back.Report.Vertebrae[2].Level != v.Level {
		t.Fatalf("%d bodies", len(back.Report.Vertebrae))
	}
	near(t, "volume of the body found again", back.Report.Vertebrae[2].BodyVolumeML, v.BodyVolumeML, 0.02*v.BodyVolumeML)
	twice, err := r.Edited(context.Background(), []assess.Edit{{Kind: assess.BodyAdd, At: v.CentroidLPS, Level: anatomy.L3}})
	if err != nil || twice.Corrections.Applied[0] {
		t.Errorf("a body was added where there is one: %v", err)
	}
}

// What a stopped analysis leaves: bodies, and not a word about cement.
func TestInterimResult(t *testing.T) {
	c, err := phantom.New(4, phantom.Options{First: anatomy.T12, Last: anatomy.L1, Matrix: 160, FOVMM: 110, SliceMM: 1.25, SpacingMM: 1.25, NoPre: true, Fractures: []phantom.Fracture{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var got *assess.Result
	_, err = assess.Run(ctx, assess.Input{Post: c.Post}, assess.Options{Interim: func(r *assess.Result) { got = r; stop() }}, nil)
	if err == nil || got == nil || got.Upto != assess.StageVertebrae {
		t.Fatalf("stopped after the bodies: %v, %v", got, err)
	}
	if len(got.Report.Vertebrae) == 0 || got.Report.Totals != nil || len(got.Report.Leaks) != 0 {
		t.Errorf("%d bodies, totals %v", len(got.Report.Vertebrae), got.Report.Totals)
	}
	if _, err := got.Edited(context.Background(), nil); err == nil {
		t.Error("half an analysis can be corrected")
	}
}

// A ball drawn into a body without cement has the volume of the ball, and erasing it leaves nothing.
func TestBrushHasSubVoxelVolume(t *testing.T) {
	r := automatic(t)
	v := r.Report.Vertebrae[2]
	for _, radius := range []float64{2.5, 3.3, 5} {
		draw := assess.Edit{Kind: assess.CementBrush, At: v.CentroidLPS, Class: anatomy.CementInBody, Stroke: &assess.Stroke{Points: [][3]float64{v.CentroidLPS}, RadiusMM: radius}}
		w := apply(t, r, draw).Report.Vertebrae[2]
		near(t, "cement drawn, mL", w.CementInBodyML-v.CementInBodyML, 4/3.*math.Pi*radius*radius*radius/1000, 0.01*4/3.*math.Pi*radius*radius*radius/1000+2e-4)
		erase := draw
		erase.Class = 0
		erase.Stroke = &assess.Stroke{Points: [][3]float64{v.CentroidLPS}, RadiusMM: radius + 1.5}
		gone := apply(t, r, draw, erase).Report.Vertebrae[2]
		near(t, "cement after erasing", gone.CementInBodyML, v.CementInBodyML, 1e-4)
	}
	treated := r.Report.Vertebrae[1]
	masked := apply(t, r, assess.Edit{Kind: assess.CementBrush, At: treated.CentroidLPS, Stroke: &assess.Stroke{Points: [][3]float64{treated.CentroidLPS}, RadiusMM: 30, LowHU: -200, HighHU: 500}})
	if got := masked.Report.Vertebrae[1].CementInBodyML; got < 0.6*treated.CementInBodyML || got > treated.CementInBodyML {
		t.Errorf("erasing below 500 HU leaves %.3f of %.3f mL", got, treated.CementInBodyML)
	}
}

func TestIslands(t *testing.T) {
	r := automatic(t)
	v := r.Report.Vertebrae[1]
	out := apply(t, r, assess.Edit{Kind: assess.CementRemove, At: inside(r, 0)})
	if out.Report.Totals.NewCementML > 0.3*r.Report.Totals.NewCementML {
		t.Errorf("%.3f of %.3f mL stay after the island was removed", out.Report.Totals.NewCementML, r.Report.Totals.NewCementML)
	}
	// A hollow ball drawn in an empty body is filled.
	c := r.Report.Vertebrae[2].CentroidLPS
	ring := assess.Edit{Kind: assess.CementBrush, At: c, Class: anatomy.CementInBody, Stroke: &assess.Stroke{Points: [][3]float64{c}, RadiusMM: 5}}
	hollow := assess.Edit{Kind: assess.CementBrush, At: c, Stroke: &assess.Stroke{Points: [][3]float64{c}, RadiusMM: 2}}
	onRing := [3]float64{c[0] + 4, c[1], c[2]}
	full := apply(t, r, ring, hollow, assess.Edit{Kind: assess.CementFill, At: onRing}).Report.Vertebrae[2].CementInBodyML
	near(t, "filled ball", full, 4/3.*math.Pi*125/1000, 0.01)
	// The cement of T12 erased and grown again from its densest place.
	seed := deepest(r, anatomy.CementInBody)
	erased := assess.Edit{Kind: assess.CementRemove, At: seed}
	grown := apply(t, r, erased, assess.Edit{Kind: assess.CementGrow, At: seed, Class: anatomy.CementInBody, Stroke: &assess.Stroke{RadiusMM: 40, LowHU: 900, HighHU: 4000}})
	near(t, "cement grown again", grown.Report.Vertebrae[1].CementInBodyML, v.CementInBodyML, 0.12*v.CementInBodyML)
}

// deepest returns a voxel of the class with only its class around.
func deepest(r *assess.Result, c anatomy.CementClass) [3]float64 {
	b := r.Cement.Box
	for k := b.Min.K + 3; k < b.Max.K-3; k++ {
		for j := b.Min.J + 3; j < b.Max.J-3; j++ {
			for i := b.Min.I + 3; i < b.Max.I-3; i++ {
				all := true
				for d := range 343 {
					all = all && r.Cement.At(i+d%7-3, j+d/7%7-3, k+d/49-3) == uint8(c)
				}
				if all {
					p := r.Post.Patient(geom.Vox(float64(i), float64(j), float64(k)))
					return [3]float64{p.X, p.Y, p.Z}
				}
			}
		}
	}
	return [3]float64{}
}

func TestDraggedBody(t *testing.T) {
	r := automatic(t)
	v := r.Spine.Find(anatomy.T12)
	h := vertebra.Handles(v)[vertebra.SuperiorEndplate]
	p := h.At.Add(h.Axis.Mul(2))
	out := apply(t, r, assess.Edit{Kind: assess.BodyDrag, At: r.Report.Vertebrae[1].CentroidLPS, Handle: h.Kind, To: &[3]float64{p.X, p.Y, p.Z}})
	a, b := r.Report.Vertebrae[1], out.Report.Vertebrae[1]
	if b.BodyVolumeML < 1.02*a.BodyVolumeML || b.HeightsMM.Middle < a.HeightsMM.Middle+1.5 {
		t.Errorf("2 mm more: %.2f to %.2f mL, %.1f to %.1f mm", a.BodyVolumeML, b.BodyVolumeML, a.HeightsMM.Middle, b.HeightsMM.Middle)
	}
	if b.FillRatio == a.FillRatio || out.AutomaticLine(b).BodyVolumeML != a.BodyVolumeML {
		t.Error("the fill ratio or the automatic value did not follow")
	}
	if !hasCode(out, "body-corrected") {
		t.Error("the report does not say that the body was corrected")
	}
}

func hasCode(r *assess.Result, code string) bool {
	for _, q := range r.Report.Quality {
		if string(q.Code) == code {
			return true
		}
	}
	return false
}

// Edits made one by one give what they give at once, and an earlier list gives what it gave.
func TestOneByOne(t *testing.T) {
	r := automatic(t)
	c := r.Report.Vertebrae[2].CentroidLPS
	edits := []assess.Edit{
		{Kind: assess.LeakAccept, At: inside(r, 1)},
		{Kind: assess.CementBrush, At: c, Class: anatomy.CementInBody, Stroke: &assess.Stroke{Points: [][3]float64{c}, RadiusMM: 4}},
		{Kind: assess.LeakReject, At: inside(r, 0)},
		{Kind: assess.BodyRename, At: c, Level: anatomy.T13},
	}
	want := asJSON(t, apply(t, r, edits...))
	step := r
	for n := range edits {
		step = apply(t, step, edits[:n+1]...)
	}
	if asJSON(t, step) != want {
		t.Error("one by one gives another report")
	}
	if asJSON(t, apply(t, step)) != asJSON(t, r) {
		t.Error("undoing all does not give the automatic report")
	}
	if asJSON(t, apply(t, step, edits[:2]...)) != asJSON(t, apply(t, r, edits[:2]...)) {
		t.Error("undoing two gives another report")
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	r := automatic(t)
	nan := math.NaN()
	for _, x := range []assess.Edit{
		{Kind: "from the future"},
		{Kind: assess.CementBrush},
		{Kind: assess.CementBrush, Class: anatomy.Metal, Stroke: &assess.Stroke{Points: [][3]float64{{}}, RadiusMM: 1}},
		{Kind: assess.CementBrush, Stroke: &assess.Stroke{Points: [][3]float64{{nan, 0, 0}}, RadiusMM: 1}},
		{Kind: assess.CementGrow, Class: anatomy.CementInBody, Stroke: &assess.Stroke{RadiusMM: 1e9}},
		{Kind: assess.BodyRename, At: r.Report.Vertebrae[0].CentroidLPS, Level: 77},
		{Kind: assess.LeakSplit, At: inside(r, 0)},
		{Kind: assess.LeakRetype, At: inside(r, 0), Compartment: "moon"},
	} {
		if _, err := r.Edited(context.Background(), []assess.Edit{x}); err == nil {
			t.Errorf("%+v was taken", x)
		}
	}
	far, err := r.Edited(context.Background(), []assess.Edit{{Kind: assess.LeakReject, At: [3]float64{9e3, 0, 0}}})
	if err != nil || far.Corrections.Applied[0] || asJSON(t, far) != asJSON(t, r) {
		t.Errorf("a leak far away was rejected: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Edited(ctx, []assess.Edit{{Kind: assess.BodyDelete, At: r.Report.Vertebrae[0].CentroidLPS}}); err == nil {
		t.Error("a cancelled correction gives a result")
	}
}

func TestCorrectedReportIsValid(t *testing.T) {
	r := automatic(t)
	at := r.Report.Vertebrae[1].CentroidLPS
	out := apply(t, r, assess.Edit{Kind: assess.LeakReject, At: inside(r, 0)}, assess.Edit{Kind: assess.LeakAccept, At: inside(r, 1)},
		assess.Edit{Kind: assess.BodyRename, At: at, Level: anatomy.L1, Neighbours: true})
	for _, code := range []string{"leak-rejected", "level-renamed"} {
		if !hasCode(out, code) {
			t.Errorf("no %s in the report", code)
		}
	}
	python, err := exec.LookPath("/usr/bin/python3")
	if err != nil || exec.Command(python, "-c", "import jsonschema").Run() != nil {
		t.Skip("needs python3-jsonschema")
	}
	file := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(file, []byte(asJSON(t, out)), 0o600); err != nil {
		t.Fatal(err)
	}
	script := "import json,sys,jsonschema; jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))"
	if said, err := exec.Command(python, "-c", script, "../../testdata/report.schema.json", file).CombinedOutput(); err != nil {
		t.Errorf("the corrected report breaks the schema: %v\n%s", err, said)
	}
}

func BenchmarkReject(b *testing.B) { benchmarkEdit(b, assess.LeakReject) }
func BenchmarkBrush(b *testing.B)  { benchmarkEdit(b, assess.CementBrush) }
func BenchmarkDrag(b *testing.B)   { benchmarkEdit(b, assess.BodyDrag) }

func benchmarkEdit(b *testing.B, kind assess.EditKind) {
	r, err := edited()
	if err != nil {
		b.Fatal(err)
	}
	x := assess.Edit{Kind: kind, At: inside(r, 0)}
	if kind == assess.BodyDrag {
		p := vertebra.Handles(r.Spine.Find(anatomy.T12))[0]
		x.At, x.To = r.Report.Vertebrae[1].CentroidLPS, &[3]float64{p.At.X, p.At.Y, p.At.Z + 1}
	}
	x.Stroke = &assess.Stroke{Points: [][3]float64{x.At}, RadiusMM: 3}
	for b.Loop() {
		if _, err := r.Edited(context.Background(), []assess.Edit{x}); err != nil {
			b.Fatal(err)
		}
	}
}
