package app_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gioui.org/f32"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/ui/model"
)

// results writes what cohort run leaves of n cases: each with a treated vertebra, every third with a leak, every fifth with a
// warning, every seventh with a vertebra that is not treated, and one case that failed. All fills are higher by bias.
func results(t testing.TB, dir string, n int, bias float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(11, 2))
	interval := func(x, share float64) *assess.Interval { return &assess.Interval{x * (1 - share), x * (1 + share)} }
	write := func(id string, record cohort.Record, report *assess.Report) {
		if err := os.MkdirAll(cohort.Dir(dir, id), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string]any{"case.json": record, "report.json": report} {
			data, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(cohort.Dir(dir, id), name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	places := []anatomy.Compartment{anatomy.ParavertebralVein, anatomy.DiscSuperior, anatomy.Canal, anatomy.SoftTissue}
	for i := range n {
		id := fmt.Sprintf("V-%03d", i+1)
		level := anatomy.T9 - 2 + anatomy.Level(r.IntN(9))
		if i == 0 { // the case of the tests
			level = anatomy.T9
		}
		body := 12 + 2*float64(level-anatomy.T9+2) + 2*r.NormFloat64()
		fill := min(max(0.24+0.06*r.NormFloat64(), 0.03), 0.6) + bias + 0.004*r.NormFloat64()*min(1, bias*1e9)
		v := assess.Vertebra{Level: level, Treated: true, BodyVolumeML: body, CementInBodyML: body * fill, FillRatio: fill, FillRatioInterval: interval(fill, 0.05),
			CentroidLPS: [3]float64{cementCentre.X, cementCentre.Y, cementCentre.Z}}
		report := &assess.Report{Schema: assess.Schema, Vertebrae: []assess.Vertebra{v}}
		report.Inputs.Post = &assess.Series{Geometry: assess.Geometry{SpacingMM: []float64{0.5, 0.5, []float64{0.8, 1, 2}[i%3]}}}
		if i%3 == 0 {
			report.Leaks = append(report.Leaks, assess.Leak{ID: 1, Level: level, Compartment: places[i/3%4], VolumeML: 0.05 + 0.6*r.Float64(), CentroidLPS: [3]float64{leakCentre.X, leakCentre.Y, leakCentre.Z}})
		}
		if i%5 == 4 {
			report.Quality = append(report.Quality, assess.Quality{Code: diag.CodeCementFaint, Severity: diag.Warn, Level: level, Message: "Cement is little denser than bone."})
		}
		if i%7 == 6 {
			report.Vertebrae = append(report.Vertebrae, assess.Vertebra{Level: level + 1, BodyVolumeML: body + 2})
		}
		write(id, cohort.Record{Case: id, Status: cohort.Done, Inputs: cohort.Inputs{Study: "/imaging/case"}}, report)
	}
	write("V-999", cohort.Record{Case: "V-999", Status: cohort.Failed, Error: "no CT in the folder"}, nil)
}

// cohortWindow is a window with a cohort of n cases open.
func cohortWindow(t testing.TB, n int, change func(*model.Settings)) (*window, string) {
	t.Helper()
	return cohortIn(t, full, n, change)
}

func cohortIn(t testing.TB, size image.Point, n int, change func(*model.Settings)) (*window, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "2025 osteoporotic")
	results(t, dir, n, 0)
	w := newWindow(t, size, change)
	w.backend.post, w.backend.pre = scan(t, true), scan(t, false)
	w.app.Send(model.OpenCohort{Path: dir, Now: w.Now})
	w.Until("the cohort", func() bool { return len(w.app.State().Cohort.Rows) > 0 })
	w.Frame()
	return w, dir
}

func TestCohortTable(t *testing.T) {
	w, _ := cohortWindow(t, 42, nil)
	s := w.app.State()
	c := &s.Cohort
	if c.Cases != 43 || len(c.Rows) != 42+6+1 || len(c.Shown) != 43 || !w.Has("43 of 49 rows") {
		t.Fatalf("%d cases, %d rows, %d shown: %q", c.Cases, len(c.Rows), len(c.Shown), w.Labels())
	}
	first := func() *model.CohortRow { return &c.Rows[c.Shown[0]] }
	w.ClickOn("Fill %")
	for n := 1; n < len(c.Shown); n++ {
		if a, b := c.Rows[c.Shown[n-1]].Fill, c.Rows[c.Shown[n]].Fill; a < b {
			t.Fatalf("row %d: %v before %v, want the fullest first", n, a, b)
		}
	}
	most := first().Fill
	w.ClickOn("Fill %")
	if first().Fill >= most {
		t.Error("a second click does not turn the order round")
	}
	w.ClickOn("Case")
	if first().Case != "V-001" {
		t.Errorf("by case the first is %s", first().Case)
	}
	w.ClickOn("Filter")
	w.ClickOn("With a leak")
	if len(c.Shown) != 14 || !w.Has("14 of 49 rows") {
		t.Errorf("%d rows leak, want 14", len(c.Shown))
	}
	w.ClickOn("With a leak") // its chip
	w.ClickOn("Treated levels")
	if len(c.Shown) != 49 || !w.Has("all rows") {
		t.Errorf("without filters %d rows", len(c.Shown))
	}
	w.ClickOn("Find a case")
	w.Type("v-999")
	w.Frame()
	if len(c.Shown) != 1 || first().State != model.RowFailed || !w.Has("Failed") || !w.Has("no CT in the folder") {
		t.Errorf("the failed case is not found: %d rows", len(c.Shown))
	}
	w.ClickOn("CSV")
	w.Until("the file", func() bool { return strings.Contains(s.Toast.Text, "Rows written") })
	files, _ := filepath.Glob(filepath.Join(w.out, "cohort-*.csv"))
	if len(files) != 1 {
		t.Fatalf("files: %v", files)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	table, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil || len(table) != 2 || table[1][0] != "V-999" || table[1][5] != "" || table[1][11] != "failed" {
		t.Errorf("the file has %q, %v", table, err)
	}
}

// Of ten thousand rows only those in sight are laid out, and the plots are pictures.
func TestCohortOfTenThousand(t *testing.T) {
	w, _ := cohortWindow(t, 3, nil)
	s := w.app.State()
	rows := s.Cohort.Rows[:1]
	for len(rows) < 10000 {
		r := rows[0]
		r.Case = fmt.Sprintf("V-%05d", len(rows))
		r.Level, r.Fill = anatomy.T9+anatomy.Level(len(rows)%6), 0.1+float64(len(rows)%37)/100
		rows = append(rows, r)
	}
	w.app.Send(model.CohortRead{Path: "/results", Rows: rows, Cases: 10000, Now: w.Now})
	w.Frame()
	if !w.Has("10") || len(s.Cohort.Shown) != 10000 {
		t.Fatalf("%d rows shown", len(s.Cohort.Shown))
	}
	seen := func() (n int) {
		for _, words := range w.Labels() {
			if strings.HasPrefix(words, "V-") && strings.Contains(words, " ") {
				n++
			}
		}
		return n
	}
	if n := seen(); n < 10 || n > 40 {
		t.Errorf("%d rows are laid out", n)
	}
	w.Scroll(f32.Pt(400, 500), 40*notch, 0)
	w.Frame()
	if n := seen(); n < 10 || n > 40 || w.Has("V-00001") {
		t.Errorf("after scrolling %d rows are laid out", n)
	}
}

// A click on a row, and on a point of a plot, opens the case at its finding.
func TestCohortOpensTheCase(t *testing.T) {
	w, _ := cohortWindow(t, 1, nil)
	s := w.app.State()
	opened := func(how string) {
		t.Helper()
		w.Until(how, func() bool { return s.Result != nil })
		w.Frame()
		if s.Workspace != model.Read || s.Reading.Leak != 1 || s.Reading.Level != anatomy.T9 || !near(s.Reading.Cursor[model.PostSlot], leakCentre, 3) {
			t.Errorf("%s led to workspace %v, leak %d of %v at %v", how, s.Workspace, s.Reading.Leak, s.Reading.Level, s.Reading.Cursor[model.PostSlot])
		}
	}
	w.ClickOn("V-001 T9")
	opened("the row")
	w.Do("cohort")
	w.app.State().Result = nil
	r, ok := w.Bounds("Fill by level, %")
	if !ok {
		t.Fatal("no plot")
	}
	// The plot of one level: its point lies in the middle part; the click goes down the column until it hits.
	for y := r.Min.Y + 8; y < r.Max.Y && s.Workspace == model.CohortPlace; y += 4 {
		for dx := float32(-0.30); dx <= 0.30 && s.Workspace == model.CohortPlace; dx += 0.02 {
			x := float32(r.Min.X+38) + float32(r.Dx()-46)*(0.5+dx)
			w.Click(f32.Pt(x, float32(y)), pointer.ButtonPrimary)
			w.Now = w.Now.Add(time.Second)
		}
	}
	opened("the point")
}

// Beside another reading the limits of agreement follow the rows shown.
func TestCohortAgreement(t *testing.T) {
	w, dir := cohortWindow(t, 40, func(s *model.Settings) { s.Light = true })
	other := filepath.Join(filepath.Dir(dir), "reader B")
	results(t, other, 40, 0.01)
	s := w.app.State()
	w.ClickOn("Choose a second reading")
	w.app.Send(model.LookAround{Dir: filepath.Dir(dir)})
	w.Until("the folders", func() bool { return w.Has("reader B") })
	w.ClickOn("reader B")
	w.Until("what is in it", func() bool { return s.Browser.Dir == other })
	w.Frame()
	w.ClickOn("Open this folder")
	w.Until("the reading", func() bool { return s.Cohort.Pairs != nil })
	if s.Cohort.Pairing {
		t.Error("the choice is still there")
	}
	w.Frame()
	pairs, limits, icc, err := s.Cohort.Agreement()
	if err != nil || len(pairs) != 40 || icc == nil || math.Abs(limits.Bias-1) > 0.2 || limits.SD > 0.8 || limits.SD == 0 {
		t.Errorf("%d pairs, bias %v, SD %v, %v", len(pairs), limits.Bias, limits.SD, err)
	}
	if !w.Has("40 vertebrae · ICC") || !w.Has("reader B minus this cohort") {
		t.Errorf("the agreement is not told: %q", w.Labels())
	}
	compare(t, w, "en-light")
	w.Do("cohort-leaking")
	if pairs, _, _, _ := s.Cohort.Agreement(); len(pairs) != 14 {
		t.Errorf("%d pairs leak, want 14", len(pairs))
	}
}

func TestCohortEmpty(t *testing.T) {
	w := newWindow(t, full, french)
	w.Do("cohort")
	w.ClickOn("Chemin de la cohorte")
	w.Type(t.TempDir())
	w.ClickOn("Ouvrir")
	w.Until("the answer", func() bool { return w.app.State().Toast.Text != "" })
	if !strings.Contains(w.app.State().Toast.Text, "cohort run") {
		t.Errorf("said %q", w.app.State().Toast.Text)
	}
}
