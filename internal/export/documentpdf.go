package export

import (
	"context"
	"io"
	"maps"

	"github.com/vertefill/vertefill/internal/assess"
)

// PDF writes the document on paper, without a time stamp.
func (d *Document) PDF(w io.Writer) error {
	r := &assess.Result{}
	r.Report.Software.Version = assess.Version
	p := newPage(&job{Result: r, Options: Options{Lang: d.Lang, Page: d.Page}, ctx: context.Background()}, &Pictures{})
	p.words = maps.Clone(p.words)
	p.words["footer"] = d.Footer
	p.SetTitle(d.Title, true)
	p.SetXmpMetadata(xmp(d.Title, p.words["device"], "Vertefill "+assess.Version, string(d.Lang)))
	p.mark(margin, margin+0.5, 8)
	p.SetXY(margin+11, margin)
	p.style("B", 13, ink)
	p.CellFormat(p.inner-11, 5.5, printable(d.Title), "", 2, "L", false, 0, "")
	p.style("", 7.6, pale)
	p.CellFormat(p.inner-11, 4, p.cut(printable(d.Subtitle), p.inner-11), "", 0, "L", false, 0, "")
	p.SetXY(margin, margin+12.6)
	p.underline(ink, 0.5)
	p.Ln(2)
	for _, part := range d.Parts {
		p.part(part)
	}
	return p.finish(w)
}

// wholeRows is the length up to which a table keeps to one page.
const wholeRows = 14

// part writes a section; its title never stands alone at the foot of a page.
func (p *page) part(x Part) {
	follows := 20.0
	switch {
	case len(x.Texts) == 0 && x.Table == nil && len(x.Drawings) > 0:
		follows = p.scaled(x.Drawings[0].W) * x.Drawings[0].H
	case x.Table != nil && len(x.Table.Rows) <= wholeRows: // a short table is not torn
		follows = 12 + 5.2*float64(len(x.Table.Rows))
	}
	p.section(printable(x.Title), follows)
	for _, s := range x.Texts {
		p.paragraph(s, 8.6, 4.2, ink)
	}
	if x.Table != nil {
		p.grid(x.Table)
	}
	for _, d := range x.Drawings {
		scale := p.scaled(d.W)
		p.Ln(2)
		p.need(d.H*scale + 2)
		y := p.GetY()
		p.draw(d, margin, y, scale)
		p.SetXY(margin, y+d.H*scale+1)
	}
	if len(x.Notes) > 0 {
		p.Ln(1)
	}
	for _, s := range x.Notes {
		p.paragraph(s, 7.2, 3.5, pale)
	}
}

// scaled is the scale at which a width fits the page.
func (p *page) scaled(width float64) float64 { return min(1, p.inner/width) }

func (p *page) paragraph(s string, size, line float64, c [3]int) {
	p.style("", size, c)
	for _, l := range p.wrap(printable(s), p.inner) {
		p.need(line)
		p.style("", size, c)
		p.SetX(margin)
		p.CellFormat(p.inner, line, l, "", 1, "L", false, 0, "")
	}
}

// grid writes a table whose cells may take several lines; its head comes again on a new page.
func (p *page) grid(g *Grid) {
	const line = 3.7
	columns := make([]column, len(g.Head))
	for i, h := range g.Head {
		columns[i] = column{printable(h), g.width(i) * p.inner, i < g.Words}
	}
	p.need(rowMM + 2*line)
	p.tableHead(columns)
	for _, row := range g.Rows {
		p.style("", 7.6, ink)
		cells, lines := make([][]string, len(columns)), 1
		for i := range columns {
			if i < len(row) {
				cells[i] = p.wrap(printable(row[i]), columns[i].width-1.2)
				lines = max(lines, len(cells[i]))
			}
		}
		if height := line*float64(lines) + 1.2; p.GetY()+height > p.bottom-2 {
			p.AddPage()
			p.tableHead(columns)
		}
		p.style("", 7.6, ink)
		x, y := margin, p.GetY()+0.6
		for i, c := range columns {
			for n, s := range cells[i] {
				p.SetXY(x, y+line*float64(n))
				p.CellFormat(c.width, line, s, "", 0, align(c), false, 0, "")
			}
			x += c.width
		}
		p.SetXY(margin, y+line*float64(lines)+0.6)
		p.underline(rule, 0.15)
	}
}
