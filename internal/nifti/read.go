package nifti

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// ReadVolume reads a CT volume; values are rounded to whole HU after the file's slope and intercept, and limited to int16.
func ReadVolume(path string) (*volume.Volume, error) {
	g, vals, err := read(path)
	if err != nil {
		return nil, err
	}
	v := &volume.Volume{Grid: g, HU: make([]int16, g.Len()), CeilingHU: math.MaxInt16}
	for i := range v.HU {
		v.HU[i] = int16(math.Round(max(math.MinInt16, min(math.MaxInt16, float64(vals[i])))))
	}
	return v, nil
}

// readAnyLabels reads a label map stored as any type of number.
func readAnyLabels(path string) (*volume.Labels, error) {
	g, vals, err := read(path)
	if err != nil {
		return nil, err
	}
	l := volume.NewLabels(g, g.Bounds())
	for i, x := range vals {
		if x < 0 || x > 255 || x != float32(math.Trunc(float64(x))) {
			return nil, fmt.Errorf("%w: value %g is not a label 0..255", ErrFormat, x)
		}
		l.V[i] = uint8(x)
	}
	return l, nil
}

// read returns the values in an order that makes the grid right-handed.
func read(path string) (*volume.Grid, []float32, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("nifti: %w", err)
	}
	defer f.Close()
	return decode(f)
}

func decode(src io.Reader) (*volume.Grid, []float32, error) {
	in := bufio.NewReaderSize(src, 1<<16)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		in = bufio.NewReaderSize(z, 1<<16)
	}
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	h, err := parseHeader(head)
	if err != nil {
		return nil, nil, err
	}
	if _, err := io.CopyN(io.Discard, in, h.offset-headerSize); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	flip := h.lpsFromIJK.Det() < 0
	if flip { // reverse the slices: a left-handed array becomes right-handed
		top := h.lpsFromIJK.Apply(geom.Vox(0, 0, float64(h.n[2]-1)))
		h.lpsFromIJK = geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](top, h.lpsFromIJK.Axis(0), h.lpsFromIJK.Axis(1), h.lpsFromIJK.Axis(2).Mul(-1))
	}
	g, err := volume.NewRegularGrid(h.n[0], h.n[1], h.n[2], h.lpsFromIJK, "")
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	var vals []float32
	slice := make([]byte, h.n[0]*h.n[1]*sizeOf[h.datatype])
	out := make([]float32, h.n[0]*h.n[1])
	for k := range h.n[2] { // grown slice by slice: a short file never makes a large allocation
		if _, err := io.ReadFull(in, slice); err != nil {
			return nil, nil, fmt.Errorf("%w: data end in slice %d of %d", ErrFormat, k, h.n[2])
		}
		h.decodeSlice(slice, out)
		vals = append(vals, out...)
	}
	if flip {
		reverseSlices(vals, h.n[0]*h.n[1])
	}
	return g, vals, nil
}

func (h *header) decodeSlice(raw []byte, out []float32) {
	for i := range out {
		var x float64
		switch h.datatype {
		case typeUint8:
			x = float64(raw[i])
		case typeInt8:
			x = float64(int8(raw[i]))
		case typeInt16:
			x = float64(int16(h.order.Uint16(raw[2*i:])))
		case typeUint16:
			x = float64(h.order.Uint16(raw[2*i:]))
		case typeInt32:
			x = float64(int32(h.order.Uint32(raw[4*i:])))
		case typeUint32:
			x = float64(h.order.Uint32(raw[4*i:]))
		case typeFloat32:
			x = float64(math.Float32frombits(h.order.Uint32(raw[4*i:])))
		case typeFloat64:
			x = math.Float64frombits(h.order.Uint64(raw[8*i:]))
		}
		if x = x*h.slope + h.inter; math.IsNaN(x) {
			x = 0
		}
		out[i] = float32(x)
	}
}

func reverseSlices(v []float32, n int) {
	for a, b := 0, len(v)-n; a < b; a, b = a+n, b-n {
		for i := range n {
			v[a+i], v[b+i] = v[b+i], v[a+i]
		}
	}
}
