package cohort

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
)

// Outcome is what became of a case. Report is nil unless the case is done.
type Outcome struct {
	Case   Case
	Record Record
	Report *assess.Report
}

const reportName = "report.json"

// Load reads the results of a cohort in the order of its cases. What lies in the results' folder is taken as it is: State tells
// whether it is out of date. A case without results is Pending; one whose report cannot be read is Failed, with the reason.
func Load(ctx context.Context, c *Cohort, out string) ([]Outcome, error) {
	list := make([]Outcome, len(c.Cases))
	for i, x := range c.Cases {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("cohort: %w", err)
		}
		dir := Dir(out, x.ID)
		o := Outcome{Case: x}
		var err error
		o.Record, err = ReadRecord(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			o.Record = Record{Case: x.ID, Status: Pending}
		case err != nil:
			o.Record = Record{Case: x.ID, Status: Failed, Error: err.Error()}
		case o.Record.Status == Done:
			if o.Report, err = readReport(filepath.Join(dir, reportName)); err != nil {
				o.Record.Status, o.Record.Error = Failed, err.Error()
			}
		}
		list[i] = o
	}
	return list, nil
}

func readReport(path string) (*assess.Report, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cohort: %w", err)
	}
	r := &assess.Report{}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("cohort: report: %w: %s", err, path)
	}
	if r.Schema != assess.Schema {
		return nil, fmt.Errorf("cohort: report of schema %q, not %q: %s", r.Schema, assess.Schema, path)
	}
	return r, nil
}

// caseColumns are the columns of cases.csv that hold what is known of a case; covariates stand behind the first. Times are left out:
// equal results give equal tables.
var caseColumns = []struct {
	export.Field
	value func(o *Outcome) string
}{
	{export.Field{Table: "cases", Name: "status", Type: "string", Meaning: "what became of the case", Values: []string{"done", "failed", "pending"}}, func(o *Outcome) string { return string(o.Record.Status) }},
	{export.Field{Table: "cases", Name: "error", Type: "string", Meaning: "why it could not be measured, without paths"}, func(o *Outcome) string { return o.Reason() }},
	{export.Field{Table: "cases", Name: "seriesInstanceUID", Type: "string", Meaning: "control CT that was measured"}, ofReport(func(r *assess.Report) string { return uidOf(r.Inputs.Post) })},
	{export.Field{Table: "cases", Name: "preSeriesInstanceUID", Type: "string", Meaning: "CT before the procedure"}, ofReport(func(r *assess.Report) string { return uidOf(r.Inputs.Pre) })},
	{export.Field{Table: "cases", Name: "fluoroRuns", Type: "integer", Meaning: "number of fluoroscopy runs"}, ofReport(func(r *assess.Report) string { return strconv.Itoa(len(r.Fluoro)) })},
	{export.Field{Table: "cases", Name: "geometry", Type: "string", Meaning: "verdict on the slice positions of the control CT"}, ofReport(func(r *assess.Report) string {
		if r.Inputs.Post == nil {
			return ""
		}
		return r.Inputs.Post.Geometry.Verdict
	})},
	{export.Field{Table: "cases", Name: "sliceSpacingMm", Type: "number", Unit: "mm", Meaning: "distance of slices of the control CT"}, ofReport(func(r *assess.Report) string {
		if r.Inputs.Post == nil || len(r.Inputs.Post.Geometry.SpacingMM) < 3 {
			return ""
		}
		return decimal(r.Inputs.Post.Geometry.SpacingMM[2])
	})},
	{export.Field{Table: "cases", Name: "vertebrae", Type: "integer", Meaning: "number of vertebrae measured"}, ofReport(func(r *assess.Report) string { return strconv.Itoa(len(r.Vertebrae)) })},
	{export.Field{Table: "cases", Name: "treated", Type: "integer", Meaning: "number of them with new cement"}, ofReport(func(r *assess.Report) string {
		n := 0
		for _, v := range r.Vertebrae {
			if v.Treated {
				n++
			}
		}
		return strconv.Itoa(n)
	})},
	{export.Field{Table: "cases", Name: "leaks", Type: "integer", Meaning: "number of leaks"}, ofReport(func(r *assess.Report) string { return strconv.Itoa(len(r.Leaks)) })},
	{export.Field{Table: "cases", Name: "newCementMl", Type: "number", Unit: "mL", Meaning: "new cement, wherever it lies"}, total(func(t *assess.Totals) float64 { return t.NewCementML })},
	{export.Field{Table: "cases", Name: "inBodyMl", Type: "number", Unit: "mL", Meaning: "new cement in bodies"}, total(func(t *assess.Totals) float64 { return t.InBodyML })},
	{export.Field{Table: "cases", Name: "inPedicleMl", Type: "number", Unit: "mL", Meaning: "new cement in pedicle or arch bone"}, total(func(t *assess.Totals) float64 { return t.InPedicleML })},
	{export.Field{Table: "cases", Name: "leakMl", Type: "number", Unit: "mL", Meaning: "new cement outside the bone"}, total(func(t *assess.Totals) float64 { return t.LeakML })},
	{export.Field{Table: "cases", Name: "leakFraction", Type: "number", Unit: "1", Meaning: "share of the new cement outside the bone"}, total(func(t *assess.Totals) float64 { return t.LeakFraction })},
	{export.Field{Table: "cases", Name: "priorCementMl", Type: "number", Unit: "mL", Meaning: "cement in bodies that was there before"}, total(func(t *assess.Totals) float64 { return t.PriorCementML })},
	{export.Field{Table: "cases", Name: "saturatedFraction", Type: "number", Unit: "1", Meaning: "share of the cement's voxels at the upper end of the HU scale"}, total(func(t *assess.Totals) float64 { return t.SaturatedFraction })},
	{export.Field{Table: "cases", Name: "quality", Type: "string", Meaning: "codes of all quality findings, separated by semicolons; a level stands behind @"}, ofReport(func(r *assess.Report) string {
		return codes(r, func(assess.Quality) bool { return true }, true)
	})},
	{export.Field{Table: "cases", Name: "inputsHash", Type: "string", Meaning: "SHA-256 of inputs, parameters and version"}, func(o *Outcome) string { return o.Record.Key }},
	{export.Field{Table: "cases", Name: "arguments", Type: "string", Meaning: "arguments of the program for every case"}, func(o *Outcome) string { return strings.Join(o.Record.Args, " ") }},
}

// sourceColumns stand at the end of every table: what made the row.
var sourceColumns = []struct {
	export.Field
	value func(r *assess.Report) string
}{
	{export.Field{Name: "software", Type: "string", Meaning: "program and version"}, func(r *assess.Report) string {
		return strings.TrimSpace(r.Software.Name + " " + r.Software.Version + " " + r.Software.Commit)
	}},
	{export.Field{Name: "parameters", Type: "string", Meaning: "every parameter of the measurement, as JSON"}, func(r *assess.Report) string {
		b, err := json.Marshal(r.Parameters) // sorts keys
		if err != nil {
			return ""
		}
		return string(b)
	}},
}

func ofReport(value func(*assess.Report) string) func(*Outcome) string {
	return func(o *Outcome) string {
		if o.Report == nil {
			return ""
		}
		return value(o.Report)
	}
}

func total(value func(*assess.Totals) float64) func(*Outcome) string {
	return ofReport(func(r *assess.Report) string {
		if r.Totals == nil {
			return ""
		}
		return decimal(value(r.Totals))
	})
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func uidOf(s *assess.Series) string {
	if s == nil {
		return ""
	}
	return s.SeriesInstanceUID
}

// codes lists quality findings once each, in their order.
func codes(r *assess.Report, want func(assess.Quality) bool, levels bool) string {
	var out []string
	for _, q := range r.Quality {
		if !want(q) {
			continue
		}
		s := string(q.Code)
		if levels && q.Level != anatomy.None {
			s += "@" + q.Level.String()
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, ";")
}

// Tables joins the outcomes: one row a case, one a vertebra, one a leak, each with the covariates of its case, the quality codes
// that concern it, version and parameters.
func Tables(covariates []string, list []Outcome) (cases, vertebrae, leaks Table) {
	var fields []export.Field
	for _, c := range caseColumns {
		fields = append(fields, c.Field)
	}
	cases = newTable("cases", covariates, list, fields)
	quality := export.Field{Name: "quality", Type: "string", Meaning: "codes of quality findings about this vertebra or the whole study, separated by semicolons"}
	vertebrae = newTable("vertebrae", covariates, list, append(export.VertebraFields(), quality))
	leaks = newTable("leaks", covariates, list, append(export.LeakFields(), quality))
	for i := range list {
		o := &list[i]
		head := append([]string{o.Case.ID}, padded(o.Case.Covariates, len(covariates))...)
		var cells, tail []string
		for _, c := range caseColumns {
			cells = append(cells, c.value(o))
		}
		for _, c := range sourceColumns {
			tail = append(tail, ofReport(c.value)(o))
		}
		cases.Rows = append(cases.Rows, slices.Concat(head, cells, tail))
		if o.Report == nil {
			continue
		}
		at := func(l anatomy.Level) string {
			return codes(o.Report, func(q assess.Quality) bool { return q.Level == anatomy.None || q.Level == l }, false)
		}
		for n := range o.Report.Vertebrae {
			vertebrae.Rows = append(vertebrae.Rows, slices.Concat(head, export.VertebraRow(o.Report, n), []string{at(o.Report.Vertebrae[n].Level)}, tail))
		}
		for n := range o.Report.Leaks {
			leaks.Rows = append(leaks.Rows, slices.Concat(head, export.LeakRow(o.Report, n), []string{at(o.Report.Leaks[n].Level)}, tail))
		}
	}
	return cases, vertebrae, leaks
}

// newTable makes the columns: case, covariates, what is measured, what made it. A covariate is a number when every cell of it is.
func newTable(name string, covariates []string, list []Outcome, fields []export.Field) Table {
	t := Table{Name: name, Rows: [][]string{}}
	t.Fields = append(t.Fields, export.Field{Name: "case", Type: "string", Meaning: "name of the case"})
	taken := map[string]bool{"case": true}
	for _, f := range fields {
		taken[f.Name] = true
	}
	for _, c := range sourceColumns {
		taken[c.Name] = true
	}
	for i, c := range covariates {
		kind := "string"
		if numeric(list, i) {
			kind = "number"
		}
		t.Fields = append(t.Fields, export.Field{Name: columnName(c, taken), Type: kind, Meaning: "covariate from the table of the cohort"})
	}
	t.Fields = append(t.Fields, fields...)
	for _, c := range sourceColumns {
		t.Fields = append(t.Fields, c.Field)
	}
	for i := range t.Fields {
		t.Fields[i].Table = name
	}
	return t
}

func numeric(list []Outcome, covariate int) bool {
	some := false
	for _, o := range list {
		if covariate >= len(o.Case.Covariates) || o.Case.Covariates[covariate] == "" {
			continue
		}
		if _, err := strconv.ParseFloat(o.Case.Covariates[covariate], 64); err != nil {
			return false
		}
		some = true
	}
	return some
}

func padded(s []string, n int) []string {
	return append(slices.Clone(s), make([]string, max(0, n-len(s)))...)[:n]
}

// Merge writes cases, vertebrae and leaks as .csv and .parquet and fields.json, what every column means, into the results' folder.
// Equal results give equal bytes.
func Merge(ctx context.Context, c *Cohort, out string) ([]Outcome, error) {
	if !IsResults(out) {
		return nil, fmt.Errorf("cohort: no results of cohort run in %s", out)
	}
	list, err := Load(ctx, c, out)
	if err != nil {
		return nil, err
	}
	cases, vertebrae, leaks := Tables(c.Covariates, list)
	var fields []export.Field
	for _, t := range []*Table{&cases, &vertebrae, &leaks} {
		fields = append(fields, t.Fields...)
		if err := export.WriteFile(filepath.Join(out, t.Name+".csv"), t.CSV); err != nil {
			return nil, err
		}
		if err := export.WriteFile(filepath.Join(out, t.Name+".parquet"), t.Parquet); err != nil {
			return nil, err
		}
	}
	return list, export.WriteFile(filepath.Join(out, "fields.json"), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"schema": "vertefill.fields/1", "report": assess.Schema, "fields": fields})
	})
}
