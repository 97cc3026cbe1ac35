package volume

import "time"

// Cine is a fluoroscopy run: pictures of one place in time, in grey values of the detector. X runs along a row, Y down.
//
// The grey value of a sample is Slope*Pix + Intercept, what the modality LUT of the file gives; nearly always Pix itself.
type Cine struct {
	NX, NY, Frames   int
	Pix              []uint16 // len NX*NY*Frames, x fastest, then y, then frame
	Slope, Intercept float64
	White            uint16 // the highest grey value that the files can hold
	Inverted         bool   // MONOCHROME1: low values are drawn bright

	Times     []time.Duration // start of every frame from that of the first
	TimeKnown bool            // false when the run gives no timing and a rate was assumed
	Corrupt   []bool          // frames that could not be read; nil when all are good
	Calibration
}

// Origin says where the size of a pixel comes from. Only an honest origin gives millimetres in the patient.
type Origin string

// The origins of the contract.
const (
	OriginNone          Origin = "none"          // no size at all: pixels only
	OriginDetector      Origin = "detector"      // at the detector, not in the patient
	OriginMagnification Origin = "magnification" // detector size divided by the estimated magnification
	OriginGeometry      Origin = "geometry"      // calibrated by the system's geometry
	OriginFiducial      Origin = "fiducial"      // calibrated by an object of known size
	OriginUser          Origin = "user"          // a length drawn by the reader
	OriginConflict      Origin = "conflict"      // two factors disagree: no millimetres
)

// Calibration is the size of a pixel of a projection.
type Calibration struct {
	Origin        Origin
	RowMM, ColMM  float64    // between rows and between columns; 0 for none and conflict
	Magnification float64    // factor that was divided out, 1 when none
	Factors       [2]float64 // the two factors of a conflict: as stated, and distance to detector over distance to patient
}

// InPatient reports whether millimetres are meant in the patient, not at the detector.
func (c Calibration) InPatient() bool {
	switch c.Origin {
	case OriginMagnification, OriginGeometry, OriginFiducial, OriginUser:
		return true
	}
	return false
}

// Frame returns the samples of frame k; they share memory with the run.
func (c *Cine) Frame(k int) []uint16 {
	n := c.NX * c.NY
	return c.Pix[k*n : (k+1)*n]
}
