package stats_test

import (
	"errors"
	"fmt"
	"math"
	"os/exec"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/stats"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.8g, want %.8g", what, got, want)
	}
}

// TestBlandAltman uses the peak flow of 17 subjects by two meters (Bland and Altman 1986, table 1): bias -2.1, SD 38.8, limits
// -79.7 to 75.5 l/min with two standard deviations; the 1986 paper gives the interval of the bias as -22.0 to 17.8.
func TestBlandAltman(t *testing.T) {
	large := []float64{494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427}
	mini := []float64{512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451}
	r, err := stats.NewBlandAltman(mini, large)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "bias", r.Bias, -2.1, 0.05)
	near(t, "SD", r.SD, 38.8, 0.05)
	near(t, "bias low", r.BiasCI.Low, -22.0, 0.1)
	near(t, "bias high", r.BiasCI.High, 17.8, 0.1)
	near(t, "upper limit", r.Upper, -2.1+1.96*38.77, 0.1)
	if _, err := stats.NewBlandAltman([]float64{1}, []float64{2}); !errors.Is(err, stats.ErrTooFew) {
		t.Error("one pair passes")
	}
}

// shroutFleiss are six targets rated by four judges (Shrout and Fleiss 1979, table 2).
var shroutFleiss = [][]float64{{9, 2, 5, 8}, {6, 1, 3, 2}, {8, 4, 6, 8}, {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}}

// TestICC: the paper gives 0.29 and 0.71; R's psych::ICC gives the intervals 0.019 to 0.76 and 0.34 to 0.95.
func TestICC(t *testing.T) {
	r, err := stats.NewICC(shroutFleiss)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ICC(2,1)", r.Agreement.Value, 0.289764, 1e-6)
	near(t, "ICC(3,1)", r.Consistency.Value, 0.714841, 1e-6)
	near(t, "ICC(2,1) low", r.Agreement.CI.Low, 0.019, 6e-4)
	near(t, "ICC(2,1) high", r.Agreement.CI.High, 0.76, 6e-3)
	near(t, "ICC(3,1) low", r.Consistency.CI.Low, 0.34, 6e-3)
	near(t, "ICC(3,1) high", r.Consistency.CI.High, 0.95, 6e-3)
	same, err := stats.NewICC([][]float64{{1, 1}, {2, 2}, {4, 4}})
	if err != nil || same.Agreement.Value != 1 || same.Consistency.CI.Low != 1 {
		t.Errorf("equal readers: %+v %v", same, err)
	}
	if _, err := stats.NewICC([][]float64{{3, 3}, {3, 3}}); err == nil {
		t.Error("equal subjects pass")
	}
}

// TestFleissKappa is the worked example of Fleiss 1971 as it is widely taught: ten subjects, fourteen readers, 0.210.
func TestFleissKappa(t *testing.T) {
	counts := [][5]int{{0, 0, 0, 0, 14}, {0, 2, 6, 4, 2}, {0, 0, 3, 5, 6}, {0, 3, 9, 2, 0}, {2, 2, 8, 1, 1}, {7, 7, 0, 0, 0}, {3, 2, 6, 3, 0}, {2, 5, 3, 2, 2}, {6, 5, 2, 1, 0}, {0, 2, 2, 3, 7}}
	var ratings [][]string
	for _, row := range counts {
		var r []string
		for c, n := range row {
			for range n {
				r = append(r, fmt.Sprint(c))
			}
		}
		ratings = append(ratings, r)
	}
	k, err := stats.FleissKappa(ratings)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "observed", k.Observed, 0.378022, 1e-6)
	near(t, "expected", k.Expected, 0.212755, 1e-6)
	near(t, "kappa", k.Value, 0.209931, 1e-6)
}

// TestCohenKappa: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no gives 0.4; everybody always alike has no kappa.
func TestCohenKappa(t *testing.T) {
	var a, b []string
	for _, c := range []struct {
		a, b string
		n    int
	}{{"y", "y", 20}, {"y", "n", 5}, {"n", "y", 10}, {"n", "n", 15}} {
		for range c.n {
			a, b = append(a, c.a), append(b, c.b)
		}
	}
	k, err := stats.CohenKappa(a, b)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "kappa", k.Value, 0.4, 1e-12)
	// The standard error by the delta method, with derivatives taken numerically.
	p := [4]float64{0.4, 0.1, 0.2, 0.3}
	kappa := func(p [4]float64) float64 {
		sum := p[0] + p[1] + p[2] + p[3]
		e := ((p[0]+p[1])*(p[0]+p[2]) + (p[2]+p[3])*(p[1]+p[3])) / sum / sum
		return ((p[0]+p[3])/sum - e) / (1 - e)
	}
	var mean, square float64
	for c := range p {
		q := p
		q[c] += 1e-6
		g := (kappa(q) - kappa(p)) / 1e-6
		mean, square = mean+p[c]*g, square+p[c]*g*g
	}
	near(t, "half width", (k.CI.High-k.CI.Low)/2, 1.959964*math.Sqrt((square-mean*mean)/50), 1e-4)
	if _, err := stats.CohenKappa([]string{"x", "x"}, []string{"x", "x"}); !errors.Is(err, stats.ErrOneCategory) {
		t.Errorf("error %v", err)
	}
}

// TestAgainstSciPy compares exact intervals and quantiles with SciPy and NumPy to 6 digits.
func TestAgainstSciPy(t *testing.T) {
	const script = `
import numpy as np
from scipy.stats import beta, t
for k, n in ((0, 12), (3, 40), (17, 20), (9, 9)):
    print(0 if k == 0 else beta.ppf(.025, k, n-k+1), 1 if k == n else beta.ppf(.975, k+1, n-k))
x = np.array([3.1, -2, 8.4, 5.5, 0.2, 7.7, 1.1])
print(*np.percentile(x, [25, 50, 75]), x.std(ddof=1))
h = t.ppf(.975, 6)*x.std(ddof=1)/np.sqrt(7)
print(x.mean()-h, x.mean()+h)`
	out, err := exec.Command("/usr/bin/python3", "-c", script).CombinedOutput()
	if err != nil {
		t.Skipf("SciPy is not here: %v %s", err, out)
	}
	var want []float64
	for _, w := range strings.Fields(string(out)) {
		var x float64
		fmt.Sscan(w, &x)
		want = append(want, x)
	}
	var got []float64
	for _, c := range [][2]int{{0, 12}, {3, 40}, {17, 20}, {9, 9}} {
		p := stats.NewProportion(c[0], c[1])
		got = append(got, p.CI.Low, p.CI.High)
	}
	s := stats.Summarise([]float64{3.1, -2, 8.4, 5.5, 0.2, 7.7, 1.1})
	got = append(got, s.Q1, s.Median, s.Q3, s.SD, s.MeanCI.Low, s.MeanCI.High)
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	for i := range want {
		near(t, fmt.Sprint("value ", i), got[i], want[i], 1e-6)
	}
	if p := stats.NewProportion(0, 0); !math.IsNaN(p.Value) || p.CI != (stats.Interval{Low: 0, High: 1}) {
		t.Errorf("nothing of nothing: %+v", p)
	}
}
