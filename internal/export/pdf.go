package export

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/text"
)

// Page geometry in millimetres, A4.
const (
	margin    = 15.0
	pageWidth = 210.0
	inner     = pageWidth - 2*margin
	family    = "vertefill"
)

// Ink colours of the light theme.
var (
	ink   = [3]int{0x18, 0x1B, 0x1E}
	pale  = [3]int{0x5F, 0x68, 0x70}
	rule  = [3]int{0xD9, 0xDD, 0xE0}
	alarm = [3]int{0xB3, 0x26, 0x1E}
	amber = [3]int{0x8A, 0x52, 0x00}
)

// PDF writes the report for people: results per vertebra, leaks, key images, quality notes, definitions. The document carries no
// patient identity and no time stamp of its own, so equal results give equal bytes.
func PDF(ctx context.Context, w io.Writer, r *assess.Result, l text.Lang) error {
	p := &page{Fpdf: fpdf.New("P", "mm", "A4", ""), words: words[l], lang: l, rep: &r.Report}
	p.AddUTF8FontFromBytes(family, "", font.Regular)
	p.AddUTF8FontFromBytes(family, "B", font.SemiBold)
	p.SetCreationDate(time.Unix(0, 0).UTC())
	p.SetModificationDate(time.Unix(0, 0).UTC())
	p.SetTitle(p.words["title"], true)
	p.SetCreator("Vertefill "+r.Report.Software.Version, true)
	p.SetCatalogSort(true)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(true, 22)
	p.SetFooterFunc(p.footer)
	p.AliasNbPages("{n}")
	p.AddPage()
	p.header()
	p.vertebrae()
	p.leaks()
	images, err := KeyImages(ctx, r, l)
	if err != nil {
		return err
	}
	if err := p.images(images); err != nil {
		return err
	}
	p.quality()
	p.definitions()
	if err := p.Output(w); err != nil {
		return fmt.Errorf("export: pdf: %w", err)
	}
	return nil
}

// Pictures are shared by the files for people.
type Pictures struct{}

func pdf(j *job, w io.Writer) error { return PDF(j.ctx, w, j.Result, j.Lang) }

type page struct {
	*fpdf.Fpdf
	words map[string]string
	lang  text.Lang
	rep   *assess.Report
}

func (p *page) style(weight string, size float64, c [3]int) {
	p.SetFont(family, weight, size)
	p.SetTextColor(c[0], c[1], c[2])
}

func (p *page) footer() {
	p.SetY(-14)
	p.style("", 7.5, pale)
	p.CellFormat(inner*0.8, 5, p.words["device"], "", 0, "L", false, 0, "")
	p.CellFormat(inner*0.2, 5, fmt.Sprintf("%s %d / {n}", p.words["page"], p.PageNo()), "", 0, "R", false, 0, "")
}

func (p *page) header() {
	p.style("B", 15, ink)
	p.CellFormat(inner, 8, p.words["title"], "", 1, "L", false, 0, "")
	p.style("", 8.5, pale)
	line := func(name string, s *assess.Series) string {
		if s == nil {
			return p.words[name] + ": " + p.words["noPre"]
		}
		d := make([]string, 0, 3)
		for _, mm := range s.Geometry.SpacingMM {
			d = append(d, p.lang.Number(mm, 2))
		}
		return fmt.Sprintf("%s: %d images, %s", p.words[name], s.Images, p.lang.Unit(strings.Join(d, " × "), "mm"))
	}
	p.CellFormat(inner, 4.5, line("control", p.rep.Inputs.Post)+"  ·  "+line("before", p.rep.Inputs.Pre), "", 1, "L", false, 0, "")
	p.CellFormat(inner, 4.5, p.words["software"]+": Vertefill "+p.rep.Software.Version, "", 1, "L", false, 0, "")
	p.Ln(3)
}

func (p *page) section(title string) {
	if p.GetY() > 250 {
		p.AddPage()
	}
	p.style("B", 11, ink)
	p.CellFormat(inner, 7, title, "", 1, "L", false, 0, "")
}

// row prints cells of given widths; the first is to the left, numbers to the right.
func (p *page) row(widths []float64, cells []string, height float64, left int) {
	for i, c := range cells {
		align := "R"
		if i < left {
			align = "L"
		}
		p.CellFormat(widths[i], height, c, "", 0, align, false, 0, "")
	}
	p.Ln(height)
	p.SetDrawColor(rule[0], rule[1], rule[2])
	p.SetLineWidth(0.15)
	p.Line(margin, p.GetY(), pageWidth-margin, p.GetY())
}

func (p *page) vertebrae() {
	p.section(p.words["results"])
	widths := []float64{20, 36, 36, 20, 48, 20}
	p.style("B", 8, pale)
	p.row(widths, []string{p.words["level"], p.words["body"], p.words["cement"], p.words["prior"], p.words["fill"], p.words["leak"]}, 5.5, 1)
	for _, v := range p.rep.Vertebrae {
		c := vertebraCells(p.rep, v, p.lang)
		join := func(value string, i *assess.Interval, scale float64, decimals int) string {
			if value == dash {
				return value
			}
			return strings.TrimSpace(value + "  " + bounds(p.lang, i, scale, decimals))
		}
		name := v.Level.String()
		p.style("", 9, ink)
		if v.Treated {
			p.style("B", 9, ink)
		}
		p.row(widths, []string{name, join(c[1], v.BodyVolumeIntervalML, 1, text.MLDecimals(v.BodyVolumeML)), join(c[2], v.CementInBodyIntervalML, 1, text.MLDecimals(v.CementInBodyML)), c[3], join(c[4], v.FillRatioInterval, 100, 1), c[6]}, 5.5, 1)
	}
	p.style("", 7.5, pale)
	sources := map[anatomy.LevelSource]bool{}
	var named []string
	for _, v := range p.rep.Vertebrae {
		if !sources[v.LevelSource] {
			sources[v.LevelSource] = true
			named = append(named, p.words[string(v.LevelSource)])
		}
	}
	if len(named) > 0 {
		p.CellFormat(inner, 5, p.words["source"]+" "+strings.Join(named, ", "), "", 1, "L", false, 0, "")
	}
	p.Ln(2)
}

func (p *page) leaks() {
	p.section(p.words["leaks"])
	if len(p.rep.Leaks) == 0 {
		p.style("", 9, ink)
		s := p.words["none"]
		if t := p.rep.Totals; len(p.rep.Vertebrae) == 0 {
			s = p.words["nobody"]
		} else if t != nil && t.NewCementML == 0 && t.PriorCementML == 0 {
			s = p.words["nocement"]
		}
		p.CellFormat(inner, 6, s, "", 1, "L", false, 0, "")
		p.Ln(2)
		return
	}
	widths := []float64{14, 52, 14, 20, 34, 22, 24}
	p.style("B", 8, pale)
	p.row(widths, []string{p.words["level"], p.words["compartment"], p.words["type"], p.words["side"], p.words["leak"], p.words["reach"], p.words["attention"]}, 5.5, 2)
	for _, k := range p.rep.Leaks {
		c := ink
		weight := ""
		switch k.Attention {
		case anatomy.AttentionRed:
			c, weight = alarm, "B"
		case anatomy.AttentionAmber:
			c = amber
		}
		p.style(weight, 9, c)
		volume := p.lang.LeakML(k.VolumeML) + "  " + bounds(p.lang, k.VolumeIntervalML, 1, 2)
		p.row(widths, []string{k.Level.String(), compartments[p.lang][k.Compartment], string(k.Type), p.words[string(k.Side)], volume, p.lang.Number(k.ReachMM, 1), p.words[string(k.Attention)]}, 5.5, 2)
		if k.CanalEncroachmentMM != nil && k.CanalEncroachmentFraction != nil {
			p.style("", 8, pale)
			p.CellFormat(inner, 4.5, fmt.Sprintf("%s: %s %s, %s %s", k.Level, p.words["encroach"], p.lang.Unit(p.lang.Number(*k.CanalEncroachmentMM, 1), "mm"),
				p.lang.Unit(p.lang.Number(100**k.CanalEncroachmentFraction, 0), "%"), p.words["area"]), "", 1, "L", false, 0, "")
		}
	}
	p.Ln(2)
}

func (p *page) images(list []KeyImage) error {
	if len(list) == 0 {
		return nil
	}
	const columns, gap = 3, 4.0
	side := (inner - (columns-1)*gap) / columns
	if p.GetY()+side+14 > 275 {
		p.AddPage()
	}
	p.section(p.words["images"])
	for i, k := range list {
		if i%columns == 0 && p.GetY()+side+6 > 275 {
			p.AddPage()
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, k.Picture, &jpeg.Options{Quality: 92}); err != nil {
			return fmt.Errorf("export: key image: %w", err)
		}
		name := fmt.Sprintf("key%d", i)
		p.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "JPG"}, &b)
		x, y := margin+float64(i%columns)*(side+gap), p.GetY()
		p.ImageOptions(name, x, y, side, side, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
		p.SetXY(x, y+side+0.5)
		p.style("", 7.5, ink)
		p.CellFormat(side, 4, k.Caption, "", 0, "L", false, 0, "")
		if i%columns == columns-1 || i == len(list)-1 {
			p.SetXY(margin, y+side+7)
		} else {
			p.SetXY(margin, y)
		}
	}
	return nil
}

func (p *page) quality() {
	if len(p.rep.Quality) == 0 {
		return
	}
	p.section(p.words["quality"])
	for _, q := range p.rep.Quality {
		c, mark := pale, "·"
		switch q.Severity {
		case diag.Error:
			c, mark = alarm, "■"
		case diag.Warn:
			c, mark = amber, "▲"
		}
		p.style("", 8.5, c)
		p.CellFormat(5, 4.5, fallback(mark), "", 0, "L", false, 0, "")
		p.style("", 8.5, ink)
		p.MultiCell(inner-5, 4.5, q.Message, "", "L", false)
	}
	p.Ln(2)
}

// fallback replaces signs that the typeface lacks.
func fallback(s string) string { return strings.NewReplacer("■", "▲").Replace(s) }

func (p *page) definitions() {
	p.style("", 7, pale)
	p.MultiCell(inner, 3.4, p.words["definitions"], "", "L", false)
}
