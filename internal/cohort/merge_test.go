package cohort_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/diag"
)

// report is a made-up report: two vertebrae, the second treated with 3.5 mL and one leak.
func report(n int) *assess.Report {
	fill := 0.1 + 0.2*float64(n%7)/7
	in := assess.Interval{fill - 0.01, fill + 0.01}
	canal := 1.5
	return &assess.Report{
		Schema: assess.Schema, Software: assess.Software{Name: "vertefill", Version: "9.9"},
		Inputs:     assess.Inputs{Post: &assess.Series{SeriesInstanceUID: fmt.Sprint("1.2.", n), Modality: "CT", Geometry: assess.Geometry{SpacingMM: []float64{0.5, 0.5, 0.8}, Verdict: "regular"}}},
		Parameters: map[string]any{"seeds": []string{}, "b": 1, "a": 2},
		Vertebrae: []assess.Vertebra{
			{Level: anatomy.T12, LevelSource: anatomy.SourceRibs, BodyVolumeML: 20},
			{Level: anatomy.L1, LevelSource: anatomy.SourceRibs, BodyVolumeML: 25, Treated: true, CementInBodyML: 25 * fill, FillRatio: fill, FillRatioInterval: &in, LeakIDs: []int{1},
				Distribution: &assess.Distribution{Left: 0.6, Right: 0.4, Anterior: 0.3, Middle: 0.4, Posterior: 0.3, EndplateContact: "none"},
				HeightsMM:    &assess.Heights{Anterior: 20, Middle: 19, Posterior: 24}, PreHeightsMM: &assess.Heights{Anterior: 18, Middle: 18, Posterior: 24}},
		},
		Leaks:   []assess.Leak{{ID: 1, Level: anatomy.L1, Compartment: anatomy.Compartments[n%3], Type: anatomy.TypeB, Side: anatomy.Left, VolumeML: 0.25, CanalEncroachmentMM: &canal}},
		Totals:  &assess.Totals{NewCementML: 25*fill + 0.25, InBodyML: 25 * fill, LeakML: 0.25},
		Quality: []assess.Quality{{Code: diag.CodeNoPre, Severity: diag.Warn, Message: "x"}, {Code: diag.CodeRegistrationPoor, Severity: diag.Warn, Message: "x", Level: anatomy.T12}},
		Timing:  map[string]float64{"total": float64(n)},
	}
}

// plant writes a cohort of n finished cases; the last one failed and there is one more that was never run.
func plant(t *testing.T, n int) (*cohort.Cohort, string) {
	t.Helper()
	out := t.TempDir()
	c := &cohort.Cohort{Covariates: []string{"age", "level", "sex"}}
	for i := range n + 1 {
		id := fmt.Sprintf("c%04d", i)
		c.Cases = append(c.Cases, cohort.Case{ID: id, Study: id, Covariates: []string{strconv.Itoa(50 + i%40), "z", []string{"f", "m"}[i%2]}})
		if i == n {
			break
		}
		r := cohort.Record{Case: id, Key: "k", Status: cohort.Done, Version: "9.9", Args: []string{"--lang", "en"}, Finished: time.Unix(int64(i), 0), Seconds: float64(i)}
		if i == n-1 {
			r.Status, r.Error = cohort.Failed, "no CT or fluoroscopy images"
		}
		write(t, filepath.Join(cohort.Dir(out, id), "case.json"), r)
		if r.Status == cohort.Done {
			write(t, filepath.Join(cohort.Dir(out, id), "report.json"), report(i))
		}
	}
	return c, out
}

func write(t *testing.T, path string, v any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// column reads a column of a CSV file.
func column(t *testing.T, path, name string) (out []string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.Index(rows[0], name)
	if i < 0 {
		t.Fatalf("no column %s in %s: %v", name, path, rows[0])
	}
	for _, r := range rows[1:] {
		out = append(out, r[i])
	}
	return out
}

func TestMerge(t *testing.T) {
	c, out := plant(t, 4)
	list, err := cohort.Merge(context.Background(), c, out)
	if err != nil || len(list) != 5 {
		t.Fatalf("%d outcomes, %v", len(list), err)
	}
	at := func(f string) string { return filepath.Join(out, f) }
	for _, x := range []struct{ file, column, want string }{
		{"cases.csv", "case", "[c0000 c0001 c0002 c0003 c0004]"},
		{"cases.csv", "status", "[done done done failed pending]"},
		{"cases.csv", "error", "[   no CT or fluoroscopy images ]"},
		{"cases.csv", "age", "[50 51 52 53 54]"},
		{"cases.csv", "treated", "[1 1 1  ]"},
		{"cases.csv", "sliceSpacingMm", "[0.8 0.8 0.8  ]"},
		{"vertebrae.csv", "case", "[c0000 c0000 c0001 c0001 c0002 c0002]"},
		{"vertebrae.csv", "level", "[T12 L1 T12 L1 T12 L1]"},
		{"vertebrae.csv", "level_", "[z z z z z z]"}, // a covariate called like a column
		{"vertebrae.csv", "fillRatioHigh", "[ 0.11  0.1385714285714286  0.16714285714285715]"},
		{"leaks.csv", "compartment", "[canal foramen disc-superior]"},
		{"leaks.csv", "sex", "[f m f]"},
		{"leaks.csv", "software", "[vertefill 9.9 vertefill 9.9 vertefill 9.9]"},
		{"leaks.csv", "parameters", `[{"a":2,"b":1,"seeds":[]} {"a":2,"b":1,"seeds":[]} {"a":2,"b":1,"seeds":[]}]`},
	} {
		if got := fmt.Sprint(column(t, at(x.file), x.column)); got != x.want {
			t.Errorf("%s %s: %s, want %s", x.file, x.column, got, x.want)
		}
	}
	q := column(t, at("vertebrae.csv"), "quality")
	if !strings.Contains(q[0], string(diag.CodeRegistrationPoor)) || strings.Contains(q[1], string(diag.CodeRegistrationPoor)) || !strings.Contains(q[1], string(diag.CodeNoPre)) {
		t.Errorf("quality of levels: %q", q[:2])
	}
	before := read(t, at("vertebrae.parquet"))
	if _, err := cohort.Merge(context.Background(), c, out); err != nil || !bytes.Equal(before, read(t, at("vertebrae.parquet"))) {
		t.Errorf("merged again: other bytes (%v)", err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestParquet reads the files back: same columns in the same order, typed, with nulls where cells are empty; and the dictionary
// names every column.
func TestParquet(t *testing.T) {
	c, out := plant(t, 4)
	if _, err := cohort.Merge(context.Background(), c, out); err != nil {
		t.Fatal(err)
	}
	var dictionary struct {
		Fields []struct{ Table, Name, Type, Meaning string }
	}
	if err := json.Unmarshal(read(t, filepath.Join(out, "fields.json")), &dictionary); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"cases", "vertebrae", "leaks"} {
		b := read(t, filepath.Join(out, name+".parquet"))
		f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		var columns []string
		for _, d := range dictionary.Fields {
			if d.Table == name {
				columns = append(columns, d.Name)
				if d.Meaning == "" || d.Type == "" {
					t.Errorf("%s.%s is not explained", name, d.Name)
				}
			}
		}
		r := parquet.NewReader(f)
		rows := make([]parquet.Row, 100)
		n, err := r.ReadRows(rows)
		if err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		for i, col := range f.Schema().Columns() {
			text := column(t, filepath.Join(out, name+".csv"), columns[i])
			if col[0] != columns[i] || n != len(text) {
				t.Fatalf("%s column %d is %v with %d rows, want %s with %d", name, i, col, n, columns[i], len(text))
			}
			for k := range n {
				v, got := rows[k][i], ""
				switch {
				case v.IsNull():
				case v.Kind() == parquet.Double:
					got = strconv.FormatFloat(v.Double(), 'f', -1, 64)
				default:
					got = v.String()
				}
				if got != text[k] {
					t.Errorf("%s.%s row %d: %q, CSV has %q", name, columns[i], k, got, text[k])
				}
			}
		}
	}
}
