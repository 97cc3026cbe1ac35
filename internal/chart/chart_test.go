package chart_test

import (
	"bytes"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/chart"
	"github.com/vertefill/vertefill/internal/plot"
	"github.com/vertefill/vertefill/internal/text"
)

func sample(t *testing.T) map[string]*chart.Chart {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	nan := math.NaN()
	var groups []chart.Group
	var marks []chart.Mark
	for i, n := range []string{"T11", "T12", "L1", "L2"} {
		g := chart.Group{Name: n}
		for range 3 + 20*i {
			g.Values = append(g.Values, chart.Value{Key: n, X: r.Float64() * 6, Y: 20 + 8*r.NormFloat64()})
		}
		groups = append(groups, g)
		marks = append(marks, chart.Mark{Name: "Mean", Value: 20, Low: 17, High: 23})
	}
	fr := chart.Axes{Title: "Remplissage par niveau", Y: "Remplissage (%)", X: "Volume (mL)", Lang: text.French}
	out := map[string]*chart.Chart{}
	keep := func(name string, c *chart.Chart, err error) {
		if err != nil {
			t.Fatal(name, err)
		}
		out[name] = c
	}
	c, err := chart.Boxes(fr, groups, marks)
	keep("boxes", c, err)
	c, err = chart.Scatter(fr, groups[1:], []chart.Line{{Y: 20, Low: 18, High: 22, Name: "biais 20,0"}, {Y: 35.5, Low: nan, High: nan, Name: "limite 35,5", Dashed: true}})
	keep("scatter", c, err)
	c, err = chart.Forest(chart.Axes{Title: "Leaks", X: "% of treated vertebrae", Lang: text.English}, []chart.Row{
		{Mark: chart.Mark{Name: "Canal", Value: 12.5, Low: 5, High: 24}, Others: []chart.Mark{{Name: "Martin 2012", Value: 20, Low: nan, High: nan}, {Name: "2013", Value: 7, Low: nan, High: nan}}},
		{Mark: chart.Mark{Name: "Disc above", Value: 0, Low: 0, High: 8}},
	}, "This cohort", "Published")
	keep("forest", c, err)
	return out
}

// TestSpotsLieOnTheirValues: where a value is drawn, there is ink of its symbol; and higher values lie higher.
func TestSpotsLieOnTheirValues(t *testing.T) {
	for name, c := range sample(t) {
		m, err := c.Image(6)
		if err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("CHART_OUT"); dir != "" {
			var b bytes.Buffer
			if err := png.Encode(&b, m); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name+".png"), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range c.Spots {
			if p := m.RGBAAt(int(s.At.X*6), int(s.At.Y*6)); name != "forest" && int(p.R)+int(p.G)+int(p.B) > 700 {
				t.Errorf("%s: nothing is drawn at %v", name, s.At)
			}
			if s.At.X < 0 || s.At.Y < 0 || s.At.X > c.W || s.At.Y > c.H {
				t.Errorf("%s: %v lies off the drawing", name, s.At)
			}
		}
	}
}

func TestScaleIsTrue(t *testing.T) {
	at := func(y float64) plot.Point {
		c, err := chart.Scatter(chart.Axes{Lang: text.English}, []chart.Group{{Values: []chart.Value{{X: 0, Y: 0}, {X: 10, Y: 10}, {X: 5, Y: y}}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Spots[2].At
	}
	c, err := chart.Scatter(chart.Axes{Lang: text.English}, []chart.Group{{Values: []chart.Value{{X: 0, Y: 0}, {X: 10, Y: 10}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	lo, hi := c.Spots[0].At, c.Spots[1].At
	for _, y := range []float64{2.5, 5, 9} {
		want := lo.Y + (hi.Y-lo.Y)*y/10
		if got := at(y); math.Abs(got.Y-want) > 1e-6 || math.Abs(got.X-(lo.X+hi.X)/2) > 1e-6 {
			t.Errorf("%g lies at %v, want height %g", y, got, want)
		}
	}
	if !(hi.Y < lo.Y && hi.X > lo.X) {
		t.Errorf("the axes run the wrong way: %v %v", lo, hi)
	}
}

func TestWordsAndNumbersOfTheLanguage(t *testing.T) {
	all := sample(t)
	var b bytes.Buffer
	if err := all["scatter"].SVG(&b, "x"); err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"Remplissage (%)", "Volume (mL)", "biais 20,0", "L1"} {
		if !strings.Contains(b.String(), ">"+w+"<") {
			t.Errorf("%q is not on the chart", w)
		}
	}
	again := sample(t)
	var b2 bytes.Buffer
	if err := again["scatter"].SVG(&b2, "x"); err != nil || !bytes.Equal(b.Bytes(), b2.Bytes()) {
		t.Errorf("drawn again: other bytes (%v)", err)
	}
}

// TestOddData: nothing, one value, equal values, what is not a number.
func TestOddData(t *testing.T) {
	nan := math.NaN()
	a := chart.Axes{Title: "x", Lang: text.English}
	for _, values := range [][]chart.Value{nil, {{Y: 3}}, {{Y: 3}, {Y: 3}, {Y: 3}, {Y: 3}, {Y: 3}}, {{X: nan, Y: nan}, {X: 1, Y: math.Inf(1)}}} {
		g := []chart.Group{{Name: "a", Values: values}}
		if _, err := chart.Scatter(a, g, nil); err != nil {
			t.Error(err)
		}
		if _, err := chart.Boxes(a, g, []chart.Mark{{Value: nan}}); err != nil {
			t.Error(err)
		}
	}
	if _, err := chart.Forest(a, nil, "", ""); err == nil {
		t.Log("an empty forest is drawn empty")
	}
	if _, err := chart.Scatter(chart.Axes{W: 1e6, H: 10}, nil, nil); err == nil {
		t.Error("a chart of a kilometre is drawn")
	}
}
