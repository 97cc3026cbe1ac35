package export

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image/jpeg"
	"io"
	"strings"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/plot"
)

var (
	//go:embed report.html.tmpl
	htmlTemplate string
	//go:embed report.css
	htmlStyle string
	//go:embed report.js
	htmlScript string
)

var htmlPage = template.Must(template.New("report").Parse(htmlTemplate))

// WriteHTML writes the report as one page that needs nothing else: pictures, typeface, drawings and the surfaces of the 3D view
// are inside, and its content policy forbids the browser any other address. It holds what the PDF holds.
func WriteHTML(ctx context.Context, w io.Writer, r *assess.Result, o Options) error {
	o.Lang = o.lang()
	return html(&job{Result: r, Options: o, ctx: ctx, pictures: o.Pictures}, w)
}

// htmlData is what the template prints.
type htmlData struct {
	T                       map[string]string
	Lang, Title             string
	Style                   template.CSS
	Script                  template.JS
	Name, About, Exam       string
	State, Technique        string
	Summary                 []Span
	Has                     map[string]bool // sections
	Vertebrae, Leaks        htmlTable
	Shapes                  htmlTable // heights and angles before and after
	Places                  []string  // where the cement lies, a sentence a body
	Totals                  string
	Key, Solid              []htmlImage
	EachLeak                []htmlLeak
	Pairs                   [][]htmlImage
	Drawings                []template.HTML
	Runs                    []htmlRun
	Scene                   scene
	Quality                 []assess.Quality
	Parameters              [][2]string
	Software                string
	Reader, Comment, Signed string
}

type htmlTable struct {
	Columns []column
	Rows    [][]htmlCell
}

// htmlCell has the value by which its column is sorted: a number, or the text itself.
type htmlCell struct {
	Text   string
	Sort   string
	Strong bool
	Glyph  template.HTML
}

type htmlImage struct {
	Caption string
	Source  template.URL
}

type htmlLeak struct {
	Title  string
	Glyph  template.HTML
	Images []htmlImage
	Rows   [][2]string
}

type htmlRun struct {
	Title, Line string
	Curve       template.HTML
	Events      htmlTable
	Leaks       []string
}

// Title returns the heading of a column; Right whether it holds numbers. The template reads them.
func (c column) Title() string { return c.title }
func (c column) Right() bool   { return !c.left }

func html(j *job, w io.Writer) error {
	pictures, err := j.images()
	if err != nil {
		return err
	}
	t := words[j.Lang]
	name, about, exam := identity(j.Study, j.Lang)
	if name == "" {
		name = t["anonymous"]
	}
	d := htmlData{
		T: t, Lang: string(j.Lang), Title: title(&j.Report, j.Lang), Style: template.CSS(faces() + htmlStyle), Script: template.JS(htmlScript),
		Name: name, About: about, Exam: exam, State: draftOrSigned(j.SignOff, &j.Report, t), Technique: technique(&j.Report, j.Lang), Summary: Summary(&j.Report, j.Lang),
		Vertebrae: htmlVertebrae(j), Leaks: htmlLeaks(j), Scene: newScene(j.Result, t), Shapes: htmlShapes(j), Quality: j.Report.Quality, Parameters: parameters(&j.Report), Software: j.Report.Software.Version,
		Reader: j.SignOff.Reader, Comment: j.SignOff.Comment, Signed: j.SignOff.Signed,
	}
	if totalled := j.Report.Totals; totalled != nil && totalled.NewCementML > 0 {
		d.Totals = totals(totalled, j.Lang)
	}
	for _, v := range j.Report.Vertebrae {
		if v.Distribution != nil {
			d.Places = append(d.Places, v.Level.String()+" · "+distribution(v.Distribution, j.Lang))
		}
		if v.Lesion != nil {
			d.Places = append(d.Places, v.Level.String()+" · "+lesionLine(v, j.Lang))
		}
	}
	d.Has = map[string]bool{}
	for _, s := range Sections {
		d.Has[string(s)] = j.Has(s)
	}
	var e encoder
	d.Key, d.Solid = e.images(pictures.Key), e.images(pictures.Solid)
	for _, p := range pictures.Pairs {
		var row []htmlImage
		for i := range p.Before {
			row = append(row, e.images([]KeyImage{p.Before[i], p.After[i]})...)
		}
		d.Pairs = append(d.Pairs, row)
	}
	for i, k := range j.Report.Leaks {
		x := htmlLeak{Title: leakName(k, j.Lang), Glyph: glyphSVG(k), Rows: leakRows(k, j.Lang)}
		if i < len(pictures.Leaks) {
			x.Images = e.images([]KeyImage{pictures.Leaks[i].Axial, pictures.Leaks[i].Sagittal})
		}
		d.EachLeak = append(d.EachLeak, x)
	}
	for _, x := range j.drawings() {
		d.Drawings = append(d.Drawings, e.svg(x.Drawing))
	}
	for n, run := range j.Report.Fluoro {
		d.Runs = append(d.Runs, htmlRunOf(j, n, run, &e))
	}
	if e.err != nil {
		return e.err
	}
	if err := htmlPage.Execute(w, d); err != nil {
		return fmt.Errorf("export: html: %w", err)
	}
	return nil
}

// draftOrSigned is the line below the title.
func draftOrSigned(s SignOff, r *assess.Report, t map[string]string) string {
	state := t["draft"]
	if s.Signed != "" {
		state = s.Reader
	}
	if s.Version > 0 {
		state += fmt.Sprintf(", %s %d", t["version"], s.Version)
	}
	return fmt.Sprintf(t["measured"], r.Software.Version) + " · " + state
}

func faces() string {
	one := func(weight string, ttf []byte) string {
		return "@font-face{font-family:Vertefill;font-weight:" + weight + ";src:url(data:font/ttf;base64," + base64.StdEncoding.EncodeToString(ttf) + ")}\n"
	}
	return one("400", font.Regular) + one("600", font.SemiBold)
}

// encoder makes parts of the page and keeps the first error.
type encoder struct{ err error }

func (e *encoder) images(list []KeyImage) []htmlImage {
	var out []htmlImage
	for _, k := range list {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, k.Picture, &jpeg.Options{Quality: 85}); err != nil && e.err == nil {
			e.err = fmt.Errorf("export: html: %w", err)
		}
		out = append(out, htmlImage{k.Caption, template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes()))})
	}
	return out
}

func (e *encoder) svg(d *plot.Drawing) template.HTML {
	var b strings.Builder
	if err := d.SVG(&b, "Vertefill"); err != nil && e.err == nil {
		e.err = err
	}
	return template.HTML(b.String()) // made by package plot, which escapes its words
}

func glyphSVG(k assess.Leak) template.HTML {
	d := &plot.Drawing{W: 3, H: 3, Title: string(k.Compartment)}
	drawGlyph(d, k.Compartment, plot.Point{X: 1.5, Y: 1.5}, 1.15)
	var e encoder
	return e.svg(d)
}
