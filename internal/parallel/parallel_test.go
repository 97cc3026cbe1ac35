package parallel_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/vertefill/vertefill/internal/parallel"
)

// TestEach: every part is done once, by no more calls at a time than there are processors.
func TestEach(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for threads := 1; threads <= 3; threads++ {
		runtime.GOMAXPROCS(threads)
		for _, n := range []int{0, 1, 2, 100} {
			done := make([]int, n)
			var now, most atomic.Int32
			err := parallel.Each(context.Background(), n, func(i int) {
				at := now.Add(1)
				for m := most.Load(); at > m && !most.CompareAndSwap(m, at); m = most.Load() {
				}
				runtime.Gosched()
				done[i]++
				now.Add(-1)
			})
			if err != nil || int(most.Load()) > threads {
				t.Errorf("%d parts on %d processors: error %v, %d at a time", n, threads, err, most.Load())
			}
			for i, d := range done {
				if d != 1 {
					t.Errorf("%d parts on %d processors: part %d was done %d times", n, threads, i, d)
				}
			}
		}
	}
}

// TestEachStops: the call in which the context ends is the last on its processor.
func TestEachStops(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	ctx, stop := context.WithCancel(context.Background())
	calls := 0
	err := parallel.Each(ctx, 1000, func(i int) {
		calls++
		if i == 4 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || calls != 5 {
		t.Errorf("%d calls, error %v", calls, err)
	}
}
