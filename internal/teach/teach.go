// Package teach holds what a lesson is made of, without a window: cases with a reference and what is to be learned from them, the
// questions of the quiz, how answers are judged, and the scores of learners, which stay on the machine. Images are DICOM as everywhere;
// the package measures nothing. A case never holds an identity: making one goes through package deid.
package teach

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/text"
)

// Words is a text in both languages.
type Words struct {
	EN string `json:"en"`
	FR string `json:"fr"`
}

// In returns the text in the language, or in the other where the teacher wrote in one only.
func (w Words) In(l text.Lang) string {
	if l == text.French && w.FR != "" || w.EN == "" {
		return w.FR
	}
	return w.EN
}

// half reports whether the text is there in one language only.
func (w Words) half() bool { return (w.EN == "") != (w.FR == "") }

// Case is one teaching case: what the learner sees before answering, and what is shown after.
type Case struct {
	ID         string    `json:"id"`
	Title      Words     `json:"title"`
	History    Words     `json:"history"`
	Points     []Words   `json:"points"`     // what is to be learned
	Difficulty int       `json:"difficulty"` // 1 easy to 3 hard
	Source     string    `json:"source"`     // "phantom": the reference is exact by construction; "reader": read and signed
	Reference  Reference `json:"reference"`
	Steps      []Step    `json:"steps,omitempty"` // of the guided tour
	// Images are the series of the case by UID; empty for phantoms, whose folders say it.
	Images session.Study `json:"images,omitzero"`
}

// Untranslated lists the texts that are there in one language only: title, history, point 2, step 3.
func (c *Case) Untranslated() (out []string) {
	add := func(name string, list ...Words) {
		if slices.ContainsFunc(list, Words.half) {
			out = append(out, name)
		}
	}
	add("title", c.Title)
	add("history", c.History)
	for i, p := range c.Points {
		add(fmt.Sprint("point ", i+1), p)
	}
	for i, s := range c.Steps {
		list := []Words{s.Title, s.Text}
		for _, a := range s.Arrows {
			list = append(list, a.Text)
		}
		add(fmt.Sprint("step ", i+1), list...)
	}
	return out
}

// Reference is what the case holds.
type Reference struct {
	Treated []Treated `json:"treated"`
	Leaks   []Leak    `json:"leaks"`
	// Prior are the levels with cement from before.
	Prior []anatomy.Level `json:"prior,omitempty"`
}

// Treated is the fill of one level.
type Treated struct {
	Level    anatomy.Level    `json:"level"`
	Fill     float64          `json:"fill"` // 0..1, old and new cement
	Interval *assess.Interval `json:"interval,omitempty"`
	BodyML   float64          `json:"bodyMl,omitempty"`
}

// Leak is one leak of the reference.
type Leak struct {
	ID          int                 `json:"id"`
	Level       anatomy.Level       `json:"level"`
	Compartment anatomy.Compartment `json:"compartment"`
	Type        anatomy.LeakType    `json:"type"`
	Side        anatomy.Side        `json:"side"`
	VolumeML    float64             `json:"volumeMl"`
	At          [3]float64          `json:"at"` // LPS mm
	// How far it narrows the canal, of leaks into it: depth, and share of the area in the narrowest slice.
	CanalMM       *float64 `json:"canalMm,omitempty"`
	CanalFraction *float64 `json:"canalFraction,omitempty"`
}

// leastLeakML is the least leak that a learner is asked for: smaller ones are hard to see for anybody.
const leastLeakML = 0.03

// FromTruth is the reference of a phantom.
func FromTruth(t *phantom.Truth) Reference {
	r := Reference{Leaks: []Leak{}}
	for _, v := range t.Vertebrae {
		if v.Treated {
			r.Treated = append(r.Treated, Treated{Level: v.Level, Fill: v.FillRatio, BodyML: v.BodyVolumeML})
		}
		if v.PriorCementML > 0 {
			r.Prior = append(r.Prior, v.Level)
		}
	}
	for _, l := range t.Leaks {
		if l.VolumeML >= leastLeakML {
			r.Leaks = append(r.Leaks, Leak{ID: l.ID, Level: l.Level, Compartment: l.Compartment, Type: l.Type, Side: l.Side, VolumeML: l.VolumeML, At: l.CentroidLPS, CanalMM: l.CanalEncroachmentMM, CanalFraction: l.CanalEncroachmentFraction})
		}
	}
	return r
}

// FromReport is the reference of a case that a reader has signed.
func FromReport(r *assess.Report) Reference {
	out := Reference{Leaks: []Leak{}}
	for _, v := range r.Vertebrae {
		if v.Treated {
			out.Treated = append(out.Treated, Treated{Level: v.Level, Fill: v.FillRatio, Interval: v.FillRatioInterval, BodyML: v.BodyVolumeML})
		}
		if v.PriorCementML > 0 {
			out.Prior = append(out.Prior, v.Level)
		}
	}
	for _, l := range r.Leaks {
		if l.VolumeML >= leastLeakML {
			out.Leaks = append(out.Leaks, Leak{ID: l.ID, Level: l.Level, Compartment: l.Compartment, Type: l.Type, Side: l.Side, VolumeML: l.VolumeML, At: l.CentroidLPS, CanalMM: l.CanalEncroachmentMM, CanalFraction: l.CanalEncroachmentFraction})
		}
	}
	return out
}

// ErrCase is wrapped by every error that says why a case cannot be used.
var ErrCase = errors.New("not a usable teaching case")

// Check refuses a case that could not be played.
func (c *Case) Check() error {
	missing := ""
	switch {
	case c.ID == "":
		missing = "name"
	case c.Title == Words{}:
		missing = "title"
	case c.Difficulty < 1 || c.Difficulty > 3:
		missing = "difficulty of 1 to 3"
	case len(c.Reference.Treated) == 0:
		missing = "treated level in its reference"
	}
	if missing != "" {
		return fmt.Errorf("teach: %w: %q has no %s", ErrCase, c.ID, missing)
	}
	for _, t := range c.Reference.Treated {
		if !t.Level.Valid() || !(t.Fill >= 0 && t.Fill <= 1) {
			return fmt.Errorf("teach: %w: %q: fill of %s", ErrCase, c.ID, t.Level)
		}
	}
	for _, l := range c.Reference.Leaks {
		if !slices.Contains(anatomy.Compartments, l.Compartment) {
			return fmt.Errorf("teach: %w: %q: compartment %q", ErrCase, c.ID, l.Compartment)
		}
	}
	for i, s := range c.Steps {
		if err := s.check(); err != nil {
			return fmt.Errorf("teach: %w: %q: step %d: %w", ErrCase, c.ID, i+1, err)
		}
	}
	return nil
}
