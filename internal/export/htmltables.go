package export

import (
	"fmt"
	"strconv"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/text"
)

func number(shown string, x float64) htmlCell {
	return htmlCell{Text: shown, Sort: strconv.FormatFloat(x, 'g', -1, 64)}
}

func word(s string) htmlCell { return htmlCell{Text: s, Sort: s} }

func (c htmlCell) strong(yes bool) htmlCell { c.Strong = yes; return c }

// htmlVertebrae is the table of all vertebrae with all figures; what a telephone shows without scrolling comes first.
func htmlVertebrae(j *job) htmlTable {
	t, l := words[j.Lang], j.Lang
	out := htmlTable{Columns: []column{{t["level"], 0, true}, {t["fill"], 0, false}, {t["cement"], 0, false}, {t["prior"], 0, false}, {t["leak"], 0, false}, {t["body"], 0, false}, {t["pedicle"], 0, false},
		{t["heights"], 0, false}, {t["heightsBefore"], 0, false}, {t["wedge"], 0, false}, {t["genantShort"], 0, false}, {t["namedBy"], 0, true}, {t["registered"], 0, false}}}
	for _, v := range j.Report.Vertebrae {
		c := vertebraCells(&j.Report, v, l)
		wedge, residual := number(dash, -1e9), number(dash, -1)
		if v.WedgeAngleDegrees != nil {
			wedge = number(l.Number(*v.WedgeAngleDegrees, 1)+"°", *v.WedgeAngleDegrees)
		}
		if v.Registration != nil {
			residual = number(l.Number(v.Registration.ResidualMM, 2), v.Registration.ResidualMM)
		}
		pedicle := dash
		if v.CementInPedicleML > 0 {
			pedicle = l.ML(v.CementInPedicleML)
		}
		name := htmlCell{Text: v.Level.String() + " " + state(v, t), Sort: strconv.Itoa(int(v.Level)), Strong: v.Treated}
		out.Rows = append(out.Rows, []htmlCell{
			name,
			number(withBounds(l, c[4], v.FillRatioInterval, 100, 1), v.FillRatio).strong(v.Treated),
			number(withBounds(l, c[2], v.CementInBodyIntervalML, 1, text.MLDecimals(v.CementInBodyML)), v.CementInBodyML),
			number(c[3], v.PriorCementML), number(c[6], leakML(&j.Report, v.Level)),
			number(withBounds(l, c[1], v.BodyVolumeIntervalML, 1, text.MLDecimals(v.BodyVolumeML)), v.BodyVolumeML), number(pedicle, v.CementInPedicleML),
			number(heights(l, v.HeightsMM), middle(v.HeightsMM)), number(heights(l, v.PreHeightsMM), middle(v.PreHeightsMM)),
			wedge, number(integer(v.GenantGrade), grade(v.GenantGrade)), word(t[string(v.LevelSource)] + " " + l.Number(v.LevelConfidence, 2)), residual,
		})
	}
	return out
}

// htmlShapes is the table of heights and angles before and after.
func htmlShapes(j *job) htmlTable {
	t, l := words[j.Lang], j.Lang
	out := htmlTable{Columns: []column{{t["level"], 0, true}, {t["gainedAMP"], 0, false}, {t["restored"], 0, false}, {t["heightsBeforeAMP"], 0, false}, {t["heights"], 0, false}, {t["wedgeWas"], 0, false}, {t["cobb"], 0, false}}}
	for _, v := range j.Report.Vertebrae {
		if v.PreHeightsMM == nil && v.LocalCobbDegrees == nil {
			continue
		}
		most, cobb := -1e9, -1e9
		if v.Restoration != nil {
			most = max(v.Restoration.AnteriorMM, v.Restoration.MiddleMM, v.Restoration.PosteriorMM)
		}
		if v.LocalCobbDegrees != nil {
			cobb = *v.LocalCobbDegrees
		}
		name := htmlCell{Text: v.Level.String(), Sort: strconv.Itoa(int(v.Level)), Strong: v.Treated}
		out.Rows = append(out.Rows, []htmlCell{name, number(gained(l, v.Restoration), most), number(restored(l, v.Restoration), most), number(heights(l, v.PreHeightsMM), middle(v.PreHeightsMM)),
			number(heights(l, v.HeightsMM), middle(v.HeightsMM)), word(angles(l, v.PreWedgeAngleDegrees, v.WedgeAngleDegrees)), number(degrees(l, v.LocalCobbDegrees), cobb)})
	}
	return out
}

func middle(h *assess.Heights) float64 {
	if h == nil {
		return -1
	}
	return h.Middle
}

func grade(n *int) float64 {
	if n == nil {
		return -1
	}
	return float64(*n)
}

// htmlLeaks is the table of leaks, those that ask for attention first.
func htmlLeaks(j *job) htmlTable {
	t, l := words[j.Lang], j.Lang
	out := htmlTable{Columns: []column{{t["leakOne"], 0, true}, {t["type"], 0, true}, {t["volumeTitle"], 0, false}, {t["length"], 0, false}, {t["reach"], 0, false}, {t["effect"], 0, false}, {t["attention"], 0, true}}}
	rank := map[anatomy.Attention]float64{anatomy.AttentionRed: 0, anatomy.AttentionAmber: 1, anatomy.AttentionInfo: 2}
	for _, k := range byAttention(j.Report.Leaks) {
		share := -1.0
		if k.CanalEncroachmentFraction != nil {
			share = *k.CanalEncroachmentFraction
		}
		name := htmlCell{Text: leakName(k, l), Sort: fmt.Sprintf("%03d %s", k.Level, k.Compartment), Strong: k.Attention != anatomy.AttentionInfo, Glyph: glyphSVG(k)}
		out.Rows = append(out.Rows, []htmlCell{
			name, word(string(k.Type)), number(withBounds(l, l.LeakML(k.VolumeML), k.VolumeIntervalML, 1, 2), k.VolumeML),
			number(l.Number(k.LengthMM, 1), k.LengthMM), number(l.Number(k.ReachMM, 1), k.ReachMM), number(effect(k, l), share),
			number(t[string(k.Attention)], rank[k.Attention]).strong(k.Attention == anatomy.AttentionRed),
		})
	}
	return out
}

func htmlRunOf(j *job, n int, run assess.FluoroRun, e *encoder) htmlRun {
	t, l := words[j.Lang], j.Lang
	out := htmlRun{Title: fmt.Sprintf("%s %d", t["run"], n+1), Line: runLine(run, l)}
	if d := AreaPlot(run, l); d != nil {
		out.Curve = e.svg(d)
	}
	out.Events.Columns = []column{{"", 0, true}, {t["event"], 0, true}, {t["frame"], 0, false}, {t["time"], 0, false}, {t["reason"], 0, true}}
	for i, x := range run.Events {
		out.Events.Rows = append(out.Events.Rows, []htmlCell{number(strconv.Itoa(i+1), float64(i)), word(eventName(x, t)), number(strconv.Itoa(x.Frame), float64(x.Frame)), number(frameTime(run, x.Frame, l), float64(x.Frame)), word(x.Reason)})
	}
	for _, k := range run.CTLeaks {
		out.Leaks = append(out.Leaks, firstSeen(&j.Report, run, k, l))
	}
	return out
}
