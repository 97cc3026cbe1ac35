package exchange_test

import (
	"encoding/json"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/exchange"
)

const python = "/usr/bin/python3"

func data(t *testing.T, parts ...string) string {
	t.Helper()
	p := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skip("no shared data beside the repository")
	}
	return p
}

// pydicomNumbers lists the measurements of every group by walking the content tree with pydicom.
const pydicomNumbers = `
import pydicom, sys, json
out = []
def code(s): return [str(s[0].CodeValue), str(s[0].CodingSchemeDesignator)]
def walk(it, group):
    if it.ValueType == 'CONTAINER' and 'ConceptNameCodeSequence' in it and it.ConceptNameCodeSequence[0].CodeValue == '125007':
        group = []
        out.append(group)
    for c in it.get('ContentSequence', []):
        if c.ValueType == 'NUM' and group is not None and it.ValueType == 'CONTAINER':
            v = c.MeasuredValueSequence
            group.append(code(c.ConceptNameCodeSequence) + [float(v[0].NumericValue)] + code(v[0].MeasurementUnitsCodeSequence))
        else:
            walk(c, group)
walk(pydicom.dcmread(sys.argv[1]), None)
print(json.dumps(out))`

// TestReportOfOthers reads the measurements of a report made by another program value for value, against pydicom.
func TestReportOfOthers(t *testing.T) {
	path := data(t, "seg-sr-dcmqi", "sr.dcm")
	m, err := exchange.ReadMeasurements(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Images) < 191 || m.Language != "eng" || m.Reader != "User2" || len(m.Groups) == 0 {
		t.Errorf("%d images, language %q, reader %q, %d groups", len(m.Images), m.Language, m.Reader, len(m.Groups))
	}
	for _, g := range m.Groups {
		if g.TrackingID == "" || g.TrackingUID == "" || g.Finding.IsZero() || g.Segment.Instance == "" || g.Segment.Segments == nil {
			t.Errorf("group %+v", g)
		}
	}
	if exec.Command(python, "-c", "import pydicom").Run() != nil {
		t.Skip("pydicom is not installed")
	}
	out, err := exec.Command(python, "-c", pydicomNumbers, path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var want [][][]any
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) != len(m.Groups) {
		t.Fatalf("%d groups, pydicom finds %d", len(m.Groups), len(want))
	}
	values := 0
	for i, g := range m.Groups {
		if len(g.Numbers) != len(want[i]) {
			t.Fatalf("group %d has %d numbers, pydicom finds %d", i, len(g.Numbers), len(want[i]))
		}
		for j, n := range g.Numbers {
			w := want[i][j]
			if n.Name.Value != w[0] || n.Name.Scheme != w[1] || n.Value != w[2] || n.Unit.Value != w[3] || n.Unit.Scheme != w[4] {
				t.Errorf("group %d: %+v, pydicom reads %v", i, n, w)
			}
			values++
		}
	}
	if values < 10 {
		t.Errorf("only %d values compared", values)
	}
}

func TestReportComesBack(t *testing.T) {
	g := fromTable(t, grids["plain"])
	m := maker(study(t, g, latin1))
	nan := math.NaN()
	want := &exchange.Measurements{Language: "fr", Observer: "Vertefill test", Reader: "Martin^Anne", Draft: true, Groups: []exchange.Group{{
		TrackingID: "Vertebra T9", Finding: exchange.OwnCode("VERTEBRA", "Vertebra"), Site: exchange.Level(16), Side: exchange.LeftSide, Method: exchange.VoxelSum,
		Segment: exchange.Ref{Class: m.SegmentationRef().Class, Instance: m.SegmentationRef().Instance, Segments: []int{1}},
		Numbers: []exchange.Number{
			{Name: exchange.Volume, Value: 12.5027, Unit: exchange.Millilitre, Low: 12.0085, High: 12.997},
			{Name: exchange.Ratio, Value: 1.0 / 3, Unit: exchange.RatioUnit, Low: nan, High: nan},
			{Name: exchange.Length, Value: nan, Unit: exchange.Millimetre, Low: nan, High: nan},
		},
		Statements: []exchange.Statement{{Name: exchange.OwnCode("TREATED", "Treated"), Code: exchange.Yes}, {Name: exchange.Comment, Text: "côté"}},
		Points:     []exchange.Point{{Name: exchange.OwnCode("CENTROID", "Centroid"), LPS: [3]float64{-1.5, 2.25, -700.125}}},
	}}, Comments: []exchange.Remark{{Name: exchange.Comment, Text: "À voir", Statements: []exchange.Statement{{Name: exchange.OwnCode("SEVERITY", "Severity"), Text: "info"}}}}}
	path := written(t, func(w io.Writer) error { return m.WriteMeasurements(w, want) })
	valid(t, path)
	got, err := exchange.ReadMeasurements(path)
	if err != nil {
		t.Fatal(err)
	}
	a, b := got.Groups[0], want.Groups[0]
	for i, n := range b.Numbers {
		x := a.Numbers[i]
		same := func(p, q float64) bool { return p == q || math.IsNaN(p) && math.IsNaN(q) }
		if !x.Name.Is(n.Name) || !same(x.Value, n.Value) || !same(x.Low, n.Low) || !same(x.High, n.High) {
			t.Errorf("%+v came back as %+v", n, x)
		}
	}
	if a.TrackingID != b.TrackingID || a.Site != b.Site || a.Side != b.Side || a.Method != b.Method || a.Segment.Segments[0] != 1 || a.Points[0] != b.Points[0] ||
		a.Statements[0] != b.Statements[0] || a.Statements[1].Text != "côté" || got.Comments[0].Text != "À voir" || got.Comments[0].Statements[0].Text != "info" {
		t.Errorf("%+v", a)
	}
	if got.Reader != want.Reader || !got.Draft || got.Observer != want.Observer {
		t.Errorf("reader %q, observer %q, draft %v", got.Reader, got.Observer, got.Draft)
	}
	if len(got.Images) != g.NZ || got.Language != "fr" {
		t.Errorf("%d images, %s", len(got.Images), got.Language)
	}
	if out, err := exec.Command("dsrdump", path).CombinedOutput(); err == nil {
		if strings.Contains(string(out), "Error") || !strings.Contains(string(out), `"12.5027" (ml,UCUM,"milliliter")`) {
			t.Errorf("dsrdump:\n%s", out)
		}
	}
}

func TestOtherReportsAreRefused(t *testing.T) {
	for _, name := range []string{"seg-sr-dcmqi/liver.dcm", "odd-dicom-a/test-SR.dcm", "odd-dicom-a/CT_small.dcm"} {
		if m, err := exchange.ReadMeasurements(data(t, strings.Split(name, "/")...)); err == nil {
			t.Errorf("%s was read as %d groups", name, len(m.Groups))
		}
	}
}
