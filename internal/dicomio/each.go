package dicomio

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// each calls work for 0..n-1 from one goroutine per processor and reports progress. It stops early when ctx ends. Every goroutine
// has its own work function from worker; done, when not nil, is called at its end.
func each(ctx context.Context, n int, progress func(float64), worker func() (work func(i int), done func())) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	var mu sync.Mutex
	finished := 0
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			work, done := worker()
			if done != nil {
				defer done()
			}
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
				if progress != nil {
					mu.Lock()
					finished++
					progress(float64(finished) / float64(n))
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("dicomio: %w", err)
	}
	return nil
}

// eachFrame calls a reader for every frame; bad tells which could not be read, cause why the first of them could not.
func eachFrame(ctx context.Context, frames []*frame, progress func(float64), worker func() sliceReader) (bad []bool, cause, err error) {
	bad = make([]bool, len(frames))
	causes := make([]error, len(frames))
	err = each(ctx, len(frames), progress, func() (func(int), func()) {
		r := worker()
		var p *pixels // the file in hand: frames of one file follow each other
		var broken error
		var scratch []byte // goes from file to file
		closeFile := func() {
			if p != nil {
				scratch = p.coded
				p.close()
				p = nil
			}
		}
		work := func(k int) {
			in := frames[k].inst
			if p == nil || p.in != in {
				closeFile()
				p, broken = nil, nil
				if !in.plausible() {
					broken = errShort
				} else {
					if p, broken = openPixels(in); p != nil {
						p.coded = scratch
					}
				}
			}
			if broken == nil {
				causes[k] = r.read(p, k)
			} else {
				causes[k] = broken
			}
			if causes[k] != nil {
				bad[k] = true
				causes[k] = fmt.Errorf("%w: %s", errText(causes[k]), in.path)
			}
		}
		return work, func() {
			closeFile()
			if r.done != nil {
				r.done()
			}
		}
	})
	for _, c := range causes {
		if c != nil {
			return bad, c, err
		}
	}
	return bad, nil, err
}
