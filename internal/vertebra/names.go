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
)

// name gives every body its level: from the user's seeds, else from the last pair of ribs or the sacrum, else V1, V2, ...: a name
// is never guessed.
func (f *finder) name() {
	lowest := f.cutSacrum()
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
		f.nameByAnatomy(lowest)
	}
}

// anchor is what ribs and sacrum say about the names: the body with this index has this name. ok is false where nothing in view tells.
type anchor struct {
	at           int
	level        anatomy.Level
	source       anatomy.LevelSource
	confidence   float64
	transitional bool // ribs and sacrum disagree on five lumbar vertebrae: eleven or thirteen pairs of ribs, four or six lumbar
	sixLumbar    bool // and the last one is called L6
	ok           bool
}

// decide joins the last body with ribs (-1: not seen), whether the body above it is known to bear ribs too, and whether the sacrum lies
// below the last body. Ribs count before the sacrum, as in the VerSe data; where both are seen they confirm or doubt each other.
func decide(t12 int, pairAbove, sacrumBelow bool, last int) anchor {
	switch {
	case t12 >= 0 && sacrumBelow && last-t12 == usualLumbar:
		return anchor{at: t12, level: anatomy.T12, source: anatomy.SourceRibs, confidence: bothConfidence, ok: true}
	case t12 >= 0 && sacrumBelow:
		return anchor{at: t12, level: anatomy.T12, source: anatomy.SourceRibs, confidence: ribConfidence / 2, transitional: true, sixLumbar: last-t12 == usualLumbar+1, ok: true}
	case t12 >= 0 && pairAbove:
		return anchor{at: t12, level: anatomy.T12, source: anatomy.SourceRibs, confidence: ribConfidence, ok: true}
	case t12 >= 0:
		return anchor{at: t12, level: anatomy.T12, source: anatomy.SourceRibs, confidence: oneRibConfidence, ok: true}
	case sacrumBelow:
		return anchor{at: last, level: anatomy.L5, source: anatomy.SourceSacrum, confidence: sacrumConfidence, ok: true}
	}
	return anchor{}
}

// names returns the bodies whose names the anchor gives; the others are counted from them.
func (a anchor) names(last int) map[int]anatomy.Level {
	n := map[int]anatomy.Level{a.at: a.level}
	if a.sixLumbar {
		n[last] = anatomy.L6
	}
	return n
}

// nameByAnatomy names by ribs and sacrum, else V1, V2, ...
func (f *finder) nameByAnatomy(sacrumBelow bool) {
	last := len(f.bodies) - 1
	t12, pairAbove := lastRibs(f.findRibs())
	a := decide(t12, pairAbove, sacrumBelow, last)
	if !a.ok {
		for i, b := range f.bodies {
			b.vertebra = &spine.Vertebra{Level: anatomy.Unknown(i + 1), Source: anatomy.SourceUnknown}
		}
		f.sink.Add(diag.CodeLevelUnknown, anatomy.None, nil)
		return
	}
	f.count(a.names(last), a.source, a.confidence)
	if a.transitional {
		f.sink.Add(diag.CodeLevelTransitional, f.bodies[len(f.bodies)-1].vertebra.Level, nil)
	}
}

// lastRibs returns the index of the last rib-bearing body and whether the one above it is seen to bear ribs too: those below, at least
// one, surely bear none. Where nothing above is in view a rib on either side must leave no doubt; -1 when that is not seen.
func lastRibs(r []ribs) (t12 int, pairAbove bool) {
	last := len(r) - 1
	for last >= 0 && !r[last].seen {
		last-- // at the end of the view
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

// count names all bodies from the anchored ones. Names that end the spine (S1 and beyond) drop their bodies.
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
