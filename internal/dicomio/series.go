package dicomio

import (
	"slices"
	"sync"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

// Inventory is everything found under the paths of a scan. Every file is either in a series or in Skipped.
type Inventory struct {
	Series  []*Series // by date, time and number
	Skipped []Skipped // by path
	Files   int       // looked at
}

// Series is all pictures with one Series Instance UID.
type Series struct {
	UID      string
	StudyUID string
	Modality string // CT, XA, RF, DX, CR; OT for secondary captures with a position
	Number   int
	Images   int // pictures, counting frames
	Files    int
	Syntax   string // transfer syntax UID; empty when files differ
	Info     Info
	Patient  Patient
	Stacks   []*Stack // CT volumes, the largest first
	Runs     []*Run   // projections, in time
	Problems []Problem
	ByHand   bool // the user joined or split its volumes

	repeated int
}

// Info is what the header tells about a series, without anything that names the patient.
type Info struct {
	Description, StudyDescription, Protocol, BodyPart string
	Manufacturer, Model, Institution, Accession       string
	Date, Time                                        string // of the acquisition, as DICOM writes them
	Contrast, KVP                                     string
	Window                                            Window
	BurnedIn                                          bool // the file says that its pixels hold annotations
}

// Patient names the patient. It is kept apart so that nothing of it slips into errors or logs.
type Patient struct{ Name, ID, BirthDate, Sex, Age string }

// Window is a grey scale window in the units of the pictures; Width is zero when the file gives none.
type Window struct{ Center, Width float64 }

// Stack is one volume of a CT series: parallel slices ordered along their normal.
type Stack struct {
	Series    *Series
	Grid      *volume.Grid
	Kernel    string
	ImageType string
	Thickness float64        // nominal, mm; for display, never for geometry
	Tilt      float64        // degrees, as the header says; for a cross-check
	SplitBy   string         // what set it apart from the first stack of its series: a split reason; empty for the first
	Findings  []diag.Finding // Load may add what only the pixels tell

	frames []*frame // as Grid orders them
	loaded sync.Once
}

// Run is one projection run, or a single projection.
type Run struct {
	Series  *Series
	Frames  int
	NX, NY  int
	Cal     volume.Calibration
	Primary float64 // positioner angles in degrees, as DICOM gives them
	Second  float64
	Angles  bool // whether the angles are given

	frames []*frame
	attr   runAttributes
}

// Code is a machine-readable reason. Its meaning never changes.
type Code string

// Reasons to skip a file.
const (
	CodeNotDICOM    Code = "not-dicom"
	CodeNotImage    Code = "not-an-image"
	CodeDirectory   Code = "dicomdir"
	CodeModality    Code = "other-modality"
	CodeNoPixels    Code = "no-pixel-data"
	CodeUnsupported Code = "unsupported"
	CodeCorrupt     Code = "corrupt"
	CodeTruncated   Code = "truncated"
	CodeDuplicate   Code = "duplicate"
	CodeUnreadable  Code = "unreadable"
	CodeTooLarge    Code = "too-large"
)

// Problems of a series that keep pictures out of its volumes.
const (
	CodeLocalizer  Code = "localizer"
	CodeCapture    Code = "secondary-capture"
	CodeNoPosition Code = "no-position"
	CodeColour     Code = "colour"
	CodeNoSpacing  Code = "no-spacing"
	CodeCutShort   Code = "truncated-pixels"
	CodeGeometry   Code = "geometry"
)

// Problem is something to know about a series, in both languages.
type Problem struct {
	Code     Code
	Severity diag.Severity
	English  string
	French   string
}

// Message returns the problem in the language.
func (p Problem) Message(l text.Lang) string {
	if l == text.French {
		return p.French
	}
	return p.English
}

// Main returns the largest stack, nil when the series holds no volume.
func (s *Series) Main() *Stack {
	if len(s.Stacks) == 0 {
		return nil
	}
	return s.Stacks[0]
}

// Len returns the number of slices.
func (s *Stack) Len() int { return len(s.frames) }

// Same reports whether two volumes hold the same pictures in the same order.
func (s *Stack) Same(o *Stack) bool { return slices.Equal(s.frames, o.frames) }

// Shares reports whether one of two volumes holds the first picture of the other.
func (s *Stack) Shares(o *Stack) bool {
	return slices.Contains(s.frames, o.frames[0]) || slices.Contains(o.frames, s.frames[0])
}
