package export

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/text"
)

// Fluoro writes fluoro-N.csv and fluoro-N.nii.gz of every run into dir, which must exist, N counting from 1 as in report.json.
func Fluoro(ctx context.Context, dir string, runs []assess.FluoroResult) error {
	for n, f := range runs {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		name := filepath.Join(dir, "fluoro-"+strconv.Itoa(n+1))
		if err := WriteFile(name+".csv", func(w io.Writer) error { return FluoroCSV(w, f) }); err != nil {
			return err
		}
		if err := WriteFile(name+".nii.gz", func(w io.Writer) error { return fluoroMask(ctx, w, f) }); err != nil {
			return err
		}
	}
	return nil
}

// FluoroOnly writes the results of runs without a CT: tables and masks of the runs, and the reports that need no CT.
func FluoroOnly(ctx context.Context, dir string, r *assess.Result, runs []assess.FluoroResult, o Options) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := Fluoro(ctx, dir, runs); err != nil {
		return err
	}
	return Write(ctx, dir, r, o)
}

// FluoroCSV writes the table of the contract: areaMm2 stays empty without calibration; growth is in mm2 a second, or in pixels. Low and
// high bound the area in nine of ten runs, in mm2 or in pixels as growth is.
func FluoroCSV(w io.Writer, f assess.FluoroResult) error {
	number := func(x float64, decimals int) string { return strconv.FormatFloat(x, 'f', decimals, 64) }
	rows := [][]string{{"frame", "timeMs", "areaPx", "areaMm2", "growthPerSecond", "areaLow", "areaHigh"}}
	for k, a := range f.Report.CementAreaPx {
		row := []string{strconv.Itoa(k), "", number(a, 0), "", "", "", ""}
		if k < len(f.Report.FrameTimesMS) {
			row[1], row[4] = number(f.Report.FrameTimesMS[k], 3), number(f.Found.Growth[k], 2)
		}
		if k < len(f.Report.CementAreaMM2) {
			row[3] = number(f.Report.CementAreaMM2[k], 2)
		}
		if f.Found.High > 0 {
			if row[3] != "" {
				a = f.Report.CementAreaMM2[k]
			}
			row[5], row[6] = number(f.Found.Low*a, 1), number(f.Found.High*a, 1)
		}
		rows = append(rows, row)
	}
	b := bufio.NewWriter(w)
	out := csv.NewWriter(b)
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return b.Flush()
}

// fluoroMask writes the cement of every frame where it lies in that frame. Pixels without millimetres in the patient have size 1.
func fluoroMask(ctx context.Context, w io.Writer, f assess.FluoroResult) error {
	c := f.Run.Cine
	spacing := [2]float64{1, 1}
	if c.InPatient() {
		spacing = [2]float64{c.ColMM, c.RowMM}
	}
	return nifti.WriteRunMask(w, c.NX, c.NY, c.Frames, spacing, func(k int, out []uint8) error {
		f.Found.MaskAt(k, out)
		return ctx.Err()
	})
}

// FluoroTable prints the runs for a terminal: what happened in which frame.
func FluoroTable(w io.Writer, r *assess.Report, l text.Lang) {
	t := fluoroWords[l]
	for n, f := range r.Fluoro {
		last := f.CementAreaPx[len(f.CementAreaPx)-1]
		area := l.Number(last, 0) + " " + t["px"]
		if len(f.CementAreaMM2) > 0 {
			area = l.Number(f.CementAreaMM2[len(f.CementAreaMM2)-1], 0) + " mm²"
		}
		if within := areaWithin(f, l); within != "" {
			area += " " + within
		}
		fmt.Fprintf(w, "%s %d: %d %s, %s %s (%s: %s)\n", t["run"], n+1, f.Frames, t["frames"], t["area"], area, t["calibration"], t[f.Calibration.Origin])
		rows := [][]string{{t["event"], t["frame"], t["why"]}}
		for _, e := range f.Events {
			name := t[e.Kind]
			if e.Line != "" {
				name += " " + e.Line
			}
			rows = append(rows, []string{name, strconv.Itoa(e.Frame), e.Reason})
		}
		for _, k := range f.CTLeaks {
			first := dash
			if k.FirstFrame != nil {
				first = strconv.Itoa(*k.FirstFrame)
			}
			rows = append(rows, []string{fmt.Sprintf("%s %d", t["leak"], k.LeakID), first, k.Reason})
		}
		grid(w, rows)
	}
	for _, q := range r.Quality {
		fmt.Fprintf(w, "%s: %s\n", q.Severity, q.Message)
	}
}

// areaWithin is the interval of the area at the end, "[96–104]"; empty without one.
func areaWithin(f assess.FluoroRun, l text.Lang) string {
	i := f.CementAreaIntervalMM2
	if i == nil {
		i = f.CementAreaIntervalPx
	}
	if i == nil {
		return ""
	}
	return "[" + l.Number(i[0], 0) + "–" + l.Number(i[1], 0) + "]"
}

var fluoroWords = map[text.Lang]map[string]string{
	text.English: {
		"run": "Run", "frames": "frames", "area": "projected area of new cement at the end", "px": "pixels", "calibration": "pixel size", "event": "Event", "frame": "Frame", "why": "Reason",
		"table-move": "Table moves", "zoom": "Field changes", "exposure": "Exposure changes", "trocar-in": "Trocar in", "trocar-out": "Trocar out", "injection-start": "Cement appears",
		"injection-end": "Growth ends", "line-crossed": "Crosses", "leak": "CT leak", "none": "none", "detector": "at the detector", "magnification": "estimated from the magnification",
		"geometry": "by geometry", "fiducial": "by a known object", "user": "by the reader", "conflict": "contradictory, no mm",
	},
	text.French: {
		"run": "Série", "frames": "images", "area": "aire projetée du ciment nouveau à la fin", "px": "pixels", "calibration": "taille du pixel", "event": "Événement", "frame": "Image", "why": "Raison",
		"table-move": "La table bouge", "zoom": "Le champ change", "exposure": "L’exposition change", "trocar-in": "Trocart entré", "trocar-out": "Trocart sorti", "injection-start": "Le ciment apparaît",
		"injection-end": "Fin de croissance", "line-crossed": "Franchit", "leak": "Fuite TDM", "none": "aucune", "detector": "au détecteur", "magnification": "estimée par l’agrandissement",
		"geometry": "par la géométrie", "fiducial": "par un objet connu", "user": "par le lecteur", "conflict": "contradictoire, pas de mm",
	},
}
