// Package assess runs the whole measurement, from two CT volumes to the report, and defines that report: the one result from which
// the command line, the window, the PDF and every export are made. Stages live in their own packages; assess only joins them.
package assess

import (
	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/leak"
)

// Schema names the version of the report format.
const Schema = "vertefill.report/1"

// Report is report.json. Volumes are mL, lengths mm, positions patient LPS mm, ratios 0..1; intervals hold the truth in 90 % of
// cases. Pointers are absent where a number was withheld.
type Report struct {
	Schema     string             `json:"schema"`
	Software   Software           `json:"software"`
	Inputs     Inputs             `json:"inputs"`
	Parameters map[string]any     `json:"parameters"`
	Vertebrae  []Vertebra         `json:"vertebrae"`
	Leaks      []Leak             `json:"leaks"`
	Totals     *Totals            `json:"totals,omitempty"`
	Fluoro     []FluoroRun        `json:"fluoro,omitempty"`
	Quality    []Quality          `json:"quality"`
	Timing     map[string]float64 `json:"timing"` // seconds by stage
}

// Software says what made the report.
type Software struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
}

// Inputs are the series used.
type Inputs struct {
	Post   *Series  `json:"post,omitempty"`
	Pre    *Series  `json:"pre,omitempty"`
	Fluoro []Series `json:"fluoro,omitempty"`
}

// Series identifies one input series.
type Series struct {
	SeriesInstanceUID   string   `json:"seriesInstanceUID"`
	FrameOfReferenceUID string   `json:"frameOfReferenceUID,omitempty"`
	Modality            string   `json:"modality"`
	Images              int      `json:"images"`
	Geometry            Geometry `json:"geometry"`
}

// Geometry is what was found about a stack.
type Geometry struct {
	Dimensions    []int     `json:"dimensions,omitempty"`
	SpacingMM     []float64 `json:"spacingMm,omitempty"`
	Verdict       string    `json:"verdict,omitempty"`
	TiltDegrees   float64   `json:"tiltDegrees,omitempty"`
	MissingSlices int       `json:"missingSlices,omitempty"`
	CornerErrorMM float64   `json:"cornerErrorMm,omitempty"`
}

// Interval is [low, high].
type Interval [2]float64

// Vertebra is one line of the result. Vertebrae that are cut by the field of view or could not be outlined are not listed: a
// quality entry names them.
type Vertebra struct {
	Level                  anatomy.Level       `json:"level"`
	LevelSource            anatomy.LevelSource `json:"levelSource"`
	LevelConfidence        float64             `json:"levelConfidence"`
	Treated                bool                `json:"treated"`
	CentroidLPS            [3]float64          `json:"centroidLps"`
	BodyVolumeML           float64             `json:"bodyVolumeMl"`
	BodyVolumeIntervalML   *Interval           `json:"bodyVolumeIntervalMl,omitempty"`
	CementInBodyML         float64             `json:"cementInBodyMl"`
	CementInBodyIntervalML *Interval           `json:"cementInBodyIntervalMl,omitempty"`
	PriorCementML          float64             `json:"priorCementMl"`
	CementInPedicleML      float64             `json:"cementInPedicleMl"`
	FillRatio              float64             `json:"fillRatio"`
	FillRatioInterval      *Interval           `json:"fillRatioInterval,omitempty"`
	Distribution           *Distribution       `json:"distribution,omitempty"`
	Lesion                 *Lesion             `json:"lesion,omitempty"` // when one was outlined
	HeightsMM              *Heights            `json:"heightsMm,omitempty"`
	WedgeAngleDegrees      *float64            `json:"wedgeAngleDegrees,omitempty"`
	GenantGrade            *int                `json:"genantGrade,omitempty"` // 0..3
	PreHeightsMM           *Heights            `json:"preHeightsMm,omitempty"`
	PreWedgeAngleDegrees   *float64            `json:"preWedgeAngleDegrees,omitempty"`
	LocalCobbDegrees       *float64            `json:"localCobbDegrees,omitempty"` // positive: kyphosis
	Restoration            *Restoration        `json:"heightRestoration,omitempty"`
	Registration           *Registration       `json:"registration,omitempty"`
	LeakIDs                []int               `json:"leakIds"`
}

// Distribution says where the new cement of a body lies: fractions of it, and contacts.
type Distribution struct {
	Left            float64 `json:"left"`
	Right           float64 `json:"right"`
	Anterior        float64 `json:"anterior"`
	Middle          float64 `json:"middle"`
	Posterior       float64 `json:"posterior"`
	CrossesMidline  bool    `json:"crossesMidline"`
	EndplateContact string  `json:"endplateContact"` // none, superior, inferior, both
}

// Heights of a body in its mid-sagittal plane.
type Heights struct {
	Anterior  float64 `json:"anterior"`
	Middle    float64 `json:"middle"`
	Posterior float64 `json:"posterior"`
}

// Restoration is what the procedure gave back of the height of a body: post minus pre in mm, and the same in per cent of what was
// missing to the height expected from the neighbours; a percentage is absent where too little was missing to divide by.
type Restoration struct {
	AnteriorMM       float64  `json:"anteriorMm"`
	MiddleMM         float64  `json:"middleMm"`
	PosteriorMM      float64  `json:"posteriorMm"`
	AnteriorPercent  *float64 `json:"anteriorPercent,omitempty"`
	MiddlePercent    *float64 `json:"middlePercent,omitempty"`
	PosteriorPercent *float64 `json:"posteriorPercent,omitempty"`
}

// Registration carries pre coordinates to post coordinates at one vertebra.
type Registration struct {
	ResidualMM                float64     `json:"residualMm"`
	PatientPostFromPatientPre [16]float64 `json:"patientPostFromPatientPre"`
}

// Leak is one piece of new cement outside the bone.
type Leak struct {
	ID               int                 `json:"id"`
	Level            anatomy.Level       `json:"level"`
	Compartment      anatomy.Compartment `json:"compartment"`
	Type             anatomy.LeakType    `json:"type"`
	Side             anatomy.Side        `json:"side"`
	VolumeML         float64             `json:"volumeMl"`
	VolumeIntervalML *Interval           `json:"volumeIntervalMl,omitempty"`
	CentroidLPS      [3]float64          `json:"centroidLps"`
	LengthMM         float64             `json:"lengthMm"`
	DiameterMM       float64             `json:"diameterMm,omitempty"` // of a cylinder with its length and volume
	ReachMM          float64             `json:"reachMm"`
	// BreachSite is the part of the vertebra it came through, BreachLPS where; both are absent for a piece that no bone touches.
	BreachSite                leak.Site         `json:"breachSite,omitempty"`
	BreachLPS                 *[3]float64       `json:"breachLps,omitempty"`
	CourseLPS                 [][3]float64      `json:"courseLps,omitempty"` // its middle line, from the breach on
	CanalEncroachmentMM       *float64          `json:"canalEncroachmentMm,omitempty"`
	CanalEncroachmentFraction *float64          `json:"canalEncroachmentFraction,omitempty"`
	CanalCentreMM             *float64          `json:"canalCentreMm,omitempty"`  // least distance from the middle of the canal
	NextEndplateMM            *float64          `json:"nextEndplateMm,omitempty"` // from a disc leak to the next body
	Attention                 anatomy.Attention `json:"attention"`
	Confidence                float64           `json:"confidence"`
}

// Totals sums over the study.
type Totals struct {
	NewCementML       float64 `json:"newCementMl"`
	InBodyML          float64 `json:"inBodyMl"`
	InPedicleML       float64 `json:"inPedicleMl"`
	LeakML            float64 `json:"leakMl"`
	LeakFraction      float64 `json:"leakFraction"`
	PriorCementML     float64 `json:"priorCementMl"`
	SaturatedFraction float64 `json:"saturatedFraction"`
}

// Quality is one warning in the report's language.
type Quality struct {
	Code     diag.Code     `json:"code"`
	Severity diag.Severity `json:"severity"`
	Message  string        `json:"message"`
	Level    anatomy.Level `json:"level,omitzero"`
}
