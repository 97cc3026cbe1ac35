// Package model holds everything the window shows and how it changes: plain
// structs owned by the UI goroutine, messages that change them, the registry
// of actions that feeds tool bar, palette, shortcuts and help, undo, and the
// jobs that run in the background. It knows no toolkit and does no work of its
// own: a message returns effects, which package app carries out.
//
// Positions are patient millimetres (LPS); lengths on screen are dp.
package model

import (
	"image"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

// Workspace is a tab of the top bar.
type Workspace int

// The workspaces.
const (
	Studies Workspace = iota
	Read
	Fluoroscopy
	Report
	Teaching
	CohortPlace
)

// Overlay is what covers the window.
type Overlay int

// The overlays.
const (
	NoOverlay Overlay = iota
	Palette
	Keyboard
	SettingsDialog
	NoteDialog   // the text of a note being put down
	RenameDialog // the name of a vertebra
	MemoryDialog // images that do not fit into the memory
	FirstRun     // language and theme of a first run
	SeedDialog   // the name of the body at the crosshair
	LeftDialog   // files that serve for nothing
	HeaderDialog // the DICOM header of a series
	CaseDialog   // the words of a teaching case to be made
	StepDialog   // the words of a step of its tour
)

// Settings are remembered from one run to the next.
type Settings struct {
	Lang          text.Lang
	Light         bool
	Scale         int  // per cent, 75 to 200 in steps of 5
	PreRight      bool // pre CT on the right of the post CT
	Rail          bool // series rail shown
	Panel         bool // results panel shown
	Folded        bool // it is not because it gave way to a layout
	PanelDP       float32
	RailDP        float32           // 0 stands for the width of a first run
	Layout        Layout            // of the last study
	Keys          map[string]string // shortcuts changed by the reader, by id of their action: "Ctrl+Shift+K", empty for none
	Recent        []Recent
	Splits        map[string][2]float32 // the first column's and row's share by arrangement, 0 for the usual one
	Reader        string                // who corrects and signs
	Templates     map[text.Lang]string  // of the text for a RIS, where the reader changed it
	Learner       string                // whose answers are counted in teaching
	Windows       map[string][2]float64 // width and centre of presets changed by the reader, by id
	Attention     *leak.Attention       // limits changed by the reader; nil for the program's
	NoNames       bool                  // recent studies are listed without the patients' names
	Cohort        string                // the results opened last
	FirstRun      bool                  // nothing was chosen yet
	Watched       string                // the folder watched for new studies; empty for none
	Width, Height int                   // of the window, dp; 0 before it was resized
}

// DefaultSettings are those of a first run.
func DefaultSettings(l text.Lang) Settings {
	return Settings{Lang: l, Scale: 100, Rail: true, Panel: true, PanelDP: 404}
}

// State is all that the window shows.
type State struct {
	Settings    Settings
	Workspace   Workspace
	Overlay     Overlay
	Problems    bool        // the problems list takes the place of the results
	Anonymous   bool        // names are not shown
	MeasureList bool        // the list of measures takes the place of the results
	Asking      string      // id of the action whose new shortcut is asked for
	Draft       Draft       // a measure being drawn
	Room        image.Point // for views, dp; zero before the first frame
	Narrow      bool        // the window is so narrow that the panel lies over the views
	Single      bool        // and beside the panel there is room for one view only, which is then the focused one

	Browser    Browser
	Arrived    []Arrival // in the watched folder, the newest first
	Study      *Study    // nil until one is opened
	Loaded     [2]Loaded
	Result     *assess.Result // nil until analysed
	Took       time.Duration  // of the analysis
	Failure    string         // why the last analysis gave no result; empty otherwise
	Reading    Reading
	Work       Work    // corrections, key images, comment
	Session    Session // how the work is kept
	Types      bool    // the list of leak types is open
	ReportView ReportView
	Objects    Objects     // files of others over the images
	Fixing     Fixing      // of a vertebra, by hand
	Memory     MemoryShort // what MemoryDialog asks about
	Run        Run
	Header     Header
	Lesson     Lesson

	Cohort Cohort

	Jobs  []Job
	Toast Toast

	history  history
	grouping time.Time // when series were joined or split last
	early    early
	typed    typedLevel
	asked    []assess.Edit // that Result has, or that are being computed
	// incoming is a session file that waits for its images.
	incoming *session.State
}

// Loaded is the volume of a role.
type Loaded struct {
	Series int // index in Study.Series, -1 for none
	Volume *volume.Volume
}

// New returns the state of a window in which nothing is open.
func New(s Settings) *State {
	st := &State{Settings: s, Reading: newReading(), ReportView: ReportView{Left: []export.Section{export.Parameters}}}
	st.Reading.Layout = s.Layout
	st.Loaded = [2]Loaded{{Series: -1}, {Series: -1}}
	if s.FirstRun {
		st.Overlay = FirstRun
	}
	return st
}

// Toast is a message that stays for five seconds.
type Toast struct {
	Text  string
	Until time.Time
	Undo  bool // what it tells of can be taken back in it
}

// ToastTime is how long a message stays.
const ToastTime = 5 * time.Second
