package dicomio_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/dicomout"
)

// painted is a colour capture with a place, 16 x 10 pixels.
func painted(photometric string, samples int, px any, more ...dicomout.Element) dicomout.Dataset {
	s := axial(16, 10, 0)
	d := with(s.dataset("painted"), el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"), el(0x00080060, "CS", "OT"),
		el(0x00280002, "US", samples), el(0x00280004, "CS", photometric), el(0x00280006, "US", 0), el(0x00280100, "US", 8), el(0x00280101, "US", 8),
		el(0x00280102, "US", 7), el(0x00280103, "US", 0), el(0x7FE00010, "OB", px), dicomout.Element{Tag: 0x00281052}, dicomout.Element{Tag: 0x00281053})
	return with(d, more...)
}

// TestColourAgainstDcmtk decodes every kind of colour picture as dcmtk does. Its luminance is kept as a volume to look at, which says
// that it holds no CT numbers.
func TestColourAgainstDcmtk(t *testing.T) {
	const n = 16 * 10
	rgb, planes, halved, index := make([]byte, 3*n), make([]byte, 3*n), make([]byte, 2*n), make([]byte, n)
	for i := range n {
		c := [3]byte{byte(i * 7), byte(255 - i), byte(i * i)}
		copy(rgb[3*i:], c[:])
		for k := range c {
			planes[k*n+i] = c[k]
		}
		index[i] = byte(i)
	}
	for i := range halved {
		halved[i] = byte(60 + i*11%130)
	}
	wide := make([][]uint16, 3)
	for c := range wide {
		wide[c] = make([]uint16, 200)
		for i := range wide[c] {
			wide[c][i] = uint16(i*(200+50*c)+c*99) ^ 0x0f0f
		}
	}
	palette := []dicomout.Element{el(0x00281101, "US", []int{200, 0, 16}), el(0x00281102, "US", []int{200, 0, 16}), el(0x00281103, "US", []int{200, 0, 16}),
		el(0x00281201, "OW", wide[0]), el(0x00281202, "OW", wide[1]), el(0x00281203, "OW", wide[2])}
	for _, c := range []struct {
		name      string
		d         dicomout.Dataset
		tolerance float64
	}{
		{"RGB", painted("RGB", 3, rgb), 0},
		{"RGB by planes", painted("RGB", 3, planes, el(0x00280006, "US", 1)), 0},
		{"YBR_FULL", painted("YBR_FULL", 3, rgb), 2}, // dcmtk centres chroma on 127.5, the standard on 128
		{"YBR_FULL_422", painted("YBR_FULL_422", 3, halved), 2},
		{"palette", painted("PALETTE COLOR", 1, index, palette...), 0},
	} {
		path := write(t, t.TempDir(), "s", encodeFile(t, c.d))
		for _, encoder := range []string{"", "dcmcrle"} {
			file := path
			if encoder != "" {
				if c.name == "YBR_FULL_422" {
					continue // RLE has no shared chroma
				}
				file = filepath.Join(t.TempDir(), "s")
				convert(t, encoder, path, file)
			}
			inv := scan(t, file)
			if len(inv.Series) != 1 || inv.Series[0].Main() == nil {
				t.Fatalf("%s: %s", c.name, summary(inv))
			}
			s := inv.Series[0].Main()
			if !s.Colour() || s.Hounsfield() {
				t.Errorf("%s: colour %v, HU %v", c.name, s.Colour(), s.Hounsfield())
			}
			img, err := s.Picture(0)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			v, err := s.Load(t.Context(), nil)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			want := pnm(t, file, "-O")
			if len(want) != 3*n {
				t.Fatalf("%s: dcmtk wrote %d samples", c.name, len(want))
			}
			for i := range n {
				luma := 0.0
				for k := range 3 {
					got := img.Pix[4*i+k]
					luma += float64(got) * [3]float64{0.299, 0.587, 0.114}[k]
					if math.Abs(float64(got)-float64(want[3*i+k])) > c.tolerance {
						t.Fatalf("%s %s: pixel %d is %v, dcmtk %v", c.name, encoder, i, img.Pix[4*i:4*i+3], want[3*i:3*i+3])
					}
				}
				clipped := false // colours outside the cube lose luminance when shown
				for k := range 3 {
					clipped = clipped || want[3*i+k] == 0 || want[3*i+k] == 255
				}
				if !clipped && math.Abs(luma-float64(v.HU[i])) > 1.01 {
					t.Fatalf("%s: luminance of pixel %d is %d, want %.1f", c.name, i, v.HU[i], luma)
				}
			}
		}
	}
}

// TestSegmentedPalette unrolls the three kinds of segments.
func TestSegmentedPalette(t *testing.T) {
	index := make([]byte, 160)
	for i := range index {
		index[i] = byte(i % 12)
	}
	// Two values, a line of four to 60, and both again by reference: 10 20 30 40 50 60 | 10 20 30 40 50 60.
	data := []uint16{0, 2, 10, 20, 1, 4, 60, 2, 2, 0, 0}
	var more []dicomout.Element
	for c := range dicomout.Tag(3) {
		more = append(more, el(0x00281101+c, "US", []int{12, 0, 8}), el(0x00281221+c, "OW", data))
	}
	check := func(more []dicomout.Element) error {
		s := scan(t, write(t, t.TempDir(), "s", encodeFile(t, painted("PALETTE COLOR", 1, index, more...)))).Series[0].Main()
		img, err := s.Picture(0)
		if err != nil {
			return err
		}
		for i := range index {
			if want := uint8(10 + i%12%6*10); img.Pix[4*i] != want {
				t.Fatalf("index %d is %d, want %d", i%12, img.Pix[4*i], want)
			}
		}
		return nil
	}
	if err := check(more); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]uint16{"unknown": {9, 1, 1}, "short": {0, 50, 1}, "line without a start": {1, 4, 60}, "endless": {2, 65535, 0, 0}, "beyond": {2, 1, 999, 9}} {
		for c := range 3 {
			more[2*c+1].Value = bad
		}
		if err := check(more); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
