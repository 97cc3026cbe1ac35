// Package nifti reads and writes NIfTI-1 volumes and masks (.nii, .nii.gz). RAS coordinates exist only inside this package: what
// leaves it is patient LPS in millimetres. Format: R. W. Cox et al., NIfTI-1 (nifti1.h, 2004, revised 2007).
package nifti

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// ErrFormat is wrapped by every error that means the file is not a readable NIfTI-1 volume.
var ErrFormat = errors.New("nifti: not a readable NIfTI-1 file")

const (
	headerSize = 348
	dataOffset = 352
	maxVoxels  = math.MaxInt32

	typeUint8   = 2
	typeInt16   = 4
	typeInt32   = 8
	typeFloat32 = 16
	typeFloat64 = 64
	typeInt8    = 256
	typeUint16  = 512
	typeUint32  = 768
)

var sizeOf = map[int16]int{typeUint8: 1, typeInt16: 2, typeInt32: 4, typeFloat32: 4, typeFloat64: 8, typeInt8: 1, typeUint16: 2, typeUint32: 4}

// header is what is needed of the 348 bytes.
type header struct {
	order        binary.ByteOrder
	n            [3]int
	datatype     int16
	slope, inter float64
	offset       int64
	lpsFromIJK   geom.Affine[geom.PatientFrame, geom.VoxelFrame]
}

func parseHeader(b []byte) (h header, err error) {
	if len(b) < headerSize {
		return h, fmt.Errorf("%w: only %d bytes", ErrFormat, len(b))
	}
	h.order = binary.LittleEndian
	if h.order.Uint32(b) != headerSize {
		h.order = binary.BigEndian
		if h.order.Uint32(b) != headerSize {
			return h, fmt.Errorf("%w: wrong header size", ErrFormat)
		}
	}
	if m := string(b[344:347]); m != "n+1" {
		return h, fmt.Errorf("%w: magic %q (separate .hdr/.img pairs are not read)", ErrFormat, m)
	}
	i16 := func(o int) int16 { return int16(h.order.Uint16(b[o:])) }
	f32 := func(o int) float64 { return float64(math.Float32frombits(h.order.Uint32(b[o:]))) }
	dims := i16(40)
	if dims < 3 || dims > 7 {
		return h, fmt.Errorf("%w: %d dimensions, 3 are needed", ErrFormat, dims)
	}
	total := int64(1)
	for a := range int(dims) {
		d := int(i16(42 + 2*a))
		if d < 1 || a >= 3 && d != 1 {
			return h, fmt.Errorf("%w: dimension %d is %d", ErrFormat, a+1, d)
		}
		if a < 3 {
			h.n[a] = d
			total *= int64(d)
		}
	}
	if total > maxVoxels {
		return h, fmt.Errorf("%w: %d voxels are too many", ErrFormat, total)
	}
	h.datatype = i16(70)
	if sizeOf[h.datatype] == 0 {
		return h, fmt.Errorf("%w: data type %d", ErrFormat, h.datatype)
	}
	h.slope, h.inter = f32(112), f32(116)
	if h.slope == 0 || math.IsNaN(h.slope) || math.IsInf(h.slope, 0) {
		h.slope, h.inter = 1, 0
	}
	if math.IsNaN(h.inter) || math.IsInf(h.inter, 0) {
		return h, fmt.Errorf("%w: intercept is not a number", ErrFormat)
	}
	h.offset = int64(f32(108))
	if h.offset < dataOffset || h.offset > 1<<20 {
		h.offset = dataOffset
	}
	h.lpsFromIJK, err = affine(i16, f32)
	return h, err
}

// affine reads the sform, else the qform, else plain spacings, and turns RAS into LPS.
func affine(i16 func(int) int16, f32 func(int) float64) (a geom.Affine[geom.PatientFrame, geom.VoxelFrame], err error) {
	pix := [3]float64{f32(80), f32(84), f32(88)}
	switch {
	case i16(254) > 0: // sform
		for r := range 3 {
			for c := range 3 {
				a.M[3*r+c] = f32(280 + 16*r + 4*c)
			}
			a.T[r] = f32(280 + 16*r + 12)
		}
	case i16(252) > 0: // qform
		qb, qc, qd := f32(256), f32(260), f32(264)
		qa := math.Sqrt(max(0, 1-qb*qb-qc*qc-qd*qd))
		qfac := f32(76)
		if qfac == 0 {
			qfac = 1
		}
		m := [9]float64{
			qa*qa + qb*qb - qc*qc - qd*qd, 2 * (qb*qc - qa*qd), 2 * (qb*qd + qa*qc),
			2 * (qb*qc + qa*qd), qa*qa + qc*qc - qb*qb - qd*qd, 2 * (qc*qd - qa*qb),
			2 * (qb*qd - qa*qc), 2 * (qc*qd + qa*qb), qa*qa + qd*qd - qb*qb - qc*qc,
		}
		for r := range 3 {
			a.M[3*r], a.M[3*r+1], a.M[3*r+2] = m[3*r]*pix[0], m[3*r+1]*pix[1], m[3*r+2]*pix[2]*qfac
			a.T[r] = f32(268 + 4*r)
		}
	default:
		a.M = [9]float64{pix[0], 0, 0, 0, pix[1], 0, 0, 0, pix[2]}
	}
	for c := range 3 { // RAS -> LPS: x and y change sign
		a.M[c], a.M[3+c] = -a.M[c], -a.M[3+c]
	}
	a.T[0], a.T[1] = -a.T[0], -a.T[1]
	if d := a.Det(); !(math.Abs(d) > 1e-12) || math.IsInf(d, 0) {
		return a, fmt.Errorf("%w: singular orientation", ErrFormat)
	}
	return a, nil
}

// encodeHeader writes the header of a volume on a grid with sform and qform set.
func encodeHeader(n [3]int, datatype int16, lpsFromIJK geom.Affine[geom.PatientFrame, geom.VoxelFrame], description string) []byte {
	b := make([]byte, dataOffset)
	le := binary.LittleEndian
	i16 := func(o int, v int16) { le.PutUint16(b[o:], uint16(v)) }
	f32 := func(o int, v float64) { le.PutUint32(b[o:], math.Float32bits(float32(v))) }
	le.PutUint32(b, headerSize)
	i16(40, 3)
	for a := range 7 {
		d := 1
		if a < 3 {
			d = n[a]
		}
		i16(42+2*a, int16(d))
	}
	i16(70, datatype)
	i16(72, int16(8*sizeOf[datatype]))
	m := lpsFromIJK
	for c := range 3 { // LPS -> RAS
		m.M[c], m.M[3+c] = -m.M[c], -m.M[3+c]
	}
	m.T[0], m.T[1] = -m.T[0], -m.T[1]
	qfac := 1.0
	var rot [9]float64
	for c := range 3 {
		axis := m.Axis(c)
		s := axis.Norm()
		f32(80+4*c, s)
		u := axis.Mul(1 / s)
		if c == 2 && m.Det() < 0 {
			qfac, u = -1, u.Mul(-1)
		}
		rot[c], rot[3+c], rot[6+c] = u.X, u.Y, u.Z
	}
	f32(76, qfac)
	f32(108, dataOffset)
	f32(112, 1)
	b[123] = 2 // millimetres
	copy(b[148:227], description)
	i16(252, 1)
	i16(254, 1)
	qb, qc, qd := quaternion(rot)
	f32(256, qb)
	f32(260, qc)
	f32(264, qd)
	for r := range 3 {
		f32(268+4*r, m.T[r])
		for c := range 3 {
			f32(280+16*r+4*c, m.M[3*r+c])
		}
		f32(280+16*r+12, m.T[r])
	}
	copy(b[344:], "n+1\x00")
	return b
}

// quaternion returns b, c, d of the rotation with a >= 0 (nifti1_io mat44_to_quatern convention).
func quaternion(r [9]float64) (b, c, d float64) {
	if t := r[0] + r[4] + r[8] + 1; t > 0.5 {
		a := 0.5 * math.Sqrt(t)
		return 0.25 * (r[7] - r[5]) / a, 0.25 * (r[2] - r[6]) / a, 0.25 * (r[3] - r[1]) / a
	}
	xd, yd, zd := 1+r[0]-(r[4]+r[8]), 1+r[4]-(r[0]+r[8]), 1+r[8]-(r[0]+r[4])
	var a float64
	switch {
	case xd > 1:
		b = 0.5 * math.Sqrt(xd)
		c, d, a = 0.25*(r[1]+r[3])/b, 0.25*(r[2]+r[6])/b, 0.25*(r[7]-r[5])/b
	case yd > 1:
		c = 0.5 * math.Sqrt(yd)
		b, d, a = 0.25*(r[1]+r[3])/c, 0.25*(r[5]+r[7])/c, 0.25*(r[2]-r[6])/c
	default:
		d = 0.5 * math.Sqrt(zd)
		b, c, a = 0.25*(r[2]+r[6])/d, 0.25*(r[5]+r[7])/d, 0.25*(r[3]-r[1])/d
	}
	if a < 0 {
		b, c, d = -b, -c, -d
	}
	return b, c, d
}
