package fluoro

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

// CT is what the control CT tells about the vertebra treated in the run.
type CT struct {
	Post   *volume.Volume
	Centre geom.Patient // of the treated body
	Cement []Deposit    // all new cement of that vertebra, the leaks apart
	// Start is by how much a reader moved the CT's picture from where it would be looked for, in mm along columns and rows.
	Start [2]float64
}

// Deposit is cement as points that stand for a volume each.
type Deposit struct {
	LeakID int // zero for cement that is no leak
	Points []geom.Patient
	MM3    float64 // of every point
}

// Placement is the CT laid on the first frame of the run.
type Placement struct {
	ImageFromPatient [12]float64 // 3x4, row-major: patient mm to column, row and weight
	ResidualMM       float64     // root mean square of what parts of the picture would still move, at the patient
	Correlation      float64
	Leaks            []LeakFrame
}

// LeakFrame is when a leak of the CT first shows.
type LeakFrame struct {
	ID    int
	Frame int // -1: never
	Why   Hidden
}

// Hidden says why a leak does not show.
type Hidden string

// The reasons.
const (
	Shown     Hidden = ""
	Behind    Hidden = "behind" // other cement, or the border of the picture, hides it in this projection
	NotInRun  Hidden = "not-in-run"
	Unplaced  Hidden = "unplaced" // the CT could not be laid on the run
	TooSmall  Hidden = "small"
	OtherSite Hidden = "other-site" // of another vertebra than the one treated in the run
)

// Reason says it in a sentence; empty for a leak that shows.
func (h Hidden) Reason(l text.Lang) string {
	en, fr := "", ""
	switch h {
	case Behind:
		en, fr = "not visible in this projection: it lies in line with other cement", "non visible dans cette projection : elle est dans l’axe d’un autre ciment"
	case TooSmall:
		en, fr = "not visible in this projection: less than 1 mm² would show", "non visible dans cette projection : moins de 1 mm² se verrait"
	case NotInRun:
		en, fr = "not seen in this run at its place on the CT", "non vue dans cette série à sa place sur le scanner"
	case Unplaced:
		en, fr = "the CT could not be laid on the run", "le scanner n’a pas pu être superposé à la série"
	case OtherSite:
		en, fr = "of another vertebra than the one treated in this run", "d’une autre vertèbre que celle traitée dans cette série"
	}
	if l == text.French {
		return fr
	}
	return en
}

// ErrNoGeometry is returned where the run does not tell angles, distances and detector pixels, ErrNoFit where the CT does not fit.
var (
	ErrNoGeometry = errors.New("fluoro: the run does not tell its geometry")
	ErrNoFit      = errors.New("fluoro: the CT does not fit the run")
)

// Below these the CT is not laid on the run.
const (
	leastCorrelation = 0.35
	mostResidual     = 3.5
)

// Bridge lays the control CT on the run and follows each of its leaks back to the frame in which it first shows. The registration is
// rigid, of the treated vertebra, by correlation of digitally reconstructed radiographs with the last frames (compare Penney et al.,
// IEEE TMI 17, 1998); along the beam one view hardly holds it.
func Bridge(ctx context.Context, r *Run, res *Result, ct *CT) (*Placement, error) {
	c, ok := newCamera(r.View, r.NX, r.NY)
	if !ok {
		return nil, ErrNoGeometry
	}
	t := res.track
	if t == nil || t.ref == nil || res.cement == nil {
		return nil, ErrNoFit
	}
	b := res.cement.bin
	late, err := r.meanOf(ctx, t, t.good(r.Frames-1, -1, maskFrames), b)
	if err != nil {
		return nil, fmt.Errorf("fluoro: %w", err)
	}
	start := pose{}
	start.shift[0], start.shift[1] = ct.Start[0], ct.Start[1]
	if x, y, seen := res.cement.middle(); seen {
		pr := c.project(pose{}, ct.Centre)
		u, v, n := 0.0, 0.0, 0.0
		for _, d := range ct.Cement {
			for _, p := range d.Points {
				a, b := pr.at(p)
				u, v, n = u+a, v+b, n+1
			}
		}
		if n > 0 {
			start.shift[0] += (x - u/n) * c.colMM * c.toPatient / c.toDetector
			start.shift[1] += (y - v/n) * c.rowMM * c.toPatient / c.toDetector
		}
	}
	pr := c.project(start, ct.Centre)
	mx, my := pr.at(ct.Centre)
	m := newMatcher(c, ct.Centre, specks(ct.Post, ct.Centre), late, b, [2]float64{mx, my}, t.rodNear)
	p, score, err := m.search(ctx, start)
	if err != nil {
		return nil, fmt.Errorf("fluoro: %w", err)
	}
	out := &Placement{ImageFromPatient: c.project(p, ct.Centre), Correlation: score, ResidualMM: m.residual(p)}
	if score < leastCorrelation || out.ResidualMM > mostResidual {
		return nil, ErrNoFit
	}
	out.Leaks = res.leakFrames(ct, projection(out.ImageFromPatient), c.mmAt())
	return out, nil
}

// rodNear reports whether a trocar is or was at a pixel of the first frame.
func (t *track) rodNear(x, y float64) bool {
	i, j := int(x)/t.bin, int(y)/t.bin
	return i >= 0 && j >= 0 && i < t.w && j < t.h && t.rod[j*t.w+i]
}

// middle returns the centroid of the cement in pixels of the first frame.
func (m *cementMap) middle() (x, y float64, ok bool) {
	n := 0.0
	for i, f := range m.from {
		if f != never {
			u, v := m.full(i)
			x, y, n = x+u, y+v, n+1
		}
	}
	return x / math.Max(1, n), y / math.Max(1, n), n > 0
}

// A leak shows where it alone is thick enough on the CT's radiograph, and not within a cell of other cement: the registration is
// about that good.
const (
	leakCellMM = 0.6
	shownMM    = 0.8
	otherMM    = 0.8
	shownMM2   = 1.0
)

// leakFrames finds, for each leak, the first frame in which cement lies where only that leak does.
func (r *Result) leakFrames(ct *CT, m projection, mm float64) (out []LeakFrame) {
	step := leakCellMM / mm
	n := int(float64(max(r.nx, r.ny))/step) + 2
	thick := map[int][]float32{}
	for _, d := range ct.Cement {
		if thick[d.LeakID] == nil {
			thick[d.LeakID] = make([]float32, n*n)
		}
		screen{step: step, n: n}.radiograph(pointsOf(d), m, thick[d.LeakID], make([]float32, n*n))
	}
	for _, d := range ct.Cement {
		if d.LeakID == 0 {
			continue
		}
		others := make([]bool, n*n)
		for id, list := range thick {
			for i, t := range list {
				others[i] = others[i] || id != d.LeakID && t >= otherMM
			}
		}
		thin := 0
		for _, t := range thick[d.LeakID] {
			if t >= shownMM {
				thin++
			}
		}
		// A cell beside other cement is left out where enough others are left.
		alone, cells := only(thick[d.LeakID], grown(others, n, n, 1))
		if float64(cells)*leakCellMM*leakCellMM < shownMM2 {
			alone, cells = only(thick[d.LeakID], others)
		}
		f := LeakFrame{ID: d.LeakID, Frame: -1}
		switch {
		case thin == 0:
			f.Why = TooSmall
		case float64(cells)*leakCellMM*leakCellMM < shownMM2:
			f.Why = Behind
		default:
			f.Frame = r.firstIn(alone, n, step, mm)
			if f.Frame < 0 {
				f.Why = NotInRun
			}
		}
		out = append(out, f)
	}
	return out
}

// only returns the cells in which a leak is thick enough and hidden are not, and their number.
func only(thick []float32, hidden []bool) (alone []bool, cells int) {
	alone = make([]bool, len(thick))
	for i, t := range thick {
		if alone[i] = t >= shownMM && !hidden[i]; alone[i] {
			cells++
		}
	}
	return alone, cells
}

// pointsOf turns a deposit into specks whose radiograph is in mm.
func pointsOf(d Deposit) []speck {
	out := make([]speck, len(d.Points))
	for n, p := range d.Points {
		out[n] = speck{p, float32(d.MM3 / (leakCellMM * leakCellMM))}
	}
	return out
}

// firstIn returns the frame in which shownMM2 of cement lies in the cells; -1 when that never happens.
func (r *Result) firstIn(cells []bool, n int, step, mm float64) int {
	var frames []int
	for i, f := range r.cement.from {
		if f == never {
			continue
		}
		x, y := r.cement.full(i)
		if u, v := nearest(x/step), nearest(y/step); u >= 0 && v >= 0 && u < n && v < n && cells[v*n+u] {
			frames = append(frames, int(f))
		}
	}
	pixel := mm * float64(r.cement.bin)
	need := int(math.Ceil(shownMM2 / (pixel * pixel)))
	if len(frames) < need {
		return -1
	}
	slices.Sort(frames)
	return frames[need-1]
}
