package exchange

import (
	"io"
	"math"

	"github.com/vertefill/vertefill/internal/dicomio"
)

// Measurements is a report of measurements on images (PS3.16 TID 1500): groups of numbers and statements about one thing each.
type Measurements struct {
	Title    Code
	Language string // RFC 5646, such as "en"
	Observer string // what measured: the program
	Reader   string // who looked at it; empty for nobody
	Draft    bool   // nobody signed it
	Groups   []Group
	Comments []Remark

	// Identity of the object that was read; empty before writing.
	Origin *dicomio.Origin
	Images []Ref // of the image library and of the groups
}

// Group is all that is said about one thing: a vertebra, a leak, a tumour (TID 1411, and TID 1501 without a region).
type Group struct {
	TrackingID  string
	TrackingUID string
	Finding     Code
	Site        Code
	Side        Code
	Method      Code
	Segment     Ref    // of a segmentation, with its number; zero when there is none
	Source      string // Series Instance UID of the images that were segmented
	Numbers     []Number
	Statements  []Statement
	Points      []Point
}

// Number is one measurement. Low and High bound it where an uncertainty was given, else they are NaN.
type Number struct {
	Name       Code
	Value      float64 // NaN when the report gives none
	Unit       Code
	Derivation Code // such as mean or maximum
	Method     Code
	Modifiers  []Code // values of further modifiers, such as a finding site of its own
	Low, High  float64
	Why        Code // why there is no value
}

// Statement is a name with a code or a text.
type Statement struct {
	Name Code
	Code Code
	Text string
}

// Point is a named place in the patient, mm.
type Point struct {
	Name Code
	LPS  [3]float64
}

// Remark is a sentence about the whole, with a machine-readable word for it.
type Remark struct {
	Name       Code
	Text       string
	Statements []Statement
}

// MeasurementReport names the template.
var MeasurementReport = dcm("126000", "Imaging Measurement Report")

var (
	groupName         = dcm("125007", "Measurement Group")
	measurementsName  = dcm("126010", "Imaging Measurements")
	libraryName       = dcm("111028", "Image Library")
	libraryGroupName  = dcm("126200", "Image Library Group")
	trackingName      = dcm("112039", "Tracking Identifier")
	trackingUIDName   = dcm("112040", "Tracking Unique Identifier")
	segmentName       = dcm("121191", "Referenced Segment")
	sourceSeriesName  = dcm("121232", "Source series for segmentation")
	languageName      = dcm("121049", "Language of Content Item and Descendants")
	observerTypeName  = dcm("121005", "Observer Type")
	deviceUIDName     = dcm("121012", "Device Observer UID")
	deviceName        = dcm("121013", "Device Observer Name")
	deviceMakerName   = dcm("121014", "Device Observer Manufacturer")
	deviceModelName   = dcm("121015", "Device Observer Model Name")
	personName        = dcm("121008", "Person Observer Name")
	procedureName     = dcm("121058", "Procedure reported")
	languages         = map[string]string{"en": "English", "fr": "French"}
	uncertaintyDigits = 1e9
)

const reportName = "measurements"

// WriteMeasurements writes the report as a Comprehensive 3D SR.
func (m Maker) WriteMeasurements(w io.Writer, r *Measurements) error {
	k := kind{classComprehensive3, "SR", "Vertefill measurements", 7002, 1, reportName}
	root := container(MeasurementReport, "1500",
		code(HasModifier, languageName, Code{r.Language, "RFC5646", languages[r.Language]}),
		code(HasContext, observerTypeName, dcm("121007", "Device")),
		uidRef(HasContext, deviceUIDName, m.UID("device")),
		words(HasContext, deviceName, r.Observer),
		words(HasContext, deviceMakerName, "Vertefill"),
		words(HasContext, deviceModelName, "Vertefill "+m.Version),
	)
	if r.Reader != "" {
		root.Items = append(root.Items, code(HasContext, observerTypeName, dcm("121006", "Person")), Item{Relation: HasContext, Type: "PNAME", Name: personName, Text: r.Reader})
	}
	root.Items = append(root.Items,
		code(HasModifier, procedureName, Code{"25045-6", "LN", "CT unspecified body region"}),
		m.library(),
	)
	list := container(measurementsName, "")
	var others []Evidence
	for _, g := range r.Groups {
		list.Items = append(list.Items, m.groupItem(g))
		if g.Segment.Instance != "" && len(others) == 0 {
			others = append(others, Evidence{m.UID("series", "SEG", "Vertefill segmentation"), Ref{Class: g.Segment.Class, Instance: g.Segment.Instance}})
		}
	}
	root.Items = append(root.Items, list)
	for _, c := range r.Comments {
		it := words(Contains, c.Name, c.Text)
		for _, s := range c.Statements {
			it.Items = append(it.Items, s.item(HasProperties))
		}
		root.Items = append(root.Items, it)
	}
	return m.writeTree(w, k, r.Draft, root, others)
}

// library lists the images that were measured (TID 1600).
func (m Maker) library() Item {
	g := container(libraryGroupName, "", code(HasAcquired, dcm("121139", "Modality"), dcm("CT", "Computed Tomography")))
	for n, ref := range m.Origin.Images {
		if n > 0 && ref.Instance == m.Origin.Images[n-1].Instance {
			continue
		}
		g.Items = append(g.Items, Item{Relation: Contains, Type: "IMAGE", Ref: Ref{Class: ref.Class, Instance: ref.Instance}})
	}
	return container(libraryName, "1600", g)
}

func (m Maker) groupItem(g Group) Item {
	template := "1501"
	if g.Segment.Instance != "" {
		template = "1411"
	}
	it := container(groupName, template, words(HasContext, trackingName, g.TrackingID), uidRef(HasContext, trackingUIDName, m.TrackingUID(g.TrackingID)))
	add := func(items ...Item) { it.Items = append(it.Items, items...) }
	if !g.Finding.IsZero() {
		add(code(Contains, Finding, g.Finding))
	}
	if g.Segment.Instance != "" {
		add(Item{Relation: Contains, Type: "IMAGE", Name: segmentName, Ref: g.Segment}, uidRef(Contains, sourceSeriesName, m.Origin.SeriesUID))
	}
	if !g.Method.IsZero() {
		add(code(HasModifier, Method, g.Method))
	}
	if !g.Site.IsZero() {
		site := code(HasModifier, FindingSite, g.Site)
		if !g.Side.IsZero() {
			site.Items = []Item{code(HasModifier, Laterality, g.Side)}
		}
		add(site)
	}
	for _, n := range g.Numbers {
		add(n.item())
	}
	for _, s := range g.Statements {
		add(s.item(Contains))
	}
	for _, p := range g.Points {
		add(Item{Relation: Contains, Type: "SCOORD3D", Name: p.Name, Graphic: Graphic{"POINT", [][]float64{p.LPS[:]}, m.frameOfReference().Text(0x00200052)}})
	}
	return it
}

func (n Number) item() Item {
	it := number(Contains, n.Name, n.Value, n.Unit)
	it.Why = n.Why
	if !n.Derivation.IsZero() {
		it.Items = append(it.Items, code(HasModifier, Derivation, n.Derivation))
	}
	if !n.Method.IsZero() {
		it.Items = append(it.Items, code(HasModifier, Method, n.Method))
	}
	if !math.IsNaN(n.Low) && !math.IsNaN(n.High) && (n.Low != 0 || n.High != 0) {
		// Differences of decimals, cleaned of binary noise: adding them gives the very bounds back.
		it.Items = append(it.Items, number(HasProperties, aboveValue, clean(n.High-n.Value), n.Unit), number(HasProperties, belowValue, clean(n.Value-n.Low), n.Unit))
	}
	return it
}

func (s Statement) item(r Relation) Item {
	if !s.Code.IsZero() {
		return code(r, s.Name, s.Code)
	}
	return words(r, s.Name, s.Text)
}

func clean(x float64) float64 { return math.Round(x*uncertaintyDigits) / uncertaintyDigits }
