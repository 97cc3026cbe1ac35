package teach

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/text"
)

// Answer is what a learner says about a case. A question that was left out stays at its zero value.
type Answer struct {
	Level   anatomy.Level         `json:"level,omitzero"` // the treated one; any of them where there are several
	Fill    float64               `json:"fill,omitempty"` // 0..1 of that level; negative: not answered
	Leaks   []anatomy.Compartment `json:"leaks"`
	NoLeak  bool                  `json:"noLeak"` // said outright
	Prior   []anatomy.Level       `json:"prior,omitempty"`
	NoPrior bool                  `json:"noPrior"`
	Canal   Said                  `json:"canal,omitempty"` // cement narrows the canal
	Marks   []Mark                `json:"marks,omitempty"`
	Drawn   []Drawing             `json:"drawn,omitempty"`
	// Measured is the fill that the learner measured after estimating it, 0..1; nil: not measured.
	Measured *float64 `json:"measured,omitempty"`
	// Types are of the leaks that were named, by compartment.
	Types map[anatomy.Compartment]anatomy.LeakType `json:"types,omitempty"`
}

// Said is a yes or a no; empty while it was not answered.
type Said string

// What can be said.
const (
	Yes Said = "yes"
	No  Said = "no"
)

// Verdict is how good an answer is.
type Verdict string

// The verdicts, worth 1, a half and 0.
const (
	Right  Verdict = "right"
	Partly Verdict = "partly"
	Wrong  Verdict = "wrong"
)

func (v Verdict) points() float64 {
	switch v {
	case Right:
		return 1
	case Partly:
		return 0.5
	}
	return 0
}

// Question names what was asked.
type Question string

// The questions of the quiz.
const (
	AskLevel Question = "level"
	AskFill  Question = "fill"
	AskLeaks Question = "leaks"
	AskCanal Question = "canal"
	AskPrior Question = "prior"
	AskBody  Question = "body" // drawn, as the next
	AskDrawn Question = "cement"

	AskMeasured Question = "measured"
	AskTypes    Question = "types"
)

// questions are all of them, in the order of the quiz.
var questions = []Question{AskLevel, AskFill, AskMeasured, AskLeaks, AskTypes, AskCanal, AskPrior, AskBody, AskDrawn}

// Item is one question with the answer, the reference, and what to learn from the difference.
type Item struct {
	Question       Question
	Verdict        Verdict
	You, Reference string
	Off            string // how far off, in the units of the measurement; drawings only
	Hint           string
}

// Result is a judged answer.
type Result struct {
	Points, Most float64
	Items        []Item
}

// An estimate within these distances, in percentage points, or within the interval of the reference, counts as right and as partly so;
// a measurement must be closer.
const (
	fillRightPoints      = 3.0
	fillPartlyPoints     = 8.0
	measuredRightPoints  = 1.5
	measuredPartlyPoints = 4.0
)

// Judge compares an answer with the reference, in words of the language. Measurements, types of leaks and drawings are judged where
// the learner gave some.
func Judge(c *Case, a Answer, l text.Lang) Result {
	var r Result
	add := func(i Item) {
		r.Items = append(r.Items, i)
		r.Points += i.Verdict.points()
		r.Most++
	}
	t := c.treated(a.Level)
	add(judgeLevel(c, a, t != nil))
	if t == nil {
		t = &c.Reference.Treated[0]
	}
	add(judgeFill(*t, a, l))
	if a.Measured != nil {
		add(judgeMeasured(*t, *a.Measured, l))
	}
	add(judgeLeaks(c, a, l))
	if len(a.Types) > 0 && len(c.Reference.Leaks) > 0 {
		add(judgeTypes(c, a, l))
	}
	add(judgeCanal(c, a, l))
	add(judgePrior(c, a, l))
	for _, d := range a.Drawn {
		add(judgeDrawing(d, t, l))
	}
	return r
}

// Verdicts are the verdicts by question, as a score keeps them.
func (r *Result) Verdicts() map[Question]Verdict {
	out := map[Question]Verdict{}
	for _, i := range r.Items {
		out[i.Question] = i.Verdict
	}
	return out
}

func (c *Case) treated(l anatomy.Level) *Treated {
	for i := range c.Reference.Treated {
		if c.Reference.Treated[i].Level == l {
			return &c.Reference.Treated[i]
		}
	}
	return nil
}

func judgeLevel(c *Case, a Answer, found bool) Item {
	i := Item{Question: AskLevel, Verdict: Wrong, You: levelName(a.Level)}
	var names []string
	for _, t := range c.Reference.Treated {
		names = append(names, t.Level.String())
		if !found && (a.Level == t.Level.Below(1) || a.Level == t.Level.Below(-1)) && a.Level != anatomy.None {
			i.Verdict = Partly // counted one off: the right vertebra by another name
		}
	}
	i.Reference = strings.Join(names, ", ")
	if found {
		i.Verdict = Right
	}
	return i
}

func levelName(l anatomy.Level) string {
	if l == anatomy.None {
		return "–"
	}
	return l.String()
}

func judgeFill(t Treated, a Answer, l text.Lang) Item {
	i := Item{Question: AskFill, Verdict: Wrong, You: "–", Reference: fillOf(t, l)}
	if a.Fill < 0 || math.IsNaN(a.Fill) {
		return i
	}
	i.You = l.Percent(a.Fill) + " %"
	off := 100 * (a.Fill - t.Fill)
	inside := t.Interval != nil && a.Fill >= t.Interval[0] && a.Fill <= t.Interval[1]
	switch {
	case inside || math.Abs(off) <= fillRightPoints:
		i.Verdict = Right
		return i
	case math.Abs(off) <= fillPartlyPoints:
		i.Verdict = Partly
	}
	hint := Words{"Cement dazzles in a bone window. In the Cement window (4000 / 1500) the mass looks smaller.", "Le ciment éblouit en fenêtre os. En fenêtre Ciment (4000 / 1500), la masse paraît plus petite."}
	if off < 0 {
		hint = Words{"The share is of the whole body, to its outer surface. Scroll through every slice: masses beside the midline add up.", "Le taux porte sur tout le corps, jusqu’à sa surface externe. Parcourir toutes les coupes : les masses hors de la ligne médiane s’ajoutent."}
	}
	i.Hint = hint.In(l)
	return i
}

func judgeLeaks(c *Case, a Answer, l text.Lang) Item {
	i := Item{Question: AskLeaks, You: compartmentNames(a.Leaks, l)}
	var all []anatomy.Compartment
	for _, k := range c.Reference.Leaks {
		if !slices.Contains(all, k.Compartment) {
			all = append(all, k.Compartment)
		}
	}
	slices.SortFunc(all, watched)
	i.Reference = compartmentNames(all, l)
	if len(a.Leaks) == 0 && !a.NoLeak {
		i.Verdict, i.You = Wrong, "–"
		return i
	}
	var hit, missed []anatomy.Compartment
	for _, k := range all {
		if slices.Contains(a.Leaks, k) {
			hit = append(hit, k)
		} else {
			missed = append(missed, k)
		}
	}
	extra := 0
	for _, k := range a.Leaks {
		if !slices.Contains(all, k) {
			extra++
		}
	}
	switch {
	case len(missed) == 0 && extra == 0:
		i.Verdict = Right
	case slices.Contains(missed, anatomy.Canal), len(hit) == 0:
		i.Verdict = Wrong // the one in the canal is never half missed
	default:
		i.Verdict = Partly
	}
	if len(missed) > 0 {
		slices.SortFunc(missed, watched)
		i.Hint = leakHints[missed[0]].In(l)
	} else if extra > 0 {
		i.Hint = Words{"Cement that only touches the border of the body, or lies in a pedicle, is no leak.", "Le ciment qui ne fait que toucher le bord du corps, ou reste dans un pédicule, n’est pas une fuite."}.In(l)
	}
	return i
}

// judgeCanal asks whether cement takes room in the canal. It speaks of room, never of symptoms.
func judgeCanal(c *Case, a Answer, l text.Lang) Item {
	is := No
	var in *Leak
	for n := range c.Reference.Leaks {
		if c.Reference.Leaks[n].Compartment == anatomy.Canal {
			is, in = Yes, &c.Reference.Leaks[n]
		}
	}
	said := map[Said]Words{Yes: {"yes", "oui"}, No: {"no", "non"}, "": {"–", "–"}}
	i := Item{Question: AskCanal, Verdict: Wrong, You: said[a.Canal].In(l), Reference: said[is].In(l)}
	if in != nil && in.CanalMM != nil {
		i.Reference += ", " + l.Unit(l.Number(*in.CanalMM, 1), "mm")
		if in.CanalFraction != nil {
			i.Reference += ", " + fmt.Sprintf(Words{"%s of its area", "%s de son aire"}.In(l), l.Unit(l.Percent(*in.CanalFraction), "%"))
		}
	}
	if a.Canal == is {
		i.Verdict = Right
	} else if a.Canal != "" {
		i.Hint = leakHints[anatomy.Canal].In(l)
	}
	return i
}

func fillOf(t Treated, l text.Lang) string {
	s := l.Percent(t.Fill) + " %"
	if t.Interval != nil {
		s += fmt.Sprintf(" [%s–%s]", l.Percent(t.Interval[0]), l.Percent(t.Interval[1]))
	}
	return s
}

func judgeMeasured(t Treated, fill float64, l text.Lang) Item {
	i := Item{Question: AskMeasured, Verdict: Wrong, You: l.Percent(fill) + " %", Reference: fillOf(t, l)}
	off := 100 * (fill - t.Fill)
	inside := t.Interval != nil && fill >= t.Interval[0] && fill <= t.Interval[1]
	switch {
	case inside || math.Abs(off) <= measuredRightPoints:
		i.Verdict = Right
		return i
	case math.Abs(off) <= measuredPartlyPoints:
		i.Verdict = Partly
	}
	hint := Words{"Too much: the border of the cement lies where its brightness has fallen to half, not where it ends; or the body was drawn too small.", "Trop : le bord du ciment est là où sa brillance est tombée de moitié, pas là où elle finit ; ou le corps a été tracé trop petit."}
	if off < 0 {
		hint = Words{"Too little: every slice counts, and the body ends at the outer surface of its cortex, not beyond.", "Trop peu : chaque coupe compte, et le corps s’arrête à la surface externe de sa corticale, pas au-delà."}
	}
	i.Hint = hint.In(l)
	return i
}

func judgeTypes(c *Case, a Answer, l text.Lang) Item {
	i := Item{Question: AskTypes, Verdict: Wrong, You: "–"}
	var you, reference []string
	right := 0
	var missed *Leak
	for n := range c.Reference.Leaks {
		k := &c.Reference.Leaks[n]
		where := compartmentWords[k.Compartment].In(l)
		reference = append(reference, where+": "+string(k.Type))
		said, ok := a.Types[k.Compartment]
		if ok {
			you = append(you, where+": "+string(said))
		}
		if ok && said == k.Type {
			right++
		} else if missed == nil {
			missed = k
		}
	}
	i.Reference = strings.Join(reference, ", ")
	if len(you) > 0 {
		i.You = strings.Join(you, ", ")
	}
	switch {
	case right == len(c.Reference.Leaks):
		i.Verdict = Right
	case right > 0:
		i.Verdict = Partly
	}
	if missed != nil {
		i.Hint = typeHints[missed.Type].In(l)
	}
	return i
}

// typeHints say how a type is told from the others: Yeom 2003 for B, S and C.
var typeHints = map[anatomy.LeakType]Words{
	anatomy.TypeB: {"B: through the foramen of the basivertebral vein, in the middle of the posterior wall at mid-height.", "B : par le foramen de la veine basivertébrale, au milieu du mur postérieur à mi-hauteur."},
	anatomy.TypeS: {"S: along a segmental vein, a thin tube that leaves the side or front at mid-height.", "S : le long d’une veine segmentaire, tube fin qui sort sur le côté ou en avant à mi-hauteur."},
	anatomy.TypeC: {"C: through a gap of the cortex, a mass without the course of a vein.", "C : par une brèche de la corticale, une masse sans trajet veineux."},
	anatomy.TypeD: {"D: through an endplate into the disc.", "D : à travers un plateau, dans le disque."},
	anatomy.TypeT: {"T: back along the way of the needle.", "T : en arrière, le long du trajet de l’aiguille."},
	anatomy.TypeE: {"E: carried away by the blood, far from the vertebra.", "E : emporté par le sang, loin de la vertèbre."},
}

// watched orders compartments, the most watched first.
func watched(a, b anatomy.Compartment) int {
	return slices.Index(anatomy.Compartments, a) - slices.Index(anatomy.Compartments, b)
}

func compartmentNames(list []anatomy.Compartment, l text.Lang) string {
	if len(list) == 0 {
		return Words{"no leak", "pas de fuite"}.In(l)
	}
	var s []string
	for _, k := range list {
		s = append(s, compartmentWords[k].In(l))
	}
	return strings.Join(s, ", ")
}

var compartmentWords = map[anatomy.Compartment]Words{
	anatomy.Canal:             {"canal, epidural", "canalaire, épidurale"},
	anatomy.Foramen:           {"foramen", "foraminale"},
	anatomy.DiscSuperior:      {"disc above", "disque sus-jacent"},
	anatomy.DiscInferior:      {"disc below", "disque sous-jacent"},
	anatomy.ParavertebralVein: {"paravertebral vein", "veineuse paravertébrale"},
	anatomy.SoftTissue:        {"soft tissue", "tissus mous"},
	anatomy.NeedleTrack:       {"needle track", "trajet de l’aiguille"},
	anatomy.Distant:           {"distant", "à distance"},
}

// leakHints say how a leak of each compartment is looked for.
var leakHints = map[anatomy.Compartment]Words{
	anatomy.Canal:             {"Follow the posterior wall slice by slice in axial view, midway between the pedicles, where the basivertebral vein leaves.", "Suivre le mur postérieur coupe par coupe en axial, à mi-distance des pédicules, là où sort la veine basivertébrale."},
	anatomy.Foramen:           {"Look below each pedicle in a sagittal view off the midline: the foramen should hold fat and the nerve alone.", "Regarder sous chaque pédicule en sagittal, hors de la ligne médiane : le foramen ne doit contenir que la graisse et le nerf."},
	anatomy.DiscSuperior:      {"In sagittal and coronal views, cement above the line of the upper endplate lies in the disc.", "En sagittal et en coronal, le ciment au-dessus de la ligne du plateau supérieur est dans le disque."},
	anatomy.DiscInferior:      {"In sagittal and coronal views, cement below the line of the lower endplate lies in the disc.", "En sagittal et en coronal, le ciment sous la ligne du plateau inférieur est dans le disque."},
	anatomy.ParavertebralVein: {"The vein runs round the body: follow a thin dense arc in axial view from one side to the other.", "La veine contourne le corps : suivre en axial un arc fin et dense d’un côté à l’autre."},
	anatomy.SoftTissue:        {"Beside and in front of the body, cement without the course of a vein came through a defect of the cortex.", "À côté ou en avant du corps, un ciment sans trajet veineux est passé par un défaut de la corticale."},
	anatomy.NeedleTrack:       {"A straight line from the pedicle to the skin is the way of the needle.", "Une ligne droite du pédicule vers la peau est le trajet de l’aiguille."},
	anatomy.Distant:           {"Look far from the spine too: a lung window shows dense points that the bone window hides.", "Regarder aussi loin du rachis : la fenêtre poumon montre des points denses que la fenêtre os cache."},
}

func judgePrior(c *Case, a Answer, l text.Lang) Item {
	i := Item{Question: AskPrior, Verdict: Wrong, You: levelNames(a.Prior, l), Reference: levelNames(c.Reference.Prior, l)}
	if len(a.Prior) == 0 && !a.NoPrior {
		i.You = "–"
		return i
	}
	hit := 0
	for _, x := range c.Reference.Prior {
		if slices.Contains(a.Prior, x) {
			hit++
		}
	}
	switch {
	case hit == len(c.Reference.Prior) && len(a.Prior) == hit:
		i.Verdict = Right
	case hit > 0:
		i.Verdict = Partly
	}
	if i.Verdict != Right {
		i.Hint = Words{"Cement that is there on the CT from before is neither a leak nor part of today’s injection.", "Le ciment déjà présent sur le scanner d’avant n’est ni une fuite ni une part de l’injection du jour."}.In(l)
	}
	return i
}

func levelNames(list []anatomy.Level, l text.Lang) string {
	if len(list) == 0 {
		return Words{"none", "aucun"}.In(l)
	}
	var s []string
	for _, x := range list {
		s = append(s, x.String())
	}
	return strings.Join(s, ", ")
}
