package assess

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// smallLeakML is below which the volume of a leak is given with care.
const smallLeakML = unit.ML(0.02)

// noteLeaks says of every leak of the report what its numbers do not: it is called when the ids are settled.
func (r *run) noteLeaks() {
	for _, l := range r.leaks.Leaks {
		if len(r.opt.Levels) > 0 && !slices.Contains(r.opt.Levels, l.Level) {
			continue
		}
		if l.VolumeML < smallLeakML {
			r.sink.Add(diag.CodeLeakSmall, l.Level, diag.Args{"id": l.ID})
		}
		if r.reachesHole(l) {
			r.sink.Add(diag.CodeLeakAcrossGap, l.Level, diag.Args{"id": l.ID})
		}
		if l.Rival != "" {
			r.sink.Add(diag.CodeLeakCompartmentUnsure, l.Level, diag.Args{"id": l.ID, "a": within[l.Compartment], "b": within[l.Rival]})
		}
	}
}

// within names compartments inside a sentence.
var within = map[anatomy.Compartment]diag.Words{
	anatomy.Canal:             {EN: "the canal", FR: "dans le canal"},
	anatomy.Foramen:           {EN: "the foramen", FR: "dans le foramen"},
	anatomy.DiscSuperior:      {EN: "the disc above", FR: "dans le disque sus-jacent"},
	anatomy.DiscInferior:      {EN: "the disc below", FR: "dans le disque sous-jacent"},
	anatomy.ParavertebralVein: {EN: "a paravertebral vein", FR: "dans une veine paravertébrale"},
	anatomy.SoftTissue:        {EN: "the soft tissue", FR: "dans les parties molles"},
	anatomy.NeedleTrack:       {EN: "the needle track", FR: "sur le trajet du trocart"},
	anatomy.Distant:           {EN: "a distant place", FR: "à distance"},
}

// heightChangeMM is from which a body counts as changed in height between the scans: heights of the same body on two phantom scans
// differ by less than a millimetre.
const heightChangeMM = 2.0

// noteHeight tells of a body whose height changed between the scans, in front or behind: in the middle a sunken endplate is easily followed
// on one scan and bridged on the other.
func (r *run) noteHeight(v *spine.Vertebra) {
	if v.Before == nil {
		return
	}
	most := float64(v.Heights.Anterior - v.Before.Anterior)
	if d := float64(v.Heights.Posterior - v.Before.Posterior); math.Abs(d) > math.Abs(most) {
		most = d
	}
	if math.Abs(most) >= heightChangeMM {
		r.sink.Add(diag.CodeHeightChanged, v.Level, diag.Args{"x": diag.Num{X: most, Decimals: 1}})
	}
}
