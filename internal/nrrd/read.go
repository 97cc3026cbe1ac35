package nrrd

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// ErrFormat is wrapped by every error that means the file is not a readable NRRD label map.
var ErrFormat = errors.New("nrrd: not a readable NRRD volume")

const (
	maxHeaderLines = 10000
	maxVoxels      = math.MaxInt32
	maxRowBytes    = 1 << 24
)

// header is what is needed of the text that begins the file.
type header struct {
	fields map[string]string // "field: value"
	pairs  map[string]string // "key:=value"
}

// ReadLabels reads a label map in patient space, raw or gzip, attached or detached, of any integer type with values 0 to 255, and
// the names that 3D Slicer gives its segments. Segments that overlap, stored in several layers, are painted in the order of their
// layers.
func ReadLabels(path string) (*volume.Labels, map[int]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("nrrd: %w", err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<16)
	h, err := parseHeader(in)
	if err != nil {
		return nil, nil, err
	}
	if name := h.fields["data file"] + h.fields["datafile"]; name != "" {
		if name != filepath.Base(name) { // only beside the header: a file must not point anywhere else
			return nil, nil, fmt.Errorf("%w: its data file must lie beside it", ErrFormat)
		}
		data, err := os.Open(filepath.Join(filepath.Dir(path), name))
		if err != nil {
			return nil, nil, fmt.Errorf("nrrd: %w", err)
		}
		defer data.Close()
		in = bufio.NewReaderSize(data, 1<<16)
	}
	return h.labels(in)
}

func parseHeader(in *bufio.Reader) (header, error) {
	h := header{map[string]string{}, map[string]string{}}
	for n := range maxHeaderLines {
		raw, err := in.ReadSlice('\n')
		line := strings.TrimRight(string(raw), "\r\n")
		switch {
		case n == 0 && !strings.HasPrefix(line, "NRRD000"):
			return h, fmt.Errorf("%w: it does not begin with NRRD000", ErrFormat)
		case line == "" && n > 0:
			return h, nil
		case err != nil && (!errors.Is(err, io.EOF) || line == ""):
			return h, fmt.Errorf("%w: the header does not end", ErrFormat)
		}
		if key, value, ok := strings.Cut(line, ":="); ok {
			h.pairs[key] = value
		} else if field, value, ok := strings.Cut(line, ":"); ok {
			h.fields[strings.ToLower(strings.TrimSpace(field))] = strings.TrimSpace(value)
		}
		if err != nil { // a detached header may end without an empty line
			return h, nil
		}
	}
	return h, fmt.Errorf("%w: the header is too long", ErrFormat)
}

// sizeOf gives the bytes of an integer type.
func sizeOf(kind string) int {
	switch strings.Join(strings.Fields(kind), " ") {
	case "signed char", "int8", "int8_t", "uchar", "unsigned char", "uint8", "uint8_t":
		return 1
	case "short", "short int", "signed short", "signed short int", "int16", "int16_t", "ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t":
		return 2
	case "int", "signed int", "int32", "int32_t", "uint", "unsigned int", "uint32", "uint32_t":
		return 4
	}
	return 0
}

// labels reads the data by the header.
func (h header) labels(in *bufio.Reader) (*volume.Labels, map[int]string, error) {
	n, layers, lps, err := h.geometry()
	if err != nil {
		return nil, nil, err
	}
	flip := lps.Det() < 0
	if flip { // reverse the slices: a left-handed array becomes right-handed
		top := lps.Apply(geom.Vox(0, 0, float64(n[2]-1)))
		lps = geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](top, lps.Axis(0), lps.Axis(1), lps.Axis(2).Mul(-1))
	}
	g, err := volume.NewRegularGrid(n[0], n[1], n[2], lps, "")
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	size := sizeOf(h.fields["type"])
	if size == 0 {
		return nil, nil, fmt.Errorf("%w: values of type %q are no labels", ErrFormat, h.fields["type"])
	}
	var data io.Reader = in
	switch h.fields["encoding"] {
	case "raw":
	case "gzip", "gz":
		if data, err = gzip.NewReader(in); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
	default:
		return nil, nil, fmt.Errorf("%w: encoding %q (raw and gzip are read)", ErrFormat, h.fields["encoding"])
	}
	var order binary.ByteOrder = binary.LittleEndian
	if h.fields["endian"] == "big" {
		order = binary.BigEndian
	}
	if n[0]*layers*size > maxRowBytes {
		return nil, nil, fmt.Errorf("%w: rows of %d voxels", ErrFormat, n[0])
	}
	label, names := h.segments(layers)
	var values []uint8
	row := make([]byte, n[0]*layers*size)
	for r := range n[1] * n[2] { // grown row by row: a short file never makes a large allocation
		if _, err := io.ReadFull(data, row); err != nil {
			return nil, nil, fmt.Errorf("%w: data end in slice %d of %d", ErrFormat, r/n[1], n[2])
		}
		for i := range n[0] {
			v := uint8(0)
			for layer := range layers {
				b := row[(i*layers+layer)*size:]
				x := uint32(b[0])
				switch size {
				case 2:
					x = uint32(order.Uint16(b))
				case 4:
					x = order.Uint32(b)
				}
				if x > 255 {
					return nil, nil, fmt.Errorf("%w: value %d is not a label 0..255", ErrFormat, x)
				}
				if x > 0 {
					v = label[[2]int{layer, int(x)}]
					if v == 0 {
						v = uint8(x)
					}
				}
			}
			values = append(values, v)
		}
	}
	if flip {
		m := n[0] * n[1]
		for a, b := 0, n[2]-1; a < b; a, b = a+1, b-1 {
			lo, hi := values[a*m:(a+1)*m], values[b*m:(b+1)*m]
			for i := range lo {
				lo[i], hi[i] = hi[i], lo[i]
			}
		}
	}
	return &volume.Labels{Grid: g, Box: g.Bounds(), V: values}, names, nil
}

// segments reads the names of 3D Slicer's segmentations. Where several layers hold the same value for different segments, every
// segment gets a number of its own.
func (h header) segments(layers int) (label map[[2]int]uint8, names map[int]string) {
	label = map[[2]int]uint8{}
	for s := 0; ; s++ {
		key := fmt.Sprintf("Segment%d_", s)
		name, ok := h.pairs[key+"Name"]
		if !ok {
			return label, names
		}
		value, err := strconv.Atoi(strings.TrimSpace(h.pairs[key+"LabelValue"]))
		if err != nil {
			value = s + 1
		}
		layer, _ := strconv.Atoi(strings.TrimSpace(h.pairs[key+"Layer"]))
		if names == nil {
			names = map[int]string{}
		}
		if layers > 1 && s < 255 {
			label[[2]int{layer, value}] = uint8(s + 1)
			value = s + 1
		}
		names[value] = name
	}
}

// geometry reads sizes and the map from voxels to patient LPS; layers is 1 unless the first axis is a list.
func (h header) geometry() (n [3]int, layers int, lps geom.Affine[geom.PatientFrame, geom.VoxelFrame], err error) {
	fail := func(format string, args ...any) (_ [3]int, _ int, _ geom.Affine[geom.PatientFrame, geom.VoxelFrame], err error) {
		return n, 0, lps, fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
	}
	sizes, axes := strings.Fields(h.fields["sizes"]), vectors(h.fields["space directions"])
	if len(sizes) != len(axes) || len(sizes) < 3 || len(sizes) > 4 {
		return fail("%d sizes and %d directions; three axes in patient space are needed", len(sizes), len(axes))
	}
	layers = 1
	if len(sizes) == 4 {
		if layers, err = strconv.Atoi(sizes[0]); err != nil || layers < 1 || layers > 255 || axes[0] != nil {
			return fail("the first of four axes must be the list of segments")
		}
		sizes, axes = sizes[1:], axes[1:]
	}
	total := layers
	for a := range 3 {
		if n[a], err = strconv.Atoi(sizes[a]); err != nil || n[a] < 1 || n[a] > maxVoxels/total {
			return fail("size %q", sizes[a])
		}
		total *= n[a]
	}
	origin := vectors(h.fields["space origin"])
	if len(origin) != 1 || origin[0] == nil || axes[0] == nil || axes[1] == nil || axes[2] == nil {
		return fail("it gives no place in the patient")
	}
	var sign [2]float64
	switch strings.ToLower(h.fields["space"]) {
	case "left-posterior-superior", "lps":
		sign = [2]float64{1, 1}
	case "right-anterior-superior", "ras":
		sign = [2]float64{-1, -1}
	case "left-anterior-superior", "las":
		sign = [2]float64{1, -1}
	default:
		return fail("space %q is not one of the patient", h.fields["space"])
	}
	vec := func(v *[3]float64) geom.PatientVec { return geom.LPSVec(sign[0]*v[0], sign[1]*v[1], v[2]) }
	o := origin[0]
	return n, layers, geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(sign[0]*o[0], sign[1]*o[1], o[2]), vec(axes[0]), vec(axes[1]), vec(axes[2])), nil
}

// vectors reads "(x,y,z) none (x,y,z)"; nil stands for none and for what is not three finite numbers.
func vectors(s string) (out []*[3]float64) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] != '(' {
			_, s, _ = strings.Cut(s, " ")
			out = append(out, nil)
			continue
		}
		var inside string
		inside, s, _ = strings.Cut(s[1:], ")")
		parts := strings.Split(inside, ",")
		var v [3]float64
		good := len(parts) == 3
		for i := 0; good && i < 3; i++ {
			x, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
			v[i], good = x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
		}
		if good {
			out = append(out, &v)
		} else {
			out = append(out, nil)
		}
	}
	return out
}
