package text_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/text"
)

func TestNumbers(t *testing.T) {
	en, fr := text.English, text.French
	for _, c := range []struct{ got, want string }{
		{en.Number(1234.5, 1), "1\u202f234.5"},
		{fr.Number(1234.5, 1), "1\u202f234,5"},
		{fr.Number(-2.25, 1), "\u22122,2"},
		{en.Number(-0.001, 2), "0.00"},
		{en.Number(math.NaN(), 1), "\u2013"},
		{en.ML(4.149), "4.15"},
		{en.ML(9.996), "10.0"},
		{fr.ML(15.02), "15,0"},
		{en.LeakML(0.004), "<\u00a00.01"},
		{fr.LeakML(0.39), "0,39"},
		{fr.Unit(fr.Percent(0.276), "%"), "27,6\u202f%"},
		{fr.Unit("4,15", "mL"), "4,15\u00a0mL"},
		{en.Interval(26.3, 28.9, 1), "[26.3\u201328.9]"},
		{fr.Date("20260312"), "12/03/2026"},
		{en.Date("20260312"), "2026-03-12"},
		{en.Date("2026"), "2026"},
		{fr.Time("154012.3"), "15:40"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestParseLang(t *testing.T) {
	for s, want := range map[string]text.Lang{"fr_CA.UTF-8": text.French, "FR": text.French, "en_GB": text.English, "C": text.English} {
		if got, _ := text.ParseLang(s); got != want {
			t.Errorf("%s: %s, want %s", s, got, want)
		}
	}
}
