package export

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/vertefill/vertefill/internal/assess"
)

// Field is one column of a table for machines, as fields.json describes it. Numbers there have a decimal point, full precision and
// no unit; an empty cell was not measured.
type Field struct {
	Table   string   `json:"table"` // vertebrae or leaks
	Name    string   `json:"name"`
	Type    string   `json:"type"` // string, integer, number, boolean
	Unit    string   `json:"unit,omitempty"`
	Meaning string   `json:"meaning"`
	Values  []string `json:"values,omitempty"` // the words a string may be
}

// vertebraColumns are the columns of vertebrae.csv with what fills them.
var vertebraColumns = []struct {
	Field
	value func(r *assess.Report, v *assess.Vertebra) string
}{
	{Field{"vertebrae", "seriesInstanceUID", "string", "", "control CT that was measured", nil}, func(r *assess.Report, _ *assess.Vertebra) string { return seriesUID(r) }},
	{Field{"vertebrae", "level", "string", "", "vertebra: C1..S1, or V1, V2, ... from head to foot where nothing names them", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return v.Level.String() }},
	{Field{"vertebrae", "levelSource", "string", "", "what the name rests on", []string{"user", "mask", "ribs", "sacrum", "skull", "order", "unknown"}}, func(_ *assess.Report, v *assess.Vertebra) string { return string(v.LevelSource) }},
	{Field{"vertebrae", "levelConfidence", "number", "1", "confidence of the name, 0 to 1", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return decimal(v.LevelConfidence) }},
	{Field{"vertebrae", "treated", "boolean", "", "new cement in or around this vertebra", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return strconv.FormatBool(v.Treated) }},
	{Field{"vertebrae", "bodyVolumeMl", "number", "mL", "volume of the vertebral body within its outer surface, in front of the posterior wall", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return decimal(v.BodyVolumeML) }},
	{Field{"vertebrae", "bodyVolumeLowMl", "number", "mL", "lower end of its 90 % interval", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return end(v.BodyVolumeIntervalML, 0) }},
	{Field{"vertebrae", "bodyVolumeHighMl", "number", "mL", "upper end", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return end(v.BodyVolumeIntervalML, 1) }},
	{Field{"vertebrae", "cementInBodyMl", "number", "mL", "new cement in the body", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return decimal(v.CementInBodyML) }},
	{Field{"vertebrae", "cementInBodyLowMl", "number", "mL", "lower end of its 90 % interval", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return end(v.CementInBodyIntervalML, 0) }},
	{Field{"vertebrae", "cementInBodyHighMl", "number", "mL", "upper end", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return end(v.CementInBodyIntervalML, 1) }},
	{Field{"vertebrae", "priorCementMl", "number", "mL", "cement in the body that was there before", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return decimal(v.PriorCementML) }},
	{Field{"vertebrae", "cementInPedicleMl", "number", "mL", "new cement in pedicle or arch bone: neither fill nor leak", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return decimal(v.CementInPedicleML) }},
	{Field{"vertebrae", "fillRatio", "number", "1", "(new + prior cement in the body) / body volume, 0 to 1", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return decimal(v.FillRatio) }},
	{Field{"vertebrae", "fillRatioLow", "number", "1", "lower end of its 90 % interval", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return end(v.FillRatioInterval, 0) }},
	{Field{"vertebrae", "fillRatioHigh", "number", "1", "upper end", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return end(v.FillRatioInterval, 1) }},
	{Field{"vertebrae", "leakMl", "number", "mL", "sum of the leaks of this level", nil}, func(r *assess.Report, v *assess.Vertebra) string { return decimal(leakML(r, v.Level)) }},
	{Field{"vertebrae", "leaks", "integer", "", "number of leaks of this level", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return strconv.Itoa(len(v.LeakIDs)) }},
	{Field{"vertebrae", "cementLeft", "number", "1", "share of the cement in the body left of its midline", nil}, share(func(d *assess.Distribution) float64 { return d.Left })},
	{Field{"vertebrae", "cementRight", "number", "1", "share to the right", nil}, share(func(d *assess.Distribution) float64 { return d.Right })},
	{Field{"vertebrae", "cementAnterior", "number", "1", "share in the front third", nil}, share(func(d *assess.Distribution) float64 { return d.Anterior })},
	{Field{"vertebrae", "cementMiddle", "number", "1", "share in the middle third", nil}, share(func(d *assess.Distribution) float64 { return d.Middle })},
	{Field{"vertebrae", "cementPosterior", "number", "1", "share in the back third", nil}, share(func(d *assess.Distribution) float64 { return d.Posterior })},
	{Field{"vertebrae", "crossesMidline", "boolean", "", "cement on both sides of the midline", nil}, func(_ *assess.Report, v *assess.Vertebra) string {
		if v.Distribution == nil {
			return ""
		}
		return strconv.FormatBool(v.Distribution.CrossesMidline)
	}},
	{Field{"vertebrae", "endplateContact", "string", "", "endplates that cement touches", []string{"none", "superior", "inferior", "both"}}, func(_ *assess.Report, v *assess.Vertebra) string {
		if v.Distribution == nil {
			return ""
		}
		return v.Distribution.EndplateContact
	}},
	{Field{"vertebrae", "lesionVolumeMl", "number", "mL", "volume of the outlined lesion in the body; empty without one", nil}, lesion(func(l *assess.Lesion) float64 { return l.VolumeML })},
	{Field{"vertebrae", "lesionCementMl", "number", "mL", "cement in that lesion, new and prior", nil}, lesion(func(l *assess.Lesion) float64 { return l.CementML })},
	{Field{"vertebrae", "lesionFillRatio", "number", "1", "the same over the volume of the lesion, 0 to 1", nil}, lesion(func(l *assess.Lesion) float64 { return l.FillRatio })},
	{Field{"vertebrae", "heightAnteriorMm", "number", "mm", "height of the body in front, in its mid-sagittal plane", nil}, height(after, func(h *assess.Heights) float64 { return h.Anterior })},
	{Field{"vertebrae", "heightMiddleMm", "number", "mm", "height in the middle", nil}, height(after, func(h *assess.Heights) float64 { return h.Middle })},
	{Field{"vertebrae", "heightPosteriorMm", "number", "mm", "height at the back", nil}, height(after, func(h *assess.Heights) float64 { return h.Posterior })},
	{Field{"vertebrae", "preHeightAnteriorMm", "number", "mm", "the same on the CT before, in front", nil}, height(before, func(h *assess.Heights) float64 { return h.Anterior })},
	{Field{"vertebrae", "preHeightMiddleMm", "number", "mm", "in the middle", nil}, height(before, func(h *assess.Heights) float64 { return h.Middle })},
	{Field{"vertebrae", "preHeightPosteriorMm", "number", "mm", "at the back", nil}, height(before, func(h *assess.Heights) float64 { return h.Posterior })},
	{Field{"vertebrae", "wedgeAngleDegrees", "number", "deg", "angle between the endplates, positive when the front is lower", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return optional(v.WedgeAngleDegrees) }},
	{Field{"vertebrae", "preWedgeAngleDegrees", "number", "deg", "the same on the CT before", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return optional(v.PreWedgeAngleDegrees) }},
	{Field{"vertebrae", "localCobbDegrees", "number", "deg", "angle from the upper endplate of the vertebra above to the lower of that below, positive in kyphosis", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return optional(v.LocalCobbDegrees) }},
	{Field{"vertebrae", "gainedAnteriorMm", "number", "mm", "height gained in front, after less before", nil}, restoration(func(r *assess.Restoration) *float64 { return &r.AnteriorMM })},
	{Field{"vertebrae", "gainedMiddleMm", "number", "mm", "in the middle", nil}, restoration(func(r *assess.Restoration) *float64 { return &r.MiddleMM })},
	{Field{"vertebrae", "gainedPosteriorMm", "number", "mm", "at the back", nil}, restoration(func(r *assess.Restoration) *float64 { return &r.PosteriorMM })},
	{Field{"vertebrae", "restoredAnteriorPercent", "number", "%", "the gain in front, of what was missing to the height expected from the neighbours; empty when too little was", nil}, restoration(func(r *assess.Restoration) *float64 { return r.AnteriorPercent })},
	{Field{"vertebrae", "restoredMiddlePercent", "number", "%", "in the middle", nil}, restoration(func(r *assess.Restoration) *float64 { return r.MiddlePercent })},
	{Field{"vertebrae", "restoredPosteriorPercent", "number", "%", "at the back", nil}, restoration(func(r *assess.Restoration) *float64 { return r.PosteriorPercent })},
	{Field{"vertebrae", "genantGrade", "integer", "", "Genant's grade of the fracture, 0 to 3", nil}, func(_ *assess.Report, v *assess.Vertebra) string {
		if v.GenantGrade == nil {
			return ""
		}
		return strconv.Itoa(*v.GenantGrade)
	}},
	{Field{"vertebrae", "registrationResidualMm", "number", "mm", "residual of the match with the CT before", nil}, func(_ *assess.Report, v *assess.Vertebra) string {
		if v.Registration == nil {
			return ""
		}
		return decimal(v.Registration.ResidualMM)
	}},
	{Field{"vertebrae", "centroidL", "number", "mm", "centre of the body in patient axes: to the left", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return decimal(v.CentroidLPS[0]) }},
	{Field{"vertebrae", "centroidP", "number", "mm", "to the back", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return decimal(v.CentroidLPS[1]) }},
	{Field{"vertebrae", "centroidS", "number", "mm", "to the head", nil}, func(_ *assess.Report, v *assess.Vertebra) string { return decimal(v.CentroidLPS[2]) }},
}

// leakColumns are the columns of leaks.csv.
var leakColumns = []struct {
	Field
	value func(r *assess.Report, k *assess.Leak) string
}{
	{Field{"leaks", "seriesInstanceUID", "string", "", "control CT that was measured", nil}, func(r *assess.Report, _ *assess.Leak) string { return seriesUID(r) }},
	{Field{"leaks", "id", "integer", "", "value of the leak in leaks.nii.gz", nil}, func(_ *assess.Report, k *assess.Leak) string { return strconv.Itoa(k.ID) }},
	{Field{"leaks", "level", "string", "", "vertebra it comes from", nil}, func(_ *assess.Report, k *assess.Leak) string { return k.Level.String() }},
	{Field{"leaks", "compartment", "string", "", "where it lies", []string{"canal", "foramen", "disc-superior", "disc-inferior", "paravertebral-vein", "soft-tissue", "needle-track", "distant"}}, func(_ *assess.Report, k *assess.Leak) string { return string(k.Compartment) }},
	{Field{"leaks", "type", "string", "", "the way it went (Yeom 2003, with D, T, E): B basivertebral vein, S segmental vein, C cortical defect, D disc, T needle track, E distant", []string{"B", "S", "C", "D", "T", "E"}}, func(_ *assess.Report, k *assess.Leak) string { return string(k.Type) }},
	{Field{"leaks", "side", "string", "", "side of the patient", []string{"left", "right", "midline"}}, func(_ *assess.Report, k *assess.Leak) string { return string(k.Side) }},
	{Field{"leaks", "volumeMl", "number", "mL", "volume", nil}, func(_ *assess.Report, k *assess.Leak) string { return decimal(k.VolumeML) }},
	{Field{"leaks", "volumeLowMl", "number", "mL", "lower end of its 90 % interval", nil}, func(_ *assess.Report, k *assess.Leak) string { return end(k.VolumeIntervalML, 0) }},
	{Field{"leaks", "volumeHighMl", "number", "mL", "upper end", nil}, func(_ *assess.Report, k *assess.Leak) string { return end(k.VolumeIntervalML, 1) }},
	{Field{"leaks", "lengthMm", "number", "mm", "length along its course", nil}, func(_ *assess.Report, k *assess.Leak) string { return decimal(k.LengthMM) }},
	{Field{"leaks", "reachMm", "number", "mm", "farthest distance from the surface of the body", nil}, func(_ *assess.Report, k *assess.Leak) string { return decimal(k.ReachMM) }},
	{Field{"leaks", "canalEncroachmentMm", "number", "mm", "depth in the canal from front to back", nil}, func(_ *assess.Report, k *assess.Leak) string { return optional(k.CanalEncroachmentMM) }},
	{Field{"leaks", "canalEncroachmentFraction", "number", "1", "share of the canal's area in its narrowest slice", nil}, func(_ *assess.Report, k *assess.Leak) string { return optional(k.CanalEncroachmentFraction) }},
	{Field{"leaks", "canalCentreMm", "number", "mm", "least distance from the middle of the canal", nil}, func(_ *assess.Report, k *assess.Leak) string { return optional(k.CanalCentreMM) }},
	{Field{"leaks", "nextEndplateMm", "number", "mm", "distance of a disc leak from the next body", nil}, func(_ *assess.Report, k *assess.Leak) string { return optional(k.NextEndplateMM) }},
	{Field{"leaks", "diameterMm", "number", "mm", "diameter of a cylinder with its length and volume", nil}, func(_ *assess.Report, k *assess.Leak) string { return decimal(k.DiameterMM) }},
	{Field{"leaks", "breachSite", "string", "", "part of the vertebra it came through; empty for a piece that no bone touches", []string{"endplate-superior", "endplate-inferior", "wall-posterior", "wall-anterior", "wall-left", "wall-right", "arch"}}, func(_ *assess.Report, k *assess.Leak) string { return string(k.BreachSite) }},
	{Field{"leaks", "attention", "string", "", "how prominently it is shown, a convention of the program", []string{"red", "amber", "info"}}, func(_ *assess.Report, k *assess.Leak) string { return string(k.Attention) }},
	{Field{"leaks", "confidence", "number", "1", "confidence that it is a leak of that compartment, 0 to 1", nil}, func(_ *assess.Report, k *assess.Leak) string { return decimal(k.Confidence) }},
	{Field{"leaks", "centroidL", "number", "mm", "centre in patient axes: to the left", nil}, func(_ *assess.Report, k *assess.Leak) string { return decimal(k.CentroidLPS[0]) }},
	{Field{"leaks", "centroidP", "number", "mm", "to the back", nil}, func(_ *assess.Report, k *assess.Leak) string { return decimal(k.CentroidLPS[1]) }},
	{Field{"leaks", "centroidS", "number", "mm", "to the head", nil}, func(_ *assess.Report, k *assess.Leak) string { return decimal(k.CentroidLPS[2]) }},
}

func lesion(f func(*assess.Lesion) float64) func(*assess.Report, *assess.Vertebra) string {
	return func(_ *assess.Report, v *assess.Vertebra) string {
		if v.Lesion == nil {
			return ""
		}
		return decimal(f(v.Lesion))
	}
}

// VertebraTable writes one row a vertebra, columns separated by comma or tab.
func VertebraTable(w io.Writer, r *assess.Report, separator rune) error {
	var head []string
	for _, f := range vertebraColumns {
		head = append(head, f.Name)
	}
	rows := [][]string{head}
	for i := range r.Vertebrae {
		var row []string
		for _, f := range vertebraColumns {
			row = append(row, f.value(r, &r.Vertebrae[i]))
		}
		rows = append(rows, row)
	}
	return separated(w, rows, separator)
}

// LeakTable writes one row a leak.
func LeakTable(w io.Writer, r *assess.Report, separator rune) error {
	var head []string
	for _, f := range leakColumns {
		head = append(head, f.Name)
	}
	rows := [][]string{head}
	for i := range r.Leaks {
		var row []string
		for _, f := range leakColumns {
			row = append(row, f.value(r, &r.Leaks[i]))
		}
		rows = append(rows, row)
	}
	return separated(w, rows, separator)
}

// Dictionary writes what every column of both tables means, as JSON.
func Dictionary(w io.Writer) error {
	var all []Field
	for _, f := range vertebraColumns {
		all = append(all, f.Field)
	}
	for _, f := range leakColumns {
		all = append(all, f.Field)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(map[string]any{"schema": "vertefill.fields/1", "report": assess.Schema, "fields": all}); err != nil {
		return fmt.Errorf("export: dictionary: %w", err)
	}
	return nil
}

func separated(w io.Writer, rows [][]string, separator rune) error {
	c := csv.NewWriter(w)
	c.Comma = separator
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("export: table: %w", err)
	}
	return nil
}

func seriesUID(r *assess.Report) string {
	if r.Inputs.Post == nil {
		return ""
	}
	return r.Inputs.Post.SeriesInstanceUID
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func optional(x *float64) string {
	if x == nil {
		return ""
	}
	return decimal(*x)
}

func end(i *assess.Interval, n int) string {
	if i == nil {
		return ""
	}
	return decimal(i[n])
}

func share(of func(*assess.Distribution) float64) func(*assess.Report, *assess.Vertebra) string {
	return func(_ *assess.Report, v *assess.Vertebra) string {
		if v.Distribution == nil {
			return ""
		}
		return decimal(of(v.Distribution))
	}
}

func after(v *assess.Vertebra) *assess.Heights  { return v.HeightsMM }
func before(v *assess.Vertebra) *assess.Heights { return v.PreHeightsMM }

func height(when func(*assess.Vertebra) *assess.Heights, of func(*assess.Heights) float64) func(*assess.Report, *assess.Vertebra) string {
	return func(_ *assess.Report, v *assess.Vertebra) string {
		h := when(v)
		if h == nil {
			return ""
		}
		return decimal(of(h))
	}
}

// restoration reads a figure of what a body gained.
func restoration(of func(*assess.Restoration) *float64) func(*assess.Report, *assess.Vertebra) string {
	return func(_ *assess.Report, v *assess.Vertebra) string {
		if v.Restoration == nil {
			return ""
		}
		return optional(of(v.Restoration))
	}
}
