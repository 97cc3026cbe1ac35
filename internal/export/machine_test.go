package export

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/surface"
	"github.com/vertefill/vertefill/internal/text"
)

// TestTablesGiveTheReportBack reads the tables and compares every number with the report, to the last digit.
func TestTablesGiveTheReportBack(t *testing.T) {
	r := newCase(t, usual(text.French))
	for _, separator := range []rune{',', '\t'} {
		var v, k, d bytes.Buffer
		for _, err := range []error{VertebraTable(&v, &r.Report, separator), LeakTable(&k, &r.Report, separator), Dictionary(&d)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		read := func(b *bytes.Buffer) (rows []map[string]string, head []string) {
			c := csv.NewReader(b)
			c.Comma = separator
			all, err := c.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range all[1:] {
				m := map[string]string{}
				for i, name := range all[0] {
					m[name] = row[i]
				}
				rows = append(rows, m)
			}
			return rows, all[0]
		}
		vertebrae, vertebraHead := read(&v)
		leaks, leakHead := read(&k)
		if len(vertebrae) != len(r.Report.Vertebrae) || len(leaks) != len(r.Report.Leaks) {
			t.Fatalf("%d and %d rows", len(vertebrae), len(leaks))
		}
		same := func(row map[string]string, name string, want float64) {
			if got, err := strconv.ParseFloat(row[name], 64); err != nil || got != want {
				t.Errorf("%s is %q, want %v", name, row[name], want)
			}
		}
		for i, v := range r.Report.Vertebrae {
			same(vertebrae[i], "bodyVolumeMl", v.BodyVolumeML)
			same(vertebrae[i], "fillRatio", v.FillRatio)
			same(vertebrae[i], "cementInBodyMl", v.CementInBodyML)
			same(vertebrae[i], "priorCementMl", v.PriorCementML)
			same(vertebrae[i], "preHeightMiddleMm", v.PreHeightsMM.Middle)
			if v.FillRatioInterval == nil && vertebrae[i]["fillRatioLow"] != "" {
				t.Error("an interval out of nothing")
			}
		}
		for i, k := range r.Report.Leaks {
			same(leaks[i], "volumeMl", k.VolumeML)
			same(leaks[i], "volumeHighMl", k.VolumeIntervalML[1])
			if leaks[i]["compartment"] != string(k.Compartment) {
				t.Errorf("compartment %q", leaks[i]["compartment"])
			}
		}
		var dictionary struct{ Fields []Field }
		if err := json.Unmarshal(d.Bytes(), &dictionary); err != nil {
			t.Fatal(err)
		}
		said := map[string]Field{}
		for _, f := range dictionary.Fields {
			said[f.Table+"."+f.Name] = f
		}
		for table, head := range map[string][]string{"vertebrae": vertebraHead, "leaks": leakHead} {
			for _, name := range head {
				f, ok := said[table+"."+name]
				if !ok || f.Meaning == "" || f.Type == "" {
					t.Errorf("%s.%s is not explained", table, name)
				}
			}
		}
	}
}

// TestSurfacesHoldTheVolumesOfTheReport: cement.stl against the sums of the report within 1 %, closed and facing outwards.
func TestSurfacesHoldTheVolumesOfTheReport(t *testing.T) {
	r := newCase(t, usual(text.English))
	// What the analysis gives is a little too small: shrink the surfaces by a tenth of a millimetre.
	for class, m := range r.CementSurfaces {
		if m == nil || len(m.Triangles) == 0 {
			continue
		}
		shrunk := *m
		shrunk.Vertices = append([]geom.Patient(nil), m.Vertices...)
		for i, n := range m.Normals() {
			shrunk.Vertices[i] = shrunk.Vertices[i].Add(n.Mul(-0.1))
		}
		r.CementSurfaces[class] = &shrunk
	}
	var b bytes.Buffer
	if err := surface.STL(&b, CementParts(r)); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()[84:]
	volume, edges := 0.0, map[[2][3]float32]int{}
	for ; len(raw) > 0; raw = raw[50:] {
		var p [3][3]float32
		for i := range 9 {
			p[i/3][i%3] = math.Float32frombits(binary.LittleEndian.Uint32(raw[12+4*i:]))
		}
		a, b, c := p[0], p[1], p[2]
		volume += (float64(a[0])*(float64(b[1])*float64(c[2])-float64(b[2])*float64(c[1])) - float64(a[1])*(float64(b[0])*float64(c[2])-float64(b[2])*float64(c[0])) + float64(a[2])*(float64(b[0])*float64(c[1])-float64(b[1])*float64(c[0]))) / 6000
		for i := range 3 {
			edges[[2][3]float32{p[i], p[(i+1)%3]}]++
			edges[[2][3]float32{p[(i+1)%3], p[i]}]--
		}
	}
	want := r.Report.Totals.NewCementML + r.Report.Totals.PriorCementML
	if math.Abs(volume/want-1) > 0.01 {
		t.Errorf("cement.stl holds %.4f mL, the report says %.4f", volume, want)
	}
	for _, n := range edges {
		if n != 0 {
			t.Fatal("the surface is open")
		}
	}
}

// TestSegmentationNRRD reads the file with a reader of its own: geometry, layers, names and every voxel.
func TestSegmentationNRRD(t *testing.T) {
	r := newCase(t, usual(text.English))
	var b bytes.Buffer
	if err := SegmentationNRRD(&b, r, text.English); err != nil {
		t.Fatal(err)
	}
	head, body, ok := bytes.Cut(b.Bytes(), []byte("\n\n"))
	if !ok {
		t.Fatal("no end of the header")
	}
	fields := map[string]string{}
	for s := bufio.NewScanner(bytes.NewReader(head)); s.Scan(); {
		if name, value, ok := strings.Cut(s.Text(), ":="); ok {
			fields[name] = value
		} else if name, value, ok := strings.Cut(s.Text(), ": "); ok {
			fields[name] = value
		}
	}
	g := r.Post.Grid
	if want := fmt.Sprintf("2 %d %d %d", g.NX, g.NY, g.NZ); fields["sizes"] != want || fields["kinds"] != "list domain domain domain" || fields["type"] != "unsigned char" {
		t.Errorf("sizes %q, kinds %q, type %q", fields["sizes"], fields["kinds"], fields["type"])
	}
	var o, x, y, z [3]float64
	fmt.Sscanf(fields["space origin"], "(%g,%g,%g)", &o[0], &o[1], &o[2])
	if n, _ := fmt.Sscanf(fields["space directions"], "none (%g,%g,%g) (%g,%g,%g) (%g,%g,%g)", &x[0], &x[1], &x[2], &y[0], &y[1], &y[2], &z[0], &z[1], &z[2]); n != 9 {
		t.Fatalf("directions %q", fields["space directions"])
	}
	at := func(i, j, k float64) geom.Patient {
		return geom.LPS(o[0]+i*x[0]+j*y[0]+k*z[0], o[1]+i*x[1]+j*y[1]+k*z[1], o[2]+i*x[2]+j*y[2]+k*z[2])
	}
	if d := at(3, 50, 20).Dist(g.Patient(geom.Vox(3, 50, 20))); d > 1e-4 {
		t.Errorf("a voxel lies %g mm off", d)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	voxels, err := io.ReadAll(unzipped)
	if err != nil || len(voxels) != 2*g.Len() {
		t.Fatalf("%d bytes, %v", len(voxels), err)
	}
	mask := r.BodyMask()
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				if got, want := voxels[2*(i+g.NX*(j+g.NY*k))], mask.At(i, j, k); got != want {
					t.Fatalf("voxel %d %d %d is %d, the body mask has %d", i, j, k, got, want)
				}
			}
		}
	}
	count := map[byte]int{}
	for o := 1; o < len(voxels); o += 2 {
		count[voxels[o]]++
	}
	for n := 0; ; n++ {
		p := fmt.Sprintf("Segment%d_", n)
		if fields[p+"ID"] == "" {
			if n != 5+2+3 {
				t.Errorf("%d segments, want 5 bodies, 2 classes, 3 leaks", n)
			}
			break
		}
		label, _ := strconv.Atoi(fields[p+"LabelValue"])
		if fields[p+"Layer"] == "1" && count[byte(label)] == 0 {
			t.Errorf("%s has no voxel", fields[p+"Name"])
		}
		var e [6]int
		fmt.Sscan(fields[p+"Extent"], &e[0], &e[1], &e[2], &e[3], &e[4], &e[5])
		if e[0] > e[1] || e[3] >= g.NY || !strings.Contains(fields[p+"Tags"], "TerminologyEntry") {
			t.Errorf("%s: extent %v, tags %q", fields[p+"Name"], e, fields[p+"Tags"])
		}
	}
	for i, k := range r.Leaks {
		if count[byte(firstLeakLabel+k.ID)] == 0 {
			t.Errorf("leak %d is missing", i)
		}
	}
}

// TestMasksLieInThePatient reads the masks with nibabel and compares the centre of every body and leak with the truth, on slices
// that are parallel to no patient axis.
func TestMasksLieInThePatient(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import nibabel, numpy").Run() != nil {
		t.Skip("python3-nibabel is not installed")
	}
	r := newCase(t, usual(text.English))
	dir := t.TempDir()
	for name, write := range map[string]func(io.Writer) error{
		"vertebrae.nii.gz": func(w io.Writer) error { return nifti.WriteLabels(w, r.BodyMask(), "") },
		"leaks.nii.gz":     func(w io.Writer) error { return leaks(w, r) },
	} {
		if err := WriteFile(filepath.Join(dir, name), write); err != nil {
			t.Fatal(err)
		}
	}
	script := `
import sys, json, numpy as np, nibabel as nib
out = {}
for name in ("vertebrae", "leaks"):
    im = nib.load(sys.argv[1] + "/" + name + ".nii.gz")
    d = np.asarray(im.dataobj)
    out[name] = {str(int(v)): [list(map(float, nib.affines.apply_affine(im.affine, np.argwhere(d == v).mean(0)) * [-1, -1, 1])), float((d == v).sum() * abs(np.linalg.det(im.affine[:3, :3])) / 1000)] for v in np.unique(d) if v}
print(json.dumps(out))`
	b, err := exec.Command(python, "-c", script, dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]map[string][2]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	check := func(kind, label string, want [3]float64, ml, tolerance float64) {
		x, ok := got[kind][label]
		if !ok {
			t.Errorf("%s %s is missing", kind, label)
			return
		}
		var d float64
		for i, v := range x[0].([]any) {
			d = max(d, math.Abs(v.(float64)-want[i]))
		}
		if d > 0.25 {
			t.Errorf("%s %s lies %.2f mm off: %v, want %v", kind, label, d, x[0], want)
		}
		if v := x[1].(float64); math.Abs(v/ml-1) > tolerance {
			t.Errorf("%s %s holds %.3f mL, want %.3f", kind, label, v, ml)
		}
	}
	for _, v := range r.Report.Vertebrae {
		check("vertebrae", strconv.Itoa(int(v.Level)), v.CentroidLPS, v.BodyVolumeML, 0.02)
	}
	for _, k := range r.Report.Leaks {
		check("leaks", strconv.Itoa(k.ID), k.CentroidLPS, k.VolumeML, 0.1)
	}
}

func TestFHIRBundle(t *testing.T) {
	r := newCase(t, usual(text.French))
	type coding struct{ System, Code string }
	type concept struct {
		Coding []coding
		Text   string
	}
	var bundle struct {
		ResourceType, Type string
		Entry              []struct {
			FullURL  string
			Resource struct {
				ResourceType, Status, Conclusion string
				Code, BodySite                   concept
				Subject                          *struct{ Display string }
				Result                           []struct{ Reference string }
				ValueQuantity                    struct {
					Value        float64
					Unit, System string
				}
			}
		}
	}
	read := func(o Options) string {
		var b bytes.Buffer
		if err := FHIR(&b, &r.Report, o); err != nil {
			t.Fatal(err)
		}
		bundle.Entry = nil
		if err := json.Unmarshal(b.Bytes(), &bundle); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	read(Options{Lang: text.French})
	if bundle.ResourceType != "Bundle" || bundle.Entry[0].Resource.ResourceType != "DiagnosticReport" || bundle.Entry[0].Resource.Status != "preliminary" {
		t.Fatalf("%+v", bundle.Entry[0])
	}
	there := map[string]bool{}
	volumes := map[string]float64{}
	for _, e := range bundle.Entry {
		if there[e.FullURL] || !strings.HasPrefix(e.FullURL, "urn:uuid:") || len(e.FullURL) != len("urn:uuid:")+36 {
			t.Errorf("identifier %q", e.FullURL)
		}
		there[e.FullURL] = true
		x := e.Resource
		if x.Subject != nil {
			t.Error("an anonymous bundle names a patient")
		}
		if x.ResourceType != "Observation" {
			continue
		}
		volumes[x.BodySite.Text+" "+x.Code.Text] = x.ValueQuantity.Value
		if x.ValueQuantity.System != unitSystem || len(x.Code.Coding) == 0 {
			t.Errorf("observation %+v", x)
		}
	}
	for _, ref := range bundle.Entry[0].Resource.Result {
		if !there[ref.Reference] {
			t.Errorf("%s refers to nothing", ref.Reference)
		}
	}
	for _, v := range r.Report.Vertebrae {
		if got := volumes[v.Level.String()+" vertebral body volume"]; math.Abs(got-v.BodyVolumeML) > 1e-5 {
			t.Errorf("%s: %g mL, want %g", v.Level, got, v.BodyVolumeML)
		}
		if got := volumes[v.Level.String()+" fill ratio"]; math.Abs(got-100*v.FillRatio) > 1e-5 {
			t.Errorf("%s: fill %g, want %g", v.Level, got, 100*v.FillRatio)
		}
	}
	for _, k := range r.Report.Leaks {
		found := false
		for name, ml := range volumes {
			found = found || strings.HasPrefix(name, leakName(k, text.French)) && math.Abs(ml-k.VolumeML) < 1e-5
		}
		if !found {
			t.Errorf("leak %d is missing: %v", k.ID, volumes)
		}
	}
	s := read(Options{Study: Study{Patient: "DOE^Jane", ID: "77"}, SignOff: SignOff{Reader: "Dr A", Signed: "2026-03-12"}})
	if !strings.Contains(s, "DOE^Jane") || bundle.Entry[0].Resource.Status != "final" {
		t.Error("a signed bundle with identity has neither")
	}
}

func TestJSONReadsBack(t *testing.T) {
	r := newCase(t, usual(text.English))
	var b bytes.Buffer
	if err := JSON(&b, &r.Report); err != nil {
		t.Fatal(err)
	}
	var again assess.Report
	if err := json.Unmarshal(b.Bytes(), &again); err != nil {
		t.Fatal(err)
	}
	var c bytes.Buffer
	if err := JSON(&c, &again); err != nil || !bytes.Equal(b.Bytes(), c.Bytes()) {
		t.Errorf("reading report.json back changes it (%v)", err)
	}
}
