package model

import "maps"

// SetSplit changes the share of the first column and row of an arrangement of
// views, for later runs too.
type SetSplit struct {
	Key   string
	Ratio [2]float32
}

func (m SetSplit) apply(s *State) []Effect {
	splits := maps.Clone(s.Settings.Splits)
	if splits == nil {
		splits = map[string][2]float32{}
	}
	splits[m.Key] = m.Ratio
	s.Settings.Splits = splits
	return []Effect{SaveSettings{}}
}
