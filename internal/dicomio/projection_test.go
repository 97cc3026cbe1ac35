package dicomio_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/volume"
)

func scanRun(t *testing.T, more ...dicomout.Element) *dicomio.Run {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "run", encodeFile(t, shadow(3, more...)))
	inv := scan(t, dir)
	if len(inv.Series) != 1 || len(inv.Series[0].Runs) != 1 {
		t.Fatal(summary(inv))
	}
	return inv.Series[0].Runs[0]
}

func TestProjectionOfPlainXA(t *testing.T) {
	r := scanRun(t, el(0x00080008, "CS", []string{"ORIGINAL", "PRIMARY", "BIPLANE B"}), el(0x00281040, "CS", "LOG"), el(0x00281041, "SS", -1),
		el(0x00181110, "DS", 1200.0), el(0x00181111, "DS", 800.0), el(0x00181164, "DS", []float64{0.3, 0.2}), el(0x0018115E, "DS", 42.5), el(0x00180060, "DS", 74.0),
		el(0x0018115A, "CS", "PULSED"), el(0x00181510, "DS", -91.0), el(0x00181511, "DS", 2.0))
	p := r.Projection()
	want := dicomio.Projection{Relation: "LOG", Negative: true, SourceDetector: 1200, SourcePatient: 800, DetectorRowMM: 0.3, DetectorColMM: 0.2, Plane: 'B',
		Dose: dicomio.Dose{AreaProductDGyCM2: 42.5, KVP: 74, Pulsed: true}}
	if p != want {
		t.Errorf("%+v", p)
	}
	if !scanRun(t, el(0x00181500, "CS", "DYNAMIC"), el(0x00181520, "DS", []float64{0, 30, 60})).Projection().Turns {
		t.Error("a rotation is not seen")
	}
	if scanRun(t, el(0x00181500, "CS", "DYNAMIC"), el(0x00181520, "DS", []float64{0, 0.1, 0})).Projection().Turns {
		t.Error("an arm at rest turns")
	}
}

// TestEnhancedXA: what plain objects have at the top lies in functional groups here.
func TestEnhancedXA(t *testing.T) {
	sq := func(tag dicomout.Tag, e ...dicomout.Element) dicomout.Element {
		return el(tag, "SQ", []dicomout.Dataset{e})
	}
	groups := func(more ...dicomout.Element) dicomout.Element {
		return sq(0x52009229, append([]dicomout.Element{
			sq(0x00189405, el(0x00181510, "DS", 88.0), el(0x00181511, "DS", -3.0)),
			sq(0x00189476, el(0x00181110, "DS", 1180.0), el(0x00189402, "FL", 780.0)),
			sq(0x00289443, el(0x00181164, "DS", []float64{0.308, 0.308}), el(0x00281040, "CS", "LIN"), el(0x00281041, "SS", 1)),
		}, more...)...)
	}
	r := scanRun(t, el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.12.1.1"), el(0x00189457, "CS", "PLANE A"), groups(), el(0x00189473, "FD", []float64{12.5}))
	p := r.Projection()
	if p.Relation != "LIN" || p.Negative || p.SourceDetector != 1180 || p.SourcePatient != 780 || p.DetectorRowMM != 0.308 || p.Plane != 'A' || p.Dose.AreaProductDGyCM2 != 12.5 || p.Turns {
		t.Errorf("%+v", p)
	}
	if !r.Angles || r.Primary != 88 || r.Second != -3 || r.Cal.Origin != volume.OriginMagnification || math.Abs(r.Cal.RowMM-0.308*780/1180) > 1e-6 {
		t.Errorf("angles %v %g %g, %+v", r.Angles, r.Primary, r.Second, r.Cal)
	}
	r = scanRun(t, el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.12.1.1"), groups(sq(0x00189401, el(0x00189404, "DS", []float64{0.2, 0.21}))))
	if r.Cal.Origin != volume.OriginGeometry || r.Cal.RowMM != 0.2 || r.Cal.ColMM != 0.21 {
		t.Errorf("the pixel at the isocentre is stated and not read: %+v", r.Cal)
	}
	turning := func(a float64) dicomout.Dataset {
		return dicomout.Dataset{sq(0x00189405, el(0x00181510, "DS", a), el(0x00181511, "DS", 0.0))}
	}
	r = scanRun(t, el(0x52009230, "SQ", []dicomout.Dataset{turning(0), turning(40), turning(80)}))
	if !r.Projection().Turns {
		t.Error("a rotation in functional groups is not seen")
	}
}
