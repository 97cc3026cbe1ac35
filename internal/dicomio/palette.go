package dicomio

import "fmt"

// palette turns the samples of a PALETTE COLOR picture into 8-bit colours (PS3.3 C.7.6.3.1.5).
type palette struct{ channel [3]lut }

// errPalette is a palette that is absent, short or broken.
var errPalette = said{"the colour palette is damaged", "la palette de couleurs est endommagée"}

// palette reads the palette of the file, once for each open file.
func (p *pixels) palette() (*palette, error) {
	if p.colours != nil {
		return p.colours, nil
	}
	f, err := parseFile(p.blob, p.blob.size, p.in.path)
	if err != nil {
		return nil, err
	}
	out := &palette{}
	for c := range out.channel {
		if out.channel[c], err = readChannel(f.Dataset, Tag(c), p.in.layout.signed); err != nil {
			return nil, err
		}
	}
	p.colours = out
	return out, nil
}

func (t *palette) at(v int) (r, g, b uint16) {
	return uint16(t.channel[0].at(v)), uint16(t.channel[1].at(v)), uint16(t.channel[2].at(v))
}

// readChannel reads the table of colour c, plain or in segments, and brings it to 8 bits.
func readChannel(d *Dataset, c Tag, signed bool) (lut, error) {
	desc := d.Ints(tagRedPalette + c)
	if len(desc) != 3 {
		return lut{}, fmt.Errorf("%w: no descriptor", errPalette)
	}
	n, first, bits := desc[0], desc[1], desc[2]
	if n <= 0 {
		n += 1 << 16
	}
	if signed {
		first = int(int16(first))
	}
	words := func(t Tag) []uint16 {
		b := d.Bytes(t)
		out := make([]uint16, len(b)/2)
		for i := range out {
			out[i] = d.order.Uint16(b[2*i:])
		}
		return out
	}
	values := words(tagRedPaletteData + c)
	switch {
	case len(values) == 0:
		var err error
		if values, err = expand(words(tagRedPaletteSegments+c), n); err != nil {
			return lut{}, err
		}
	case len(values) < n && 2*len(values) >= n: // 8-bit entries, two a word
		packed := values
		values = make([]uint16, 2*len(packed))
		for i := range values {
			values[i] = packed[i/2] >> (8 * (i % 2)) & 0xff
		}
	}
	if len(values) < n || n == 0 {
		return lut{}, fmt.Errorf("%w: %d entries of %d", errPalette, len(values), n)
	}
	t := lut{first: first, value: values[:n]}
	wide := false // some files say 16 and write 8
	for _, v := range t.value {
		wide = wide || v > 0xff
	}
	if bits > 8 && wide {
		for i := range t.value {
			t.value[i] >>= 8
		}
	}
	return t, nil
}

// expand unrolls a segmented palette (PS3.3 C.7.9.2): runs of values, straight lines, and repeats of earlier segments.
func expand(data []uint16, n int) ([]uint16, error) {
	var out []uint16
	var run func(at, segments, depth int) (int, error)
	run = func(at, segments, depth int) (int, error) {
		for ; at < len(data) && segments != 0 && len(out) < n; segments-- {
			if at+1 >= len(data) {
				return at, errPalette
			}
			op, length := data[at], int(data[at+1])
			at += 2
			switch {
			case op == 0 && at+length <= len(data):
				out = append(out, data[at:at+length]...)
				at += length
			case op == 1 && at < len(data) && len(out) > 0:
				from, to := int(out[len(out)-1]), int(data[at])
				for i := 1; i <= length; i++ {
					out = append(out, uint16(from+((to-from)*i*2+length)/(2*length)))
				}
				at++
			case op == 2 && at+1 < len(data) && depth == 0: // byte offset of the segments to repeat
				offset := int(data[at]) | int(data[at+1])<<16
				at += 2
				if offset/2 >= len(data) {
					return at, errPalette
				}
				if _, err := run(offset/2, length, 1); err != nil {
					return at, err
				}
			default:
				return at, errPalette
			}
		}
		return at, nil
	}
	if _, err := run(0, -1, 0); err != nil {
		return nil, err
	}
	return out, nil
}
