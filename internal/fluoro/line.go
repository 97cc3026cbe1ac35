package fluoro

import (
	"cmp"
	"math"
	"slices"
)

// Line is a line on the first frame that cement may cross.
type Line struct {
	Name     string
	Proposed bool // found by the program, not drawn by the user
	Points   [2][2]float64
	Doubt    float64 // by how many pixels the line may be off: only cement farther beyond crosses it
}

// crossPixels is how many pixels beyond a line, in pictures of 384 a side, make a crossing; they must be joined.
const crossPixels = 9

// Add adds lines and finds where cement crosses them.
func (r *Result) Add(lines ...Line) {
	r.Lines = append(r.Lines, lines...)
	r.crossings(lines)
	sortEvents(r.Events)
}

// crossings finds the first frame in which cement lies beyond each line. Beyond is the side on which less of the first cement lies;
// only cement beside the segment counts, not beyond its ends.
func (r *Result) crossings(lines []Line) {
	m := r.cement
	if m == nil {
		return
	}
	var frames []int
	for _, l := range lines {
		mask := m.beyond(l)
		if mask == nil {
			return
		}
		scale := float64(max(m.w, m.h)) / 384
		need := int(math.Ceil(crossPixels * scale * scale))
		frame, count := never, 0
		for _, p := range pieces(mask, m.w, m.h) {
			if len(p) < need {
				continue
			}
			frames = frames[:0]
			for _, i := range p {
				frames = append(frames, int(m.from[i]))
			}
			slices.Sort(frames)
			if f := frames[need-1]; f < frame {
				frame, count = f, len(p)*m.bin*m.bin
			}
		}
		if frame != never {
			r.Events = append(r.Events, Event{Kind: LineCrossed, Frame: frame, Line: l.Name, Confidence: sure(float64(count) / float64(need)), Amount: float64(count)})
		}
	}
}

// beyond marks the cement beyond a line; nil where there is none at all.
func (m *cementMap) beyond(l Line) []bool {
	first, last := never, 0
	for _, f := range m.from {
		if f != never {
			first, last = min(first, int(f)), max(last, int(f))
		}
	}
	if first == never {
		return nil
	}
	beyond, sideways := l.sides()
	early := first + (last-first)/4
	side := 0.0
	for i, f := range m.from {
		if int(f) <= early {
			x, y := m.full(i)
			if d := beyond(x, y); d > 0 {
				side++
			} else {
				side--
			}
		}
	}
	sign := 1.0
	if side > 0 {
		sign = -1
	}
	mask := make([]bool, len(m.from))
	for i, f := range m.from {
		if f == never {
			continue
		}
		x, y := m.full(i)
		if s := sideways(x, y); sign*beyond(x, y) > 0.5+l.Doubt && s >= 0 && s <= 1 {
			mask[i] = true
		}
	}
	return mask
}

// sides returns the signed distance from the line in pixels, and the place along the segment, 0..1 between its ends.
func (l Line) sides() (beyond, sideways func(x, y float64) float64) {
	ax, ay := l.Points[0][0], l.Points[0][1]
	dx, dy := l.Points[1][0]-ax, l.Points[1][1]-ay
	length := math.Max(1e-9, math.Hypot(dx, dy))
	return func(x, y float64) float64 { return ((x-ax)*dy - (y-ay)*dx) / length },
		func(x, y float64) float64 { return ((x-ax)*dx + (y-ay)*dy) / (length * length) }
}

func sortEvents(e []Event) {
	slices.SortStableFunc(e, func(a, b Event) int { return cmp.Compare(a.Frame, b.Frame) })
}
