package dicomio

import (
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	undefined = 0xFFFFFFFF
	maxDepth  = 64
	// maxElements bounds the memory of a header: an enhanced CT of 4000 frames has fewer than 400 000.
	maxElements = 1 << 20
)

var (
	errShort   = said{"the file ends too early", "le fichier s’arrête trop tôt"}
	errNotHere = said{"no DICOM data", "pas de données DICOM"}
	errTooDeep = sayf("sequences nested deeper than %d", "séquences imbriquées à plus de %d niveaux", maxDepth)
	errTooMany = sayf("more than %d elements", "plus de %d éléments", maxElements)
)

// encodingVR is how elements are written.
type encodingVR struct{ explicit, big bool }

func (e encodingVR) order() binary.ByteOrder {
	if e.big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// pixelRef says where the pixel data of a file lie.
type pixelRef struct {
	tag          Tag
	off, length  int64 // of the value; length is what the element announces
	encapsulated bool
	big          bool
	words        bool // VR OW: in big endian, bytes pair up to words even when samples are bytes
}

// parser walks the elements of one data set up to its pixel data. Every length is checked against the bytes left before it is
// used, every nesting against maxDepth, every count against maxElements.
type parser struct {
	window
	count int
}

// header is one element head.
type header struct {
	tag    Tag
	vr     VR
	length uint32
	value  int64 // offset of the value
}

func (p *parser) header(off, end int64, enc encodingVR) (header, error) {
	if end-off < 8 {
		return header{}, fmt.Errorf("%w: %d bytes left at byte %d", errShort, end-off, off)
	}
	b, err := p.at(off, 8)
	if err != nil {
		return header{}, err
	}
	o := enc.order()
	h := header{tag: Tag(o.Uint16(b))<<16 | Tag(o.Uint16(b[2:])), value: off + 8}
	if h.tag>>16 == 0xFFFE {
		h.length = o.Uint32(b[4:])
		return h, nil
	}
	vr := VR(b[4])<<8 | VR(b[5])
	if !enc.explicit || !vr.letters() { // some writers slip implicit elements into explicit data sets
		h.vr, h.length = implicitVR(h.tag), o.Uint32(b[4:])
		return h, nil
	}
	h.vr = vr
	if !vr.longForm() {
		h.length = uint32(o.Uint16(b[6:]))
		return h, nil
	}
	if end-off < 12 {
		return header{}, fmt.Errorf("%w: %d bytes left at byte %d", errShort, end-off, off)
	}
	if b, err = p.at(off+8, 4); err != nil {
		return header{}, err
	}
	h.length, h.value = o.Uint32(b), off+12
	return h, nil
}

func implicitVR(t Tag) VR {
	switch {
	case sequences[t]:
		return vrSQ
	case t == tagPixelData:
		return vrOW
	}
	return vrUN
}

// dataset reads elements from off. It ends at end, at an item delimiter, or at top level before the pixel data, which are
// returned in pix. next is the offset after what was read.
func (p *parser) dataset(off, end int64, enc encodingVR, parent *Dataset, depth int) (ds *Dataset, pix *pixelRef, next int64, err error) {
	ds = &Dataset{parent: parent, order: enc.order(), src: p.r}
	for off < end {
		if depth == 0 && end-off < 8 {
			return ds, nil, end, nil // odd bytes after the last element harm nobody
		}
		h, err := p.header(off, end, enc)
		if err != nil {
			return ds, nil, off, err
		}
		switch {
		case h.tag == tagItemEnd || h.tag == tagSequenceEnd:
			return ds, nil, h.value, nil
		case h.tag == tagItem:
			return ds, nil, off, fmt.Errorf("item outside a sequence at byte %d", off)
		case depth == 0 && (h.tag == tagPixelData || h.tag == tagFloatPixels || h.tag == tagDoublePixels):
			pix = &pixelRef{tag: h.tag, off: h.value, length: int64(h.length), encapsulated: h.length == undefined, big: enc.big, words: h.vr == vrOW}
			return ds, pix, h.value, nil
		}
		if p.count++; p.count > maxElements {
			return ds, nil, off, errTooMany
		}
		e := Element{Tag: h.tag, VR: h.vr, off: h.value, n: int64(h.length)}
		if h.length == undefined {
			inner := enc
			if h.vr == vrUN {
				inner = encodingVR{} // PS3.5 6.2.2: a sequence under UN is implicit little endian
				if !enc.explicit {
					inner = enc
				}
			}
			e.VR = vrSQ
			e.Items, off, err = p.items(h.value, end, inner, ds, depth)
			if err != nil {
				return ds, nil, off, fmt.Errorf("%v: %w", h.tag, err)
			}
			ds.Elements = append(ds.Elements, e)
			continue
		}
		if e.n > end-h.value {
			return ds, nil, off, fmt.Errorf("%v at byte %d announces %d bytes, %d are left: %w", h.tag, off, e.n, end-h.value, errShort)
		}
		off = h.value + e.n
		if h.vr == vrSQ || (h.vr == vrUN && sequences[h.tag]) {
			inner := enc
			if h.vr == vrUN {
				inner = encodingVR{}
			}
			// The length is known, so a broken optional sequence costs only itself.
			items, _, err := p.items(h.value, off, inner, ds, depth)
			if errors.Is(err, errTooMany) {
				return ds, nil, off, err
			}
			e.VR, e.Items, e.broken = vrSQ, items, err != nil
		} else if e.n <= inlineLimit {
			if e.Value, err = p.at(h.value, int(e.n)); err != nil {
				return ds, nil, off, fmt.Errorf("%v: %w", h.tag, err)
			}
		}
		ds.Elements = append(ds.Elements, e)
	}
	return ds, nil, off, nil
}

// items reads the items of a sequence up to end or its delimiter.
func (p *parser) items(off, end int64, enc encodingVR, parent *Dataset, depth int) ([]*Dataset, int64, error) {
	if depth >= maxDepth {
		return nil, off, errTooDeep
	}
	var out []*Dataset
	for off < end {
		h, err := p.header(off, end, enc)
		if err != nil {
			return out, off, err
		}
		if h.tag == tagSequenceEnd {
			return out, h.value, nil
		}
		if h.tag != tagItem {
			return out, off, fmt.Errorf("%v at byte %d where an item should be", h.tag, off)
		}
		if p.count++; p.count > maxElements {
			return out, off, errTooMany
		}
		stop := end
		if h.length != undefined {
			if int64(h.length) > end-h.value {
				return out, off, fmt.Errorf("item at byte %d announces %d bytes, %d are left: %w", off, h.length, end-h.value, errShort)
			}
			stop = h.value + int64(h.length)
		}
		ds, _, next, err := p.dataset(h.value, stop, enc, parent, depth+1)
		if err != nil {
			return out, next, err
		}
		out = append(out, ds)
		if off = next; h.length != undefined {
			off = stop
		}
	}
	return out, off, nil
}

// guess tells the encoding of a data set from its first element, because file meta information is at times absent or wrong. ok is
// false when nothing there looks like one; sure says that what came before proved the file to be DICOM.
func (p *parser) guess(off int64, sure bool) (enc encodingVR, ok bool) {
	b, err := p.at(off, int(min(8, p.size-off)))
	if err != nil || len(b) < 8 {
		return encodingVR{}, false
	}
	vr := VR(b[4])<<8 | VR(b[5])
	le, be := binary.LittleEndian.Uint16(b), binary.BigEndian.Uint16(b)
	plausible := func(group uint16) bool { return group > 0 && group <= 0x0100 }
	knownVR := vr.letters() && (!vr.longForm() || vr == vrSQ || vr == vrUN || vr.String() == "UT" || vr.String() == "OB")
	switch {
	case plausible(le) && knownVR:
		return encodingVR{explicit: true}, true
	case plausible(be) && knownVR && be < le:
		return encodingVR{explicit: true, big: true}, true
	case plausible(le) && int64(binary.LittleEndian.Uint32(b[4:])) <= p.size-off-8:
		return encodingVR{}, true
	case sure && le > 0 && knownVR:
		return encodingVR{explicit: true}, true
	case sure && le > 0 && (binary.LittleEndian.Uint32(b[4:]) == undefined || int64(binary.LittleEndian.Uint32(b[4:])) <= p.size-off-8):
		return encodingVR{}, true
	}
	return encodingVR{}, false
}

// File is one DICOM file read up to its pixel data.
type File struct {
	Path           string // file system path; entries of an archive follow after "!"
	TransferSyntax string // as declared; empty when the file does not say
	*Dataset
	enc encodingVR
	pix *pixelRef
	src io.ReaderAt // the bytes that pix counts in: the file, or the inflated data set
	n   int64

	close func() error
}

// parseFile reads the header of a DICOM file. On an error the returned file, when not nil, holds what came before the damage.
func parseFile(r io.ReaderAt, size int64, path string) (*File, error) {
	p := &parser{window: window{r: r, size: size}}
	f := &File{Path: path, src: r, n: size}
	off := int64(0)
	if b, err := p.at(0, int(min(132, size))); err != nil {
		return nil, err
	} else if len(b) == 132 && string(b[128:]) == "DICM" {
		off = 132
	}
	proven := off > 0
	// File meta information: explicit little endian, group 2; its group length is often wrong, so the group ends it.
	for {
		h, err := p.header(off, size, encodingVR{explicit: true})
		if err != nil || h.tag>>16 != 2 || !h.vr.letters() || int64(h.length) > size-h.value {
			break
		}
		if h.tag == tagTransferSyntax && h.length <= 128 {
			v, err := p.at(h.value, int(h.length))
			if err != nil {
				return nil, err
			}
			f.TransferSyntax = trimASCII(v)
		}
		off, proven = h.value+int64(h.length), true
	}
	if syntaxOf(f.TransferSyntax).deflated {
		in := newInflater(flate.NewReader(io.NewSectionReader(r, off, size-off)))
		n, err := in.readAll()
		if err != nil && n == 0 {
			return nil, fmt.Errorf("deflated data set: %w", err)
		}
		p = &parser{window: window{r: in, size: n}}
		f.src, f.n, off = in, n, 0
	}
	enc, ok := p.guess(off, proven)
	if !ok {
		if proven && off >= size {
			return nil, fmt.Errorf("no data set after the file meta information: %w", errShort)
		}
		if proven {
			return f, fmt.Errorf("data set at byte %d begins with no element: %w", off, errNotHere)
		}
		return nil, errNotHere
	}
	f.enc = enc
	var err error
	f.Dataset, f.pix, _, err = p.dataset(off, p.size, enc, nil, 0)
	return f, err
}
