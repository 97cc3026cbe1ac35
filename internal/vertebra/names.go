package vertebra

import (
	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// Confidence of names that are counted from a name given by the user.
const countedConfidence = 0.95

// name gives every body its level: from the user's seeds, or V1, V2, ... when nothing in view anchors the names.
func (f *finder) name() {
	anchors := map[int]anatomy.Level{}
	for _, s := range f.opt.Seeds {
		if i := f.bodyAt(s.Point); i >= 0 {
			anchors[i] = s.Level
		}
	}
	if len(anchors) == 0 {
		for i, b := range f.bodies {
			b.vertebra = &spine.Vertebra{Level: anatomy.Unknown(i + 1), Source: anatomy.SourceUnknown}
		}
		f.sink.Add(diag.CodeLevelUnknown, anatomy.None, nil)
		return
	}
	var kept []*body
	for i, b := range f.bodies {
		b.vertebra = &spine.Vertebra{Level: anchors[i], Source: anatomy.SourceUser, Confidence: 1}
		if anchors[i] == anatomy.None {
			j := nearestKey(anchors, i)
			b.vertebra.Level = anchors[j].Below(i - j)
			b.vertebra.Source = anatomy.SourceOrder
			b.vertebra.Confidence = unit.Fraction(countedConfidence)
		}
		if l := b.vertebra.Level; l != anatomy.None && l != anatomy.S1 {
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

// bodyAt returns the index of the body between whose discs p lies, -1 when there is none.
func (f *finder) bodyAt(p geom.Patient) int {
	for i, b := range f.bodies {
		if p.Sub(b.above.centre).Dot(b.above.up) <= 0 && p.Sub(b.below.centre).Dot(b.below.up) >= 0 {
			return i
		}
	}
	return -1
}
