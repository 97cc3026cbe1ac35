// Package parallel spreads independent work over the processors that the program may use. It keeps no order: whoever calls it has every
// part write to a place of its own and joins the places in order, so that results do not depend on the number of processors.
package parallel

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls f(0..n-1) on all processors that the program may use and returns when the calls have. When ctx is done it starts no more of
// them and returns the context's error.
func Each(ctx context.Context, n int, f func(i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
