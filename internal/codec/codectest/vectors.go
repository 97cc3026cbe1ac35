package codectest

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
)

var update = flag.Bool("update", false, "encode testdata anew with the installed tools")

// vectorList names each file of testdata with what it must decode to:
// file, width, height, components, bits stored, CRC-32 of the samples.
const vectorList = "testdata/vectors.txt"

// Vector is a coded frame kept in testdata, so that tests have teeth on
// machines without the encoders.
type Vector struct {
	File string
	Picture
	Frame []byte
	Sum   uint32
}

// CheckVectors decodes the files of testdata and compares checksums. With
// -update it first replaces them by those that make returns.
func CheckVectors(t *testing.T, decode func(bits int) DecodeFunc, make func() []Vector) {
	t.Helper()
	if *update {
		saveVectors(t, decode, make())
	}
	vectors := LoadVectors(t)
	if len(vectors) == 0 {
		t.Fatalf("%s lists no file", vectorList)
	}
	for _, v := range vectors {
		got, _ := MustDecode(t, decode(v.Bits), v.Picture, v.Frame)
		if sum := Sum(got); sum != v.Sum {
			t.Errorf("%s: checksum %08X, want %08X", v.File, sum, v.Sum)
		}
	}
}

// LoadVectors reads testdata, for tests and as seeds of fuzz targets.
func LoadVectors(t testing.TB) []Vector {
	t.Helper()
	var all []Vector
	lines := bufio.NewScanner(bytes.NewReader(read(t, vectorList)))
	for lines.Scan() {
		v := Vector{}
		if _, err := fmt.Sscanf(lines.Text(), "%s %d %d %d %d %x", &v.File, &v.Width, &v.Height, &v.Components, &v.Bits, &v.Sum); err != nil {
			t.Fatalf("%s: %q: %v", vectorList, lines.Text(), err)
		}
		v.Pix = make([]uint16, v.Width*v.Height*v.Components)
		v.Frame = read(t, filepath.Join("testdata", v.File))
		all = append(all, v)
	}
	return all
}

func saveVectors(t testing.TB, decode func(bits int) DecodeFunc, vectors []Vector) {
	t.Helper()
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	var list bytes.Buffer
	for _, v := range vectors {
		got, _ := MustDecode(t, decode(v.Bits), v.Picture, v.Frame)
		fmt.Fprintf(&list, "%s %d %d %d %d %08X\n", v.File, v.Width, v.Height, v.Components, v.Bits, Sum(got))
		write(t, filepath.Join("testdata", v.File), v.Frame)
	}
	write(t, vectorList, list.Bytes())
}

// Fuzz seeds f with the vectors and extra streams and checks, for any input,
// that decoding does not depend on what the buffer held, agrees with itself
// and keeps the promised precision.
func Fuzz(f *testing.F, readHeader func([]byte) (codec.Header, error), decode DecodeFunc, extra ...[]byte) {
	for _, v := range LoadVectors(f) {
		f.Add(v.Frame)
	}
	for _, frame := range extra {
		f.Add(frame)
	}
	const mostSamples = 1 << 18
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := readHeader(data)
		if err != nil || h.Samples() > mostSamples {
			// The size is the caller's to refuse: a wrong wish must fail.
			if _, err := decode(make([]uint16, 6), data, codec.Header{Width: 3, Height: 2, Components: 1}); err == nil {
				t.Fatal("decoded a stream of another size")
			}
			return
		}
		a, b := make([]uint16, h.Samples()), make([]uint16, h.Samples())
		for i := range b {
			b[i] = 0xFFFF
		}
		_, errA := decode(a, data, h)
		_, errB := decode(b, data, h)
		if (errA == nil) != (errB == nil) {
			t.Fatalf("the same data gives %v, then %v", errA, errB)
		}
		for i := range a {
			if errA == nil && a[i] != b[i] {
				t.Fatalf("sample %d depends on what the buffer held before", i)
			}
		}
	})
}

// CheckMemory fails the test if decoding p allocates more than its samples
// take, plus tables. The promise to callers is 4 times, their buffer included.
func CheckMemory(t *testing.T, decode DecodeFunc, p Picture, frame []byte) {
	t.Helper()
	const tables = 300 << 10
	dst := make([]uint16, len(p.Pix))
	result := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decode(dst, frame, p.Header()); err != nil {
				b.Fatal(err)
			}
		}
	})
	if got, most := result.AllocedBytesPerOp(), int64(2*len(dst)+tables); got > most {
		t.Errorf("%v: decoding allocates %d bytes, want at most %d", p, got, most)
	}
}
