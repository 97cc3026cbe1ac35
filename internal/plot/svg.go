package plot

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"image/color"
	"io"
	"strconv"
	"strings"
)

// SVG writes the drawing as SVG 1.1, without fonts: family names the typeface to ask for, with sans-serif as the second choice.
func (d *Drawing) SVG(w io.Writer, family string) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %s %s" role="img" font-family="%s">`,
		num(d.W), num(d.H), num(d.W), num(d.H), escape(family+", sans-serif"))
	fmt.Fprintf(out, "\n<title>%s</title>\n", escape(d.Title))
	for _, m := range d.Marks {
		if m.Text != "" {
			weight := ""
			if m.Bold {
				weight = ` font-weight="600"`
			}
			fmt.Fprintf(out, `<text x="%s" y="%s" font-size="%s"%s text-anchor="%s"%s>%s</text>`+"\n", num(m.At.X), num(m.At.Y), num(m.Size), weight,
				[]string{"start", "middle", "end"}[m.Anchor], paint("fill", m.Colour), escape(m.Text))
			continue
		}
		fmt.Fprintf(out, `<path d="%s"%s`, path(m), paint("fill", m.Fill))
		if m.Line.A > 0 && m.Width > 0 {
			fmt.Fprintf(out, `%s stroke-width="%s" stroke-linejoin="round"`, paint("stroke", m.Line), num(m.Width))
			if len(m.Dash) > 0 {
				var s []string
				for _, x := range m.Dash {
					s = append(s, num(x))
				}
				fmt.Fprintf(out, ` stroke-dasharray="%s"`, strings.Join(s, " "))
			}
		}
		out.WriteString("/>\n")
	}
	out.WriteString("</svg>\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("plot: svg: %w", err)
	}
	return nil
}

func path(m Mark) string {
	var b strings.Builder
	for _, l := range m.Loops {
		for i, p := range l {
			b.WriteByte("ML"[min(i, 1)])
			b.WriteString(num(p.X) + " " + num(p.Y))
		}
		if m.Closed && len(l) > 0 {
			b.WriteByte('Z')
		}
	}
	return b.String()
}

func paint(attribute string, c color.NRGBA) string {
	if c.A == 0 {
		return fmt.Sprintf(` %s="none"`, attribute)
	}
	s := fmt.Sprintf(` %s="#%02x%02x%02x"`, attribute, c.R, c.G, c.B)
	if c.A < 255 {
		s += fmt.Sprintf(` %s-opacity="%s"`, attribute, num(float64(c.A)/255))
	}
	return s
}

func num(x float64) string {
	s := strconv.FormatFloat(x, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}
