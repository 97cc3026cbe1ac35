package export

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/text"
)

// columnsOfFront is how many pictures stand side by side on the first page at most.
const columnsOfFront = 4

// Placeholders for the pages of later parts, which are replaced when those are written.
const (
	pageOfVertebrae = "{v}"
	pageOfLeaks     = "{l}"
	pageOfNotes     = "{q}"
)

// front writes the first page. Tables, pictures and notes share its height: every one of them gets its least room first, then
// tables take what they need, pictures a second row when it fits, and notes the rest. What is left out is on a later page, which
// a line says.
func (p *page) front() {
	p.full = true
	p.Bookmark(title(p.rep, p.lang), 0, 0)
	p.header()
	p.heading(p.words["technique"])
	p.style("", 8.2, ink)
	p.MultiCell(p.inner, 3.9, printable(technique(p.rep, p.lang)), "", "L", false)
	p.Ln(1.5)
	if p.has(Conclusion) {
		p.Bookmark(p.words["conclusion"], 0, -1)
		p.heading(p.words["conclusion"])
		p.rich(Summary(p.rep, p.lang), 8.6, 4.2)
		if c := p.job.SignOff.Comment; c != "" {
			p.style("", 8.6, ink)
			p.MultiCell(p.inner, 4.2, printable(c), "", "L", false)
		}
		p.Ln(2)
	}

	side := (p.inner - (columnsOfFront-1)*gapMM) / columnsOfFront
	row := side + pictureMM + 1.5
	notes := p.notesHeight()
	pictures := 0.0
	if len(p.pictures.Key) > 0 && p.has(Images) {
		pictures = row
	}
	rows := int((p.bottom - 4 - p.GetY() - pictures - min(notes, 26) - 14) / rowMM) // two heads and what is between the tables
	p.frontVertebrae(max(3, rows-min(len(p.rep.Leaks), 6)))
	p.frontLeaks(max(2, rows-p.vertebraRows(max(3, rows-min(len(p.rep.Leaks), 6)))))
	p.frontImages(p.bottom - 4 - p.GetY() - min(notes, 30))
	p.frontNotes(p.bottom - 3 - p.GetY())
}

// header prints the title to the left and whose study it is to the right.
func (p *page) header() {
	o := p.job.Options
	p.mark(margin, margin+0.5, 8)
	p.SetXY(margin+11, margin)
	p.style("B", 13, ink)
	p.CellFormat(p.inner*0.6, 5.5, title(p.rep, p.lang), "", 2, "L", false, 0, "")
	p.style("", 7.6, pale)
	p.CellFormat(p.inner*0.6, 4, printable(draftOrSigned(o.SignOff, p.rep, p.words)), "", 0, "L", false, 0, "")
	p.SetXY(margin+p.inner*0.6, margin)
	p.style("B", 8.4, ink)
	name, second, third := identity(o.Study, p.lang)
	if name == "" {
		name = p.words["anonymous"]
	}
	p.CellFormat(p.inner*0.4, 4.2, p.cut(printable(name), p.inner*0.4), "", 2, "R", false, 0, "")
	p.style("", 7.6, pale)
	for _, s := range []string{second, third} {
		if s != "" {
			p.CellFormat(p.inner*0.4, 3.6, p.cut(printable(s), p.inner*0.4), "", 2, "R", false, 0, "")
		}
	}
	p.SetXY(margin, margin+12.6)
	p.underline(ink, 0.5)
	p.Ln(2)
}

// identity returns the lines of the header about patient and examination; empty ones are left out.
func identity(s Study, l text.Lang) (name, second, third string) {
	t := words[l]
	name = strings.TrimSpace(strings.ReplaceAll(s.Patient, "^", " "))
	var about, exam []string
	if s.Sex != "" {
		about = append(about, s.Sex)
	}
	if s.BirthDate != "" {
		about = append(about, t["birth"]+" "+l.Date(s.BirthDate))
	}
	if s.ID != "" {
		about = append(about, s.ID)
	}
	if s.Date != "" {
		date := t["control"] + " " + l.Date(s.Date)
		if s.Time != "" {
			date += ", " + l.Time(s.Time)
		}
		exam = append(exam, date)
	}
	if s.Institution != "" {
		exam = append(exam, s.Institution)
	}
	return name, strings.Join(about, " · "), strings.Join(exam, " · ")
}

// technique says what the figures were measured on.
func technique(r *assess.Report, l text.Lang) string {
	t := words[l]
	one := func(name string, s *assess.Series) string {
		if s == nil {
			return t[name] + t["colon"] + " " + t["noPre"]
		}
		out := fmt.Sprintf("%s%s %d %s", t[name], t["colon"], s.Images, t["images1"])
		var d []string
		for _, mm := range s.Geometry.SpacingMM {
			d = append(d, l.Number(mm, 2))
		}
		if len(d) > 0 {
			out += ", " + t["spacing"] + " " + l.Unit(strings.Join(d, " × "), "mm")
		}
		return out
	}
	out := one("control", r.Inputs.Post) + ". " + one("before", r.Inputs.Pre)
	worst := 0.0
	for _, v := range r.Vertebrae {
		if v.Registration != nil {
			worst = max(worst, v.Registration.ResidualMM)
		}
	}
	if worst > 0 {
		out += fmt.Sprintf(t["matched"], l.Unit(l.Number(worst, 1), "mm"))
	}
	sources := map[anatomy.LevelSource]bool{}
	var named []string
	for _, v := range r.Vertebrae {
		if !sources[v.LevelSource] {
			sources[v.LevelSource] = true
			named = append(named, t[string(v.LevelSource)])
		}
	}
	out += "."
	if len(named) > 0 {
		out += " " + t["source"] + t["colon"] + " " + strings.Join(named, ", ") + "."
	}
	return out
}

// shown returns the vertebrae of the first page: all when they fit, else those with cement.
func (p *page) shown(room int) []assess.Vertebra {
	if len(p.rep.Vertebrae) <= room {
		return p.rep.Vertebrae
	}
	var out []assess.Vertebra
	for _, v := range p.rep.Vertebrae {
		if (v.Treated || v.PriorCementML > 0) && len(out) < room-1 {
			out = append(out, v)
		}
	}
	return out
}

// vertebraRows is how many rows the table takes, its line about the rest included.
func (p *page) vertebraRows(room int) int {
	n := len(p.shown(room))
	if n < len(p.rep.Vertebrae) {
		n++
	}
	return n
}

func (p *page) frontVertebrae(room int) {
	if len(p.rep.Vertebrae) == 0 || !p.has(Levels) {
		return
	}
	w := p.inner / 178
	columns := []column{{p.words["level"], 30 * w, true}, {p.words["body"], 29 * w, false}, {p.words["cement"], 29 * w, false}, {p.words["prior"], 16 * w, false},
		{p.words["fill"], 31 * w, false}, {p.words["leak"], 15 * w, false}, {p.words["heights"], 28 * w, false}}
	p.tableHead(columns)
	rows := p.shown(room)
	for _, v := range rows {
		c := vertebraCells(p.rep, v, p.lang)
		p.tableRow(columns, []cell{{v.Level.String() + " " + state(v, p.words), v.Treated}, {withBounds(p.lang, c[1], v.BodyVolumeIntervalML, 1, text.MLDecimals(v.BodyVolumeML)), false},
			{withBounds(p.lang, c[2], v.CementInBodyIntervalML, 1, text.MLDecimals(v.CementInBodyML)), false}, {c[3], false},
			{withBounds(p.lang, c[4], v.FillRatioInterval, 100, 1), v.Treated}, {c[6], false}, {heights(p.lang, v.HeightsMM), false}})
	}
	if n := len(p.rep.Vertebrae) - len(rows); n > 0 {
		p.full = false
		p.style("", 7.2, pale)
		p.CellFormat(p.inner, rowMM, fmt.Sprintf(p.words["others"], n, pageOfVertebrae), "", 1, "L", false, 0, "")
	}
	p.Ln(2)
}

// state says in a word what there is in a body.
func state(v assess.Vertebra, t map[string]string) string {
	switch {
	case v.Treated:
		return t["treated"]
	case v.PriorCementML > 0:
		return t["priorLevel"]
	}
	return ""
}

func withBounds(l text.Lang, value string, i *assess.Interval, scale float64, decimals int) string {
	if value == dash {
		return value
	}
	return strings.TrimSpace(value + " " + bounds(l, i, scale, decimals))
}

func heights(l text.Lang, h *assess.Heights) string {
	if h == nil {
		return dash
	}
	return l.Number(h.Anterior, 1) + " / " + l.Number(h.Middle, 1) + " / " + l.Number(h.Posterior, 1)
}

// byAttention returns the leaks with those that ask for attention first.
func byAttention(leaks []assess.Leak) []assess.Leak {
	rank := map[anatomy.Attention]int{anatomy.AttentionRed: 0, anatomy.AttentionAmber: 1, anatomy.AttentionInfo: 2}
	out := append([]assess.Leak(nil), leaks...)
	sort.SliceStable(out, func(i, j int) bool { return rank[out[i].Attention] < rank[out[j].Attention] })
	return out
}

func (p *page) frontLeaks(room int) {
	leaks := byAttention(p.rep.Leaks)
	if len(leaks) == 0 || !p.has(LeakTables) {
		return
	}
	more := 0
	if len(leaks) > room {
		more = len(leaks) - (room - 1)
		leaks = leaks[:room-1]
	}
	w := p.inner / 178
	columns := []column{{p.words["leakOne"], 62 * w, true}, {p.words["type"], 10 * w, true}, {p.words["volumeTitle"], 34 * w, false}, {p.words["effect"], 50 * w, false}, {p.words["attention"], 22 * w, false}}
	p.tableHead(columns)
	for _, k := range leaks {
		y := p.GetY()
		p.tableRow(columns, []cell{{"    " + leakName(k, p.lang), k.Attention != anatomy.AttentionInfo}, {string(k.Type), false}, {withBounds(p.lang, p.lang.LeakML(k.VolumeML), k.VolumeIntervalML, 1, 2), false},
			{effect(k, p.lang), false}, {p.words[string(k.Attention)], k.Attention == anatomy.AttentionRed}})
		p.glyph(k.Compartment, margin+1.6, y+rowMM/2)
	}
	if more > 0 {
		p.full = false
		p.SetX(margin)
		p.style("", 7.2, pale)
		p.CellFormat(p.inner, rowMM, fmt.Sprintf(p.words["othersLeaks"], more, pageOfLeaks), "", 1, "L", false, 0, "")
	}
	p.Ln(2)
}

func leakName(k assess.Leak, l text.Lang) string {
	s := k.Level.String() + " " + strings.ToLower(compartments[l][k.Compartment])
	if side := words[l][string(k.Side)]; side != "" {
		s += ", " + side
	}
	return s
}

// effect is the one measure that tells most about a leak: what it takes from the canal, else its length or reach.
func effect(k assess.Leak, l text.Lang) string {
	t := words[l]
	switch {
	case k.CanalEncroachmentMM != nil && k.CanalEncroachmentFraction != nil:
		return fmt.Sprintf("%s %s, %s", t["encroachShort"], l.Unit(l.Number(*k.CanalEncroachmentMM, 1), "mm"), l.Unit(l.Number(100**k.CanalEncroachmentFraction, 0), "%"))
	case k.Compartment == anatomy.ParavertebralVein || k.Compartment == anatomy.NeedleTrack:
		return t["lengthOf"] + " " + l.Unit(l.Number(k.LengthMM, 1), "mm")
	}
	return t["reachOf"] + " " + l.Unit(l.Number(k.ReachMM, 1), "mm")
}

// frontImages prints the key images as large as a height allows all of them to be, or as many small ones as it holds.
func (p *page) frontImages(room float64) {
	list := p.pictures.Key
	if len(list) == 0 || !p.has(Images) {
		return
	}
	columns, rows := 0, 0
	var side, row float64
	for columns = min(2+len(list)%2, len(list)); ; columns++ {
		side = min((p.inner-float64(columns-1)*gapMM)/float64(columns), 70)
		row = side + pictureMM + 1.5
		rows = (len(list) + columns - 1) / columns
		if float64(rows)*row <= room || columns >= columnsOfFront {
			break
		}
	}
	rows = max(1, min(rows, int(room/row)))
	list = list[:min(len(list), rows*columns)]
	p.first = len(list)
	y := p.GetY() + 1
	for i, k := range list {
		p.picture(k, margin+float64(i%columns)*(side+gapMM), y+float64(i/columns)*row, side)
	}
	p.SetXY(margin, y+float64((len(list)+columns-1)/columns)*row)
}

const noteMM, noteSize = 3.7, 7.8

// notesHeight is the height of all quality notes in their box.
func (p *page) notesHeight() float64 {
	h := 3.0
	if !p.has(Method) {
		return 0
	}
	for _, q := range p.rep.Quality {
		h += noteMM * float64(p.linesOf(printable(q.Message), noteSize, p.inner-10))
	}
	return h
}

// frontNotes prints as many quality notes as fit into a height, the gravest first.
func (p *page) frontNotes(room float64) {
	notes := p.rep.Quality
	if len(notes) == 0 || !p.has(Method) {
		return
	}
	used, shown := 3.0, 0
	for i, q := range notes {
		h := noteMM * float64(p.linesOf(printable(q.Message), noteSize, p.inner-10))
		reserve := noteMM
		if i == len(notes)-1 {
			reserve = 0
		}
		if used+h+reserve > room {
			break
		}
		used, shown = used+h, shown+1
	}
	more := len(notes) - shown
	if more > 0 {
		p.full = false
		used += noteMM
	}
	if room < noteMM+3 {
		return
	}
	edge, fill := amber, amberFill
	switch notes[0].Severity {
	case diag.Error:
		edge, fill = alarm, alarmFill
	case diag.Info:
		edge, fill = pale, [3]int{0xF1, 0xF3, 0xF4}
	}
	y := p.GetY()
	p.SetFillColor(fill[0], fill[1], fill[2])
	p.Rect(margin, y, p.inner, used, "F")
	p.SetFillColor(edge[0], edge[1], edge[2])
	p.Rect(margin, y, 0.9, used, "F")
	p.SetAutoPageBreak(false, 0)
	p.SetY(y + 1.5)
	for _, q := range notes[:shown] {
		p.note(q, noteSize, noteMM)
	}
	if more > 0 {
		p.SetX(margin + 8)
		p.style("", 7.2, pale)
		p.CellFormat(p.inner-8, noteMM, fmt.Sprintf(p.words["notes"], more, pageOfNotes), "", 1, "L", false, 0, "")
	}
	p.SetAutoPageBreak(true, footerMM+2)
}

// note prints a quality note with the sign of its severity.
func (p *page) note(q assess.Quality, size, line float64) {
	sign, c := "i", pale
	switch q.Severity {
	case diag.Error:
		sign, c = "!!", alarm
	case diag.Warn:
		sign, c = "!", amber
	}
	p.SetX(margin + 3.2)
	p.style("B", size, c)
	p.CellFormat(4.8, line, sign, "", 0, "L", false, 0, "")
	p.style("", size, ink)
	for i, s := range p.wrap(printable(q.Message), p.inner-10) {
		if i > 0 {
			p.SetX(margin + 8)
		}
		p.CellFormat(p.inner-10, line, s, "", 1, "L", false, 0, "")
	}
}

// integer prints a count, en dash for nil.
func integer(n *int) string {
	if n == nil {
		return dash
	}
	return strconv.Itoa(*n)
}
