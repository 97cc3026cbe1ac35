package export

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"time"
)

// animatedPNG writes pictures of one size and palette as an animated PNG (APNG 1.0, since 2025 part of PNG's third edition), each shown
// for its delay; it plays for ever. Readers that know no animation show the first picture.
func animatedPNG(w io.Writer, pictures []*image.Paletted, delays []time.Duration) error {
	if len(pictures) == 0 || len(delays) != len(pictures) {
		return fmt.Errorf("%d pictures with %d delays", len(pictures), len(delays))
	}
	out := &chunkWriter{w: w}
	out.raw([]byte("\x89PNG\r\n\x1a\n"))
	number := uint32(0)
	next := func() []byte {
		b := binary.BigEndian.AppendUint32(nil, number)
		number++
		return b
	}
	for n, p := range pictures {
		parts, err := pngChunks(p)
		if err != nil {
			return err
		}
		if n == 0 {
			out.chunk("IHDR", parts["IHDR"])
			out.chunk("acTL", binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(len(pictures))), 0))
			out.chunk("PLTE", parts["PLTE"])
		}
		control := next()
		for _, v := range []int{p.Rect.Dx(), p.Rect.Dy(), 0, 0} {
			control = binary.BigEndian.AppendUint32(control, uint32(v))
		}
		ms := min(max(delays[n].Round(time.Millisecond).Milliseconds(), 1), 65535)
		control = binary.BigEndian.AppendUint16(control, uint16(ms))
		control = binary.BigEndian.AppendUint16(control, 1000)
		out.chunk("fcTL", append(control, 0, 0)) // the picture stays, and replaces what was there
		if n == 0 {
			out.chunk("IDAT", parts["IDAT"])
		} else {
			out.chunk("fdAT", append(next(), parts["IDAT"]...))
		}
	}
	out.chunk("IEND", nil)
	return out.err
}

// pngChunks encodes one picture and returns its chunks by name, those of equal name joined.
func pngChunks(p *image.Paletted) (map[string][]byte, error) {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&b, p); err != nil {
		return nil, err
	}
	data := b.Bytes()[8:]
	out := map[string][]byte{}
	for len(data) >= 12 {
		n := int(binary.BigEndian.Uint32(data))
		if n > len(data)-12 {
			return nil, errors.New("a chunk is cut")
		}
		name := string(data[4:8])
		out[name] = append(out[name], data[8:8+n]...)
		data = data[12+n:]
	}
	return out, nil
}

// chunkWriter writes PNG chunks and keeps the first error.
type chunkWriter struct {
	w   io.Writer
	err error
}

func (c *chunkWriter) raw(b []byte) {
	if c.err == nil {
		_, c.err = c.w.Write(b)
	}
}

func (c *chunkWriter) chunk(name string, data []byte) {
	c.raw(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
	body := append([]byte(name), data...)
	c.raw(body)
	c.raw(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
}
