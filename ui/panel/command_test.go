package panel

import (
	"testing"
)

func TestChoose(t *testing.T) {
	all := []command{
		{title: "Window", hay: "Window Fenêtre tool-window"},
		{title: "Ciment", hay: "Cement Ciment window-cement", reason: "nothing is open"},
		{title: "Go to vertebra T9", hay: "Go to vertebra T9", prefix: levelSign},
		{title: "T9 Canal · 0.16 mL", hay: "Canal", prefix: leakSign},
		{title: "case-9", hay: "/imaging/case-9", prefix: fileSign},
	}
	for query, want := range map[string][]string{
		"":         {"Window", "Ciment"},
		"FENÊ":     {"Window"},
		"cem":      {"Ciment"},
		"win":      {"Window", "Ciment"}, // usable ones first
		"t9":       {"Go to vertebra T9", "T9 Canal · 0.16 mL"},
		"#":        {"Go to vertebra T9"},
		"@ canal":  {"T9 Canal · 0.16 mL"},
		"> 9":      {"case-9"},
		"#canal":   nil,
		"bone set": nil,
	} {
		var got []string
		for _, c := range choose(all, query) {
			got = append(got, c.title)
		}
		if len(got) != len(want) {
			t.Errorf("%q gives %q, want %q", query, got, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q gives %q, want %q", query, got, want)
			}
		}
	}
}

func TestParseNumber(t *testing.T) {
	for s, want := range map[string]float64{"3.5": 3.5, "3,5": 3.5, "−600": -600, "1\u202f024": 1024, " 12 ": 12} {
		if x, ok := parseNumber(s); !ok || x != want {
			t.Errorf("%q is %g, %v", s, x, ok)
		}
	}
	for _, s := range []string{"", "a", "1,2,3"} {
		if _, ok := parseNumber(s); ok {
			t.Errorf("%q is a number", s)
		}
	}
}
