// Package cohort measures many cases: it finds them, checks them before the work begins, runs them on this machine or as shards of
// a larger one, and joins the reports into tidy tables. Every case is measured by a process of its own, so that none stops another;
// results land whole or not at all, and a second run does only what is missing or has changed. It measures nothing itself.
package cohort

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Case is one patient's procedure: where its images lie and what is known about it.
type Case struct {
	ID         string
	Study      string // a folder or archive with all series; empty when the roles are given
	Post, Pre  string
	Fluoro     []string
	Seeds      []string // T9=x,y,z
	Levels     []string
	Session    string   // session file whose corrections are applied; empty: none
	Covariates []string // values of the table's other columns, in the order of Cohort.Covariates
}

// Cohort is a list of cases in a fixed order.
type Cohort struct {
	Cases      []Case
	Covariates []string // names of the columns that the program does not use
}

// columns are the names that a table gives to the fields of a case.
var columns = map[string]func(c *Case, v string){
	"case":   func(c *Case, v string) { c.ID = v },
	"study":  func(c *Case, v string) { c.Study = v },
	"post":   func(c *Case, v string) { c.Post = v },
	"pre":    func(c *Case, v string) { c.Pre = v },
	"fluoro": func(c *Case, v string) { c.Fluoro = list(v) },
	"seeds":  func(c *Case, v string) { c.Seeds = list(v) },
	"levels": func(c *Case, v string) { c.Levels = list(v) },

	"session": func(c *Case, v string) { c.Session = v },
}

// list splits a cell that holds several values.
func list(v string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == '|' }), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// Open reads a cohort: a table (.csv or .tsv, with a column "case" and "study", "post" or "fluoro"), or a folder in which every folder
// or archive is a case. Paths in a table are relative to the table.
func Open(path string) (*Cohort, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cohort: %w", err)
	}
	c := &Cohort{}
	if info.IsDir() {
		err = c.readFolder(path)
	} else {
		err = c.readTable(path)
	}
	if err != nil {
		return nil, err
	}
	if len(c.Cases) == 0 {
		return nil, fmt.Errorf("cohort: no case in %s: a case is a folder or archive in it, or a line of a table", path)
	}
	return c, c.unique()
}

// readFolder takes every folder and archive of a folder as a case, but not results of Run, which lie there when it was run there.
func (c *Cohort) readFolder(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("cohort: %w", err)
	}
	for _, e := range entries { // ReadDir sorts by name
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		full := filepath.Join(path, name)
		info, err := os.Stat(full) // through links
		if err != nil {
			continue
		}
		if info.IsDir() && isRun(full) {
			continue
		}
		if info.IsDir() || strings.EqualFold(filepath.Ext(name), ".zip") {
			c.Cases = append(c.Cases, Case{ID: strings.TrimSuffix(name, filepath.Ext(name)), Study: full})
		}
	}
	return nil
}

func (c *Cohort) readTable(path string) error {
	if ext := strings.ToLower(filepath.Ext(path)); ext != ".csv" && ext != ".tsv" {
		return fmt.Errorf("cohort: %s is neither a folder of cases nor a table (.csv, .tsv)", path)
	}
	r, head, err := openTable(path)
	if err != nil {
		return err
	}
	known, ignored, seen := make([]func(*Case, string), len(head)), make([]bool, len(head)), map[string]bool{}
	for i, h := range head {
		name := strings.ToLower(h)
		if known[i] = columns[name]; known[i] != nil && seen[name] {
			return fmt.Errorf("cohort: table %s: two columns are called %q", path, h)
		}
		seen[name] = true
		if ignored[i] = h == ""; known[i] == nil && !ignored[i] {
			c.Covariates = append(c.Covariates, h)
		}
	}
	if !seen["case"] || !seen["study"] && !seen["post"] && !seen["fluoro"] {
		return fmt.Errorf("cohort: table %s: a column case is needed, and study, post or fluoro; its columns are %q", path, head)
	}
	dir := filepath.Dir(path)
	place := func(p string) string {
		if p == "" || filepath.IsAbs(p) {
			return p
		}
		return filepath.Join(dir, p)
	}
	for {
		row, line, err := nextRow(r, len(head))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cohort: table %s: %w", path, err)
		}
		var x Case
		for i, v := range row {
			switch {
			case known[i] != nil:
				known[i](&x, strings.TrimSpace(v))
			case !ignored[i]:
				x.Covariates = append(x.Covariates, v)
			}
		}
		if x.ID == "" || x.Study == "" && x.Post == "" && len(x.Fluoro) == 0 {
			return fmt.Errorf("cohort: table %s, line %d: a case needs a name in column case, and a path in study, post or fluoro", path, line)
		}
		x.Study, x.Post, x.Pre, x.Session = place(x.Study), place(x.Post), place(x.Pre), place(x.Session)
		for i := range x.Fluoro {
			x.Fluoro[i] = place(strings.TrimSpace(x.Fluoro[i]))
		}
		c.Cases = append(c.Cases, x)
	}
}

// openTable opens a table as programs and spreadsheets write it and reads its line of names. Rows may be of any length.
func openTable(path string) (*csv.Reader, []string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("cohort: %w", err)
	}
	if !utf8.Valid(text) {
		return nil, nil, fmt.Errorf("cohort: table %s: save it as UTF-8", path)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // spreadsheets begin with a byte order mark
	first, _, _ := bytes.Cut(text, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator(string(first)), -1
	r.TrimLeadingSpace = r.Comma != '\t' // empty cells between tabs would be passed over
	head, err := r.Read()
	if err == io.EOF {
		return nil, nil, fmt.Errorf("cohort: table %s is empty", path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("cohort: table %s: %w", path, err)
	}
	for i := range head {
		head[i] = strings.TrimSpace(head[i])
	}
	return r, head, nil
}

// nextRow reads the next row of a table with as many cells as names; io.EOF at the end. Spreadsheets leave empty rows, which are passed over.
func nextRow(r *csv.Reader, columns int) (row []string, line int, err error) {
	for {
		if row, err = r.Read(); err != nil {
			return nil, 0, err
		}
		line, _ = r.FieldPos(0)
		switch {
		case strings.TrimSpace(strings.Join(row, "")) == "":
		case len(row) != columns:
			return nil, line, fmt.Errorf("line %d: %d cells under %d columns", line, len(row), columns)
		default:
			return row, line, nil
		}
	}
}

// separator is what parts the columns of a table, by its first line: tabs, commas, or the semicolons of spreadsheets in languages
// with a decimal comma.
func separator(head string) rune {
	for _, c := range "\t," {
		if strings.ContainsRune(head, c) {
			return c
		}
	}
	return ';'
}

// unique refuses names that two cases share, or that cannot be names of folders.
func (c *Cohort) unique() error {
	seen := map[string]bool{}
	for _, x := range c.Cases {
		if x.ID != filepath.Base(x.ID) || x.ID == "." || x.ID == ".." || strings.ContainsAny(x.ID, `<>:"/\|?*`) {
			return fmt.Errorf("cohort: case %q: a case name must do as the name of a folder", x.ID)
		}
		if key := strings.ToLower(x.ID); seen[key] { // file systems may not tell case
			return fmt.Errorf("cohort: two cases are called %q", x.ID)
		} else {
			seen[key] = true
		}
	}
	return nil
}

// Shard returns every n-th case, i from 1 to n: the same split on every machine.
func (c *Cohort) Shard(i, n int) *Cohort {
	out := &Cohort{Covariates: c.Covariates}
	for k := i - 1; k < len(c.Cases); k += n {
		out.Cases = append(out.Cases, c.Cases[k])
	}
	return out
}

// paths are the inputs of a case.
func (c *Case) paths() []string {
	out := []string{}
	for _, p := range append([]string{c.Study, c.Post, c.Pre}, c.Fluoro...) {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}
