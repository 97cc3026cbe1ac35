package study

import (
	"math"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/text"
)

// Inspection is what `vertefill inspect --json` prints.
type Inspection struct {
	Series  []InspectedSeries `json:"series"`
	Skipped []SkippedFile     `json:"skipped"`
}

// InspectedSeries is one series of an Inspection.
type InspectedSeries struct {
	SeriesInstanceUID string    `json:"seriesInstanceUID"`
	StudyInstanceUID  string    `json:"studyInstanceUID"`
	Modality          string    `json:"modality"`
	Description       string    `json:"description"`
	Images            int       `json:"images"` // pictures, counting frames
	Files             int       `json:"files"`
	Role              Role      `json:"role"`
	RoleReason        string    `json:"roleReason"`
	TransferSyntax    string    `json:"transferSyntax"` // UID; empty when files differ
	Geometry          Geometry  `json:"geometry"`
	SpacingOrigin     string    `json:"spacingOrigin,omitempty"` // of a run, as in the report: none, detector, magnification, ...
	Volumes           int       `json:"volumes"`
	Stacks            []Stack   `json:"stacks"`           // the volumes, the largest first
	Ways              []string  `json:"ways,omitempty"`   // by which --split can take the largest volume apart
	ByHand            bool      `json:"byHand,omitempty"` // the user joined or split its volumes
	Problems          []Problem `json:"problems"`
}

// Stack is one volume of a series.
type Stack struct {
	Number    int      `json:"number"` // from 1, as `vertefill convert --volume` takes it
	Images    int      `json:"images"`
	SplitBy   string   `json:"splitBy,omitempty"` // what set it apart from the first: orientation, kernel, acquisition, ...; see dicomio
	Kernel    string   `json:"kernel,omitempty"`
	ImageType string   `json:"imageType,omitempty"`
	Geometry  Geometry `json:"geometry"`
}

// Geometry is that of the largest volume of a series, or of its first run.
type Geometry struct {
	Dimensions    []int     `json:"dimensions,omitempty"`
	SpacingMM     []float64 `json:"spacingMm,omitempty"`
	Verdict       string    `json:"verdict,omitempty"`
	TiltDegrees   float64   `json:"tiltDegrees,omitempty"`
	MissingSlices int       `json:"missingSlices,omitempty"`
	CornerErrorMM float64   `json:"cornerErrorMm,omitempty"`
}

// Problem is something to know about a series.
type Problem struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
}

// SkippedFile is a file that is in no series.
type SkippedFile struct {
	Path    string `json:"path"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Inspect lists what the study holds, in the language.
func (s *Study) Inspect(l text.Lang) Inspection {
	out := Inspection{Series: []InspectedSeries{}, Skipped: []SkippedFile{}}
	for _, x := range s.Series {
		origin := ""
		if x.Main() == nil && len(x.Series.Runs) > 0 {
			origin = string(x.Series.Runs[0].Cal.Origin)
		}
		out.Series = append(out.Series, InspectedSeries{
			SeriesInstanceUID: x.UID, StudyInstanceUID: x.StudyUID, Modality: x.Modality, Description: x.Info.Description, Images: x.Images, Files: x.Files,
			Role: x.Role, RoleReason: x.Reason.In(l), TransferSyntax: x.Syntax, Geometry: GeometryOf(x.Series), SpacingOrigin: origin, Volumes: len(x.Stacks),
			Stacks: stacks(x.Series), Ways: x.Ways(), ByHand: x.ByHand, Problems: problems(x.Series, l),
		})
	}
	for _, f := range s.Skipped {
		out.Skipped = append(out.Skipped, SkippedFile{f.Path, string(f.Code), f.Message(l)})
	}
	return out
}

// GeometryOf describes the volume or run of a series as the contract does.
func GeometryOf(s *dicomio.Series) Geometry {
	if m := s.Main(); m != nil {
		return stackGeometry(m)
	}
	if len(s.Runs) > 0 {
		r := s.Runs[0]
		out := Geometry{Dimensions: []int{r.NX, r.NY, r.Frames}, Verdict: "projection"}
		if r.Cal.InPatient() {
			out.SpacingMM = []float64{r.Cal.ColMM, r.Cal.RowMM}
		}
		return out
	}
	return Geometry{}
}

func stackGeometry(s *dicomio.Stack) Geometry {
	g := s.Grid
	return Geometry{
		Dimensions: []int{g.NX, g.NY, g.NZ}, SpacingMM: []float64{float64(g.DX), float64(g.DY), float64(g.DZ)}, Verdict: string(g.Verdict),
		TiltDegrees: g.TiltRadians * 180 / math.Pi, MissingSlices: g.Missing, CornerErrorMM: float64(s.CornerError()),
	}
}

func stacks(s *dicomio.Series) []Stack {
	out := []Stack{}
	for i, st := range s.Stacks {
		out = append(out, Stack{Number: i + 1, Images: st.Len(), SplitBy: st.SplitBy, Kernel: st.Kernel, ImageType: st.ImageType, Geometry: stackGeometry(st)})
	}
	return out
}

func problems(s *dicomio.Series, l text.Lang) []Problem {
	out := []Problem{}
	for _, p := range s.Problems {
		out = append(out, Problem{string(p.Code), string(p.Severity), p.Message(l)})
	}
	for _, st := range s.Stacks {
		for _, f := range st.Findings {
			out = append(out, Problem{string(f.Code), string(f.Severity()), f.Message(l)})
		}
	}
	return out
}
