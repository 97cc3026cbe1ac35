package model

import (
	"cmp"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/stats"
	"github.com/vertefill/vertefill/ui/i18n"
)

// RowState is how far a line of the cohort can be trusted.
type RowState int

// The states.
const (
	RowGood     RowState = iota
	RowSigned            // a reader has signed the case
	RowCheck             // a warning about this vertebra or its case
	RowWithheld          // its numbers do not count
	RowFailed            // the case could not be measured
	RowPending           // it was not measured yet
)

// CohortRow is a vertebra of a case, or a case that could not be measured.
type CohortRow struct {
	Case     string
	Level    anatomy.Level // none for a case without numbers
	Treated  bool
	BodyML   float64
	CementML float64
	Fill     float64     // 0..1
	Interval *[2]float64 // of the fill; nil when there is none
	Leaks    []CohortLeak
	LeakML   float64
	SliceMM  float64
	State    RowState
	Why      string   // in the words of the report
	Values   []string // of the covariates
	paths    cohort.Inputs
	at       [3]float64
}

// CohortLeak is a leak of a row.
type CohortLeak struct {
	Compartment anatomy.Compartment
	ML          float64
	At          [3]float64
}

// Column is a column of the table, by which it can be sorted.
type Column int

// The columns.
const (
	ByCase Column = iota
	ByLevel
	ByBody
	ByCement
	ByFill
	ByLeak
	ByState
)

// CohortFilter says which rows are shown.
type CohortFilter struct {
	Treated bool
	Leaking bool
	Check   bool // warnings, withheld and failed ones
	Thin    bool // slices of at most thinMM
	Signed  bool
	Words   string
	Chosen  map[int]int // of a covariate, the choice; replaced, never changed in place
}

// thinMM is the largest distance of slices of a thin series.
const thinMM = 1.25

// Cohort is the workspace of many cases.
type Cohort struct {
	Path       string // of the results
	Source     string // folder or table of the cases; empty when only the results are known
	Covariates []Covariate
	Choosing   bool // another cohort is being chosen
	Running    CohortProgress
	Check      CohortCheck

	Rows    []CohortRow
	Cases   int
	Filter  CohortFilter
	Sort    Column
	Falling bool
	Shown   []int // rows in their order
	Chosen  int   // index in Rows; -1 for none
	Pairs   *CohortPairs
	Pairing bool // a second reading is being chosen
	goal    *cohortGoal
}

// CohortPairs are the fills of another reading beside those of the cohort.
type CohortPairs struct {
	Name string
	Path string
	Fill map[string]float64 // 0..1, by case and level as cohort.SpotKey has it
}

// cohortGoal is what a case is opened for.
type cohortGoal struct {
	path  string
	level anatomy.Level
	leak  bool
	at    [3]float64
}

// The effects of the cohort.
type (
	// ReadCohort reads results and answers with CohortRead.
	ReadCohort struct{ Path string }
	// ReadPairs reads another reading of the cohort and answers with PairsRead.
	ReadPairs struct{ Path, Cohort string }
	// SaveCohort writes the rows shown and says where.
	SaveCohort struct{ CSV string }
)

func (ReadCohort) effect() {}
func (ReadPairs) effect()  {}
func (SaveCohort) effect() {}

// ShowCohort opens the workspace.
type ShowCohort struct{}

func (ShowCohort) apply(s *State) []Effect {
	SetWorkspace{CohortPlace}.apply(s)
	return nil
}

// OpenCohort reads the results of cohort run in a folder.
type OpenCohort struct {
	Path string
	Now  time.Time
}

func (m OpenCohort) apply(s *State) []Effect {
	path := strings.TrimSpace(m.Path)
	if path == "" {
		return nil
	}
	ShowCohort{}.apply(s)
	s.startJob(CohortJob, m.Now)
	return []Effect{ReadCohort{path}}
}

// CohortRead is the answer to ReadCohort.
type CohortRead struct {
	Path       string // of the results
	Source     string
	Rows       []CohortRow
	Covariates []Covariate
	Cases      int
	Error      string
	Now        time.Time
}

func (m CohortRead) apply(s *State) []Effect {
	s.endJob(CohortJob)
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	s.endJob(CheckJob)
	s.endJob(CohortRunning)
	s.Cohort = Cohort{Path: m.Path, Source: m.Source, Covariates: m.Covariates, Rows: m.Rows, Cases: m.Cases, Chosen: -1, Filter: CohortFilter{Treated: true}}
	s.Cohort.arrange()
	s.Settings.Cohort = cmp.Or(m.Source, m.Path)
	return []Effect{SaveSettings{}, StopJob{CheckJob}, StopJob{CohortRunning}}
}

// SetCohort changes what of the table is shown and in which order.
type SetCohort struct{ Change func(*Cohort) }

func (m SetCohort) apply(s *State) []Effect {
	m.Change(&s.Cohort)
	s.Cohort.arrange()
	return nil
}

// SortCohort sorts by a column, once more the other way round.
type SortCohort struct{ By Column }

func (m SortCohort) apply(s *State) []Effect {
	c := &s.Cohort
	if c.Sort == m.By {
		c.Falling = !c.Falling
	} else {
		c.Sort, c.Falling = m.By, m.By >= ByBody // the largest first
	}
	c.arrange()
	return nil
}

// keeps reports whether a row passes the filter.
func (f CohortFilter) keeps(r *CohortRow, words []string) bool {
	switch {
	case f.Treated && !r.Treated && r.State < RowFailed,
		f.Leaking && len(r.Leaks) == 0,
		f.Check && (r.State <= RowSigned || r.State == RowPending),
		f.Signed && r.State != RowSigned,
		f.Thin && !(r.SliceMM > 0 && r.SliceMM <= thinMM+1e-9):
		return false
	}
	for _, w := range words {
		if !strings.Contains(strings.ToLower(r.Case+" "+r.Level.String()+" "+strings.Join(r.Values, " ")), w) {
			return false
		}
	}
	return true
}

// Flags are the filters that are on or off, in the order of their menu.
func (f CohortFilter) Flags() [5]bool {
	return [5]bool{f.Treated, f.Leaking, f.Check, f.Thin, f.Signed}
}

// Count is how many filters are on.
func (f CohortFilter) Count() (n int) {
	for _, on := range f.Flags() {
		if on {
			n++
		}
	}
	return n + len(f.Chosen)
}

// arrange makes Shown anew: a slice of its own, so that plots know when it changed.
func (c *Cohort) arrange() {
	words := strings.Fields(strings.ToLower(c.Filter.Words))
	shown := make([]int, 0, len(c.Rows))
	for i := range c.Rows {
		if c.Filter.keeps(&c.Rows[i], words) && c.chosen(&c.Rows[i]) {
			shown = append(shown, i)
		}
	}
	by := func(a, b int) int {
		x, y := &c.Rows[a], &c.Rows[b]
		switch c.Sort {
		case ByLevel:
			return cmp.Compare(x.Level, y.Level)
		case ByBody:
			return cmp.Compare(x.BodyML, y.BodyML)
		case ByCement:
			return cmp.Compare(x.CementML, y.CementML)
		case ByFill:
			return cmp.Compare(x.Fill, y.Fill)
		case ByLeak:
			return cmp.Compare(x.LeakML, y.LeakML)
		case ByState:
			return cmp.Compare(x.State, y.State)
		}
		return strings.Compare(x.Case, y.Case)
	}
	slices.SortStableFunc(shown, func(a, b int) int {
		n := by(a, b)
		if c.Falling {
			n = -n
		}
		return cmp.Or(n, a-b)
	})
	c.Shown = shown
}

// ChooseRow marks a row.
type ChooseRow struct{ Row int }

func (m ChooseRow) apply(s *State) []Effect { s.Cohort.Chosen = m.Row; return nil }

// OpenRow opens the case of a row at its finding: the largest leak of that vertebra, else its body.
type OpenRow struct {
	Row int
	Now time.Time
}

func (m OpenRow) apply(s *State) []Effect {
	c := &s.Cohort
	if m.Row < 0 || m.Row >= len(c.Rows) {
		return nil
	}
	c.Chosen = m.Row
	r := &c.Rows[m.Row]
	path := casePath(r.paths)
	if path == "" {
		return Say{i18n.CaseImagesGone.In(s.Settings.Lang, "case", r.Case), m.Now}.apply(s)
	}
	goal := &cohortGoal{path: path, level: r.Level, at: r.at}
	largest := 0.0
	for _, l := range r.Leaks {
		if l.ML > largest {
			largest, goal.at, goal.leak = l.ML, l.At, true
		}
	}
	effects := Preview{Path: path, Row: -1, Now: m.Now}.apply(s)
	c.goal = goal
	return effects
}

// casePath is the folder or file that holds all images of a case.
func casePath(in cohort.Inputs) string {
	if in.Study != "" {
		return in.Study
	}
	path := ""
	for _, p := range append([]string{in.Post, in.Pre}, in.Fluoro...) {
		switch {
		case p == "":
		case path == "":
			path = p
		default:
			path = commonFolder(path, p)
		}
	}
	return path
}

// commonFolder is the deepest folder that holds both paths.
func commonFolder(a, b string) string {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return strings.Join(x[:n], "/")
}

// goOn opens the case that was scanned for a row of the cohort.
func (s *State) goOn(study *Study, now time.Time) []Effect {
	g := s.Cohort.goal
	if g == nil || g.path != study.Path || study.Partial {
		return nil
	}
	return OpenStudy{Analyse: true, Now: now}.apply(s)
}

// arrive shows the finding that a case was opened for: its place as soon as the images are there, the finding itself when it is
// measured.
func (s *State) arrive(measured bool) {
	g := s.Cohort.goal
	if g == nil || s.Study == nil || s.Study.Path != g.path {
		return
	}
	if !measured {
		if v := s.Loaded[PostSlot].Volume; v != nil && g.at != [3]float64{} {
			x := v.Grid.Voxel(place(g.at))
			if x.X >= 0 && x.Y >= 0 && x.Z >= 0 && x.X <= float64(v.NX-1) && x.Y <= float64(v.NY-1) && x.Z <= float64(v.NZ-1) {
				s.goTo(place(g.at))
			}
		}
		return
	}
	s.Cohort.goal = nil
	best, least := 0, math.Inf(1)
	for _, l := range s.leaks() {
		if d := place(l.CentroidLPS).Dist(place(g.at)); g.leak && l.Level == g.level && d < least {
			best, least = l.ID, d
		}
	}
	if best != 0 {
		GoToLeak{best}.apply(s)
		return
	}
	GoToLevel{g.level}.apply(s)
}

func place(p [3]float64) geom.Patient { return geom.LPS(p[0], p[1], p[2]) }

// ChoosePairs opens the choice of another reading, or closes it.
type ChoosePairs struct{ On bool }

func (m ChoosePairs) apply(s *State) []Effect {
	ShowCohort{}.apply(s)
	s.Cohort.Choosing, s.Cohort.Pairing = false, m.On
	if m.On {
		return []Effect{ListFolder{s.Browser.Dir}}
	}
	return nil
}

// OpenPairs reads another reading of the cohort: results of another run, or the sessions of a reader.
type OpenPairs struct {
	Path string
	Now  time.Time
}

func (m OpenPairs) apply(s *State) []Effect {
	path := strings.TrimSpace(m.Path)
	if path == "" || len(s.Cohort.Rows) == 0 {
		return nil
	}
	s.startJob(CohortJob, m.Now)
	return []Effect{ReadPairs{path, s.Cohort.Path}}
}

// PairsRead is the answer to ReadPairs.
type PairsRead struct {
	Cohort string
	Pairs  *CohortPairs
	Error  string
	Now    time.Time
}

func (m PairsRead) apply(s *State) []Effect {
	if m.Cohort != s.Cohort.Path {
		return nil // another cohort was opened meanwhile
	}
	s.endJob(CohortJob)
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	s.Cohort.Pairs, s.Cohort.Pairing = m.Pairs, false
	return nil
}

// Twice is a vertebra in both readings, in points of per cent.
type Twice struct {
	Row              int
	Mean, Difference float64
}

// Agreement pairs the rows shown with the other reading; the error says why there are no limits.
func (c *Cohort) Agreement() (pairs []Twice, limits stats.BlandAltman, icc *stats.ICC, err error) {
	if c.Pairs == nil {
		return nil, limits, nil, nil
	}
	var a, b []float64
	for _, i := range c.Shown {
		r := &c.Rows[i]
		other, ok := c.Pairs.Fill[cohort.SpotKey(r.Case, r.Level)]
		if !ok || r.State >= RowWithheld || r.Level == anatomy.None {
			continue
		}
		a, b = append(a, 100*r.Fill), append(b, 100*other)
		pairs = append(pairs, Twice{i, 50 * (r.Fill + other), 100 * (other - r.Fill)})
	}
	if limits, err = stats.NewBlandAltman(a, b); err != nil {
		return pairs, limits, nil, err
	}
	table := make([][]float64, len(a))
	for i := range a {
		table[i] = []float64{a[i], b[i]}
	}
	if x, err := stats.NewICC(table); err == nil {
		icc = &x
	}
	return pairs, limits, icc, nil
}

// CohortCSV is the table of the rows shown, full precision, empty where nothing is known.
func (c *Cohort) CohortCSV(comma rune) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = comma
	f := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	head := []string{"case", "level", "treated", "bodyVolumeMl", "cementInBodyMl", "fillRatio", "fillLow", "fillHigh", "leaks", "leakVolumeMl", "sliceMm", "state", "why"}
	for _, x := range c.Covariates {
		head = append(head, x.Name)
	}
	rows := [][]string{head}
	for _, i := range c.Shown {
		r := &c.Rows[i]
		line := make([]string, len(head))
		copy(line[13:], r.Values)
		line[0], line[11], line[12] = r.Case, [...]string{"good", "signed", "check", "withheld", "failed", "pending"}[r.State], r.Why
		if r.Level != anatomy.None {
			line[1], line[2], line[3], line[4], line[9], line[10] = r.Level.String(), strconv.FormatBool(r.Treated), f(r.BodyML), f(r.CementML), f(r.LeakML), f(r.SliceMM)
			if r.State != RowWithheld {
				line[5] = f(r.Fill)
				if r.Interval != nil {
					line[6], line[7] = f(r.Interval[0]), f(r.Interval[1])
				}
			}
			var leaks []string
			for _, l := range r.Leaks {
				leaks = append(leaks, string(l.Compartment))
			}
			line[8] = strings.Join(leaks, " ")
		}
		rows = append(rows, line)
	}
	_ = w.WriteAll(rows) // a builder takes everything
	return b.String()
}

// CohortRows makes the lines of the table from what was measured.
func CohortRows(list []cohort.Outcome) (rows []CohortRow) {
	for n := range list {
		o := &list[n]
		if o.Report == nil {
			r := CohortRow{Case: o.Case.ID, State: RowFailed, Why: o.Reason(), Values: o.Case.Covariates, paths: o.Record.Inputs}
			if o.Record.Status == cohort.Pending {
				r.State, r.paths = RowPending, o.Case.Inputs()
			}
			rows = append(rows, r)
			continue
		}
		slice := 0.0
		if p := o.Report.Inputs.Post; p != nil {
			if mm := p.Geometry.SpacingMM; len(mm) == 3 {
				slice = mm[2]
			}
		}
		for i := range o.Report.Vertebrae {
			v := &o.Report.Vertebrae[i]
			r := CohortRow{Case: o.Case.ID, Level: v.Level, Treated: v.Treated, BodyML: v.BodyVolumeML, CementML: v.CementInBodyML, Fill: v.FillRatio, SliceMM: slice, Values: o.Case.Covariates, paths: o.Record.Inputs, at: v.CentroidLPS}
			if v.FillRatioInterval != nil {
				r.Interval = &[2]float64{v.FillRatioInterval[0], v.FillRatioInterval[1]}
			}
			for _, l := range o.Report.Leaks {
				if l.Level == v.Level {
					r.Leaks = append(r.Leaks, CohortLeak{l.Compartment, l.VolumeML, l.CentroidLPS})
					r.LeakML += l.VolumeML
				}
			}
			for _, q := range o.Report.Quality {
				if q.Level != v.Level {
					continue
				}
				state := RowGood
				switch q.Severity {
				case diag.Error:
					state = RowWithheld
				case diag.Warn:
					state = RowCheck
				}
				if state > r.State {
					r.State, r.Why = state, q.Message
				}
			}
			rows = append(rows, r)
		}
	}
	return rows
}

// cohortActions are those of the workspace of many cases.
func cohortActions() []Action {
	T := i18n.CohortTab
	open := func(s *State) (i18n.Text, bool) { return i18n.NoCohort, len(s.Cohort.Rows) == 0 }
	filter := func(change func(*CohortFilter)) func(*State, time.Time) Msg {
		return fixed(SetCohort{func(c *Cohort) { change(&c.Filter) }})
	}
	return []Action{
		{ID: "cohort", Label: i18n.CohortTab, Group: T, Icon: "table", Keys: ctrl("5"), Msg: fixed(ShowCohort{})},
		{ID: "cohort-treated", Label: i18n.TreatedLevels, Group: T, Icon: "filter", Blocked: open, Msg: filter(func(f *CohortFilter) { f.Treated = !f.Treated })},
		{ID: "cohort-leaking", Label: i18n.WithLeak, Group: T, Icon: "filter", Blocked: open, Msg: filter(func(f *CohortFilter) { f.Leaking = !f.Leaking })},
		{ID: "cohort-check", Label: i18n.ToCheck, Group: T, Icon: "filter", Blocked: open, Msg: filter(func(f *CohortFilter) { f.Check = !f.Check })},
		{ID: "cohort-signed", Label: i18n.SignedRows, Group: T, Icon: "filter", Blocked: open, Msg: filter(func(f *CohortFilter) { f.Signed = !f.Signed })},
		{ID: "cohort-thin", Label: i18n.ThinSlices, Group: T, Icon: "filter", Blocked: open, Msg: filter(func(f *CohortFilter) { f.Thin = !f.Thin })},
		{ID: "cohort-second", Label: i18n.ChooseReading, Group: T, Icon: "folder", Blocked: open, Msg: fixed(ChoosePairs{true})},
		{ID: "cohort-csv", Label: i18n.SaveRows, Group: T, Icon: "export", Blocked: open, Msg: func(s *State, _ time.Time) Msg { return Do{SaveCohort{s.Cohort.CohortCSV(',')}} }},
		{ID: "cohort-copy", Label: i18n.CopyRows, Group: T, Icon: "table", Blocked: open, Msg: func(s *State, _ time.Time) Msg { return Do{Copy{s.Cohort.CohortCSV('\t')}} }},
		{ID: "cohort-case", Label: i18n.OpenCaseOf, Group: T, Icon: "folder", Blocked: func(s *State) (i18n.Text, bool) {
			return i18n.NoRowChosen, s.Cohort.Chosen < 0 || s.Cohort.Chosen >= len(s.Cohort.Rows)
		}, Msg: func(s *State, now time.Time) Msg { return OpenRow{s.Cohort.Chosen, now} }},
	}
}
