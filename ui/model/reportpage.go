package model

import (
	"image"
	"slices"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Identity says how much of the patient's identity leaves with a report.
type Identity int

// The identities.
const (
	IdentityFull    Identity = iota
	IdentityOffPage          // no names on the pages; DICOM objects repeat those of the images
	IdentityRemoved          // nowhere: pseudonym, other UIDs, no dates
)

// Proof is what the workspace of the report shows: the very pages that are
// printed, or the text for a RIS.
type Proof struct {
	AsText   bool
	Template bool    // the template of the text is open
	Page     int     // from 0
	Zoom     int     // per cent; at 100 a point of the page is PointDP dp
	PxPerDP  float64 // of the window, told by the panel

	Shown *image.RGBA // the page, nil until it is drawn
	Pages int         // how many there are
	Text  string      // for the RIS
	Error string      // why there is neither

	asked, made pageKey
}

// PointDP is the size of a point of the page at 100 %: an A4 page is 606 dp
// wide.
const PointDP = 606 / 595.28

// Zooms are the sizes of the page to choose from.
var Zooms = []int{50, 75, 100, 125, 150, 200}

// pageKey is all that a page depends on.
type pageKey struct {
	result         *assess.Result
	pictures       *export.Pictures
	lang           text.Lang
	paper          export.Page
	study          export.Study
	sign           export.SignOff
	left, template string
	asText         bool
	page           int
	scale          float64
}

// MakePage draws a page of the report, or its text, and answers with PageMade.
type MakePage struct {
	Result     *assess.Result
	Options    export.Options
	AsText     bool
	Page       int
	PxPerPoint float64
	key        pageKey
}

func (MakePage) effect() {}

// Made is the answer to the effect.
func (m MakePage) Made(p *image.RGBA, pages int, text string, err error) PageMade {
	out := PageMade{key: m.key, Picture: p, Pages: pages, Text: text}
	if err != nil {
		out.Error = err.Error()
	}
	return out
}

// PageMade is the answer to MakePage.
type PageMade struct {
	Picture *image.RGBA
	Pages   int
	Text    string
	Error   string
	key     pageKey
}

func (m PageMade) apply(s *State) []Effect {
	v := &s.ReportView.Proof
	if m.key != v.asked {
		return nil
	}
	v.made, v.Error = m.key, m.Error
	switch {
	case m.Error != "":
	case m.key.asText:
		v.Text = m.Text
	default:
		v.Shown, v.Pages = m.Picture, m.Pages
		v.Page = max(0, min(v.Page, v.Pages-1))
	}
	return nil
}

// Current reports whether the proof shows the present state of the report.
func (s *State) Current() bool {
	v := &s.ReportView.Proof
	return s.ReportView.drawn != nil && v.made == v.asked && v.asked == s.pageKey()
}

func (s *State) pageKey() pageKey {
	v := &s.ReportView
	o := s.ExportOptions(nil)
	k := pageKey{result: s.reported(), pictures: v.drawn, lang: o.Lang, paper: o.Page, study: o.Study, sign: o.SignOff, asText: v.Proof.AsText, template: o.TextTemplate}
	for _, x := range v.Left {
		k.left += string(x) + " "
	}
	if !k.asText {
		k.page, k.scale = v.Proof.Page, PointDP*float64(v.Proof.zoom())/100*v.Proof.PxPerDP
	}
	return k
}

func (v *Proof) zoom() int {
	if v.Zoom == 0 {
		return 100
	}
	return v.Zoom
}

// page asks for the page when something that it depends on changed.
func (s *State) page() []Effect {
	v := &s.ReportView
	if s.Workspace != Report {
		v.Proof.Shown, v.Proof.asked, v.Proof.made = nil, pageKey{}, pageKey{}
		return nil
	}
	if s.Result == nil || v.drawn == nil || v.Proof.PxPerDP <= 0 {
		return nil
	}
	k := s.pageKey()
	if k == v.Proof.asked {
		return nil
	}
	v.Proof.asked = k
	o := s.ExportOptions(nil)
	o.Pictures = v.drawn
	return []Effect{MakePage{Result: s.reported(), Options: o, AsText: k.asText, Page: k.page, PxPerPoint: k.scale, key: k}}
}

// SetProof changes what the proof shows.
type SetProof struct{ Change func(*Proof) }

func (m SetProof) apply(s *State) []Effect {
	v := &s.ReportView.Proof
	m.Change(v)
	v.Page = max(0, min(v.Page, max(v.Pages, 1)-1))
	if !slices.Contains(Zooms, v.zoom()) {
		v.Zoom = 100
	}
	return nil
}

// ToggleSection puts a section on the page or takes it off.
type ToggleSection struct{ Section export.Section }

func (m ToggleSection) apply(s *State) []Effect {
	v := &s.ReportView
	if i := slices.Index(v.Left, m.Section); i >= 0 {
		v.Left = slices.Delete(slices.Clone(v.Left), i, i+1)
	} else {
		v.Left = append(v.Left[:len(v.Left):len(v.Left)], m.Section)
	}
	return nil
}

// SetTemplate changes the template of the text in the language of the window;
// an empty one is the built-in one. It is remembered.
type SetTemplate struct{ To string }

func (m SetTemplate) apply(s *State) []Effect {
	all := map[text.Lang]string{}
	for l, t := range s.Settings.Templates {
		all[l] = t
	}
	all[s.Settings.Lang] = m.To
	if strings.TrimSpace(m.To) == "" || m.To == export.TextTemplate(s.Settings.Lang) {
		delete(all, s.Settings.Lang)
	}
	s.Settings.Templates = all
	return []Effect{SaveSettings{}}
}

// Template returns the template of the text in the language of the window.
func (s *State) Template() string {
	if t := s.Settings.Templates[s.Settings.Lang]; t != "" {
		return t
	}
	return export.TextTemplate(s.Settings.Lang)
}

// CopyText puts the text for the RIS on the clipboard.
type CopyText struct{ Now time.Time }

func (m CopyText) apply(s *State) []Effect {
	var b strings.Builder
	if s.Result == nil {
		return nil
	}
	o := s.ExportOptions(nil)
	if err := export.RISText(&b, &s.reported().Report, o, o.TextTemplate); err != nil {
		return nil
	}
	return append([]Effect{Copy{Text: b.String()}}, Say{i18n.TextCopied.In(s.Settings.Lang), m.Now}.apply(s)...)
}
