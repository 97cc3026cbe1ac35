package assess

import (
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/text"
)

// note writes into the report what was corrected: one quality entry for every body and level touched, and the whole list with who,
// when and the numbers before under parameters.corrections.
func (e *editing) note(out *Result) {
	c := out.Corrections
	sink := &diag.Sink{}
	for _, f := range out.Findings {
		if id, ok := f.Args["id"].(int); ok && f.Code == diag.CodeLeakCompartmentUnsure && c.Decisions[id] == Accepted {
			continue // the reader chose
		}
		sink.Add(f.Code, f.Level, f.Args)
	}
	shaped, drawn, named, outlined := map[anatomy.Level]bool{}, map[anatomy.Level]bool{}, map[anatomy.Level]bool{}, map[anatomy.Level]bool{}
	list := []map[string]any{}
	for n, x := range c.Edits {
		if !c.Applied[n] {
			continue
		}
		line := map[string]any{"kind": string(x.Kind), "pointLps": x.At}
		if x.Who != "" {
			line["who"] = x.Who
		}
		if !x.When.IsZero() {
			line["when"] = x.When.UTC().Format(time.RFC3339)
		}
		level := levelAt(out, x)
		switch x.Kind {
		case BodyDrag, BodyBrush:
			shaped[level] = true
		case BodyRename, BodyAdd:
			named[x.Level] = true
		case CementIsPrior, CementIsNew, CementBrush, CementRemove, CementFill, CementGrow:
			drawn[level] = true
		case LesionOutline, LesionCut, LesionBrush, LesionErase, LesionBetween, LesionClear:
			outlined[level] = true
		case BodyDelete:
			sink.Add(diag.CodeBodyRemoved, levelAt(c.Automatic, x), nil)
		}
		for key, value := range map[string]string{"compartment": string(x.Compartment), "type": string(x.Type), "side": string(x.Side)} {
			if value != "" {
				line[key] = value
			}
		}
		if level != anatomy.None {
			line["level"] = level.String()
		}
		list = append(list, line)
	}
	for _, v := range out.Report.Vertebrae {
		was := automaticLine(c.Automatic, v)
		if shaped[v.Level] && was != nil {
			sink.Add(diag.CodeBodyCorrected, v.Level, diag.Args{"a": ml(was.BodyVolumeML), "b": ml(v.BodyVolumeML)})
		}
		if drawn[v.Level] && was != nil {
			sink.Add(diag.CodeCementCorrected, v.Level, diag.Args{"a": ml(was.CementInBodyML), "b": ml(v.CementInBodyML)})
		}
		if outlined[v.Level] && v.Lesion != nil {
			sink.Add(diag.CodeLesionOutlined, v.Level, diag.Args{"v": ml(v.Lesion.VolumeML)})
		}
		if named[v.Level] {
			sink.Add(diag.CodeLevelRenamed, v.Level, nil)
		}
	}
	for _, x := range c.Rejected {
		sink.Add(diag.CodeLeakRejected, x.Leak.Level, diag.Args{"id": x.Leak.ID})
	}
	for _, l := range out.Report.Leaks {
		if c.Changed[l.ID] {
			sink.Add(diag.CodeLeakCorrected, l.Level, diag.Args{"id": l.ID})
		}
	}
	out.Findings = sink.Findings()
	out.Report.Quality = Messages(out.Findings, e.run.opt.Lang)
	if len(list) == 0 {
		return
	}
	out.Report.Parameters["corrections"] = list
	out.Report.Parameters["automatic"] = automaticNumbers(c.Automatic)
	if ids := c.accepted(); len(ids) > 0 {
		out.Report.Parameters["leaksAccepted"] = ids
	}
	rejected := []map[string]any{}
	for _, x := range c.Rejected {
		rejected = append(rejected, map[string]any{"id": x.Leak.ID, "level": x.Leak.Level.String(), "compartment": string(x.Leak.Compartment), "volumeMl": x.Leak.VolumeML, "countedAs": rejectedAs[x.Class]})
	}
	if len(rejected) > 0 {
		out.Report.Parameters["leaksRejected"] = rejected
	}
}

// ml is a volume in a sentence.
func ml(x float64) diag.Num { return diag.Num{X: x, Decimals: text.MLDecimals(x)} }

var rejectedAs = map[anatomy.CementClass]string{0: "no cement", anatomy.CementInBody: "cement in the body", anatomy.CementInPedicle: "cement in the pedicle", anatomy.CementPrior: "prior cement"}

func (c *Corrections) accepted() (ids []int) {
	for id, d := range c.Decisions {
		if d == Accepted {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// automaticNumbers are the values before any correction.
func automaticNumbers(r *Result) []map[string]any {
	out := []map[string]any{}
	for _, v := range r.Report.Vertebrae {
		out = append(out, map[string]any{"level": v.Level.String(), "bodyVolumeMl": v.BodyVolumeML, "cementInBodyMl": v.CementInBodyML, "priorCementMl": v.PriorCementML, "fillRatio": v.FillRatio})
	}
	return out
}

// automaticLine returns the line of the automatic report that a vertebra had: the one whose middle is nearest, for names may have
// changed; nil when the vertebra was not in it.
func automaticLine(auto *Result, v Vertebra) *Vertebra {
	var best *Vertebra
	least := float64(sameBodyMM)
	for n := range auto.Report.Vertebrae {
		w := &auto.Report.Vertebrae[n]
		if d := place(w.CentroidLPS).Dist(place(v.CentroidLPS)); d < least {
			best, least = w, d
		}
	}
	return best
}

// sameBodyMM is how far the middle of a body moves at most when its surface is corrected.
const sameBodyMM = 12

// AutomaticLine returns what the program found by itself for a vertebra of a corrected result; nil when nothing was corrected or
// the vertebra is new.
func (r *Result) AutomaticLine(v Vertebra) *Vertebra {
	if r.Corrections == nil {
		return nil
	}
	return automaticLine(r.Corrections.Automatic, v)
}

// levelAt returns the level of the vertebra that an edit lies at in a result.
func levelAt(r *Result, x Edit) anatomy.Level {
	if x.Kind == LeakRelabel || x.Kind == BodyRename {
		return x.Level
	}
	p := x.at()
	if x.Stroke != nil && len(x.Stroke.Points) > 0 {
		p = place(x.Stroke.Points[0])
	}
	if v, _ := r.Spine.Nearest(p); v != nil {
		return v.Level
	}
	return anatomy.None
}
