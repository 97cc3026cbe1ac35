package render

import (
	"context"
	"fmt"
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// Curve is a line down the spine along which a picture is straightened. It is immutable.
type Curve struct {
	points []geom.Patient    // a millimetre or less apart, from head to foot
	along  []float64         // distance from the first point in mm
	feet   []geom.PatientVec // unit direction towards the feet
}

// NewCurve makes a smooth curve through points given from head to foot (Catmull and Rom 1974: it passes through every point).
// It needs two points that lie apart.
func NewCurve(points []geom.Patient) (*Curve, error) {
	var p []geom.Patient
	for _, q := range points {
		if !q.IsFinite() {
			return nil, fmt.Errorf("%w: a point of the curve has no place", ErrView)
		}
		if len(p) == 0 || q.Dist(p[len(p)-1]) > 1e-6 {
			p = append(p, q)
		}
	}
	if len(p) < 2 {
		return nil, fmt.Errorf("%w: a curve needs two points", ErrView)
	}
	at := func(i int) geom.Patient { // mirrored beyond the ends
		switch {
		case i < 0:
			return p[0].Add(p[0].Sub(p[1]))
		case i >= len(p):
			return p[len(p)-1].Add(p[len(p)-1].Sub(p[len(p)-2]))
		}
		return p[i]
	}
	c := &Curve{}
	for i := range len(p) - 1 {
		a, b, d, e := at(i-1), p[i], p[i+1], at(i+2)
		n := int(math.Ceil(min(1e4, d.Dist(b))))
		for k := range n {
			t := float64(k) / float64(n)
			w := keys(float32(t))
			c.points = append(c.points, geom.LPS(
				float64(w[0])*a.X+float64(w[1])*b.X+float64(w[2])*d.X+float64(w[3])*e.X,
				float64(w[0])*a.Y+float64(w[1])*b.Y+float64(w[2])*d.Y+float64(w[3])*e.Y,
				float64(w[0])*a.Z+float64(w[1])*b.Z+float64(w[2])*d.Z+float64(w[3])*e.Z))
		}
	}
	c.points = append(c.points, p[len(p)-1])
	c.along, c.feet = make([]float64, len(c.points)), make([]geom.PatientVec, len(c.points))
	last := len(c.points) - 1
	for i := range c.points {
		c.feet[i] = c.points[min(i+1, last)].Sub(c.points[max(i-1, 0)]).Unit()
		if i > 0 {
			c.along[i] = c.along[i-1] + c.points[i].Dist(c.points[i-1])
		}
	}
	return c, nil
}

// SpineCurve returns the curve through the bodies of a spine.
func SpineCurve(s *spine.Spine) (*Curve, error) {
	var points []geom.Patient
	for _, v := range s.Vertebrae {
		if v.Body != nil {
			points = append(points, v.Centroid())
		}
	}
	return NewCurve(points)
}

// Length returns the length of the curve in mm.
func (c *Curve) Length() float64 { return c.along[len(c.along)-1] }

// At returns the axes of the body at a distance in mm from the upper end: +X left, +Y posterior, +Z cranial along the curve.
// Beyond the ends the curve goes straight on.
func (c *Curve) At(mm float64) geom.Affine[geom.PatientFrame, geom.BodyFrame] {
	i := min(max(sort.SearchFloat64s(c.along, mm)-1, 0), len(c.along)-2)
	t := (mm - c.along[i]) / (c.along[i+1] - c.along[i])
	f := max(0, min(1, t))
	feet := c.feet[i].Mul(1 - f).Add(c.feet[i+1].Mul(f)).Unit()
	p := c.points[i].Lerp(c.points[i+1], f)
	if t != f {
		p = p.Add(feet.Mul((t - f) * (c.along[i+1] - c.along[i])))
	}
	left := geom.LPSVec(1, 0, 0)
	if left = left.Sub(feet.Mul(left.Dot(feet))).Unit(); left.Norm() == 0 {
		left = geom.LPSVec(0, 1, 0) // a curve from side to side is no spine
	}
	return geom.FromAxes[geom.PatientFrame, geom.BodyFrame](p, left, left.Cross(feet), feet.Mul(-1))
}

// Nearest returns the distance along the curve of the point nearest to p.
func (c *Curve) Nearest(p geom.Patient) float64 {
	best, at := math.Inf(1), 0.0
	for i := range len(c.points) - 1 {
		a, d := c.points[i], c.points[i+1].Sub(c.points[i])
		t := max(0, min(1, p.Sub(a).Dot(d)/d.Dot(d)))
		if q := a.Lerp(c.points[i+1], t).Dist(p); q < best {
			best, at = q, c.along[i]+t*(c.along[i+1]-c.along[i])
		}
	}
	return at
}

// CurvedView is a picture straightened along a curve: rows are cut across it, columns run along it. Lengths along the curve and
// along a row are true, other directions are not. Sagittal rows run from anterior to posterior, coronal ones from right to left;
// there is no axial one. In the Viewport X is mm from the curve and Y mm along it from the upper end; PatientFromPlane is not used.
type CurvedView struct {
	Viewport
	Curve       *Curve
	Orientation Orientation
	Offset      float64 // mm from the curve along the line of sight: to scroll sideways
	Interp      Interp
}

// PatientFromScreen returns the patient point of a pixel.
func (v CurvedView) PatientFromScreen(p geom.Screen) geom.Patient {
	planeFromScreen := v.PlaneFromScreen()
	q := planeFromScreen.Apply(p)
	row := v.row(q.Y)
	return row.Apply(geom.Pt[geom.PlaneFrame](q.X, 0, q.Z))
}

// ScreenFromPatient returns the pixel of a patient point by way of the nearest point of the curve; Z is its depth in mm.
func (v CurvedView) ScreenFromPatient(p geom.Patient) geom.Screen {
	along := v.Curve.Nearest(p)
	row := v.row(along)
	planeFromPatient := row.MustInverse()
	q := planeFromPatient.Apply(p)
	screenFromPlane := v.ScreenFromPlane()
	return screenFromPlane.Apply(geom.Pt[geom.PlaneFrame](q.X, along+q.Y, q.Z))
}

// row is the plane whose X axis is the row of the picture at a distance along the curve.
func (v CurvedView) row(mm float64) PatientFromPlane {
	o := v.Orientation
	if o == Axial {
		o = Sagittal
	}
	p := Aligned(o, v.Curve.At(mm))
	return Moved(p, p.Origin().Add(p.Axis(2).Mul(v.Offset)))
}

// ResliceCurved samples a straightened view of a volume into dst.
func ResliceCurved(ctx context.Context, vol *volume.Volume, v CurvedView, dst *HUImage) error {
	v.PatientFromPlane = geom.Identity[geom.PatientFrame, geom.PlaneFrame]()
	if err := v.check(); err != nil {
		return err
	}
	if v.Curve == nil || vol == nil || vol.Grid == nil || len(vol.HU) != vol.Len() {
		return fmt.Errorf("%w: no volume or no curve", ErrView)
	}
	dst.resize(v.Width, v.Height)
	dst.Corrupt = hasUnread(vol)
	s := newSampler(vol, v.Interp)
	planeFromScreen := v.PlaneFromScreen()
	return strips(ctx, v.Height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			q := planeFromScreen.Apply(geom.Pt[geom.ScreenFrame](0, float64(y), 0))
			row := v.row(q.Y)
			from, step := row.Apply(geom.Pt[geom.PlaneFrame](q.X, 0, 0)), row.Axis(0).Mul(float64(v.MMPerPixel))
			out := dst.HU[y*v.Width:][:v.Width]
			s.row(from, step, out)
			if dst.Corrupt {
				s.markUnread(from, step, out)
			}
		}
	})
}
