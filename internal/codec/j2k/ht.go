package j2k

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

type htDecoder struct{}

func (d *Decoder) decodeHT(tc *tileComp, cb *codeBlock, planes int) error {
	return fmt.Errorf("%w: HT", codec.ErrUnsupported)
}
func (t *tile) readHT(r *bitReader, bd *band, cb *codeBlock, passes int) error {
	return fmt.Errorf("%w: HT", codec.ErrUnsupported)
}
