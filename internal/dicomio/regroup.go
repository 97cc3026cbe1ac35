package dicomio

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/diag"
)

// ErrRegroup is wrapped by the errors of Join and Split.
var ErrRegroup = errors.New("the volumes stay as they are")

// obstacles are the differences that no wish can bridge: such pictures have no common grid or no common scale.
var obstacles = map[string]*Refusal{
	"orientation":        refuse("orientation", said{"the slices have different orientations", "les coupes ont des orientations différentes"}, ErrRegroup),
	"matrix":             refuse("matrix", said{"the slices have different numbers of pixels", "les coupes n’ont pas le même nombre de pixels"}, ErrRegroup),
	"pixel-spacing":      refuse("pixel-spacing", said{"the slices have different pixel sizes", "les coupes n’ont pas la même taille de pixel"}, ErrRegroup),
	"frame-of-reference": refuse("frame-of-reference", said{"the slices have no common frame of reference, so their places cannot be compared", "les coupes n’ont pas de repère commun, leurs places ne sont pas comparables"}, ErrRegroup),
	"colour":             refuse("colour", said{"colour pictures hold no CT numbers", "les images en couleurs n’ont pas d’unités Hounsfield"}, ErrRegroup),
	"units":              refuse("units", said{"the slices have different units", "les coupes ont des unités différentes"}, ErrRegroup),
	"overlap":            refuse("overlap", said{"both hold a picture of the same place; one volume holds one", "les deux ont une image du même endroit, un volume n’en a qu’une"}, ErrRegroup),
	"patient":            refuse("patient", said{"they are of two patients", "ce sont celles de deux patients"}, ErrRegroup),
	"nothing":            refuse("nothing", said{"there is only one volume", "il n’y a qu’un volume"}, ErrRegroup),
}

// splitters tell how the pictures of one volume can be set apart by hand, beside the reasons that set series apart by themselves.
var splitters = []splitter{
	{"acquisition", func(f *frame) string { return f.acquisition }},
	{"temporal-position", func(f *frame) string { return f.temporal }},
	{"kernel", func(f *frame) string { return f.kernel }},
	{"image-type", func(f *frame) string { return f.imageType }},
	{"stack", func(f *frame) string { return f.stack }},
	{"series", func(f *frame) string { return f.inst.series.seriesUID }},
}

type splitter struct {
	code string
	key  func(*frame) string
}

// Ways returns the reasons by which Split can take the largest volume apart: acquisition, temporal-position, kernel, image-type,
// stack, series (of volumes joined from several), gap (at the holes left by missing slices).
func (s *Series) Ways() []string {
	m := s.Main()
	if m == nil {
		return nil
	}
	out := differences(m.frames)
	if m.Grid.Missing > 0 {
		out = append(out, "gap")
	}
	return out
}

// differences returns what splitters set frames apart.
func differences(frames []*frame) (out []string) {
	for _, by := range splitters {
		if slices.ContainsFunc(frames, func(f *frame) bool { return by.key(f) != by.key(frames[0]) }) {
			out = append(out, by.code)
		}
	}
	return out
}

// Split returns the series with its largest volume taken apart by one of Ways. The series itself stays as it is. The error is an
// *Refusal.
func (s *Series) Split(way string) (*Series, error) {
	m := s.Main()
	if m == nil || !slices.Contains(s.Ways(), way) {
		return nil, refuse("nothing", sayf("nothing differs by %s", "rien ne diffère selon «\u00a0%s\u00a0»", way), ErrRegroup)
	}
	var parts [][]*frame
	if way == "gap" {
		from := 0
		for _, k := range append(m.Grid.Holes(), len(m.frames)-1) {
			parts, from = append(parts, m.frames[from:k+1]), k+1
		}
	} else {
		key := splitters[slices.IndexFunc(splitters, func(x splitter) bool { return x.code == way })].key
		at := map[string]int{}
		for _, f := range m.frames {
			k := key(f)
			if _, known := at[k]; !known {
				at[k] = len(parts)
				parts = append(parts, nil)
			}
			parts[at[k]] = append(parts[at[k]], f)
		}
	}
	out := s.regrouped()
	for _, p := range parts {
		out.addStack(slices.Clone(p), way)
	}
	for _, st := range s.Stacks[1:] {
		out.keep(st)
	}
	out.settle()
	return out, nil
}

// Apart returns one series for each volume of a series, the largest first; runs stay with the first. All have the same UID.
func (s *Series) Apart() []*Series {
	var out []*Series
	for i, st := range s.Stacks {
		x := s.regrouped()
		if i > 0 {
			x.Runs = nil
		}
		x.Images = st.Len()
		x.addStack(slices.Clone(st.frames), st.SplitBy)
		out = append(out, x)
	}
	return out
}

// Join returns a series whose one volume holds the slices of all volumes of the given ones, or of all volumes of one. It has the UID of
// the first. Different kernels, image types, acquisitions or times are joined, since that is what was asked for; the error, an
// *Refusal, says what cannot be.
func Join(series ...*Series) (*Series, error) {
	var frames []*frame
	stacks, images := 0, 0
	for _, s := range series {
		for _, st := range s.Stacks {
			frames = append(frames, st.frames...)
			stacks++
		}
		images += s.Images
	}
	if stacks < 2 {
		return nil, obstacles["nothing"]
	}
	for _, f := range frames[1:] {
		if o := hinders(frames[0], f); o != nil {
			return nil, o
		}
	}
	for _, x := range series[1:] {
		if a, b := series[0].Patient, x.Patient; a.ID != b.ID || a.ID == "" && a.Name != b.Name {
			return nil, obstacles["patient"]
		}
	}
	if overlap(frames) {
		return nil, obstacles["overlap"]
	}
	out := series[0].regrouped()
	for _, s := range series[1:] {
		out.Runs = append(out.Runs, s.Runs...)
		out.Problems = append(out.Problems, s.Problems...)
		out.Files += s.Files
		if s.Syntax != out.Syntax {
			out.Syntax = ""
		}
	}
	out.Images = images
	before := len(out.Problems)
	out.addStack(frames, "")
	if len(out.Stacks) == 0 {
		p := out.Problems[before]
		return nil, refuse(CodeGeometry, said{strings.TrimSuffix(p.English, "."), strings.TrimSuffix(p.French, ".")}, ErrRegroup)
	}
	if why := differences(frames); len(why) > 0 {
		out.Stacks[0].add(diag.CodeJoinedByHand, diag.Args{"n": stacks, "why": inWords(why)})
	}
	return out, nil
}

// hinders returns why two pictures cannot share a volume whatever is wished.
func hinders(a, b *frame) *Refusal {
	same := *b
	same.kernel, same.imageType, same.stack = a.kernel, a.imageType, a.stack
	return obstacles[differs(a, &same)]
}

// regrouped returns a copy of the series without volumes.
func (s *Series) regrouped() *Series {
	c := *s
	c.Stacks, c.repeated, c.ByHand = nil, 0, true
	c.Problems = slices.Clone(s.Problems)
	return &c
}

// keep takes over a volume of the series that this one is a copy of.
func (s *Series) keep(st *Stack) { s.addStack(slices.Clone(st.frames), st.SplitBy) }

// settle puts the largest volume first; it is the one that others are set apart from.
func (s *Series) settle() {
	slices.SortStableFunc(s.Stacks, func(a, b *Stack) int {
		return cmp.Or(compareBool(a.Colour(), b.Colour()), cmp.Compare(len(b.frames), len(a.frames)))
	})
	if len(s.Stacks) > 0 {
		s.Stacks[0].SplitBy = ""
	}
	s.mixed()
}

// mixed adds the finding that a series holds several volumes.
func (s *Series) mixed() {
	if len(s.Stacks) < 2 {
		return
	}
	var reasons []string
	for _, st := range s.Stacks[1:] {
		if !slices.Contains(reasons, st.SplitBy) {
			reasons = append(reasons, st.SplitBy)
		}
	}
	s.Stacks[0].add(diag.CodeMixedSeries, diag.Args{"n": len(s.Stacks), "why": inWords(reasons)})
}

// reasonWords are the split reasons for people, in French; in English they are words as they are.
var reasonWords = map[string]string{
	"orientation": "orientation", "matrix": "taille de l’image", "pixel-spacing": "taille de pixel", "frame-of-reference": "repère",
	"kernel": "filtre", "image-type": "type d’image", "stack": "pile", "colour": "couleur", "units": "unité", "acquisition": "acquisition",
	"temporal-position": "phase", "time": "heure", "position": "place", "series": "série", "gap": "lacune",
}

// ReasonWords returns a split reason for people.
func ReasonWords(reason string) diag.Words {
	return diag.Words{EN: strings.ReplaceAll(reason, "-", " "), FR: reasonWords[reason]}
}

// inWords lists split reasons in both languages.
func inWords(reasons []string) diag.Words {
	var en, fr []string
	for _, r := range reasons {
		w := ReasonWords(r)
		en, fr = append(en, w.EN), append(fr, w.FR)
	}
	return diag.Words{EN: strings.Join(en, ", "), FR: strings.Join(fr, ", ")}
}

// Regrouping is what a user wants joined or split, in words of the command line: "UID" for all volumes of a series joined into one,
// "UID,UID" for two or more series joined, "UID=WAY" for one split.
type Regrouping struct {
	Join []string // Series Instance UIDs
	Way  string   // of Split, when one series is to be split
}

// ParseRegrouping reads the words of --join (way false) and --split.
func ParseRegrouping(words string, split bool) (Regrouping, error) {
	if split {
		uid, way, ok := strings.Cut(words, "=")
		if !ok || uid == "" || way == "" {
			return Regrouping{}, fmt.Errorf("dicomio: %q is not SERIES=WAY", words)
		}
		return Regrouping{Join: []string{uid}, Way: way}, nil
	}
	uids := strings.Split(words, ",")
	if slices.Contains(uids, "") {
		return Regrouping{}, fmt.Errorf("dicomio: %q is not SERIES or SERIES,SERIES", words)
	}
	return Regrouping{Join: uids}, nil
}

// NoSeries is the error about a series that is not among n.
func NoSeries(uid string, n int) error {
	return refuse("no-series", sayf("no series %s among %d", "pas de série %s parmi %d", uid, n), nil)
}

// Regroup joins or splits series of the inventory.
func (inv *Inventory) Regroup(r Regrouping) error {
	var members []*Series
	for _, uid := range r.Join {
		i := slices.IndexFunc(inv.Series, func(s *Series) bool { return s.UID == uid })
		if i < 0 {
			return NoSeries(uid, len(inv.Series))
		}
		if slices.Contains(members, inv.Series[i]) {
			return refuse("nothing", sayf("series %s is named twice", "la série %s est citée deux fois", uid), ErrRegroup)
		}
		members = append(members, inv.Series[i])
	}
	var made *Series
	var err error
	if r.Way != "" {
		made, err = members[0].Split(r.Way)
	} else {
		made, err = Join(members...)
	}
	if err != nil {
		return err
	}
	inv.Series = slices.DeleteFunc(inv.Series, func(s *Series) bool { return slices.Contains(members[1:], s) })
	inv.Series[slices.Index(inv.Series, members[0])] = made
	return nil
}
