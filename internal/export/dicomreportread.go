package export

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/leak"
)

// ReadStructuredReport reads a report of measurements that this program wrote. What is in no content item of it stays empty: series
// geometry, parameters, timing. The error says when the object holds none of our findings.
func ReadStructuredReport(path string) (*assess.Report, error) {
	m, err := exchange.ReadMeasurements(path)
	if err != nil {
		return nil, err
	}
	r := &assess.Report{Schema: assess.Schema, Vertebrae: []assess.Vertebra{}, Leaks: []assess.Leak{}, Quality: []assess.Quality{}}
	r.Software.Name, r.Software.Version = "vertefill", strings.TrimPrefix(m.Observer, "Vertefill ")
	found := false
	for _, g := range m.Groups {
		level, named := exchange.LevelOf(g.Site)
		switch {
		case g.Finding.Is(vertebraFinding) && named:
			r.Vertebrae = append(r.Vertebrae, readVertebra(g, level))
		case g.Finding.Is(totalsFinding):
			r.Totals = &assess.Totals{}
			fillFrom(totalFields, r.Totals, g.Numbers)
		case strings.HasPrefix(g.TrackingID, leakPrefix) && g.Finding.Scheme == exchange.Private && named:
			r.Leaks = append(r.Leaks, readLeak(g, level))
		default:
			continue
		}
		found = true
	}
	if !found {
		return nil, fmt.Errorf("export: the structured report holds no vertebra and no leak of Vertefill: %s", path)
	}
	for _, c := range m.Comments {
		if c.Name.Is(remarkName) {
			r.Quality = append(r.Quality, readRemark(c))
		}
	}
	return r, nil
}

func readVertebra(g exchange.Group, level anatomy.Level) assess.Vertebra {
	v := assess.Vertebra{Level: level, LeakIDs: []int{}}
	fillFrom(vertebraFields, &v, g.Numbers)
	var d assess.Distribution
	if fillFrom(distributionFields, &d, g.Numbers) {
		v.Distribution = &d
	}
	for _, h := range []struct {
		fields []field[assess.Heights]
		to     **assess.Heights
	}{{postHeights, &v.HeightsMM}, {preHeights, &v.PreHeightsMM}} {
		var x assess.Heights
		if fillFrom(h.fields, &x, g.Numbers) {
			*h.to = &x
		}
	}
	var restored assess.Restoration
	if fillFrom(restorationFields, &restored, g.Numbers) {
		v.Restoration = &restored
	}
	var lesion assess.Lesion
	if fillFrom(lesionFields, &lesion, g.Numbers) {
		v.Lesion = &lesion
	}
	var reg assess.Registration
	if fillFrom(residual, &reg, g.Numbers) {
		v.Registration = &reg
	}
	for _, n := range g.Numbers {
		if n.Name.Is(genant) {
			grade := int(n.Value)
			v.GenantGrade = &grade
		}
	}
	for _, s := range g.Statements {
		switch {
		case s.Name.Is(treatedName):
			v.Treated = s.Code.Is(exchange.Yes)
		case s.Name.Is(sourceName):
			v.LevelSource = anatomy.LevelSource(s.Text)
		case s.Name.Is(midlineName):
			d.CrossesMidline = s.Code.Is(exchange.Yes)
		case s.Name.Is(contactName):
			d.EndplateContact = s.Text
		case s.Name.Is(matrixName) && v.Registration != nil:
			for i, w := range strings.Fields(s.Text) {
				if x, err := strconv.ParseFloat(w, 64); err == nil && i < 16 {
					reg.PatientPostFromPatientPre[i] = x
				}
			}
		case s.Name.Is(leaksName):
			for _, w := range strings.Fields(s.Text) {
				if id, err := strconv.Atoi(w); err == nil {
					v.LeakIDs = append(v.LeakIDs, id)
				}
			}
		}
	}
	v.CentroidLPS = centroid(g)
	return v
}

// points returns the points of a group with a name. They were written in single precision: millimetres keep their three decimals.
func points(g exchange.Group, name exchange.Code) (out [][3]float64) {
	for _, x := range g.Points {
		if x.Name.Is(name) {
			var p [3]float64
			for i, c := range x.LPS {
				p[i] = math.Round(c*1000) / 1000
			}
			out = append(out, p)
		}
	}
	return out
}

func centroid(g exchange.Group) (p [3]float64) {
	if at := points(g, centroidName); len(at) > 0 {
		return at[0]
	}
	return p
}

func readLeak(g exchange.Group, level anatomy.Level) assess.Leak {
	l := assess.Leak{Level: level, CentroidLPS: centroid(g)}
	l.ID, _ = strconv.Atoi(strings.TrimPrefix(g.TrackingID, leakPrefix))
	fillFrom(leakFields, &l, g.Numbers)
	if at := points(g, breachName); len(at) > 0 {
		l.BreachLPS = &at[0]
	}
	l.CourseLPS = points(g, courseName)
	for _, c := range anatomy.Compartments {
		if g.Finding.Is(leakCode(c)) {
			l.Compartment = c
		}
	}
	for s, c := range sides {
		if g.Side.Is(c) {
			l.Side = s
		}
	}
	for _, s := range g.Statements {
		switch {
		case s.Name.Is(typeName):
			l.Type = anatomy.LeakType(s.Text)
		case s.Name.Is(attentionName):
			l.Attention = anatomy.Attention(s.Text)
		case s.Name.Is(siteName):
			l.BreachSite = leak.Site(s.Text)
		}
	}
	return l
}

func readRemark(c exchange.Remark) assess.Quality {
	q := assess.Quality{Message: c.Text}
	for _, s := range c.Statements {
		switch {
		case s.Name.Is(remarkCode):
			q.Code = diag.Code(s.Text)
		case s.Name.Is(severityName):
			q.Severity = diag.Severity(s.Text)
		case s.Name.Is(levelName):
			q.Level, _ = exchange.LevelOf(s.Code)
		}
	}
	return q
}

// fillFrom is the inverse of numbersOf; it reports whether any field was there.
func fillFrom[T any](fields []field[T], t *T, numbers []exchange.Number) (found bool) {
	for _, f := range fields {
		for _, n := range numbers {
			if !n.Name.Is(f.code) || math.IsNaN(n.Value) {
				continue
			}
			found = true
			if p := f.value(t); *p != nil {
				**p = n.Value
			} else {
				x := n.Value
				*p = &x
			}
			if f.bound != nil && !math.IsNaN(n.Low) && !math.IsNaN(n.High) {
				*f.bound(t) = &assess.Interval{n.Low, n.High}
			}
		}
	}
	return found
}
