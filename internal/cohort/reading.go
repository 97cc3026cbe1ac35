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
	"github.com/vertefill/vertefill/internal/session"
)

// Reading is what one reader, a program or one run says of the cases.
type Reading struct {
	Name    string
	Reports map[string]*assess.Report // by case
	Masks   map[string]string         // by case: the folder with vertebrae.nii.gz and cement.nii.gz

	// NoVolumes marks a reading in which leaks were seen and not measured.
	NoVolumes bool
}

// ReadReading reads the reading of a name from a folder:
//   - results of cohort run (it holds the folder cases), whose masks are compared too;
//   - session files that came back from readers: the last signed report counts, cases are told by the key of the reading list;
//   - tables: vertebrae.csv with case, level and any of fillRatio, bodyVolumeMl, cementInBodyMl and heights, and leaks.csv with case,
//     level, compartment, type and volumeMl, as the program itself writes them.
//
// key is nil when there was no reading list. Unsigned sessions are returned by name in unsigned: they do not count.
func ReadReading(ctx context.Context, name, path string, c *Cohort, key *ReadingKey) (r *Reading, unsigned []string, err error) {
	r = &Reading{Name: name, Reports: map[string]*assess.Report{}, Masks: map[string]string{}}
	if _, err := os.Stat(filepath.Join(path, casesDir)); err == nil {
		list, err := Load(ctx, c, path)
		if err != nil {
			return nil, nil, err
		}
		for _, o := range list {
			if o.Report != nil {
				r.Reports[o.Case.ID], r.Masks[o.Case.ID] = o.Report, Dir(path, o.Case.ID)
			}
		}
		return r.checked(path, nil)
	}
	if _, err := os.Stat(filepath.Join(path, "vertebrae.csv")); err == nil {
		if err := r.readTables(path); err != nil {
			return nil, nil, err
		}
		return r.checked(path, nil)
	}
	unsigned, err = r.readSessions(path, name, key)
	if err != nil {
		return nil, nil, err
	}
	return r.checked(path, unsigned)
}

func (r *Reading) checked(path string, unsigned []string) (*Reading, []string, error) {
	if len(r.Reports) == 0 {
		return nil, unsigned, fmt.Errorf("cohort: reading %s: nothing to compare in it: results of cohort run, vertebrae.csv, or signed sessions of the reading list: %s", r.Name, path)
	}
	return r, unsigned, nil
}

// returned is a session that came back.
type returned struct {
	path  string
	state session.State
}

// returnedBy finds, for every case, the session of a reader that was signed last below a folder, and the cases whose sessions are not
// signed. Sessions of other readers are passed over, so that all may return to one folder.
func returnedBy(path, name string, key *ReadingKey) (signed map[string]returned, unsigned []string, err error) {
	signed = map[string]returned{}
	seen := map[string]bool{}
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, session.Extension) {
			return err
		}
		s, err := session.Read(p)
		if errors.Is(err, session.ErrNoSession) {
			return nil
		}
		if err != nil {
			return err
		}
		e := key.find(s.Study)
		if e == nil || e.Reader != name {
			return nil
		}
		seen[e.Case] = true
		if n := len(s.Signed); n > 0 {
			if old, ok := signed[e.Case]; !ok || s.Signed[n-1].At.After(old.state.Signed[len(old.state.Signed)-1].At) {
				signed[e.Case] = returned{p, s}
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("cohort: reading %s: %w", name, err)
	}
	for id := range seen {
		if _, ok := signed[id]; !ok {
			unsigned = append(unsigned, id)
		}
	}
	slices.Sort(unsigned)
	return signed, unsigned, nil
}

// readSessions takes the signed reports of a reader's sessions.
func (r *Reading) readSessions(path, name string, key *ReadingKey) (unsigned []string, err error) {
	if key == nil {
		return nil, fmt.Errorf("cohort: reading %s: session files need the key of the reading list (--key): %s", name, path)
	}
	signed, unsigned, err := returnedBy(path, name, key)
	if err != nil {
		return nil, err
	}
	for id, x := range signed {
		last := x.state.Signed[len(x.state.Signed)-1].Report
		if a, ok, err := session.ReadAnswer(last); err != nil {
			return nil, fmt.Errorf("cohort: reading %s: case %s: %w", name, id, err)
		} else if ok {
			r.Reports[id], r.NoVolumes = reportOf(a), true
			continue
		}
		report := &assess.Report{}
		if err := json.Unmarshal(last, report); err != nil {
			return nil, fmt.Errorf("cohort: reading %s: case %s: signed report: %w", name, id, err)
		}
		r.Reports[id] = report
	}
	return unsigned, nil
}

// reportOf puts what a blinded reader said into the form of a report: what was not said is NaN.
func reportOf(a session.Answer) *assess.Report {
	out := &assess.Report{Schema: assess.Schema}
	for _, x := range a.Levels {
		v := assess.Vertebra{Level: x.Level, Treated: true, FillRatio: nan, BodyVolumeML: nan, CementInBodyML: nan}
		if x.Fill != nil {
			v.FillRatio = *x.Fill
		}
		out.Vertebrae = append(out.Vertebrae, v)
		for _, l := range x.Leaks {
			k := assess.Leak{ID: len(out.Leaks) + 1, Level: x.Level, Compartment: l.Compartment, Type: l.Type, VolumeML: nan, CentroidLPS: [3]float64{nan, nan, nan}}
			if l.At != nil {
				k.CentroidLPS = *l.At
			}
			out.Leaks = append(out.Leaks, k)
		}
	}
	return out
}

// readTables reads a reading that was made with other means.
func (r *Reading) readTables(path string) error {
	at := func(id string) *assess.Report {
		if r.Reports[id] == nil {
			r.Reports[id] = &assess.Report{Schema: assess.Schema}
		}
		return r.Reports[id]
	}
	err := eachRow(filepath.Join(path, "vertebrae.csv"), []string{"case", "level"}, func(cell func(string) string, number func(string) (float64, error)) error {
		level, err := anatomy.ParseLevel(cell("level"))
		if err != nil {
			return err
		}
		v := assess.Vertebra{Level: level, Treated: cell("treated") != "false"}
		var h assess.Heights
		for name, to := range map[string]*float64{"fillRatio": &v.FillRatio, "bodyVolumeMl": &v.BodyVolumeML, "cementInBodyMl": &v.CementInBodyML,
			"heightAnteriorMm": &h.Anterior, "heightMiddleMm": &h.Middle, "heightPosteriorMm": &h.Posterior} {
			if *to, err = number(name); err != nil {
				return err
			}
		}
		if v.FillRatio < 0 || v.FillRatio > 1 {
			return fmt.Errorf("column fillRatio: %s is no share from 0 to 1", cell("fillRatio"))
		}
		if h.Anterior == h.Anterior { // not NaN
			v.HeightsMM = &h
		}
		x := at(cell("case"))
		x.Vertebrae = append(x.Vertebrae, v)
		return nil
	})
	if err != nil {
		return err
	}
	leaks := filepath.Join(path, "leaks.csv")
	if _, err := os.Stat(leaks); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return eachRow(leaks, []string{"case", "level", "compartment"}, func(cell func(string) string, number func(string) (float64, error)) error {
		level, err := anatomy.ParseLevel(cell("level"))
		if err != nil {
			return err
		}
		x := at(cell("case"))
		k := assess.Leak{ID: len(x.Leaks) + 1, Level: level, Compartment: anatomy.Compartment(cell("compartment")), Type: anatomy.LeakType(cell("type"))}
		if !slices.Contains(anatomy.Compartments, k.Compartment) {
			return fmt.Errorf("column compartment: %q is none of %q", k.Compartment, anatomy.Compartments)
		}
		if k.VolumeML, err = number("volumeMl"); err != nil {
			return err
		}
		for i, name := range []string{"centroidL", "centroidP", "centroidS"} {
			if k.CentroidLPS[i], err = number(name); err != nil {
				return err
			}
		}
		x.Leaks = append(x.Leaks, k)
		return nil
	})
}

// eachRow reads a table with a line of names; an empty cell is NaN as a number.
func eachRow(path string, need []string, row func(cell func(string) string, number func(string) (float64, error)) error) error {
	in, head, err := openTable(path)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, h := range head {
		at[h] = i
	}
	for _, n := range need {
		if _, ok := at[n]; !ok {
			return fmt.Errorf("cohort: table %s: no column %q", path, n)
		}
	}
	for {
		cells, line, err := nextRow(in, len(head))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cohort: table %s: %w", path, err)
		}
		cell := func(name string) string {
			if i, ok := at[name]; ok {
				return strings.TrimSpace(cells[i])
			}
			return ""
		}
		err = row(cell, func(name string) (float64, error) {
			s := cell(name)
			if s == "" {
				return nan, nil
			}
			if in.Comma != ',' { // a decimal comma is one only where commas part no columns
				s = strings.Replace(s, ",", ".", 1)
			}
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return nan, fmt.Errorf("column %s: %q is not a number", name, cell(name))
			}
			return x, nil
		})
		if err != nil {
			return fmt.Errorf("cohort: table %s, line %d: %w", path, line, err)
		}
	}
}
