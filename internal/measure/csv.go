package measure

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Row is a shape with the statistics of its region, or a length on a projection, as a line of a table.
type Row struct {
	Shape      Shape
	Stats      Stats
	Projection *Projection // nil for a shape in the patient
}

// Projection is what a length on a projection has in place of points in the patient.
type Projection struct {
	Run    int           // of the series, from 0
	Points [2][2]float64 // column and row of the first frame
	Pixels float64       // length
	MM     float64       // 0 where the size of a pixel is not known
	Origin string        // of the millimetres, as volume.Origin
}

var header = []string{"id", "kind", "note", "series_instance_uid", "length_mm", "short_mm", "angle_deg", "area_mm2",
	"n", "mean_HU", "sd_HU", "min_HU", "max_HU", "median_HU", "interpolated", "points_LPS_mm", "run", "length_px", "mm_origin", "points_px"}

// WriteCSV writes one line per shape: decimal points, full precision, points as x y z separated by semicolons. Values that a kind
// does not have are empty, never zero. The length of a region is its perimeter. Millimetres on a projection stand beside their origin
// and the length in pixels; runs count from 1.
func WriteCSV(w io.Writer, rows []Row) error {
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return fmt.Errorf("measure: csv: %w", err)
	}
	for _, r := range rows {
		if err := out.Write(r.fields()); err != nil {
			return fmt.Errorf("measure: csv: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("measure: csv: %w", err)
	}
	return nil
}

func (r Row) fields() []string {
	number := func(x float64, have bool) string {
		if !have {
			return ""
		}
		return strconv.FormatFloat(x, 'g', 9, 64)
	}
	s, h := r.Shape, r.Stats
	if p := r.Projection; p != nil {
		out := make([]string, len(header))
		set := func(name, value string) { out[slices.Index(header, name)] = value }
		set("id", strconv.Itoa(s.ID))
		set("kind", string(s.Kind))
		set("series_instance_uid", s.Series)
		set("length_mm", number(p.MM, p.MM > 0))
		set("run", strconv.Itoa(p.Run+1))
		set("length_px", number(p.Pixels, true))
		set("mm_origin", p.Origin)
		set("points_px", fmt.Sprintf("%.2f %.2f; %.2f %.2f", p.Points[0][0], p.Points[0][1], p.Points[1][0], p.Points[1][1]))
		return out
	}
	degrees, angle := s.Degrees()
	var points []string
	for _, p := range s.Points {
		points = append(points, fmt.Sprintf("%.3f %.3f %.3f", p.X, p.Y, p.Z))
	}
	some := h.N > 0
	interpolated := ""
	if some {
		interpolated = strconv.FormatBool(h.Interpolated)
	}
	return []string{strconv.Itoa(s.ID), string(s.Kind), guard(s.Note), s.Series,
		number(s.LengthMM(), s.LengthMM() > 0), number(s.ShortMM(), s.Kind == Bidirectional), number(degrees, angle), number(s.Area(), s.Kind.Region()),
		number(float64(h.N), some), number(h.Mean, some), number(h.SD, h.N > 1), number(float64(h.Min), some), number(float64(h.Max), some),
		number(h.Median, some), interpolated, strings.Join(points, "; "), "", "", "", ""}
}

// guard keeps a note from being read as a formula by a spreadsheet.
func guard(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
