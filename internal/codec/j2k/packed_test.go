package j2k_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// packHeaders turns a stream of one tile-part, encoded with SOP and EPH, into
// one whose packet headers stand apart: in PPM segments of the main header or
// in PPT segments of the tile-part (A.7.4, A.7.5), size bytes in each.
func packHeaders(t *testing.T, data []byte, main bool, size int) []byte {
	t.Helper()
	sot := bytes.Index(data, []byte{0xFF, 0x90, 0, 10})
	sod := sot + bytes.Index(data[sot:], []byte{0xFF, 0x93})
	body := bytes.TrimSuffix(data[sod+2:], []byte{0xFF, 0xD9})
	var headers, bodies []byte
	for len(body) > 0 {
		if !bytes.HasPrefix(body, []byte{0xFF, 0x91, 0, 4}) {
			t.Fatal("no SOP where a packet begins")
		}
		end := bytes.Index(body, []byte{0xFF, 0x92}) + 2
		next := len(body)
		if i := bytes.Index(body[6:], []byte{0xFF, 0x91, 0, 4}); i >= 0 {
			next = 6 + i
		}
		headers = append(headers, body[6:end]...)
		bodies = append(append(bodies, body[:6]...), body[end:next]...)
		body = body[next:]
	}
	mark := byte(0x61)
	if main {
		mark = 0x60
		headers = append(binary.BigEndian.AppendUint32(nil, uint32(len(headers))), headers...)
	}
	var segments []byte
	index := byte(0)
	for part := range slices.Chunk(headers, size) {
		segments = append(segments, 0xFF, mark)
		segments = binary.BigEndian.AppendUint16(segments, uint16(len(part)+3))
		segments = append(append(segments, index), part...)
		index++
	}
	out := slices.Clone(data[:sot])
	if main {
		out = append(out, segments...)
	}
	at := len(out)
	out = append(out, data[sot:sod]...)
	if !main {
		out = append(out, segments...)
	}
	out = append(append(out, 0xFF, 0x93), bodies...)
	binary.BigEndian.PutUint32(out[at+6:], uint32(len(out)-at))
	return append(out, 0xFF, 0xD9)
}

func TestPackedPacketHeaders(t *testing.T) {
	for _, p := range testPictures()[:7] {
		data := encode(t, p, append(levels(p, 4), "-SOP", "-EPH", "-r", "20,5,1", "-c", "[64,64]")...)
		for _, main := range []bool{false, true} {
			packed := packHeaders(t, data, main, 100)
			if n, most := differences(p, oracle(t, p, packed), p.samples); n != 0 {
				t.Fatalf("%s, main %v: the oracle differs in %d samples, by up to %d", p.name, main, n, most)
			}
			if n, most := differences(p, decode(t, p, packed), p.samples); n != 0 {
				t.Errorf("%s, main %v: %d samples differ, by up to %d", p.name, main, n, most)
			}
		}
	}
}

func TestProgressionChanges(t *testing.T) {
	for _, p := range []picture{newPicture("gray", 120, 90, 1, 12, false), newPicture("rgb", 120, 90, 3, 8, false)} {
		comps := string(rune('0' + p.n))
		for _, change := range []string{
			"T1=0,0,1,3," + comps + ",LRCP/T1=3,0,1,6," + comps + ",RPCL",
			"T1=0,0,1,2," + comps + ",CPRL/T1=2,0,1,4," + comps + ",PCRL/T1=4,0,1,6," + comps + ",RLCP",
		} {
			data := encode(t, p, "-POC", change)
			if n, most := differences(p, oracle(t, p, data), p.samples); n != 0 {
				t.Fatalf("%s %s: the oracle differs in %d samples, by up to %d", p.name, change, n, most)
			}
			if n, most := differences(p, decode(t, p, data), p.samples); n != 0 {
				t.Errorf("%s %s: %d samples differ, by up to %d", p.name, change, n, most)
			}
		}
	}
}

// Progression volumes may overlap: what one has brought, the next leaves out
// (B.12.2). Layer by layer in two volumes is layer by layer in one.
func TestOverlappingProgressionChanges(t *testing.T) {
	p := newPicture("rgb", 120, 90, 3, 8, false)
	data := encode(t, p, "-r", "20,5,1", "-p", "LRCP")
	sot := bytes.Index(data, []byte{0xFF, 0x90, 0, 10})
	poc := []byte{0xFF, 0x5F, 0, 16, 0, 0, 0, 2, 33, 3, 0, 0, 0, 0, 3, 33, 3, 0}
	data = slices.Insert(data, sot, poc...)
	if n, most := differences(p, decode(t, p, data), p.samples); n != 0 {
		t.Errorf("%d samples differ, by up to %d", n, most)
	}
}

// A tile-part length of 0 means up to the end (A.4.2).
func TestOpenEndedTilePart(t *testing.T) {
	for _, v := range vectors {
		data := readVector(t, v.file)
		if bytes.Count(data, []byte{0xFF, 0x90, 0, 10}) != 1 {
			continue
		}
		whole := decode(t, v.picture, data)
		sot := bytes.Index(data, []byte{0xFF, 0x90, 0, 10})
		binary.BigEndian.PutUint32(data[sot+6:], 0)
		if !slices.Equal(decode(t, v.picture, data), whole) {
			t.Errorf("%s: other samples when open-ended", v.file)
		}
		// DICOM pads fragments to an even length (PS3.5 A.4).
		if !slices.Equal(decode(t, v.picture, append(data, 0)), whole) {
			t.Errorf("%s: other samples when padded", v.file)
		}
	}
}

func TestJP2Wrapper(t *testing.T) {
	v := vectors[0]
	data := readVector(t, v.file)
	var file []byte
	box := func(kind string, body []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
		return append(append(out, kind...), body...)
	}
	file = append(file, box("jP  ", []byte{13, 10, 0x87, 10})...)
	file = append(file, box("ftyp", []byte("jp2 \x00\x00\x00\x00jp2 "))...)
	file = append(file, box("jp2h", box("colr", make([]byte, 7)))...)
	if got := decode(t, v.picture, append(slices.Clone(file), box("jp2c", data)...)); !slices.Equal(got, decode(t, v.picture, data)) {
		t.Error("other samples in a JP2 wrapper")
	}
	open := append(append(slices.Clone(file), 0, 0, 0, 0), "jp2c"...)
	if got := decode(t, v.picture, append(open, data...)); !slices.Equal(got, decode(t, v.picture, data)) {
		t.Error("other samples in an open-ended box")
	}
}
