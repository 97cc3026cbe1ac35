package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/volume"
)

// knownObject is something of known size on a run, as --calibrate gives it: 11g=x1,y1,x2,y2 for a line along a trocar of 11 gauge, whose
// width is measured, or 20=x1,y1,x2,y2 for a length of 20 mm; 2:11g=... is for the second run alone.
type knownObject struct {
	text   string
	run    int // from 1; zero for every run
	mm     float64
	rod    bool
	points [2][2]float64
}

// parameterCalibrate is the place of the objects in the report's parameters.
const parameterCalibrate = "calibrate"

// parseKnown reads --calibrate.
func parseKnown(list []string) (out []knownObject, err error) {
	for _, s := range list {
		k := knownObject{text: s}
		what, at, ok := strings.Cut(s, "=")
		if n, rest, numbered := strings.Cut(what, ":"); numbered {
			if k.run, err = strconv.Atoi(n); err != nil || k.run < 1 {
				return nil, usagef("--calibrate %s: %q is no run", s, n)
			}
			what = rest
		}
		parts := strings.Split(at, ",")
		if !ok || len(parts) != 4 {
			return nil, usagef("--calibrate %s: write it as 11g=x1,y1,x2,y2 or 20=x1,y1,x2,y2", s)
		}
		for _, o := range fluoro.Objects {
			if o.Width && o.Name == "trocar-"+strings.ToLower(what) {
				k.mm, k.rod = o.MM, true
			}
		}
		if !k.rod {
			if k.mm, err = strconv.ParseFloat(what, 64); err != nil || !(k.mm > 0 && k.mm <= longestKnownMM) {
				return nil, usagef("--calibrate %s: %q is neither a gauge (8g, 10g, 11g, 13g) nor a length in mm", s, what)
			}
		}
		for i, p := range parts {
			x, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
			if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, usagef("--calibrate %s: %q is not a pixel", s, p)
			}
			k.points[i/2][i%2] = x
		}
		out = append(out, k)
	}
	return out, nil
}

// longestKnownMM is more than fits on a detector.
const longestKnownMM = 500

// calibrate gives runs the size of a pixel that known objects on their first frames have. An object that gives none is an error: the
// run's own size is never taken in silence instead.
func calibrate(runs []*dicomio.Run, known []knownObject) error {
	for _, k := range known {
		if k.run > len(runs) || len(runs) == 0 {
			return usagef("--calibrate %s: there are %d runs", k.text, len(runs))
		}
		for n, d := range runs {
			if k.run != 0 && k.run != n+1 {
				continue
			}
			c, err := k.measure(d)
			switch {
			case errors.Is(err, fluoro.ErrTooShort):
				return fmt.Errorf("--calibrate %s, run %d: the object is too small in the picture to give a scale", k.text, n+1)
			case errors.Is(err, fluoro.ErrNoRod):
				return fmt.Errorf("--calibrate %s, run %d: no straight rod of even width lies along the line", k.text, n+1)
			case err != nil:
				return fmt.Errorf("--calibrate %s, run %d: %w", k.text, n+1, err)
			}
			d.Cal = c
		}
	}
	return nil
}

func (k knownObject) measure(d *dicomio.Run) (c volume.Calibration, err error) {
	if !k.rod {
		c, _, err = fluoro.Calibrate(d.Cal, k.mm, k.points[0], k.points[1])
		return c, err
	}
	run, err := assess.OpenRun(d)
	if err != nil {
		return c, err
	}
	c, _, err = fluoro.CalibrateByRod(run, 0, k.mm, k.points[0], k.points[1])
	return c, err
}

// recordKnown keeps the objects in the report, so that it can be made again.
func recordKnown(r *assess.Report, known []knownObject) {
	if len(known) == 0 {
		return
	}
	var list []string
	for _, k := range known {
		list = append(list, k.text)
	}
	r.Parameters[parameterCalibrate] = list
}

// recordedKnown reads them again.
func recordedKnown(r *assess.Report) ([]knownObject, error) {
	list, _ := r.Parameters[parameterCalibrate].([]any)
	var texts []string
	for _, x := range list {
		if s, ok := x.(string); ok {
			texts = append(texts, s)
		}
	}
	return parseKnown(texts)
}
