package export

import (
	"syscall"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/text"
)

// BenchmarkAllOutputs writes every file of a case of 600 slices; cpu-s is processor time, which a busy machine does not change.
func BenchmarkAllOutputs(b *testing.B) {
	r := newCase(b, plan{levels: 8, treated: []int{1, 3, 5}, prior: []int{6}, leaks: anatomy.Compartments[:5], notes: 4, pre: true, large: true, lang: text.English, fluoro: true})
	for _, formats := range [][]Format{nil, Formats} {
		name := "contract"
		if formats != nil {
			name = "every-format"
		}
		b.Run(name, func(b *testing.B) {
			start := cpuSeconds()
			for b.Loop() {
				if err := Write(b.Context(), b.TempDir(), r, Options{Formats: formats}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpuSeconds()-start)/float64(b.N), "cpu-s/op")
		})
	}
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
