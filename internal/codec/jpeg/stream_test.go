package jpeg_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/codectest"
	"github.com/vertefill/vertefill/internal/codec/jpeg"
)

func (s stream) picture() codectest.Picture {
	n := len(s.sampling)
	return codectest.Picture{Name: "stream", Width: s.width, Height: s.height, Components: n, Bits: s.bits,
		Pix: make([]uint16, s.width*s.height*n)}
}

var (
	gray   = [][2]int{{1, 1}}
	full   = [][2]int{{1, 1}, {1, 1}, {1, 1}}
	h2v1   = [][2]int{{2, 1}, {1, 1}, {1, 1}}
	h2v2   = [][2]int{{2, 2}, {1, 1}, {1, 1}}
	h1v2   = [][2]int{{1, 2}, {1, 1}, {1, 1}}
	h4v1   = [][2]int{{4, 1}, {1, 1}, {1, 1}}
	joined = [][]int{{0, 1, 2}}
	split  = [][]int{{0}, {1}, {2}}
	mixed  = [][]int{{1}, {0, 2}}
)

func oneScan(sampling [][2]int) [][]int { return [][]int{joined[0][:len(sampling)]} }

// TestDefinition compares full-resolution components with the real-valued
// inverse DCT: the integer transform must round it right but for near ties.
func TestDefinition(t *testing.T) {
	// Cosines are rounded by at most 2^-19, and the coefficients of a block
	// here add up to some 10^4: 10^4 * 2 * 2^-19 / 4 = 0.01.
	const tie = 0.5 + 0.01
	for _, s := range []stream{
		{width: 37, height: 29, bits: 8, sampling: gray, scans: [][]int{{0}}},
		{width: 37, height: 29, bits: 12, sampling: gray, scans: [][]int{{0}}},
		{width: 37, height: 29, bits: 12, sampling: gray, scans: [][]int{{0}}, restart: 1},
		{width: 80, height: 29, bits: 8, sampling: gray, scans: [][]int{{0}}, restart: 7},
		{width: 37, height: 29, bits: 8, sampling: [][2]int{{2, 2}}, scans: [][]int{{0}}},
		{width: 33, height: 20, bits: 12, sampling: full, scans: joined},
		{width: 33, height: 20, bits: 8, sampling: full, scans: split, restart: 3},
		{width: 33, height: 20, bits: 8, sampling: full, scans: mixed, restart: 2},
		{width: 8, height: 8, bits: 8, sampling: [][2]int{{1, 1}, {1, 1}, {1, 1}, {1, 1}}, scans: [][]int{{3, 0, 1, 2}}},
	} {
		t.Run(fmt.Sprint(s.width, s.height, s.bits, s.sampling, s.scans, s.restart), func(t *testing.T) {
			data, planes := s.build()
			p := s.picture()
			got, _ := codectest.MustDecode(t, jpeg.Decode, p, data)
			for i, v := range got {
				pixel, c := i/p.Components, i%p.Components
				x, y := pixel%s.width, pixel/s.width
				if want := planes[c].pix[y*planes[c].stride+x]; math.Abs(float64(v)-want) > tie {
					t.Fatalf("x %d y %d component %d: got %d, want %.4f", x, y, c, v, want)
				}
			}
		})
	}
}

// TestStreamsAgainstOracle adds subsampling, where dcmtk sets the filter.
func TestStreamsAgainstOracle(t *testing.T) {
	for _, sampling := range [][][2]int{full, h2v1, h2v2, h1v2, h4v1} {
		for _, scans := range [][][]int{joined, split, mixed} {
			for _, restart := range []int{0, 5} {
				for _, width := range []int{3, 53, 64} {
					s := stream{width: width, height: 43, bits: 8, sampling: sampling, scans: scans, restart: restart}
					t.Run(fmt.Sprint(s.width, s.sampling, s.scans, s.restart), func(t *testing.T) {
						data, _ := s.build()
						p := s.picture()
						got, _ := codectest.MustDecode(t, jpeg.Decode, p, data)
						want := codectest.OracleDecode(t, p, data, codectest.JPEG12, "YBR_FULL", "dcmdjpeg", "+cn")
						codectest.Compare(t, p, got, want, 1)
					})
				}
			}
		}
	}
}

// TestStandardLibrary compares with image/jpeg, which stores chroma as coded:
// the full-resolution component must agree in every picture.
func TestStandardLibrary(t *testing.T) {
	for _, sampling := range [][][2]int{gray, full, h2v1, h2v2} {
		s := stream{width: 53, height: 43, bits: 8, sampling: sampling, scans: oneScan(sampling), restart: 3}
		data, _ := s.build()
		p := s.picture()
		got, _ := codectest.MustDecode(t, jpeg.Decode, p, data)
		m, err := stdjpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for y := range s.height {
			for x := range s.width {
				var want int
				switch m := m.(type) {
				case *image.Gray:
					want = int(m.GrayAt(x, y).Y)
				case *image.YCbCr:
					want = int(m.Y[m.YOffset(x, y)])
				}
				if v := int(got[(y*s.width+x)*p.Components]); max(v-want, want-v) > 1 {
					t.Fatalf("%v: x %d y %d: got %d, image/jpeg has %d", sampling, x, y, v, want)
				}
			}
		}
	}
}

func TestColor(t *testing.T) {
	adobe := func(transform byte) []byte {
		return codectest.Segment(0xEE, append([]byte("Adobe\x00\x64\x00\x00\x00\x00"), transform)...)
	}
	jfif := codectest.Segment(0xE0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")...)
	for _, tt := range []struct {
		name     string
		sampling [][2]int
		extra    []byte
		want     codec.Color
	}{
		{"gray", gray, nil, codec.ColorGray},
		{"silent", full, nil, codec.ColorUnknown},
		{"JFIF", full, jfif, codec.ColorYCbCr},
		{"Adobe RGB", full, adobe(0), codec.ColorRGB},
		{"Adobe YCbCr", full, adobe(1), codec.ColorYCbCr},
		{"Adobe wins", full, append(slices.Clone(jfif), adobe(0)...), codec.ColorRGB},
	} {
		s := stream{width: 9, height: 9, bits: 8, sampling: tt.sampling, scans: oneScan(tt.sampling), extra: tt.extra}
		data, _ := s.build()
		h, err := jpeg.ReadHeader(data)
		if err != nil || h.Color != tt.want {
			t.Errorf("%s: color %v, error %v, want %v", tt.name, h.Color, err, tt.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := stream{width: 40, height: 33, bits: 12, sampling: h2v1, scans: split, restart: 3}
	good, _ := s.build()
	edit := func(marker byte, offset int, value byte) []byte {
		b := slices.Clone(good)
		b[bytes.Index(b, []byte{0xFF, marker})+offset] = value
		return b
	}
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"good", good, nil},
		{"other width", edit(0xC1, 8, 41), codec.ErrMismatch},
		{"other height", edit(0xC1, 5, 200), codec.ErrMismatch},
		{"12 bits baseline", edit(0xC1, 1, 0xC0), codec.ErrCorrupt},
		{"10 bits", edit(0xC1, 4, 10), codec.ErrCorrupt},
		{"progressive", edit(0xC1, 1, 0xC2), codec.ErrUnsupported},
		{"lossless", edit(0xC1, 1, 0xC3), codec.ErrUnsupported},
		{"arithmetic", edit(0xC1, 1, 0xC9), codec.ErrUnsupported},
		{"more blocks announced than coded", edit(0xC1, 11, 0x31), codec.ErrCorrupt},
		{"sampling 0", edit(0xC1, 11, 0x01), codec.ErrCorrupt},
		{"quantiser 0", edit(0xDB, 6, 0), codec.ErrCorrupt},
		{"spectral selection", edit(0xDA, 7, 1), codec.ErrCorrupt},
		{"missing table", edit(0xDA, 6, 0x02), codec.ErrCorrupt},
		{"restart marker out of order", edit(0xD1, 1, 0xD2), codec.ErrCorrupt},
		{"component coded twice", bytes.Replace(slices.Clone(good), []byte{0xFF, 0xDA, 0, 8, 1, 2}, []byte{0xFF, 0xDA, 0, 8, 1, 1}, 1), codec.ErrCorrupt},
	}
	for _, tt := range tests {
		_, err := jpeg.Decode(make([]uint16, 40*33*3), tt.data, codec.Header{Width: 40, Height: 33, Components: 3, Bits: 12})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: error = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func decode(int) codectest.DecodeFunc { return jpeg.Decode }

func TestVectors(t *testing.T) {
	codectest.CheckVectors(t, decode, func() (v []codectest.Vector) {
		add := func(p codectest.Picture, args ...string) {
			v = append(v, codectest.Vector{
				File:    p.String() + strings.ReplaceAll(strings.Join(args, ""), "+", "-") + ".jpg",
				Picture: p,
				Frame:   codectest.Encode(t, p, "dcmcjpeg", args...),
			})
		}
		add(codectest.Phantom(47, 33, 1, 8, false), "+eb")
		add(codectest.Phantom(47, 33, 1, 12, false), "+ee")
		add(codectest.Phantom(47, 33, 3, 8, false), "+eb", "+s2")
		add(codectest.Phantom(47, 33, 3, 8, false), "+eb", "+cr")
		return v
	})
}

func FuzzDecode(f *testing.F) {
	small := func(s stream) []byte {
		data, _ := s.build()
		return data
	}
	codectest.Fuzz(f, jpeg.ReadHeader, jpeg.Decode,
		small(stream{width: 37, height: 29, bits: 12, sampling: gray, scans: [][]int{{0}}, restart: 3}),
		small(stream{width: 19, height: 20, bits: 8, sampling: h2v2, scans: mixed, restart: 2}),
		small(stream{width: 35, height: 9, bits: 8, sampling: h4v1, scans: joined}))
}

func TestMemory(t *testing.T) {
	s := stream{width: 256, height: 256, bits: 8, sampling: h2v2, scans: joined}
	data, _ := s.build()
	codectest.CheckMemory(t, jpeg.Decode, s.picture(), data)
}

func TestTruncated(t *testing.T) {
	for _, s := range []stream{
		{width: 37, height: 29, bits: 12, sampling: gray, scans: [][]int{{0}}},
		{width: 37, height: 29, bits: 8, sampling: h2v2, scans: mixed, restart: 2},
	} {
		data, _ := s.build()
		codectest.Truncations(t, jpeg.Decode, s.picture(), data, 1, 2)
	}
}
