package panel

import (
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/widget"
)

// regroup is the part of a series' menu that joins and splits. What can be done
// is found out once for every listing, since it looks at every slice.
type regroup struct {
	study   *model.Study
	series  int
	lang    string
	choices []model.RegroupChoice
}

// items lists the choices for series i.
func (r *regroup) items(h Host, i int) (out []widget.MenuItem) {
	if r.study != h.State.Study || r.series != i || r.lang != string(h.Lang) {
		*r = regroup{h.State.Study, i, string(h.Lang), h.State.RegroupChoices(i, h.Lang)}
	}
	for _, c := range r.choices {
		out = append(out, widget.MenuItem{Text: c.Text, Reason: c.Reason})
	}
	return out
}

// choose does choice n.
func (r *regroup) choose(gtx layout.Context, h Host, n int) {
	if n >= 0 && n < len(r.choices) {
		m := r.choices[n].Msg
		m.Now = gtx.Now
		h.Emit(m)
	}
}
