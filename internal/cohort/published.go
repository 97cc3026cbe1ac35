package cohort

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/stats"
)

// Place is a row of the table of leaks: any of them, or those of one region.
type Place string

// The rows. Published series do not tell the disc above from the disc below.
const (
	AnyCase      Place = "case" // of cases with a treated vertebra
	AnyVertebra  Place = "any"  // of treated vertebrae, as all that follow
	InDisc       Place = "disc"
	InCanal      Place = Place(anatomy.Canal)
	InForamen    Place = Place(anatomy.Foramen)
	InVein       Place = Place(anatomy.ParavertebralVein)
	InSoftTissue Place = Place(anatomy.SoftTissue)
	InTrack      Place = Place(anatomy.NeedleTrack)
	Distantly    Place = Place(anatomy.Distant)
)

// Places lists the rows in their order.
var Places = []Place{AnyCase, AnyVertebra, InCanal, InForamen, InDisc, InVein, InSoftTissue, InTrack, Distantly}

// placeOf tells the row of a compartment.
func placeOf(c anatomy.Compartment) Place {
	if c == anatomy.DiscSuperior || c == anatomy.DiscInferior {
		return InDisc
	}
	return Place(c)
}

// unit is what a published share is a share of.
type unit string

// The denominators of published series.
const (
	ofVertebrae unit = "vertebrae"
	ofPatients  unit = "patients"
	ofChestCTs  unit = "chest CTs"
	asPrinted   unit = "" // the abstract does not say
)

// figure is one published share in per cent; the interval is NaN where none was printed.
type figure struct {
	source    string
	at        Place
	percent   float64
	low, high float64
	of        unit
	n         int       // of that unit, 0: not printed
	note      [2]string // English, French
}

var nan = math.NaN()

// published are frequencies of leaks after vertebroplasty, on CT unless the note says otherwise, as the abstracts print them. Shares
// of leaks rather than of vertebrae or patients are left out: they cannot stand beside ours.
var published = []figure{
	{"Martin 2012", AnyCase, 82, nan, nan, ofPatients, 181, [2]string{}},
	{"Mousavi 2003, J Neurosurg Spine 99:56", AnyVertebra, 87.9, nan, nan, ofVertebrae, 0, [2]string{}},
	{"Venmans 2011, VERTOS II", AnyVertebra, 80, 70, 87, ofVertebrae, 80, [2]string{}},
	{"Trumm 2012", AnyVertebra, 58.6, nan, nan, ofVertebrae, 331, [2]string{"malignancy", "affections malignes"}},
	{"Saad 2022", AnyVertebra, 35.5, nan, nan, asPrinted, 211, [2]string{"of 211", "sur 211"}},
	{"Al-Ali 2009", AnyVertebra, 33, nan, nan, ofVertebrae, 660, [2]string{"radiographs", "radiographies"}},
	{"La Maida 2012", AnyVertebra, 27.7, nan, nan, asPrinted, 0, [2]string{"myeloma", "myélome"}},
	{"Martin 2012", InCanal, 20, nan, nan, asPrinted, 277, [2]string{"epidural; 277 levels", "épidural ; 277 niveaux"}},
	{"CT fluoroscopy 2013, JVIR", InCanal, 7, nan, nan, ofVertebrae, 85, [2]string{"epidural", "épidural"}},
	{"CT fluoroscopy 2013, JVIR", InForamen, 2.3, nan, nan, ofVertebrae, 85, [2]string{}},
	{"Martin 2012", InDisc, 45, nan, nan, asPrinted, 277, [2]string{"through an endplate; 277 levels", "à travers un plateau ; 277 niveaux"}},
	{"CT fluoroscopy 2013, JVIR", InDisc, 22, nan, nan, ofVertebrae, 85, [2]string{}},
	{"Martin 2012", InVein, 18, nan, nan, asPrinted, 277, [2]string{"prevertebral veins; 277 levels", "veines prévertébrales ; 277 niveaux"}},
	{"CT fluoroscopy 2013, JVIR", InVein, 14.1, nan, nan, ofVertebrae, 85, [2]string{"anterior external plexus", "plexus externe antérieur"}},
	{"CT fluoroscopy 2013, JVIR", InVein, 5.8, nan, nan, ofVertebrae, 85, [2]string{"azygos", "azygos"}},
	{"Martin 2012", InSoftTissue, 35, nan, nan, asPrinted, 277, [2]string{"paravertebral; 277 levels", "paravertébral ; 277 niveaux"}},
	{"Luetmer 2011", Distantly, 9.4, nan, nan, ofChestCTs, 244, [2]string{"pulmonary emboli", "embolies pulmonaires"}},
	{"Trumm 2012", Distantly, 7.8, nan, nan, asPrinted, 0, [2]string{"pulmonary emboli; sessions with chest imaging", "embolies pulmonaires ; séances avec imagerie du thorax"}},
	{"Duran 2007", Distantly, 6.8, nan, nan, asPrinted, 0, [2]string{"pulmonary emboli", "embolies pulmonaires"}},
	{"Choe 2004", Distantly, 4.6, nan, nan, asPrinted, 0, [2]string{"pulmonary emboli, radiographs", "embolies pulmonaires, radiographies"}},
	{"Research Square rs-309630", Distantly, 1.9, nan, nan, asPrinted, 1782, [2]string{"pulmonary emboli; of 1782", "embolies pulmonaires ; sur 1782"}},
	{"CT fluoroscopy 2013, JVIR", Distantly, 0, nan, nan, ofVertebrae, 85, [2]string{"pulmonary emboli", "embolies pulmonaires"}},
}

// frequencies counts treated vertebrae, or cases, with a leak in every place.
func frequencies(list []Outcome) map[Place]stats.Proportion {
	count := map[Place]int{}
	vertebrae, cases := 0, 0
	for _, o := range list {
		if o.Report == nil {
			continue
		}
		treated, leaked := false, false
		for _, v := range o.Report.Vertebrae {
			if !v.Treated {
				continue
			}
			treated = true
			vertebrae++
			seen := map[Place]bool{}
			for _, l := range o.Report.Leaks {
				if l.Level == v.Level {
					seen[placeOf(l.Compartment)], seen[AnyVertebra] = true, true
				}
			}
			leaked = leaked || seen[AnyVertebra]
			for p := range seen {
				count[p]++
			}
		}
		if treated {
			cases++
		}
		if leaked {
			count[AnyCase]++
		}
	}
	out := map[Place]stats.Proportion{}
	for _, p := range Places {
		n := vertebrae
		if p == AnyCase {
			n = cases
		}
		out[p] = stats.NewProportion(count[p], n)
	}
	return out
}
