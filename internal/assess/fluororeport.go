package assess

// FluoroRun is what one fluoroscopy run gives: a projection, so areas and times, never volumes. Frames count from zero; points are
// [column, row] of pixel centres of the first frame.
type FluoroRun struct {
	SeriesInstanceUID string            `json:"seriesInstanceUID"`
	Frames            int               `json:"frames"`
	FrameTimesMS      []float64         `json:"frameTimesMs,omitempty"` // start of every frame
	Positioner        *Positioner       `json:"positioner,omitempty"`
	Calibration       FluoroCalibration `json:"calibration"`
	Dose              *FluoroDose       `json:"dose,omitempty"`
	Unrest            *FluoroUnrest     `json:"motion,omitempty"`
	Biplane           *FluoroBiplane    `json:"biplane,omitempty"`
	Events            []FluoroEvent     `json:"events"`
	CementAreaPx      []float64         `json:"cementAreaPx"`            // one value a frame
	CementAreaMM2     []float64         `json:"cementAreaMm2,omitempty"` // only with millimetres that hold in the patient
	// The area at the end lies within these in nine of ten runs, for the outline alone; what the size of a pixel may be wrong by comes on top.
	CementAreaIntervalPx  *[2]float64     `json:"cementAreaIntervalPx,omitempty"`
	CementAreaIntervalMM2 *[2]float64     `json:"cementAreaIntervalMm2,omitempty"`
	Lines                 []FluoroLine    `json:"lines,omitempty"`
	CTLeaks               []FluoroLeak    `json:"ctLeaks,omitempty"`
	CTRegistration        *CTRegistration `json:"ctRegistration,omitempty"`
}

// Positioner holds the angles of the C-arm as DICOM counts them: primary positive towards LAO, secondary positive towards CRA.
type Positioner struct {
	PrimaryDegrees   float64 `json:"primaryDegrees"`
	SecondaryDegrees float64 `json:"secondaryDegrees"`
}

// FluoroCalibration says what a pixel is worth and how that is known: an origin of volume.Origin.
type FluoroCalibration struct {
	Origin     string      `json:"origin"`
	MMPerPixel *[2]float64 `json:"mmPerPixel,omitempty"` // row spacing, column spacing
}

// FluoroEvent is something noticed in the run.
type FluoroEvent struct {
	Kind       string  `json:"kind"` // table-move, zoom, exposure, trocar-in, trocar-out, injection-start, injection-end, line-crossed
	Frame      int     `json:"frame"`
	Line       string  `json:"line,omitempty"`
	Confidence float64 `json:"confidence"`
	Reason     string  `json:"reason,omitempty"`
}

// FluoroLine is a line on the first frame that cement may cross.
type FluoroLine struct {
	Name   string       `json:"name"`
	Source string       `json:"source"` // user, proposed
	Points [][2]float64 `json:"points"`
}

// FluoroLeak follows a leak of the control CT back to the run. FirstFrame is nil when it cannot be seen in this projection.
type FluoroLeak struct {
	LeakID     int    `json:"leakId"`
	FirstFrame *int   `json:"firstFrame"`
	Reason     string `json:"reason,omitempty"`
}

// CTRegistration places the control CT in the run.
type CTRegistration struct {
	ResidualMM float64 `json:"residualMm"`
	// ImageFromPatientPost is 3x4, row-major: LPS millimetres to (column, row, 1) up to scale.
	ImageFromPatientPost [12]float64 `json:"imageFromPatientPost"`
}

// FluoroDose is what the run's header says of its radiation; absent values are not stated.
type FluoroDose struct {
	AreaProductGyCM2 float64 `json:"areaProductGyCm2,omitempty"`
	EntranceMGy      float64 `json:"entranceMGy,omitempty"`
	KVP              float64 `json:"kvp,omitempty"`
	MilliAmpere      float64 `json:"milliAmpere,omitempty"`
}

// FluoroUnrest is how the patient moved: breathing as the half way of the spine to and fro, and the way by which it lay elsewhere at
// last, from MovedFrame on, in pixels of the first frame. The measures of cement follow both.
type FluoroUnrest struct {
	BreathingPx      float64 `json:"breathingPx,omitempty"`
	BreathingSeconds float64 `json:"breathingSeconds,omitempty"`
	MovedPx          float64 `json:"movedPx,omitempty"`
	MovedFrame       *int    `json:"movedFrame,omitempty"`
}

// FluoroBiplane says which other run was taken at the same time from another side, and what both together bound. UpperBoundML is what
// both silhouettes of cement allow at the end: an upper bound, never a measured volume.
type FluoroBiplane struct {
	OtherSeriesInstanceUID string  `json:"otherSeriesInstanceUID"`
	TurnDegrees            float64 `json:"turnDegrees,omitempty"`
	UpperBoundML           float64 `json:"upperBoundMl,omitempty"`
	ShiftMM                float64 `json:"shiftMm,omitempty"` // what the stated geometry leaves unexplained
}
