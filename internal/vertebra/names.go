package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// Confidence of names by their anchor, at the anchor and lost with every vertebra counted from it. Ribs and sacrum mislead where
// a spine has 11 or 13 pairs of ribs, or 4 or 6 lumbar vertebrae: about one spine in ten.
const (
	countedConfidence = 0.95
	ribConfidence     = 0.9
	sacrumConfidence  = 0.85
	bothConfidence    = 0.95
	oneRibConfidence  = 0.75 // a single pair in view, at its upper end
	confidencePerStep = 0.01
	usualLumbar       = 5
	pelvicBodies      = 2 // above the sacrum may stand between the iliac bones, which are no ribs
)

// name gives every body its level: from the user's seeds, else from the last pair of ribs or the sacrum, else V1, V2, ...: a name
// is never guessed.
func (f *finder) name() {
	f.onSacrum = f.cutSacrum()
	anchors := map[int]anatomy.Level{}
	for _, s := range f.opt.Seeds {
		if i := f.bodyAt(s.Point); i >= 0 {
			anchors[i] = s.Level
		}
	}
	switch {
	case len(anchors) > 0:
		f.count(anchors, anatomy.SourceUser, 1)
	default:
		f.nameByAnatomy(f.onSacrum)
	}
}

// anchor is what ribs and sacrum say about the names: the body with this index has this name. ok is false where nothing in view tells.
type anchor struct {
	at           int
	level        anatomy.Level
	source       anatomy.LevelSource
	confidence   float64
	transitional bool // ribs and sacrum disagree on five lumbar vertebrae: eleven or thirteen pairs of ribs, four or six lumbar; nothing in view tells which, so no name is given
	ok           bool
}

// decide joins the last body with ribs (-1: not seen), whether the body above it is known to bear ribs too, and whether the sacrum lies
// below the last body. Ribs count before the sacrum, as in the VerSe data; where both are seen they confirm or doubt each other.
func decide(t12 int, pairAbove, sacrumBelow bool, last int) anchor {
	switch {
	case t12 >= 0 && sacrumBelow && last-t12 == usualLumbar:
		return anchor{at: t12, level: anatomy.T12, source: anatomy.SourceRibs, confidence: bothConfidence, ok: true}
	case t12 >= 0 && sacrumBelow:
		return anchor{transitional: true}
	case t12 >= 0 && pairAbove:
		return anchor{at: t12, level: anatomy.T12, source: anatomy.SourceRibs, confidence: ribConfidence, ok: true}
	case t12 >= 0:
		return anchor{at: t12, level: anatomy.T12, source: anatomy.SourceRibs, confidence: oneRibConfidence, ok: true}
	case sacrumBelow:
		return anchor{at: last, level: anatomy.L5, source: anatomy.SourceSacrum, confidence: sacrumConfidence, ok: true}
	}
	return anchor{}
}

// nameByAnatomy names by ribs and sacrum, else V1, V2, ...
func (f *finder) nameByAnatomy(sacrumBelow bool) {
	last := len(f.bodies) - 1
	r := f.findRibs()
	if sacrumBelow {
		for i := max(0, last+1-pelvicBodies); i <= last; i++ {
			r[i].seen = r[i].seen && !f.pelvisAt(f.bodies[i].station())
		}
	}
	t12, pairAbove := lastRibs(r)
	a := decide(t12, pairAbove, sacrumBelow, last)
	if sacrumBelow && t12 < 0 && ribFree(r) > usualLumbar {
		a = anchor{transitional: true} // six bodies without ribs on the sacrum: L6, or a T12 without ribs
	}
	if sixth := a.at + usualLumbar + 1; a.source == anatomy.SourceRibs && sixth <= last && f.free(f.bodies[sixth]) {
		a = anchor{transitional: true}
	}
	if !a.ok {
		for i, b := range f.bodies {
			b.vertebra = &spine.Vertebra{Level: anatomy.Unknown(i + 1), Source: anatomy.SourceUnknown}
		}
		f.sink.Add(diag.CodeLevelUnknown, anatomy.None, nil)
		if a.transitional {
			f.sink.Add(diag.CodeLevelTransitional, f.bodies[last].vertebra.Level, nil)
		}
		return
	}
	if a.confidence < bothConfidence {
		f.sink.Add(diag.CodeLevelByOrder, anatomy.None, nil) // nothing confirms the count
	}
	f.count(map[int]anatomy.Level{a.at: a.level}, a.source, a.confidence)
}

// ribFree returns how many bodies on the sacrum surely bear no ribs. The one next to it, beside the pelvis, bears none in any case.
func ribFree(r []ribs) int {
	n, i := 1, len(r)-2
	for i > 0 && !r[i].seen && r[i-1].seen {
		n, i = n+1, i-1 // beside the iliac crest
	}
	for ; i >= 0 && r[i].absent(); i-- {
		n++
	}
	return n
}

// lastRibs returns the index of the last rib-bearing body and whether the one above it is seen to bear ribs too: those below, at least
// one, surely bear none. Where nothing above is in view a rib on either side must leave no doubt; -1 when that is not seen.
func lastRibs(r []ribs) (t12 int, pairAbove bool) {
	last := len(r) - 1
	for last >= 0 && !r[last].seen {
		last-- // at the end of the view, or beside the pelvis
	}
	i := last
	for i >= 0 && r[i].absent() {
		i--
	}
	switch {
	case i < 0 || i == last || !r[i].present():
		return -1, false
	case i > 0 && r[i-1].present():
		return i, true
	case (i == 0 || !r[i-1].seen) && r[i].both():
		return i, false
	}
	return -1, false
}

// count names all bodies from the anchored ones. Names that end the spine (S1 and beyond) drop their bodies; a sixth lumbar one that
// stands free on the sacrum is L6.
func (f *finder) count(anchors map[int]anatomy.Level, source anatomy.LevelSource, confidence float64) {
	var kept []*body
	for i, b := range f.bodies {
		j := nearestKey(anchors, i)
		v := &spine.Vertebra{Level: anchors[j].Below(i - j), Source: source, Confidence: unit.Fraction(confidence)}
		if i != j {
			if source == anatomy.SourceUser {
				v.Source, v.Confidence = anatomy.SourceOrder, countedConfidence
			}
			v.Confidence -= unit.Fraction(confidencePerStep * math.Abs(float64(i-j)))
		}
		b.vertebra = v
		if v.Level == anatomy.S1 && f.onSacrum && i == len(f.bodies)-1 && f.free(b) {
			v.Level = anatomy.L6
			f.sink.Add(diag.CodeLevelTransitional, v.Level, nil)
		}
		if v.Level != anatomy.None && v.Level != anatomy.S1 {
			kept = append(kept, b)
		}
	}
	f.bodies = kept
}

// nearestKey returns the anchored index closest to i, the one towards the head when two are as close.
func nearestKey(anchors map[int]anatomy.Level, i int) int {
	for d := 0; ; d++ {
		if _, ok := anchors[i-d]; ok {
			return i - d
		}
		if _, ok := anchors[i+d]; ok {
			return i + d
		}
	}
}

// seedSlackMM is how far beyond the discs of a body a seed may lie: the user pointed at it, the discs may be off.
const seedSlackMM = 8.0

// bodyAt returns the index of the body between whose discs p lies best, -1 when there is none near.
func (f *finder) bodyAt(p geom.Patient) int {
	best, least := -1, seedSlackMM
	for i, b := range f.bodies {
		out := max(p.Sub(b.above.centre).Dot(b.above.up), -p.Sub(b.below.centre).Dot(b.below.up))
		if out < least {
			best, least = i, out
		}
	}
	return best
}
