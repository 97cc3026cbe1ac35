package cohort_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/cohort"
)

func TestDifferences(t *testing.T) {
	was := []byte(`{"timing": {"total": 1}, "software": {"version": "1"}, "vertebrae": [{"level": "T9", "fillRatio": 0.2}], "leaks": [], "quality": [{"code": "a"}]}`)
	for _, c := range []struct{ now, want string }{
		{`{"timing": {"total": 9}, "software": {"version": "2"}, "quality": [{"code": "a"}], "leaks": [], "vertebrae": [{"fillRatio": 0.2, "level": "T9"}]}`, "[]"},
		{`{"vertebrae": [{"level": "T9", "fillRatio": 0.21}], "leaks": [], "quality": [{"code": "a"}]}`, "[{vertebrae[0].fillRatio 0.2 0.21}]"},
		{`{"vertebrae": [{"level": "T9", "fillRatio": 0.2, "genantGrade": 0}], "leaks": [{}], "quality": [{"code": "a"}]}`, "[{leaks 0 entries 1 entries} {vertebrae[0].genantGrade  0}]"},
		{`{"vertebrae": {}, "leaks": [], "quality": [{}]}`, `[{quality[0].code "a" } {vertebrae [{"fillRatio":0.2,"level":"T9"}] {}}]`},
	} {
		got, err := cohort.Differences(was, []byte(c.now))
		if err != nil {
			t.Fatal(err)
		}
		if s := fmt.Sprint(got); s != c.want {
			t.Errorf("%s: %s, want %s", c.now, s, c.want)
		}
	}
	if _, err := cohort.Differences(was, []byte("{")); err == nil {
		t.Error("half a report passes")
	}
}

// TestReasonHoldsNoPath: folders are often called like patients.
func TestReasonHoldsNoPath(t *testing.T) {
	c := cohort.Case{ID: "07", Study: "/data/Dupont Jeanne 1950/ct", Pre: "before/Dupont"}
	for _, e := range []string{
		"open /data/Dupont Jeanne 1950/ct/IM 1: permission denied",
		"vertefill analyze: no CT images among 3 files: [/data/Dupont Jeanne 1950/ct]",
		`cannot read "before/Dupont/x.dcm"`,
		"unexpected end: /elsewhere/Dupont/x",
		`open D:\scans\Dupont\x: not found`,
	} {
		o := cohort.Outcome{Case: c, Record: cohort.Record{Error: e}}
		if got := o.Reason(); strings.Contains(got, "Dupont") || !strings.Contains(got, "…") || len(got) < 4 {
			t.Errorf("%q becomes %q", e, got)
		}
	}
	plain := "vertefill analyze: no CT or fluoroscopy images; voxels of 0.4 mm/px"
	if o := (cohort.Outcome{Case: c, Record: cohort.Record{Error: plain}}); o.Reason() != plain {
		t.Errorf("%q becomes %q", plain, o.Reason())
	}
	abs, _ := filepath.Abs("before/Dupont")
	o := cohort.Outcome{Case: c, Record: cohort.Record{Error: "stat " + abs + ": gone"}}
	if got := o.Reason(); got != "stat …: gone" {
		t.Errorf("absolute path: %q", got)
	}
}
