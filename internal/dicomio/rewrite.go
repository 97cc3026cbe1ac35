package dicomio

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/vertefill/vertefill/internal/dicomout"
)

// ErrNotDICOM is what EachFile hands over for files that are none.
var ErrNotDICOM = errors.New("not a DICOM file")

// EachFile opens every file under the paths (folders of any depth, zip archives, single files) one after the other and hands it to
// visit, which must not keep it; err says why a file could not be opened, f is nil then. An error of visit ends the walk. progress may
// be nil.
func EachFile(ctx context.Context, paths []string, progress func(fraction float64), visit func(f *File, err error) error) error {
	w := &walker{ctx: ctx, seen: map[string]bool{}}
	for _, p := range paths {
		if err := w.path(p); err != nil {
			return err
		}
	}
	var files []candidate
	w.found = func(c candidate) { files = append(files, c) }
	w.expand(func(int) {})
	for range w.skipped {
		if err := visit(nil, errors.New("a file that cannot be read")); err != nil {
			return err
		}
	}
	for n, c := range files {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("dicomio: %w", err)
		}
		if err := visitFile(c, visit); err != nil {
			return err
		}
		if progress != nil {
			progress(float64(n+1) / float64(len(files)))
		}
	}
	return nil
}

func visitFile(c candidate, visit func(*File, error) error) error {
	b, err := c.src.open()
	if err != nil {
		return visit(nil, errText(err))
	}
	defer b.close()
	f, err := parseFile(b, b.size, c.path)
	if errors.Is(err, errNotHere) && f == nil {
		return visit(nil, ErrNotDICOM)
	}
	if err != nil {
		return visit(nil, err)
	}
	return visit(f, nil)
}

// Everything returns the whole data set as Explicit does, with its pixel data, and the transfer syntax that they are written in from
// now on: compressed pixels stay as they are, all others become explicit VR little endian. What follows the pixel data is left out.
func (f *File) Everything() (d dicomout.Dataset, transferSyntax string, err error) {
	d = f.Explicit()
	if f.pix == nil {
		return d, dicomout.ExplicitLittleEndian, nil
	}
	p := dicomout.Element{Tag: dicomout.Tag(f.pix.tag), VR: "OW"}
	switch {
	case f.pix.encapsulated:
		fragments, err := f.fragments()
		if err != nil {
			return nil, "", err
		}
		p.VR, p.Value = "OB", dicomout.Fragments(fragments)
		return append(d, p), f.TransferSyntax, nil
	case f.pix.tag == tagFloatPixels:
		p.VR = "OF"
	case f.pix.tag == tagDoublePixels:
		p.VR = "OD"
	}
	px, err := f.NativePixels()
	if err != nil {
		return nil, "", err
	}
	if f.pix.big && (f.pix.words || p.VR != "OW") {
		px = swapped(px, string(p.VR), binary.BigEndian)
	}
	p.Value = px
	return append(d, p), dicomout.ExplicitLittleEndian, nil
}

// fragments returns encapsulated pixel data from the first item to the delimiter included, which is added where it is missing.
func (f *File) fragments() ([]byte, error) {
	var out bytes.Buffer
	var head [8]byte
	for off := f.pix.off; ; {
		if _, err := f.src.ReadAt(head[:], off); err != nil {
			return nil, fmt.Errorf("dicomio: pixel data: %w: %s", errShort, f.Path)
		}
		t := Tag(binary.LittleEndian.Uint16(head[:]))<<16 | Tag(binary.LittleEndian.Uint16(head[2:]))
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		out.Write(head[:])
		switch {
		case t == tagSequenceEnd:
			return out.Bytes(), nil
		case t != tagItem || n > f.n-off-8:
			return nil, fmt.Errorf("dicomio: pixel data: a broken fragment at byte %d: %s", off, f.Path)
		}
		if _, err := io.CopyN(&out, io.NewSectionReader(f.src, off+8, n), n); err != nil {
			return nil, fmt.Errorf("dicomio: pixel data: %w: %s", err, f.Path)
		}
		off += 8 + n
	}
}
