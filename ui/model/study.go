package model

import (
	"image"
	"time"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Role is what a series is used for.
type Role = study.Role

// The roles; Other is not used.
const (
	Pre    = study.Pre
	Post   = study.Post
	Fluoro = study.Fluoro
	Other  = study.Other
)

// Slot is the place of a role in arrays by role.
type Slot int

// The slots of the volumes on screen.
const (
	PreSlot Slot = iota
	PostSlot
)

// Study is what was found in a folder.
type Study struct {
	Path    string
	Patient Patient
	Series  []Series
	Skipped int                  // files that are no CT image or could not be read
	Dropped []dicomio.SkippedFor // the same by reason, the most first
	Left    []SkippedFile        // the first of them
	Files   int                  // all files looked at
	Bytes   int64
	Seconds float64 // the scan took
	Partial bool    // its folder is still being read
}

// SkippedFile is a file that serves for nothing here, and why. Its name is that
// within the folder.
type SkippedFile struct {
	Name string
	Code string
	Why  i18n.Text
}

// Patient identifies whose study it is, as the files say it: DICOM dates
// (YYYYMMDD), sex M, F, O or empty.
type Patient struct{ Name, ID, Birth, Sex, Age string }

// Series is one CT series of a study.
type Series struct {
	UID         string
	Description string
	Modality    string
	Images      int
	Bytes       int64  // of the volume in memory
	Date, Time  string // DICOM DA and TM
	Spacing     [3]float64
	Verdict     string
	Role        Role
	Reason      Reason // why it has the role
	Findings    []diag.Finding
	Notes       []i18n.Text   // what keeps pictures out of the volumes
	Matrix      [2]int        // of a run, columns and rows; zero for volumes
	PixelFrom   volume.Origin // where the size of a run's pixels comes from
	Thumbnail   *image.RGBA   // nil when there is none
	Source      *study.Series
	Runs        []RunInfo // of a fluoroscopy series
}

// RunInfo is what is known of a run before it is read.
type RunInfo struct {
	Frames int
	Pair   *RunRef       // the other projection of the same moment; nil for none
	Later  time.Duration // by which the other starts after this one
}

// RunRef names a run of the study.
type RunRef struct{ Series, Index int }

// Reason says in both languages why a series has its role.
type Reason = study.Reason

// ByRole returns the index of the series with the role, -1 when there is none.
func (s *Study) ByRole(r Role) int {
	for i := range s.Series {
		if s.Series[i].Role == r {
			return i
		}
	}
	return -1
}

// Findings returns what is wrong with the geometry of all series in use.
func (s *Study) Findings() []diag.Finding {
	var out []diag.Finding
	for i := range s.Series {
		out = append(out, s.Series[i].Findings...)
	}
	return out
}
