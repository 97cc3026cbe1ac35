package export

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/plot"
	"github.com/vertefill/vertefill/internal/text"
)

// further writes the pages after the first: what did not fit there comes first, since the first page sends the reader to page 2.
func (p *page) further() {
	if len(p.rep.Vertebrae) > 0 { // else the first page is nearly empty
		p.AddPage()
	}
	for _, part := range []struct {
		of    Section
		write func()
	}{{Levels, p.allVertebrae}, {Shape, p.shapes}, {LeakTables, p.eachLeak}, {Images, p.moreImages}, {Images, p.beforeAfter}, {Images, p.solid}, {"", p.drawings},
		{Fluoroscopy, p.fluoro}, {Method, p.quality}, {Method, p.method}, {Parameters, p.parameters}} {
		if part.of == "" || p.has(part.of) {
			part.write()
		}
	}
	p.signOff()
}

func (p *page) has(s Section) bool { return p.job.Has(s) }

// refer lets a placeholder of the first page stand for the present page.
func (p *page) refer(placeholder string) { p.RegisterAlias(placeholder, strconv.Itoa(p.PageNo())) }

// allVertebrae prints every figure of every vertebra.
func (p *page) allVertebrae() {
	if len(p.rep.Vertebrae) == 0 {
		return
	}
	w := p.inner / 178
	columns := []column{{p.words["level"], 10 * w, true}, {p.words["namedBy"], 21 * w, true}, {p.words["body"], 25 * w, false}, {p.words["cement"], 25 * w, false}, {p.words["prior"], 13 * w, false}, {p.words["pedicleShort"], 11 * w, false},
		{p.words["fill"], 26 * w, false}, {p.words["heights"], 27 * w, false}, {p.words["wedge"], 10 * w, false}, {p.words["genantShort"], 10 * w, false}}
	p.section(p.words["allLevels"], 3*rowMM)
	p.refer(pageOfVertebrae)
	p.tableHead(columns)
	for _, v := range p.rep.Vertebrae {
		c := vertebraCells(p.rep, v, p.lang)
		wedge, pedicle := dash, dash
		if v.WedgeAngleDegrees != nil {
			wedge = p.lang.Number(*v.WedgeAngleDegrees, 1) + "°"
		}
		if v.CementInPedicleML > 0 {
			pedicle = p.lang.ML(v.CementInPedicleML)
		}
		p.tableRow(columns, []cell{{v.Level.String(), v.Treated}, {fmt.Sprintf("%s %s", p.words[string(v.LevelSource)], p.lang.Number(v.LevelConfidence, 2)), false},
			{withBounds(p.lang, c[1], v.BodyVolumeIntervalML, 1, text.MLDecimals(v.BodyVolumeML)), false}, {withBounds(p.lang, c[2], v.CementInBodyIntervalML, 1, text.MLDecimals(v.CementInBodyML)), false},
			{c[3], false}, {pedicle, false}, {withBounds(p.lang, c[4], v.FillRatioInterval, 100, 1), v.Treated}, {heights(p.lang, v.HeightsMM), false}, {wedge, false}, {integer(v.GenantGrade), false}})
	}
	p.Ln(2)
	for _, v := range p.rep.Vertebrae {
		if d := v.Distribution; d != nil {
			p.need(8)
			p.rich([]Span{{v.Level.String() + " ", true}, {distribution(d, p.lang) + ".", false}}, 8, 4)
		}
	}
	for _, v := range p.rep.Vertebrae {
		if v.Lesion != nil {
			p.need(8)
			p.rich([]Span{{v.Level.String() + " ", true}, {lesionLine(v, p.lang) + ".", false}}, 8, 4)
		}
	}
	if t := p.rep.Totals; t != nil && t.NewCementML > 0 {
		p.Ln(1)
		p.style("", 8, ink)
		p.MultiCell(p.inner, 4, printable(totals(t, p.lang)), "", "L", false)
	}
}

// shapes prints heights before and after with what was gained, and the angles, of every vertebra seen twice.
func (p *page) shapes() {
	w := p.inner / 178
	columns := []column{{p.words["level"], 12 * w, true}, {p.words["heightsBeforeAMP"], 32 * w, false}, {p.words["heights"], 32 * w, false}, {p.words["gainedAMP"], 32 * w, false}, {p.words["restored"], 28 * w, false}, {p.words["wedgeWas"], 24 * w, false}, {p.words["cobb"], 18 * w, false}}
	first := true
	for _, v := range p.rep.Vertebrae {
		if v.PreHeightsMM == nil && v.LocalCobbDegrees == nil {
			continue
		}
		if first {
			p.section(p.words["heightPlot"], 3*rowMM)
			p.tableHead(columns)
			first = false
		}
		p.need(rowMM + 1)
		p.tableRow(columns, []cell{{v.Level.String(), v.Treated}, {heights(p.lang, v.PreHeightsMM), false}, {heights(p.lang, v.HeightsMM), false}, {gained(p.lang, v.Restoration), v.Treated},
			{restored(p.lang, v.Restoration), false}, {angles(p.lang, v.PreWedgeAngleDegrees, v.WedgeAngleDegrees), false}, {degrees(p.lang, v.LocalCobbDegrees), false}})
	}
}

// gained prints what a body gained of height in front, in the middle, behind, in mm.
func gained(l text.Lang, r *assess.Restoration) string {
	if r == nil {
		return dash
	}
	return signed(l, r.AnteriorMM) + " / " + signed(l, r.MiddleMM) + " / " + signed(l, r.PosteriorMM)
}

// restored prints the same in per cent of what was missing; a dash where too little was.
func restored(l text.Lang, r *assess.Restoration) string {
	if r == nil || r.AnteriorPercent == nil && r.MiddlePercent == nil && r.PosteriorPercent == nil {
		return dash
	}
	one := func(x *float64) string {
		if x == nil {
			return dash
		}
		return l.Number(*x, 0)
	}
	return one(r.AnteriorPercent) + " / " + one(r.MiddlePercent) + " / " + one(r.PosteriorPercent)
}

func signed(l text.Lang, x float64) string {
	s := l.Number(x, 1)
	if x >= 0.05 {
		return "+" + s
	}
	return s
}

func degrees(l text.Lang, x *float64) string {
	if x == nil {
		return dash
	}
	return l.Number(*x, 1) + "°"
}

// angles prints an angle before and after.
func angles(l text.Lang, before, after *float64) string {
	if before == nil || after == nil {
		return dash
	}
	return degrees(l, before) + " → " + degrees(l, after)
}

// distribution says where the cement of a body lies.
func distribution(d *assess.Distribution, l text.Lang) string {
	t := words[l]
	percent := func(f float64) string { return l.Unit(l.Number(100*f, 0), "%") }
	cross := t["notCrosses"]
	if d.CrossesMidline {
		cross = t["crosses"]
	}
	contact := map[string]string{"none": t["contactNone"], "superior": t["contactSuperior"], "inferior": t["contactInferior"], "both": t["contactBoth"]}[d.EndplateContact]
	return fmt.Sprintf(t["shares"], percent(d.Left), percent(d.Right), percent(d.Anterior), percent(d.Middle), percent(d.Posterior)) + ", " + cross + ", " + contact
}

// totals says the sums in one sentence.
func totals(t *assess.Totals, l text.Lang) string {
	w := words[l]
	s := fmt.Sprintf("%s%s %s", w["newTotal"], w["colon"], l.Unit(l.ML(t.NewCementML), "mL"))
	if t.LeakML > 0 {
		s += fmt.Sprintf(", %s %s (%s)", l.Unit(l.LeakML(t.LeakML), "mL"), w["leaked"], l.Unit(l.Percent(t.LeakFraction), "%"))
	}
	return s + "."
}

// eachLeak shows every leak in two planes with all its figures.
func (p *page) eachLeak() {
	const side = 44.0
	for i, k := range p.rep.Leaks {
		if i == 0 {
			p.section(p.words["eachLeak"], side+pictureMM)
			p.refer(pageOfLeaks)
		}
		p.need(side + pictureMM + 3)
		y := p.GetY() + 1
		if i < len(p.pictures.Leaks) {
			p.picture(p.pictures.Leaks[i].Axial, margin, y, side)
			p.picture(p.pictures.Leaks[i].Sagittal, margin+side+gapMM, y, side)
		}
		x := margin + 2*(side+gapMM) + 3
		p.glyph(k.Compartment, x+1.2, y+2.5)
		p.SetXY(x+4, y)
		p.style("B", 9, ink)
		p.CellFormat(p.w-margin-x-4, 5, p.cut(printable(leakName(k, p.lang)), p.w-margin-x-4), "", 1, "L", false, 0, "")
		for _, row := range leakRows(k, p.lang) {
			p.SetX(x)
			p.style("", 8, pale)
			p.CellFormat(30, 4.4, row[0], "", 0, "L", false, 0, "")
			p.style("", 8, ink)
			p.CellFormat(p.w-margin-x-30, 4.4, p.cut(printable(row[1]), p.w-margin-x-30), "", 1, "L", false, 0, "")
		}
		p.SetXY(margin, y+side+pictureMM+1.5)
	}
}

// leakRows are the figures of a leak with their names.
func leakRows(k assess.Leak, l text.Lang) [][2]string {
	t := words[l]
	rows := [][2]string{
		{t["volumeTitle"], withBounds(l, l.LeakML(k.VolumeML), k.VolumeIntervalML, 1, 2)},
		{t["type"], string(k.Type) + ", " + t["type-"+string(k.Type)]},
		{t["length"], l.Number(k.LengthMM, 1)},
		{t["reach"], l.Number(k.ReachMM, 1)},
	}
	if k.CanalEncroachmentMM != nil && k.CanalEncroachmentFraction != nil {
		rows = append(rows, [2]string{t["canalTitle"], effect(k, l)})
	}
	return append(rows, [2]string{t["attention"], t[string(k.Attention)]}, [2]string{t["confidenceTitle"], l.Number(k.Confidence, 2)},
		[2]string{t["place"], fmt.Sprintf("%s  %s  %s", l.Number(k.CentroidLPS[0], 1), l.Number(k.CentroidLPS[1], 1), l.Number(k.CentroidLPS[2], 1))})
}

// moreImages shows the key images for which the first page had no room.
func (p *page) moreImages() {
	const columns = 4
	side := (p.inner - (columns-1)*gapMM) / columns
	list := p.pictures.Key[p.first:]
	for i := 0; i < len(list); i += columns {
		if i == 0 {
			p.section(p.words["images"], side+pictureMM)
		}
		p.need(side + pictureMM + 2)
		y := p.GetY() + 1
		for n, k := range list[i:min(i+columns, len(list))] {
			p.picture(k, margin+float64(n)*(side+gapMM), y, side)
		}
		p.SetXY(margin, y+side+pictureMM+1)
	}
}

// beforeAfter shows registered vertebrae in both series.
func (p *page) beforeAfter() {
	side := (p.inner - 3*gapMM) / 4
	for i, pair := range p.pictures.Pairs {
		if i == 0 {
			p.section(p.words["beforeAfter"], side+pictureMM)
		}
		p.need(side + pictureMM + 2)
		y := p.GetY() + 1
		n := 0
		for k := range pair.Before {
			for _, picture := range []KeyImage{pair.Before[k], pair.After[k]} {
				p.picture(picture, margin+float64(n)*(side+gapMM), y, side)
				n++
			}
		}
		p.SetXY(margin, y+side+pictureMM+1)
	}
}

// solid shows the 3D views.
func (p *page) solid() {
	if len(p.pictures.Solid) == 0 {
		return
	}
	const side = 62.0
	p.section("3D", side+pictureMM)
	y := p.GetY() + 1
	for i, k := range p.pictures.Solid {
		p.picture(k, margin+float64(i)*(side+gapMM), y, side)
	}
	p.SetXY(margin, y+side+pictureMM+2)
}

// drawings shows the plots of the sections that the report has.
func (p *page) drawings() {
	list := p.job.drawings()
	if len(list) == 0 {
		return
	}
	p.section(p.words["drawings"], 50)
	const scale = 0.79 // two drawings of 110 mm side by side
	x, tallest := margin, 0.0
	for _, d := range list {
		if x > margin && x+d.Drawing.W*scale > p.w-margin+0.5 {
			p.SetXY(margin, p.GetY()+tallest+3)
			x, tallest = margin, 0
		}
		if x == margin {
			p.need(d.Drawing.H * scale)
		}
		p.placeDrawing(d.Drawing, x, scale)
		tallest = max(tallest, d.Drawing.H*scale)
		x += d.Drawing.W*scale + 4
	}
	p.SetXY(margin, p.GetY()+tallest+2)
}

// placeDrawing draws at the present height and leaves it unchanged.
func (p *page) placeDrawing(d *plot.Drawing, x, scale float64) {
	y := p.GetY()
	p.draw(d, x, y, scale)
	p.SetXY(margin, y)
}

// NamedDrawing is a drawing with the name of its file, without ending.
type NamedDrawing struct {
	Name    string
	Drawing *plot.Drawing
}

// drawings returns the plots of the sections that the pages have.
func (j *job) drawings() []NamedDrawing {
	return slices.DeleteFunc(Drawings(j.Result, j.Lang), func(d NamedDrawing) bool {
		of := Images
		switch d.Name {
		case "fill":
			of = Levels
		case "heights":
			of = Shape
		}
		return !j.Has(of)
	})
}

// Drawings returns the plots of a result: fill, heights, one map for every vertebra with cement. Fluoroscopy has its own.
func Drawings(r *assess.Result, l text.Lang) []NamedDrawing {
	var out []NamedDrawing
	add := func(name string, d *plot.Drawing) {
		if d != nil {
			out = append(out, NamedDrawing{name, d})
		}
	}
	add("fill", FillPlot(&r.Report, l))
	add("heights", HeightPlot(&r.Report, l))
	for _, v := range r.Report.Vertebrae {
		add("map-"+v.Level.String(), LeakMap(r, v.Level, l))
	}
	return out
}

// fluoro has one part a run: curve, events, first frames of the leaks.
func (p *page) fluoro() {
	for n, run := range p.rep.Fluoro {
		p.section(fmt.Sprintf("%s, %s %d", p.words["fluoroscopy"], strings.ToLower(p.words["run"]), n+1), 60)
		p.style("", 8, ink)
		p.MultiCell(p.inner, 4, printable(runLine(run, p.lang)), "", "L", false)
		p.Ln(1)
		if d := AreaPlot(run, p.lang); d != nil {
			scale := p.inner / d.W
			p.placeDrawing(d, margin, scale)
			p.SetY(p.GetY() + d.H*scale + 1)
		}
		p.runFrames(n)
		if len(run.Events) > 0 {
			columns := []column{{"", 8, true}, {p.words["event"], 68, true}, {p.words["frame"], 16, false}, {p.words["time"], 18, false}, {"", 4, true}, {p.words["reason"], p.inner - 114, true}}
			p.tableHead(columns)
			for i, e := range run.Events {
				p.need(rowMM + 2)
				p.tableRow(columns, []cell{{fmt.Sprint(i + 1), false}, {eventName(e, p.words), e.Kind == "line-crossed"}, {fmt.Sprint(e.Frame), false}, {frameTime(run, e.Frame, p.lang), false}, {"", false}, {e.Reason, false}})
			}
			p.Ln(2)
		}
		for _, k := range run.CTLeaks {
			p.style("", 8, ink)
			p.MultiCell(p.inner, 4.2, printable(firstSeen(p.rep, run, k, p.lang)), "", "L", false)
		}
	}
}

// quality prints all notes when the first page has not.
func (p *page) quality() {
	if p.full || len(p.rep.Quality) == 0 {
		return
	}
	p.section(p.words["qualityAll"], 10)
	p.refer(pageOfNotes)
	for _, q := range p.rep.Quality {
		p.need(4.2*float64(p.linesOf(printable(q.Message), 8.2, p.inner-10)) + 1)
		p.note(q, 8.2, 4.2)
	}
}

// method prints the definitions.
func (p *page) method() {
	p.section(p.words["method"], 20)
	p.style("", 8, ink)
	p.MultiCell(p.inner, 3.9, p.words["definitions"], "", "L", false)
	p.Ln(2)
	p.style("", 8, ink)
	version := "Vertefill " + p.rep.Software.Version
	if p.rep.Software.Commit != "" {
		version += " (" + p.rep.Software.Commit + ")"
	}
	p.CellFormat(p.inner, 4.4, p.words["software"]+p.words["colon"]+" "+version, "", 1, "L", false, 0, "")
}

// parameters prints every setting that the numbers depend on.
func (p *page) parameters() {
	if len(parameters(p.rep)) == 0 {
		return
	}
	p.section(p.words["parameters"], 20)
	for _, row := range parameters(p.rep) {
		p.need(5)
		p.SetX(margin)
		p.style("", 7.2, pale)
		p.CellFormat(p.inner*0.42, 3.7, p.cut(printable(row[0]), p.inner*0.42-1), "", 0, "L", false, 0, "")
		p.style("", 7.2, ink)
		p.CellFormat(p.inner*0.58, 3.7, p.cut(printable(row[1]), p.inner*0.58), "", 1, "L", false, 0, "")
	}
}

// parameters returns the settings as rows of name and value, in alphabetical order, nested ones with dots; empty lists are left out.
func parameters(r *assess.Report) [][2]string {
	b, err := json.Marshal(r.Parameters)
	if err != nil {
		return nil
	}
	var v any
	if json.Unmarshal(b, &v) != nil {
		return nil
	}
	var out [][2]string
	var walk func(prefix string, v any)
	walk = func(prefix string, v any) {
		join := func(k string) string { return strings.TrimPrefix(prefix+"."+k, ".") }
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				walk(join(k), v[k])
			}
		case []any:
			for i, x := range v {
				walk(join(strconv.Itoa(i+1)), x)
			}
		case nil:
		default:
			out = append(out, [2]string{prefix, fmt.Sprint(v)})
		}
	}
	walk("", v)
	return out
}

// signOff ends the report: who read it, or room for a signature.
func (p *page) signOff() {
	s := p.job.SignOff
	p.section(p.words["reader"], 26)
	p.style("", 8.6, ink)
	if s.Reader != "" {
		p.CellFormat(p.inner, 5, printable(p.words["reader"]+p.words["colon"]+" "+s.Reader), "", 1, "L", false, 0, "")
	}
	if s.Comment != "" {
		p.MultiCell(p.inner, 4.4, printable(p.words["comment"]+p.words["colon"]+" "+s.Comment), "", "L", false)
	}
	if s.Signed != "" {
		p.CellFormat(p.inner, 5, printable(p.words["signed"]+p.words["colon"]+" "+s.Signed), "", 1, "L", false, 0, "")
		return
	}
	p.MultiCell(p.inner, 4.4, p.words["unsigned"], "", "L", false)
	p.Ln(10)
	p.SetDrawColor(pale[0], pale[1], pale[2])
	p.SetLineWidth(0.2)
	p.Line(margin, p.GetY(), margin+80, p.GetY())
	p.style("", 7.2, pale)
	p.CellFormat(p.inner, 4.4, p.words["signHere"], "", 1, "L", false, 0, "")
}

// runLine says what a run is and how its sizes are to be read.
func runLine(run assess.FluoroRun, l text.Lang) string {
	t := words[l]
	s := fmt.Sprintf("%d %s. %s%s %s. %s", run.Frames, t["frames"], t["calibration"], t["colon"], t[run.Calibration.Origin+"-cal"], t["projection"])
	seen := false
	for _, a := range run.CementAreaPx {
		seen = seen || a > 0
	}
	if !seen {
		return s + " " + t["noArea"]
	}
	last, unit := run.CementAreaPx[len(run.CementAreaPx)-1], "px"
	if n := len(run.CementAreaMM2); n > 0 {
		last, unit = run.CementAreaMM2[n-1], "mm²"
	}
	s += " " + t["areaOf"] + t["colon"] + " " + l.Unit(l.Number(last, 0), unit)
	if within := areaWithin(run, l); within != "" {
		s += " (90 %: " + within + ")"
	}
	return s + "."
}

func eventName(e assess.FluoroEvent, t map[string]string) string {
	s := t[e.Kind]
	if s == "" {
		s = e.Kind
	}
	if e.Line != "" {
		s += " (" + e.Line + ")"
	}
	return s
}

func frameTime(run assess.FluoroRun, frame int, l text.Lang) string {
	if frame < 0 || frame >= len(run.FrameTimesMS) {
		return dash
	}
	return l.Number((run.FrameTimesMS[frame]-run.FrameTimesMS[0])/1000, 1)
}

// firstSeen says from which frame on a leak of the CT is seen in the run.
func firstSeen(r *assess.Report, run assess.FluoroRun, k assess.FluoroLeak, l text.Lang) string {
	t := words[l]
	name := fmt.Sprint(k.LeakID)
	for _, leak := range r.Leaks {
		if leak.ID == k.LeakID {
			name = leakName(leak, l)
		}
	}
	if k.FirstFrame == nil {
		return name + t["colon"] + " " + t["notVisible"] + "."
	}
	return fmt.Sprintf("%s%s %s %s %d (%s).", name, t["colon"], strings.ToLower(t["firstSeen"]), strings.ToLower(t["frame"]), *k.FirstFrame, l.Unit(frameTime(run, *k.FirstFrame, l), "s"))
}
