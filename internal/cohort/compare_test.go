package cohort_test

import (
	"context"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/text"
)

// TestCompare: men have 4 points more fill than women, and all the leaks of the canal.
func TestCompare(t *testing.T) {
	c, out := plant(t, 25)
	for i := range c.Cases {
		r := report(i)
		r.Vertebrae[1].FillRatio = 0.2 + 0.04*float64(i%2) + 0.01*float64(i/2%3)
		r.Leaks = nil
		if i%2 == 1 {
			r.Leaks = []assess.Leak{{ID: 1, Level: anatomy.L1, Compartment: anatomy.Canal, Type: anatomy.TypeB, VolumeML: 0.1}}
		}
		if i < 24 {
			write(t, filepath.Join(cohort.Dir(out, c.Cases[i].ID), "report.json"), r)
		}
	}
	list, err := cohort.Merge(context.Background(), c, out)
	if err != nil {
		t.Fatal(err)
	}
	g, err := cohort.Compare(c.Covariates, list, "SEX")
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(g.Groups) != "[f m]" || math.Abs(g.Means[0].Difference-4) > 1e-9 || g.Means[0].Effect < 3 || g.Means[0].P > 1e-6 {
		t.Errorf("%+v", g.Means[0])
	}
	for _, s := range g.Shares {
		if s.Place == cohort.InCanal && (s.Difference != 1 || s.CI.Low < 0.5 || s.CI.High != 1) {
			t.Errorf("canal: %+v", s)
		}
	}
	if err := g.Write(out, text.English); err != nil {
		t.Fatal(err)
	}
	page := string(read(t, filepath.Join(out, "comparison.html")))
	if !strings.Contains(page, "&lt; 0.001") || !strings.Contains(page, "100.0 (12/12)") {
		t.Error("the page lacks numbers")
	}
	if _, err := cohort.Compare(c.Covariates, list, "nothing"); err == nil {
		t.Error("a column that is not there passes")
	}
	if _, err := cohort.Compare(c.Covariates, list, "age"); err == nil {
		t.Error("every age is a group")
	}
	runR(t, out)
}

// runR runs the script of mixed effects where R is; its difference is that of the data.
func runR(t *testing.T, out string) {
	t.Helper()
	r, err := exec.LookPath("Rscript")
	if err != nil || exec.Command(r, "-e", "library(nlme); library(MASS)").Run() != nil {
		t.Log("R with nlme and MASS is not here")
		return
	}
	cmd := exec.Command(r, "mixed.R")
	cmd.Dir = out
	text, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(text), "groupm") || !strings.Contains(string(text), "by sex") {
		t.Errorf("R: %v\n%s", err, text)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "groupm" {
			if !strings.HasPrefix(f[1], "4") && !strings.HasPrefix(f[1], "3.99") {
				t.Errorf("R finds %s", line)
			}
			return
		}
	}
}
