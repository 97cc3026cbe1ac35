package export

import (
	"bytes"
	"context"
	"fmt"
	markup "html"
	"io"
	"slices"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/text"
)

// Page geometry in millimetres.
const (
	margin    = 16.0
	footerMM  = 17.0 // height of the footer, its margin included
	family    = "vertefill"
	rowMM     = 5.0
	pictureMM = 5.6 // room for the caption below a picture
	gapMM     = 2.6 // between pictures
)

// Ink colours of the light theme.
var (
	ink       = [3]int{0x18, 0x1B, 0x1E}
	pale      = [3]int{0x5F, 0x68, 0x70}
	rule      = [3]int{0xD9, 0xDD, 0xE0}
	alarm     = [3]int{0xB3, 0x26, 0x1E}
	amber     = [3]int{0x8A, 0x52, 0x00}
	amberFill = [3]int{0xFF, 0xF3, 0xDF}
	alarmFill = [3]int{0xFD, 0xE9, 0xE7}
)

// PDF writes the report for people. The first page is complete in itself: summary, tables, key images, quality notes; the others
// hold every leak, before beside after, drawings, fluoroscopy, all vertebrae, method and sign-off. Names stand on the page when the
// options give them, never in the metadata, which have no time stamp either: equal results give equal bytes.
func PDF(ctx context.Context, w io.Writer, r *assess.Result, o Options) error {
	o.Lang = o.lang()
	return pdf(&job{Result: r, Options: o, ctx: ctx, pictures: o.Pictures}, w)
}

func pdf(j *job, w io.Writer) error {
	pictures, err := j.images()
	if err != nil {
		return err
	}
	p := newPage(j, pictures)
	p.front()
	p.further()
	return p.finish(w)
}

// finish writes the document.
func (p *page) finish(w io.Writer) error {
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return fmt.Errorf("export: pdf: %w", err)
	}
	out, err := archival(b.Bytes())
	if err != nil {
		return err
	}
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("export: pdf: %w", err)
	}
	return nil
}

// images returns the pictures, drawn once for all files.
func (j *job) images() (*Pictures, error) {
	if j.pictures == nil {
		p, err := NewPictures(j.ctx, j.Result, j.Lang)
		if err != nil {
			return nil, err
		}
		p.Key = slices.Concat(j.Kept, p.Key)
		j.pictures = p
	}
	return j.pictures, nil
}

// page is the document being written.
type page struct {
	*fpdf.Fpdf
	job      *job
	words    map[string]string
	lang     text.Lang
	rep      *assess.Report
	pictures *Pictures
	w, h     float64 // of the paper
	inner    float64 // width between the margins
	bottom   float64 // where the footer begins
	placed   int     // pictures placed so far
	first    int     // key images on the first page
	full     bool    // the first page shows all vertebrae, leaks and notes
}

func newPage(j *job, pictures *Pictures) *page {
	size := "A4"
	if j.Page == Letter {
		size = "Letter"
	}
	p := &page{Fpdf: fpdf.New("P", "mm", size, ""), job: j, words: words[j.Lang], lang: j.Lang, rep: &j.Report, pictures: pictures}
	p.w, p.h = p.GetPageSize()
	p.inner, p.bottom = p.w-2*margin, p.h-footerMM
	p.AddUTF8FontFromBytes(family, "", font.Regular)
	p.AddUTF8FontFromBytes(family, "B", font.SemiBold)
	p.SetCreationDate(time.Unix(0, 0).UTC())
	p.SetModificationDate(time.Unix(0, 0).UTC())
	p.SetTitle(title(p.rep, p.lang), true)
	p.SetSubject(p.words["device"], true)
	p.SetCreator("Vertefill "+p.rep.Software.Version, true)
	p.SetLang(map[text.Lang]string{text.English: "en", text.French: "fr"}[p.lang])
	p.AddOutputIntent(outputIntent())
	p.SetXmpMetadata(xmp(title(p.rep, p.lang), p.words["device"], "Vertefill "+p.rep.Software.Version, string(p.lang)))
	p.SetCatalogSort(true)
	p.SetMargins(margin, margin, margin)
	p.SetCellMargin(0)
	p.SetAutoPageBreak(true, footerMM+2)
	p.SetFooterFunc(p.footer)
	p.AliasNbPages("{n}")
	p.AddPage()
	return p
}

// xmp returns the metadata packet of the file: title, program and language, nothing else.
func xmp(title, subject, tool, lang string) []byte {
	title, subject = markup.EscapeString(title), markup.EscapeString(subject)
	return fmt.Appendf(nil, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance><pdf:Producer>FPDF 1.7</pdf:Producer><xmp:CreateDate>1970-01-01T00:00:00Z</xmp:CreateDate><xmp:ModifyDate>1970-01-01T00:00:00Z</xmp:ModifyDate><dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description>
<dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language><xmp:CreatorTool>%s</xmp:CreatorTool>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, "\uFEFF", subject, title, lang, tool)
}

func (p *page) style(weight string, size float64, c [3]int) {
	p.SetFont(family, weight, size)
	p.SetTextColor(c[0], c[1], c[2])
}

// footer repeats what the words mean, that this is no certified device, and the page's number.
func (p *page) footer() {
	p.SetDrawColor(rule[0], rule[1], rule[2])
	p.SetLineWidth(0.15)
	p.Line(margin, p.bottom, p.w-margin, p.bottom)
	p.SetXY(margin, p.bottom+1.5)
	p.style("", 6.6, pale)
	p.MultiCell(p.inner-24, 3, p.words["footer"]+" "+p.words["device"], "", "L", false)
	p.SetXY(p.w-margin-24, p.bottom+1.5)
	p.CellFormat(24, 3, fmt.Sprintf("%s %d / {n}", p.words["page"], p.PageNo()), "", 0, "R", false, 0, "")
}

// need begins a new page when less than a height is left on this one.
func (p *page) need(height float64) {
	if p.GetY()+height > p.bottom-2 {
		p.AddPage()
	}
}

// section begins a part on the further pages: heading and bookmark, with a height of its content that must follow on the same page.
func (p *page) section(title string, follows float64) {
	if p.GetY() > margin+1 {
		p.Ln(4)
	}
	p.need(8 + follows)
	p.Bookmark(title, 0, -1)
	p.style("B", 11, ink)
	p.CellFormat(p.inner, 7, title, "", 1, "L", false, 0, "")
}

// heading is a small title within a page.
func (p *page) heading(title string) {
	p.style("B", 9, ink)
	p.CellFormat(p.inner, 5.4, title, "", 1, "L", false, 0, "")
}

// rich writes spans as one paragraph.
func (p *page) rich(spans []Span, size, line float64) {
	for _, s := range spans {
		weight := ""
		if s.Bold {
			weight = "B"
		}
		p.style(weight, size, ink)
		p.Write(line, printable(s.Text))
	}
	p.Ln(line)
}

// linesOf is how many lines a text takes.
func (p *page) linesOf(s string, size, width float64) int {
	p.style("", size, ink)
	return len(p.wrap(s, width))
}

// column is a column of a table.
type column struct {
	title string
	width float64
	left  bool // text; numbers stand to the right
}

// tableHead prints the titles of columns over a dark line.
func (p *page) tableHead(columns []column) {
	p.style("", 7.2, pale)
	p.SetX(margin)
	for _, c := range columns {
		p.CellFormat(c.width, rowMM, c.title, "", 0, align(c), false, 0, "")
	}
	p.Ln(rowMM)
	p.underline(ink, 0.25)
}

// cell is a value; strong cells are bold.
type cell struct {
	text   string
	strong bool
}

// tableRow prints cells over a pale line. A text too long for its column is cut with an ellipsis.
func (p *page) tableRow(columns []column, cells []cell) {
	p.SetX(margin)
	for i, c := range columns {
		weight := ""
		if cells[i].strong {
			weight = "B"
		}
		p.style(weight, 8, ink)
		p.CellFormat(c.width, rowMM, p.cut(printable(cells[i].text), c.width-0.5), "", 0, align(c), false, 0, "")
	}
	p.Ln(rowMM)
	p.underline(rule, 0.15)
}

func align(c column) string {
	if c.left {
		return "L"
	}
	return "R"
}

func (p *page) underline(c [3]int, width float64) {
	p.SetDrawColor(c[0], c[1], c[2])
	p.SetLineWidth(width)
	p.Line(margin, p.GetY(), p.w-margin, p.GetY())
}

// cut shortens a text to a width in the present font.
func (p *page) cut(s string, width float64) string {
	if p.GetStringWidth(s) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && p.GetStringWidth(string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
