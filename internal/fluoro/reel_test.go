package fluoro_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/volume"
)

// counted is a long run whose frame k holds k everywhere.
func counted(side, frames int, reads *atomic.Int64) *fluoro.Run {
	return &fluoro.Run{Cine: &volume.Cine{NX: side, NY: side, Frames: frames, Slope: 1, White: 65535}, Read: func(k int) ([]uint16, error) {
		reads.Add(1)
		if k == 77 {
			return nil, errors.New("broken")
		}
		pix := make([]uint16, side*side)
		for i := range pix {
			pix[i] = uint16(k)
		}
		return pix, nil
	}}
}

// TestReelIsBoundedAndRight plays a long run forwards, in a loop and backwards: every frame is the one asked for, never more than the
// room is held, and a frame that plays in order is read once.
func TestReelIsBoundedAndRight(t *testing.T) {
	const side, frames, room = 64, 2000, 40
	var reads atomic.Int64
	l := fluoro.NewReel(counted(side, frames, &reads), room*2*side*side)
	defer l.Close()
	see := func(k int) {
		t.Helper()
		pix, err := l.Frame(k)
		if (err != nil) != (k == 77) || err == nil && pix[100] != uint16(k) {
			t.Fatalf("frame %d: %v", k, err)
		}
		if b := l.Bytes(); b > room*2*side*side {
			t.Fatalf("frame %d: %d bytes held", k, b)
		}
	}
	for k := range frames {
		l.Play(k, fluoro.Span{From: 0, To: frames - 1})
		see(k)
	}
	if n := reads.Load(); n < frames || n > frames+room {
		t.Errorf("%d reads for %d frames", n, frames)
	}
	l.Play(500, fluoro.Span{From: 500, To: 519})
	before := reads.Load()
	for n := range 200 { // a loop shorter than the room is read once
		l.Play(500+n%20, fluoro.Span{From: 500, To: 519})
		see(500 + n%20)
	}
	if n := reads.Load() - before; n > 20+room {
		t.Errorf("a loop of 20 frames took %d reads", n)
	}
	for k := 900; k > 800; k-- {
		l.Play(k, fluoro.Span{From: 800, To: 900, Back: true})
		see(k)
	}
	for _, k := range []int{-1, frames} {
		if _, err := l.Frame(k); err == nil {
			t.Errorf("frame %d was given", k)
		}
	}
}

func TestReelServesManyAtOnce(t *testing.T) {
	var reads atomic.Int64
	l := fluoro.NewReel(counted(48, 300, &reads), 0)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for n := range 300 {
				k := (n*(2*g+1) + 13*g) % 300
				if pix, err := l.Frame(k); k != 77 && (err != nil || pix[5] != uint16(k)) {
					t.Errorf("frame %d: %v", k, err)
				}
			}
		})
	}
	wg.Wait()
	if n := reads.Load(); n != 300 {
		t.Errorf("%d reads of 300 frames that all fit", n)
	}
	l.Close()
	if l.Bytes() != 0 {
		t.Error("frames are held after Close")
	}
	if pix, err := l.Frame(3); err != nil || pix[0] != 3 {
		t.Errorf("a closed reel gives no frame: %v", err)
	}
}
