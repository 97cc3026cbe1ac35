package teach

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// Mark is a place where a learner sees a leak, and of which kind.
type Mark struct {
	At          [3]float64          `json:"at"` // LPS mm
	Compartment anatomy.Compartment `json:"compartment"`
}

// JudgedMark is a mark with the leak of the reference that it meets.
type JudgedMark struct {
	Mark
	Leak    int                 // id; 0: there is none near
	Is      anatomy.Compartment // of that leak
	Verdict Verdict             // right place and kind, right place only, neither
}

// markRadiusMM is how far from the surface of a leak a mark still means it: about the size of the ring that is drawn.
const markRadiusMM = 6.0

// JudgeMarks tells which leaks of the reference a learner's marks meet, and which leaks nobody marked. Distances are to the surface of
// the leak, so that a long vein may be marked anywhere along it.
func JudgeMarks(marks []Mark, reference *assess.Result) (judged []JudgedMark, missed []int) {
	met := map[int]bool{}
	for _, m := range marks {
		j := JudgedMark{Mark: m, Verdict: Wrong}
		best := math.Inf(1)
		for i, leak := range reference.Report.Leaks {
			d := distance(m.At, leak, reference.Leaks[i].Surface)
			if d > markRadiusMM {
				continue
			}
			verdict := Partly
			if leak.Compartment == m.Compartment {
				verdict = Right
			}
			// Where two leaks lie close by, the one that was meant counts, then the nearer one.
			if verdict.points() > j.Verdict.points() || verdict == j.Verdict && d < best {
				best, j.Leak, j.Is, j.Verdict = d, leak.ID, leak.Compartment, verdict
			}
		}
		if j.Leak != 0 {
			met[j.Leak] = true
		}
		judged = append(judged, j)
	}
	for _, leak := range reference.Report.Leaks {
		if !met[leak.ID] {
			missed = append(missed, leak.ID)
		}
	}
	return judged, missed
}

// distance is from a point to a leak, mm; to its centroid when it has no surface.
func distance(at [3]float64, leak assess.Leak, m *mesh.Mesh) float64 {
	p := geom.LPS(at[0], at[1], at[2])
	best := p.Dist(geom.LPS(leak.CentroidLPS[0], leak.CentroidLPS[1], leak.CentroidLPS[2]))
	if m != nil {
		best = math.Inf(1)
		for _, v := range m.Vertices {
			best = min(best, p.Dist(v))
		}
	}
	return best
}
