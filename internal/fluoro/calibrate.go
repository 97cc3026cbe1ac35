package fluoro

import (
	"errors"
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/volume"
)

// Object is something of known size in the picture. Its millimetres hold in its own plane: an object 50 mm nearer to the source than
// the vertebra, 700 mm from it, makes lengths 7 % and areas 14 % wrong.
type Object struct {
	Name  string // as the report keeps it
	MM    float64
	Width bool // the outer diameter of a rod; false for a length from end to end
}

// Objects are those found at a vertebroplasty: outer diameters of bone needles by gauge. Rulers and screws have lengths of their own.
var Objects = []Object{
	{"trocar-8g", 4.2, true}, {"trocar-10g", 3.4, true}, {"trocar-11g", 3.0, true}, {"trocar-13g", 2.4, true},
}

// Reasons why an object gives no scale.
var (
	ErrTooShort = errors.New("fluoro: the object is too small in the picture to give a scale")
	ErrNoRod    = errors.New("fluoro: no straight rod of even width lies along the line")
)

// leastObject is the least length that calibrates: at 10 pixels half a pixel is 5 %.
const leastObject = 8.0

// Calibrate returns the size of a pixel when the length between two points, in pixels, is known in mm. The shape of a pixel stays what
// the file says of it, square when it says nothing. relative is how far the length may be wrong for half a pixel at its ends, a
// fraction. The error is ErrTooShort.
func Calibrate(file volume.Calibration, mm float64, from, to [2]float64) (c volume.Calibration, relative float64, err error) {
	shape := aspect(file)
	pixels := math.Hypot(to[0]-from[0], (to[1]-from[1])*shape)
	if !(mm > 0) || math.IsInf(mm, 0) {
		return c, 0, fmt.Errorf("fluoro: %g mm is no length", mm)
	}
	if !(pixels >= leastObject) {
		return c, 0, ErrTooShort
	}
	return byUser(mm/pixels, shape), 0.5 / pixels, nil
}

// aspect is the height of a pixel over its width.
func aspect(c volume.Calibration) float64 {
	if c.RowMM > 0 && c.ColMM > 0 {
		return c.RowMM / c.ColMM
	}
	return 1
}

func byUser(column, shape float64) volume.Calibration {
	return volume.Calibration{Origin: volume.OriginUser, ColMM: column, RowMM: column * shape, Magnification: 1}
}

// CalibrateByRod measures the width of a rod of known outer diameter, a trocar or a screw's shaft, along which a line is drawn in
// frame k, and returns the size of a pixel. relative is the standard error of the width, a fraction. The errors are ErrNoRod,
// ErrTooShort and those of reading.
func CalibrateByRod(r *Run, k int, mm float64, from, to [2]float64) (c volume.Calibration, relative float64, err error) {
	if !(mm > 0) || math.IsInf(mm, 0) {
		return c, 0, fmt.Errorf("fluoro: %g mm is no diameter", mm)
	}
	pix, err := r.frame(k)
	if err != nil {
		return c, 0, err
	}
	p := newPicture(r.NX, r.NY)
	binTo(p, pix, r.NX, 1, r.attenuation())
	w, e, err := rodWidth(p, aspect(r.Calibration), from, to)
	if err != nil {
		return c, 0, err
	}
	return byUser(mm/w, aspect(r.Calibration)), e / w, nil
}

// Agreement is how far two sizes of a pixel differ, as the ratio of the larger to the smaller less one; zero when one of them is none.
func Agreement(a, b volume.Calibration) float64 {
	if !(a.ColMM > 0 && b.ColMM > 0 && a.RowMM > 0 && b.RowMM > 0) {
		return 0
	}
	return math.Exp(math.Abs(math.Log(a.ColMM*a.RowMM/(b.ColMM*b.RowMM)))/2) - 1
}

// Recalibrate gives the result the millimetres of a calibration, which becomes the run's. Areas in pixels, events and lines stay.
func (r *Result) Recalibrate(run *Run, c volume.Calibration) {
	run.Calibration = c
	r.AreaMM2 = nil
	if r.cement != nil {
		r.measured(run)
	}
}
