package dicomio

import (
	"math"
	"strings"
	"time"
)

// Projection is what the header of a run says about its beam, beside the size of its pixels. Lengths are in mm; zero is unknown.
type Projection struct {
	// Relation of grey values to intensity (Pixel Intensity Relationship: LIN, LOG, DISP); Negative when high values are weak beams.
	Relation                      string
	Negative                      bool
	SourceDetector, SourcePatient float64
	DetectorRowMM, DetectorColMM  float64 // pixel at the detector
	// Turns reports that the arm moves during the run: rotational angiography, where frames show different projections.
	Turns bool
	Plane byte // 'A' or 'B' of a biplane pair; zero for a single plane
	Dose  Dose
}

// Dose is what the header says of the run's radiation; zero is unknown.
type Dose struct {
	AreaProductDGyCM2 float64 // Image and Fluoroscopy Area Dose Product
	EntranceMGy       float64
	KVP               float64
	MilliAmpere       float64
	PulseMS           float64
	Pulsed            bool // Radiation Mode
}

// Projection returns what the header of the run's first file says.
func (r *Run) Projection() Projection {
	p := r.attr.projection
	p.SourceDetector, p.SourcePatient = r.attr.toDetector, r.attr.toPatient
	if s := r.attr.imager; s != nil {
		p.DetectorRowMM, p.DetectorColMM = s[0], s[1]
	}
	return p
}

// Start is when the run began, as time of day; ok is false when its file does not tell.
func (r *Run) Start() (time.Duration, bool) { return timeOfDay(r.frames[0].when) }

// readProjection reads the attributes of the XA and RF modules, or of their enhanced kin (PS3.3 C.8.7 and C.8.19).
func readProjection(d *Dataset) (p Projection) {
	shared, perFrame := d.Item(tagSharedGroups), d.Items(tagPerFrameGroups)
	pixel := d
	for _, g := range append([]*Dataset{shared}, perFrame...) {
		if s := g.Item(tagXAFramePixelData); s != nil {
			pixel = s
			break
		}
	}
	p.Relation = strings.ToUpper(strings.TrimSpace(pixel.Code(tagPixelIntensity)))
	if p.Relation == "" {
		p.Relation = strings.ToUpper(strings.TrimSpace(d.Code(tagPixelIntensity)))
	}
	sign, ok := pixel.Int(tagPixelIntensitySign)
	if !ok {
		sign, _ = d.Int(tagPixelIntensitySign)
	}
	p.Negative = sign == -1
	p.Turns = turns(d, perFrame)
	p.Plane = plane(d)
	positive := func(tags ...Tag) float64 {
		for _, t := range tags {
			if x, ok := d.Float(t); ok && x > 0 && !math.IsInf(x, 0) {
				return x
			}
		}
		return 0
	}
	p.Dose = Dose{AreaProductDGyCM2: positive(tagAreaDose, tagAcquiredAreaDose), EntranceMGy: positive(tagEntranceDoseMGy), KVP: positive(tagKVP),
		MilliAmpere: positive(tagTubeCurrent), PulseMS: positive(tagPulseWidth), Pulsed: strings.Contains(strings.ToUpper(d.Code(tagRadiationMode)), "PULSED")}
	return p
}

// turnDegrees is by how much the angle must change within a run to make it a rotation.
const turnDegrees = 1.0

func turns(d *Dataset, perFrame []*Dataset) bool {
	wide := func(x []float64) bool {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range x {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
		return hi-lo > turnDegrees
	}
	for _, t := range []Tag{tagPrimaryIncrement, tagSecondaryIncrement} { // of every frame against the first
		if wide(append([]float64{0}, d.Floats(t)...)) {
			return true
		}
	}
	for _, t := range []Tag{tagPositionerPrimary, tagPositionerSecondary} {
		var x []float64
		for _, g := range perFrame {
			if v, ok := g.Item(tagXRayPositioner).Float(t); ok {
				x = append(x, v)
			}
		}
		if wide(x) {
			return true
		}
	}
	return false
}

// plane is the third value of Image Type, or Plane Identification of the enhanced kin.
func plane(d *Dataset) byte {
	name := strings.ToUpper(d.Code(tagPlaneID))
	if types := d.Codes(tagImageType); len(types) > 2 && name == "" {
		name = strings.ToUpper(types[2])
	}
	switch name {
	case "BIPLANE A", "PLANE A":
		return 'A'
	case "BIPLANE B", "PLANE B":
		return 'B'
	}
	return 0
}
