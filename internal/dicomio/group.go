package dicomio

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// group sorts instances into series, and the pictures of every series into stacks and runs.
func (inv *Inventory) group(found []*instance) {
	byUID := map[string]*Series{}
	seen := map[string]string{} // SOP Instance UID to path
	members := map[*Series][]*instance{}
	for _, in := range found {
		if in == nil {
			continue
		}
		if first, again := seen[in.uid]; again && in.uid != "" {
			inv.Skipped = append(inv.Skipped, *CodeDuplicate.because(in.path, sayf("the same object as %s", "le même objet que %s", first)))
			if s := byUID[in.series.seriesUID]; s != nil {
				s.repeated++
			}
			continue
		}
		seen[in.uid] = in.path
		a := in.series
		s := byUID[a.seriesUID]
		if s == nil {
			s = &Series{UID: a.seriesUID, StudyUID: a.studyUID, Modality: a.modality, Number: a.number, Info: a.info, Patient: a.patient, Syntax: in.syntax}
			byUID[a.seriesUID] = s
			inv.Series = append(inv.Series, s)
		}
		if s.Syntax != in.syntax {
			s.Syntax = ""
		}
		if t := a.info.Date + a.info.Time; t != "" && t < s.Info.Date+s.Info.Time {
			s.Info.Date, s.Info.Time = a.info.Date, a.info.Time
		}
		s.Files++
		s.Images += len(in.frames)
		members[s] = append(members[s], in)
	}
	for _, s := range inv.Series {
		s.arrange(members[s])
	}
	sort.SliceStable(inv.Series, func(i, j int) bool {
		a, b := inv.Series[i], inv.Series[j]
		return cmp.Or(cmp.Compare(a.Info.Date, b.Info.Date), cmp.Compare(a.Info.Time, b.Info.Time), cmp.Compare(a.Number, b.Number),
			cmp.Compare(a.UID, b.UID)) < 0
	})
}

// arrange makes the stacks and runs of a series.
func (s *Series) arrange(members []*instance) {
	var frames []*frame
	localizers, captures, placeless, coloured, spaceless, cut := 0, 0, 0, 0, 0, 0
	for _, in := range members {
		if in.cutShort() {
			cut++
		}
		if in.projection() {
			continue
		}
		for i := range in.frames {
			f := &in.frames[i]
			switch {
			case localizer(f.imageType):
				localizers++
			case !f.hasPlace && strings.HasPrefix(in.series.sopClass, secondaryCapture):
				captures++
			case !f.hasPlace:
				placeless++
			case f.dx == 0:
				spaceless++
			default:
				if in.colourful() {
					coloured++
				}
				frames = append(frames, f)
			}
		}
	}
	s.note(localizers, CodeLocalizer, diag.Info, "Localizer images kept out of the volume: %d.", "Images de repérage tenues hors du volume\u202f: %d.")
	s.note(captures, CodeCapture, diag.Info, "Captured pictures without a place in the patient: %d.", "Captures d’écran sans place dans le patient\u202f: %d.")
	s.note(coloured, CodeColour, diag.Info, "Colour images, which hold no CT numbers: %d.", "Images en couleurs, sans unités Hounsfield\u202f: %d.")
	s.note(placeless, CodeNoPosition, diag.Error, "Images without a position in the patient, of which no volume is built: %d.", "Images sans position dans le patient, dont aucun volume n’est fait\u202f: %d.")
	s.note(spaceless, CodeNoSpacing, diag.Error, "Images without a pixel size, of which no volume is built: %d.", "Images sans taille de pixel, dont aucun volume n’est fait\u202f: %d.")
	s.note(cut, CodeCutShort, diag.Error, "Files cut short within their pixel data: %d. What is missing is marked and not measured.", "Fichiers tronqués dans leurs pixels\u202f: %d. Ce qui manque est marqué et n’est pas mesuré.")
	s.stackUp(frames)
	s.runUp(members)
}

// localizer reports whether an image type means a scout view; LOCALIZER is the standard's word, the others are met.
func localizer(imageType string) bool {
	for _, word := range []string{"LOCALIZER", "SCOUT", "TOPOGRAM"} {
		if strings.Contains(imageType, word) {
			return true
		}
	}
	return false
}

// note adds a problem that n pictures share.
func (s *Series) note(n int, code Code, sev diag.Severity, en, fr string) {
	if n > 0 {
		s.Problems = append(s.Problems, Problem{Code: code, Severity: sev, English: fmt.Sprintf(en, n), French: fmt.Sprintf(fr, n)})
	}
}

// Tolerances within one stack: headers are rounded, often differently from slice to slice.
const (
	sameDirection = 0.01  // per component of the row and column directions, as OHIF
	sameSpacingMM = 1e-3  // of the pixels
	sameSliceMM   = 0.005 // two slices nearer than this lie at one place
)

// differs returns why two pictures cannot share a volume, empty when they can. The order is that of the reasons reported.
func differs(a, b *frame) string {
	la, lb := a.inst.layout, b.inst.layout
	far := func(x, y float64) bool { return math.Abs(x-y) > sameDirection }
	switch {
	case far(a.row.X, b.row.X) || far(a.row.Y, b.row.Y) || far(a.row.Z, b.row.Z) ||
		far(a.col.X, b.col.X) || far(a.col.Y, b.col.Y) || far(a.col.Z, b.col.Z):
		return "orientation"
	case la.rows != lb.rows || la.cols != lb.cols:
		return "matrix"
	case math.Abs(a.dx-b.dx) > sameSpacingMM || math.Abs(a.dy-b.dy) > sameSpacingMM:
		return "pixel-spacing"
	case a.frameUID != b.frameUID:
		return "frame-of-reference"
	case a.kernel != b.kernel:
		return "kernel"
	case kindOf(a.imageType) != kindOf(b.imageType):
		return "image-type"
	case a.stack != b.stack:
		return "stack"
	case a.inst.colourful() != b.inst.colourful():
		return "colour"
	case a.scaleName() != b.scaleName() || a.rescaled != b.rescaled || (a.lut == nil) != (b.lut == nil):
		return "units"
	}
	return ""
}

// scaleName returns the unit of the rescaled values; a CT that says nothing means HU, a capture does not.
func (f *frame) scaleName() string {
	if f.units == "" && f.rescaled && f.inst.series.modality == "CT" {
		return "HU"
	}
	return f.units
}

// kindOf keeps the part of Image Type that tells kinds of pictures apart: primary or secondary, and the third value on. The first
// value varies within honest series.
func kindOf(imageType string) string {
	_, rest, _ := strings.Cut(imageType, `\`)
	return rest
}

// stackUp splits frames into stacks that can share a grid.
func (s *Series) stackUp(frames []*frame) {
	var groups [][]*frame
	var why []string
next:
	for _, f := range frames {
		reason := ""
		for i, g := range groups {
			r := differs(g[0], f)
			if r == "" {
				groups[i] = append(g, f)
				continue next
			}
			if i == 0 {
				reason = r
			}
		}
		groups = append(groups, []*frame{f})
		why = append(why, reason)
	}
	for i, g := range groups {
		for j, phase := range phases(g) {
			reason := why[i]
			if j > 0 {
				reason = phase.reason
			}
			s.addStack(phase.frames, reason)
		}
	}
	slices.SortStableFunc(s.Stacks, func(a, b *Stack) int { // colours hold no CT numbers, so they come last
		return cmp.Or(compareBool(a.Colour(), b.Colour()), cmp.Compare(len(b.frames), len(a.frames)))
	})
	if len(s.Stacks) == 0 {
		return
	}
	if s.repeated > 0 {
		s.Stacks[0].add(diag.CodeDuplicateSlices, diag.Args{"n": s.repeated})
	}
	if len(s.Stacks) > 1 {
		// Sorting by size may have moved the stack that others were compared with; the largest is the one that needs no reason.
		if s.Stacks[0].SplitBy != "" {
			for _, st := range s.Stacks[1:] {
				if st.SplitBy == "" {
					st.SplitBy, s.Stacks[0].SplitBy = s.Stacks[0].SplitBy, ""
					break
				}
			}
		}
		s.mixed()
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// phase is a set of frames with one picture at each place.
type phase struct {
	frames []*frame
	reason string
}

// phases sorts frames along their normal and parts those that lie at the same place: by acquisition, by temporal position, by time,
// and as a last resort by their order.
func phases(g []*frame) []phase {
	if !overlap(g) {
		return []phase{{frames: g}}
	}
	for _, by := range []struct {
		reason string
		key    func(*frame) string
	}{
		{"acquisition", func(f *frame) string { return f.acquisition }},
		{"temporal-position", func(f *frame) string { return f.temporal }},
		{"image-type", func(f *frame) string { return f.imageType }},
		{"time", func(f *frame) string { return f.when }},
	} {
		parts := map[string][]*frame{}
		for _, f := range g {
			parts[by.key(f)] = append(parts[by.key(f)], f)
		}
		if len(parts) < 2 || len(parts) > len(g)/2 {
			continue
		}
		clean := true
		for _, p := range parts {
			clean = clean && !overlap(p)
		}
		if !clean {
			continue
		}
		keys := make([]string, 0, len(parts))
		for k := range parts {
			keys = append(keys, k)
		}
		sort.Slice(keys, func(i, j int) bool {
			return cmp.Or(cmp.Compare(len(keys[i]), len(keys[j])), cmp.Compare(keys[i], keys[j])) < 0
		})
		out := make([]phase, len(keys))
		for i, k := range keys {
			out[i] = phase{frames: parts[k], reason: by.reason}
		}
		return out
	}
	return byOrder(g)
}

// byOrder gives the n-th picture at a place to the n-th phase.
func byOrder(g []*frame) []phase {
	sortByPlace(g)
	var out []phase
	turn := 0
	for i, f := range g {
		if i > 0 && depth(f, g[0])-depth(g[i-1], g[0]) < sameSliceMM {
			turn++
		} else {
			turn = 0
		}
		if turn == len(out) {
			out = append(out, phase{reason: "position"})
		}
		out[turn].frames = append(out[turn].frames, f)
	}
	return out
}

// depth returns the place of f along the slice normal of ref.
func depth(f, ref *frame) float64 { return f.pos.Sub(ref.pos).Dot(ref.row.Cross(ref.col)) }

// sortByPlace orders frames along the normal of the first; the instance number decides ties only.
func sortByPlace(g []*frame) {
	ref := *g[0]
	sort.SliceStable(g, func(i, j int) bool {
		return cmp.Or(cmp.Compare(depth(g[i], &ref), depth(g[j], &ref)), cmp.Compare(g[i].number, g[j].number)) < 0
	})
}

func overlap(g []*frame) bool {
	sortByPlace(g)
	for i := 1; i < len(g); i++ {
		if depth(g[i], g[0])-depth(g[i-1], g[0]) < sameSliceMM {
			return true
		}
	}
	return false
}

// addStack makes a stack of frames that lie at different places.
func (s *Series) addStack(g []*frame, reason string) {
	sortByPlace(g)
	f := g[0]
	st := &Stack{Series: s, Kernel: f.kernel, ImageType: f.imageType, Thickness: f.thickness, Tilt: f.tilt, SplitBy: reason, frames: g}
	var err error
	st.Grid, err = gridOf(g)
	if err != nil {
		s.Problems = append(s.Problems, Problem{Code: CodeGeometry, Severity: diag.Error,
			English: fmt.Sprintf("%d images make no volume: %v.", len(g), err), French: fmt.Sprintf("%d images ne font pas un volume\u202f: %v.", len(g), err)})
		return
	}
	st.judge()
	s.Stacks = append(s.Stacks, st)
}

func gridOf(g []*frame) (*volume.Grid, error) {
	f := g[0]
	pos := positions(g)
	return volume.NewGrid(f.inst.layout.cols, f.inst.layout.rows, f.row, f.col, unit.MM(f.dx), unit.MM(f.dy), pos, f.frameUID)
}

// add records a finding about the stack.
func (s *Stack) add(code diag.Code, args diag.Args) {
	s.Findings = append(s.Findings, diag.Finding{Code: code, Level: anatomy.None, Args: args})
}
