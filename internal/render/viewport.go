package render

import (
	"fmt"
	"math"
	"strconv"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
)

// Viewport says where a picture lies in the patient and how large it is. Pixels are square, so every picture has its true
// physical aspect. It is comparable and can key a cache.
type Viewport struct {
	PatientFromPlane PatientFromPlane
	Centre           geom.Plane // point of the plane in the middle of the picture; Z is ignored. Panning changes it, contours stay valid
	MMPerPixel       unit.MM
	Width, Height    int // device pixels
}

// PlaneFromScreen maps pixels to plane millimetres; screen Z is depth in mm.
func (v Viewport) PlaneFromScreen() geom.Affine[geom.PlaneFrame, geom.ScreenFrame] {
	s := float64(v.MMPerPixel)
	a := geom.Affine[geom.PlaneFrame, geom.ScreenFrame]{M: [9]float64{s, 0, 0, 0, s, 0, 0, 0, 1}}
	a.T = [3]float64{v.Centre.X - s*float64(v.Width-1)/2, v.Centre.Y - s*float64(v.Height-1)/2, 0}
	return a
}

// ScreenFromPlane maps plane millimetres to pixels; it needs MMPerPixel > 0.
func (v Viewport) ScreenFromPlane() geom.Affine[geom.ScreenFrame, geom.PlaneFrame] {
	s := 1 / float64(v.MMPerPixel)
	a := geom.Affine[geom.ScreenFrame, geom.PlaneFrame]{M: [9]float64{s, 0, 0, 0, s, 0, 0, 0, 1}}
	a.T = [3]float64{float64(v.Width-1)/2 - s*v.Centre.X, float64(v.Height-1)/2 - s*v.Centre.Y, 0}
	return a
}

// PatientFromScreen maps pixels to the patient.
func (v Viewport) PatientFromScreen() geom.Affine[geom.PatientFrame, geom.ScreenFrame] {
	return geom.Compose(v.PatientFromPlane, v.PlaneFromScreen())
}

// ScreenFromPatient maps patient points to pixels; Z is the depth behind the plane in mm. A singular plane gives the zero map.
func (v Viewport) ScreenFromPatient() geom.Affine[geom.ScreenFrame, geom.PatientFrame] {
	planeFromPatient, err := v.PatientFromPlane.Inverse()
	if err != nil {
		return geom.Affine[geom.ScreenFrame, geom.PatientFrame]{}
	}
	return geom.Compose(v.ScreenFromPlane(), planeFromPatient)
}

// Zoomed returns the viewport with pixels of another size such that the plane point under the screen point stays where it is.
func (v Viewport) Zoomed(mmPerPixel unit.MM, at geom.Screen) Viewport {
	a := v.PlaneFromScreen()
	fixed := a.Apply(at)
	v.MMPerPixel = mmPerPixel
	b := v.PlaneFromScreen()
	v.Centre = v.Centre.Add(fixed.Sub(b.Apply(at)))
	return v
}

// Fitted returns the viewport centred on a box of patient space given by corners, scaled so that all of them are in the picture.
func (v Viewport) Fitted(corners []geom.Patient) Viewport {
	planeFromPatient, err := v.PatientFromPlane.Inverse()
	if err != nil || len(corners) == 0 || v.Width < 1 || v.Height < 1 {
		return v
	}
	lo, hi := geom.Pt[geom.PlaneFrame](math.Inf(1), math.Inf(1), 0), geom.Pt[geom.PlaneFrame](math.Inf(-1), math.Inf(-1), 0)
	for _, c := range corners {
		p := planeFromPatient.Apply(c)
		lo.X, lo.Y, hi.X, hi.Y = min(lo.X, p.X), min(lo.Y, p.Y), max(hi.X, p.X), max(hi.Y, p.Y)
	}
	v.Centre = geom.Pt[geom.PlaneFrame]((lo.X+hi.X)/2, (lo.Y+hi.Y)/2, 0)
	v.MMPerPixel = unit.MM(max((hi.X-lo.X)/float64(v.Width), (hi.Y-lo.Y)/float64(v.Height), 1e-3))
	return v
}

func (v Viewport) check() error {
	const maxSide = 16384
	s := float64(v.MMPerPixel)
	switch {
	case v.Width < 1 || v.Height < 1 || v.Width > maxSide || v.Height > maxSide:
		return fmt.Errorf("%w: %d x %d pixels", ErrView, v.Width, v.Height)
	case !(s >= 1e-4 && s <= 1e3):
		return fmt.Errorf("%w: %g mm per pixel", ErrView, s)
	case !v.Centre.IsFinite() || !v.PatientFromPlane.Origin().IsFinite():
		return fmt.Errorf("%w: the plane has no finite position", ErrView)
	case !(math.Abs(v.PatientFromPlane.Det()-1) < 0.1):
		return fmt.Errorf("%w: the plane is not a rotation (determinant %g)", ErrView, v.PatientFromPlane.Det())
	}
	return nil
}

// ScaleBar returns the longest bar of 1, 2 or 5 times a power of ten millimetres that is at most maxPx pixels long: its length,
// its pixels and its label, the same in French and English ("5 mm", "2 cm").
func ScaleBar(mmPerPixel unit.MM, maxPx float64) (length unit.MM, px float64, label string) {
	if !(mmPerPixel > 0) || !(maxPx > 0) {
		return 0, 0, ""
	}
	limit := float64(mmPerPixel) * maxPx
	decade := math.Pow(10, math.Floor(math.Log10(limit)))
	mm := decade
	for _, f := range []float64{2, 5} {
		if f*decade <= limit*(1+1e-12) {
			mm = f * decade
		}
	}
	whole := func(x float64, unit string) string {
		return strconv.FormatFloat(math.Round(x), 'f', 0, 64) + "\u00a0" + unit
	}
	switch { // without decimals, which the languages write differently
	case mm >= 9.99:
		label = whole(mm/10, "cm")
	case mm >= 0.999:
		label = whole(mm, "mm")
	default:
		label = whole(1000*mm, "µm")
	}
	return unit.MM(mm), mm / float64(mmPerPixel), label
}
