package panel

import (
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// mostReasons is how many reasons for files left out are named.
const mostReasons = 3

// skipped says how many files are in no series, and why.
func skipped(h Host, study *model.Study) []layout.FlexChild {
	line := func(chip, words string) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return row(gtx, layout.Rigid(h.Neutral(chip)), widget.Gap(10), layout.Flexed(1, h.Paragraph(theme.Secondary, h.Text2, words)))
		})
	}
	number := func(n int) string { return h.Lang.Number(float64(n), 0) }
	out := []layout.FlexChild{widget.Gap(8), line(h.T(i18n.SkippedTag), h.T(i18n.SkippedFiles, "n", number(study.Skipped)))}
	for _, d := range study.Dropped[:min(len(study.Dropped), mostReasons)] {
		out = append(out, widget.Gap(4), line(string(d.Code), h.T(i18n.SkippedWhy, "n", number(d.N), "why", d.Message(h.Lang))))
	}
	return out
}
