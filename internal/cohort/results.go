package cohort

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/assess"
)

// IsResults reports whether a folder holds results of Run.
func IsResults(path string) bool {
	info, err := os.Stat(filepath.Join(path, casesDir))
	return err == nil && info.IsDir()
}

// isRun reports whether a folder holds results of Run and no images of a patient: every folder of its cases has a record.
func isRun(path string) bool {
	entries, err := os.ReadDir(filepath.Join(path, casesDir))
	for _, e := range entries {
		if _, missing := os.Stat(filepath.Join(path, casesDir, e.Name(), recordName)); missing != nil && !strings.HasPrefix(e.Name(), ".") {
			return false
		}
	}
	return err == nil
}

// OpenResults makes a cohort of the results in a folder: the cases that have a folder there, with the inputs that they were measured
// on, and the covariates of the table that was merged last. It can be run again without the list that it came from.
func OpenResults(out string) (*Cohort, error) {
	entries, err := os.ReadDir(filepath.Join(out, casesDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cohort: %w", err)
	}
	c := &Cohort{}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		x := Case{ID: e.Name()}
		if r, err := ReadRecord(Dir(out, x.ID)); err == nil { // Load says what is wrong with it otherwise
			in := r.Inputs
			x.Study, x.Post, x.Pre, x.Fluoro, x.Seeds, x.Levels, x.Session = in.Study, in.Post, in.Pre, in.Fluoro, in.Seeds, in.Levels, in.Session
		}
		c.Cases = append(c.Cases, x)
	}
	if len(c.Cases) == 0 {
		return nil, fmt.Errorf("cohort: no results of cohort run in %s", out)
	}
	return c, c.readCovariates(filepath.Join(out, "cases.csv"))
}

// readCovariates takes the covariates from a table of cases, where they stand between the case and its status; without a table there
// are none.
func (c *Cohort) readCovariates(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cohort: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return fmt.Errorf("cohort: table %s: %w", path, err)
	}
	if len(rows) == 0 {
		return nil
	}
	end := slices.Index(rows[0], caseColumns[0].Name)
	if end < 1 {
		return fmt.Errorf("cohort: table %s: no column %q", path, caseColumns[0].Name)
	}
	c.Covariates = rows[0][1:end]
	of := map[string][]string{}
	for _, r := range rows[1:] {
		of[r[0]] = r[1:end]
	}
	for i := range c.Cases {
		c.Cases[i].Covariates = of[c.Cases[i].ID]
	}
	return nil
}

// ResultsBeside is where results of a cohort go when nothing else was said: a folder beside it.
func ResultsBeside(path string) string {
	path = strings.TrimRight(path, string(filepath.Separator))
	for _, ext := range []string{".csv", ".tsv"} {
		if strings.EqualFold(filepath.Ext(path), ext) {
			path = strings.TrimSuffix(path, filepath.Ext(path))
		}
	}
	return path + "-results"
}

// ArgsOf are the parameters that the results in a folder were made with; nil when there are none.
func ArgsOf(c *Cohort, out string) []string {
	for _, x := range c.Cases {
		if r, err := ReadRecord(Dir(out, x.ID)); err == nil && r.Status == Done {
			return r.Args
		}
	}
	return nil
}

// ProgramVersion is what results depend on beside inputs and parameters.
func ProgramVersion() string { return strings.TrimSpace(assess.Version + " " + assess.Commit) }
