package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/ui/i18n"
)

// AnalyseFrom analyses from the body that the crosshair stands in, under the
// name that the reader gives it: where the vertebrae were not found, or are all
// wrongly named.
type AnalyseFrom struct {
	Name string
	Now  time.Time
}

func (m AnalyseFrom) apply(s *State) []Effect {
	level, err := anatomy.ParseLevel(m.Name)
	if err != nil {
		return Say{i18n.RenameRefused.In(s.Settings.Lang), m.Now}.apply(s)
	}
	s.Overlay = NoOverlay
	effects := StartAnalysis{m.Now}.apply(s)
	for i, e := range effects {
		if a, ok := e.(Analyse); ok {
			a.Seeds = []vertebra.Seed{{Level: level, Point: s.CursorIn(PostSlot)}}
			effects[i] = a
		}
	}
	return effects
}

// Lost reports whether an analysis came to its end without a vertebra.
func (s *State) Lost() bool {
	return s.Failure != "" || s.Result != nil && s.Result.Upto == "" && len(s.Result.Report.Vertebrae) == 0
}

// seedAction asks for the name of the body at the crosshair.
func seedAction() Action {
	return Action{ID: "analyse-from", Label: i18n.SeedFrom, Sense: i18n.SeedFromSense, Group: i18n.Finding, Icon: "vert", Blocked: notBlind(needsPost), Msg: fixed(SetOverlay{SeedDialog})}
}
