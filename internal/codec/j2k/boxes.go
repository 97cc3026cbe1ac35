package j2k

import (
	"encoding/binary"
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

const (
	boxSignature  = 0x6A502020 // "jP  "
	boxHeader     = 0x6A703268 // "jp2h"
	boxPalette    = 0x70636C72 // "pclr"
	boxCodestream = 0x6A703263 // "jp2c"
)

// unwrap returns the code-stream of a JP2 or JPH file (T.800 Annex I), or data
// itself when it is a bare code-stream. PS3.5 8.2.4 forbids the wrapper; some
// archives hold it all the same.
func unwrap(data []byte) ([]byte, error) {
	if len(data) < 12 || binary.BigEndian.Uint32(data[4:]) != boxSignature {
		return data, nil
	}
	for len(data) > 0 {
		kind, body, rest, err := nextBox(data)
		if err != nil {
			return nil, err
		}
		switch kind {
		case boxCodestream:
			return body, nil
		case boxHeader:
			for len(body) > 0 {
				if kind, _, body, err = nextBox(body); err != nil {
					return nil, err
				}
				if kind == boxPalette {
					return nil, fmt.Errorf("%w: palette in a JP2 wrapper", codec.ErrUnsupported)
				}
			}
		}
		data = rest
	}
	return nil, fmt.Errorf("%w: JP2 wrapper without a code-stream", codec.ErrCorrupt)
}

// nextBox splits off one box (I.4). A box that claims more than there is
// reaches to the end: the code-stream inside knows better what is missing.
func nextBox(data []byte) (kind uint32, body, rest []byte, err error) {
	if len(data) < 8 {
		return 0, nil, nil, fmt.Errorf("%w: JP2 box header cut off", codec.ErrCorrupt)
	}
	size, header := uint64(binary.BigEndian.Uint32(data)), uint64(8)
	switch {
	case size == 0:
		size = uint64(len(data))
	case size == 1 && len(data) >= 16:
		size, header = binary.BigEndian.Uint64(data[8:]), 16
	}
	if size < header {
		return 0, nil, nil, fmt.Errorf("%w: JP2 box of %d bytes", codec.ErrCorrupt, size)
	}
	size = min(size, uint64(len(data)))
	return binary.BigEndian.Uint32(data[4:]), data[header:size], data[size:], nil
}
