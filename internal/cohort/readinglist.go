package cohort

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/deid"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/study"
)

// ListOptions say for whom a reading list is made.
type ListOptions struct {
	To      string // a new folder
	Readers []string
	Again   int    // cases that every reader reads twice, the second time among the last
	Seed    uint64 // of the order; equal seeds give equal orders
	// Assisted shows readers what the program measures, to be corrected and signed as in practice. Otherwise the window measures
	// nothing, and readers say which levels are treated, how full they are, and where cement leaked.
	Assisted bool
	Version  string // of the program
}

// ListMade tells what was made.
type ListMade struct {
	Key      *ReadingKey
	Left     []Problem // cases that could not be taken, and why
	BurnedIn int       // files whose pixels may show text
	Faces    int       // files whose surface may show a face
}

// again marks the second reading of a case by the same reader.
const again = " again"

// keyFile is the name of the key, which stays with whoever made the list.
const keyFile = "key.json"

// MakeReadingList makes, for every reader, a folder of numbered sessions in an order of its own: the CTs before and after and the runs
// of a case, de-identified, and a session file that the window opens. Every reader has other pseudonyms and UIDs, so that sessions
// tell nothing of each other, and reads without the program's result unless Assisted. Dates are shifted, so that before and after stay
// in order; descriptions go. The key stays in To.
func MakeReadingList(ctx context.Context, c *Cohort, o ListOptions, progress func(fraction float64)) (*ListMade, error) {
	if len(o.Readers) == 0 {
		return nil, fmt.Errorf("cohort: a reading list needs readers")
	}
	for i, r := range o.Readers {
		if r == "" || r != filepath.Base(r) || strings.HasPrefix(r, ".") || strings.HasSuffix(r, again) || slices.Contains(o.Readers[:i], r) {
			return nil, fmt.Errorf("cohort: %q cannot be the name of a reader: it names a folder, once", r)
		}
	}
	if _, err := os.Stat(o.To); err == nil {
		return nil, fmt.Errorf("cohort: a reading list wants a new folder: %s is there already", o.To)
	}
	if err := os.MkdirAll(filepath.Dir(o.To), 0o755); err != nil {
		return nil, fmt.Errorf("cohort: %w", err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(o.To), ".listing-")
	if err != nil {
		return nil, fmt.Errorf("cohort: %w", err)
	}
	defer os.RemoveAll(tmp)
	sources, made, err := findSources(ctx, c)
	if err != nil {
		return nil, err
	}
	made.Key = &ReadingKey{Schema: keySchema}
	if len(sources) == 0 {
		return nil, fmt.Errorf("cohort: no case of the cohort can be read")
	}
	total := len(o.Readers) * (len(sources) + min(o.Again, len(sources)))
	done := 0
	for n, reader := range o.Readers {
		for place, x := range orderFor(sources, o, n) {
			name := fmt.Sprintf("%03d", place+1)
			e := ReadingEntry{Reader: reader, Place: filepath.ToSlash(filepath.Join(reader, name)), Case: x.c.ID}
			if x.second {
				e.Reader += again
			}
			if e.Session, err = x.copyTo(ctx, filepath.Join(tmp, reader, name), name, o, made); err != nil {
				return nil, err
			}
			made.Key.Entries = append(made.Key.Entries, e)
			done++
			if progress != nil {
				progress(float64(done) / float64(total))
			}
		}
	}
	err = export.WriteFile(filepath.Join(tmp, keyFile), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(made.Key)
	})
	if err == nil {
		err = os.Chmod(filepath.Join(tmp, keyFile), 0o600)
	}
	if err == nil {
		err = os.Chmod(tmp, 0o755)
	}
	if err == nil {
		err = os.Rename(tmp, o.To)
	}
	if err != nil {
		return nil, fmt.Errorf("cohort: reading list: %w", err)
	}
	return made, nil
}

// source is a case with the series that a reader gets.
type source struct {
	c      *Case
	uids   session.Study
	second bool
}

func findSources(ctx context.Context, c *Cohort) (out []source, made *ListMade, err error) {
	made = &ListMade{}
	for i := range c.Cases {
		x := &c.Cases[i]
		s, err := study.OpenPaths(ctx, study.Paths{Study: x.Study, Post: x.Post, Pre: x.Pre, Fluoro: x.Fluoro}, nil)
		if ctx.Err() != nil {
			return nil, nil, fmt.Errorf("cohort: %w", ctx.Err())
		}
		if err != nil {
			o := Outcome{Case: *x, Record: Record{Error: err.Error()}}
			made.Left = append(made.Left, Problem{x.ID, "unreadable", "error", o.Reason()})
			continue
		}
		post := s.ByRole(study.Post)
		if post == nil {
			made.Left = append(made.Left, Problem{x.ID, "no-post", "error", says["no-post"][0]})
			continue
		}
		u := session.Study{Post: post.UID}
		if pre := s.ByRole(study.Pre); pre != nil {
			u.Pre = pre.UID
		}
		for _, r := range s.Series {
			if r.Role == study.Fluoro {
				u.Fluoro = append(u.Fluoro, r.UID)
			}
		}
		out = append(out, source{c: x, uids: u})
	}
	return out, made, nil
}

// orderFor shuffles the cases for the n-th reader. Those that come again are of the first half and come among the second; where they
// are more, behind all others.
func orderFor(list []source, o ListOptions, n int) []source {
	r := rand.New(rand.NewPCG(o.Seed, uint64(n)+1))
	shuffle := func(x []source) { r.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] }) }
	first := slices.Clone(list)
	shuffle(first)
	twice := slices.Clone(first[:min(o.Again, len(first))])
	for i := range twice {
		twice[i].second = true
	}
	half := max(len(first)/2, len(twice))
	later := append(slices.Clone(first[half:]), twice...)
	shuffle(later)
	return append(first[:half:half], later...)
}

// copyTo writes the anonymous images and the session of a case, under UIDs of its own.
func (x *source) copyTo(ctx context.Context, dir, name string, o ListOptions, made *ListMade) (session.Study, error) {
	m, err := deid.NewMapping()
	if err != nil {
		return session.Study{}, err
	}
	wanted := x.uids.UIDs()
	save := func(file string, write func(io.Writer) error) error {
		path := filepath.Join(dir, "images", file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return export.WriteFile(path, write)
	}
	sum, err := deid.SeriesOf(ctx, x.c.paths(), func(uid string) bool { return slices.Contains(wanted, uid) }, deid.Options{Dates: deid.ShiftDates}, m, save, nil)
	if err != nil {
		return session.Study{}, fmt.Errorf("cohort: case %s: %w", x.c.ID, err)
	}
	if sum.Files == 0 {
		return session.Study{}, fmt.Errorf("cohort: case %s: none of its images could be de-identified", x.c.ID)
	}
	made.BurnedIn += sum.BurnedIn
	made.Faces += sum.Faces
	s := session.Study{Post: m.UID(x.uids.Post), Pre: m.UID(x.uids.Pre)}
	for _, u := range x.uids.Fluoro {
		s.Fluoro = append(s.Fluoro, m.UID(u))
	}
	state := session.State{Study: s, Program: o.Version, Last: time.Unix(0, 0).UTC()} // the time of making would tell the order of cases
	if !o.Assisted {
		state.SetBlind()
	}
	return s, session.Write(filepath.Join(dir, name+session.Extension), state)
}
