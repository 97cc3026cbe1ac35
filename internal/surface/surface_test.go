package surface_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/surface"
	"github.com/vertefill/vertefill/internal/volume"
)

type triangle [3][3]float32

// solid is what a reader gets: triangles alone, as in STL.
type solid []triangle

// volume is in mm3 by the divergence theorem; area in mm2.
func (s solid) volume() (v, area float64) {
	for _, t := range s {
		p := [3][3]float64{}
		for i := range t {
			for k := range 3 {
				p[i][k] = float64(t[i][k]) - float64(s[0][0][k])
			}
		}
		v += (p[0][0]*(p[1][1]*p[2][2]-p[1][2]*p[2][1]) - p[0][1]*(p[1][0]*p[2][2]-p[1][2]*p[2][0]) + p[0][2]*(p[1][0]*p[2][1]-p[1][1]*p[2][0])) / 6
		a, b := [3]float64{}, [3]float64{}
		for k := range 3 {
			a[k], b[k] = p[1][k]-p[0][k], p[2][k]-p[0][k]
		}
		area += math.Sqrt(sq(a[1]*b[2]-a[2]*b[1])+sq(a[2]*b[0]-a[0]*b[2])+sq(a[0]*b[1]-a[1]*b[0])) / 2
	}
	return v, area
}

func sq(x float64) float64 { return x * x }

// open counts directed edges whose opposite is missing: none on a closed, oriented surface.
func (s solid) open() int {
	edges := map[[2][3]float32]int{}
	for _, t := range s {
		for i := range 3 {
			a, b := t[i], t[(i+1)%3]
			edges[[2][3]float32{a, b}]++
			edges[[2][3]float32{b, a}]--
		}
	}
	n := 0
	for _, c := range edges {
		if c != 0 {
			n++
		}
	}
	return n
}

func readSTL(t *testing.T, b []byte) solid {
	t.Helper()
	if bytes.HasPrefix(b, []byte("solid")) {
		t.Fatal("a binary STL that begins with solid is read as text")
	}
	n := int(binary.LittleEndian.Uint32(b[80:]))
	if len(b) != 84+50*n {
		t.Fatalf("%d bytes for %d triangles", len(b), n)
	}
	s := make(solid, n)
	for i := range s {
		rec := b[84+50*i:]
		for j := range 9 {
			s[i][j/3][j%3] = math.Float32frombits(binary.LittleEndian.Uint32(rec[12+4*j:]))
		}
	}
	return s
}

func readPLY(t *testing.T, b []byte) solid {
	t.Helper()
	head, body, ok := bytes.Cut(b, []byte("end_header\n"))
	if !ok {
		t.Fatal("no end_header")
	}
	var nv, nf int
	for _, l := range strings.Split(string(head), "\n") {
		fmt.Sscanf(l, "element vertex %d", &nv)
		fmt.Sscanf(l, "element face %d", &nf)
	}
	v := make([][3]float32, nv)
	for i := range v {
		for k := range 3 {
			v[i][k] = math.Float32frombits(binary.LittleEndian.Uint32(body[15*i+4*k:]))
		}
	}
	body = body[15*nv:]
	if len(body) != 13*nf {
		t.Fatalf("%d bytes of faces, want %d", len(body), 13*nf)
	}
	s := make(solid, nf)
	for i := range s {
		for k := range 3 {
			s[i][k] = v[binary.LittleEndian.Uint32(body[13*i+1+4*k:])]
		}
	}
	return s
}

func readOBJ(t *testing.T, b []byte) (s solid, objects []string) {
	t.Helper()
	var v [][3]float32
	for _, l := range strings.Split(string(b), "\n") {
		switch f := strings.Fields(l); {
		case len(f) == 0:
		case f[0] == "o":
			objects = append(objects, f[1])
		case f[0] == "v":
			var p [3]float32
			for k := range 3 {
				x, err := strconv.ParseFloat(f[1+k], 32)
				if err != nil {
					t.Fatal(err)
				}
				p[k] = float32(x)
			}
			v = append(v, p)
		case f[0] == "f":
			var tri triangle
			for k := range 3 {
				n, err := strconv.Atoi(f[1+k])
				if err != nil {
					t.Fatal(err)
				}
				tri[k] = v[n-1]
			}
			s = append(s, tri)
		}
	}
	return s, objects
}

type gltf struct {
	Nodes []struct {
		Name   string
		Mesh   *int
		Matrix []float64
	}
	Meshes []struct {
		Name       string
		Primitives []struct {
			Attributes map[string]int
			Indices    int
		}
	}
	Accessors   []struct{ BufferView, Count, ComponentType int }
	BufferViews []struct{ ByteOffset, ByteLength int }
	Buffers     []struct{ ByteLength int }
}

func readGLB(t *testing.T, b []byte) (s solid, doc gltf) {
	t.Helper()
	if int(binary.LittleEndian.Uint32(b[8:])) != len(b) {
		t.Fatalf("length %d in the header, %d bytes", binary.LittleEndian.Uint32(b[8:]), len(b))
	}
	n := int(binary.LittleEndian.Uint32(b[12:]))
	if n%4 != 0 {
		t.Errorf("JSON chunk of %d bytes is not padded", n)
	}
	if err := json.Unmarshal(b[20:20+n], &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Meshes) == 0 {
		return nil, doc
	}
	bin := b[28+n:]
	if len(bin) != doc.Buffers[0].ByteLength {
		t.Fatalf("%d bytes of data, buffer says %d", len(bin), doc.Buffers[0].ByteLength)
	}
	data := func(a int) []byte { return bin[doc.BufferViews[doc.Accessors[a].BufferView].ByteOffset:] }
	for _, m := range doc.Meshes {
		p := m.Primitives[0]
		pos, idx := data(p.Attributes["POSITION"]), data(p.Indices)
		for i := 0; i < doc.Accessors[p.Indices].Count; i += 3 {
			var tri triangle
			for k := range 3 {
				v := binary.LittleEndian.Uint32(idx[4*(i+k):])
				for c := range 3 {
					tri[k][c] = math.Float32frombits(binary.LittleEndian.Uint32(pos[12*v+uint32(4*c):]))
				}
			}
			s = append(s, tri)
		}
	}
	return s, doc
}

// ball is a sphere of radius mm about a point, made on a fine lattice.
func ball(t *testing.T, at geom.Patient, mm float64) *mesh.Mesh {
	t.Helper()
	directions, tris := mesh.Icosphere(4)
	m := &mesh.Mesh{Triangles: tris}
	for _, d := range directions {
		m.Vertices = append(m.Vertices, at.Add(d.Mul(mm)))
	}
	return m
}

func TestEveryFormatKeepsTheSurface(t *testing.T) {
	parts := []surface.Part{
		{Name: "cement in body", Colour: color.NRGBA{0xF2, 0xC9, 0x4C, 255}, Mesh: ball(t, geom.LPS(12, -140, 830), 9)},
		{Name: "empty", Mesh: &mesh.Mesh{}},
		{Name: "nil"},
		{Name: "leak", Colour: color.NRGBA{0xFF, 0x4D, 0x5E, 128}, Mesh: ball(t, geom.LPS(-20, -150, 860), 3)},
	}
	want := float64(parts[0].Mesh.Volume().MM3() + parts[3].Mesh.Volume().MM3())
	if ideal := 4. / 3 * math.Pi * (9*9*9 + 3*3*3); math.Abs(want/ideal-1) > 0.02 {
		t.Fatalf("the test's own surface holds %.1f mm3, a ball %.1f", want, ideal)
	}
	write := func(f func(io.Writer, []surface.Part) error) []byte {
		var b bytes.Buffer
		if err := f(&b, parts); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	obj, objects := readOBJ(t, write(surface.OBJ))
	glb, doc := readGLB(t, write(surface.GLB))
	for name, s := range map[string]solid{"stl": readSTL(t, write(surface.STL)), "ply": readPLY(t, write(surface.PLY)), "obj": obj, "glb": glb} {
		if v, _ := s.volume(); math.Abs(v/want-1) > 1e-4 {
			t.Errorf("%s: %.3f mm3, want %.3f (negative: inside out)", name, v, want)
		}
		if n := s.open(); n != 0 {
			t.Errorf("%s: %d open edges", name, n)
		}
	}
	if strings.Join(objects, " ") != "cement_in_body empty leak" {
		t.Errorf("objects of OBJ: %q", objects)
	}
	root := doc.Nodes[len(doc.Nodes)-1]
	m := root.Matrix // a point 1 m towards the head of the patient must come to +Y
	if y := m[2*4+1] * 1000; math.Abs(y-1) > 1e-12 {
		t.Errorf("the head is not up in glTF: %v", m)
	}
	if det := m[0]*(m[5]*m[10]-m[6]*m[9]) - m[4]*(m[1]*m[10]-m[2]*m[9]) + m[8]*(m[1]*m[6]-m[2]*m[5]); det <= 0 {
		t.Errorf("glTF mirrors the patient: determinant %g", det)
	}
}

func TestNothingToWrite(t *testing.T) {
	var b bytes.Buffer
	if err := surface.STL(&b, nil); err != nil || len(readSTL(t, b.Bytes())) != 0 {
		t.Errorf("empty STL: %v, %d bytes", err, b.Len())
	}
	b.Reset()
	if err := surface.GLB(&b, nil); err != nil {
		t.Error(err)
	}
	if s, _ := readGLB(t, b.Bytes()); len(s) != 0 {
		t.Error("triangles from nothing")
	}
}

type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

var errFull = errors.New("no space left on device")

func TestErrorsOfTheWriterComeBack(t *testing.T) {
	parts := []surface.Part{{Name: "a", Mesh: ball(t, geom.LPS(0, 0, 0), 5)}}
	for name, f := range map[string]func(io.Writer, []surface.Part) error{"stl": surface.STL, "ply": surface.PLY, "obj": surface.OBJ, "glb": surface.GLB} {
		for _, room := range []int{0, 10, 70000} {
			if err := f(&full{room}, parts); !errors.Is(err, errFull) {
				t.Errorf("%s with room for %d bytes: %v", name, room, err)
			}
		}
	}
}

// TestAgainstPublishedShapes compares surface and volume of two label maps, through STL, with the values their authors published
// (pyradiomics baseline: marching cubes on the mask).
func TestAgainstPublishedShapes(t *testing.T) {
	const dir = "../../../shared/data/shape-oracle-a/"
	f, err := os.Open(dir + "baseline_shape.csv")
	if err != nil {
		t.Skip("no ../shared/data/shape-oracle-a: the published shapes are not compared")
	}
	defer f.Close()
	r := csv.NewReader(f)
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	baseline := map[string]map[string]float64{"brain1": {}, "lung1": {}}
	for _, row := range rows[1:] {
		for c, name := range rows[0] {
			if m := baseline[name]; m != nil {
				m[row[0]], _ = strconv.ParseFloat(row[c], 64)
			}
		}
	}
	for name, want := range baseline {
		l := readLabel(t, dir+name+"_label.nrrd")
		values := make([]float32, len(l.V))
		for i, v := range l.V {
			if v == 1 {
				values[i] = 1
			}
		}
		var b bytes.Buffer
		if err := surface.STL(&b, []surface.Part{{Name: name, Mesh: mesh.Isosurface(values, l.Box, l.Grid, 0.5)}}); err != nil {
			t.Fatal(err)
		}
		s := readSTL(t, b.Bytes())
		v, area := s.volume()
		t.Logf("%s: mesh %.0f mm3 (published %.0f, voxels %.0f), surface %.0f mm2 (published %.0f)", name, v, want["original_shape_MeshVolume"], want["original_shape_VoxelVolume"], area, want["original_shape_SurfaceArea"])
		if n := s.open(); n != 0 {
			t.Errorf("%s: %d open edges", name, n)
		}
		if p := want["original_shape_MeshVolume"]; math.Abs(v/p-1) > 0.01 {
			t.Errorf("%s: mesh volume %.1f mm3, published %.1f", name, v, p)
		}
		if p := want["original_shape_SurfaceArea"]; math.Abs(area/p-1) > 0.01 {
			t.Errorf("%s: surface %.1f mm2, published %.1f", name, area, p)
		}
		if got := float64(l.Volume(1).MM3()); math.Abs(got/want["original_shape_VoxelVolume"]-1) > 1e-4 {
			t.Errorf("%s: voxel volume %.1f, published %.1f", name, got, want["original_shape_VoxelVolume"])
		}
	}
}

func readLabel(t *testing.T, path string) *volume.Labels {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := bytes.Cut(b, []byte("\n\n"))
	var n [3]int
	var a geom.Affine[geom.PatientFrame, geom.VoxelFrame]
	for s := bufio.NewScanner(bytes.NewReader(head)); s.Scan(); {
		var v [9]float64
		fmt.Sscanf(s.Text(), "sizes: %d %d %d", &n[0], &n[1], &n[2])
		if c, _ := fmt.Sscanf(s.Text(), "space directions: (%g,%g,%g) (%g,%g,%g) (%g,%g,%g)", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &v[8]); c == 9 {
			a.M = [9]float64{v[0], v[3], v[6], v[1], v[4], v[7], v[2], v[5], v[8]}
		}
	}
	if a.Det() < 0 { // mirrored axes: the mirror image has the same measures
		a.M[4] = -a.M[4]
	}
	g, err := volume.NewRegularGrid(n[0], n[1], n[2], a, "")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	l := volume.NewLabels(g, g.Bounds())
	for i := range l.V {
		l.V[i] = raw[i*(len(raw)/len(l.V))] // the low byte of a little-endian number
	}
	return l
}
