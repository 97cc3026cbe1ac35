package export

import (
	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/text"
)

// VertebraFields returns the columns of the vertebra table in order.
func VertebraFields() []Field {
	out := make([]Field, len(vertebraColumns))
	for i, c := range vertebraColumns {
		out[i] = c.Field
	}
	return out
}

// VertebraRow returns the cells of a report's i-th vertebra, one a field.
func VertebraRow(r *assess.Report, i int) []string {
	out := make([]string, len(vertebraColumns))
	for n, c := range vertebraColumns {
		out[n] = c.value(r, &r.Vertebrae[i])
	}
	return out
}

// LeakFields returns the columns of the leak table in order.
func LeakFields() []Field {
	out := make([]Field, len(leakColumns))
	for i, c := range leakColumns {
		out[i] = c.Field
	}
	return out
}

// LeakRow returns the cells of a report's i-th leak, one a field.
func LeakRow(r *assess.Report, i int) []string {
	out := make([]string, len(leakColumns))
	for n, c := range leakColumns {
		out[n] = c.value(r, &r.Leaks[i])
	}
	return out
}

// CompartmentName names a compartment for people.
func CompartmentName(c anatomy.Compartment, l text.Lang) string { return compartments[l][c] }
