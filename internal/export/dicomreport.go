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
	"github.com/vertefill/vertefill/internal/text"
)

// A field of the report as a measurement: which number of a line it is and under which code and unit it is written. One table serves
// writing and reading, so that what is written comes back.
type field[T any] struct {
	code  exchange.Code // of the standard where it says enough within the group, else private (docs/dicom-codes.md)
	unit  exchange.Code
	value func(*T) **float64 // nil pointers are numbers withheld
	bound func(*T) **assess.Interval
}

func own(value, meaning string) exchange.Code { return exchange.OwnCode(value, meaning) }

// Codes of names and values that only this program knows.
var (
	vertebraFinding = own("VERTEBRA", "Vertebra")
	totalsFinding   = own("TOTALS", "Sums over the study")
	treatedName     = own("TREATED", "New cement in or around this vertebra")
	sourceName      = own("LEVEL-SOURCE", "Where the name of the level comes from")
	midlineName     = own("MIDLINE-CROSSED", "Cement crosses the midline")
	contactName     = own("ENDPLATES", "Endplates that cement touches")
	matrixName      = own("POST-FROM-PRE", "4x4 matrix from pre to post patient coordinates, row by row")
	leaksName       = own("LEAKS", "Leaks of this vertebra")
	centroidName    = own("CENTROID", "Centroid")
	typeName        = own("LEAK-TYPE", "Way the cement went")
	attentionName   = own("ATTENTION", "Attention, a convention of the program")
	levelName       = own("LEVEL", "Vertebra of the leak")
	remarkName      = own("QUALITY", "Quality note")
	remarkCode      = own("QUALITY-CODE", "Code of the quality note")
	severityName    = own("SEVERITY", "Severity of the quality note")
	midlineSide     = own("MIDLINE", "Midline")
)

func leakCode(c anatomy.Compartment) exchange.Code {
	return own("LEAK-"+strings.ToUpper(compartmentCodes[c]), "Cement leak: "+string(c))
}

// compartmentCodes shortens the compartments to what fits a code value.
var compartmentCodes = map[anatomy.Compartment]string{
	anatomy.Canal: "canal", anatomy.Foramen: "foramen", anatomy.DiscSuperior: "disc-sup", anatomy.DiscInferior: "disc-inf",
	anatomy.ParavertebralVein: "vein", anatomy.SoftTissue: "soft", anatomy.NeedleTrack: "track", anatomy.Distant: "distant",
}

// bodyTracking and leakTracking name findings across the objects of one result.
func bodyTracking(l anatomy.Level) string { return "Vertebra " + l.String() }
func leakTracking(id int) string          { return leakPrefix + strconv.Itoa(id) }

const (
	leakPrefix     = "Leak "
	totalsTracking = "Totals"
)

// at makes the accessor of a number that is always there.
func at[T any](f func(*T) *float64) func(*T) **float64 {
	return func(t *T) **float64 { p := f(t); return &p }
}

type vertebra = assess.Vertebra

var vertebraFields = []field[vertebra]{
	{exchange.Volume, exchange.Millilitre, at(func(v *vertebra) *float64 { return &v.BodyVolumeML }), func(v *vertebra) **assess.Interval { return &v.BodyVolumeIntervalML }},
	{own("CEMENT-VOLUME", "New cement in the body"), exchange.Millilitre, at(func(v *vertebra) *float64 { return &v.CementInBodyML }), func(v *vertebra) **assess.Interval { return &v.CementInBodyIntervalML }},
	{own("PRIOR-VOLUME", "Earlier cement in the body"), exchange.Millilitre, at(func(v *vertebra) *float64 { return &v.PriorCementML }), nil},
	{own("ARCH-VOLUME", "New cement in pedicle or arch bone"), exchange.Millilitre, at(func(v *vertebra) *float64 { return &v.CementInPedicleML }), nil},
	{exchange.Ratio, exchange.RatioUnit, at(func(v *vertebra) *float64 { return &v.FillRatio }), func(v *vertebra) **assess.Interval { return &v.FillRatioInterval }},
	{own("LEVEL-CONF", "Confidence of the level's name"), exchange.RatioUnit, at(func(v *vertebra) *float64 { return &v.LevelConfidence }), nil},
	{own("WEDGE-ANGLE", "Wedge angle"), exchange.Degree, func(v *vertebra) **float64 { return &v.WedgeAngleDegrees }, nil},
	{own("PRE-WEDGE-ANGLE", "Wedge angle before the procedure"), exchange.Degree, func(v *vertebra) **float64 { return &v.PreWedgeAngleDegrees }, nil},
	{own("LOCAL-COBB", "Local Cobb angle, positive in kyphosis"), exchange.Degree, func(v *vertebra) **float64 { return &v.LocalCobbDegrees }, nil},
}

var restorationFields = []field[assess.Restoration]{
	{own("GAIN-ANT", "Anterior height gained"), exchange.Millimetre, at(func(r *assess.Restoration) *float64 { return &r.AnteriorMM }), nil},
	{own("GAIN-MID", "Middle height gained"), exchange.Millimetre, at(func(r *assess.Restoration) *float64 { return &r.MiddleMM }), nil},
	{own("GAIN-POST", "Posterior height gained"), exchange.Millimetre, at(func(r *assess.Restoration) *float64 { return &r.PosteriorMM }), nil},
	{own("RESTORED-ANT", "Anterior height gained of the height lost"), exchange.Percent, func(r *assess.Restoration) **float64 { return &r.AnteriorPercent }, nil},
	{own("RESTORED-MID", "Middle height gained of the height lost"), exchange.Percent, func(r *assess.Restoration) **float64 { return &r.MiddlePercent }, nil},
	{own("RESTORED-POST", "Posterior height gained of the height lost"), exchange.Percent, func(r *assess.Restoration) **float64 { return &r.PosteriorPercent }, nil},
}

var distributionFields = []field[assess.Distribution]{
	{own("SHARE-LEFT", "Share of the cement on the left"), exchange.RatioUnit, at(func(d *assess.Distribution) *float64 { return &d.Left }), nil},
	{own("SHARE-RIGHT", "Share of the cement on the right"), exchange.RatioUnit, at(func(d *assess.Distribution) *float64 { return &d.Right }), nil},
	{own("SHARE-ANTERIOR", "Share of the cement in the anterior third"), exchange.RatioUnit, at(func(d *assess.Distribution) *float64 { return &d.Anterior }), nil},
	{own("SHARE-MIDDLE", "Share of the cement in the middle third"), exchange.RatioUnit, at(func(d *assess.Distribution) *float64 { return &d.Middle }), nil},
	{own("SHARE-POSTERIOR", "Share of the cement in the posterior third"), exchange.RatioUnit, at(func(d *assess.Distribution) *float64 { return &d.Posterior }), nil},
}

// heightFields are the heights of a body; prefix tells those before the procedure apart.
func heightFields(prefix, when string) []field[assess.Heights] {
	return []field[assess.Heights]{
		{own(prefix+"HEIGHT-ANT", "Anterior height"+when), exchange.Millimetre, at(func(h *assess.Heights) *float64 { return &h.Anterior }), nil},
		{own(prefix+"HEIGHT-MID", "Middle height"+when), exchange.Millimetre, at(func(h *assess.Heights) *float64 { return &h.Middle }), nil},
		{own(prefix+"HEIGHT-POST", "Posterior height"+when), exchange.Millimetre, at(func(h *assess.Heights) *float64 { return &h.Posterior }), nil},
	}
}

var (
	postHeights = heightFields("", "")
	preHeights  = heightFields("PRE-", " before the procedure")
	residual    = []field[assess.Registration]{
		{own("RESIDUAL", "Residual of the alignment with the pre CT"), exchange.Millimetre, at(func(r *assess.Registration) *float64 { return &r.ResidualMM }), nil},
	}
	genant = own("GENANT", "Genant grade")
)

var leakFields = []field[assess.Leak]{
	{exchange.Volume, exchange.Millilitre, at(func(l *assess.Leak) *float64 { return &l.VolumeML }), func(l *assess.Leak) **assess.Interval { return &l.VolumeIntervalML }},
	{exchange.Length, exchange.Millimetre, at(func(l *assess.Leak) *float64 { return &l.LengthMM }), nil},
	{own("LEAK-REACH", "Farthest distance from the body"), exchange.Millimetre, at(func(l *assess.Leak) *float64 { return &l.ReachMM }), nil},
	{own("CANAL-DEPTH", "Depth into the canal"), exchange.Millimetre, func(l *assess.Leak) **float64 { return &l.CanalEncroachmentMM }, nil},
	{own("CANAL-SHARE", "Share of the canal's section"), exchange.RatioUnit, func(l *assess.Leak) **float64 { return &l.CanalEncroachmentFraction }, nil},
	{own("LEAK-CONF", "Confidence of the classification"), exchange.RatioUnit, at(func(l *assess.Leak) *float64 { return &l.Confidence }), nil},
}

var totalFields = []field[assess.Totals]{
	{own("TOTAL-NEW", "New cement"), exchange.Millilitre, at(func(t *assess.Totals) *float64 { return &t.NewCementML }), nil},
	{own("TOTAL-BODY", "New cement in bodies"), exchange.Millilitre, at(func(t *assess.Totals) *float64 { return &t.InBodyML }), nil},
	{own("TOTAL-ARCH", "New cement in pedicles and arches"), exchange.Millilitre, at(func(t *assess.Totals) *float64 { return &t.InPedicleML }), nil},
	{own("TOTAL-LEAK", "Leaked cement"), exchange.Millilitre, at(func(t *assess.Totals) *float64 { return &t.LeakML }), nil},
	{own("LEAK-SHARE", "Leaked over new cement"), exchange.RatioUnit, at(func(t *assess.Totals) *float64 { return &t.LeakFraction }), nil},
	{own("TOTAL-PRIOR", "Earlier cement"), exchange.Millilitre, at(func(t *assess.Totals) *float64 { return &t.PriorCementML }), nil},
	{own("SATURATED", "Share of cement voxels at the ceiling of the CT scale"), exchange.RatioUnit, at(func(t *assess.Totals) *float64 { return &t.SaturatedFraction }), nil},
}

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
	return exchange.Group{
		TrackingID: id, Finding: leakCode(l.Compartment), Site: exchange.Level(l.Level), Side: sides[l.Side], Segment: segment(id), Numbers: numbersOf(leakFields, l),
		Statements: []exchange.Statement{{Name: typeName, Text: string(l.Type)}, {Name: attentionName, Text: string(l.Attention)}},
		Points:     []exchange.Point{{Name: centroidName, LPS: l.CentroidLPS}},
	}
}

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

// centroid returns the point of a group. It was written in single precision: millimetres keep their three decimals.
func centroid(g exchange.Group) (p [3]float64) {
	for _, x := range g.Points {
		if x.Name.Is(centroidName) {
			for i, c := range x.LPS {
				p[i] = math.Round(c*1000) / 1000
			}
		}
	}
	return p
}

func readLeak(g exchange.Group, level anatomy.Level) assess.Leak {
	l := assess.Leak{Level: level, CentroidLPS: centroid(g)}
	l.ID, _ = strconv.Atoi(strings.TrimPrefix(g.TrackingID, leakPrefix))
	fillFrom(leakFields, &l, g.Numbers)
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
