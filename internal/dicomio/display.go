package dicomio

import (
	"fmt"
	"math"
	"strings"

	"github.com/vertefill/vertefill/internal/volume"
)

// Display reads how the file asks slice k to be shown: windows, look-up tables, shutter, overlays, padding. The header is read again
// for it, since few pictures are ever looked at this closely.
func (s *Stack) Display(k int) (*volume.Display, error) { return s.frames[k].display() }

// Display is the same for frame k.
func (r *Run) Display(k int) (*volume.Display, error) { return r.frames[k].display() }

func (f *frame) display() (*volume.Display, error) {
	b, err := f.inst.src.open()
	if err != nil {
		return nil, fmt.Errorf("dicomio: %w: %s", errText(err), f.inst.path)
	}
	defer b.close()
	file, err := parseFile(b, b.size, f.inst.path)
	if err != nil {
		return nil, fmt.Errorf("dicomio: %w: %s", err, f.inst.path)
	}
	d, group := file.Dataset, groups(file.Dataset, f.index)
	voi := group(tagFrameVOILUT)
	if voi == nil {
		voi = d
	}
	shutter := group(tagFrameShutter)
	if shutter == nil {
		shutter = d
	}
	out := &volume.Display{
		Windows: readWindows(voi), Tables: readTables(voi, f.negative()), Padding: f.padding(d), Shutter: readShutter(shutter, f),
		Inverted: d.Code(tagPhotometric) == "MONOCHROME1" || d.Code(tagPresentationLUTShape) == "INVERSE",
	}
	out.Overlays, err = f.overlays(d)
	if err != nil {
		return out, fmt.Errorf("dicomio: overlays: %w: %s", err, f.inst.path)
	}
	return out, nil
}

// readWindows returns the window presets; a width below 1 is kept for the exact function only, as the standard says.
func readWindows(d *Dataset) []volume.Window {
	centers, widths := d.Floats(tagWindowCenter), d.Floats(tagWindowWidth)
	function := volume.WindowFunction(d.Code(tagVOIFunction))
	switch function {
	case volume.LinearExact, volume.Sigmoid:
	default:
		function = volume.Linear
	}
	var names []string
	if s := d.Text(tagWindowExplanation); s != "" {
		names = strings.Split(s, `\`)
	}
	var out []volume.Window
	for i := range min(len(centers), len(widths)) {
		w := volume.Window{Center: centers[i], Width: widths[i], Function: function}
		if i < len(names) {
			w.Name = strings.TrimSpace(names[i])
		}
		if w.Width >= 1 || w.Width > 0 && function != volume.Linear {
			out = append(out, w)
		}
	}
	return out
}

// readTables returns the VOI LUTs. negative says that values below zero occur, so that a first value in the upper half of an unsigned
// word means one of them.
func readTables(d *Dataset, negative bool) []volume.VOITable {
	var out []volume.VOITable
	for _, it := range d.Items(tagVOILUT) {
		t := readLUT(it, negative)
		desc := it.Ints(tagLUTDescriptor)
		if t == nil || desc[2] < 1 || desc[2] > 16 {
			continue
		}
		out = append(out, volume.VOITable{First: t.first, Values: t.value, White: uint16(1<<desc[2] - 1), Name: it.Text(tagLUTExplanation)})
	}
	return out
}

// negative reports whether the scale of the picture goes below zero.
func (f *frame) negative() bool {
	return f.lut == nil && (f.inst.layout.signed || f.intercept < 0)
}

// padding returns the values that stand for padding, after the modality LUT.
func (f *frame) padding(d *Dataset) *volume.Range {
	low, high, ok := declaredPadding(d, f.inst.layout.signed)
	if !ok || f.lut != nil {
		return nil
	}
	a, b := float64(low)*f.slope+f.intercept, float64(high)*f.slope+f.intercept
	return &volume.Range{Low: math.Min(a, b), High: math.Max(a, b)}
}

// readShutter returns the display shutter; DICOM counts rows and columns from 1.
func readShutter(d *Dataset, f *frame) volume.Shutter {
	var out volume.Shutter
	for _, shape := range d.Codes(tagShutterShape) {
		switch shape {
		case "RECTANGULAR":
			left, ok1 := d.Int(tagShutterLeft)
			right, ok2 := d.Int(tagShutterRight)
			upper, ok3 := d.Int(tagShutterUpper)
			lower, ok4 := d.Int(tagShutterLower)
			if ok1 && ok2 && ok3 && ok4 && right >= left && lower >= upper {
				out.Rectangle = &volume.ShutterRectangle{Left: left - 1, Right: right - 1, Upper: upper - 1, Lower: lower - 1}
			}
		case "CIRCULAR":
			centre := d.Ints(tagShutterCentre) // row, column
			radius, ok := d.Int(tagShutterRadius)
			if len(centre) == 2 && ok && radius > 0 {
				out.Circle = &volume.ShutterCircle{Column: float64(centre[1] - 1), Row: float64(centre[0] - 1), Radius: float64(radius), Aspect: f.aspect()}
			}
		case "POLYGONAL":
			corners := d.Ints(tagShutterCorners)
			for ; len(corners) >= 2; corners = corners[2:] {
				out.Polygon = append(out.Polygon, volume.ShutterPoint{Column: float64(corners[1] - 1), Row: float64(corners[0] - 1)})
			}
		}
	}
	if v, ok := d.Int(tagShutterLevel); ok {
		out.Level = float64(v&0xffff) / 0xffff
	}
	return out
}

// aspect returns the distance of rows over that of columns.
func (f *frame) aspect() float64 {
	at := f.inst.run.pixel
	if at == nil {
		at = f.inst.run.imager
	}
	switch {
	case f.dx > 0 && f.dy > 0:
		return f.dy / f.dx
	case at != nil:
		return at[0] / at[1]
	}
	return 1
}

// Overlay groups are 6000, 6002 to 601E.
const (
	firstOverlay = 0x6000
	lastOverlay  = 0x601E
)

// overlays reads the planes of the picture: in elements of their own, or (retired, still met) in bits of the pixel data that hold no
// sample.
func (f *frame) overlays(d *Dataset) ([]volume.Overlay, error) {
	var out []volume.Overlay
	l := f.inst.layout
	var raw []uint16
	for g := Tag(firstOverlay); g <= lastOverlay; g += 2 {
		at := func(t Tag) Tag { return g<<16 | t&0xffff }
		ny, ok1 := d.Int(at(tagOverlayRows))
		nx, ok2 := d.Int(at(tagOverlayColumns))
		if !ok1 || !ok2 || nx < 1 || ny < 1 || nx > maxSide || ny > maxSide {
			continue
		}
		o := volume.Overlay{Group: uint16(g), ROI: d.Code(at(tagOverlayType)) == "R", Label: d.Text(at(tagOverlayLabel)), Description: d.Text(at(tagOverlayDescription)), NX: nx, NY: ny}
		if p := d.Ints(at(tagOverlayOrigin)); len(p) == 2 { // row, column of the first pixel, from 1, signed
			o.Row, o.Column = int(int16(p[0]))-1, int(int16(p[1]))-1
		}
		planes, first := 1, 1
		many := false
		if n, ok := d.Int(at(tagOverlayFrames)); ok && n > 0 && n <= maxFrames {
			planes, many = n, true
		}
		if n, ok := d.Int(at(tagOverlayFirstFrame)); ok && n > 0 {
			first = n
		}
		plane := f.index + 1 - first
		if !many && l.frames > 1 && d.Find(at(tagOverlayFirstFrame)) == nil {
			plane = 0 // one plane for all frames
		}
		if plane < 0 || plane >= planes {
			continue
		}
		if d.Find(at(tagOverlayData)) != nil {
			all := d.Bytes(at(tagOverlayData))
			if d.order.Uint16([]byte{1, 0}) != 1 { // big endian words
				all = wordsSwapped(all)
			}
			o.Bits = bitsFrom(all, plane*nx*ny, nx*ny)
		} else if bit, ok := d.Int(at(tagOverlayBit)); ok && bit > 0 && bit < l.allocated && (bit > l.highBit || bit <= l.highBit-l.stored) && l.samples == 1 && nx == l.cols && ny == l.rows {
			if raw == nil {
				var err error
				if raw, err = f.raw(); err != nil {
					return out, err
				}
			}
			o.Bits = make([]byte, (nx*ny+7)/8)
			for i, v := range raw {
				o.Bits[i/8] |= byte(v>>bit&1) << (i % 8)
			}
		}
		if o.Bits != nil {
			out = append(out, o)
		}
	}
	return out, nil
}

// raw decodes the samples of the frame as stored, all bits.
func (f *frame) raw() ([]uint16, error) {
	p, err := f.openFrame()
	if err != nil {
		return nil, err
	}
	defer p.close()
	out := make([]uint16, f.inst.layout.pixels())
	return out, p.frame(f.index, out)
}

// bitsFrom cuts n bits from bit number from on; nil when there are fewer.
func bitsFrom(b []byte, from, n int) []byte {
	if int64(from)+int64(n) > 8*int64(len(b)) {
		return nil
	}
	out := make([]byte, (n+7)/8)
	for i := range n {
		j := from + i
		out[i/8] |= b[j/8] >> (j % 8) & 1 << (i % 8)
	}
	return out
}

func wordsSwapped(b []byte) []byte {
	out := make([]byte, len(b)&^1)
	for i := 0; i+1 < len(b); i += 2 {
		out[i], out[i+1] = b[i+1], b[i]
	}
	return out
}
