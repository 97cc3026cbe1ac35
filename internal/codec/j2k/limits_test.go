package j2k_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/j2k"
)

// The size in the stream is compared before anything of that size exists.
func TestMismatchIsRefused(t *testing.T) {
	v := vectors[0]
	data := readVector(t, v.file)
	dst := make([]uint16, len(v.picture.samples))
	for name, change := range map[string]func(*codec.Header){
		"width":      func(h *codec.Header) { h.Width++ },
		"height":     func(h *codec.Header) { h.Height-- },
		"components": func(h *codec.Header) { h.Components = 3 },
		"bits":       func(h *codec.Header) { h.Bits = 7 },
	} {
		want := v.picture.header()
		change(&want)
		if _, err := j2k.Decode(dst, data, want); !errors.Is(err, codec.ErrMismatch) {
			t.Errorf("%s: error %v, want ErrMismatch", name, err)
		}
	}
	if _, err := j2k.Decode(dst[1:], data, v.picture.header()); !errors.Is(err, codec.ErrMismatch) {
		t.Errorf("short destination: error %v, want ErrMismatch", err)
	}
	huge := append([]byte(nil), data...)
	binary.BigEndian.PutUint32(huge[8:], 1<<30)
	binary.BigEndian.PutUint32(huge[12:], 1<<30)
	copy(huge[24:32], huge[8:16]) // one tile
	if _, err := j2k.Decode(dst, huge, v.picture.header()); !errors.Is(err, codec.ErrMismatch) {
		t.Errorf("huge: error %v, want ErrMismatch", err)
	}
}

// What the decoder does not do it says, in the words of the header.
func TestUnsupportedIsNamed(t *testing.T) {
	const rsiz, ssiz, dx = 6, 42, 43
	cod := func(data []byte) int { return bytes.Index(data, []byte{0xFF, 0x52}) }
	for name, change := range map[string]func(data []byte){
		"Part 2 extensions": func(b []byte) { b[rsiz] |= 0x80 },
		"17 bits":           func(b []byte) { b[ssiz] = 16 },
		"subsampled":        func(b []byte) { b[dx] = 2 },
		"unequal depth":     func(b []byte) { b[ssiz+3] = 6 },
		"both coders":       func(b []byte) { b[cod(b)+12] = 0xC0 },
		"HT code-block":     func(b []byte) { b[cod(b)+12] = 0x41 },
		"wavelet 2":         func(b []byte) { b[cod(b)+13] = 2 },
	} {
		data := bytes.Clone(readVector(t, "rgb-tiles.j2k"))
		change(data)
		_, err := j2k.ReadHeader(data)
		if !errors.Is(err, codec.ErrUnsupported) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestInfo(t *testing.T) {
	for _, v := range vectors {
		info, err := j2k.ReadInfo(readVector(t, v.file))
		if err != nil {
			t.Fatal(err)
		}
		p := v.picture
		want := j2k.Info{Header: p.header(), Signed: p.signed, Reversible: !v.lossy, HT: v.ht}
		want.Color = codec.ColorGray
		if p.n == 3 {
			want.Color = codec.ColorRGB
		}
		if info != want {
			t.Errorf("%s: %+v, want %+v", v.file, info, want)
		}
	}
}

// What a Decoder needs beside the destination is bounded by the picture, and
// allocated once.
func TestMemory(t *testing.T) {
	p := newPicture("ct", 512, 512, 1, 16, true)
	data := encode(t, p)
	var d j2k.Decoder
	dst := make([]uint16, len(p.samples))
	work := func() {
		if _, err := d.Decode(dst, data, p.header()); err != nil {
			t.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	taken := after.TotalAlloc - before.TotalAlloc
	if limit := uint64(3 * 2 * len(dst)); taken > limit {
		t.Errorf("a fresh decoder takes %d bytes, limit %d", taken, limit)
	}
	if n := testing.AllocsPerRun(3, work); n > 4 {
		t.Errorf("a used decoder allocates %g times a frame", n)
	}
}

// Streams made to waste time: few bytes that ask for many steps.
func TestHostileStreamsEndSoon(t *testing.T) {
	type siz struct{ w, h, tw, th int }
	build := func(s siz, cod, extra []byte) []byte {
		out := []byte{0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0}
		for _, v := range []int{s.w, s.h, 0, 0, s.tw, s.th, 0, 0} {
			out = binary.BigEndian.AppendUint32(out, uint32(v))
		}
		out = append(out, 0, 1, 15, 1, 1)
		out = append(out, 0xFF, 0x52, 0, byte(2+len(cod)))
		out = append(out, cod...)
		out = append(out, 0xFF, 0x5C, 0, 5, 0x41, 0xF8, 0) // derived steps
		out = append(out, extra...)
		return append(out, 0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0x93, 0, 0, 0, 0)
	}
	var changes []byte
	for range 32 {
		changes = append(changes, 0, 0, 255, 255, 33, 1, 3)
	}
	poc := append(binary.BigEndian.AppendUint16([]byte{0xFF, 0x5F}, uint16(2+len(changes))), changes...)
	precincts := append([]byte{1, 4, 255, 255, 0, 32, 8, 0, 0, 0}, 0x00)
	for range 32 {
		precincts = append(precincts, 0x11)
	}
	for name, data := range map[string][]byte{
		"single-pixel tiles": build(siz{255, 255, 1, 1}, []byte{0, 2, 255, 255, 0, 32, 4, 4, 0, 0}, nil),
		"smallest precincts": build(siz{512, 512, 512, 512}, precincts, nil),
		"progressions":       build(siz{512, 512, 512, 512}, []byte{0, 2, 255, 255, 0, 5, 0, 0, 0, 0}, poc),
		"tiny blocks":        build(siz{512, 512, 512, 512}, []byte{0, 2, 255, 255, 0, 0, 0, 0, 0, 0}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			h, err := j2k.ReadHeader(data)
			if err != nil {
				t.Fatal(err)
			}
			dst := make([]uint16, h.Samples())
			start := time.Now()
			if _, err = j2k.Decode(dst, data, h); err == nil {
				t.Error("no error")
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %v", took)
			} else {
				t.Log(took, err)
			}
		})
	}
}
