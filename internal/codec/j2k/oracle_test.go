package j2k_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/j2k"
)

// picture is a synthetic picture and its exact samples, pixel by pixel, as two's
// complement.
type picture struct {
	name    string
	w, h, n int
	bits    int
	signed  bool
	samples []uint16
}

// newPicture makes something like a CT slice: flat air, soft discs, a hard
// bright one (cement) and noise that grows with the depth, at every value the
// depth can hold.
func newPicture(name string, w, h, n, bits int, signed bool) picture {
	p := picture{name: name, w: w, h: h, n: n, bits: bits, signed: signed}
	rnd := rand.New(rand.NewPCG(uint64(w), uint64(h*n+bits)))
	top := float64(int(1)<<bits - 1)
	for y := range h {
		for x := range w {
			fx, fy := (float64(x)+.5)/float64(w)-.5, (float64(y)+.5)/float64(h)-.5
			for c := range n {
				v := 0.0
				if r := math.Hypot(fx, fy*1.2); r < .42 {
					v = .45 + .2*math.Sin(9*fx+float64(c))*math.Cos(7*fy)
					v += rnd.NormFloat64() * .004
				}
				if math.Hypot(fx-.1, fy+.05) < .06 {
					v = 1
				}
				s := int(math.Round(min(max(v, 0), 1) * top))
				if signed {
					s -= 1 << (bits - 1)
				}
				p.samples = append(p.samples, uint16(s))
			}
		}
	}
	return p
}

func (p picture) header() codec.Header {
	return codec.Header{Width: p.w, Height: p.h, Components: p.n, Bits: p.bits}
}

// planar returns the samples as both command-line programs store them: plane by
// plane, one byte a sample up to 8 bits, else two.
func (p picture) planar(order binary.ByteOrder) []byte {
	var out []byte
	for c := range p.n {
		for i := c; i < len(p.samples); i += p.n {
			if p.bits <= 8 {
				out = append(out, byte(p.samples[i]))
				continue
			}
			var b [2]byte
			order.PutUint16(b[:], p.samples[i])
			out = append(out, b[:]...)
		}
	}
	return out
}

// fromPlanar is the way back, little endian.
func (p picture) fromPlanar(t *testing.T, b []byte) []uint16 {
	t.Helper()
	size := 2
	if p.bits <= 8 {
		size = 1
	}
	if len(b) != len(p.samples)*size {
		t.Fatalf("oracle wrote %d bytes for %d samples", len(b), len(p.samples))
	}
	out := make([]uint16, len(p.samples))
	at := 0
	for c := range p.n {
		for i := c; i < len(out); i += p.n {
			switch {
			case size == 2 && p.signed: // opj_decompress does not extend the sign
				unused := 16 - p.bits
				out[i] = uint16(int16(binary.LittleEndian.Uint16(b[at:])<<unused) >> unused)
			case size == 2:
				out[i] = binary.LittleEndian.Uint16(b[at:])
			case p.signed:
				out[i] = uint16(int8(b[at]))
			default:
				out[i] = uint16(b[at])
			}
			at += size
		}
	}
	return out
}

// testPictures are of sizes that leave no sliver of a tile: opj_compress 2.5.0
// writes wrong streams (for its own decoder, too) when a tile is too small for
// its wavelet levels.
func testPictures() []picture {
	return []picture{
		newPicture("8u", 271, 333, 1, 8, false),
		newPicture("8s", 64, 65, 1, 8, true),
		newPicture("12u", 185, 170, 1, 12, false),
		newPicture("12s", 120, 77, 1, 12, true),
		newPicture("16u", 271, 333, 1, 16, false),
		newPicture("16s", 173, 141, 1, 16, true),
		newPicture("rgb", 130, 97, 3, 8, false),
		newPicture("column", 1, 7, 1, 12, false),
		newPicture("row", 7, 1, 1, 16, true),
		newPicture("dot", 1, 1, 1, 8, false),
	}
}

// run runs an oracle program and skips the test when there is none.
func run(t testing.TB, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	cmd := exec.Command(path, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// encode runs opj_compress.
func encode(t testing.TB, p picture, options ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	raw, out := filepath.Join(dir, "in.raw"), filepath.Join(dir, "out.j2k")
	if err := os.WriteFile(raw, p.planar(binary.BigEndian), 0o600); err != nil {
		t.Fatal(err)
	}
	sign := "u"
	if p.signed {
		sign = "s"
	}
	format := fmt.Sprintf("%d,%d,%d,%d,%s", p.w, p.h, p.n, p.bits, sign)
	run(t, "opj_compress", append([]string{"-i", raw, "-o", out, "-F", format}, options...)...)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// oracle runs opj_decompress.
func oracle(t *testing.T, p picture, data []byte) []uint16 {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.j2k"), filepath.Join(dir, "out.rawl")
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "opj_decompress", "-i", in, "-o", out)
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return p.fromPlanar(t, raw)
}

func decode(t testing.TB, p picture, data []byte) []uint16 {
	t.Helper()
	got := make([]uint16, len(p.samples))
	h, err := j2k.Decode(got, data, p.header())
	if err != nil {
		t.Fatal(err)
	}
	if h.Bits != p.bits {
		t.Errorf("header says %d bits, want %d", h.Bits, p.bits)
	}
	return got
}

// differences returns how many samples differ and by how much at most.
func differences(p picture, a, b []uint16) (count, largest int) {
	for i := range a {
		d := int(a[i]) - int(b[i])
		if p.signed {
			d = int(int16(a[i])) - int(int16(b[i]))
		}
		if d != 0 {
			count++
			largest = max(largest, d, -d)
		}
	}
	return count, largest
}

// levels returns the option for as many resolutions as the picture bears in
// OpenJPEG, at most n.
func levels(p picture, n int) []string {
	for n > 1 && min(p.w, p.h)>>(n-1) == 0 {
		n--
	}
	return []string{"-n", fmt.Sprint(n)}
}

var losslessOptions = []string{
	"", "-n 1", "-n 3", "-n 6",
	"-b 4,4", "-b 32,32", "-b 4,1024", "-b 1024,4", "-b 16,64",
	"-c [64,64]", "-c [128,64],[32,32]", "-c [128,128] -b 64,64 -p RPCL",
	"-p LRCP -r 20,5,1", "-p RLCP -r 20,5,1", "-p RPCL -r 20,5,1", "-p PCRL -r 20,5,1", "-p CPRL -r 20,5,1",
	"-p PCRL -c [32,64] -r 10,1", "-p CPRL -c [64,32] -t 100,90", "-p RPCL -c [32,32] -SOP -EPH",
	"-t 64,64", "-t 100,37 -p RLCP", "-t 77,200 -TP R", "-TP L -r 20,5,1", "-SOP", "-EPH", "-SOP -EPH -PLT -TLM",
	"-d 5,7", "-d 13,3 -T 3,1 -t 50,60", "-ROI c=0,U=4",
	"-M 1", "-M 2", "-M 4", "-M 8", "-M 16", "-M 32", "-M 5", "-M 9", "-M 13", "-M 36", "-M 38", "-M 63", "-M 47", "-M 21",
	"-M 1 -r 20,5,1", "-M 5 -r 20,5,1", "-M 63 -r 20,5,1 -b 32,32", "-M 8 -b 16,16 -t 64,64",
}

func TestLosslessAgainstOpenJPEG(t *testing.T) {
	for _, p := range testPictures() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, o := range losslessOptions {
				args := strings.Fields(o)
				if !strings.Contains(o, "-n ") {
					args = append(args, levels(p, 6)...)
				} else if min(p.w, p.h) < 32 {
					continue
				}
				data := encode(t, p, args...)
				got := make([]uint16, len(p.samples))
				if _, err := j2k.Decode(got, data, p.header()); err != nil {
					t.Errorf("%q: %v", o, err)
				} else if n, most := differences(p, got, p.samples); n != 0 {
					t.Errorf("%q: %d of %d samples differ, by up to %d", o, n, len(got), most)
				}
			}
		})
	}
}

func TestLossyAgainstOpenJPEG(t *testing.T) {
	for _, p := range testPictures() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, o := range []string{"-I", "-I -r 10", "-I -r 30,8", "-I -n 3 -b 32,32", "-r 12", "-I -t 64,64 -r 6", "-I -M 63 -r 8", "-I -d 5,7 -r 10"} {
				args := strings.Fields(o)
				if !strings.Contains(o, "-n ") {
					args = append(args, levels(p, 6)...)
				} else if min(p.w, p.h) < 32 {
					continue
				}
				data := encode(t, p, args...)
				want := oracle(t, p, data)
				got := make([]uint16, len(p.samples))
				if _, err := j2k.Decode(got, data, p.header()); err != nil {
					t.Errorf("%q: %v", o, err)
				} else if n, most := differences(p, got, want); most > 1 {
					t.Errorf("%q: %d of %d samples differ, by up to %d", o, n, len(got), most)
				} else if n > 0 {
					t.Logf("%q: %d of %d samples differ by 1", o, n, len(got))
				}
			}
		})
	}
}

func TestDecoderIsReusable(t *testing.T) {
	var d j2k.Decoder
	for _, p := range testPictures() {
		data := encode(t, p, levels(p, 6)...)
		for range 2 {
			got := make([]uint16, len(p.samples))
			if _, err := d.Decode(got, bytes.Clone(data), p.header()); err != nil {
				t.Fatalf("%s: %v", p.name, err)
			}
			if n, most := differences(p, got, p.samples); n != 0 {
				t.Errorf("%s: %d samples differ, by up to %d", p.name, n, most)
			}
		}
	}
}
