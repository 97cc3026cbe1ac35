package teach_test

import (
	"context"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/internal/volume"
)

func sphere(c geom.Patient, r float64) *mesh.Mesh {
	dirs, triangles := mesh.Icosphere(4)
	m := &mesh.Mesh{Triangles: triangles}
	for _, d := range dirs {
		m.Vertices = append(m.Vertices, c.Add(d.Mul(r)))
	}
	return m
}

func TestJudgeMarks(t *testing.T) {
	ref := &assess.Result{Report: assess.Report{Leaks: []assess.Leak{
		{ID: 1, Compartment: anatomy.Canal, CentroidLPS: [3]float64{0, 20, 0}},
		{ID: 2, Compartment: anatomy.ParavertebralVein, CentroidLPS: [3]float64{30, 0, 0}},
	}}, Leaks: []assess.LeakRegion{{ID: 1}, {ID: 2, Surface: sphere(geom.LPS(30, 0, 0), 10)}}}
	at := func(x, y, z float64, c anatomy.Compartment) teach.Mark {
		return teach.Mark{At: [3]float64{x, y, z}, Compartment: c}
	}
	for name, c := range map[string]struct {
		marks   []teach.Mark
		verdict teach.Verdict
		leak    int
		missed  int
	}{
		"the canal":           {[]teach.Mark{at(1, 22, 2, anatomy.Canal)}, teach.Right, 1, 1},
		"another kind":        {[]teach.Mark{at(1, 22, 2, anatomy.Foramen)}, teach.Partly, 1, 1},
		"the end of the vein": {[]teach.Mark{at(44, 0, 0, anatomy.ParavertebralVein)}, teach.Right, 2, 1},
		"nothing there":       {[]teach.Mark{at(-40, 0, 0, anatomy.Canal)}, teach.Wrong, 0, 2},
		"a little too far":    {[]teach.Mark{at(0, 26.5, 0, anatomy.Canal)}, teach.Wrong, 0, 2},
	} {
		judged, missed := teach.JudgeMarks(c.marks, ref)
		if len(judged) != 1 || judged[0].Verdict != c.verdict || judged[0].Leak != c.leak || len(missed) != c.missed {
			t.Errorf("%s: %+v, missed %v", name, judged, missed)
		}
	}
}

// What is shown of a built-in case is its truth: the surfaces hold the volumes of case.json, leaks lie where it says.
func TestShowReference(t *testing.T) {
	dir := t.TempDir()
	c, err := teach.MakeBuiltin(context.Background(), "06-canal", dir)
	if err != nil {
		t.Fatal(err)
	}
	found, err := dicomio.Scan(context.Background(), []string{dir + "/06-canal/post"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var post *volume.Volume
	for _, s := range found.Series {
		for _, st := range s.Stacks {
			if post, err = st.Load(context.Background(), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	r, err := c.Show(dir+"/06-canal", post)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Spine.Vertebrae) < 3 || r.CementSurfaces[anatomy.CementInBody] == nil || len(r.Leaks) != len(c.Reference.Leaks) {
		t.Fatalf("%d bodies, %d leaks", len(r.Spine.Vertebrae), len(r.Leaks))
	}
	for i, k := range c.Reference.Leaks {
		m := r.Leaks[i].Surface
		if m == nil {
			t.Fatalf("leak %d has no surface", k.ID)
		}
		if d := m.Centroid().Dist(geom.LPS(k.At[0], k.At[1], k.At[2])); d > 3 {
			t.Errorf("leak %d is drawn %.1f mm away", k.ID, d)
		}
	}
	v := r.Spine.Find(c.Reference.Treated[0].Level)
	if v == nil {
		t.Fatal("the treated level is not drawn")
	}
	in := float64(r.CementSurfaces[anatomy.CementInBody].Volume())
	if got := in / float64(v.BodyML); math.Abs(got-c.Reference.Treated[0].Fill) > 0.02 {
		t.Errorf("surfaces fill %.3f, the truth is %.3f", got, c.Reference.Treated[0].Fill)
	}
	if r.Upto == "" {
		t.Error("the reference could be taken for a measurement")
	}
}
