package cohort

import (
	"cmp"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/assess"
)

// matchMM is how far the centres of one leak may lie apart in two readings: long veins are seen to different lengths.
const matchMM = 12

// cluster is one leak as the readings see it; nil where a reading does not have it, read where it has the case at all.
type cluster struct {
	id    string
	leaks []*assess.Leak
	read  []bool
}

// clusterAll matches the leaks of the readings, case by case: of the same level, nearest centres first; without centres, of the same
// compartment.
func clusterAll(c *Cohort, readings []*Reading) (out []cluster) {
	for _, x := range c.Cases {
		read := make([]bool, len(readings))
		n := 0
		for j, r := range readings {
			if r.Reports[x.ID] != nil {
				read[j] = true
				n++
			}
		}
		if n < 2 {
			continue
		}
		var list []cluster
		for j, r := range readings {
			if !read[j] {
				continue
			}
			list = join(list, r.Reports[x.ID].Leaks, j, x.ID, read)
		}
		out = append(out, list...)
	}
	return out
}

// join adds the leaks of reading j to the clusters of a case.
func join(list []cluster, leaks []assess.Leak, j int, id string, read []bool) []cluster {
	type match struct {
		far        float64
		leak, into int
	}
	var near []match
	for i := range leaks {
		for n, c := range list {
			if far := c.distance(&leaks[i]); far <= matchMM {
				near = append(near, match{far, i, n})
			}
		}
	}
	slices.SortStableFunc(near, func(a, b match) int { return cmp.Compare(a.far, b.far) })
	placed := make([]bool, len(leaks))
	for _, m := range near {
		if !placed[m.leak] && list[m.into].leaks[j] == nil {
			list[m.into].leaks[j], placed[m.leak] = &leaks[m.leak], true
		}
	}
	for i := range leaks {
		if !placed[i] {
			c := cluster{id: id, leaks: make([]*assess.Leak, len(read)), read: read}
			c.leaks[j] = &leaks[i]
			list = append(list, c)
		}
	}
	return list
}

// distance is the least from a leak to those of the cluster, infinite for another level.
func (c *cluster) distance(k *assess.Leak) float64 {
	least := math.Inf(1)
	for _, x := range c.leaks {
		if x == nil || x.Level != k.Level {
			continue
		}
		d := 0.0
		for i := range x.CentroidLPS {
			d += (x.CentroidLPS[i] - k.CentroidLPS[i]) * (x.CentroidLPS[i] - k.CentroidLPS[i])
		}
		switch {
		case !math.IsNaN(d):
			least = min(least, math.Sqrt(d))
		case x.Compartment == k.Compartment: // one of them has no centre
			least = min(least, matchMM)
		}
	}
	return least
}
