package cohort_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/text"
)

// varied is a made-up cohort of n cases with fills, leaks and heights of all kinds.
func varied(n int) (covariates []string, list []cohort.Outcome) {
	r := rand.New(rand.NewPCG(9, 9))
	for i := range n {
		x := report(i)
		v := &x.Vertebrae[1]
		v.Level = anatomy.T11 + anatomy.Level(r.IntN(5))
		v.BodyVolumeML = 15 + 12*r.Float64()
		v.FillRatio = 0.08 + 0.25*r.Float64()
		v.CementInBodyML = v.BodyVolumeML * v.FillRatio
		left := 0.2 + 0.6*r.Float64()
		v.Distribution = &assess.Distribution{Left: left, Right: 1 - left, CrossesMidline: left > 0.3 && left < 0.7}
		v.PreHeightsMM = &assess.Heights{Anterior: 18 - r.Float64(), Middle: 17, Posterior: 24}
		x.Leaks = nil
		for k := range r.IntN(3) {
			x.Leaks = append(x.Leaks, assess.Leak{ID: k + 1, Level: v.Level, Compartment: anatomy.Compartments[r.IntN(8)], Type: anatomy.TypeC, VolumeML: 0.02 + r.Float64()})
		}
		list = append(list, cohort.Outcome{Case: cohort.Case{ID: fmt.Sprintf("c%03d", i), Covariates: []string{[]string{"left", "right", "both"}[i%3]}}, Record: cohort.Record{Status: cohort.Done}, Report: x})
	}
	return []string{"Puncture"}, list
}

func TestSummarise(t *testing.T) {
	covariates, list := varied(6)
	fills := []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}
	for i := range list {
		v := &list[i].Report.Vertebrae[1]
		v.Level, v.FillRatio, v.BodyVolumeML, v.CementInBodyML = anatomy.L1, fills[i], 20, 20*fills[i]
		v.Distribution = &assess.Distribution{Left: 0.25, Right: 0.75}
		list[i].Report.Leaks = nil
	}
	list[0].Report.Leaks = []assess.Leak{{ID: 1, Level: anatomy.L1, Compartment: anatomy.DiscSuperior, Type: anatomy.TypeD, VolumeML: 0.2}, {ID: 2, Level: anatomy.L1, Compartment: anatomy.DiscInferior, Type: anatomy.TypeD, VolumeML: 0.4}}
	list[1].Report.Leaks = []assess.Leak{{ID: 1, Level: anatomy.L1, Compartment: anatomy.Canal, Type: anatomy.TypeB, VolumeML: 0.1}}
	list[2].Report.Quality = []assess.Quality{{Code: "gap-in-level", Severity: diag.Error, Level: anatomy.L1}}
	list[3].Report.Vertebrae[1].Treated = false
	list = append(list, cohort.Outcome{Case: cohort.Case{ID: "bad"}, Record: cohort.Record{Status: cohort.Failed, Error: "no CT: /home/jane doe/x"}}, cohort.Outcome{Case: cohort.Case{ID: "later"}, Record: cohort.Record{Status: cohort.Pending}})
	s := cohort.Summarise(covariates, list)
	f := s.Flow
	if f.Listed != 8 || f.Failed != 1 || f.Pending != 1 || f.Measured != 6 || f.NoCement != 1 || f.Treated != 5 || f.TreatedVertebrae != 5 || f.Withheld != 1 || f.NoPre != 6 {
		t.Errorf("flow %+v", f)
	}
	if strings.Contains(f.Reasons[0].Why, "jane") {
		t.Errorf("reason holds a path: %q", f.Reasons[0].Why)
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s %g, want %g", what, got, want)
		}
	}
	near("mean fill without the withheld one", s.All.Mean, (0.1+0.2+0.5+0.6)/4)
	near("any leak of vertebrae", s.Leaks[cohort.AnyVertebra].Value, 0.4)
	near("any leak of cases", s.Leaks[cohort.AnyCase].Value, 0.4)
	near("disc: two leaks of one vertebra count once", s.Leaks[cohort.InDisc].Value, 0.2)
	near("median volume in discs", s.Volumes[cohort.InDisc].Median, 0.3)
	near("fuller half", s.Larger.Mean, 0.75*(0.1+0.2+0.5+0.6)/4)
	if s.PunctureN != 3 { // cases 0 left, 1 right, 4 right; 2 is withheld, 5 both
		t.Errorf("%d sides of puncture", s.PunctureN)
	}
	near("puncture side", s.Puncture.Mean, (0.1*0.25+0.2*0.75+0.5*0.75)/3)
	near("correlation: all bodies are equal", s.Volume.Value, 1)
}

// TestWriteReport: the pages hold the numbers and the flow in both languages, the plots are there, and equal results give equal bytes.
func TestWriteReport(t *testing.T) {
	covariates, list := varied(60)
	list = append(list, cohort.Outcome{Case: cohort.Case{ID: "bad"}, Record: cohort.Record{Status: cohort.Failed, Error: "vertefill analyze: no CT or fluoroscopy images"}})
	c := &cohort.Cohort{Covariates: covariates}
	for _, l := range []text.Lang{text.English, text.French} {
		out, again := t.TempDir(), t.TempDir()
		if dir := os.Getenv("STUDY_OUT"); dir != "" {
			out = filepath.Join(dir, string(l))
			os.MkdirAll(out, 0o755)
		}
		for _, dir := range []string{out, again} {
			if err := cohort.WriteReport(c, list, dir, l); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"study.html", "study.pdf", "plots/leaks.svg", "plots/fill-by-level.png", "plots/volume-and-fill.svg", "plots/sides.svg", "plots/heights.png"} {
			if !bytes.Equal(read(t, filepath.Join(out, name)), read(t, filepath.Join(again, name))) {
				t.Errorf("%s: equal results give different bytes", name)
			}
		}
		page := string(read(t, filepath.Join(out, "study.html")))
		s := cohort.Summarise(covariates, list)
		for _, want := range []string{
			map[text.Lang]string{text.English: "Cases measured", text.French: "Cas mesurés"}[l], "no CT or fluoroscopy images", "Venmans 2011", "80 [70–87]",
			l.Percent(s.All.Mean) + " " + l.Interval(100*s.All.MeanCI.Low, 100*s.All.MeanCI.High, 1),
			fmt.Sprintf("%d / 60", s.Leaks[cohort.InCanal].K), l.Interval(100*s.Leaks[cohort.InCanal].CI.Low, 100*s.Leaks[cohort.InCanal].CI.High, 1),
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %q in the page", l, want)
			}
		}
		txt, err := exec.Command("pdftotext", "-layout", filepath.Join(out, "study.pdf"), "-").Output()
		if err == nil && (!strings.Contains(string(txt), "Venmans 2011") || strings.Contains(string(txt), "\ufffd")) {
			t.Errorf("%s: on paper: %.300s", l, txt)
		}
	}
}

func TestSpotKey(t *testing.T) {
	id, level, ok := cohort.ParseSpotKey(cohort.SpotKey("case 7", anatomy.T12))
	if !ok || id != "case 7" || level != anatomy.T12 {
		t.Errorf("%q %v %v", id, level, ok)
	}
	if _, _, ok := cohort.ParseSpotKey("canal"); ok {
		t.Error("a place passes for a vertebra")
	}
}

// TestReportOfNothing: a cohort without a result has a report that says so.
func TestReportOfNothing(t *testing.T) {
	c, out := plant(t, 0)
	list, err := cohort.Load(context.Background(), c, out)
	if err != nil {
		t.Fatal(err)
	}
	if err := cohort.WriteReport(c, list, out, text.English); err != nil {
		t.Fatal(err)
	}
}
