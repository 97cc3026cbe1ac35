package export

import (
	"fmt"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/text"
)

// Span is a piece of a sentence; Bold marks what the eye should find first.
type Span struct {
	Text string
	Bold bool
}

// Summary says the result in a few plain sentences: levels and their fill, leaks with what was measured on them, earlier cement,
// what could not be judged. It repeats figures of the report and adds no judgement.
func Summary(r *assess.Report, l text.Lang) []Span {
	s := summary{r: r, l: l, t: words[l]}
	switch t := r.Totals; {
	case r.Inputs.Post == nil && len(r.Fluoro) > 0:
		s.say(s.t["runsOnly"])
	case len(r.Vertebrae) == 0 || t == nil:
		s.say(s.t["nobody"])
	case t.NewCementML == 0 && t.PriorCementML == 0:
		s.say(s.t["nocement"])
	default:
		s.fills()
		s.lesions()
		s.leaks()
		s.prior()
	}
	s.limits()
	return s.out
}

// title names a report by what it was measured on.
func title(r *assess.Report, l text.Lang) string {
	if r.Inputs.Post == nil && len(r.Fluoro) > 0 {
		return words[l]["titleRuns"]
	}
	return words[l]["title"]
}

type summary struct {
	r   *assess.Report
	l   text.Lang
	t   map[string]string
	out []Span
}

// say adds plain text to the span before it: between spans a line may break.
func (s *summary) say(text string) {
	if n := len(s.out); n > 0 && !s.out[n-1].Bold {
		s.out[n-1].Text += text
		return
	}
	s.out = append(s.out, Span{Text: text})
}

func (s *summary) bold(text string) { s.out = append(s.out, Span{Text: text, Bold: true}) }

// fills tells the treated levels and how full they are.
func (s *summary) fills() {
	var names []string
	var treated []assess.Vertebra
	for _, v := range s.r.Vertebrae {
		if v.Treated {
			treated, names = append(treated, v), append(names, v.Level.String())
		}
	}
	if len(treated) == 0 {
		s.say(s.t["noNew"])
		return
	}
	said := s.t["newIn"]
	if s.r.Inputs.Pre == nil {
		said = s.t["newOrOld"]
	}
	s.say(fmt.Sprintf(said, listed(names, s.t["and"])))
	for i, v := range treated {
		if i == 0 {
			s.say(" " + s.t["fillOf"] + " ")
		} else {
			s.say(s.t["semicolon"] + " ")
		}
		s.say(v.Level.String() + s.t["colon"] + " ")
		s.bold(s.l.Unit(s.l.Percent(v.FillRatio), "%"))
		if b := bounds(s.l, v.FillRatioInterval, 100, 1); b != "" {
			s.say(" " + b)
		}
	}
	s.say(".")
}

// lesions tells how far cement fills what was outlined as a lesion.
func (s *summary) lesions() {
	for _, v := range s.r.Vertebrae {
		if v.Lesion != nil {
			s.say(" " + lesionLine(v, s.l) + ".")
		}
	}
}

// lesionLine says how far cement fills the outlined lesion of a body.
func lesionLine(v assess.Vertebra, l text.Lang) string {
	x := v.Lesion
	return strings.TrimSpace(fmt.Sprintf(words[l]["lesionIn"], v.Level, l.Unit(l.ML(x.VolumeML), "mL"), l.Unit(l.Percent(x.FillRatio), "%")) + " " + bounds(l, x.FillRatioInterval, 100, 1))
}

// mostTold is how many leaks the summary tells one by one; those that ask for attention are always told.
const mostTold = 4

func (s *summary) leaks() {
	n := len(s.r.Leaks)
	switch n {
	case 0:
		s.say(" " + s.t["none"])
		return
	case 1:
		s.say(" " + s.t["oneLeak"] + s.t["colon"] + " ")
	default:
		s.say(fmt.Sprintf(" "+s.t["nLeaks"]+s.t["colon"]+" ", n))
	}
	told := 0
	for _, tier := range []anatomy.Attention{anatomy.AttentionRed, anatomy.AttentionAmber, anatomy.AttentionInfo} {
		for _, k := range s.r.Leaks {
			if k.Attention != tier || tier == anatomy.AttentionInfo && told >= mostTold {
				continue
			}
			if told > 0 {
				s.say(s.t["semicolon"] + " ")
			}
			told++
			what := strings.ToLower(compartments[s.l][k.Compartment])
			if tier == anatomy.AttentionInfo {
				s.say(what)
			} else {
				s.bold(what)
			}
			s.say(fmt.Sprintf(" (%s, %s", k.Level, s.l.Unit(s.l.LeakML(k.VolumeML), "mL")))
			if e := encroachment(k, s.l); e != "" {
				s.say(", " + e)
			}
			s.say(")")
		}
	}
	if told < n {
		s.say(fmt.Sprintf(s.t["semicolon"]+" "+s.t["more"], n-told))
	}
	s.say(".")
}

// encroachment tells how far a leak narrows the canal; empty when that was not measured.
func encroachment(k assess.Leak, l text.Lang) string {
	if k.CanalEncroachmentMM == nil || k.CanalEncroachmentFraction == nil {
		return ""
	}
	t := words[l]
	return fmt.Sprintf("%s %s, %s %s", t["encroach"], l.Unit(l.Number(*k.CanalEncroachmentMM, 1), "mm"), l.Unit(l.Number(100**k.CanalEncroachmentFraction, 0), "%"), t["area"])
}

func (s *summary) prior() {
	var parts []string
	for _, v := range s.r.Vertebrae {
		if v.PriorCementML > 0 {
			parts = append(parts, fmt.Sprintf("%s (%s)", v.Level, s.l.Unit(s.l.ML(v.PriorCementML), "mL")))
		}
	}
	if len(parts) > 0 {
		s.say(" " + fmt.Sprintf(s.t["priorIn"], listed(parts, s.t["and"])))
	}
}

// limits tells which levels have no number and whether distant cement could be seen at all.
func (s *summary) limits() {
	withheld := 0
	for _, q := range s.r.Quality {
		if q.Severity == diag.Error && q.Code != diag.CodeLevelUnknown { // names are missing then, not numbers
			withheld++
		}
		if q.Code == diag.CodeFieldLungsAbsent {
			s.say(" " + q.Message)
		}
	}
	switch {
	case withheld == 1:
		s.say(" " + s.t["oneWithheld"])
	case withheld > 1:
		s.say(" " + fmt.Sprintf(s.t["nWithheld"], withheld))
	}
}

func listed(names []string, and string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + and + " " + names[len(names)-1]
}

// plain joins spans.
func plain(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}
