package assess_test

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
)

// bands are the classes of leak size.
var bands = []string{"0.10 mL and more", "0.05-0.10 mL", "0.02-0.05 mL", "0.01-0.02 mL"}

func size(ml float64) string {
	switch {
	case ml >= 0.1:
		return bands[0]
	case ml >= 0.05:
		return bands[1]
	case ml >= 0.02:
		return bands[2]
	}
	return bands[3]
}

func leakRow(band, slices, pre string) string {
	return fmt.Sprintf("leaks of %s found, slices %s, %s", band, slices, pre)
}

// tallyOf sums a band over the classes of slices: leaks found and there, pieces right and made.
func (s *score) tallyOf(band string) (found, there, right, made int) {
	for _, c := range sliceClasses {
		for _, p := range []string{"with pre", "without"} {
			n := s.counts[leakRow(band, c, p)]
			found, there = found+n[0], there+n[1]
		}
	}
	n := s.counts["pieces of "+band+" that are right"]
	return found, there, n[0], n[1]
}

// addLeaks pairs leaks by their voxels: a leak is found when a fifth of its volume lies in leaks of ours, and one of ours is right
// when a quarter of its voxels lie in or next to a true leak. Leaks below 0.01 mL are not asked for.
func (s *score) addLeaks(c *phantom.Case, r *assess.Result, slices string) (lines []string) {
	pre := "with pre"
	if c.Pre == nil {
		pre = "without"
	}
	hit := map[int]float64{} // mL of ours in each true leak
	claimed := map[int]map[int]float64{}
	for n, l := range r.Leaks {
		at := map[int]float64{}
		for _, v := range l.Voxels {
			p := c.Post.Patient(geom.Vox(float64(v.I), float64(v.J), float64(v.K)))
			if id := leakAt(c.Truth, p); id > 0 {
				at[id] += float64(c.Post.VoxelVolume(v.K).ML())
			}
		}
		total, best, bestML := float64(len(l.Voxels))*float64(c.Post.VoxelVolume(0).ML()), 0, 0.0
		for id, ml := range at {
			hit[id] += ml
			if claimed[id] == nil {
				claimed[id] = map[int]float64{}
			}
			claimed[id][n] += ml
			if ml > bestML {
				best, bestML = id, ml
			}
		}
		line := r.Report.Leaks[n]
		right := best > 0 && bestML > 0.25*total
		s.count("pieces of "+size(line.VolumeML)+" that are right", right)
		if !right {
			lines = append(lines, fmt.Sprintf("  false leak: %s %s %.3f mL", line.Level, line.Compartment, line.VolumeML))
		}
	}
	for _, l := range c.Truth.Leaks {
		if l.VolumeML < 0.01 {
			continue
		}
		found := hit[l.ID] >= 0.2*l.VolumeML
		s.count(leakRow(size(l.VolumeML), slices, pre), found)
		if !found {
			lines = append(lines, fmt.Sprintf("  missed leak: %s %s %.3f mL", l.Level, l.Compartment, l.VolumeML))
			continue
		}
		lines = append(lines, s.addFound(l, r, claimed[l.ID], pre))
	}
	for _, v := range c.Truth.Vertebrae {
		if len(v.LeakIDs) == 0 {
			wrong := false
			for n, l := range r.Report.Leaks {
				wrong = wrong || l.Level == v.Level && !claims(claimed, n)
			}
			s.count("false leaks at leak-free vertebrae", wrong)
		}
	}
	return lines
}

// addFound compares a true leak with the pieces of ours that lie in it; mL of each by its place in the report.
func (s *score) addFound(l phantom.Leak, r *assess.Result, pieces map[int]float64, pre string) string {
	sum, main, mainML := 0.0, 0, 0.0
	for n, ml := range pieces {
		sum += r.Report.Leaks[n].VolumeML
		if ml > mainML {
			main, mainML = n, ml
		}
	}
	got := r.Report.Leaks[main]
	e := 100 * (sum/l.VolumeML - 1)
	line := fmt.Sprintf("  leak: %s %s %.3f mL, ours %.3f (%+.0f %%)", l.Level, l.Compartment, l.VolumeML, sum, e)
	if l.VolumeML >= 0.1 {
		s.row("leak volume from 0.10 mL, %", e)
		s.row(fmt.Sprintf("  %s, %%", pre), e)
	} else if l.VolumeML >= 0.02 {
		s.row("leak volume of 0.02-0.10 mL, %", e)
		s.row("leak volume of 0.02-0.10 mL, mL", sum-l.VolumeML)
	}
	if len(pieces) == 1 {
		s.interval("leak", got.VolumeIntervalML, l.VolumeML)
	}
	s.count("level of found leaks right", got.Level == l.Level)
	if got.Level != l.Level {
		line += fmt.Sprintf(", at %s", got.Level)
	}
	if l.VolumeML >= 0.02 {
		s.count("compartment of found leaks from 0.02 mL right", got.Compartment == l.Compartment)
		nerve := func(c anatomy.Compartment) bool { return c == anatomy.Canal || c == anatomy.Foramen }
		s.count("canal and foramen against the rest", nerve(got.Compartment) == nerve(l.Compartment) && (!nerve(l.Compartment) || got.Compartment == l.Compartment))
		if got.Compartment != l.Compartment {
			line += fmt.Sprintf(", called %s", got.Compartment)
		}
	}
	if l.CanalEncroachmentMM != nil && got.CanalEncroachmentMM != nil {
		mm, share := *got.CanalEncroachmentMM-*l.CanalEncroachmentMM, 100*(*got.CanalEncroachmentFraction-*l.CanalEncroachmentFraction)
		s.row("canal encroachment, mm", mm)
		s.row("canal encroachment, points of area", share)
		line += fmt.Sprintf(", narrows the canal by %.2f mm (%+.2f), %.1f %% (%+.1f)", *l.CanalEncroachmentMM, mm, 100**l.CanalEncroachmentFraction, share)
	}
	return line
}

func claims(claimed map[int]map[int]float64, n int) bool {
	for _, m := range claimed {
		if m[n] > 0 {
			return true
		}
	}
	return false
}

// leakAt returns the true leak at p or half a millimetre from it: voxel centres of a thin sheet lie beside it.
func leakAt(t *phantom.Truth, p geom.Patient) int {
	for _, d := range []geom.PatientVec{{}, geom.LPSVec(0.5, 0, 0), geom.LPSVec(-0.5, 0, 0), geom.LPSVec(0, 0.5, 0), geom.LPSVec(0, -0.5, 0), geom.LPSVec(0, 0, 0.5), geom.LPSVec(0, 0, -0.5)} {
		if _, id := t.NewCement(p.Add(d)); id > 0 {
			return id
		}
	}
	return 0
}
