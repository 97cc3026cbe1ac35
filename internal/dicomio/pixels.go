package dicomio

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/j2k"
	"github.com/vertefill/vertefill/internal/codec/jpeg"
	"github.com/vertefill/vertefill/internal/codec/jpegll"
	"github.com/vertefill/vertefill/internal/codec/jpegls"
	"github.com/vertefill/vertefill/internal/codec/rle"
)

// pixels reads the frames of one open instance.
type pixels struct {
	in    *instance
	blob  blob
	r     io.ReaderAt // the file, or the inflated data set
	size  int64
	parts [][]fragment // per frame, when encapsulated
	coded []byte       // scratch
	first error        // why the fragments cannot be told apart

	colours *palette // once read
}

// fragment is a piece of a coded frame.
type fragment struct{ off, n int64 }

func openPixels(in *instance) (*pixels, error) {
	b, err := in.src.open()
	if err != nil {
		return nil, err
	}
	p := &pixels{in: in, blob: b, r: b, size: b.size}
	if syntaxOf(in.syntax).deflated {
		f, err := parseFile(b, b.size, in.path)
		if err != nil || f.pix == nil {
			p.close()
			return nil, errors.Join(errShort, err)
		}
		p.r, p.size = f.src, f.n
	}
	if in.pix.encapsulated {
		p.parts, p.first = p.split()
	}
	return p, nil
}

func (p *pixels) close() { p.blob.close() }

// cutShort reports whether the file ends before its uncompressed pixel data do.
func (in *instance) cutShort() bool {
	return !in.pix.encapsulated && in.pix.off+int64(in.layout.frames)*in.layout.bytes() > in.bytes
}

// No codec packs real pictures tighter than this; an even one may be.
const maxPacking = 1000

// credit returns how many bytes of samples the pixel data of the file could unpack to.
func (in *instance) credit() int64 {
	held := max(0, in.bytes-in.pix.off)
	if in.pix.encapsulated {
		return maxPacking * held
	}
	return 2 * held // bytes become words
}

// plausible refuses headers that ask for far more memory than their pixel data could fill.
func (in *instance) plausible() bool {
	if !in.pix.encapsulated {
		return in.layout.bytes() <= in.bytes-in.pix.off
	}
	decoded := int64(in.layout.frames) * int64(in.layout.pixels()) * 2
	return decoded <= 256<<20 || decoded <= in.credit()
}

// native returns where an uncompressed frame lies, and an error when the file does not hold all of it.
func (p *pixels) native(k int) (off int64, err error) {
	n := p.in.layout.bytes()
	off = p.in.pix.off + int64(k)*n
	if announced := p.in.pix.length; int64(k+1)*n > announced && announced != undefined {
		return 0, fmt.Errorf("the pixel data end within frame %d: %w", k+1, errShort)
	}
	if off+n > p.size {
		return 0, fmt.Errorf("the file ends within frame %d: %w", k+1, errShort)
	}
	return off, nil
}

// frame decodes frame k into dst: samples as stored, the components of a pixel side by side, not yet masked or signed.
func (p *pixels) frame(k int, dst []uint16) error {
	l := p.in.layout
	want := codec.Header{Width: l.cols, Height: l.rows, Components: l.samples, Bits: l.allocated}
	if !p.in.pix.encapsulated {
		off, err := p.native(k)
		if err != nil {
			return err
		}
		if err := p.read(fragment{off, l.bytes()}); err != nil {
			return err
		}
		return p.unpack(dst)
	}
	if p.first != nil {
		return p.first
	}
	if k >= len(p.parts) {
		return fmt.Errorf("no coded data for frame %d: %w", k+1, errShort)
	}
	if err := p.read(p.parts[k]...); err != nil {
		return err
	}
	var err error
	switch p.in.coding {
	case codingRLE:
		want.Bits = l.allocated
		_, err = rle.Decode(dst, p.coded, want)
	case codingJPEG:
		_, err = jpeg.Decode(dst, p.coded, want)
	case codingJPEGLossless:
		_, err = jpegll.Decode(dst, p.coded, want)
	case codingJPEGLS:
		_, err = jpegls.Decode(dst, p.coded, want)
	case codingJPEG2000:
		_, err = j2k.Decode(dst, p.coded, want)
	case codingDeflated:
		in := io.LimitReader(flate.NewReader(bytes.NewReader(p.coded)), l.bytes())
		raw := make([]byte, l.bytes())
		if _, err := io.ReadFull(in, raw); err != nil {
			return fmt.Errorf("deflated frame %d: %w", k+1, err)
		}
		p.coded = raw
		return p.unpack(dst)
	default:
		return fmt.Errorf("transfer syntax %q: %w", printable(p.in.syntax), codec.ErrUnsupported)
	}
	return err
}

// read joins fragments in the scratch buffer.
func (p *pixels) read(parts ...fragment) error {
	n := int64(0)
	for _, f := range parts {
		n += f.n
	}
	if n > p.size {
		return errShort
	}
	if int64(cap(p.coded)) < n {
		p.coded = make([]byte, n)
	}
	p.coded = p.coded[:n]
	n = 0
	for _, f := range parts {
		if got, err := p.r.ReadAt(p.coded[n:n+f.n], f.off); int64(got) < f.n {
			return errors.Join(errShort, err)
		}
		n += f.n
	}
	return nil
}

// unpack turns uncompressed bytes into samples.
func (p *pixels) unpack(dst []uint16) error {
	l, b := p.in.layout, p.coded
	at := func(i int) int { return i }
	switch {
	case l.halved(): // Y Y Cb Cr for every two pixels
		at = func(i int) int {
			pair, c := i/6, i%6
			return 4*pair + [6]int{0, 2, 3, 1, 2, 3}[c]
		}
	case l.samples == 3 && l.planar:
		plane := l.rows * l.cols
		at = func(i int) int { return i%3*plane + i/3 }
	}
	switch {
	case l.allocated == 8 && p.in.pix.big && p.in.pix.words:
		for i := range dst {
			if j := at(i) ^ 1; j < len(b) { // the bytes of every word change places
				dst[i] = uint16(b[j])
			}
		}
	case l.allocated == 8:
		for i := range dst {
			dst[i] = uint16(b[at(i)])
		}
	case p.in.pix.big:
		for i := range dst {
			dst[i] = binary.BigEndian.Uint16(b[2*at(i):])
		}
	default:
		for i := range dst {
			dst[i] = binary.LittleEndian.Uint16(b[2*at(i):])
		}
	}
	return nil
}

// split finds the fragments of every frame: by the extended offset table, the basic one, one fragment a frame, or by the marker that
// starts every coded picture. Offset tables are often empty or wrong, so they are believed only where they point at fragments.
func (p *pixels) split() ([][]fragment, error) {
	all, table, err := p.fragments()
	if err != nil && len(all) == 0 {
		return nil, err
	}
	n := p.in.layout.frames
	if parts, ok := byTable(all, p.extendedTable(), n); ok {
		return parts, nil
	}
	switch {
	case len(all) == 0:
		return nil, fmt.Errorf("no coded data: %w", errShort)
	case n == 1:
		return [][]fragment{all}, nil
	case len(all) == n:
		parts := make([][]fragment, n)
		for i := range parts {
			parts[i] = all[i : i+1]
		}
		return parts, nil
	}
	if parts, ok := byTable(all, table, n); ok {
		return parts, nil
	}
	if parts, ok := p.byMarker(all); ok && (len(parts) == n || err != nil) {
		return parts, nil
	}
	if err != nil { // cut short: frames up to the cut are whole when each is one fragment
		parts := make([][]fragment, min(n, len(all)))
		for i := range parts {
			parts[i] = all[i : i+1]
		}
		return parts, nil
	}
	return nil, fmt.Errorf("%d frames in %d fragments and no usable offset table", n, len(all))
}

// fragments lists the items of encapsulated pixel data; the first is the basic offset table. An item that is cut short is left out
// and reported.
func (p *pixels) fragments() (all []fragment, table []int64, err error) {
	off := p.in.pix.off
	var b [8]byte
	for first := true; ; first = false {
		if got, _ := p.r.ReadAt(b[:], off); got < 8 {
			return all, table, fmt.Errorf("fragment %d: %w", len(all)+1, errShort)
		}
		tag := Tag(binary.LittleEndian.Uint16(b[:]))<<16 | Tag(binary.LittleEndian.Uint16(b[2:]))
		n := int64(binary.LittleEndian.Uint32(b[4:]))
		if tag != tagItem {
			return all, table, nil // the delimiter, or what follows when it was forgotten
		}
		off += 8
		if n > p.size-off {
			return all, table, fmt.Errorf("fragment %d announces %d bytes, %d are left: %w", len(all)+1, n, p.size-off, errShort)
		}
		if first {
			if n <= 4*maxFrames {
				raw := make([]byte, n)
				if got, _ := p.r.ReadAt(raw, off); int64(got) == n {
					for ; len(raw) >= 4; raw = raw[4:] {
						table = append(table, int64(binary.LittleEndian.Uint32(raw)))
					}
				}
			}
		} else {
			if len(all) >= maxElements {
				return all, table, errTooMany
			}
			all = append(all, fragment{off, n})
		}
		off += n
	}
}

func (p *pixels) extendedTable() []int64 {
	var out []int64
	for b := p.in.layout.extendedOffsets; len(b) >= 8; b = b[8:] {
		out = append(out, int64(binary.LittleEndian.Uint64(b)))
	}
	return out
}

// byTable parts fragments at the offsets of a table, which count from the head of the first fragment.
func byTable(all []fragment, table []int64, n int) ([][]fragment, bool) {
	if len(table) != n || len(all) < n || n == 0 {
		return nil, false
	}
	base := all[0].off - 8
	parts := make([][]fragment, 0, n)
	start := 0
	for i := range table {
		if all[start].off-8 != base+table[i] {
			return nil, false
		}
		end := start + 1
		for end < len(all) && (i == n-1 || all[end].off-8 < base+table[i+1]) {
			end++
		}
		parts = append(parts, all[start:end])
		if start = end; start >= len(all) && i < n-1 {
			return nil, false
		}
	}
	return parts, true
}

// byMarker starts a frame at every fragment that begins like a picture: SOI of the JPEG family, SOC of JPEG 2000.
func (p *pixels) byMarker(all []fragment) ([][]fragment, bool) {
	var parts [][]fragment
	start := 0
	for i, f := range all {
		var b [3]byte
		if got, _ := p.r.ReadAt(b[:], f.off); got < 3 {
			continue
		}
		begins := b[0] == 0xff && (b[1] == 0xd8 || b[1] == 0x4f) && b[2] == 0xff
		if begins && i > 0 {
			parts = append(parts, all[start:i])
			start = i
		} else if !begins && i == 0 {
			return nil, false
		}
	}
	return append(parts, all[start:]), true
}
