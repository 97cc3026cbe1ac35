package dicomio

import (
	"errors"
	"io"
)

const (
	inflateChunk = 256 << 10
	// maxInflated bounds what one compressed file may unpack to: 700 slices of 512 x 512 and their headers.
	maxInflated = 384 << 20
)

var errTooLarge = sayf("more than %d MiB when unpacked", "plus de %d Mio une fois décompressé", maxInflated>>20)

// inflater gives random access to a compressed stream. It unpacks only as far as was asked for and allocates only what the stream
// really holds, so neither a wrong length nor a bomb costs memory.
type inflater struct {
	r      io.Reader
	chunks [][]byte // all of inflateChunk bytes but the last
	n      int64
	err    error
}

func newInflater(r io.Reader) *inflater { return &inflater{r: r} }

// fill unpacks until n bytes are there or the stream ends.
func (f *inflater) fill(n int64) {
	for f.n < n && f.err == nil {
		if f.n >= maxInflated {
			f.err = errTooLarge
			return
		}
		i := int(f.n % inflateChunk)
		if i == 0 {
			f.chunks = append(f.chunks, make([]byte, 0, inflateChunk))
		}
		last := &f.chunks[len(f.chunks)-1]
		got, err := io.ReadFull(f.r, (*last)[i:inflateChunk])
		*last = (*last)[:i+got]
		f.n += int64(got)
		if errors.Is(err, io.ErrUnexpectedEOF) && got > 0 {
			// Short or damaged, the next read tells.
			continue
		}
		f.err = err
	}
}

// readAll unpacks everything and returns its length; what came before damage stays readable.
func (f *inflater) readAll() (int64, error) {
	f.fill(maxInflated + 1)
	if errors.Is(f.err, io.EOF) {
		return f.n, nil
	}
	return f.n, f.err
}

// ReadAt implements io.ReaderAt.
func (f *inflater) ReadAt(b []byte, off int64) (int, error) {
	f.fill(off + int64(len(b)))
	n := 0
	for n < len(b) && off < f.n {
		c := f.chunks[off/inflateChunk][off%inflateChunk:]
		k := copy(b[n:], c)
		n += k
		off += int64(k)
	}
	if n < len(b) {
		if f.err == nil || errors.Is(f.err, io.EOF) {
			return n, io.EOF
		}
		return n, f.err
	}
	return n, nil
}
