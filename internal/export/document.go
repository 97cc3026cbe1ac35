package export

import (
	"fmt"
	"html/template"
	"io"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/plot"
	"github.com/vertefill/vertefill/internal/text"
)

// Document is a report that is no report of one study: a title and parts that follow each other, of words, tables and drawings. It
// becomes a page of HTML that needs nothing else, or a PDF; equal documents give equal bytes. Words are in the language given.
type Document struct {
	Title, Subtitle string
	Footer          string // on every page, before the sentence that this is no certified device
	Lang            text.Lang
	Page            Page
	Parts           []Part
}

// Part is a section of a document: its paragraphs, then its table, then its drawings, then small notes. All but the title may be empty.
type Part struct {
	Title    string
	Texts    []string
	Table    *Grid
	Drawings []*plot.Drawing
	Notes    []string
}

// Grid is a table of formatted cells. Columns before Words hold words, those from there numbers, which stand to the right.
type Grid struct {
	Head  []string
	Words int
	Rows  [][]string
	// Widths are shares of the paper's width, one a column; without them the first column gets twice the width of the others.
	Widths []float64
}

func (g *Grid) width(i int) float64 {
	if i < len(g.Widths) {
		sum := 0.0
		for _, w := range g.Widths {
			sum += w
		}
		return g.Widths[i] / sum
	}
	if i == 0 {
		return 2 / float64(len(g.Head)+1)
	}
	return 1 / float64(len(g.Head)+1)
}

var documentPage = template.Must(template.New("document").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; font-src data:; style-src 'unsafe-inline'">
<meta name="generator" content="Vertefill {{.Version}}">
<title>{{.Title}}</title>
<style>{{.Style}}
td { white-space: normal; } .drawings { grid-template-columns: 1fr; max-width: 760px; margin-top: 10px; }</style>
</head>
<body>
<main>
<header>
<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><path d="M6.66 16.2C10 14.6 12.6 17.8 16 16.4C19.4 15 22 17.6 25.34 16C25.4 19.6 26 23 27 26C20 23 12 23 5 26C6 23 6.6 19.6 6.66 16.2Z" fill="#E0A400"/><path d="M5 6C12 9 20 9 27 6C25 12.5 25 19.5 27 26C20 23 12 23 5 26C7 19.5 7 12.5 5 6Z" fill="none" stroke="#08766A" stroke-width="2.2" stroke-linejoin="round"/></svg>
<div><h1>{{.Title}}</h1><p class="pale">{{.Subtitle}}</p></div>
</header>
{{range .Parts}}<section><h2>{{.Title}}</h2>
{{range .Texts}}<p>{{.}}</p>
{{end}}{{with .Table}}{{$words := .Words}}<div class="wide"><table><thead><tr>{{range $i, $h := .Head}}<th scope="col"{{if ge $i $words}} class="n"{{end}}>{{$h}}</th>{{end}}</tr></thead>
<tbody>{{range .Rows}}<tr>{{range $i, $c := .}}<td{{if ge $i $words}} class="n"{{end}}>{{$c}}</td>{{end}}</tr>
{{end}}</tbody></table></div>{{end}}
{{if .Drawings}}<div class="drawings">{{range .Drawings}}<div>{{.}}</div>{{end}}</div>{{end}}
{{range .Notes}}<p class="pale">{{.}}</p>
{{end}}</section>
{{end}}<footer>{{.Footer}} {{.Device}}</footer>
</main>
</body>
</html>
`))

// HTML writes the document as one page.
func (d *Document) HTML(w io.Writer) error {
	type part struct {
		Part
		Drawings []template.HTML
	}
	var e encoder
	var parts []part
	for _, p := range d.Parts {
		x := part{Part: p}
		for _, drawing := range p.Drawings {
			x.Drawings = append(x.Drawings, e.svg(drawing))
		}
		parts = append(parts, x)
	}
	if e.err != nil {
		return e.err
	}
	err := documentPage.Execute(w, map[string]any{
		"Lang": string(d.Lang), "Title": d.Title, "Subtitle": d.Subtitle, "Footer": d.Footer, "Device": words[d.Lang]["device"],
		"Version": assess.Version, "Style": template.CSS(faces() + htmlStyle), "Parts": parts,
	})
	if err != nil {
		return fmt.Errorf("export: html: %w", err)
	}
	return nil
}
