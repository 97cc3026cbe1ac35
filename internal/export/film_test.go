package export_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/gif"
	"image/png"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/volume"
)

// filmed is an analysed run of squares.
func filmed(t *testing.T) *assess.FluoroResult {
	t.Helper()
	const side, frames = 96, 24
	c := &volume.Cine{NX: side, NY: side, Frames: frames, Slope: 1, White: 4095, TimeKnown: true, Pix: make([]uint16, side*side*frames)}
	for k := range frames {
		c.Times = append(c.Times, time.Duration(k)*133*time.Millisecond)
		for i := range side * side {
			c.Pix[k*side*side+i] = uint16(1500 + 300*((i%side/9+i/side/7)%3))
		}
	}
	run := &fluoro.Run{Cine: c}
	found, err := fluoro.Analyze(t.Context(), run, fluoro.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &assess.FluoroResult{Run: run, Found: found}
}

func TestFilmPlaysAtTheTimesOfTheRun(t *testing.T) {
	var b bytes.Buffer
	film := export.Film{From: 2, To: 21, MaxSide: 48, Look: fluoro.Look{Fade: 0.5}, Outline: true}
	if err := film.GIF(t.Context(), &b, filmed(t)); err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(&b)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, d := range g.Delay {
		sum += d
	}
	if len(g.Image) != 20 || g.Image[0].Rect.Dx() != 48 || sum < 265 || sum > 267 {
		t.Errorf("%d frames of %v, %d hundredths of a second; 266 are right", len(g.Image), g.Image[0].Rect, sum)
	}
	first := g.Image[0].Pix
	if bytes.Count(first, first[:1]) == len(first) {
		t.Error("the first frame is of one grey")
	}
}

// TestAnimatedPNG reads the chunks back: the delays are the run's, the first picture is a plain PNG, every picture decodes to its pixels
// when it stands alone, the blanked corner is black in all, and nothing but pictures and times is in the file.
func TestAnimatedPNG(t *testing.T) {
	var b bytes.Buffer
	film := export.Film{From: 2, To: 8, Blank: []image.Rectangle{image.Rect(-5, -5, 40, 30)}}
	if err := film.PNG(t.Context(), &b, filmed(t)); err != nil {
		t.Fatal(err)
	}
	still, err := png.Decode(bytes.NewReader(b.Bytes()))
	if err != nil || still.Bounds().Dx() != 96 {
		t.Fatalf("readers without animation see nothing: %v", err)
	}
	data := b.Bytes()
	signature := data[:8]
	data = data[8:]
	var header, palette []byte
	pictures := 0
	wait := 0
	sequence := uint32(0)
	for len(data) >= 12 {
		n := int(binary.BigEndian.Uint32(data))
		name, body := string(data[4:8]), data[8:8+n]
		if sum := binary.BigEndian.Uint32(data[8+n:]); sum != crc32.ChecksumIEEE(data[4:8+n]) {
			t.Fatalf("%s: wrong checksum", name)
		}
		whole := data[:12+n]
		data = data[12+n:]
		switch name {
		case "IHDR":
			header = whole
		case "PLTE":
			palette = whole
		case "acTL":
			if frames := binary.BigEndian.Uint32(body); frames != 7 {
				t.Errorf("%d pictures are announced", frames)
			}
		case "fcTL":
			if s := binary.BigEndian.Uint32(body); s != sequence {
				t.Errorf("sequence %d, not %d", s, sequence)
			}
			sequence++
			wait += int(binary.BigEndian.Uint16(body[20:]))
			if d := binary.BigEndian.Uint16(body[22:]); d != 1000 {
				t.Errorf("delays are in 1/%d s", d)
			}
		case "IDAT", "fdAT":
			if name == "fdAT" {
				if s := binary.BigEndian.Uint32(body); s != sequence {
					t.Errorf("sequence %d, not %d", s, sequence)
				}
				sequence++
				body = body[4:]
			}
			pictures++
			var alone bytes.Buffer
			alone.Write(signature)
			alone.Write(header)
			alone.Write(palette)
			for _, c := range [][]byte{append([]byte("IDAT"), body...), []byte("IEND")} {
				alone.Write(binary.BigEndian.AppendUint32(nil, uint32(len(c)-4)))
				alone.Write(c)
				alone.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(c)))
			}
			p, err := png.Decode(&alone)
			if err != nil {
				t.Fatal(err)
			}
			if r, _, _, _ := p.At(20, 10).RGBA(); r != 0 {
				t.Error("the corner is not blank")
			}
			if r, _, _, _ := p.At(60, 60).RGBA(); r == 0 {
				t.Error("the picture is black")
			}
		case "IEND":
		default:
			t.Errorf("a chunk %s", name)
		}
	}
	if pictures != 7 || wait != 7*133 {
		t.Errorf("%d pictures, %d ms", pictures, wait)
	}
}
