package model

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
)

// ReportView is the workspace of the report.
type ReportView struct {
	Paper     export.Page
	Identity  Identity
	Left      []export.Section // not on the page
	Proof     Proof
	NotesRead bool // the reader has read the quality notes
	Images    int  // how many key images the report has
	drawn     *export.Pictures
	of        *assess.Result // that the pictures show
	lang      text.Lang
	own       []KeyImage
}

// The effects of the report.
type (
	// MakePictures draws the key images and answers with PicturesMade.
	MakePictures struct {
		Result *assess.Result
		Lang   text.Lang
		Own    []KeyImage // kept by the reader
		Loaded [2]Loaded
	}
	// WriteReport writes the report's files and says where.
	WriteReport struct {
		Result  *assess.Result
		Options export.Options
		Own     []KeyImage
		Loaded  [2]Loaded
		// Removed says that nothing written may lead back to the patient.
		Removed bool
	}
)

func (MakePictures) effect() {}
func (WriteReport) effect()  {}

// ShowReport opens the workspace of the report.
type ShowReport struct{}

func (ShowReport) apply(s *State) []Effect {
	if s.Result != nil && s.Result.Upto == "" {
		s.Workspace = Report
	}
	return nil
}

// pictures asks for the key images of the page when they are out of date, and
// lets them go when the page is left.
func (s *State) pictures() []Effect {
	v := &s.ReportView
	if s.Workspace != Report {
		v.drawn, v.of = nil, nil
		return nil
	}
	if s.Result == nil || v.of == s.Result && v.lang == s.Settings.Lang && sameSlice(v.own, s.Work.Keys) {
		return nil
	}
	if v.of != s.Result {
		v.NotesRead = false
	}
	v.of, v.lang, v.own = s.Result, s.Settings.Lang, s.Work.Keys
	return []Effect{MakePictures{s.Result, s.Settings.Lang, s.Work.Keys, s.Loaded}}
}

// PicturesMade is the answer to MakePictures.
type PicturesMade struct {
	Result   *assess.Result
	Pictures *export.Pictures // those of the reader first
}

func (m PicturesMade) apply(s *State) []Effect {
	if m.Result == s.ReportView.of {
		s.ReportView.drawn, s.ReportView.Images = m.Pictures, len(m.Pictures.Key)
	}
	return nil
}

// SetReportView changes paper and identity.
type SetReportView struct{ Change func(*ReportView) }

func (m SetReportView) apply(s *State) []Effect { m.Change(&s.ReportView); return nil }

// SetComment changes the reader's comment.
type SetComment struct{ To string }

func (m SetComment) apply(s *State) []Effect {
	s.Work.Comment = m.To
	return nil
}

// SetReader changes the reader's name, which is remembered.
type SetReader struct{ To string }

func (m SetReader) apply(s *State) []Effect {
	s.Settings.Reader = m.To
	return []Effect{SaveSettings{}}
}

// Version is the number of the report's version: of the one signed, or of the
// draft after it.
func (s *State) Version() (n int, draft bool) {
	n = len(s.Session.Signed)
	if n > 0 && !s.changed() {
		return n, false
	}
	return n + 1, true
}

// changed reports whether something of the report differs from what was signed
// last.
func (s *State) changed() bool {
	n := len(s.Session.Signed)
	return n == 0 || s.Session.Changed || s.Session.Signed[n-1].Comment != s.Work.Comment
}

// SignBlocked says why the report cannot be signed now; which leak is in the
// way is level and name.
func (s *State) SignBlocked() (why i18n.Text, which string, blocked bool) {
	switch open := s.Undecided(); {
	case s.Result == nil || s.Result.Upto != "":
		return i18n.NotYet, "", true
	case s.Session.ReadOnly:
		return i18n.ReadOnly, "", true
	case len(open) > 0:
		return i18n.SignNeedsLeak, open[0].Level.String() + " " + strings.ToLower(i18n.LeakName(open[0].Compartment).In(s.Settings.Lang)), true
	case s.Settings.Reader == "":
		return i18n.SignNeedsName, "", true
	case !s.changed():
		return i18n.SignedAlready, "", true
	}
	return i18n.Text{}, "", false
}

// Sign freezes a version of the report under the reader's name.
type Sign struct{ Now time.Time }

func (m Sign) apply(s *State) []Effect {
	if _, _, blocked := s.SignBlocked(); blocked {
		return nil
	}
	report, err := json.Marshal(s.reported().Report)
	if err != nil {
		return Say{i18n.NotCorrected.In(s.Settings.Lang, "why", err.Error()), m.Now}.apply(s)
	}
	x := &s.Session
	x.Signed = append(x.Signed[:len(x.Signed):len(x.Signed)], session.Signature{
		Version: len(x.Signed) + 1, Reader: s.Settings.Reader, At: m.Now.UTC().Truncate(time.Second), Comment: s.Work.Comment, Report: report})
	x.Changed = false
	return nil
}

// Export writes the report's files; formats are those beyond the contract's.
type Export struct{ Formats []export.Format }

func (m Export) apply(s *State) []Effect {
	if s.Result == nil {
		return nil
	}
	s.startJob(ExportJob, time.Time{})
	return []Effect{WriteReport{s.reported(), s.ExportOptions(m.Formats), s.Work.Keys, s.Loaded, s.ReportView.Identity == IdentityRemoved}}
}

// ExportOptions are what the files say about patient and reader.
func (s *State) ExportOptions(formats []export.Format) export.Options {
	o := export.Options{Lang: s.Settings.Lang, Page: s.ReportView.Paper, Formats: formats, Without: s.ReportView.Left, TextTemplate: s.Settings.Templates[s.Settings.Lang]}
	if s.Study != nil && s.ReportView.Identity == IdentityFull && !s.Anonymous {
		p := s.Study.Patient
		o.Study = export.Study{Patient: p.Name, ID: p.ID, BirthDate: p.Birth, Sex: p.Sex}
		if i := s.Loaded[PostSlot].Series; i >= 0 && i < len(s.Study.Series) {
			o.Study.Date, o.Study.Time = s.Study.Series[i].Date, s.Study.Series[i].Time
		}
	}
	n, draft := s.Version()
	o.SignOff = export.SignOff{Reader: s.Settings.Reader, Comment: s.Work.Comment, Version: n}
	if !draft {
		x := s.Session.Signed[n-1]
		o.SignOff.Reader, o.SignOff.Signed = x.Reader, x.At.Local().Format("2006-01-02 15:04")
	}
	return o
}

// ExportDone ends the writing.
type ExportDone struct {
	Path  string
	Error string
	Now   time.Time
}

func (m ExportDone) apply(s *State) []Effect {
	s.endJob(ExportJob)
	lang := s.Settings.Lang
	if m.Error != "" {
		return Say{i18n.ExportFailed.In(lang, "why", m.Error), m.Now}.apply(s)
	}
	return Say{i18n.Exported.In(lang, "path", m.Path), m.Now}.apply(s)
}

// reportActions are those of the report.
func reportActions() []Action {
	signable := func(s *State) (i18n.Text, bool) {
		why, _, blocked := s.SignBlocked()
		return why, blocked
	}
	write := func(f ...export.Format) func(*State, time.Time) Msg { return fixed(Export{f}) }
	G := i18n.Report
	return []Action{
		{ID: "report", Label: i18n.Report, Group: G, Icon: "report", Keys: []Key{{Name: "P", Ctrl: true}, {Name: "4", Ctrl: true}}, Blocked: needsFull, Msg: fixed(ShowReport{})},
		{ID: "sign", Label: i18n.SignReport, Group: G, Icon: "sign", Keys: ctrl("⏎"), Blocked: signable, Msg: func(_ *State, now time.Time) Msg { return Sign{now} }},
		{ID: "export", Label: i18n.ExportAll, Group: G, Icon: "export", Sense: i18n.ExportSense, Keys: ctrl("E"), Blocked: needsFull, Msg: write()},
		{ID: "export-html", Label: i18n.ExportHTML, Group: G, Icon: "export", Blocked: needsFull, Msg: write(export.HTML)},
		{ID: "export-text", Label: i18n.ExportText, Group: G, Icon: "report", Blocked: needsFull, Msg: write(export.Text)},
		{ID: "export-dicom", Label: i18n.ExportDICOM, Group: G, Icon: "export", Sense: i18n.ExportDICOMSense, Blocked: needsFull, Msg: write(export.DICOM)},
		{ID: "export-every", Label: i18n.ExportEvery, Group: G, Icon: "export", Sense: i18n.ExportEverySense, Blocked: needsFull, Msg: write(export.Formats...)},
		{ID: "copy-text", Label: i18n.CopyText, Group: G, Icon: "report", Sense: i18n.CopyTextSense, Blocked: needsFull, Msg: func(_ *State, now time.Time) Msg { return CopyText{now} }},
	}
}
