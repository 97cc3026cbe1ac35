package assess

// FluoroRun is what one fluoroscopy run gives: a projection, so areas and times, never volumes. Frames count from zero; points are
// [column, row] of pixel centres of the first frame.
type FluoroRun struct {
	SeriesInstanceUID string            `json:"seriesInstanceUID"`
	Frames            int               `json:"frames"`
	FrameTimesMS      []float64         `json:"frameTimesMs,omitempty"` // start of every frame
	Positioner        *Positioner       `json:"positioner,omitempty"`
	Calibration       FluoroCalibration `json:"calibration"`
	Events            []FluoroEvent     `json:"events"`
	CementAreaPx      []float64         `json:"cementAreaPx"`            // one value a frame
	CementAreaMM2     []float64         `json:"cementAreaMm2,omitempty"` // only with millimetres that hold in the patient
	Lines             []FluoroLine      `json:"lines,omitempty"`
	CTLeaks           []FluoroLeak      `json:"ctLeaks,omitempty"`
	CTRegistration    *CTRegistration   `json:"ctRegistration,omitempty"`
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
