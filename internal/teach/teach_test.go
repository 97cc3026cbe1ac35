package teach_test

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/internal/text"
)

// hard is a case with two leaks, one of them in the canal, and old cement in T10.
func hard() *teach.Case {
	return &teach.Case{
		ID: "x", Title: teach.Words{EN: "a", FR: "b"}, Difficulty: 2,
		Reference: teach.Reference{
			Treated: []teach.Treated{{Level: anatomy.T9, Fill: 0.276, Interval: &assess.Interval{0.263, 0.289}}},
			Leaks:   []teach.Leak{{ID: 1, Compartment: anatomy.Canal}, {ID: 2, Compartment: anatomy.ParavertebralVein}},
			Prior:   []anatomy.Level{anatomy.T10},
		},
	}
}

func TestJudge(t *testing.T) {
	right := teach.Answer{Level: anatomy.T9, Fill: 0.27, Leaks: []anatomy.Compartment{anatomy.ParavertebralVein, anatomy.Canal}, Canal: teach.Yes, Prior: []anatomy.Level{anatomy.T10}}
	verdicts := func(a teach.Answer) string {
		var s []string
		for _, i := range teach.Judge(hard(), a, text.English).Items {
			s = append(s, string(i.Verdict))
		}
		return strings.Join(s, " ")
	}
	change := func(f func(*teach.Answer)) teach.Answer { a := right; f(&a); return a }
	for name, c := range map[string]struct {
		a    teach.Answer
		want string
	}{
		"all right":            {right, "right right right right right"},
		"one level off":        {change(func(a *teach.Answer) { a.Level = anatomy.T10 }), "partly right right right right"},
		"far off":              {change(func(a *teach.Answer) { a.Level = anatomy.L1 }), "wrong right right right right"},
		"7.4 points too much":  {change(func(a *teach.Answer) { a.Fill = 0.35 }), "right partly right right right"},
		"20 points too little": {change(func(a *teach.Answer) { a.Fill = 0.07 }), "right wrong right right right"},
		"not estimated":        {change(func(a *teach.Answer) { a.Fill = -1 }), "right wrong right right right"},
		"vein missed":          {change(func(a *teach.Answer) { a.Leaks = a.Leaks[1:] }), "right right partly right right"},
		"canal missed":         {change(func(a *teach.Answer) { a.Leaks = a.Leaks[:1] }), "right right wrong right right"},
		"one too many":         {change(func(a *teach.Answer) { a.Leaks = append(a.Leaks[:2:2], anatomy.Foramen) }), "right right partly right right"},
		"no leak said":         {change(func(a *teach.Answer) { a.Leaks, a.NoLeak = nil, true }), "right right wrong right right"},
		"canal denied":         {change(func(a *teach.Answer) { a.Canal = teach.No }), "right right right wrong right"},
		"drawn": {change(func(a *teach.Answer) {
			a.Drawn = []teach.Drawing{{Of: teach.DrawnBody, Dice: 0.95}, {Of: teach.DrawnCement, Dice: 0.8}}
		}), "right right right right right right partly"},
		"old cement not seen":       {change(func(a *teach.Answer) { a.Prior, a.NoPrior = nil, true }), "right right right right wrong"},
		"old cement, one too many":  {change(func(a *teach.Answer) { a.Prior = append(a.Prior[:1:1], anatomy.T9) }), "right right right right partly"},
		"nothing answered, nothing": {teach.Answer{Fill: -1}, "wrong wrong wrong wrong wrong"},
	} {
		if got := verdicts(c.a); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	r := teach.Judge(hard(), change(func(a *teach.Answer) { a.Fill, a.Leaks = 0.35, a.Leaks[:1] }), text.French)
	if r.Points != 3.5 || r.Most != 5 {
		t.Errorf("%g of %g points, want 3.5 of 5", r.Points, r.Most)
	}
	if i := r.Items[1]; i.You != "35,0 %" || i.Reference != "27,6 % [26,3–28,9]" || !strings.Contains(i.Hint, "éblouit") {
		t.Errorf("fill: %+v", i)
	}
	if i := r.Items[2]; !strings.Contains(i.Hint, "mur postérieur") {
		t.Errorf("leaks: %+v", i)
	}
}

func TestNoLeakCase(t *testing.T) {
	c := hard()
	c.Reference.Leaks, c.Reference.Prior = nil, nil
	r := teach.Judge(c, teach.Answer{Level: anatomy.T9, Fill: 0.276, NoLeak: true, Canal: teach.No, NoPrior: true}, text.English)
	if r.Points != 5 {
		t.Errorf("%+v", r)
	}
}

func TestBook(t *testing.T) {
	b := teach.Book{Path: filepath.Join(t.TempDir(), "deep", "scores")}
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for _, s := range []teach.Score{
		{Learner: "ada", Case: "1", Points: 2, Most: 4}, {Learner: "bo", Case: "1", Points: 3, Most: 4},
		{Learner: "ada", Case: "1", Points: 4, Most: 4}, {Learner: "ada", Case: "2", Points: 4, Most: 4, Answer: teach.Answer{Leaks: []anatomy.Compartment{anatomy.Canal}, Level: anatomy.T9}},
	} {
		s.Time = at
		if err := b.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(b.Path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"learner":"cut`) // a crash in the middle of a line
	f.Close()
	all, err := b.All()
	if err != nil || len(all) != 4 {
		t.Fatalf("%d scores, error %v", len(all), err)
	}
	class := teach.Class(all)
	if len(class) != 2 || class[0].Learner != "ada" || class[0].Points != 6 || class[0].Cases != 2 || class[1].Points != 3 { // equal shares: by name
		t.Errorf("class %+v", class)
	}
	var out bytes.Buffer
	if err := teach.CSV(&out, all); err != nil || !strings.Contains(out.String(), "ada,2,2026-11-24T09:00:00Z,T9,0,,canal,,,,,,,,4,4") {
		t.Errorf("table: %v\n%s", err, &out)
	}
	if err := b.Forget("ada"); err != nil {
		t.Fatal(err)
	}
	if raw, _ := os.ReadFile(b.Path); bytes.Contains(raw, []byte("ada")) {
		t.Error("a deleted learner is still in the file")
	}
	if err := b.Forget("bo"); err != nil {
		t.Fatal(err)
	}
	if all, err := b.All(); err != nil || len(all) != 0 {
		t.Errorf("after all are gone: %v %v", all, err)
	}
}

func TestBuiltinsHaveTexts(t *testing.T) {
	list := teach.Builtin()
	if len(list) != 10 {
		t.Fatalf("%d built-in cases", len(list))
	}
	for _, c := range list {
		words := append([]teach.Words{c.Title, c.History}, c.Points...)
		for _, w := range words {
			if w.EN == "" || w.FR == "" || w.EN == w.FR {
				t.Errorf("%s: %+v", c.ID, w)
			}
		}
		if len(c.Points) == 0 {
			t.Errorf("%s teaches nothing", c.ID)
		}
	}
}

// TestMadePackedAndUnpacked makes the quickest case, packs it, and finds the same case and readable images on the other side.
func TestMadePackedAndUnpacked(t *testing.T) {
	dir := t.TempDir()
	c, err := teach.MakeBuiltin(context.Background(), "10-thick-slices", dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Reference.Treated) != 2 || len(c.Reference.Leaks) != 1 || c.Reference.Leaks[0].Compartment != anatomy.ParavertebralVein || len(c.Steps) < 6 {
		t.Fatalf("%+v", c.Reference)
	}
	again, err := teach.MakeBuiltin(context.Background(), "10-thick-slices", dir)
	if err != nil || len(again.Reference.Leaks) != 1 || again.Reference.Leaks[0] != c.Reference.Leaks[0] {
		t.Errorf("opened again: %+v %v", again, err)
	}
	file := filepath.Join(dir, "one.vfcase")
	if err := teach.Pack(filepath.Join(dir, c.ID), file); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	back, err := teach.Unpack(file, other)
	if err != nil || back.Title != c.Title {
		t.Fatalf("%+v %v", back, err)
	}
	s, err := study.Open(context.Background(), filepath.Join(other, c.ID), nil)
	if err != nil || s.ByRole(study.Post) == nil || s.ByRole(study.Pre) == nil {
		t.Errorf("images after unpacking: %v %v", s, err)
	}
	if _, err := teach.Unpack(file, other); err == nil {
		t.Error("a case was written over another")
	}
}

func TestUnpackRefuses(t *testing.T) {
	make1 := func(files map[string]string) string {
		path := filepath.Join(t.TempDir(), "x.vfcase")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z := zip.NewWriter(f)
		for n, s := range files {
			w, err := z.Create(n)
			if err != nil {
				t.Fatal(err)
			}
			w.Write([]byte(s))
		}
		z.Close()
		return path
	}
	good := `{"id":"a","title":{"en":"a","fr":"b"},"difficulty":1,"reference":{"treated":[{"level":"T9","fill":0.2}],"leaks":[]}}`
	for name, files := range map[string]map[string]string{
		"no case":         {"post/1": "x"},
		"climbs out":      {"case.json": good, "../evil": "x"},
		"no reference":    {"case.json": `{"id":"a","title":{"en":"a","fr":"b"},"difficulty":1}`},
		"name climbs":     {"case.json": strings.Replace(good, `"a"`, `"../a"`, 1)},
		"wrong fill":      {"case.json": strings.Replace(good, "0.2", "7", 1)},
		"not JSON at all": {"case.json": "hello"},
	} {
		root := t.TempDir()
		if _, err := teach.Unpack(make1(files), root); err == nil {
			t.Errorf("%s: passes", name)
		}
		if left, _ := filepath.Glob(filepath.Join(root, "*")); len(left) != 0 {
			t.Errorf("%s: left behind %v", name, left)
		}
		if left, _ := filepath.Glob(filepath.Join(root, ".*")); len(left) != 0 {
			t.Errorf("%s: left behind %v", name, left)
		}
	}
}
