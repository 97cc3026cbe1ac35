package j2k_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "encode testdata again with opj_compress and ojph_compress")

// vectors are the committed streams: each from a picture of newPicture, so that
// what a lossless one must decode to is known without any decoder.
var vectors = []struct {
	file    string
	picture picture
	ht      bool
	lossy   bool
	options string
}{
	{"gray8.j2k", newPicture("", 61, 47, 1, 8, false), false, false, "-n 4"},
	{"gray12.j2k", newPicture("", 40, 53, 1, 12, false), false, false, "-n 3 -b 16,16 -c [64,64],[32,32] -p RPCL -SOP -EPH"},
	{"signed16-modes.j2k", newPicture("", 48, 48, 1, 16, true), false, false, "-n 3 -M 63 -b 16,16"},
	{"signed16-bypass-layers.j2k", newPicture("", 48, 48, 1, 16, true), false, false, "-n 3 -M 1 -r 10,4,1"},
	{"rgb-tiles.j2k", newPicture("", 50, 34, 3, 8, false), false, false, "-n 3 -t 32,32 -p CPRL -TP R"},
	{"gray16-lossy.j2k", newPicture("", 64, 64, 1, 16, false), false, true, "-n 4 -I -r 8"},
	{"offset.j2k", newPicture("", 33, 29, 1, 8, false), false, false, "-n 3 -d 13,3 -T 3,1 -t 20,20"},
	{"ht-signed16.j2k", newPicture("", 61, 47, 1, 16, true), true, false, "-reversible true"},
	{"ht-rgb.j2k", newPicture("", 40, 30, 3, 8, false), true, false, "-reversible true -tile_size {32,32}"},
	{"ht-gray12-lossy.j2k", newPicture("", 64, 64, 1, 12, false), true, true, "-qstep 0.002"},
}

func hash(samples []uint16) string {
	b := make([]byte, 0, 2*len(samples))
	for _, v := range samples {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// TestVectors needs no other program: lossless streams against the pictures
// they were made from, lossy ones against the committed hashes of what
// opj_decompress made of them.
func TestVectors(t *testing.T) {
	sums := filepath.Join("testdata", "samples.sha256")
	if *update {
		updateVectors(t, sums)
	}
	want := map[string]string{}
	f, err := os.Open(sums)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		sum, file, _ := strings.Cut(lines.Text(), "  ")
		want[file] = sum
	}
	for _, v := range vectors {
		t.Run(v.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", v.file))
			if err != nil {
				t.Fatal(err)
			}
			got := decode(t, v.picture, data)
			if sum := hash(got); sum != want[v.file] {
				t.Errorf("samples hash to %s, want %s", sum, want[v.file])
			}
			if n, most := differences(v.picture, got, v.picture.samples); !v.lossy && n != 0 {
				t.Errorf("%d samples differ from the picture, by up to %d", n, most)
			}
		})
	}
}

func updateVectors(t *testing.T, sums string) {
	var out strings.Builder
	for _, v := range vectors {
		make := encode
		if v.ht {
			make = encodeHT
		}
		data := make(t, v.picture, strings.Fields(v.options)...)
		if err := os.WriteFile(filepath.Join("testdata", v.file), data, 0o644); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s  %s\n", hash(oracle(t, v.picture, data)), v.file)
	}
	if err := os.WriteFile(sums, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
