package masks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
)

// Convention says what the numbers in a mask file mean.
type Convention string

// The conventions known by number. Files that name their labels need none.
const (
	VerSe        Convention = "verse"                 // C1..C7 = 1..7, T1..T12 = 8..19, L1..L6 = 20..25, T13 = 28; also CTSpine1K and vertebrae_pp
	SPINEPS      Convention = "spineps"               // VerSe numbers; 100 + n the disc and 200 + n the endplate below n
	SPINEPSParts Convention = "spineps-subreg"        // parts without a level: 49 border and 50 inside of the bodies
	TotalV1      Convention = "totalsegmentator-v1"   // L5 = 18 up to C1 = 41
	TotalV2      Convention = "totalsegmentator-v2"   // L5 = 27 up to C1 = 50
	TotalBody    Convention = "totalsegmentator-body" // 1 all bodies, 2 discs
	VISTA3D      Convention = "vista3d"               // L5 = 33 up to C1 = 56
)

// Conventions lists them in the order in which help texts name them.
var Conventions = []Convention{VerSe, SPINEPS, SPINEPSParts, TotalV1, TotalV2, TotalBody, VISTA3D}

// ParseConvention reads a name; "ctspine1k" and "vertebrae_pp" are other words for verse, "" leaves it to the file.
func ParseConvention(s string) (Convention, error) {
	c := Convention(strings.ToLower(strings.TrimSpace(s)))
	switch c {
	case "ctspine1k", "vertebrae_pp", "vertebrae_pp_refined":
		return VerSe, nil
	case "vertebrae_body":
		return TotalBody, nil
	}
	if c == "" || slices.Contains(Conventions, c) {
		return c, nil
	}
	return "", fmt.Errorf("masks: %q is not a convention for vertebra masks (%s)", s, names(Conventions))
}

func names(list []Convention) string {
	var s []string
	for _, c := range list {
		s = append(s, string(c))
	}
	return strings.Join(s, ", ")
}

// upward holds the conventions that count 24 vertebrae from L5 upwards to C1: the number of L5, and other labels of the spine.
var upward = map[Convention]struct {
	l5     int
	others []int
}{
	TotalV1: {18, []int{92}},
	TotalV2: {27, []int{25, 26, 79}},
	VISTA3D: {33, []int{97, 121, 127}},
}

// level returns the vertebra that a number stands for, None for everything else.
func (c Convention) level(label int) anatomy.Level {
	if u, ok := upward[c]; ok {
		if n := label - u.l5; n >= 0 && n < 24 {
			return anatomy.Level(24 - n)
		}
		return anatomy.None
	}
	if c != VerSe && c != SPINEPS {
		return anatomy.None
	}
	if l := anatomy.Level(label); label > 0 && label <= int(anatomy.T13) && l.Valid() && l != anatomy.S1 {
		return l
	}
	return anatomy.None
}

// body reports whether a number is part of a vertebral body in a convention that does not tell the levels apart.
func (c Convention) body(label int) bool {
	return c == SPINEPSParts && (label == 49 || label == 50) || c == TotalBody && label == 1
}

// part reports whether the convention knows the label as some part of the spine.
func (c Convention) part(label int) bool {
	if c.level(label) != anatomy.None || c.body(label) {
		return true
	}
	switch c {
	case VerSe:
		return label == 26 || label == 27
	case SPINEPS:
		return label == 26 || label == 27 || label > 100 && label <= 128 || label > 200 && label <= 228
	case SPINEPSParts:
		return label == 26 || label >= 41 && label <= 50 || label >= 60 && label <= 62 || label == 100
	case TotalBody:
		return label == 2
	}
	return slices.Contains(upward[c].others, label)
}
