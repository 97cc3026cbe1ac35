package export

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

// randomReport fills every field that the structured report carries, with the decimals of the report; optional ones at times.
func randomReport(r *rand.Rand) *assess.Report {
	num := func(top float64, decimals int) float64 {
		s := math.Pow(10, float64(decimals))
		return math.Round(r.Float64()*top*s) / s
	}
	interval := func(x float64, d int) *assess.Interval {
		if r.IntN(3) == 0 {
			return nil
		}
		s := math.Pow(10, float64(d))
		return &assess.Interval{math.Round(x*0.93*s) / s, math.Round(x*1.11*s) / s}
	}
	some := func(x float64) *float64 {
		if r.IntN(2) == 0 {
			return nil
		}
		return &x
	}
	point := func() [3]float64 { return [3]float64{num(300, 3) - 150, num(300, 3) - 150, -num(1500, 3)} }
	rep := &assess.Report{Schema: assess.Schema, Software: assess.Software{Name: "vertefill", Version: "9.8"}, Vertebrae: []assess.Vertebra{}, Leaks: []assess.Leak{}, Quality: []assess.Quality{}}
	levels := []anatomy.Level{anatomy.C1, anatomy.T9, anatomy.T13, anatomy.L5, anatomy.L6, anatomy.Unknown(3)}
	round3 := func(p [3]float64) [3]float64 {
		for i := range p {
			p[i] = math.Round(p[i]*1000) / 1000
		}
		return p
	}
	for n, l := range levels {
		v := assess.Vertebra{Level: l, LevelSource: anatomy.SourceRibs, LevelConfidence: num(1, 2), Treated: n%2 == 0, CentroidLPS: round3(point()), BodyVolumeML: num(60, 4),
			CementInBodyML: num(9, 4), PriorCementML: num(3, 4), CementInPedicleML: num(1, 4), FillRatio: num(1, 5), LeakIDs: []int{}, WedgeAngleDegrees: some(num(20, 2)),
			PreWedgeAngleDegrees: some(num(20, 2)), LocalCobbDegrees: some(-num(20, 2))}
		v.BodyVolumeIntervalML, v.CementInBodyIntervalML, v.FillRatioInterval = interval(v.BodyVolumeML, 4), interval(v.CementInBodyML, 4), interval(v.FillRatio, 5)
		if r.IntN(2) == 0 {
			v.Distribution = &assess.Distribution{Left: num(1, 4), Right: num(1, 4), Anterior: num(1, 4), Middle: num(1, 4), Posterior: num(1, 4), CrossesMidline: r.IntN(2) == 0, EndplateContact: "both"}
			v.Lesion = &assess.Lesion{VolumeML: num(9, 4), CementML: num(5, 4), FillRatio: num(1, 5)}
			v.Lesion.FillRatioInterval = interval(v.Lesion.FillRatio, 5)
			v.HeightsMM = &assess.Heights{Anterior: num(30, 2), Middle: num(30, 2), Posterior: num(30, 2)}
			v.PreHeightsMM = &assess.Heights{Anterior: num(30, 2), Middle: num(30, 2), Posterior: num(30, 2)}
			grade := r.IntN(4)
			v.GenantGrade = &grade
			v.Restoration = &assess.Restoration{AnteriorMM: num(5, 2), MiddleMM: num(5, 2), PosteriorMM: -num(5, 2), AnteriorPercent: some(num(99, 1)), MiddlePercent: some(num(130, 1)), PosteriorPercent: some(num(60, 1))}
			v.Registration = &assess.Registration{ResidualMM: num(1, 3)}
			for i := range 16 {
				v.Registration.PatientPostFromPatientPre[i] = num(2, 9) - 1
			}
		}
		rep.Vertebrae = append(rep.Vertebrae, v)
	}
	sides := []anatomy.Side{anatomy.Left, anatomy.Right, anatomy.Midline}
	for n, c := range anatomy.Compartments {
		l := assess.Leak{ID: n + 1, Level: levels[n%len(levels)], Compartment: c, Type: anatomy.TypeS, Side: sides[n%3], VolumeML: num(2, 4), CentroidLPS: round3(point()), LengthMM: num(40, 2),
			ReachMM: num(40, 2), CanalEncroachmentMM: some(num(9, 2)), CanalEncroachmentFraction: some(num(1, 4)), Attention: anatomy.AttentionAmber, Confidence: num(1, 2)}
		l.VolumeIntervalML = interval(l.VolumeML, 4)
		l.DiameterMM, l.CanalCentreMM, l.NextEndplateMM = num(4, 2), some(num(9, 2)), some(num(5, 2))
		if n%2 == 0 {
			breach := round3(point())
			l.BreachSite, l.BreachLPS, l.CourseLPS = leak.Sites[n%len(leak.Sites)], &breach, [][3]float64{round3(point()), round3(point()), round3(point())}
		}
		rep.Leaks = append(rep.Leaks, l)
		v := &rep.Vertebrae[n%len(levels)]
		v.LeakIDs = append(v.LeakIDs, l.ID)
	}
	rep.Totals = &assess.Totals{NewCementML: num(20, 4), InBodyML: num(20, 4), InPedicleML: num(2, 4), LeakML: num(3, 4), LeakFraction: num(1, 4), PriorCementML: num(9, 4), SaturatedFraction: num(1, 4)}
	rep.Quality = append(rep.Quality, assess.Quality{Code: diag.CodeNoPre, Severity: diag.Info, Message: "No CT before."}, assess.Quality{Code: diag.CodeBodyCut, Severity: diag.Warn, Message: "Cut.", Level: anatomy.T9})
	return rep
}

func origin() *dicomio.Origin {
	return &dicomio.Origin{StudyUID: "1.2.3", SeriesUID: "1.2.3.4", FrameUID: "1.2.3.5", Modality: "CT", Images: []dicomio.ImageRef{{Class: "1.2.840.10008.5.1.4.1.1.2", Instance: "1.2.3.4.1"}},
		Attributes: dicomout.Dataset{{Tag: 0x0020000D, VR: "UI", Value: []byte("1.2.3\x00")}}}
}

// TestReportRoundTrip writes random reports as structured reports and reads them back: every number to the last digit.
func TestReportRoundTrip(t *testing.T) {
	const seed = 20260310
	r := random(seed)
	for n := range 20 {
		want := randomReport(r)
		m := exchange.Maker{Origin: origin(), Created: time.Unix(1e9, 0), Version: "9.8"}
		var b bytes.Buffer
		if err := m.WriteMeasurements(&b, measurements(want, text.English, func(string) exchange.Ref { return exchange.Ref{} })); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "report.sr.dcm")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadStructuredReport(path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			for i := range want.Vertebrae {
				if !reflect.DeepEqual(got.Vertebrae[i], want.Vertebrae[i]) {
					t.Errorf("seed %d, report %d: vertebra\n%s\n%s", seed, n, dump(got.Vertebrae[i]), dump(want.Vertebrae[i]))
				}
			}
			for i := range want.Leaks {
				if !reflect.DeepEqual(got.Leaks[i], want.Leaks[i]) {
					t.Errorf("seed %d, report %d: leak\n%s\n%s", seed, n, dump(got.Leaks[i]), dump(want.Leaks[i]))
				}
			}
			t.Fatalf("totals %+v, %+v; quality %+v, %+v", got.Totals, want.Totals, got.Quality, want.Quality)
		}
		var one, two bytes.Buffer
		Table(&one, want, text.French)
		Table(&two, got, text.French)
		if one.String() != two.String() {
			t.Fatalf("the table differs:\n%s\n%s", one.String(), two.String())
		}
	}
}

// TestRandomReportsFillEverything: a field that is new in the report and not in the random ones would be lost unseen.
func TestRandomReportsFillEverything(t *testing.T) {
	filled := map[string]bool{}
	var look func(name string, v reflect.Value)
	look = func(name string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				look(name, v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				look(name, v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				look(name+"."+v.Type().Field(i).Name, v.Field(i))
			}
		}
		filled[name] = filled[name] || !v.IsZero()
	}
	r := random(1)
	for range 20 {
		rep := randomReport(r)
		look("Vertebra", reflect.ValueOf(rep.Vertebrae))
		look("Leak", reflect.ValueOf(rep.Leaks))
		look("Totals", reflect.ValueOf(rep.Totals))
		look("Quality", reflect.ValueOf(rep.Quality))
	}
	if len(filled) < 50 {
		t.Errorf("only %d fields seen", len(filled))
	}
	for name, ok := range filled {
		if !ok {
			t.Errorf("%s is never filled: add it to the random report and to the structured report", name)
		}
	}
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// objects writes one object of every kind.
func objects(m exchange.Maker, r *assess.Report, view exchange.ImageName) map[string]func(io.Writer) error {
	pos := []geom.Patient{geom.LPS(0, 0, 0), geom.LPS(0, 0, 1)}
	g, err := volume.NewGrid(9, 7, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 1, 1, pos, m.Origin.FrameUID)
	if err != nil {
		panic(err) // the grid is a constant
	}
	mask := volume.NewLabels(g, g.Bounds())
	mask.Set(3, 4, 1, 16)
	segment := exchange.Segment{Label: "T9 vertebral body", Category: exchange.Structure, Type: exchange.Level(anatomy.T9), Mask: mask, Value: 16}
	picture := image.NewRGBA(image.Rect(0, 0, 5, 3))
	return map[string]func(io.Writer) error{
		"segmentation": func(w io.Writer) error {
			return m.WriteSegmentation(context.Background(), w, g, []exchange.Segment{segment})
		},
		"occupancy": func(w io.Writer) error {
			return m.WriteFractions(context.Background(), w, g, []exchange.Fraction{{Segment: segment, Box: g.Bounds(), Of: append(make([]float32, g.Len()-1), 0.5)}})
		},
		"report": func(w io.Writer) error {
			return m.WriteMeasurements(w, measurements(r, text.French, func(string) exchange.Ref { return exchange.Ref{} }))
		},
		"capture": func(w io.Writer) error { return m.WriteCapture(w, 1, picture, "T9") },
		"key objects": func(w io.Writer) error {
			return m.WriteKeyObjects(w, "T9", []int{0}, []exchange.Evidence{m.CaptureRef(1)})
		},
		"presentation": func(w io.Writer) error {
			return m.WritePresentation(w, 1, &exchange.Presentation{Label: "T9", Center: 350, Width: 2000, Views: []exchange.View{{Image: view, Area: [4]float64{0, 0, 8, 6}}}})
		},
		"pdf": func(w io.Writer) error { return m.WritePDF(w, []byte("%PDF-1.7"), "Report", false) },
		"stl": func(w io.Writer) error { return m.WriteSTL(w, make([]byte, 84), "Surfaces") },
	}
}

func dump(x any) string { return fmt.Sprintf("%+v", x) }

// TestPrivateCodesFit: a code value longer than 16 characters or a meaning longer than 64 cannot be written as SH and LO.
func TestPrivateCodesFit(t *testing.T) {
	codes := []exchange.Code{treatedName, sourceName, midlineName, contactName, matrixName, leaksName, centroidName, typeName, attentionName, siteName, breachName, courseName, levelName, remarkName, remarkCode, severityName, midlineSide, genant, bodyPart, vertebraFinding, totalsFinding}
	for _, f := range vertebraFields {
		codes = append(codes, f.code)
	}
	for _, f := range distributionFields {
		codes = append(codes, f.code)
	}
	for _, f := range append(postHeights, preHeights...) {
		codes = append(codes, f.code)
	}
	for _, f := range leakFields {
		codes = append(codes, f.code)
	}
	for _, f := range restorationFields {
		codes = append(codes, f.code)
	}
	for _, f := range totalFields {
		codes = append(codes, f.code)
	}
	for _, c := range classSegments {
		codes = append(codes, c.part)
	}
	for _, c := range anatomy.Compartments {
		codes = append(codes, leakCode(c))
	}
	page, err := os.ReadFile("../../docs/dicom-codes.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, c := range codes {
		if c.Scheme != exchange.Private {
			continue
		}
		if len(c.Value) > 16 || len(c.Meaning) > 64 {
			t.Errorf("%s %q is too long", c.Value, c.Meaning)
		}
		if m, ok := seen[c.Value]; ok && m != c.Meaning {
			t.Errorf("%s means %q and %q", c.Value, m, c.Meaning)
		}
		seen[c.Value] = c.Meaning
		if !bytes.Contains(page, []byte("| "+c.Value+" | "+c.Meaning+" |")) {
			t.Errorf("docs/dicom-codes.md lacks: | %s | %s |", c.Value, c.Meaning)
		}
	}
}
