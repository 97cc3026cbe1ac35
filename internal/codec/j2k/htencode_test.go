package j2k_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/codec/j2k"
)

// encodeHT runs OpenJPH. It reads signed raw files as unsigned ones, so a signed
// picture goes in shifted up by half its range, which is what the level shift of
// an unsigned one takes away again (G.1), and is declared signed afterwards.
func encodeHT(t testing.TB, p picture, options ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.yuv"), filepath.Join(dir, "out.j2c")
	u := p
	if p.signed {
		u.samples = slices.Clone(p.samples)
		for i := range u.samples {
			u.samples[i] += 1 << (p.bits - 1)
		}
	}
	content := u.planar(binary.LittleEndian)
	args := []string{"-dims", fmt.Sprintf("{%d,%d}", p.w, p.h), "-num_comps", "1", "-downsamp", "{1,1}",
		"-signed", "false", "-bit_depth", fmt.Sprint(p.bits)}
	if p.n == 3 {
		in, args = filepath.Join(dir, "in.ppm"), nil
		content = fmt.Appendf(nil, "P6 %d %d 255\n", p.w, p.h)
		for _, v := range p.samples {
			content = append(content, byte(v))
		}
	}
	if err := os.WriteFile(in, content, 0o600); err != nil {
		t.Fatal(err)
	}
	args = append(args, "-i", in, "-o", out)
	run(t, "ojph_compress", append(args, options...)...)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if p.signed {
		const ssiz = 42 // the depth of component 0, in SIZ
		data[ssiz] |= 0x80
	}
	return data
}

func TestHTAgainstOpenJPH(t *testing.T) {
	for _, p := range testPictures() {
		t.Run(p.name, func(t *testing.T) {
			for _, o := range []string{
				"-reversible true", "-reversible true -num_decomps 0", "-reversible true -block_size {32,32}",
				"-reversible true -block_size {1024,4}", "-reversible true -block_size {4,1024}",
				"-reversible true -prog_order LRCP", "-reversible true -prog_order CPRL -precincts {128,128},{64,64}",
				"-reversible true -tile_size {100,77}", "-reversible true -image_offset {5,7}",
				"-qstep 0.0005", "-qstep 0.01", "-qstep 0.1 -block_size {32,32}",
			} {
				if strings.Contains(o, "offset") && p.w < 32 {
					continue // OpenJPH wants the offset inside the first tile
				}
				args := strings.Fields(o)
				data := encodeHT(t, p, args...)
				want, tolerance := p.samples, 0
				if !strings.Contains(o, "reversible") {
					want, tolerance = oracle(t, p, data), 1
				}
				got := make([]uint16, len(p.samples))
				if _, err := j2k.Decode(got, data, p.header()); err != nil {
					t.Errorf("%q: %v", o, err)
				} else if n, most := differences(p, got, want); most > tolerance {
					t.Errorf("%q: %d of %d samples differ, by up to %d", o, n, len(got), most)
				}
			}
		})
	}
}
