package codec_test

import (
	"errors"
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
)

func TestCheck(t *testing.T) {
	got := codec.Header{Width: 4, Height: 3, Components: 2, Bits: 12}
	tests := []struct {
		name string
		want codec.Header
		dst  int
		err  error
	}{
		{"equal", got, 24, nil},
		{"any depth", codec.Header{Width: 4, Height: 3, Components: 2}, 24, nil},
		{"deeper announced", codec.Header{Width: 4, Height: 3, Components: 2, Bits: 16}, 24, nil},
		{"shallower announced", codec.Header{Width: 4, Height: 3, Components: 2, Bits: 8}, 24, codec.ErrMismatch},
		{"transposed", codec.Header{Width: 3, Height: 4, Components: 2}, 24, codec.ErrMismatch},
		{"components", codec.Header{Width: 4, Height: 3, Components: 1}, 12, codec.ErrMismatch},
		{"buffer short", got, 23, codec.ErrMismatch},
		{"buffer long", got, 25, codec.ErrMismatch},
	}
	for _, tt := range tests {
		if err := codec.Check(got, tt.want, tt.dst); !errors.Is(err, tt.err) {
			t.Errorf("%s: error = %v, want %v", tt.name, err, tt.err)
		}
	}
	if err := codec.Check(codec.Header{}, codec.Header{}, 0); !errors.Is(err, codec.ErrMismatch) {
		t.Errorf("empty picture: error = %v, want %v", err, codec.ErrMismatch)
	}
}
