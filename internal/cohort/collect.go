package cohort

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Collected is the cohort of what one reader signed: the images of the reading list with the session that came back. Run on it makes
// reports and masks as the reader corrected them, so that masks can be compared too.
type Collected struct {
	Reader   string
	Cohort   *Cohort
	Unsigned []string // cases whose sessions are not signed
	Blind    []string // cases that were read without the program: there is nothing to measure again
}

// Collect finds what came back below a folder for every reader of a list. Results keep the names of the original cases; covariates
// are those of the original cohort.
func Collect(c *Cohort, key *ReadingKey, list, from string) ([]Collected, error) {
	var readers []string
	for _, e := range key.Entries {
		if !slices.Contains(readers, e.Reader) {
			readers = append(readers, e.Reader)
		}
	}
	slices.Sort(readers)
	var out []Collected
	for _, r := range readers {
		signed, unsigned, err := returnedBy(from, r, key)
		if err != nil {
			return nil, err
		}
		x := Collected{Reader: r, Cohort: &Cohort{Covariates: c.Covariates}, Unsigned: unsigned}
		for _, original := range c.Cases {
			s, ok := signed[original.ID]
			if !ok {
				continue
			}
			if s.state.Blind() {
				x.Blind = append(x.Blind, original.ID)
				continue
			}
			i := slices.IndexFunc(key.Entries, func(e ReadingEntry) bool { return e.Reader == r && e.Case == original.ID })
			images := filepath.Join(list, filepath.FromSlash(key.Entries[i].Place), "images")
			x.Cohort.Cases = append(x.Cohort.Cases, Case{ID: original.ID, Study: images, Session: s.path, Covariates: original.Covariates})
		}
		if len(x.Cohort.Cases)+len(unsigned)+len(x.Blind) > 0 {
			out = append(out, x)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("cohort: no session of the reading list came back: %s", from)
	}
	return out, nil
}

// FolderOf is the name of a reader's results: "A again" becomes A-again.
func FolderOf(reader string) string { return strings.ReplaceAll(reader, " ", "-") }
