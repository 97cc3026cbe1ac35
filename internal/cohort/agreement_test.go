package cohort_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// reading makes a reading of n cases, each with L1 treated and the leaks given.
func reading(name string, n int, fill func(i int) float64, leaks func(i int) []assess.Leak) *cohort.Reading {
	r := &cohort.Reading{Name: name, Reports: map[string]*assess.Report{}, Masks: map[string]string{}}
	for i := range n {
		r.Reports[fmt.Sprint("c", i)] = &assess.Report{Vertebrae: []assess.Vertebra{{Level: anatomy.L1, Treated: true, FillRatio: fill(i), BodyVolumeML: 20 + float64(i%4), HeightsMM: &assess.Heights{Anterior: 20 + float64(i)}}}, Leaks: leaks(i)}
	}
	return r
}

func numbered(n int) *cohort.Cohort {
	c := &cohort.Cohort{}
	for i := range n {
		c.Cases = append(c.Cases, cohort.Case{ID: fmt.Sprint("c", i), Study: "x"})
	}
	return c
}

func leakAt(x float64, c anatomy.Compartment, t anatomy.LeakType, ml float64) assess.Leak {
	return assess.Leak{Level: anatomy.L1, Compartment: c, Type: t, VolumeML: ml, CentroidLPS: [3]float64{x, 0, 0}}
}

// TestAgree: the second reader adds 2 points in even cases and 4 in odd ones, sees every leak of the first but one, four millimetres
// off, calls half of the others another type, and has one leak that is not there.
func TestAgree(t *testing.T) {
	const n = 10
	fill := func(i int) float64 { return 0.1 + 0.02*float64(i) }
	truth := reading("truth", n, fill, func(i int) []assess.Leak {
		return []assess.Leak{leakAt(10, anatomy.Canal, anatomy.TypeB, 0.2), leakAt(-40, anatomy.ParavertebralVein, anatomy.TypeS, 0.01)}
	})
	reader := reading("reader", n, func(i int) float64 { return fill(i) + 0.02 + 0.02*float64(i%2) }, func(i int) []assess.Leak {
		kind := anatomy.TypeB
		if i%2 == 0 {
			kind = anatomy.TypeC
		}
		list := []assess.Leak{leakAt(14, anatomy.Canal, kind, 0.2)}
		switch i {
		case 3:
			list = nil
		case 4:
			list = append(list, leakAt(40, anatomy.SoftTissue, anatomy.TypeC, 0.3))
		}
		return list
	})
	c := numbered(n)
	a, err := cohort.Agree(context.Background(), c, []*cohort.Reading{truth, reader}, cohort.AgreeOptions{Reference: "truth", LeastML: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %g, want %g", what, got, want)
		}
	}
	q := a.Quantities[slices.IndexFunc(a.Quantities, func(q cohort.QuantityAgreement) bool { return q.Quantity == "fillPercent" })]
	near("bias", q.Pairs[0].Bias, 3)
	near("SD", q.Pairs[0].SD, math.Sqrt(10.0/9))
	if q.Pairs[0].N != n || q.ICC == nil || q.ICC.Consistency.Value <= q.ICC.Agreement.Value {
		t.Errorf("fill: %+v %+v", q.Pairs[0], q.ICC)
	}
	for _, d := range a.Detection {
		if d.Place == string(cohort.AnyVertebra) && (d.Sensitivity.K != 9 || d.Sensitivity.N != 10 || d.Precision.K != 9 || d.Precision.N != 10) {
			t.Errorf("any leak of 0.05 mL: %+v", d) // the small vein counts nowhere
		}
	}
	for _, k := range a.Types {
		if k.What == "type" { // B B five times but one missed: 4 B-B; B-C five times: the truth always says B
			near("same type", k.Observed, 4.0/9)
		}
	}
	for _, k := range a.Presence {
		if k.What == string(cohort.InCanal) {
			near("canal seen by both", k.Observed, 0.9)
		}
	}
	if len(a.Unnamed) != 0 || a.Cases != n {
		t.Errorf("cases %d, unnamed %v", a.Cases, a.Unnamed)
	}
	out := t.TempDir()
	if dir := os.Getenv("STUDY_OUT"); dir != "" {
		out = filepath.Join(dir, "agreement")
	}
	if err := a.Write(out, text.French); err != nil {
		t.Fatal(err)
	}
	table := string(read(t, filepath.Join(out, "agreement.csv")))
	for _, want := range []string{"bias,fillPercent,reader - truth,10,3", "sensitivity,any,reader,10,0.9", "icc21,fillPercent,\"truth, reader\",10,"} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
	if got := len(column(t, filepath.Join(out, "agreement-values.csv"), "value")); got != 2*n*7 { // fill, cement, body, leaks, three heights
		t.Errorf("%d values", got)
	}
	third := reading("third", n, fill, func(int) []assess.Leak { return nil })
	a, err = cohort.Agree(context.Background(), c, []*cohort.Reading{truth, reader, third}, cohort.AgreeOptions{})
	if err != nil || !slices.ContainsFunc(a.Presence, func(k cohort.KappaAgreement) bool { return len(k.Readings) == 0 && k.Err == nil }) {
		t.Errorf("three readings: %v", err)
	}
	if _, err := cohort.Agree(context.Background(), c, []*cohort.Reading{truth, truth}, cohort.AgreeOptions{}); err == nil {
		t.Error("one name twice passes")
	}
}

// TestMasksOverlap: a cube of ten voxels and the same moved by one has Dice 0.9; distances are those of all pairs of surface voxels.
func TestMasksOverlap(t *testing.T) {
	const nx, dx, dz = 24, 0.5, 1.25
	var at []geom.Patient
	for k := range 16 {
		at = append(at, geom.LPS(0, 0, dz*float64(k)))
	}
	g, err := volume.NewGrid(nx, nx, geom.PatientVec{X: 1}, geom.PatientVec{Y: 1}, unit.MM(dx), unit.MM(dx), at, "")
	if err != nil {
		t.Fatal(err)
	}
	cube := func(shift int, label uint8) (*volume.Labels, [][3]int) {
		l := volume.NewLabels(g, g.Bounds())
		var surface [][3]int
		for k := 3; k < 13; k++ {
			for j := 5; j < 15; j++ {
				for i := 5 + shift; i < 15+shift; i++ {
					l.V[l.Box.Offset(i, j, k)] = label
					if k == 3 || k == 12 || j == 5 || j == 14 || i == 5+shift || i == 14+shift {
						surface = append(surface, [3]int{i, j, k})
					}
				}
			}
		}
		return l, surface
	}
	a, sa := cube(0, 20)
	b, sb := cube(1, 20)
	ca, _ := cube(0, 1)
	cb, _ := cube(1, 3)
	sum, count := 0.0, 0
	for _, pair := range [2][2][][3]int{{sa, sb}, {sb, sa}} {
		for _, p := range pair[0] {
			least := math.Inf(1)
			for _, q := range pair[1] {
				d := math.Sqrt(math.Pow(dx*float64(p[0]-q[0]), 2) + math.Pow(dx*float64(p[1]-q[1]), 2) + math.Pow(dz*float64(p[2]-q[2]), 2))
				least = min(least, d)
			}
			sum, count = sum+least, count+1
		}
	}
	save := func(dir string, body, cement *volume.Labels) string {
		for name, l := range map[string]*volume.Labels{"vertebrae.nii.gz": body, "cement.nii.gz": cement} {
			f, err := os.Create(filepath.Join(dir, name))
			if err == nil {
				err = nifti.WriteLabels(f, l, "")
				f.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	fill := func(i int) float64 { return 0.2 }
	none := func(int) []assess.Leak { return nil }
	r1, r2 := reading("a", 1, fill, none), reading("b", 1, fill, none)
	r1.Masks["c0"], r2.Masks["c0"] = save(t.TempDir(), a, ca), save(t.TempDir(), b, cb)
	got, err := cohort.Agree(context.Background(), numbered(1), []*cohort.Reading{r1, r2}, cohort.AgreeOptions{Masks: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Overlaps) != 2 {
		t.Fatalf("%+v", got.Overlaps)
	}
	for _, o := range got.Overlaps {
		if math.Abs(o.Dice.Mean-0.9) > 1e-12 || math.Abs(o.MeanMM.Mean-sum/float64(count)) > 1e-6 || math.Abs(o.P95MM.Mean-0.5) > 1e-6 {
			t.Errorf("%s: Dice %g, mean %g (want %g), 95th %g", o.What, o.Dice.Mean, o.MeanMM.Mean, sum/float64(count), o.P95MM.Mean)
		}
	}
}

// TestSessionsComeBack: signed sessions are told apart by the key, the newest signature counts, unsigned ones are named.
func TestSessionsComeBack(t *testing.T) {
	dir := t.TempDir()
	key := &cohort.ReadingKey{Schema: "vertefill.reading-list/1"}
	for i, reader := range []string{"A", "A", "A", "B"} {
		key.Entries = append(key.Entries, cohort.ReadingEntry{Reader: reader, Case: fmt.Sprint("c", i%3), Session: session.Study{Post: fmt.Sprint("1.2.", i)}})
	}
	signed := func(post string, fills ...float64) {
		s := session.State{Study: session.Study{Post: post}}
		for n, f := range fills {
			b, err := json.Marshal(&assess.Report{Vertebrae: []assess.Vertebra{{Level: anatomy.L1, Treated: true, FillRatio: f}}})
			if err != nil {
				t.Fatal(err)
			}
			s.Signed = append(s.Signed, session.Signature{Version: n + 1, At: time.Unix(int64(n), 0), Report: b})
		}
		if err := session.Write(filepath.Join(dir, strings.ReplaceAll(post, ".", "-")+session.Extension), s); err != nil {
			t.Fatal(err)
		}
	}
	signed("1.2.0", 0.1, 0.2)
	signed("1.2.1")
	signed("1.2.3", 0.5)
	signed("9.9", 0.9) // of no list
	r, unsigned, err := cohort.ReadReading(context.Background(), "A", dir, numbered(3), key)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Reports) != 1 || r.Reports["c0"].Vertebrae[0].FillRatio != 0.2 || fmt.Sprint(unsigned) != "[c1]" {
		t.Errorf("%v %v", r.Reports, unsigned)
	}
	c := numbered(3)
	c.Cases[0].Covariates = []string{"71"}
	for i := range key.Entries {
		key.Entries[i].Place = fmt.Sprintf("%s/%03d", key.Entries[i].Reader, i)
	}
	found, err := cohort.Collect(c, key, "list", dir)
	if err != nil || len(found) != 2 || len(found[0].Cohort.Cases) != 1 || fmt.Sprint(found[0].Unsigned) != "[c1]" {
		t.Fatalf("collected %+v %v", found, err)
	}
	if x := found[0].Cohort.Cases[0]; x.ID != "c0" || x.Study != filepath.Join("list", "A", "000", "images") || !strings.HasSuffix(x.Session, "1-2-0"+session.Extension) || x.Covariates[0] != "71" {
		t.Errorf("%+v", x)
	}
	if _, err := cohort.Collect(c, key, "list", t.TempDir()); err == nil {
		t.Error("nothing came back and passes")
	}
	if _, _, err := cohort.ReadReading(context.Background(), "C", dir, numbered(3), key); err == nil {
		t.Error("a reader without sessions passes")
	}
}

// TestTablesOfOthers: what was read with other means comes as tables.
func TestTablesOfOthers(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "vertebrae.csv"), []byte("case,level,fillRatio\nc0,L1,0.25\nc1,T12,\n"), 0o644)
	os.WriteFile(filepath.Join(dir, "leaks.csv"), []byte("case,level,compartment,type,volumeMl\nc0,L1,canal,B,0.2\n"), 0o644)
	r, _, err := cohort.ReadReading(context.Background(), "x", dir, numbered(2), nil)
	if err != nil || r.Reports["c0"].Vertebrae[0].FillRatio != 0.25 || r.Reports["c0"].Leaks[0].Type != anatomy.TypeB || !math.IsNaN(r.Reports["c1"].Vertebrae[0].FillRatio) {
		t.Fatalf("%+v %v", r, err)
	}
	for bad, word := range map[string]string{"case,level,fillRatio\nc0,L1,\"0,25\"\n": "line 2", "case,level,fillRatio\nc0,L1,25\n": "share", "case;fillRatio\nc0;0,25\n": "level"} {
		os.WriteFile(filepath.Join(dir, "vertebrae.csv"), []byte(bad), 0o644)
		if _, _, err := cohort.ReadReading(context.Background(), "x", dir, numbered(2), nil); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	os.WriteFile(filepath.Join(dir, "vertebrae.csv"), []byte("case;level;fillRatio\nc0;L1;0,25\n;;\n"), 0o644) // of a spreadsheet with a decimal comma
	if r, _, err := cohort.ReadReading(context.Background(), "x", dir, numbered(2), nil); err != nil || r.Reports["c0"].Vertebrae[0].FillRatio != 0.25 {
		t.Errorf("a decimal comma between semicolons: %v", err)
	}
	os.WriteFile(filepath.Join(dir, "leaks.csv"), []byte("case,level,compartment\nc0,L1,channel\n"), 0o644)
	if _, _, err := cohort.ReadReading(context.Background(), "x", dir, numbered(2), nil); err == nil || !strings.Contains(err.Error(), "compartment") {
		t.Errorf("no compartment: %v", err)
	}
	// a leak without a centre is matched by its compartment
	a, err := cohort.Agree(context.Background(), numbered(1), []*cohort.Reading{reading("p", 1, func(int) float64 { return 0.2 }, func(int) []assess.Leak { return []assess.Leak{leakAt(3, anatomy.Canal, anatomy.TypeB, 1)} }), r}, cohort.AgreeOptions{Reference: "p"})
	if err != nil || a.Detection[0].Sensitivity.K != 1 {
		t.Errorf("%+v %v", a, err)
	}
}

// TestBlindedReaders: what a reader says without the program comes back as a reading: fills and leaks are compared, volumes are not
// (none were measured), and there is nothing to collect.
func TestBlindedReaders(t *testing.T) {
	dir := t.TempDir()
	key := &cohort.ReadingKey{Schema: "vertefill.reading-list/1"}
	const cases = 8
	fill := func(i int) float64 { return 0.15 + 0.02*float64(i) }
	canal := func(i int) bool { return i%2 == 0 }
	for i := range cases {
		post := fmt.Sprint("1.2.", i)
		key.Entries = append(key.Entries, cohort.ReadingEntry{Reader: "A", Case: fmt.Sprint("c", i), Place: fmt.Sprintf("A/%03d", i), Session: session.Study{Post: post}})
		s := session.State{Study: session.Study{Post: post}}
		s.SetBlind()
		said := fill(i) + 0.05
		v := session.AnswerLevel{Level: anatomy.L1, Fill: &said, NoLeak: !canal(i), Leaks: []session.AnswerLeak{}}
		if canal(i) {
			v.Leaks = append(v.Leaks, session.AnswerLeak{Compartment: anatomy.Canal, Type: anatomy.TypeB})
		}
		text, err := session.Answer{Levels: []session.AnswerLevel{v}}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		s.Signed = []session.Signature{{Version: 1, Reader: "A", At: time.Unix(1, 0), Report: text}}
		if err := session.Write(filepath.Join(dir, fmt.Sprint(i, session.Extension)), s); err != nil {
			t.Fatal(err)
		}
	}
	c := numbered(cases)
	r, unsigned, err := cohort.ReadReading(context.Background(), "A", dir, c, key)
	if err != nil || len(unsigned) > 0 || len(r.Reports) != cases || !r.NoVolumes {
		t.Fatalf("%+v %v %v", r, unsigned, err)
	}
	program := reading("p", cases, fill, func(i int) []assess.Leak {
		if canal(i) {
			return []assess.Leak{leakAt(3, anatomy.Canal, anatomy.TypeB, 1)}
		}
		return nil
	})
	a, err := cohort.Agree(context.Background(), c, []*cohort.Reading{program, r}, cohort.AgreeOptions{Reference: "p", LeastML: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range a.Quantities {
		p := q.Pairs[0]
		if q.Quantity == "fillPercent" && (p.N != cases || math.Abs(math.Abs(p.Bias)-5) > 1e-9) {
			t.Errorf("fill: n %d, bias %g, want %d and 5 points", p.N, p.Bias, cases)
		}
		if q.Quantity != "fillPercent" && p.N != 0 {
			t.Errorf("%s of a reader who measured none: n %d", q.Quantity, p.N)
		}
	}
	if d := a.Detection[0]; d.Sensitivity.K != cases/2 || d.Sensitivity.N != cases/2 || d.Precision.K != cases/2 || d.Precision.N != cases/2 {
		t.Errorf("%+v", d)
	}
	found, err := cohort.Collect(c, key, "list", dir)
	if err != nil || len(found) != 1 || len(found[0].Cohort.Cases) != 0 || len(found[0].Blind) != cases {
		t.Errorf("collected %+v %v", found, err)
	}
	// A signature that says what cannot be is refused, not read.
	s := session.State{Study: session.Study{Post: "1.2.0"}, Signed: []session.Signature{{Version: 2, At: time.Unix(9, 0), Report: json.RawMessage(`{"schema":"vertefill.blind-reading/1","levels":[{"level":"L1","fill":7,"leaks":[]}]}`)}}}
	if err := session.Write(filepath.Join(dir, "0"+session.Extension), s); err != nil {
		t.Fatal(err)
	}
	if _, _, err := cohort.ReadReading(context.Background(), "A", dir, c, key); err == nil {
		t.Error("a fill of 700 % passes")
	}
}
