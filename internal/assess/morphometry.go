package assess

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/spine"
)

// What a body's height should be is read off its neighbours, level by level: heights grow towards the feet, so a neighbour's height
// counts times the ratio of usual heights. Fractured neighbours say nothing; with fewer than two sound ones grade and percentages are
// withheld.
const (
	neighbourReach   = 3    // vertebrae above and below
	neighboursNeeded = 2    // sound ones
	soundLoss        = 0.15 // relative loss up to which a neighbour is sound
	growthPerLevel   = 1.04 // where the names are not known
	missingMM        = 1.0  // less missing height is no divisor
)

// Genant's grades by relative loss of height (Genant et al. 1993, J Bone Miner Res 8:1137).
var genantLimits = [3]float64{0.20, 0.25, 0.40}

// usualHeights are the posterior heights of vertebral bodies T1 to L5 in mm (Panjabi et al. 1991, Spine 16:888; 1992, Spine 17:299).
var usualHeights = [...]float64{14.1, 15.6, 15.7, 16.2, 16.2, 17.4, 18.2, 18.7, 19.3, 20.2, 21.3, 22.7, 23.8, 24.3, 23.8, 24.1, 22.9}

// triple holds anterior, middle and posterior values.
type triple [3]float64

func heightsOf(h spine.Heights) triple {
	return triple{float64(h.Anterior), float64(h.Middle), float64(h.Posterior)}
}

func (t triple) report() *Heights {
	return &Heights{Anterior: round(t[0], 2), Middle: round(t[1], 2), Posterior: round(t[2], 2)}
}

// loss is the greatest relative loss of height against what is expected.
func (t triple) loss(expected triple) float64 {
	most := 0.0
	for i := range t {
		most = max(most, 1-t[i]/expected[i])
	}
	return most
}

// expectedHeights returns the heights that the sound neighbours of vertebra i let expect; ok is false when too few are sound.
func expectedHeights(list []*spine.Vertebra, i int) (expected triple, ok bool) {
	all := neighboursOf(list, i)
	sound := slices.DeleteFunc(slices.Clone(all), func(j int) bool {
		// A neighbour is judged by its own neighbours, without the vertebra in question.
		others := slices.DeleteFunc(neighboursOf(list, j), func(k int) bool { return k == i })
		return len(others) == 0 || heightsOf(list[j].Heights).loss(medianHeights(list, j, others)) > soundLoss
	})
	if len(sound) < neighboursNeeded {
		return triple{}, false
	}
	return medianHeights(list, i, sound), true
}

// neighboursOf returns the measured vertebrae near i.
func neighboursOf(list []*spine.Vertebra, i int) []int {
	var out []int
	for j := max(0, i-neighbourReach); j <= min(len(list)-1, i+neighbourReach); j++ {
		if v := list[j]; j != i && v.Complete && min(v.Heights.Anterior, v.Heights.Middle, v.Heights.Posterior) > 0 {
			out = append(out, j)
		}
	}
	return out
}

// medianHeights is the median over the neighbours of their heights as they would be at vertebra i.
func medianHeights(list []*spine.Vertebra, i int, from []int) (out triple) {
	for part := range out {
		var values []float64
		for _, j := range from {
			values = append(values, heightsOf(list[j].Heights)[part]*usualRatio(list[i].Level, list[j].Level, i-j))
		}
		slices.Sort(values)
		n := len(values)
		out[part] = (values[(n-1)/2] + values[n/2]) / 2
	}
	return out
}

// usualRatio is the usual height of one level over that of another, the given number of places above it.
func usualRatio(a, b anatomy.Level, places int) float64 {
	height := func(l anatomy.Level) float64 {
		if n := int(l) - int(anatomy.T1); n >= 0 && n < len(usualHeights) {
			return usualHeights[n]
		}
		return 0
	}
	if x, y := height(a), height(b); x > 0 && y > 0 {
		return x / y
	}
	return math.Pow(growthPerLevel, float64(places))
}

// morphometry adds to the line of vertebra i what its heights mean: grade, heights before, what was restored, the angle over it.
func morphometry(out *Vertebra, s *spine.Spine, i int) {
	v := s.Vertebrae[i]
	post := heightsOf(v.Heights)
	if min(post[0], post[1], post[2]) <= 0 {
		return
	}
	expected, known := expectedHeights(s.Vertebrae, i)
	if known {
		grade := 0
		for n, limit := range genantLimits {
			if post.loss(expected) >= limit {
				grade = n + 1
			}
		}
		out.GenantGrade = &grade
	}
	if cobb, ok := s.LocalCobb(i); ok {
		out.LocalCobbDegrees = degrees(cobb)
	}
	if v.Before == nil {
		return
	}
	pre := heightsOf(*v.Before)
	out.PreHeightsMM, out.PreWedgeAngleDegrees = pre.report(), degrees(v.Before.WedgeRadians)
	r := &Restoration{AnteriorMM: round(post[0]-pre[0], 2), MiddleMM: round(post[1]-pre[1], 2), PosteriorMM: round(post[2]-pre[2], 2)}
	for part, percent := range []**float64{&r.AnteriorPercent, &r.MiddlePercent, &r.PosteriorPercent} {
		if missing := expected[part] - pre[part]; known && missing >= missingMM {
			p := round(100*(post[part]-pre[part])/missing, 1)
			*percent = &p
		}
	}
	out.Restoration = r
}

func degrees(radians float64) *float64 {
	d := round(radians*180/math.Pi, 2)
	return &d
}
