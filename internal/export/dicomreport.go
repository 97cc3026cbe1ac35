package export

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/text"
)

// numbersOf writes the fields of a line as measurements.
func numbersOf[T any](fields []field[T], t *T) (out []exchange.Number) {
	for _, f := range fields {
		p := *f.value(t)
		if p == nil {
			continue
		}
		n := exchange.Number{Name: f.code, Value: *p, Unit: f.unit, Low: math.NaN(), High: math.NaN()}
		if f.bound != nil {
			if b := *f.bound(t); b != nil {
				n.Low, n.High = b[0], b[1]
			}
		}
		out = append(out, n)
	}
	return out
}

// measurements maps a report onto TID 1500: a group for each vertebra and each leak, one for the sums. segment returns the segment that
// was measured, zero when there is none.
func measurements(r *assess.Report, l text.Lang, segment func(trackingID string) exchange.Ref) *exchange.Measurements {
	out := &exchange.Measurements{Language: string(l), Observer: "Vertefill " + r.Software.Version}
	for i := range r.Vertebrae {
		out.Groups = append(out.Groups, vertebraGroup(&r.Vertebrae[i], segment))
	}
	for i := range r.Leaks {
		out.Groups = append(out.Groups, leakGroup(&r.Leaks[i], segment))
	}
	if r.Totals != nil {
		out.Groups = append(out.Groups, exchange.Group{TrackingID: totalsTracking, Finding: totalsFinding, Numbers: numbersOf(totalFields, r.Totals)})
	}
	for _, q := range r.Quality {
		c := exchange.Remark{Name: remarkName, Text: q.Message, Statements: []exchange.Statement{{Name: remarkCode, Text: string(q.Code)}, {Name: severityName, Text: string(q.Severity)}}}
		if q.Level != anatomy.None {
			c.Statements = append(c.Statements, exchange.Statement{Name: levelName, Code: exchange.Level(q.Level)})
		}
		out.Comments = append(out.Comments, c)
	}
	return out
}

func yes(b bool) exchange.Code {
	if b {
		return exchange.Yes
	}
	return exchange.No
}

func vertebraGroup(v *assess.Vertebra, segment func(string) exchange.Ref) exchange.Group {
	id := bodyTracking(v.Level)
	g := exchange.Group{TrackingID: id, Finding: vertebraFinding, Site: exchange.Level(v.Level), Segment: segment(id), Numbers: numbersOf(vertebraFields, v)}
	say := func(name exchange.Code, text string) {
		g.Statements = append(g.Statements, exchange.Statement{Name: name, Text: text})
	}
	g.Statements = append(g.Statements, exchange.Statement{Name: treatedName, Code: yes(v.Treated)})
	say(sourceName, string(v.LevelSource))
	if d := v.Distribution; d != nil {
		g.Numbers = append(g.Numbers, numbersOf(distributionFields, d)...)
		g.Statements = append(g.Statements, exchange.Statement{Name: midlineName, Code: yes(d.CrossesMidline)})
		say(contactName, d.EndplateContact)
	}
	if v.HeightsMM != nil {
		g.Numbers = append(g.Numbers, numbersOf(postHeights, v.HeightsMM)...)
	}
	if v.PreHeightsMM != nil {
		g.Numbers = append(g.Numbers, numbersOf(preHeights, v.PreHeightsMM)...)
	}
	if v.Restoration != nil {
		g.Numbers = append(g.Numbers, numbersOf(restorationFields, v.Restoration)...)
	}
	if v.Lesion != nil {
		g.Numbers = append(g.Numbers, numbersOf(lesionFields, v.Lesion)...)
	}
	if v.GenantGrade != nil {
		g.Numbers = append(g.Numbers, exchange.Number{Name: genant, Value: float64(*v.GenantGrade), Unit: exchange.NoUnit, Low: math.NaN(), High: math.NaN()})
	}
	if v.Registration != nil {
		g.Numbers = append(g.Numbers, numbersOf(residual, v.Registration)...)
		var w []string
		for _, x := range v.Registration.PatientPostFromPatientPre {
			w = append(w, strconv.FormatFloat(x, 'g', -1, 64))
		}
		say(matrixName, strings.Join(w, " "))
	}
	if len(v.LeakIDs) > 0 {
		say(leaksName, strings.Trim(fmt.Sprint(v.LeakIDs), "[]"))
	}
	g.Points = append(g.Points, exchange.Point{Name: centroidName, LPS: v.CentroidLPS})
	return g
}

var sides = map[anatomy.Side]exchange.Code{anatomy.Left: exchange.LeftSide, anatomy.Right: exchange.RightSide, anatomy.Midline: midlineSide}

func leakGroup(l *assess.Leak, segment func(string) exchange.Ref) exchange.Group {
	id := leakTracking(l.ID)
	g := exchange.Group{
		TrackingID: id, Finding: leakCode(l.Compartment), Site: exchange.Level(l.Level), Side: sides[l.Side], Segment: segment(id), Numbers: numbersOf(leakFields, l),
		Statements: []exchange.Statement{{Name: typeName, Text: string(l.Type)}, {Name: attentionName, Text: string(l.Attention)}},
		Points:     []exchange.Point{{Name: centroidName, LPS: l.CentroidLPS}},
	}
	if l.BreachSite != leak.NoSite {
		g.Statements = append(g.Statements, exchange.Statement{Name: siteName, Text: string(l.BreachSite)})
	}
	if l.BreachLPS != nil {
		g.Points = append(g.Points, exchange.Point{Name: breachName, LPS: *l.BreachLPS})
	}
	for _, p := range l.CourseLPS {
		g.Points = append(g.Points, exchange.Point{Name: courseName, LPS: p})
	}
	return g
}
