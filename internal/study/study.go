// Package study opens what a reader points at, a folder, an archive, a disc, and says what every series in it is for: the CT after
// vertebroplasty, the CT before, the fluoroscopy runs. The choice rests on dates, descriptions and whether dense material is seen near
// the spine; its reason is kept in both languages and any role can be set by hand.
//
// Lengths are mm, volumes mL, positions patient LPS. The package loads no whole volume and measures nothing.
package study

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/text"
)

// Role is what a series is used for.
type Role string

// The roles of the contract.
const (
	Pre    Role = "pre"
	Post   Role = "post"
	Fluoro Role = "fluoro"
	Other  Role = "other"
)

// Reason says in both languages why a series has its role.
type Reason struct{ EN, FR string }

// In returns the reason in the language.
func (r Reason) In(l text.Lang) string {
	if l == text.French {
		return r.FR
	}
	return r.EN
}

// Study is what was found under the paths.
type Study struct {
	Paths   []string
	Series  []*Series // in time
	Skipped []dicomio.Skipped
	Files   int // looked at
}

// Series is one series and its role.
type Series struct {
	*dicomio.Series
	Role    Role
	Reason  Reason
	DenseML float64 // dense material near the spine, a quick estimate; NaN when not looked for
}

// Paths names what to open. Study is searched for all roles; the others give the role of what they hold.
type Paths struct {
	Study, Post, Pre string
	Fluoro           []string
	Regroup          []dicomio.Regrouping // what the user joins or splits, one after the other
}

// ErrEmpty is wrapped by Open when no picture was found that could be used.
var ErrEmpty = errors.New("no CT or fluoroscopy images")

// Open finds the series under a path and gives them roles. progress may be nil.
func Open(ctx context.Context, path string, progress func(fraction float64)) (*Study, error) {
	return OpenPaths(ctx, Paths{Study: path}, progress)
}

// OpenWatched is Open that tells of series before it ends (dicomio.Watch): soFar gets a study of those that look whole, with roles
// that more series may change.
func OpenWatched(ctx context.Context, path string, progress func(fraction float64), soFar func(*Study)) (*Study, error) {
	var found []*dicomio.Series
	dense := map[*dicomio.Series]float64{} // of an earlier look
	return OpenPathsWatched(ctx, Paths{Study: path}, dicomio.Watch{Progress: progress, Series: func(x *dicomio.Series) {
		if i := slices.IndexFunc(found, func(y *dicomio.Series) bool { return y.UID == x.UID }); i >= 0 {
			found[i] = x
		} else {
			found = append(found, x)
		}
		s := &Study{Paths: []string{path}}
		for _, y := range found {
			z := newSeries(y)
			if ml, known := dense[y]; known {
				z.DenseML = ml
			}
			s.Series = append(s.Series, z)
			s.Files += y.Files
		}
		if s.assign(ctx, nil) != nil {
			return // stopped
		}
		for _, z := range s.Series {
			if !math.IsNaN(z.DenseML) {
				dense[z.Series] = z.DenseML
			}
		}
		soFar(s)
	}})
}

func newSeries(x *dicomio.Series) *Series {
	return &Series{Series: x, Role: Other, DenseML: math.NaN()}
}

// OpenPaths is Open with roles given by path. A path given for a role that holds several series yields the best one for that role.
func OpenPaths(ctx context.Context, p Paths, progress func(fraction float64)) (*Study, error) {
	return OpenPathsWatched(ctx, p, dicomio.Watch{Progress: progress})
}

// OpenPathsWatched is OpenPaths that tells of series, without roles, before it ends.
func OpenPathsWatched(ctx context.Context, p Paths, watch dicomio.Watch) (*Study, error) {
	type givenPath struct {
		path string
		role Role
	}
	given := []givenPath{{p.Study, ""}, {p.Post, Post}, {p.Pre, Pre}}
	for _, f := range p.Fluoro {
		given = append(given, givenPath{f, Fluoro})
	}
	given = slices.DeleteFunc(given, func(g givenPath) bool { return g.path == "" })
	s := &Study{}
	forced := map[Role][]*Series{}
	seen := map[string]*Series{}
	for i, g := range given {
		inv, err := dicomio.ScanWatched(ctx, []string{g.path}, dicomio.Watch{Progress: share(watch.Progress, i, len(given)), Series: watch.Series})
		if err != nil {
			return nil, fmt.Errorf("study: %w", err)
		}
		s.Paths = append(s.Paths, g.path)
		s.Skipped = append(s.Skipped, inv.Skipped...)
		s.Files += inv.Files
		for _, ds := range inv.Series {
			x := seen[ds.UID]
			if x == nil {
				x = newSeries(ds)
				seen[ds.UID] = x
				s.Series = append(s.Series, x)
			}
			if g.role != "" {
				forced[g.role] = append(forced[g.role], x)
			}
		}
	}
	if len(s.Series) == 0 {
		return s, &dicomio.Refusal{Code: "empty", Err: ErrEmpty, English: fmt.Sprintf("%v among %d files: %s", ErrEmpty, s.Files, strings.Join(s.Paths, ", ")),
			French: fmt.Sprintf("pas d’images de scanner ni de radioscopie parmi %d fichiers\u202f: %s", s.Files, strings.Join(s.Paths, ", "))}
	}
	if err := s.regroup(p.Regroup, forced); err != nil {
		return nil, err
	}
	if err := s.assign(ctx, forced); err != nil {
		return nil, err
	}
	if watch.Progress != nil {
		watch.Progress(1)
	}
	return s, nil
}

// regroup joins and splits series as the user wants it. A joined series has the role that its first was given for.
func (s *Study) regroup(wishes []dicomio.Regrouping, forced map[Role][]*Series) error {
	for _, w := range wishes {
		inv := &dicomio.Inventory{}
		for _, x := range s.Series {
			inv.Series = append(inv.Series, x.Series)
		}
		if err := inv.Regroup(w); err != nil {
			return err
		}
		gone := func(x *Series) bool {
			return !slices.ContainsFunc(inv.Series, func(y *dicomio.Series) bool { return y.UID == x.UID })
		}
		s.Series = slices.DeleteFunc(s.Series, gone)
		for r := range forced {
			forced[r] = slices.DeleteFunc(forced[r], gone)
		}
		for i, x := range s.Series {
			x.Series = inv.Series[i]
		}
	}
	return nil
}

// scanShare is the part of the progress that scanning takes; looking for dense material takes the rest.
const scanShare = 0.8

func share(progress func(float64), i, n int) func(float64) {
	if progress == nil {
		return nil
	}
	return func(f float64) { progress(scanShare * (float64(i) + f) / float64(n)) }
}

// ByRole returns the first series with the role, nil when there is none.
func (s *Study) ByRole(r Role) *Series {
	for _, x := range s.Series {
		if x.Role == r {
			return x
		}
	}
	return nil
}

// Runs returns the fluoroscopy runs of all series with that role, in time.
func (s *Study) Runs() []*dicomio.Run {
	var out []*dicomio.Run
	for _, x := range s.Series {
		if x.Role == Fluoro {
			out = append(out, x.Series.Runs...)
		}
	}
	return out
}

// SetRole gives a series a role by hand. Pre and post are held by one series each: the one that had the role becomes other. The error
// says why a series cannot have the role.
func (s *Study) SetRole(uid string, r Role) error {
	var x *Series
	for _, y := range s.Series {
		if y.UID == uid {
			x = y
		}
	}
	switch {
	case x == nil:
		return fmt.Errorf("study: no series %s", uid)
	case (r == Pre || r == Post) && x.Main() == nil:
		return fmt.Errorf("study: series %s holds no volume", uid)
	case r == Fluoro && len(x.Series.Runs) == 0:
		return fmt.Errorf("study: series %s holds no run", uid)
	}
	if r == Pre || r == Post {
		for _, y := range s.Series {
			if y != x && y.Role == r {
				y.Role, y.Reason = Other, Reason{"Another series was chosen by hand.", "Une autre série a été choisie à la main."}
			}
		}
	}
	x.Role, x.Reason = r, byHand
	return nil
}

var byHand = Reason{"Chosen by hand.", "Choisie à la main."}
