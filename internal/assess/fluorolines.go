package assess

import (
	"slices"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/text"
)

// WithLines returns the run with other lines of the reader: crossings are found again, nothing else is measured anew. Lines that the
// program proposed stay, but for those of the same name. The run itself stays as it was.
func (x FluoroResult) WithLines(lines []fluoro.Line, l text.Lang) FluoroResult {
	found := *x.Found
	found.Events = slices.DeleteFunc(slices.Clone(found.Events), func(e fluoro.Event) bool { return e.Kind == fluoro.LineCrossed })
	var all []fluoro.Line
	for _, p := range x.Found.Lines {
		if p.Proposed && !slices.ContainsFunc(lines, func(u fluoro.Line) bool { return u.Name == p.Name }) {
			all = append(all, p)
		}
	}
	found.Lines = nil
	found.Add(append(all, lines...)...)
	x.Found = &found
	x.Report.Events, x.Report.Lines = []FluoroEvent{}, nil
	x.reportLines(l)
	return x
}

// WithRuns returns a result whose report tells of runs too, in place of those that it told of before, with what their reader must
// know. The result itself stays as it was.
func (r *Result) WithRuns(runs []FluoroResult, findings []diag.Finding, l text.Lang) *Result {
	out := *r
	out.Findings = append(slices.Clip(r.Findings), findings...)
	out.Report.Quality = append(slices.Clip(r.Report.Quality), Messages(findings, l)...)
	out.Report.Fluoro, out.Report.Inputs.Fluoro = nil, nil
	for _, f := range runs {
		out.Report.Fluoro = append(out.Report.Fluoro, f.Report)
		out.Report.Inputs.Fluoro = append(out.Report.Inputs.Fluoro, f.series)
	}
	return &out
}
