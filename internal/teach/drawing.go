package teach

import (
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
)

// Drawn says what was drawn.
type Drawn string

// What can be drawn.
const (
	DrawnBody   Drawn = "body"
	DrawnCement Drawn = "cement"
)

// Drawing is what a learner drew round the body or the cement of a level, on one slice or more, beside the reference there.
type Drawing struct {
	Of    Drawn         `json:"of"`
	Dice  float64       `json:"dice"`
	Level anatomy.Level `json:"level,omitzero"`
	Areas Areas         `json:"areas"`
	// ReferenceML is the whole volume of what was drawn, in the reference; zero when it is not known.
	ReferenceML float64 `json:"referenceMl,omitempty"`
}

// Areas are those of outlines, of the reference's sections on their planes and of what both share, mm2, summed over the planes.
type Areas struct {
	DrawnMM2     float64 `json:"drawnMm2"`
	ReferenceMM2 float64 `json:"referenceMm2"`
	SharedMM2    float64 `json:"sharedMm2"`
	Slices       int     `json:"slices"`
}

// Dice is twice the common area over the sum of both (Dice 1945, Ecology 26:297); 0 of nothing.
func (a Areas) Dice() float64 {
	if a.DrawnMM2+a.ReferenceMM2 == 0 {
		return 0
	}
	return 2 * a.SharedMM2 / (a.DrawnMM2 + a.ReferenceMM2)
}

// Share is the area drawn over that of the reference; NaN where the reference has none.
func (a Areas) Share() float64 {
	if a.ReferenceMM2 == 0 {
		return math.NaN()
	}
	return a.DrawnMM2 / a.ReferenceMM2
}

// OffML is by how much the volume would be wrong if every slice were drawn as these were: the ratio estimate from the slices drawn
// (Cochran 1977, Sampling Techniques, chapter 6). NaN where it cannot be told.
func (d Drawing) OffML() float64 {
	if d.ReferenceML == 0 {
		return math.NaN()
	}
	return d.ReferenceML * (d.Areas.Share() - 1)
}

// OffPoints is by how much the fill ratio of the level would be wrong, in percentage points, the other volume being that of the
// reference: too large a body lowers it, too much cement raises it. NaN where it cannot be told.
func (d Drawing) OffPoints(t Treated) float64 {
	share := d.Areas.Share()
	switch {
	case d.Level != t.Level || share == 0:
		return math.NaN()
	case d.Of == DrawnBody:
		return 100 * t.Fill * (1/share - 1)
	}
	return 100 * t.Fill * (share - 1)
}

// CompareOutlines lays outlines over the sections of the reference's surface on their planes. Of the sections only those inside
// another surface count, where one is given: the cement of one body of several. ok is false when the reference meets none of the planes.
func CompareOutlines(outlines []measure.Shape, reference, within *mesh.Mesh) (a Areas, ok bool) {
	if reference == nil {
		return a, false
	}
	for _, o := range outlines {
		outline, section := o.Outline(), render.Section(reference, o.Plane)
		if within != nil {
			section = inside(section, render.Section(within, o.Plane))
		}
		if len(outline) < 3 {
			continue
		}
		ok = ok || len(section) > 0
		a.Slices++
		a.add(outline, section)
	}
	return a, ok && a.DrawnMM2 > 0
}

// inside keeps the lines whose middle lies in a section.
func inside(lines, section []render.Polyline) (out []render.Polyline) {
	for _, l := range lines {
		x, y := 0.0, 0.0
		for _, p := range l.Points {
			x, y = x+p.X/float64(len(l.Points)), y+p.Y/float64(len(l.Points))
		}
		if covers(section, x, y) {
			out = append(out, l)
		}
	}
	return out
}

// covers reports whether a point lies in a section: holes do not.
func covers(section []render.Polyline, x, y float64) bool {
	in := false
	for _, l := range section {
		if odd(l.Points, x, y) {
			in = !in
		}
	}
	return in
}

// add counts the areas of one plane on a lattice of a quarter of a millimetre.
func (a *Areas) add(outline []geom.Plane, section []render.Polyline) {
	lo, hi := geom.Pt[geom.PlaneFrame](math.Inf(1), math.Inf(1), 0), geom.Pt[geom.PlaneFrame](math.Inf(-1), math.Inf(-1), 0)
	grow := func(list []geom.Plane) {
		for _, p := range list {
			lo.X, lo.Y, hi.X, hi.Y = min(lo.X, p.X), min(lo.Y, p.Y), max(hi.X, p.X), max(hi.Y, p.Y)
		}
	}
	grow(outline)
	for _, l := range section {
		grow(l.Points)
	}
	const stepMM = 0.25
	for y := lo.Y + stepMM/2; y < hi.Y; y += stepMM {
		for x := lo.X + stepMM/2; x < hi.X; x += stepMM {
			drawn, there := odd(outline, x, y), covers(section, x, y)
			if drawn {
				a.DrawnMM2 += stepMM * stepMM
			}
			if there {
				a.ReferenceMM2 += stepMM * stepMM
			}
			if drawn && there {
				a.SharedMM2 += stepMM * stepMM
			}
		}
	}
}

// odd reports whether a point lies in a closed line, by the parity of crossings to its right.
func odd(line []geom.Plane, x, y float64) bool {
	in := false
	for i, p := range line {
		q := line[(i+1)%len(line)]
		if (p.Y > y) != (q.Y > y) && x < p.X+(y-p.Y)/(q.Y-p.Y)*(q.X-p.X) {
			in = !in
		}
	}
	return in
}

// Drawings of at least these Dice coefficients are right, and partly so: two careful readers agree by 0.9 and more. An area within
// this share of the reference is of the right size.
const rightDice, partlyDice, sizeShare = 0.9, 0.8, 0.03

func judgeDrawing(d Drawing, t *Treated, l text.Lang) Item {
	area := func(mm2 float64) string { return l.Unit(l.Number(mm2/100, 1), "cm²") }
	i := Item{Question: AskBody, Verdict: Wrong, You: "Dice " + l.Number(d.Dice, 2) + ", " + area(d.Areas.DrawnMM2),
		Reference: area(d.Areas.ReferenceMM2) + " " + slicesDrawn(d.Areas.Slices).In(l)}
	if d.Of == DrawnCement {
		i.Question = AskDrawn
	}
	switch {
	case d.Dice >= rightDice:
		i.Verdict = Right
	case d.Dice >= partlyDice:
		i.Verdict = Partly
	}
	i.Off = offBy(d, t, l)
	if share := d.Areas.Share(); i.Verdict != Right || math.Abs(share-1) > 2*sizeShare {
		i.Hint = drawingHint(d).In(l)
	}
	return i
}

func slicesDrawn(n int) Words {
	if n == 1 {
		return Words{"on this slice", "sur cette coupe"}
	}
	return Words{fmt.Sprintf("on these %d slices", n), fmt.Sprintf("sur ces %d coupes", n)}
}

// offBy tells what the outline does to the numbers.
func offBy(d Drawing, t *Treated, l text.Lang) string {
	ml, points := d.OffML(), d.OffPoints(*t)
	if math.IsNaN(ml) || math.IsInf(ml, 0) {
		return ""
	}
	signed := func(x float64, decimals int) string {
		if x > 0 {
			return "+" + l.Number(x, decimals)
		}
		return l.Number(x, decimals)
	}
	s := fmt.Sprintf(Words{"Every slice drawn like this: %s", "Toutes les coupes tracées ainsi : %s"}.In(l), l.Unit(signed(ml, 2), "mL"))
	if !math.IsNaN(points) {
		s += fmt.Sprintf(Words{", fill %s points", ", remplissage %s points"}.In(l), signed(points, 1))
	}
	return s
}

// drawingHint says what an outline that is not right usually did wrong.
func drawingHint(d Drawing) Words {
	share := d.Areas.Share()
	large, small := share > 1+sizeShare, share < 1-sizeShare
	switch {
	case math.IsNaN(share):
		return Words{"There is none of it on this slice in the reference.", "Il n’y en a pas sur cette coupe dans la référence."}
	case d.Of == DrawnBody && large:
		return Words{"Too large: the body ends at the outer surface of its cortex. Pedicles, discs and bone spurs are not part of it.", "Trop grand : le corps s’arrête à la surface externe de sa corticale. Pédicules, disques et ostéophytes n’en font pas partie."}
	case d.Of == DrawnBody && small:
		return Words{"Too small: the cortex belongs to the body; the line runs on its outer surface, in a bone window.", "Trop petit : la corticale fait partie du corps ; la ligne suit sa surface externe, en fenêtre os."}
	case d.Of == DrawnCement && large:
		return Words{"Too large: cement dazzles in a bone window. In the Cement window (4000 / 1500) its border lies half-way between its own density and what lies around it.", "Trop grand : le ciment éblouit en fenêtre os. En fenêtre Ciment (4000 / 1500), son bord est à mi-chemin entre sa densité et ce qui l’entoure."}
	case d.Of == DrawnCement && small:
		return Words{"Too small: thin tongues and separate islands count too; the border is half-way down the edge, not where the brightest part ends.", "Trop petit : les languettes fines et les îlots séparés comptent aussi ; le bord est à mi-pente, pas là où finit la partie la plus brillante."}
	}
	return Words{"The size is right, the place is not: compare both lines where they part.", "La taille est juste, la place non : comparer les deux lignes là où elles s’écartent."}
}
