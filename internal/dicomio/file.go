package dicomio

import (
	"errors"
	"fmt"
	"io"
)

// Open reads the header of one DICOM file of any kind, for callers that need more of it than a scan keeps. The file must be closed.
func Open(path string) (*File, error) {
	b, err := diskFile(path).open()
	if err != nil {
		return nil, fmt.Errorf("dicomio: %w: %s", errText(err), path)
	}
	f, err := parseFile(b, b.size, path)
	if err != nil {
		b.close()
		return nil, fmt.Errorf("dicomio: %w: %s", err, path)
	}
	f.close = b.close
	return f, nil
}

// Close closes the file.
func (f *File) Close() error { return f.close() }

// NativePixels returns the uncompressed pixel data as they are in the file, at most announced bytes of them. The error says when
// they are absent, compressed or cut short.
func (f *File) NativePixels() ([]byte, error) {
	switch {
	case f.pix == nil:
		return nil, fmt.Errorf("dicomio: no pixel data: %s", f.Path)
	case f.pix.encapsulated:
		return nil, fmt.Errorf("dicomio: the pixel data are compressed: %s", f.Path)
	case f.pix.length > f.n-f.pix.off:
		return nil, fmt.Errorf("dicomio: pixel data: %w: %s", errShort, f.Path)
	}
	b := make([]byte, f.pix.length)
	if n, err := f.src.ReadAt(b, f.pix.off); n < len(b) && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("dicomio: pixel data: %w: %s", err, f.Path)
	} else if n < len(b) {
		return nil, fmt.Errorf("dicomio: pixel data: %w: %s", errShort, f.Path)
	}
	return b, nil
}
