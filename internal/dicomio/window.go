package dicomio

import (
	"fmt"
	"io"
)

const (
	firstRead = 16 << 10 // most CT headers fit
	nextRead  = 64 << 10
	// inlineLimit is the longest value kept in memory by the scan of a header; longer ones stay in the file until asked for.
	inlineLimit = 64 << 10
)

// window gives bounded access to the bytes of a file through one or few reads. Slices it returned stay valid.
type window struct {
	r    io.ReaderAt
	size int64
	buf  []byte
	base int64
}

// at returns n bytes from off; n must have been checked against what is left.
func (w *window) at(off int64, n int) ([]byte, error) {
	if off < 0 || n < 0 || off > w.size || int64(n) > w.size-off {
		return nil, fmt.Errorf("%w: %d bytes wanted at byte %d of %d", errShort, n, off, w.size)
	}
	if off < w.base || off+int64(n) > w.base+int64(len(w.buf)) {
		want := max(n, nextRead)
		if w.buf == nil {
			want = max(n, firstRead)
		}
		want = int(min(int64(want), w.size-off))
		buf := make([]byte, want)
		got, err := w.r.ReadAt(buf, off)
		if got < n {
			if err == nil || err == io.EOF {
				err = errShort
			}
			return nil, fmt.Errorf("read at byte %d: %w", off, err)
		}
		w.buf, w.base = buf[:got], off
	}
	i := int(off - w.base)
	return w.buf[i : i+n : i+n], nil
}
