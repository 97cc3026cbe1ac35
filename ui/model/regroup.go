package model

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Regroup joins or splits series of the open study. What is shown of them is
// read again where it changed.
type Regroup struct {
	Series int
	// With is the series to join with; the series itself joins its volumes, -1
	// splits it.
	With int
	Way  string // to split by (dicomio.Series.Ways); empty shows its volumes apart
	Now  time.Time
}

func (Regroup) undoable() bool { return true }

func (m Regroup) apply(s *State) []Effect {
	list, err := s.regrouped(m)
	if err != nil {
		s.history.drop()
		return Say{i18n.NotRegrouped.In(s.Settings.Lang, "why", dicomio.Message(err, s.Settings.Lang)), m.Now}.apply(s)
	}
	s.grouping = m.Now
	return s.regroup(list, m.Now)
}

// regrouped returns the series of the open study after a wish.
func (s *State) regrouped(m Regroup) ([]Series, error) {
	in := func(i int) bool {
		return s.Study != nil && i >= 0 && i < len(s.Study.Series) && s.Study.Series[i].Source != nil && s.Study.Series[i].Source.Main() != nil
	}
	if !in(m.Series) || m.With >= 0 && !in(m.With) {
		return nil, errors.New("no volume")
	}
	x := s.Study.Series[m.Series]
	switch {
	case m.With >= 0 && m.With != m.Series:
		y := s.Study.Series[m.With]
		if s.shown(m.Series) && s.shown(m.With) {
			return nil, &dicomio.Refusal{Code: "shown", English: i18n.BothShown.EN, French: i18n.BothShown.FR}
		}
		joined, err := dicomio.Join(x.Source.Series, y.Source.Series)
		if err != nil {
			return nil, err
		}
		if x.Role == Other {
			x.Role, x.Reason = y.Role, y.Reason
		}
		list := slices.Clone(s.Study.Series)
		list[m.Series] = x.of(joined)
		return slices.Delete(list, m.With, m.With+1), nil
	case m.With >= 0:
		joined, err := dicomio.Join(x.Source.Series)
		if err != nil {
			return nil, err
		}
		list := slices.Clone(s.Study.Series)
		list[m.Series] = x.of(joined)
		return list, nil
	}
	whole := x.Source.Series
	if m.Way != "" {
		var err error
		if whole, err = whole.Split(m.Way); err != nil {
			return nil, err
		}
	}
	var parts []Series
	for i, part := range whole.Apart() {
		p := x.of(part)
		if i > 0 {
			p.Role, p.Reason = Other, Reason(i18n.PartOfSeries)
		}
		parts = append(parts, p)
	}
	return slices.Replace(slices.Clone(s.Study.Series), m.Series, m.Series+1, parts...), nil
}

// shown reports whether series i is the pre or the post CT.
func (s *State) shown(i int) bool {
	return s.Loaded[PreSlot].Series == i || s.Loaded[PostSlot].Series == i
}

// of returns the entry of a series that was made from this one.
func (x Series) of(ds *dicomio.Series) Series {
	same := x.Source.Main().Same(ds.Main())
	x.Source = &study.Series{Series: ds, Role: x.Role, Reason: x.Reason, DenseML: math.NaN()}
	x.Take(x.Source)
	if !same {
		x.Thumbnail = nil
	}
	return x
}

// Take sets what an entry tells of the pictures of its series.
func (x *Series) Take(source *study.Series) {
	x.Images = source.Images
	if m := source.Main(); m != nil {
		g := m.Grid
		x.Spacing, x.Verdict = [3]float64{float64(g.DX), float64(g.DY), float64(g.DZ)}, string(g.Verdict)
		x.Findings, x.Bytes = m.Findings, 2*int64(g.Len())
	}
}

// regroup lists other series in the open study. Volumes on screen whose
// pictures changed are read again.
func (s *State) regroup(list []Series, now time.Time) (effects []Effect) {
	old := s.Study.Series
	open := *s.Study
	open.Series = list
	s.Study = &open
	for slot, l := range s.Loaded {
		if l.Volume == nil || l.Series < 0 || l.Series >= len(old) {
			continue
		}
		i, same := placeOf(list, old[l.Series])
		s.Loaded[slot].Series = i
		if i >= 0 && !same {
			s.startJob(LoadJob, now)
			effects = append(effects, LoadSlot{s.Study, i, Slot(slot)})
		}
	}
	if s.Run.Cine != nil && s.Run.Series < len(old) {
		if i, ok := placeOf(list, old[s.Run.Series]); ok {
			s.Run.Series = i
		} else {
			s.Run = Run{}
		}
	}
	for i := range list {
		if list[i].Thumbnail == nil && list[i].Source != nil {
			effects = append(effects, MakeThumbnails{s.Study})
			break
		}
	}
	return effects
}

// placeOf finds a series in a list: the same one, or else one that shares its
// pictures; -1 when there is none.
func placeOf(list []Series, x Series) (i int, same bool) {
	volume := func(y Series) *dicomio.Stack {
		if y.Source == nil || y.Source.Series == nil {
			return nil
		}
		return y.Source.Main()
	}
	i = slices.IndexFunc(list, func(y Series) bool {
		if a, b := volume(x), volume(y); a != nil && b != nil {
			return a.Same(b)
		}
		return x.Source == y.Source && x.UID == y.UID
	})
	if i >= 0 {
		return i, true
	}
	return slices.IndexFunc(list, func(y Series) bool {
		a, b := volume(x), volume(y)
		return a != nil && b != nil && a.Shares(b)
	}), false
}

// MakeThumbnails draws the thumbnails that are missing and answers with
// ThumbnailsMade.
type MakeThumbnails struct{ Study *Study }

func (MakeThumbnails) effect() {}

// ThumbnailsMade is the answer to MakeThumbnails.
type ThumbnailsMade struct {
	Study *Study
	Made  []Series // those of the study, with thumbnails
}

func (m ThumbnailsMade) apply(s *State) []Effect {
	if s.Study == nil || s.Study.Path != m.Study.Path {
		return nil
	}
	open := *s.Study
	open.Series = slices.Clone(s.Study.Series)
	for i := range open.Series {
		if x := &open.Series[i]; x.Thumbnail == nil && x.Source != nil {
			if k := slices.IndexFunc(m.Made, func(y Series) bool { return y.Source == x.Source }); k >= 0 {
				x.Thumbnail = m.Made[k].Thumbnail
			}
		}
	}
	s.Study = &open
	return nil
}

// RegroupChoice is a way to join or split a series, as a menu shows it.
type RegroupChoice struct {
	Text   string
	Reason string // why it cannot be done; empty when it can
	Msg    Regroup
}

// RegroupChoices lists how series i of the open study can be split and what it
// can be joined with.
func (s *State) RegroupChoices(i int, l text.Lang) (out []RegroupChoice) {
	if s.Study == nil || i < 0 || i >= len(s.Study.Series) {
		return nil
	}
	x := s.Study.Series[i]
	if x.Source == nil || x.Source.Series == nil || x.Source.Main() == nil {
		return nil
	}
	add := func(words string, m Regroup) {
		c := RegroupChoice{Text: words, Msg: m}
		if _, err := s.regrouped(m); err != nil {
			c.Reason = dicomio.Message(err, l)
		}
		out = append(out, c)
	}
	n := len(x.Source.Stacks)
	if n > 1 {
		add(i18n.SplitVolumes.In(l, "n", l.Number(float64(n), 0)), Regroup{Series: i, With: -1})
		add(i18n.JoinVolumes.In(l, "n", l.Number(float64(n), 0)), Regroup{Series: i, With: i})
	}
	for _, way := range x.Source.Ways() {
		w := i18n.Text(dicomio.ReasonWords(way))
		add(i18n.SplitByWay.In(l, "way", w.In(l)), Regroup{Series: i, With: -1, Way: way})
	}
	for k, y := range s.Study.Series {
		if k != i && y.Source != nil && y.Source.Series != nil && y.Source.Main() != nil {
			add(i18n.JoinWith.In(l, "n", l.Number(float64(k+1), 0)), Regroup{Series: i, With: k})
		}
	}
	return out
}
