package dicomio_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/volume"
)

// pnm lets dcmtk draw a file and returns its 8-bit samples.
func pnm(t *testing.T, path string, options ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.pnm")
	convert(t, "dcm2pnm", append(append([]string{"+op"}, options...), path, out)...)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b, []byte("\n255\n")) // the end of the header
	if i < 0 {
		t.Fatalf("dcm2pnm wrote %q", b[:min(40, len(b))])
	}
	return b[i+5:]
}

// first returns the description of the first slice of the one file of a folder, and its values.
func first(t *testing.T, path string) (*volume.Display, []float32) {
	t.Helper()
	inv := scan(t, path)
	if len(inv.Series) != 1 || len(inv.Series[0].Stacks) != 1 {
		t.Fatal(summary(inv))
	}
	s := inv.Series[0].Main()
	d, err := s.Display(0)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.LoadFloat(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return d, v
}

const displayWidth, displayHeight = 64, 48

// ramp is a slice of -1024 to 2047 HU.
func ramp(more ...dicomout.Element) dicomout.Dataset {
	s := axial(displayWidth, displayHeight, 0)
	px := make([]int16, displayWidth*displayHeight)
	for i := range px {
		px[i] = int16(i)
	}
	s.px = px
	return with(with(s.dataset("ramp"), el(0x00281052, "DS", -1024.0)), more...)
}

func TestWindowsAgainstDcmtk(t *testing.T) {
	windows := []dicomout.Element{
		el(0x00281050, "DS", []float64{40, 400.5, 100}), el(0x00281051, "DS", []float64{400, 1500, 1}),
		el(0x00281055, "LO", []string{"SOFT", "BONE", "EDGE"}),
	}
	for _, c := range []struct {
		name    string
		more    []dicomout.Element
		options []string
		inverse bool
	}{
		{"linear", nil, []string{"+Wfl"}, false},
		{"sigmoid", []dicomout.Element{el(0x00281056, "CS", "SIGMOID")}, []string{"+Wfs"}, false},
		{"MONOCHROME1", []dicomout.Element{el(0x00280004, "CS", "MONOCHROME1")}, nil, true},
		{"inverse shape", []dicomout.Element{el(0x00280004, "CS", "MONOCHROME1"), el(0x20500020, "CS", "INVERSE")}, nil, true},
		{"identity shape", []dicomout.Element{el(0x20500020, "CS", "IDENTITY")}, nil, false},
	} {
		path := write(t, t.TempDir(), "s", encodeFile(t, ramp(append(windows, c.more...)...)))
		d, values := first(t, path)
		if len(d.Windows) != 3 || d.Windows[1].Name != "BONE" || d.Inverted != c.inverse {
			t.Fatalf("%s: windows %+v, inverted %v", c.name, d.Windows, d.Inverted)
		}
		for n, w := range d.Windows {
			if c.name == "sigmoid" && w.Width == 1 {
				continue // dcmtk makes a threshold of it, the standard a steep curve
			}
			want := pnm(t, path, append(c.options, "-O", "+Wi", fmt.Sprint(n+1))...)
			for i, x := range values {
				level := w.Level(float64(x))
				if d.Inverted {
					level = 1 - level
				}
				if got := 255 * level; math.Abs(got-float64(want[i])) > 1.01 {
					t.Errorf("%s, window %s: %g HU is %.2f, dcmtk %d", c.name, w.Name, x, got, want[i])
					break
				}
			}
		}
	}
}

// TestWindowsAgainstPydicom compares the exact and sigmoid functions and a VOI LUT with another reading of the standard.
func TestWindowsAgainstPydicom(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import pydicom, numpy").Run() != nil {
		t.Skip("no pydicom")
	}
	for _, function := range []volume.WindowFunction{volume.Linear, volume.LinearExact, volume.Sigmoid} {
		path := write(t, t.TempDir(), "s", encodeFile(t, ramp(el(0x00281050, "DS", 300.0), el(0x00281051, "DS", 900.0), el(0x00281056, "CS", string(function)))))
		d, values := first(t, path)
		out, err := exec.Command(python, "-c", `
import pydicom, sys, json
from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_windowing
d = pydicom.dcmread(sys.argv[1])
v = apply_windowing(apply_modality_lut(d.pixel_array, d), d)
lo, hi = -32768 - 1024, 32767 - 1024
print(json.dumps([(x - lo) / (hi - lo) for x in v.flatten().tolist()]))`, path).CombinedOutput()
		var want []float64
		if err == nil {
			err = json.Unmarshal(out, &want)
		}
		if err != nil {
			t.Fatalf("%v: %.300s", err, out)
		}
		for i, x := range values {
			if got := d.Windows[0].Level(float64(x)); math.Abs(got-want[i]) > 1e-3 {
				t.Errorf("%s: %g HU is %.5f, pydicom %.5f", function, x, got, want[i])
				break
			}
		}
	}
}

func TestVOITablesAgainstDcmtk(t *testing.T) {
	for _, c := range []struct {
		name             string
		n, bits          int
		first            int
		descriptor, data dicomout.VR
	}{
		{"12 bits from -100", 800, 12, -100, "SS", "OW"},
		{"8 bits from 0", 256, 8, 0, "US", "US"},
		{"16 bits from -1024", 3000, 16, -1024, "SS", "OW"},
	} {
		table := make([]uint16, c.n)
		ints := make([]int, c.n)
		for i := range table {
			x := float64(i) / float64(c.n-1)
			table[i] = uint16(math.Round(x * x * float64(int(1)<<c.bits-1)))
			ints[i] = int(table[i])
		}
		var data any = table
		if c.data == "US" {
			data = ints
		}
		path := write(t, t.TempDir(), "s", encodeFile(t, ramp(el(0x00283010, "SQ", []dicomout.Dataset{{
			el(0x00283002, c.descriptor, []int{c.n, c.first, c.bits}), el(0x00283003, "LO", "CURVE"), el(0x00283006, c.data, data)}}))))
		d, values := first(t, path)
		if len(d.Tables) != 1 || d.Tables[0].First != c.first || len(d.Tables[0].Values) != c.n || d.Tables[0].Name != "CURVE" {
			t.Fatalf("%s: %d tables", c.name, len(d.Tables))
		}
		want := pnm(t, path, "-O", "+Wl", "1")
		for i, x := range values {
			if got := 255 * d.Tables[0].Level(float64(x)); math.Abs(got-float64(want[i])) > 1.01 {
				t.Errorf("%s: %g HU is %.2f, dcmtk %d", c.name, x, got, want[i])
				break
			}
		}
	}
}

// cross is an overlay of 20 x 10 bits; within marks where it is set.
func cross(x, y int) bool {
	return x >= 0 && y >= 0 && x < 20 && y < 10 && (x == 7 || y == 3 || x == 19 && y == 9)
}

// TestOverlays draws an overlay beside the pixel data, one that hangs over the border, and one in a high bit, and compares each with
// what dcmtk draws.
func TestOverlays(t *testing.T) {
	bits := make([]byte, 20*10/8+1)
	for y := range 10 {
		for x := range 20 {
			if cross(x, y) {
				bits[(20*y+x)/8] |= 1 << ((20*y + x) % 8)
			}
		}
	}
	plane := func(row, column int) []dicomout.Element {
		return []dicomout.Element{
			el(0x60020010, "US", 10), el(0x60020011, "US", 20), el(0x60020040, "CS", "G"), el(0x60020050, "SS", []int{row, column}),
			el(0x60020100, "US", 1), el(0x60020102, "US", 0), el(0x60021500, "LO", "cross"), el(0x60023000, "OW", append(bits, make([]byte, len(bits)%2)...)),
		}
	}
	s := axial(displayWidth, displayHeight, 0)
	high := make([]uint16, displayWidth*displayHeight)
	for i := range high {
		x, y := i%displayWidth, i/displayWidth
		high[i] = uint16(i % 4000)
		if cross(x-4, y-5) {
			high[i] |= 1 << 14
		}
	}
	s.px = high
	embedded := with(s.dataset("ramp"), el(0x00280101, "US", 12), el(0x00280102, "US", 11), el(0x60000010, "US", displayHeight), el(0x60000011, "US", displayWidth),
		el(0x60000040, "CS", "G"), el(0x60000050, "SS", []int{1, 1}), el(0x60000100, "US", 16), el(0x60000102, "US", 14))
	for _, c := range []struct {
		name        string
		d           dicomout.Dataset
		row, column int
	}{
		{"beside", ramp(plane(6, 5)...), 5, 4},
		{"over the border", ramp(plane(-2, 50)...), -3, 49},
		{"high bit", embedded, 5, 4},
	} {
		path := write(t, t.TempDir(), "s", encodeFile(t, with(c.d, el(0x00281050, "DS", 40.0), el(0x00281051, "DS", 400.0))))
		for _, syntax := range []string{"", "+ti", "+tb"} {
			file := path
			if syntax != "" {
				file = filepath.Join(t.TempDir(), "s")
				convert(t, "dcmconv", syntax, path, file)
			}
			d, values := first(t, file)
			if len(d.Overlays) != 1 {
				t.Fatalf("%s %s: %d overlays", c.name, syntax, len(d.Overlays))
			}
			if c.name == "high bit" && slices.Max(values) > 4000 {
				t.Errorf("the overlay shows in the values: %g", slices.Max(values))
			}
			without, drawn := pnm(t, file, "-O", "+Wi", "1"), pnm(t, file, "+O", "0", "+Omc", "+Wi", "1")
			for i := range without {
				x, y := i%displayWidth, i/displayWidth
				got := d.Overlays[0].At(x, y)
				if want := cross(x-c.column, y-c.row); got != want {
					t.Fatalf("%s %s: overlay at %d, %d is %v", c.name, syntax, x, y, got)
				}
				if dcmtk := without[i] != drawn[i]; got != dcmtk {
					t.Fatalf("%s %s: overlay at %d, %d is %v, dcmtk draws %v", c.name, syntax, x, y, got, dcmtk)
				}
			}
		}
	}
}

func TestShuttersAndPadding(t *testing.T) {
	path := write(t, t.TempDir(), "s", encodeFile(t, ramp(
		el(0x00181600, "CS", []string{"RECTANGULAR", "CIRCULAR", "POLYGONAL"}),
		el(0x00181602, "IS", 5), el(0x00181604, "IS", 60), el(0x00181606, "IS", 3), el(0x00181608, "IS", 40),
		el(0x00181610, "IS", []int{20, 30}), el(0x00181612, "IS", 12), el(0x00181620, "IS", []int{1, 1, 1, 60, 48, 30}), el(0x00181622, "US", 0xffff),
		el(0x00280120, "SS", -2000), el(0x00280121, "SS", -1990), el(0x00280030, "DS", []float64{2, 1}))))
	d, _ := first(t, path)
	s := d.Shutter
	if s.Rectangle == nil || *s.Rectangle != (volume.ShutterRectangle{Left: 4, Right: 59, Upper: 2, Lower: 39}) {
		t.Errorf("rectangle %+v", s.Rectangle)
	}
	if s.Circle == nil || *s.Circle != (volume.ShutterCircle{Column: 29, Row: 19, Radius: 12, Aspect: 2}) {
		t.Errorf("circle %+v", s.Circle)
	}
	if len(s.Polygon) != 3 || s.Polygon[2] != (volume.ShutterPoint{Column: 29, Row: 47}) || s.Level != 1 {
		t.Errorf("polygon %v, level %g", s.Polygon, s.Level)
	}
	if d.Padding == nil || d.Padding.Low != -3024 || d.Padding.High != -3014 || !d.Padding.Contains(-3020) || d.Padding.Contains(-1024) {
		t.Errorf("padding %+v", d.Padding)
	}
	for _, f := range []string{"+ti", "+tb"} { // without types, and in the other byte order
		other := filepath.Join(t.TempDir(), "s")
		convert(t, "dcmconv", f, path, other)
		e, _ := first(t, other)
		if e.Padding == nil || *e.Padding != *d.Padding || *e.Shutter.Rectangle != *s.Rectangle || e.Shutter.Level != 1 {
			t.Errorf("%s: %+v %+v", f, e.Padding, e.Shutter)
		}
	}
}
