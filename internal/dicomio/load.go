package dicomio

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"unsafe"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// ErrNoPixels is returned when not one picture of a volume or run could be read.
var ErrNoPixels = errors.New("no picture could be read")

func positions(g []*frame) []geom.Patient {
	out := make([]geom.Patient, len(g))
	for i, f := range g {
		out[i] = f.pos
	}
	return out
}

// judge records what the grid and the headers say about the quality of the stack.
func (s *Stack) judge() {
	g := s.Grid
	num := func(x float64, decimals int) diag.Num { return diag.Num{X: x, Decimals: decimals} }
	for _, k := range g.Holes() {
		a, b := g.SlicePosition(k), g.SlicePosition(k+1)
		if n := int(math.Round(b.Sub(a).Dot(g.Normal)/float64(g.DZ))) - 1; n > 0 && g.Missing > 0 {
			s.add(diag.CodeSlicesMissing, diag.Args{"n": n, "a": num(a.Z, 1), "b": num(b.Z, 1)})
		}
	}
	switch {
	case g.Verdict == volume.Irregular && g.Missing == 0:
		lo, hi := math.Inf(1), 0.0
		for k := 1; k < g.NZ; k++ {
			gap := g.SlicePosition(k).Sub(g.SlicePosition(k - 1)).Dot(g.Normal)
			lo, hi = min(lo, gap), max(hi, gap)
		}
		s.add(diag.CodeSpacingIrregular, diag.Args{"a": num(lo, 2), "b": num(hi, 2)})
	case g.Verdict == volume.Jitter:
		s.add(diag.CodeSpacingJitter, diag.Args{"x": num(float64(g.MaxDeviation), 2)})
	}
	if g.TiltRadians > 0 {
		s.add(diag.CodeGantryTilt, diag.Args{"x": num(g.TiltRadians*180/math.Pi, 1)})
	}
	if !s.Hounsfield() {
		s.add(diag.CodeHuScaleUnknown, nil)
	}
}

// CornerError returns the largest distance in mm between a corner of a slice by that slice's own header and by the grid: the
// self-check after building a volume. It also sees what the grid cannot, slices whose directions or pixel sizes differ a little.
func (s *Stack) CornerError() unit.MM {
	g, worst := s.Grid, 0.0
	for k, f := range s.frames {
		for _, c := range [4][2]float64{{0, 0}, {float64(g.NX - 1), 0}, {0, float64(g.NY - 1)}, {float64(g.NX - 1), float64(g.NY - 1)}} {
			own := f.pos.Add(f.row.Mul(c[0] * f.dx)).Add(f.col.Mul(c[1] * f.dy))
			worst = max(worst, own.Dist(g.Patient(geom.Vox(c[0], c[1], float64(k)))))
		}
	}
	return unit.MM(worst)
}

// Hounsfield reports whether the files state a scale of CT numbers. Without one, no cement can be measured.
func (s *Stack) Hounsfield() bool {
	f := s.frames[0]
	name := f.scaleName()
	return !s.Colour() && (f.rescaled || f.lut != nil) && (name == "HU" || name == "HU_MOD")
}

// Fractional reports whether CT numbers are not whole, because slope or intercept of a slice is not: Load rounds them, LoadFloat
// does not.
func (s *Stack) Fractional() bool {
	for _, f := range s.frames {
		if f.lut == nil && !f.inst.colourful() && (f.slope != math.Trunc(f.slope) || f.intercept != math.Trunc(f.intercept)) {
			return true
		}
	}
	return false
}

// Extended reports whether the scale of the files goes beyond int16, where Load limits numbers and LoadFloat keeps them.
func (s *Stack) Extended() bool {
	for _, f := range s.frames {
		l := f.inst.layout
		lo, hi := 0.0, float64(int(1)<<l.stored-1)
		switch {
		case f.inst.colourful():
			if hi > math.MaxInt16 {
				return true
			}
			continue
		case f.lut != nil:
			if slices.Max(f.lut.value) > math.MaxInt16 {
				return true
			}
			continue
		case l.signed:
			lo, hi = -float64(int(1)<<(l.stored-1)), float64(int(1)<<(l.stored-1)-1)
		}
		a, b := lo*f.slope+f.intercept, hi*f.slope+f.intercept
		if min(a, b) < math.MinInt16 || max(a, b) > math.MaxInt16 {
			return true
		}
	}
	return false
}

// Load reads the pictures into a volume of whole HU, each slice by its own rescale values; numbers beyond int16 are clamped, padding
// that is denser than air becomes air, and Findings says so from then on. A slice that cannot be read is filled with air and marked
// in Corrupt, with a slice-corrupt finding left to the caller. The error wraps ErrNoPixels when nothing could be read. progress may
// be nil.
func (s *Stack) Load(ctx context.Context, progress func(fraction float64)) (*volume.Volume, error) {
	if err := s.affordable(); err != nil {
		return nil, err
	}
	v := &volume.Volume{Grid: s.Grid, HU: make([]int16, s.Grid.Len())}
	hugePages(v.HU)
	n := s.Grid.NX * s.Grid.NY
	var mu sync.Mutex
	sum := new(tally)
	bad, err := s.read(ctx, progress, func() sliceReader {
		w := &huReader{}
		return sliceReader{
			read: func(p *pixels, k int) error { return w.slice(p, s.frames[k], v.HU[k*n:(k+1)*n]) },
			done: func() {
				mu.Lock()
				defer mu.Unlock()
				sum.add(&w.tally)
			},
		}
	})
	if err != nil {
		return nil, err
	}
	for k, b := range bad {
		if !b {
			continue
		}
		if v.Corrupt == nil {
			v.Corrupt = bad
		}
		slice := v.HU[k*n : (k+1)*n]
		for i := range slice {
			slice[i] = volume.Air
		}
	}
	v.CeilingHU = s.ceiling(&sum.peaks)
	s.seen(sum)
	return v, nil
}

// LoadFloat is Load without rounding or clamping, in the order of the grid. Slices that cannot be read hold NaN.
func (s *Stack) LoadFloat(ctx context.Context, progress func(fraction float64)) ([]float32, error) {
	if err := s.affordable(); err != nil {
		return nil, err
	}
	out := make([]float32, s.Grid.Len())
	n := s.Grid.NX * s.Grid.NY
	bad, err := s.read(ctx, progress, func() sliceReader {
		raw := make([]uint16, n)
		return sliceReader{read: func(p *pixels, k int) error {
			f := s.frames[k]
			if err := p.grey(f.index, raw); err != nil {
				return err
			}
			value := f.scale()
			slice := out[k*n : (k+1)*n]
			for i, r := range raw {
				slice[i] = float32(value(r))
			}
			f.blank(raw, func(i int) { slice[i] = volume.Air })
			return nil
		}}
	})
	if err != nil {
		return nil, err
	}
	for k, b := range bad {
		if b {
			for i := range n {
				out[k*n+i] = float32(math.NaN())
			}
		}
	}
	return out, nil
}

// manyPadded is the part of a volume from which padding that became air is worth a finding.
const manyPadded = 0.01

// seen adds what only the pixels tell to the findings, once however often the stack is loaded.
func (s *Stack) seen(t *tally) {
	s.loaded.Do(func() {
		if part := float64(t.padded) / float64(s.Grid.Len()); part >= manyPadded {
			s.add(diag.CodePaddingBright, diag.Args{"p": diag.Percent(part)})
		}
		if t.limited > 0 {
			s.add(diag.CodeHULimited, diag.Args{"n": t.limited, "x": math.MaxInt16})
		}
	})
}

// Slices reads the slices ks in HU and hands each to visit, from several goroutines; hu is valid during the call only. Slices that
// cannot be read are passed over. For thumbnails and quick looks.
func (s *Stack) Slices(ctx context.Context, ks []int, visit func(k int, hu []int16)) error {
	frames := make([]*frame, len(ks))
	for i, k := range ks {
		frames[i] = s.frames[k]
	}
	_, _, err := eachFrame(ctx, frames, nil, func() sliceReader {
		w, hu := &huReader{}, make([]int16, s.Grid.NX*s.Grid.NY)
		return sliceReader{read: func(p *pixels, i int) error {
			err := w.slice(p, frames[i], hu)
			if err == nil {
				visit(ks[i], hu)
			}
			return err
		}}
	})
	return err
}

// noPixels says that nothing of a series could be read, and why the first picture could not.
func noPixels(uid string, cause error) error {
	return refuse(CodeNoPixels, sayf("series %s: no picture could be read: %v", "série %s\u202f: aucune image n’a pu être lue\u202f: %v", uid, cause), errors.Join(ErrNoPixels, cause))
}

// affordable refuses to reserve memory that the files could not fill.
func (s *Stack) affordable() error {
	return affordable(s.Series.UID, s.frames, 2*int64(s.Grid.Len()))
}

// affordable compares the memory that pictures need with what their files hold, so that a few small files cannot claim all memory.
func affordable(uid string, frames []*frame, need int64) error {
	some, credit := false, int64(1<<29)
	var last *instance
	for _, f := range frames {
		some = some || f.inst.plausible()
		if f.inst != last {
			credit += f.inst.credit()
			last = f.inst
		}
	}
	switch {
	case !some:
		return noPixels(uid, errShort)
	case need > credit:
		return noPixels(uid, sayf("%d MiB announced by files too small for them", "%d Mio annoncés par des fichiers trop petits", need>>20))
	}
	return nil
}

// sliceReader reads slices for one goroutine.
type sliceReader struct {
	read func(p *pixels, k int) error
	done func()
}

// read calls a reader for every slice and returns which ones failed.
func (s *Stack) read(ctx context.Context, progress func(float64), worker func() sliceReader) ([]bool, error) {
	bad, cause, err := eachFrame(ctx, s.frames, progress, worker)
	if err != nil {
		return nil, err
	}
	for _, b := range bad {
		if !b {
			return bad, nil
		}
	}
	return nil, noPixels(s.Series.UID, cause)
}

// huReader turns stored values into HU for one goroutine.
type huReader struct {
	raw    []uint16
	tally  tally
	table  []int16       // HU of every sample, for scale
	beyond [1 << 16]bool // samples whose HU int16 cannot hold, for scale
	scale  scaleKey
}

// scaleKey is everything that the HU of a sample depends on.
type scaleKey struct {
	stored, shift    int
	signed           bool
	slope, intercept float64
	lut              *lut
}

func (w *huReader) slice(p *pixels, f *frame, dst []int16) error {
	whole := f.lut == nil && f.slope == 1 && f.intercept == math.Trunc(f.intercept) && math.Abs(f.intercept) < math.MaxInt16
	if whole && p.in.shiftable() && f.pad.loadsAs == asAir {
		if err := p.frameInto(f.index, dst); err != nil {
			return err
		}
		shiftInPlace(dst, p.in.layout, int16(f.intercept), &w.tally)
		return nil
	}
	if len(w.raw) != len(dst) {
		w.raw = make([]uint16, len(dst))
	}
	if err := p.grey(f.index, w.raw); err != nil {
		return err
	}
	l := p.in.layout
	key := scaleKey{l.stored, p.in.shift(), l.signed, f.slope, f.intercept, f.lut}
	if p.in.colourful() {
		key = scaleKey{stored: 16, slope: 1}
	}
	if w.table == nil || w.scale != key {
		w.table, w.scale = make([]int16, 1<<16), key
		value := f.scale()
		for i := range w.table {
			w.table[i] = clampHU(value(uint16(i)))
			w.beyond[i] = value(uint16(i)) > math.MaxInt16
		}
	}
	for i, r := range w.raw {
		dst[i] = w.table[r]
	}
	w.tally.padded += f.blank(w.raw, func(i int) { dst[i] = volume.Air })
	for i, h := range dst {
		if h >= hotHU {
			w.tally.peaks[h]++
			if w.beyond[w.raw[i]] {
				w.tally.limited++
			}
		}
	}
	return nil
}

// frameInto reads frame k straight into the memory of a volume, still as stored.
func (p *pixels) frameInto(k int, dst []int16) error {
	first := unsafe.SliceData(dst)
	if p.in.pix.encapsulated || p.in.pix.big || !littleEndianHost {
		return p.frame(k, unsafe.Slice((*uint16)(unsafe.Pointer(first)), len(dst)))
	}
	off, err := p.native(k)
	if err != nil {
		return err
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(first)), 2*len(dst))
	if got, err := p.r.ReadAt(b, off); got < len(b) {
		return errors.Join(errShort, err)
	}
	return nil
}

func clampHU(x float64) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, math.Round(x))))
}

// scale returns the map from a sample to its value: bits masked, sign, then modality LUT or slope and intercept.
func (f *frame) scale() func(uint16) float64 {
	stored := f.inst.stored()
	if f.inst.colourful() {
		return func(r uint16) float64 { return float64(r) }
	}
	if f.lut != nil {
		return func(r uint16) float64 { return f.lut.at(stored(r)) }
	}
	return func(r uint16) float64 { return float64(stored(r))*f.slope + f.intercept }
}

// stored returns the map from a sample as decoded to the stored value.
func (in *instance) stored() func(uint16) int {
	l, shift := in.layout, in.shift()
	mask := uint16(1<<l.stored - 1)
	sign := uint16(1) << (l.stored - 1)
	if !l.signed {
		return func(r uint16) int { return int(r >> shift & mask) }
	}
	return func(r uint16) int { return int(r>>shift&mask^sign) - int(sign) }
}

// shift returns by how many bits samples as decoded are too high: codecs deliver the value itself, but RLE keeps the layout of
// uncompressed samples.
func (in *instance) shift() int {
	if in.pix.encapsulated && in.coding != codingRLE && in.coding != codingDeflated {
		return 0
	}
	return in.layout.highBit + 1 - in.layout.stored
}
