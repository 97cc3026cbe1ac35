package j2k_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/j2k"
)

// FuzzDecode checks that any bytes end in samples or in one of the three
// errors, that a header never promises more than the decoder checks, and that a
// Decoder that has met damage decodes the next frame as a fresh one does.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.j2k"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	good, err := os.ReadFile(files[0])
	if err != nil {
		f.Fatal(err)
	}
	goodHeader, err := j2k.ReadHeader(good)
	if err != nil {
		f.Fatal(err)
	}
	want := make([]uint16, goodHeader.Samples())
	if _, err := j2k.Decode(want, good, goodHeader); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := j2k.ReadHeader(data)
		if err != nil {
			if !errors.Is(err, codec.ErrCorrupt) && !errors.Is(err, codec.ErrUnsupported) {
				t.Fatalf("unnamed error %v", err)
			}
			return
		}
		if h.Width > 512 || h.Height > 512 {
			return // the caller knows the size; here we only want to be quick
		}
		var d j2k.Decoder
		dst := make([]uint16, h.Samples())
		if _, err := d.Decode(dst, data, h); err != nil &&
			!errors.Is(err, codec.ErrCorrupt) && !errors.Is(err, codec.ErrUnsupported) {
			t.Fatalf("unnamed error %v", err)
		}
		got := make([]uint16, len(want))
		if _, err := d.Decode(got, good, goodHeader); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("sample %d is %d after damage, %d before", i, got[i], want[i])
			}
		}
	})
}
