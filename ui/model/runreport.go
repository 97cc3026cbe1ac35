package model

import (
	"github.com/vertefill/vertefill/internal/assess"
)

// reported is the result as the report tells it: with the run measured on it, the reader's lines and calibration included.
func (s *State) reported() *assess.Result {
	x := &s.Run.Injection
	if s.Result == nil || x.Shown == nil || x.of.ct != s.Result {
		return s.Result
	}
	if x.told == nil || x.toldOf != x.Shown {
		x.told, x.toldOf = s.Result.WithRuns([]assess.FluoroResult{*x.Shown}, x.Found.Findings, s.Settings.Lang), x.Shown
	}
	return x.told
}
