package codectest

import "encoding/binary"

// The tests build JPEG streams that no tool at hand writes (restart intervals,
// mixed scans, long Huffman codes). These are their bricks.

// BitWriter writes the byte-stuffed bit stream of T.81, or of T.87.
type BitWriter struct {
	Out    []byte
	JPEGLS bool // stuff one bit after 0xFF (T.87), not a zero byte (T.81)
	acc    uint
	n      int
}

// Write appends the lowest count bits of v, most significant first.
func (w *BitWriter) Write(v uint, count int) {
	for i := count - 1; i >= 0; i-- {
		w.acc = w.acc<<1 | v>>i&1
		if w.n++; w.n == 8 {
			w.Out = append(w.Out, byte(w.acc))
			w.n = 0
			if w.acc == 0xFF {
				if w.JPEGLS {
					w.n = 1 // the stuffed zero
				} else {
					w.Out = append(w.Out, 0)
				}
			}
			w.acc = 0
		}
	}
}

// Flush pads the last byte: with ones (T.81) or zeros (T.87).
func (w *BitWriter) Flush() {
	for w.n != 0 {
		if w.JPEGLS {
			w.Write(0, 1)
		} else {
			w.Write(1, 1)
		}
	}
}

// Restart ends an interval with restart marker index modulo 8.
func (w *BitWriter) Restart(index int) {
	w.Flush()
	w.Out = append(w.Out, 0xFF, byte(0xD0+index&7))
}

// Segment returns a marker segment.
func Segment(marker byte, payload ...byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(2+len(payload)))
	return append(b, payload...)
}

// Huffman is a canonical table over the values 0..n-1. Lengths run from 2 to
// 16 bits, so that decoders meet both their fast and their slow path.
type Huffman struct {
	counts [16]int
	values []byte
	code   [256]uint
	length [256]int
}

// NewHuffman makes a table with a few short codes and many long ones. Values
// are given in the order of their code.
func NewHuffman(values ...byte) *Huffman {
	h := &Huffman{values: values}
	code, i := uint(0), 0
	for length := 2; length <= 16 && i < len(values); length++ {
		room := 1<<length - int(code) - 1 // keep one prefix free for the longer
		count := min(1, room, len(values)-i)
		if length >= 13 {
			count = min(room, (len(values)-i+16-length)/(17-length))
		}
		h.counts[length-1] = count
		for range count {
			h.code[values[i]], h.length[values[i]] = code, length
			code++
			i++
		}
		code <<= 1
	}
	if i != len(values) {
		panic("codectest: Huffman table overflows")
	}
	return h
}

// Put writes a value and its extra bits.
func (h *Huffman) Put(w *BitWriter, value byte, extra uint, count int) {
	w.Write(h.code[value], h.length[value])
	w.Write(extra, count)
}

// PutNumber writes v in the category scheme of T.81 F.1.2.1, the category being
// the low nibble of the Huffman value and prefix its high nibble.
func (h *Huffman) PutNumber(w *BitWriter, prefix byte, v int) {
	size, extra := 0, v
	for a := max(v, -v); a>>size != 0; size++ {
	}
	if v < 0 {
		extra = v + 1<<size - 1
	}
	h.Put(w, prefix<<4|byte(size), uint(extra), size)
}

// DHT returns the table as a marker segment.
func (h *Huffman) DHT(class, id byte) []byte {
	p := []byte{class<<4 | id}
	for _, c := range h.counts {
		p = append(p, byte(c))
	}
	return Segment(0xC4, append(p, h.values...)...)
}
