package model

import (
	"math"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
)

// SignRows marks the rows of cases that a reader has signed: the numbers stay
// those that were measured, and a fill that was signed otherwise is told. What
// was withheld stays so.
func SignRows(rows []CohortRow, signed map[string]*assess.Report, l text.Lang) {
	for i := range rows {
		r := &rows[i]
		report := signed[r.Case]
		if report == nil || r.State > RowCheck {
			continue
		}
		for _, v := range report.Vertebrae {
			if v.Level != r.Level {
				continue
			}
			r.State, r.Why = RowSigned, ""
			if math.Abs(v.FillRatio-r.Fill) >= 0.0005 {
				r.Why = i18n.SignedFill.In(l, "n", l.Unit(l.Percent(v.FillRatio), "%"))
			}
		}
	}
}
