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

// nameByAnatomy looks for ribs, and joins them with what was seen of the sacrum.
func (f *finder) nameByAnatomy(sacrumBelow bool) {
	last := len(f.bodies) - 1
	t12 := f.lastRibs()
	switch {
	case t12 >= 0 && sacrumBelow:
		lumbar := last - t12
		if lumbar == usualLumbar {
			f.count(map[int]anatomy.Level{t12: anatomy.T12}, anatomy.SourceRibs, bothConfidence)
			return
		}
		f.count(map[int]anatomy.Level{t12: anatomy.T12}, anatomy.SourceRibs, ribConfidence/2)
		if lumbar == usualLumbar+1 {
			f.bodies[last].vertebra.Level = anatomy.L6
		}
		f.sink.Add(diag.CodeLevelTransitional, f.bodies[len(f.bodies)-1].vertebra.Level, nil)
	case t12 >= 0:
		f.count(map[int]anatomy.Level{t12: anatomy.T12}, anatomy.SourceRibs, ribConfidence)
	case sacrumBelow:
		f.count(map[int]anatomy.Level{last: anatomy.L5}, anatomy.SourceSacrum, sacrumConfidence)
	default:
		for i, b := range f.bodies {
			b.vertebra = &spine.Vertebra{Level: anatomy.Unknown(i + 1), Source: anatomy.SourceUnknown}
		}
		f.sink.Add(diag.CodeLevelUnknown, anatomy.None, nil)
	}
}

// lastRibs returns the index of the last rib-bearing body: the one above it bears ribs too, and those below, at least one,
// surely do not; -1 when that is not seen.
func (f *finder) lastRibs() int {
	r := f.findRibs()
	last := len(r) - 1
	for last >= 0 && !r[last].seen {
		last-- // at the end of the view
	}
	i := last
	for i >= 0 && r[i].absent() {
		i--
	}
	if i == last || i < 1 || !r[i].present() || !r[i-1].present() {
		return -1
	}
	return i
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
