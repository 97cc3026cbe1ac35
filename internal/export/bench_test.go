package export

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/text"
)

// BenchmarkAllOutputs writes every file of a case of 600 slices, DICOM objects among them; cpu-s is processor time, which a busy machine
// does not change, MB-above the most that lived on the heap beside the result, garbage not yet collected included.
func BenchmarkAllOutputs(b *testing.B) {
	r := newCase(b, plan{levels: 8, treated: []int{1, 3, 5}, prior: []int{6}, leaks: anatomy.Compartments[:5], notes: 4, pre: true, large: true, lang: text.English, fluoro: true})
	r.Origin = originOf(r)
	for _, formats := range [][]Format{nil, Formats} {
		name := "contract"
		if formats != nil {
			name = "every-format"
		}
		b.Run(name, func(b *testing.B) {
			debug.SetGCPercent(5) // so that little garbage counts
			defer debug.SetGCPercent(100)
			runtime.GC()
			base, most, stop := heap(), atomic.Uint64{}, make(chan struct{})
			go func() {
				for tick := time.NewTicker(10 * time.Millisecond); ; {
					select {
					case <-stop:
						tick.Stop()
						return
					case <-tick.C:
						most.Store(max(most.Load(), heap()))
					}
				}
			}()
			start := cpuSeconds()
			for b.Loop() {
				if err := Write(b.Context(), b.TempDir(), r, Options{Formats: formats}); err != nil {
					b.Fatal(err)
				}
			}
			close(stop)
			b.ReportMetric((cpuSeconds()-start)/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(max(most.Load(), base)-base)/1e6, "MB-above")
		})
	}
}

func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
