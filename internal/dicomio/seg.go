package dicomio

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"
	"unicode"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// Segmentation is a DICOM SEG object: masks on one grid, which may overlap.
type Segmentation struct {
	Grid     *volume.Grid
	Segments []Segment // by number
}

// Segment is one mask.
type Segment struct {
	Number int
	Label  string
	Type   string         // meaning of its type code, such as "T9 vertebra"
	Mask   *volume.Labels // 1 inside, cropped to the slices that the object gives
}

const (
	tagSpacingBetween   Tag = 0x00180088
	tagCodeMeaning      Tag = 0x00080104
	tagSegmentationType Tag = 0x00620001
	tagSegments         Tag = 0x00620002
	tagSegmentNumber    Tag = 0x00620004
	tagSegmentLabel     Tag = 0x00620005
	tagSegmentReference Tag = 0x0062000A
	tagReferenced       Tag = 0x0062000B
	tagMaxFraction      Tag = 0x0062000E
	tagSegmentType      Tag = 0x0062000F
	segmentationStorage     = "1.2.840.10008.5.1.4.1.1.66."
)

// maxSegmentBytes bounds the masks of one object: 25 vertebrae on 512 x 512 x 400 voxels are 2.6 GB at worst, but each lies in few
// slices.
const maxSegmentBytes = 1 << 30

// IsDICOM reports whether the file begins as a DICOM file does.
func IsDICOM(path string) bool {
	b, err := diskFile(path).open()
	if err != nil {
		return false
	}
	defer b.close()
	f, err := parseFile(b, b.size, path)
	return err == nil && f.Find(tagSOPClassUID) != nil
}

// ReadVertebrae reads a SEG whose segments name vertebrae, by label or by type, as a label map of VerSe numbers. Other segments are
// passed over; the error says when none is a vertebra.
func ReadVertebrae(path string) (*volume.Labels, error) {
	s, err := ReadSegmentation(path)
	if err != nil {
		return nil, err
	}
	out := volume.NewLabels(s.Grid, s.Grid.Bounds())
	var names []string
	found := false
	for _, seg := range s.Segments {
		level, ok := levelIn(seg.Label)
		if !ok {
			level, ok = levelIn(seg.Type)
		}
		if !ok {
			names = append(names, printable(seg.Label))
			continue
		}
		found = true
		for i, v := range seg.Mask.V {
			if v != 0 {
				seg.Mask.V[i] = uint8(level)
			}
		}
		if err := out.Paint(seg.Mask); err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, fmt.Errorf("dicomio: no segment names a vertebra (%s): %s", strings.Join(names, ", "), path)
	}
	return out, nil
}

// beside are words of what lies in or at a vertebra but is none: "PMMA bone cement T9", "disc L1/L2", "rib T12 left".
var beside = map[string]bool{"cement": true, "ciment": true, "pmma": true, "leak": true, "fuite": true, "metal": true, "métal": true, "implant": true, "screw": true, "vis": true, "rod": true, "trocar": true,
	"disc": true, "disk": true, "disque": true, "canal": true, "cord": true, "foramen": true, "vein": true, "veine": true, "rib": true, "côte": true, "nerve": true, "muscle": true}

// levelIn finds the name of a vertebra among the words of a label: "L1", "vertebrae_L1", "T9 vertebra". Labels of what only lies there
// name none.
func levelIn(label string) (anatomy.Level, bool) {
	words := strings.FieldsFunc(label, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range words {
		if beside[strings.ToLower(word)] {
			return anatomy.None, false
		}
	}
	for _, word := range words {
		if l, err := anatomy.ParseLevel(strings.ToUpper(word)); err == nil && !l.IsUnknown() {
			return l, true
		}
	}
	return anatomy.None, false
}

// ReadSegmentation reads a SEG object, binary, fractional (half and more counts as inside) or label map. Slices that the object leaves
// out because they are empty are part of the grid.
func ReadSegmentation(path string) (*Segmentation, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := f.segmentation()
	if err != nil {
		return nil, fmt.Errorf("dicomio: segmentation: %w: %s", err, path)
	}
	return s, nil
}

func (f *File) segmentation() (*Segmentation, error) {
	if !strings.HasPrefix(f.Code(tagSOPClassUID), segmentationStorage) {
		return nil, errors.New("not a DICOM SEG")
	}
	r, err := f.segmentFrames()
	if err != nil {
		return nil, err
	}
	at, err := r.place()
	if err != nil {
		return nil, err
	}
	s := &Segmentation{Grid: r.grid}
	for _, it := range f.Items(tagSegments) {
		n, ok := it.Int(tagSegmentNumber)
		if ok && (n > 0 || r.kind != "LABELMAP") { // number 0 of a label map is the background
			s.Segments = append(s.Segments, Segment{Number: n, Label: it.Text(tagSegmentLabel), Type: it.Item(tagSegmentType).Text(tagCodeMeaning)})
		}
	}
	sort.Slice(s.Segments, func(i, j int) bool { return s.Segments[i].Number < s.Segments[j].Number })
	if len(s.Segments) == 0 {
		return nil, errors.New("no segments")
	}
	return s, r.fill(s, at)
}

// segmentReader decodes the frames of a SEG.
type segmentReader struct {
	kind     string // BINARY, FRACTIONAL, LABELMAP
	half     uint16
	frames   []frame
	segment  []int // of each frame, 0 in a label map
	between  float64
	grid     *volume.Grid
	bits     []byte // of all frames, when one bit a voxel
	coded    *pixels
	nx, ny   int
	frameUID string
}

func (f *File) segmentFrames() (*segmentReader, error) {
	if f.pix == nil {
		return nil, errors.New("no pixel data")
	}
	r := &segmentReader{kind: f.Code(tagSegmentationType), half: 1, frameUID: f.Code(tagFrameOfReference)}
	if m, ok := f.Int(tagMaxFraction); ok && r.kind == "FRACTIONAL" {
		r.half = uint16(max(1, (m+1)/2))
	}
	in := &instance{src: diskFile(f.Path), path: f.Path, syntax: f.TransferSyntax, coding: syntaxOf(f.TransferSyntax).coding, pix: *f.pix, bytes: f.n}
	allocated, _ := f.Int(tagBitsAllocated)
	var err error
	if allocated == 1 {
		if in.layout.rows, in.layout.cols, in.layout.frames, err = f.oneBit(); err != nil {
			return nil, err
		}
		if r.bits, err = f.NativePixels(); err != nil {
			return nil, err
		}
		if n := int64(in.layout.rows) * int64(in.layout.cols) * int64(in.layout.frames); int64(len(r.bits))*8 < n {
			return nil, fmt.Errorf("%d bytes of pixel data for %d voxels: %w", len(r.bits), n, errShort)
		}
	} else {
		if in.layout, err = readLayout(f.Dataset); err != nil {
			return nil, err
		}
		if !in.plausible() {
			return nil, errShort
		}
		if r.coded, err = openPixels(in); err != nil {
			return nil, err
		}
	}
	r.nx, r.ny = in.layout.cols, in.layout.rows
	r.frames = readFrames(f.Dataset, in)
	per := f.Items(tagPerFrameGroups)
	if len(per) != len(r.frames) {
		return nil, fmt.Errorf("%d frames, of which %d are described", len(r.frames), len(per))
	}
	shared := f.Item(tagSharedGroups)
	for _, g := range per {
		ref := g.Item(tagSegmentReference)
		if ref == nil {
			ref = shared.Item(tagSegmentReference)
		}
		n, ok := ref.Int(tagReferenced)
		if !ok && r.kind != "LABELMAP" {
			return nil, errors.New("a frame names no segment")
		}
		r.segment = append(r.segment, n)
	}
	r.between, _ = shared.Item(tagPixelMeasures).Float(tagSpacingBetween)
	return r, nil
}

// oneBit returns the size of pictures of one bit a voxel.
func (d *Dataset) oneBit() (rows, cols, frames int, err error) {
	rows, _ = d.Int(tagRows)
	cols, _ = d.Int(tagColumns)
	frames, _ = d.Int(tagNumberOfFrames)
	if rows < 1 || cols < 1 || rows > maxSide || cols > maxSide || rows*cols > maxPixels || frames < 1 || frames > maxFrames {
		return 0, 0, 0, fmt.Errorf("%d frames of %d rows and %d columns", frames, rows, cols)
	}
	return rows, cols, frames, nil
}

// place makes the grid and returns the slice of every frame.
func (r *segmentReader) place() ([]int, error) {
	order := make([]*frame, len(r.frames))
	for i := range r.frames {
		f := &r.frames[i]
		if !f.hasPlace || f.dx == 0 {
			return nil, fmt.Errorf("frame %d has no place in the patient", i+1)
		}
		order[i] = f
	}
	sortByPlace(order)
	ref := order[0]
	var pos []geom.Patient
	step := math.Inf(1)
	for i, f := range order {
		if gap := depth(f, ref); i == 0 || gap-pos[len(pos)-1].Sub(ref.pos).Dot(ref.row.Cross(ref.col)) > sameSliceMM {
			if len(pos) > 0 {
				step = min(step, f.pos.Dist(pos[len(pos)-1]))
			}
			pos = append(pos, f.pos)
		}
	}
	if r.between > 0 {
		step = r.between
	}
	if pos = withEmpty(pos, step); int64(len(pos))*int64(r.nx*r.ny) > maxSegmentBytes {
		return nil, fmt.Errorf("%d slices of %d x %d voxels", len(pos), r.nx, r.ny)
	}
	var err error
	if r.grid, err = volume.NewGrid(r.nx, r.ny, ref.row, ref.col, unit.MM(ref.dx), unit.MM(ref.dy), pos, r.frameUID); err != nil {
		return nil, err
	}
	at := make([]int, len(r.frames))
	for i := range r.frames {
		at[i] = max(0, min(r.grid.NZ-1, int(math.Round(r.grid.Voxel(r.frames[i].pos).Z))))
	}
	return at, nil
}

// withEmpty puts back the slices that were left out where a gap is a multiple of the step.
func withEmpty(pos []geom.Patient, step float64) []geom.Patient {
	var out []geom.Patient
	for i, p := range pos {
		if i > 0 && step > 0 {
			gap := p.Dist(pos[i-1])
			if n := math.Round(gap / step); n > 1 && n+float64(len(out)) < maxFrames && math.Abs(gap-n*step) < 0.01*gap {
				for k := 1; k < int(n); k++ {
					out = append(out, pos[i-1].Lerp(p, float64(k)/n))
				}
			}
		}
		out = append(out, p)
	}
	return out
}

// fill decodes the frames into the masks.
func (r *segmentReader) fill(s *Segmentation, at []int) error {
	if r.coded != nil {
		defer r.coded.close()
	}
	total := 0
	for i := range s.Segments {
		seg := &s.Segments[i]
		box := geom.Box{}
		for k, n := range r.segment {
			if n == seg.Number || r.kind == "LABELMAP" {
				box = box.Union(geom.Box{Min: geom.Index{K: at[k]}, Max: geom.Index{I: r.nx, J: r.ny, K: at[k] + 1}})
			}
		}
		if total += box.Len(); total > maxSegmentBytes {
			return fmt.Errorf("masks of more than %d MiB", maxSegmentBytes>>20)
		}
		seg.Mask = volume.NewLabels(s.Grid, box)
	}
	px := make([]uint16, r.nx*r.ny)
	for k := range r.frames {
		if err := r.decode(k, px); err != nil {
			return fmt.Errorf("frame %d: %w", k+1, err)
		}
		for i := range s.Segments {
			seg := &s.Segments[i]
			switch {
			case r.kind == "LABELMAP":
				r.paint(seg.Mask, at[k], px, func(v uint16) bool { return int(v) == seg.Number })
			case seg.Number == r.segment[k]:
				r.paint(seg.Mask, at[k], px, func(v uint16) bool { return v >= r.half })
			}
		}
	}
	return nil
}

func (r *segmentReader) paint(m *volume.Labels, k int, px []uint16, inside func(uint16) bool) {
	slice := m.V[(k-m.Box.Min.K)*len(px):][:len(px)]
	for i, v := range px {
		if inside(v) {
			slice[i] = 1
		}
	}
}

// decode reads frame k. Frames of one bit a voxel follow each other without a gap, lowest bit first.
func (r *segmentReader) decode(k int, px []uint16) error {
	if r.bits == nil {
		return r.coded.frame(k, px)
	}
	first := k * len(px)
	for i := range px {
		o := first + i
		px[i] = uint16(r.bits[o/8] >> (o % 8) & 1)
	}
	return nil
}
