package j2k_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// realCT returns the one real CT slice in the given transfer syntax, from its
// first code-stream byte on, or its last 512 KB when it is not encoded.
func realCT(t testing.TB, pattern string) []byte {
	t.Helper()
	const folder = "../../../../shared/data/ct-one-image-15-syntaxes"
	files, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil || len(files) != 1 {
		t.Skipf("real data absent: %s in %s", pattern, folder)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if i := bytes.Index(data, []byte{0xFF, 0x4F, 0xFF, 0x51}); i >= 0 {
		return data[i:]
	}
	return data[len(data)-512*512*2:]
}

func TestRealCT(t *testing.T) {
	native := realCT(t, "*LittleEndianExplicit*1.2.840.10008.1.2.1.dcm")
	p := picture{w: 512, h: 512, n: 1, bits: 16, signed: true}
	for i := 0; i < len(native); i += 2 {
		p.samples = append(p.samples, binary.LittleEndian.Uint16(native[i:]))
	}
	if n, most := differences(p, decode(t, p, realCT(t, "*.4.90.dcm")), p.samples); n != 0 {
		t.Errorf("lossless: %d samples differ from the native file, by up to %d", n, most)
	}
	lossy := realCT(t, "*.4.91.dcm")
	if n, most := differences(p, decode(t, p, lossy), oracle(t, p, lossy)); n != 0 {
		t.Errorf("lossy: %d samples differ from opj_decompress, by up to %d", n, most)
	}
}
