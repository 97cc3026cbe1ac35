package nrrd_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nrrd"
	"github.com/vertefill/vertefill/internal/volume"
)

// read splits a file into its fields and its samples.
func read(t *testing.T, file []byte) (map[string]string, []byte) {
	t.Helper()
	head, data, ok := bytes.Cut(file, []byte("\n\n"))
	if !ok || !bytes.HasPrefix(head, []byte("NRRD0004\n")) {
		t.Fatalf("not an NRRD file: %q", head)
	}
	fields := map[string]string{}
	for _, line := range strings.Split(string(head), "\n")[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("header line %q", line)
		}
		fields[name] = value
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return fields, raw
}

func TestWriteInt16(t *testing.T) {
	row, col := geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, -1)
	g, err := volume.NewGrid(3, 2, row, col, 0.5, 0.75, []geom.Patient{geom.LPS(1, 2, 3), geom.LPS(-0.25, 2, 3)}, "")
	if err != nil {
		t.Fatal(err)
	}
	hu := []int16{-1024, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 3071}
	var b bytes.Buffer
	if err := nrrd.WriteInt16(&b, g, hu); err != nil {
		t.Fatal(err)
	}
	f, raw := read(t, b.Bytes())
	for name, want := range map[string]string{
		"type": "short", "dimension": "3", "sizes": "3 2 2", "space": "left-posterior-superior", "endian": "little", "encoding": "gzip",
		"space directions": "(0,0.5,0) (0,0,-0.75) (-1.25,0,0)", "space origin": "(1,2,3)",
	} {
		if f[name] != want {
			t.Errorf("%s: %q, want %q", name, f[name], want)
		}
	}
	for i, want := range hu {
		if got := int16(binary.LittleEndian.Uint16(raw[2*i:])); got != want {
			t.Errorf("sample %d = %d, want %d", i, got, want)
		}
	}
}

func TestWriteRunAndFloat(t *testing.T) {
	var b bytes.Buffer
	values := []float32{0, 1.5, -2.25, 4095}
	if err := nrrd.WriteRun(&b, 2, 1, 2, [2]float64{0.4, 0.3}, values); err != nil {
		t.Fatal(err)
	}
	f, raw := read(t, b.Bytes())
	if f["sizes"] != "2 1 2" || f["spacings"] != "0.4 0.3 nan" || f["space"] != "" {
		t.Errorf("header %v", f)
	}
	for i, want := range values {
		if got := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])); got != want {
			t.Errorf("sample %d = %g, want %g", i, got, want)
		}
	}
}
