package study_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/text"
)

// ct describes a CT series of a round body with, if wanted, a ball of cement in its spine.
type ct struct {
	name, description, date, time string
	kernel                        string
	gap                           float64
	n                             int
	cementML                      float64
	frame, patient                string
	imageType                     []string
	from                          float64 // z of the first slice
}

func el(tag dicomout.Tag, vr dicomout.VR, v any) dicomout.Element {
	return dicomout.Element{Tag: tag, VR: vr, Value: v}
}

const side = 96

func write(t *testing.T, dir string, name string, d dicomout.Dataset) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := dicomout.Write(f, d); err != nil {
		t.Fatal(err)
	}
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// put writes the series below dir; pixels are 3 mm wide.
func (c ct) put(t *testing.T, dir string) {
	t.Helper()
	gap, n := or(c.gap, 1.0), or(c.n, 40)
	r := math.Cbrt(c.cementML * 1000 * 3 / 4 / math.Pi)
	kind := c.imageType
	if kind == nil {
		kind = []string{"ORIGINAL", "PRIMARY", "AXIAL"}
	}
	for k := range n {
		px := make([]int16, side*side)
		for j := range side {
			for i := range side {
				x, y, z := float64(i-side/2)*3, float64(j-side/2)*3, float64(k)*gap-float64(n)*gap/2
				px[j*side+i] = -1000
				if math.Hypot(x/130, y/100) < 1 {
					px[j*side+i] = 40
				}
				if x*x+(y-40)*(y-40)+z*z < r*r {
					px[j*side+i] = 2000
				}
			}
		}
		d := dicomout.Dataset{
			el(0x00080008, "CS", kind), el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
			el(0x00080018, "UI", dicomout.UID(c.name, fmt.Sprint(k))), el(0x00080060, "CS", "CT"), el(0x0008103E, "LO", c.description),
			el(0x00100020, "LO", or(c.patient, "1")), el(0x0020000D, "UI", dicomout.UID("study", c.date)), el(0x0020000E, "UI", dicomout.UID(c.name)),
			el(0x00200032, "DS", []float64{-144, -144, c.from + float64(k)*gap}), el(0x00200037, "DS", []float64{1, 0, 0, 0, 1, 0}),
			el(0x00200052, "UI", dicomout.UID(or(c.frame, c.name))), el(0x00181210, "SH", or(c.kernel, "STANDARD")),
			el(0x00280002, "US", 1), el(0x00280004, "CS", "MONOCHROME2"), el(0x00280010, "US", side), el(0x00280011, "US", side),
			el(0x00280030, "DS", []float64{3, 3}), el(0x00280100, "US", 16), el(0x00280101, "US", 16), el(0x00280102, "US", 15), el(0x00280103, "US", 1),
			el(0x00281052, "DS", 0.0), el(0x00281053, "DS", 1.0), el(0x7FE00010, "OW", px),
		}
		if c.date != "" {
			d = append(d, el(0x00080022, "DA", c.date), el(0x00080032, "TM", or(c.time, "100000")))
		}
		write(t, filepath.Join(dir, c.name), fmt.Sprint("i", k), d)
	}
}

// run writes a fluoroscopy run of n frames.
func run(t *testing.T, dir, name, patient string, n int) {
	t.Helper()
	write(t, filepath.Join(dir, name), "run", dicomout.Dataset{
		el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.12.1"), el(0x00080018, "UI", dicomout.UID(name, "1")), el(0x00080060, "CS", "XA"),
		el(0x00100020, "LO", patient), el(0x0020000D, "UI", dicomout.UID("study")), el(0x0020000E, "UI", dicomout.UID(name)),
		el(0x00280002, "US", 1), el(0x00280004, "CS", "MONOCHROME2"), el(0x00280008, "IS", n), el(0x00280010, "US", 8), el(0x00280011, "US", 8),
		el(0x00280100, "US", 8), el(0x00280101, "US", 8), el(0x00280102, "US", 7), el(0x00280103, "US", 0),
		el(0x00181063, "DS", 40.0), el(0x7FE00010, "OW", make([]byte, 64*n)),
	})
}

func roles(s *study.Study) map[string]study.Role {
	out := map[string]study.Role{}
	for _, x := range s.Series {
		for _, name := range []string{"a", "b", "c", "d", "run", "foreign", "single"} {
			if x.UID == dicomout.UID(name) {
				out[name] = x.Role
			}
		}
	}
	return out
}

func TestRoles(t *testing.T) {
	for _, c := range []struct {
		name   string
		cts    []ct
		want   map[string]study.Role
		reason string // part of the reason of post
	}{
		{"the only CT", []ct{{name: "a", cementML: 5}}, map[string]study.Role{"a": study.Post}, "The only CT. Dense material is seen"},
		{"the only CT, no cement", []ct{{name: "a"}}, map[string]study.Role{"a": study.Post}, "The only CT. No dense material"},
		{"by date", []ct{{name: "a", date: "20250301", cementML: 4}, {name: "b", date: "20250201"}},
			map[string]study.Role{"a": study.Post, "b": study.Pre}, "Latest CT"},
		{"old cement before", []ct{{name: "a", date: "20250301", cementML: 6}, {name: "b", date: "20250201", cementML: 3}},
			map[string]study.Role{"a": study.Post, "b": study.Pre}, "Latest CT"},
		{"later CT without cement", []ct{{name: "a", date: "20250401"}, {name: "b", date: "20250301", cementML: 4}, {name: "c", date: "20250201"}},
			map[string]study.Role{"a": study.Other, "b": study.Post, "c": study.Pre}, "Latest CT with such material"},
		{"same day", []ct{{name: "a", date: "20250301", time: "090000"}, {name: "b", date: "20250301", time: "143000", cementML: 4}},
			map[string]study.Role{"a": study.Pre, "b": study.Post}, "Latest CT"},
		{"no dates", []ct{{name: "a", cementML: 4}, {name: "b"}}, map[string]study.Role{"a": study.Post, "b": study.Pre}, "such material"},
		{"described against the dates", []ct{{name: "a", date: "20250301", description: "TDM avant"}, {name: "b", date: "20250201", description: "Rachis contrôle"}},
			map[string]study.Role{"a": study.Pre, "b": study.Post}, "Described as"},
		{"control elsewhere", []ct{{name: "a", date: "20250301", description: "Contrôle thorax"}, {name: "b", date: "20250201", cementML: 4}},
			map[string]study.Role{"a": study.Other, "b": study.Post}, "such material"},
		{"contrast phases", []ct{{name: "a", date: "20250301", description: "Pre contrast", cementML: 4}, {name: "b", date: "20250201", description: "Post contrast"}},
			map[string]study.Role{"a": study.Post, "b": study.Pre}, "Latest CT"},
		{"thin bone kernel of one scan", []ct{
			{name: "a", date: "20250301", frame: "f", gap: 3, n: 14, kernel: "BONE", cementML: 4}, {name: "b", date: "20250301", frame: "f", kernel: "STANDARD", cementML: 4},
			{name: "c", date: "20250301", frame: "f", kernel: "BONE", cementML: 4}},
			map[string]study.Role{"a": study.Other, "b": study.Other, "c": study.Post}, "The only CT"},
		{"another patient", []ct{{name: "a", date: "20250301", cementML: 4, n: 50}, {name: "b", date: "20250201", patient: "2"}},
			map[string]study.Role{"a": study.Post, "b": study.Other}, "The only CT"},
		{"too short", []ct{{name: "a", date: "20250201", cementML: 4}, {name: "b", date: "20250301", n: 4}},
			map[string]study.Role{"a": study.Post, "b": study.Other}, "The only CT"},
		{"three in time", []ct{{name: "a", date: "20240101"}, {name: "b", date: "20250201"}, {name: "c", date: "20250301", cementML: 5}},
			map[string]study.Role{"a": study.Other, "b": study.Pre, "c": study.Post}, "Latest CT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, x := range c.cts {
				x.put(t, dir)
			}
			s, err := study.Open(context.Background(), dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := roles(s); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("roles %v, want %v", got, c.want)
			}
			for _, x := range s.Series {
				if x.Reason.EN == "" || x.Reason.FR == "" || x.Reason.EN == x.Reason.FR {
					t.Errorf("%s: reason %q, %q", x.Role, x.Reason.EN, x.Reason.FR)
				}
			}
			if p := s.ByRole(study.Post); p == nil || !strings.Contains(p.Reason.EN, c.reason) {
				t.Errorf("post because %q, want %q", p.Reason.EN, c.reason)
			}
		})
	}
}

func TestRuns(t *testing.T) {
	dir := t.TempDir()
	ct{name: "a", cementML: 3}.put(t, dir)
	run(t, dir, "run", "1", 5)
	run(t, dir, "single", "1", 1)
	run(t, dir, "foreign", "2", 5)
	s, err := study.Open(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]study.Role{"a": study.Post, "run": study.Fluoro, "single": study.Other, "foreign": study.Other}
	if got := roles(s); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("roles %v, want %v", got, want)
	}
	if r := s.Runs(); len(r) != 1 || r[0].Frames != 5 {
		t.Errorf("%d runs", len(r))
	}
}

func TestRolesByHand(t *testing.T) {
	dir := t.TempDir()
	ct{name: "a", date: "20250301", cementML: 4}.put(t, dir)
	ct{name: "b", date: "20250201"}.put(t, dir)
	run(t, dir, "run", "1", 5)
	s, err := study.OpenPaths(context.Background(), study.Paths{Post: filepath.Join(dir, "b"), Pre: filepath.Join(dir, "a"), Fluoro: []string{filepath.Join(dir, "run")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := roles(s); got["a"] != study.Pre || got["b"] != study.Post || got["run"] != study.Fluoro {
		t.Errorf("roles %v", got)
	}
	// A path for one role within the study of the others.
	s, err = study.OpenPaths(context.Background(), study.Paths{Study: dir, Post: filepath.Join(dir, "b")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := roles(s); got["b"] != study.Post || got["a"] == study.Post || len(s.Series) != 3 {
		t.Errorf("roles %v of %d series", got, len(s.Series))
	}
	if err := s.SetRole(dicomout.UID("a"), study.Post); err != nil {
		t.Fatal(err)
	}
	if got := roles(s); got["a"] != study.Post || got["b"] != study.Other {
		t.Errorf("after choosing a: %v", got)
	}
	if s.SetRole(dicomout.UID("run"), study.Pre) == nil || s.SetRole("1.2.3", study.Pre) == nil || s.SetRole(dicomout.UID("a"), study.Fluoro) == nil {
		t.Error("a role was given to a series that cannot have it")
	}
	if _, err := study.Open(context.Background(), t.TempDir(), nil); !errors.Is(err, study.ErrEmpty) {
		t.Errorf("empty folder: %v", err)
	}
}

// TestInspect checks the JSON of the contract, names included, and that nothing in it names the patient.
func TestInspect(t *testing.T) {
	dir := t.TempDir()
	ct{name: "a", description: "Rachis lombaire", date: "20250301", cementML: 4, patient: "SECRET"}.put(t, dir)
	run(t, dir, "run", "SECRET", 5)
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := study.Open(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(s.Inspect(text.French))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "SECRET") {
		t.Error("the inspection names the patient")
	}
	var got struct {
		Series []struct {
			UID      string `json:"seriesInstanceUID"`
			Study    string `json:"studyInstanceUID"`
			Modality string
			Desc     string `json:"description"`
			Images   int
			Role     string
			Reason   string `json:"roleReason"`
			Syntax   string `json:"transferSyntax"`
			Geometry struct {
				Dimensions []int
				Spacing    []float64 `json:"spacingMm"`
				Verdict    string
			}
			Origin   string `json:"spacingOrigin"`
			Volumes  int
			Problems []struct{ Code, Severity, Message string }
		}
		Skipped []struct{ Path, Code, Message string }
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Series) != 2 || len(got.Skipped) != 1 || got.Skipped[0].Code != "not-dicom" || filepath.Base(got.Skipped[0].Path) != "notes.txt" {
		t.Fatalf("%s", b)
	}
	for _, x := range got.Series {
		switch x.Modality {
		case "CT":
			if x.UID != dicomout.UID("a") || x.Desc != "Rachis lombaire" || x.Images != 40 || x.Role != "post" || x.Volumes != 1 ||
				fmt.Sprint(x.Geometry) != "{[96 96 40] [3 3 1] regular}" || x.Syntax != dicomout.ExplicitLittleEndian || !strings.HasPrefix(x.Reason, "Le seul") {
				t.Errorf("CT: %+v", x)
			}
		case "XA":
			if x.Images != 5 || x.Role != "fluoro" || x.Volumes != 0 || x.Origin != "none" || fmt.Sprint(x.Geometry) != "{[8 8 5] [] projection}" {
				t.Errorf("XA: %+v", x)
			}
		}
	}
}

// TestRealStudies opens real CTs without cement: they are post for want of another, and the reason says that nothing dense is seen.
func TestRealStudies(t *testing.T) {
	for _, c := range []struct {
		set, want string
		series    int
	}{{"ct-chest-8mm-tcia", "B70f", 2}, {"ct-lumbosacral-vhf-dicom", "Resampled", 1}} {
		dir := filepath.Join("..", "..", "..", "shared", "data", c.set)
		if _, err := os.Stat(dir); err != nil {
			t.Skip("real data are not here: " + c.set)
		}
		s, err := study.Open(context.Background(), dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		p := s.ByRole(study.Post)
		if len(s.Series) != c.series || p == nil || !strings.Contains(p.Info.Description, c.want) || !strings.Contains(p.Reason.EN, "No dense") || s.ByRole(study.Pre) != nil {
			t.Errorf("%s: %d series, post %+v", c.set, len(s.Series), p)
		}
	}
}

// TestRegroup joins two halves of a scan that came as two series: the whole is measured, with one role, and the reader is told.
func TestRegroup(t *testing.T) {
	dir := t.TempDir()
	ct{name: "a", date: "20250301", frame: "f", cementML: 4}.put(t, dir)
	ct{name: "b", date: "20250301", frame: "f", from: 40, time: "110000"}.put(t, dir)
	a, b := dicomout.UID("a"), dicomout.UID("b")
	w, err := dicomio.ParseRegrouping(b+","+a, false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := study.OpenPaths(t.Context(), study.Paths{Study: dir, Regroup: []dicomio.Regrouping{w}}, nil)
	if err != nil || len(s.Series) != 1 {
		t.Fatalf("%v, %v", s, err)
	}
	in := s.Inspect(text.English).Series[0]
	if in.Role != study.Post || in.Images != 80 || fmt.Sprint(in.Geometry.Dimensions) != "[96 96 80]" || !in.ByHand || in.SeriesInstanceUID != b ||
		len(in.Problems) != 1 || in.Problems[0].Code != "joined-by-hand" || fmt.Sprint(in.Ways) != "[series]" {
		t.Errorf("%+v", in)
	}
	for _, c := range []struct {
		join, split string
		ok          bool
	}{{"1.2.3", "", false}, {a, "", false}, {a + "," + a, "", false}, {"", a + "=kernel", false}} {
		w, err := dicomio.ParseRegrouping(c.join+c.split, c.split != "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := study.OpenPaths(t.Context(), study.Paths{Study: dir, Regroup: []dicomio.Regrouping{w}}, nil); err == nil {
			t.Errorf("%+v went through", c)
		}
	}
	for _, words := range []string{"", ",", "1.2,"} {
		if _, err := dicomio.ParseRegrouping(words, false); err == nil {
			t.Errorf("--join %q went through", words)
		}
	}
	if _, err := dicomio.ParseRegrouping(a, true); err == nil {
		t.Error("--split without a way went through")
	}
}

// TestOpenWatched opens three scans: the first are told with their roles while the others are still read.
func TestOpenWatched(t *testing.T) {
	dir := t.TempDir()
	ct{name: "a", date: "20250301", n: 80, cementML: 4}.put(t, dir)
	ct{name: "b", date: "20250201", n: 80}.put(t, dir)
	ct{name: "c", date: "20250101", n: 80}.put(t, dir)
	told := make(chan *study.Study, 10)
	var early []*study.Study
	s, err := study.OpenWatched(t.Context(), dir, func(f float64) {
		for f > 0.76 && len(early) < 2 { // hold the scan here: 228 of 240 files, so the first two lie behind
			select {
			case x := <-told:
				early = append(early, x)
			case <-time.After(20 * time.Second):
				t.Error("no series before the end")
				return
			}
		}
	}, func(x *study.Study) { told <- x })
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []map[string]study.Role{{"a": study.Post}, {"a": study.Post, "b": study.Pre}} {
		if got := roles(early[i]); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("roles after %d series: %v", i+1, got)
		}
	}
	if got := roles(s); got["a"] != study.Post || got["b"] != study.Pre || got["c"] != study.Other || early[1].Series[0].Main().Len() != 80 {
		t.Errorf("roles at the end: %v", got)
	}
}
