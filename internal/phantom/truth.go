package phantom

import (
	"math"
	"sync"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// Truth is what is in the patient after the procedure, in the words of the report. Volumes are mL, lengths mm, positions patient LPS.
type Truth struct {
	Seed      uint64     `json:"seed"`
	Vertebrae []Vertebra `json:"vertebrae"` // the complete ones, from head to foot
	Leaks     []Leak     `json:"leaks"`
	Totals    Totals     `json:"totals"`
	Fluoro    []RunTruth `json:"fluoro,omitempty"` // of the runs written with the case

	patient   *patient
	spineOnce sync.Once
	spine     *spine.Spine
	post      *volume.Grid
	moved     bool // there is a scan before
}

// Vertebra is the truth about one vertebra.
type Vertebra struct {
	Level             anatomy.Level `json:"level"`
	Treated           bool          `json:"treated"`
	CentroidLPS       [3]float64    `json:"centroidLps"`
	BodyVolumeML      float64       `json:"bodyVolumeMl"`
	CementInBodyML    float64       `json:"cementInBodyMl"`
	PriorCementML     float64       `json:"priorCementMl"`
	CementInPedicleML float64       `json:"cementInPedicleMl"`
	FillRatio         float64       `json:"fillRatio"`
	HeightsMM         Heights       `json:"heightsMm"`
	WedgeAngleDegrees float64       `json:"wedgeAngleDegrees"`
	Deformity         Deformity     `json:"deformity,omitempty"`
	GenantGrade       int           `json:"genantGrade"`
	LeakIDs           []int         `json:"leakIds"`
	PlateauHU         float64       `json:"plateauHu,omitempty"` // of the cement in it
	// PatientPostFromPatientPre is the true motion of the vertebra, 4x4, row-major; absent without a pre CT.
	PatientPostFromPatientPre []float64 `json:"patientPostFromPatientPre,omitempty"`
}

// Heights of a body about its mid-sagittal plane, medians over 6 mm: the longest chord between the endplates in the front fifth, at the
// middle, and in the rear fifth, along the axis that halves the angle between the endplates.
type Heights struct {
	Anterior  float64 `json:"anterior"`
	Middle    float64 `json:"middle"`
	Posterior float64 `json:"posterior"`
}

// Leak is the truth about one leak.
type Leak struct {
	ID                        int                 `json:"id"`
	Level                     anatomy.Level       `json:"level"`
	Compartment               anatomy.Compartment `json:"compartment"`
	Type                      anatomy.LeakType    `json:"type"`
	Side                      anatomy.Side        `json:"side"`
	VolumeML                  float64             `json:"volumeMl"`
	CentroidLPS               [3]float64          `json:"centroidLps"`
	LengthMM                  float64             `json:"lengthMm"`
	ReachMM                   float64             `json:"reachMm"` // farthest distance from the body surface
	CanalEncroachmentMM       *float64            `json:"canalEncroachmentMm,omitempty"`
	CanalEncroachmentFraction *float64            `json:"canalEncroachmentFraction,omitempty"`
}

// Totals sums over the case.
type Totals struct {
	NewCementML   float64 `json:"newCementMl"`
	InBodyML      float64 `json:"inBodyMl"`
	InPedicleML   float64 `json:"inPedicleMl"`
	LeakML        float64 `json:"leakMl"`
	PriorCementML float64 `json:"priorCementMl"`
}

// Lattice steps of the integration near surfaces, in mm.
const (
	cementLeafMM = 0.15
	leakLeafMM   = 0.1
)

// truth measures the patient as seen by the scans.
func (p *patient) truth(post, pre *volume.Volume) *Truth {
	t := &Truth{Seed: p.seed, patient: p, post: post.Grid, moved: pre != nil, Leaks: []Leak{}}
	for i := p.first; i <= p.last; i++ {
		t.Vertebrae = append(t.Vertebrae, p.vertebraTruth(i, pre != nil))
	}
	for _, d := range p.deposits {
		v := &t.Vertebrae[p.index(d.on.level)-p.first]
		t.addDeposit(v, d)
	}
	for i := range t.Vertebrae {
		v := &t.Vertebrae[i]
		v.FillRatio = (v.CementInBodyML + v.PriorCementML) / v.BodyVolumeML
		t.Totals.InBodyML += v.CementInBodyML
		t.Totals.InPedicleML += v.CementInPedicleML
		t.Totals.PriorCementML += v.PriorCementML
	}
	for _, l := range t.Leaks {
		t.Totals.LeakML += l.VolumeML
	}
	t.Totals.NewCementML = t.Totals.InBodyML + t.Totals.InPedicleML + t.Totals.LeakML
	return t
}

func (p *patient) vertebraTruth(i int, moved bool) Vertebra {
	v := p.vertebrae[i]
	ruler := newRuler(v.body)
	upper, lower := ruler.tilts()
	out := Vertebra{Level: v.level, BodyVolumeML: v.bodyMM3 / 1000, CentroidLPS: array(p.post[i].Apply(v.centroid)), HeightsMM: ruler.heights(),
		WedgeAngleDegrees: (upper - lower) * 180 / math.Pi, Deformity: v.deform, GenantGrade: v.grade, LeakIDs: []int{}}
	if moved {
		m := geom.Compose(p.post[i], p.pre[i].MustInverse())
		a := m.Matrix()
		out.PatientPostFromPatientPre = a[:]
	}
	return out
}

func array(p geom.Patient) [3]float64 { return [3]float64{p.X, p.Y, p.Z} }

// addDeposit measures the cement of one injection: in the body, in the arch, and each leak.
func (t *Truth) addDeposit(v *Vertebra, d *deposit) {
	on := d.on
	v.PlateauHU = d.plateau
	inBody, _ := measure(d.lo, d.hi, cementLeafMM, steepness, func(p geom.Body) float64 {
		if c := d.at(p); c > 0 {
			return c
		} else {
			return max(c, on.bodyAt(p), -t.metalAt(on, p))
		}
	})
	if d.prior {
		v.PriorCementML += inBody / 1000
		return
	}
	v.Treated = true
	v.CementInBodyML += inBody / 1000
	if len(d.leaks) == 0 {
		return
	}
	inArch, _ := measure(d.lo, d.hi, cementLeafMM, steepness, func(p geom.Body) float64 {
		c := d.at(p)
		if c < 0 {
			c = max(c, on.archAt(p), -on.bodyAt(p), -t.metalAt(on, p))
		}
		return c
	})
	v.CementInPedicleML += inArch / 1000
	for n, l := range d.leaks {
		if l.outside == nil {
			continue
		}
		l.id = len(t.Leaks) + 1
		t.Leaks = append(t.Leaks, t.leakTruth(d, n))
		v.LeakIDs = append(v.LeakIDs, l.id)
	}
}

// metalAt is the distance to the metal in a vertebra, outside positive: what it takes the place of is no cement.
func (t *Truth) metalAt(on *vertebra, p geom.Body) float64 {
	d := math.Inf(1)
	for _, m := range t.patient.trocars {
		if m.on.level == on.level {
			d = min(d, m.rod.at(p))
		}
	}
	return d
}

// NewCement returns what holds at a position of the post CT: the class of new or prior cement or metal, zero for none, and the id of
// the leak for leaked cement. It follows the implicit surfaces, below any voxel size.
func (t *Truth) NewCement(p geom.Patient) (class anatomy.CementClass, leakID int) {
	for _, m := range t.patient.trocars {
		q := t.patient.sees.vertebrae[t.patient.index(m.on.level)].bodyFromPatient.Apply(p)
		if m.rod.at(q) < 0 {
			return anatomy.Metal, 0
		}
	}
	for _, d := range t.patient.deposits {
		on := t.patient.sees.vertebrae[t.patient.index(d.on.level)]
		if class, id := d.classAt(on.bodyFromPatient.Apply(p)); class != 0 {
			return class, id
		}
	}
	return 0, 0
}

// classAt says what of the deposit holds at p.
func (d *deposit) classAt(p geom.Body) (anatomy.CementClass, int) {
	switch {
	case d.at(p) >= 0:
		return 0, 0
	case d.prior:
		return anatomy.CementPrior, 0
	case d.on.bodyAt(p) < 0:
		return anatomy.CementInBody, 0
	case d.on.archAt(p) < 0:
		return anatomy.CementInPedicle, 0
	}
	for n, l := range d.leaks {
		if l.id > 0 && d.leakAt(n, p) < 0 {
			return anatomy.CementLeaked, l.id
		}
	}
	return anatomy.CementInBody, 0 // a rounding error outside the surface
}

// PostFromPre returns the true motion of each complete vertebra; nil without a pre CT.
func (t *Truth) PostFromPre() map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame] {
	if !t.moved {
		return nil
	}
	out := map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame]{}
	for i := t.patient.first; i <= t.patient.last; i++ {
		out[t.patient.vertebrae[i].level] = geom.Compose(t.patient.post[i], t.patient.pre[i].MustInverse())
	}
	return out
}
