package main

import (
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

// benchFigures runs a task and returns its RESULT figures and how often each PHASE was printed.
func benchFigures(t *testing.T, args ...string) (results map[string]float64, phases map[string]int) {
	t.Helper()
	code, out, errs := runLine(context.Background(), append([]string{"bench"}, args...)...)
	if code != exitDone {
		t.Fatalf("bench %v: exit %d: %s", args, code, errs)
	}
	results, phases = map[string]float64{}, map[string]int{}
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		x, err := strconv.ParseFloat(f[len(f)-1], 64)
		if len(f) != 3 || err != nil {
			t.Fatalf("bench %v printed %q", args, line)
		}
		if f[0] == "PHASE" {
			phases[f[1]]++
		} else {
			results[f[1]] = x
		}
	}
	return results, phases
}

// TestBenchHooks: every hook is an executable that calls a task, and every task has one.
func TestBenchHooks(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "bench")
	called := map[string]bool{}
	hooks, err := filepath.Glob(filepath.Join(dir, "*.vertefill"))
	if err != nil || len(hooks) == 0 {
		t.Fatalf("no hooks in %s: %v", dir, err)
	}
	for _, h := range hooks {
		st, err := os.Stat(h)
		if err != nil || st.Mode()&0o111 == 0 {
			t.Errorf("%s is not executable: %v", h, err)
		}
		data, err := os.ReadFile(h)
		if err != nil {
			t.Fatal(err)
		}
		_, call, _ := strings.Cut(string(data), " bench ")
		task, _, _ := strings.Cut(call, " ")
		if _, ok := benchTasks[task]; !ok {
			t.Errorf("%s calls the task %q", h, task)
		}
		called[task] = true
	}
	for task := range benchTasks {
		if !called[task] {
			t.Errorf("no hook calls the task %s", task)
		}
	}
}

func TestBenchUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"bench"}, "cement, edt, load"}, {[]string{"bench", "juggle"}, "juggle is none of"}, {[]string{"bench", "cement", "x"}, "needs 2"},
		{[]string{"bench", "cement", "x", "bright"}, "no CT number"}, {[]string{"bench", "view", "x", "0"}, "no number of threads"}, {[]string{"bench", "mesh", "x", "leaks"}, "vertebrae or cement"},
	} {
		if code, _, errs := runLine(context.Background(), c.args...); code != exitUsage || !strings.Contains(errs, c.says) {
			t.Errorf("%v: exit %d, %q", c.args, code, errs)
		}
	}
	var help strings.Builder
	run(context.Background(), env{stdout: io.Discard, stderr: &help, lang: text.English}, []string{"help"})
	if strings.Contains(help.String(), "bench") {
		t.Error("the help lists bench")
	}
}

// TestBenchWorkflow counts the answer voxel by voxel: labels are a box round the treated body in which bright voxels are cement.
func TestBenchWorkflow(t *testing.T) {
	const threshold = 1300
	dir := t.TempDir()
	post := filepath.Join(dir, "post")
	if err := os.CopyFS(post, os.DirFS(filepath.Join(smallCase(t), "post"))); err != nil {
		t.Fatal(err)
	}
	v, err := bench{io.Discard}.load(context.Background(), post)
	if err != nil {
		t.Fatal(err)
	}
	l := volume.NewLabels(v.Grid, v.Bounds())
	box := geom.Box{Min: geom.Index{I: v.NX / 4, J: v.NY / 4, K: v.NZ / 4}, Max: geom.Index{I: v.NX * 3 / 4, J: v.NY * 3 / 4, K: v.NZ / 2}}
	bright, all := 0, 0
	for o, hu := range v.HU {
		i, j, k := o%v.NX, o/v.NX%v.NY, o/v.NX/v.NY
		switch {
		case box.Contains(i, j, k) && hu >= threshold:
			l.Set(i, j, k, benchNewCement)
			bright++
		case box.Contains(i, j, k):
			l.Set(i, j, k, benchBody)
		}
		if hu >= threshold {
			all++
		}
	}
	if bright == 0 || bright == all {
		t.Fatalf("%d of %d bright voxels lie in the box: the case tests nothing", bright, all)
	}
	labels := filepath.Join(dir, "labels_post.nii.gz")
	f, err := os.Create(labels)
	if err != nil {
		t.Fatal(err)
	}
	if err := nifti.WriteLabels(f, l, ""); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := os.WriteFile(filepath.Join(dir, "truth.json"), []byte(`{"fill_ratio": {"ratio": 0.25, "new_cement_in_body_ml": 4, "leak_ml": 0.5}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got, phases := benchFigures(t, "workflow", dir, strconv.Itoa(threshold))
	voxelML := float64(v.VoxelVolume(v.NZ/3)) / 1000
	for name, want := range map[string]float64{
		"fill_ratio": float64(bright) / float64(box.Len()), "inside_ml": float64(bright) * voxelML,
		"fill_true": 0.25, "inside_true": 4, "leak_true": 0.5,
	} {
		if math.Abs(got[name]/want-1) > 1e-4 {
			t.Errorf("%s is %g, want %g", name, got[name], want)
		}
	}
	if most := float64(all-bright) * voxelML; got["leak_ml"] < 0 || got["leak_ml"] > 1.0001*most {
		t.Errorf("leak_ml is %g of %g", got["leak_ml"], most)
	}
	for _, p := range []string{"load", "labels", "segment", "measure", "distances"} {
		if phases[p] != 1 {
			t.Errorf("phase %s was printed %d times", p, phases[p])
		}
	}

	// The same labels as a surface and as distances.
	got, _ = benchFigures(t, "mesh", labels, "cement")
	if want := float64(bright) * voxelML; got["triangles"] < 100 || math.Abs(got["ml"]/want-1) > 0.1 {
		t.Errorf("the surface has %g triangles round %g mL, want %g", got["triangles"], got["ml"], want)
	}
	got, _ = benchFigures(t, "edt", labels)
	want := v.Patient(geom.Vox(0, 0, 0)).Dist(v.Patient(geom.Vox(float64(box.Min.I), float64(box.Min.J), float64(box.Min.K))))
	if math.Abs(got["at0"]/want-1) > 1e-5 {
		t.Errorf("the first voxel is %g mm off, want %g", got["at0"], want)
	}
}

// TestBenchSeries runs the tasks on a series and looks for the names that the other programs print.
func TestBenchSeries(t *testing.T) {
	post := filepath.Join(smallCase(t), "post")
	if got, phases := benchFigures(t, "load", post); phases["load"] != 1 || !(got["mean"] > -1024 && got["mean"] < 500) {
		t.Errorf("load: %v %v", got, phases)
	}
	if got, phases := benchFigures(t, "cement", post, "1300"); phases["islands"] != 1 || got["components"] < 2 || got["largest_ml"] <= 0 || got["total_ml"] < got["largest_ml"] {
		t.Errorf("cement: %v %v", got, phases)
	}
	_, phases := benchFigures(t, "view", post, "2")
	for name, n := range map[string]int{"mpr_linear": 5, "mpr_cubic": 5, "mip_slab_20mm": 5, "mip_slab_full": 3, "render_first": 1, "render_frame": 5} {
		if phases[name] != n {
			t.Errorf("view: phase %s was printed %d times, want %d", name, phases[name], n)
		}
	}
}

func TestReadMHA(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mha")
	head := "ObjectType = Image\nNDims = 3\nOffset = -1 2.5 3\nElementSpacing = 0.5 0.6 2\nDimSize = 3 2 2\nElementType = MET_SHORT\nElementDataFile = LOCAL\n"
	var data []byte
	for n := range 12 {
		x := uint16(int16(100*n - 300))
		data = append(data, byte(x), byte(x>>8))
	}
	if err := os.WriteFile(path, append([]byte(head), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	v, err := readMHA(path)
	if err != nil {
		t.Fatal(err)
	}
	if p := v.Patient(geom.Vox(2, 1, 1)); p.Dist(geom.LPS(0, 3.1, 5)) > 1e-9 || v.At(2, 1, 1) != 800 || v.At(0, 0, 0) != -300 {
		t.Errorf("the last voxel is %d at %v", v.At(2, 1, 1), p)
	}
	for name, bad := range map[string]string{"no header": "x", "short data": head + "12", "other type": strings.Replace(head, "SHORT", "FLOAT", 1)} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readMHA(path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestReadMotion: q = R (p - centre) + centre + t.
func TestReadMotion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "truth.json")
	if err := os.WriteFile(path, []byte(`{"post_to_pre": {"R": [[0, -1, 0], [1, 0, 0], [0, 0, 1]], "t": [1, 2, 3], "centre": [10, 0, 0]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := readMotion(path)
	if err != nil {
		t.Fatal(err)
	}
	if q := m.Apply(geom.LPS(12, 5, 7)); q.Dist(geom.LPS(-5+10+1, 2+2, 7+3)) > 1e-12 {
		t.Errorf("the point goes to %v", q)
	}
}
