package stats_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/stats"
)

// oracle reads what R printed, name by name in their order; where R is installed, R is asked again first.
func oracle(t *testing.T) map[string][]float64 {
	t.Helper()
	text, err := os.ReadFile("testdata/oracle.txt")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := exec.LookPath("Rscript"); err == nil {
		out, err := exec.Command(r, "testdata/oracle.R").Output()
		if err != nil {
			t.Fatalf("R: %v\n%s", err, out)
		}
		if string(out) != string(text) {
			t.Errorf("R says otherwise than testdata/oracle.txt:\n%s", out)
		}
	}
	values := map[string][]float64{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		words := strings.Fields(line)
		for _, w := range words[1:] {
			var x float64
			if _, err := fmt.Sscan(w, &x); err != nil {
				t.Fatal(line)
			}
			values[words[0]] = append(values[words[0]], x)
		}
	}
	return values
}

// TestAgainstR compares everything that readers are judged by with R, to six digits.
func TestAgainstR(t *testing.T) {
	want := oracle(t)
	check := func(name string, got ...float64) {
		t.Helper()
		if len(got) != len(want[name]) {
			t.Fatalf("%s: %d values, want %d", name, len(got), len(want[name]))
		}
		for i, w := range want[name] {
			near(t, fmt.Sprint(name, " ", i), got[i], w, 1e-6*math.Max(1, math.Abs(w)))
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	icc, err := stats.NewICC(shroutFleiss)
	must(err)
	check("icc21", icc.Agreement.Value, icc.Agreement.CI.Low, icc.Agreement.CI.High)
	check("icc31", icc.Consistency.Value, icc.Consistency.CI.Low, icc.Consistency.CI.High)
	large := []float64{494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427}
	mini := []float64{512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451}
	b, err := stats.NewBlandAltman(mini, large)
	must(err)
	check("bland", b.Bias, b.SD, b.BiasCI.Low, b.BiasCI.High, b.LowerCI.Low, b.LowerCI.High, b.UpperCI.Low, b.UpperCI.High)
	r, err := stats.Pearson(large, mini)
	must(err)
	check("pearson", r.Value, r.CI.Low, r.CI.High)
	ctl := []float64{4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14}
	trt := []float64{4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69}
	c, err := stats.Compare(ctl, trt)
	must(err)
	check("welch", c.Difference, c.CI.Low, c.CI.High, c.DF, c.T, c.P)
	check("hedges", c.Effect, c.EffectCI.Low, c.EffectCI.High)
	var exact []float64
	for _, x := range [][2]int{{0, 12}, {3, 40}, {17, 20}, {9, 9}} {
		p := stats.NewProportion(x[0], x[1])
		exact = append(exact, p.CI.Low, p.CI.High)
	}
	check("exact", exact...)
	s, err := stats.CompareShares(48, 80, 56, 70)
	must(err)
	check("newcombe", s.Difference, s.CI.Low, s.CI.High)
	t1, t2, t3 := strings.Split("BSCDBSSCDBCS", ""), strings.Split("BSCDSSCCDBBS", ""), strings.Split("BSCDBCSCDSCS", "")
	k, err := stats.CohenKappa(t1, t2)
	must(err)
	check("cohen", k.Value, k.CI.Low, k.CI.High)
	var all [][]string
	for i := range t1 {
		all = append(all, []string{t1[i], t2[i], t3[i]})
	}
	f, err := stats.FleissKappa(all)
	must(err)
	check("fleiss", f.Value, f.CI.Low, f.CI.High)
}

// TestNewcombe is contrast (a) of table II of Newcombe 1998: 56/70 against 48/80 gives 0.2000 with 0.0524 to 0.3339.
func TestNewcombe(t *testing.T) {
	c, err := stats.CompareShares(48, 80, 56, 70)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", c.Difference, 0.2, 1e-9)
	near(t, "low", c.CI.Low, 0.0524, 5e-5)
	near(t, "high", c.CI.High, 0.3339, 5e-5)
	if _, err := stats.Compare([]float64{1, 1}, []float64{1, 1}); err == nil {
		t.Error("equal values are compared")
	}
}
