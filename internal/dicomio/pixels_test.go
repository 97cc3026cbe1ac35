package dicomio

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"testing"
)

// encapsulate makes pixel data of fragments, with a basic offset table of the given frames.
func encapsulate(table []uint32, fragments ...[]byte) []byte {
	item := func(out, b []byte) []byte {
		out = append(out, 0xfe, 0xff, 0x00, 0xe0)
		return append(binary.LittleEndian.AppendUint32(out, uint32(len(b))), b...)
	}
	var bot []byte
	for _, o := range table {
		bot = binary.LittleEndian.AppendUint32(bot, o)
	}
	out := item(nil, bot)
	for _, f := range fragments {
		out = item(out, f)
	}
	return append(out, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0)
}

func open(t *testing.T, b []byte, frames int, change func(*instance)) *pixels {
	t.Helper()
	in := &instance{src: memory(b), bytes: int64(len(b)), pix: pixelRef{encapsulated: true, length: undefined}, coding: codingDeflated,
		layout: layout{rows: 1, cols: 2, samples: 1, allocated: 16, stored: 16, highBit: 15, frames: frames}}
	if change != nil {
		change(in)
	}
	p, err := openPixels(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestFragmentsOfFrames parts the same six fragments of three frames in every way that files use.
func TestFragmentsOfFrames(t *testing.T) {
	soi := func(s string) []byte { return append([]byte{0xff, 0xd8, 0xff}, s...) }
	six := [][]byte{soi("a0"), []byte("a1b"), soi("b0"), soi("c0"), []byte("c1c"), []byte("c2c")}
	// Offsets count from the head of the first fragment: each has 8 bytes of head.
	at := []uint32{0, 13 + 11, 13 + 11 + 13}
	wide := func(v ...uint64) (out []byte) {
		for _, x := range v {
			out = binary.LittleEndian.AppendUint64(out, x)
		}
		return out
	}
	const want = "[2 1 3]"
	for _, c := range []struct {
		name  string
		table []uint32
		ext   []byte
		want  string
	}{
		{"table", at, nil, want},
		{"no table", nil, nil, want},
		{"wrong table", []uint32{0, 5, 9}, nil, want},
		{"table of one", []uint32{0}, nil, want},
		{"extended table", nil, wide(0, 24, 37), want},
		{"wrong extended table", nil, wide(0, 1<<40, 3), want},
	} {
		p := open(t, encapsulate(c.table, six...), 3, func(in *instance) { in.layout.extendedOffsets = c.ext })
		var got []int
		for _, f := range p.parts {
			got = append(got, len(f))
		}
		if fmt.Sprint(got) != c.want || p.first != nil {
			t.Errorf("%s: fragments %v, %v; want %s", c.name, got, p.first, c.want)
		}
	}
	for _, s := range six {
		copy(s, "???") // nothing to tell frames by
	}
	if p := open(t, encapsulate(nil, six...), 3, nil); p.first == nil {
		t.Error("six fragments of three frames were parted by guess")
	}
	if p := open(t, encapsulate(nil, six...), 6, nil); len(p.parts) != 6 {
		t.Errorf("one fragment a frame: %d", len(p.parts))
	}
	if p := open(t, encapsulate(nil, six...), 1, nil); len(p.parts) != 1 || len(p.parts[0]) != 6 {
		t.Error("one frame takes all fragments")
	}
}

func TestDeflatedFrames(t *testing.T) {
	pack := func(b []byte) []byte {
		var out bytes.Buffer
		w, _ := flate.NewWriter(&out, 9)
		w.Write(b)
		w.Close()
		return out.Bytes()
	}
	p := open(t, encapsulate(nil, pack([]byte{1, 2, 3, 4}), pack([]byte{5, 6, 7, 8}), pack([]byte{9, 9})), 3, nil)
	dst := make([]uint16, 2)
	for k, want := range [][2]uint16{{0x0201, 0x0403}, {0x0605, 0x0807}} {
		if err := p.frame(k, dst); err != nil || [2]uint16(dst) != want {
			t.Errorf("frame %d: %x, %v; want %x", k, dst, err, want)
		}
	}
	if err := p.frame(2, dst); err == nil {
		t.Error("a frame that unpacks to half its size was read")
	}
}

// TestUnpack reads bytes, words, planes and the pairs of bytes that big endian turns round.
func TestUnpack(t *testing.T) {
	raw := []byte{1, 2, 3, 4, 5, 6}
	for _, c := range []struct {
		name       string
		allocated  int
		big, words bool
		samples    int
		planar     bool
		want       string
	}{
		{"bytes", 8, false, false, 1, false, "[1 2 3 4 5 6]"},
		{"bytes as big endian words", 8, true, true, 1, false, "[2 1 4 3 6 5]"},
		{"bytes as bytes in big endian", 8, true, false, 1, false, "[1 2 3 4 5 6]"},
		{"little words", 16, false, true, 1, false, "[513 1027 1541]"},
		{"big words", 16, true, true, 1, false, "[258 772 1286]"},
		{"colour by pixel", 8, false, false, 3, false, "[1 2 3 4 5 6]"},
		{"colour by plane", 8, false, false, 3, true, "[1 3 5 2 4 6]"},
	} {
		n := 6 * 8 / c.allocated
		p := &pixels{coded: raw, in: &instance{pix: pixelRef{big: c.big, words: c.words},
			layout: layout{rows: 1, cols: n / c.samples, samples: c.samples, planar: c.planar, allocated: c.allocated, stored: c.allocated}}}
		dst := make([]uint16, n)
		if err := p.unpack(dst); err != nil || fmt.Sprint(dst) != c.want {
			t.Errorf("%s: %v, want %s", c.name, dst, c.want)
		}
	}
}
