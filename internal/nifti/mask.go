package nifti

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"

	"github.com/vertefill/vertefill/internal/volume"
)

// ReadLabels reads a label map. Values must be whole numbers from 0 to 255. The way masks are usually stored, compressed bytes
// without a scale in a right-handed order, is read about five times quicker than others.
func ReadLabels(path string) (*volume.Labels, error) {
	l, err := readBytes(path)
	if l == nil && err == nil {
		return readAnyLabels(path)
	}
	return l, err
}

// readBytes returns nil when the file is stored in another way, or has damage that readAnyLabels knows how to name.
func readBytes(path string) (*volume.Labels, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("nifti: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("nifti: %w", err)
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		return nil, nil
	}
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(z, head); err != nil {
		return nil, nil
	}
	h, err := parseHeader(head)
	if err != nil || h.datatype != typeUint8 || h.slope != 1 || h.inter != 0 || h.lpsFromIJK.Det() < 0 {
		return nil, nil
	}
	const deflateLimit = 1032 // bytes that one byte of a file can stand for: a short file never makes a large allocation
	if int64(h.n[0])*int64(h.n[1])*int64(h.n[2]) > deflateLimit*st.Size() {
		return nil, nil
	}
	g, err := volume.NewRegularGrid(h.n[0], h.n[1], h.n[2], h.lpsFromIJK, "")
	if err != nil {
		return nil, nil
	}
	if _, err := io.CopyN(io.Discard, z, h.offset-headerSize); err != nil {
		return nil, nil
	}
	l := volume.NewLabels(g, g.Bounds())
	if _, err := io.ReadFull(z, l.V); err != nil {
		return nil, nil
	}
	return l, nil
}
