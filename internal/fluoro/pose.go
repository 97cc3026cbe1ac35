package fluoro

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// camera is the cone beam of a view whose picture's middle lies on the beam's axis. At primary angle 0 the detector is in front of the
// patient and the patient's left lies to the right; at +90 (LAO) the detector is on the patient's left and columns run towards
// posterior. Rows run towards the feet (PS3.3 C.8.7.5).
type camera struct {
	beam, col, row geom.PatientVec
	toDetector     float64 // mm from the source
	toPatient      float64
	rowMM, colMM   float64 // pixel at the detector
	cx, cy         float64 // middle of the picture
}

// newCamera needs distances and detector pixels; ok is false without them.
func newCamera(v *View, nx, ny int) (c camera, ok bool) {
	if v == nil || !(v.SourcePatient > 0 && v.SourceDetector > v.SourcePatient && v.DetectorRowMM > 0 && v.DetectorColMM > 0) {
		return c, false
	}
	sa, ca := math.Sincos(v.PrimaryDegrees * math.Pi / 180)
	sb, cb := math.Sincos(v.SecondaryDegrees * math.Pi / 180)
	c = camera{beam: geom.LPSVec(sa*cb, -ca*cb, sb), col: geom.LPSVec(ca, sa, 0), toDetector: v.SourceDetector, toPatient: v.SourcePatient,
		rowMM: v.DetectorRowMM, colMM: v.DetectorColMM, cx: float64(nx-1) / 2, cy: float64(ny-1) / 2}
	c.row = c.beam.Cross(c.col).Mul(-1)
	return c, true
}

// mmAt is the size of a pixel's column and row at the patient.
func (c *camera) mmAt() float64 { return math.Sqrt(c.rowMM*c.colMM) * c.toPatient / c.toDetector }

// pose places the patient in front of the camera: turned about a centre by three small angles about the beam, the columns and the
// rows, then moved along them, in radians and mm. The zero pose has the centre on the beam's axis at the stated distance.
type pose struct {
	turn  [3]float64 // about beam, col, row
	shift [3]float64 // along col, row, beam
}

// projection is a 3x4 matrix from patient millimetres to column, row and weight.
type projection [12]float64

// project returns the matrix of a pose about a centre.
func (c *camera) project(p pose, centre geom.Patient) (m projection) {
	o := geom.LPS(0, 0, 0)
	r := geom.Compose(geom.Rotation(o, c.col, p.turn[1]), geom.Rotation(o, c.row, p.turn[2]))
	r = geom.Compose(geom.Rotation(o, c.beam, p.turn[0]), r)
	f, g := c.toDetector/c.colMM, c.toDetector/c.rowMM
	// Row vectors in camera axes, turned back into the patient.
	back := r.MustInverse()
	u, v, w := back.ApplyVec(c.col), back.ApplyVec(c.row), back.ApplyVec(c.beam)
	at := centre.Sub(o)
	tu, tv, tw := p.shift[0]-u.Dot(at), p.shift[1]-v.Dot(at), p.shift[2]+c.toPatient-w.Dot(at)
	set := func(n int, a geom.PatientVec, k, t, mid float64) {
		x := a.Mul(k).Add(w.Mul(mid))
		m[4*n], m[4*n+1], m[4*n+2], m[4*n+3] = x.X, x.Y, x.Z, k*t+mid*tw
	}
	set(0, u, f, tu, c.cx)
	set(1, v, g, tv, c.cy)
	m[8], m[9], m[10], m[11] = w.X, w.Y, w.Z, tw
	return m
}

// at returns the pixel at which a point is seen.
func (m *projection) at(p geom.Patient) (x, y float64) {
	w := m[8]*p.X + m[9]*p.Y + m[10]*p.Z + m[11]
	return (m[0]*p.X + m[1]*p.Y + m[2]*p.Z + m[3]) / w, (m[4]*p.X + m[5]*p.Y + m[6]*p.Z + m[7]) / w
}
