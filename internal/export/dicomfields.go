package export

import (
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/exchange"
)

// A field of the report as a measurement: which number of a line it is and under which code and unit it is written. One table serves
// writing and reading, so that what is written comes back.
type field[T any] struct {
	code  exchange.Code // of the standard where it says enough within the group, else private (docs/dicom-codes.md)
	unit  exchange.Code
	value func(*T) **float64 // nil pointers are numbers withheld
	bound func(*T) **assess.Interval
}

func own(value, meaning string) exchange.Code { return exchange.OwnCode(value, meaning) }

// Codes of names and values that only this program knows.
var (
	vertebraFinding = own("VERTEBRA", "Vertebra")
	totalsFinding   = own("TOTALS", "Sums over the study")
	treatedName     = own("TREATED", "New cement in or around this vertebra")
	sourceName      = own("LEVEL-SOURCE", "Where the name of the level comes from")
	midlineName     = own("MIDLINE-CROSSED", "Cement crosses the midline")
	contactName     = own("ENDPLATES", "Endplates that cement touches")
	matrixName      = own("POST-FROM-PRE", "4x4 matrix from pre to post patient coordinates, row by row")
	leaksName       = own("LEAKS", "Leaks of this vertebra")
	centroidName    = own("CENTROID", "Centroid")
	typeName        = own("LEAK-TYPE", "Way the cement went")
	attentionName   = own("ATTENTION", "Attention, a convention of the program")
	siteName        = own("BREACH-SITE", "Part of the vertebra that the cement came through")
	breachName      = own("BREACH", "Where the cement left the vertebra")
	courseName      = own("COURSE", "Point of the middle line of the leak")
	levelName       = own("LEVEL", "Vertebra of the leak")
	remarkName      = own("QUALITY", "Quality note")
	remarkCode      = own("QUALITY-CODE", "Code of the quality note")
	severityName    = own("SEVERITY", "Severity of the quality note")
	midlineSide     = own("MIDLINE", "Midline")
)

func leakCode(c anatomy.Compartment) exchange.Code {
	return own("LEAK-"+strings.ToUpper(compartmentCodes[c]), "Cement leak: "+string(c))
}

// compartmentCodes shortens the compartments to what fits a code value.
var compartmentCodes = map[anatomy.Compartment]string{
	anatomy.Canal: "canal", anatomy.Foramen: "foramen", anatomy.DiscSuperior: "disc-sup", anatomy.DiscInferior: "disc-inf",
	anatomy.ParavertebralVein: "vein", anatomy.SoftTissue: "soft", anatomy.NeedleTrack: "track", anatomy.Distant: "distant",
}

// bodyTracking and leakTracking name findings across the objects of one result.
func bodyTracking(l anatomy.Level) string { return "Vertebra " + l.String() }
func leakTracking(id int) string          { return leakPrefix + strconv.Itoa(id) }

const (
	leakPrefix     = "Leak "
	totalsTracking = "Totals"
)

// at makes the accessor of a number that is always there.
func at[T any](f func(*T) *float64) func(*T) **float64 {
	return func(t *T) **float64 { p := f(t); return &p }
}

type vertebra = assess.Vertebra

var vertebraFields = []field[vertebra]{
	{exchange.Volume, exchange.Millilitre, at(func(v *vertebra) *float64 { return &v.BodyVolumeML }), func(v *vertebra) **assess.Interval { return &v.BodyVolumeIntervalML }},
	{own("CEMENT-VOLUME", "New cement in the body"), exchange.Millilitre, at(func(v *vertebra) *float64 { return &v.CementInBodyML }), func(v *vertebra) **assess.Interval { return &v.CementInBodyIntervalML }},
	{own("PRIOR-VOLUME", "Earlier cement in the body"), exchange.Millilitre, at(func(v *vertebra) *float64 { return &v.PriorCementML }), nil},
	{own("ARCH-VOLUME", "New cement in pedicle or arch bone"), exchange.Millilitre, at(func(v *vertebra) *float64 { return &v.CementInPedicleML }), nil},
	{exchange.Ratio, exchange.RatioUnit, at(func(v *vertebra) *float64 { return &v.FillRatio }), func(v *vertebra) **assess.Interval { return &v.FillRatioInterval }},
	{own("LEVEL-CONF", "Confidence of the level's name"), exchange.RatioUnit, at(func(v *vertebra) *float64 { return &v.LevelConfidence }), nil},
	{own("WEDGE-ANGLE", "Wedge angle"), exchange.Degree, func(v *vertebra) **float64 { return &v.WedgeAngleDegrees }, nil},
	{own("PRE-WEDGE-ANGLE", "Wedge angle before the procedure"), exchange.Degree, func(v *vertebra) **float64 { return &v.PreWedgeAngleDegrees }, nil},
	{own("LOCAL-COBB", "Local Cobb angle, positive in kyphosis"), exchange.Degree, func(v *vertebra) **float64 { return &v.LocalCobbDegrees }, nil},
}

var restorationFields = []field[assess.Restoration]{
	{own("GAIN-ANT", "Anterior height gained"), exchange.Millimetre, at(func(r *assess.Restoration) *float64 { return &r.AnteriorMM }), nil},
	{own("GAIN-MID", "Middle height gained"), exchange.Millimetre, at(func(r *assess.Restoration) *float64 { return &r.MiddleMM }), nil},
	{own("GAIN-POST", "Posterior height gained"), exchange.Millimetre, at(func(r *assess.Restoration) *float64 { return &r.PosteriorMM }), nil},
	{own("RESTORED-ANT", "Anterior height gained of the height lost"), exchange.Percent, func(r *assess.Restoration) **float64 { return &r.AnteriorPercent }, nil},
	{own("RESTORED-MID", "Middle height gained of the height lost"), exchange.Percent, func(r *assess.Restoration) **float64 { return &r.MiddlePercent }, nil},
	{own("RESTORED-POST", "Posterior height gained of the height lost"), exchange.Percent, func(r *assess.Restoration) **float64 { return &r.PosteriorPercent }, nil},
}

var lesionFields = []field[assess.Lesion]{
	{own("LESION-VOLUME", "Outlined lesion in the body"), exchange.Millilitre, at(func(l *assess.Lesion) *float64 { return &l.VolumeML }), nil},
	{own("LESION-CEMENT", "Cement in the outlined lesion"), exchange.Millilitre, at(func(l *assess.Lesion) *float64 { return &l.CementML }), nil},
	{own("LESION-FILL", "Cement in the outlined lesion over its volume"), exchange.RatioUnit, at(func(l *assess.Lesion) *float64 { return &l.FillRatio }), func(l *assess.Lesion) **assess.Interval { return &l.FillRatioInterval }},
}

var distributionFields = []field[assess.Distribution]{
	{own("SHARE-LEFT", "Share of the cement on the left"), exchange.RatioUnit, at(func(d *assess.Distribution) *float64 { return &d.Left }), nil},
	{own("SHARE-RIGHT", "Share of the cement on the right"), exchange.RatioUnit, at(func(d *assess.Distribution) *float64 { return &d.Right }), nil},
	{own("SHARE-ANTERIOR", "Share of the cement in the anterior third"), exchange.RatioUnit, at(func(d *assess.Distribution) *float64 { return &d.Anterior }), nil},
	{own("SHARE-MIDDLE", "Share of the cement in the middle third"), exchange.RatioUnit, at(func(d *assess.Distribution) *float64 { return &d.Middle }), nil},
	{own("SHARE-POSTERIOR", "Share of the cement in the posterior third"), exchange.RatioUnit, at(func(d *assess.Distribution) *float64 { return &d.Posterior }), nil},
}

// heightFields are the heights of a body; prefix tells those before the procedure apart.
func heightFields(prefix, when string) []field[assess.Heights] {
	return []field[assess.Heights]{
		{own(prefix+"HEIGHT-ANT", "Anterior height"+when), exchange.Millimetre, at(func(h *assess.Heights) *float64 { return &h.Anterior }), nil},
		{own(prefix+"HEIGHT-MID", "Middle height"+when), exchange.Millimetre, at(func(h *assess.Heights) *float64 { return &h.Middle }), nil},
		{own(prefix+"HEIGHT-POST", "Posterior height"+when), exchange.Millimetre, at(func(h *assess.Heights) *float64 { return &h.Posterior }), nil},
	}
}

var (
	postHeights = heightFields("", "")
	preHeights  = heightFields("PRE-", " before the procedure")
	residual    = []field[assess.Registration]{
		{own("RESIDUAL", "Residual of the alignment with the pre CT"), exchange.Millimetre, at(func(r *assess.Registration) *float64 { return &r.ResidualMM }), nil},
	}
	genant = own("GENANT", "Genant grade")
)

var leakFields = []field[assess.Leak]{
	{exchange.Volume, exchange.Millilitre, at(func(l *assess.Leak) *float64 { return &l.VolumeML }), func(l *assess.Leak) **assess.Interval { return &l.VolumeIntervalML }},
	{exchange.Length, exchange.Millimetre, at(func(l *assess.Leak) *float64 { return &l.LengthMM }), nil},
	{own("LEAK-REACH", "Farthest distance from the body"), exchange.Millimetre, at(func(l *assess.Leak) *float64 { return &l.ReachMM }), nil},
	{own("CANAL-DEPTH", "Depth into the canal"), exchange.Millimetre, func(l *assess.Leak) **float64 { return &l.CanalEncroachmentMM }, nil},
	{own("CANAL-SHARE", "Share of the canal's section"), exchange.RatioUnit, func(l *assess.Leak) **float64 { return &l.CanalEncroachmentFraction }, nil},
	{own("CANAL-CENTRE", "Least distance from the middle of the canal"), exchange.Millimetre, func(l *assess.Leak) **float64 { return &l.CanalCentreMM }, nil},
	{own("NEXT-ENDPLATE", "Distance from the next vertebral body"), exchange.Millimetre, func(l *assess.Leak) **float64 { return &l.NextEndplateMM }, nil},
	{own("LEAK-DIAMETER", "Diameter of a cylinder of its length and volume"), exchange.Millimetre, at(func(l *assess.Leak) *float64 { return &l.DiameterMM }), nil},
	{own("LEAK-CONF", "Confidence of the classification"), exchange.RatioUnit, at(func(l *assess.Leak) *float64 { return &l.Confidence }), nil},
}

var totalFields = []field[assess.Totals]{
	{own("TOTAL-NEW", "New cement"), exchange.Millilitre, at(func(t *assess.Totals) *float64 { return &t.NewCementML }), nil},
	{own("TOTAL-BODY", "New cement in bodies"), exchange.Millilitre, at(func(t *assess.Totals) *float64 { return &t.InBodyML }), nil},
	{own("TOTAL-ARCH", "New cement in pedicles and arches"), exchange.Millilitre, at(func(t *assess.Totals) *float64 { return &t.InPedicleML }), nil},
	{own("TOTAL-LEAK", "Leaked cement"), exchange.Millilitre, at(func(t *assess.Totals) *float64 { return &t.LeakML }), nil},
	{own("LEAK-SHARE", "Leaked over new cement"), exchange.RatioUnit, at(func(t *assess.Totals) *float64 { return &t.LeakFraction }), nil},
	{own("TOTAL-PRIOR", "Earlier cement"), exchange.Millilitre, at(func(t *assess.Totals) *float64 { return &t.PriorCementML }), nil},
	{own("SATURATED", "Share of cement voxels at the ceiling of the CT scale"), exchange.RatioUnit, at(func(t *assess.Totals) *float64 { return &t.SaturatedFraction }), nil},
}
