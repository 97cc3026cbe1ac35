package dicomio_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/dicomio"
)

// TestSyntaxMatrix encodes slices of every depth and sign with other programs in every lossless syntax that they can write, and reads
// them back bit for bit.
func TestSyntaxMatrix(t *testing.T) {
	encoders := []string{
		"dcmconv +ti", "dcmconv +tb", "dcmconv +td", "dcmcrle", "dcmcjpeg +e1", "dcmcjpeg +el +sv 2", "dcmcjpeg +el +sv 4", "dcmcjpeg +el +sv 7",
		"dcmcjpls +el", "gdcmconv --j2k", "gdcmconv --jpegls", "gdcmconv --rle", "gdcmconv --jpeg",
	}
	const nx, ny = 61, 47
	rows, complete := map[string][]string{}, true
	for _, c := range []struct {
		stored int
		signed bool
	}{{10, false}, {12, false}, {16, false}, {12, true}, {16, true}} {
		px := make([]uint16, nx*ny)
		mask := uint16(1<<c.stored - 1)
		for i := range px {
			x, y := i%nx, i/nx
			v := uint16(x*37+y*y*3+(x*y)%17) & mask
			switch { // the ends of the range
			case x < 8 && y < 8:
				v = 0
			case x > 50 && y < 8:
				v = mask
			case x > 50:
				v = mask>>1 + uint16(y&1)
			}
			px[i] = v
		}
		signed := 0
		if c.signed {
			signed = 1
			for i, v := range px { // sign bits up to the top, as in memory
				if v>>(c.stored-1) == 1 {
					px[i] = v | ^mask
				}
			}
		}
		s := axial(nx, ny, 0)
		s.px = px
		d := with(s.dataset("s"), el(0x00280101, "US", c.stored), el(0x00280102, "US", c.stored-1), el(0x00280103, "US", signed), el(0x00281052, "DS", -100.0))
		dir := t.TempDir()
		plain := write(t, dir, "plain.dcm", encodeFile(t, d))
		want := loadOne(t, plain)
		for i, h := range want {
			v := int(px[i])
			if c.signed {
				v = int(int16(px[i]))
			}
			if v-100 != int(h) && v-100 <= 32767 && v-100 >= -32768 {
				t.Fatalf("%d bits, signed %v: plain pixel %d is %d, want %d", c.stored, c.signed, i, h, v-100)
			}
		}
		for n, encoder := range encoders {
			words := strings.Fields(encoder)
			if _, err := exec.LookPath(words[0]); err != nil {
				t.Logf("%s is not installed", words[0])
				complete = false
				continue
			}
			coded := filepath.Join(dir, fmt.Sprint(n, ".dcm"))
			if out, err := exec.Command(words[0], append(words[1:], plain, coded)...).CombinedOutput(); err != nil {
				t.Logf("%s refuses %d bits, signed %v: %.100s", encoder, c.stored, c.signed, out)
				rows[encoder] = append(rows[encoder], "not written")
				continue
			}
			result := "exact"
			got := loadOne(t, coded)
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("%s, %d bits, signed %v: pixel %d is %d, want %d", encoder, c.stored, c.signed, i, got[i], want[i])
					result = "wrong"
					break
				}
			}
			rows[encoder] = append(rows[encoder], result)
		}
	}
	if !complete {
		return // the table needs all programs
	}
	var table strings.Builder
	for _, e := range encoders {
		fmt.Fprintf(&table, "| `%s` | %s |\n", e, strings.Join(rows[e], " | "))
	}
	doc, err := os.ReadFile("../../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc), table.String()) {
		t.Errorf("docs/conformance.md must hold this table:\n%s", &table)
	}
}

func loadOne(t *testing.T, path string) []int16 {
	t.Helper()
	inv := scan(t, path)
	if len(inv.Series) != 1 || inv.Series[0].Main() == nil {
		t.Fatalf("%s: %s", path, summary(inv))
	}
	v, err := inv.Series[0].Main().Load(t.Context(), nil)
	if err != nil {
		t.Fatalf("%s: %v", dicomio.SyntaxName(inv.Series[0].Syntax), err)
	}
	return v.HU
}
