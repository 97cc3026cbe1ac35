package model

import (
	"fmt"
	"strings"
)

// TableTSV returns the results as tab-separated values with full precision:
// machine form, decimal points, one line per vertebra.
func (s *State) TableTSV() string {
	if s.Result == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("level\tbody_mL\tcement_mL\tprior_cement_mL\tfill_ratio\tleak_mL\n")
	for _, v := range s.Result.Report.Vertebrae {
		fmt.Fprintf(&b, "%s\t%g\t%g\t%g\t%g\t%g\n", v.Level, v.BodyVolumeML, v.CementInBodyML, v.PriorCementML, v.FillRatio, s.LeakML(v.LeakIDs))
	}
	return b.String()
}

// LeakML sums the volumes of leaks.
func (s *State) LeakML(ids []int) float64 {
	sum := 0.0
	for _, l := range s.leaks() {
		for _, id := range ids {
			if l.ID == id {
				sum += l.VolumeML
			}
		}
	}
	return sum
}
