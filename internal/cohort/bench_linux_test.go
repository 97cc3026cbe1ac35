package cohort_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/phantom"
)

// children is the processor time of the programs that ended.
func children() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEfficiency measures what running cases as a cohort costs beside the cases alone. A single case is one that has the machine
// for itself and one thread of it; efficiency is (sum of the times of single cases / processors) / time of the cohort with its tables,
// in per cent of the clock, which other work on the machine spoils. Overhead is the processor time of the cohort beyond that of the
// cases alone, in per cent, which it does not. Idle is the part of the processors' time in which the cohort did not compute, aloneIdle
// that of the one thread of single cases: what they differ by is lost at the end of the work and in waiting.
func BenchmarkEfficiency(b *testing.B) {
	program := os.Getenv("VERTEFILL")
	if program == "" {
		b.Skip("make bench gives the program in VERTEFILL")
	}
	data := b.TempDir()
	const cases = 16
	for n := range cases {
		x, err := phantom.New(uint64(9000+n), proofOptions(n))
		if err == nil {
			err = x.Write(context.Background(), filepath.Join(data, fmt.Sprintf("%02d", n)))
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	c, err := cohort.Open(data)
	if err != nil {
		b.Fatal(err)
	}
	o := cohort.Options{Program: program, Version: "bench", Args: []string{"--lang", "en"}}
	measured := func(work func()) (wall, cpu time.Duration) {
		start, before, own := time.Now(), children(), processTime()
		work()
		return time.Since(start), children() - before + processTime() - own
	}
	cores := min(runtime.GOMAXPROCS(0), cases)
	var single, alone, together, cohortCPU time.Duration
	for b.Loop() {
		w, p := measured(func() {
			for _, x := range c.Cases {
				if out, err := exec.Command(program, "analyze", x.Study, "--out", filepath.Join(b.TempDir(), x.ID), "--lang", "en", "--threads", "1").CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
		})
		single, alone = single+w, alone+p
		o.Out, o.Jobs = b.TempDir(), cores
		w, p = measured(func() {
			if _, err := cohort.Run(context.Background(), c, o, nil); err != nil {
				b.Fatal(err)
			}
			if _, err := cohort.Merge(context.Background(), c, o.Out); err != nil {
				b.Fatal(err)
			}
		})
		together, cohortCPU = together+w, cohortCPU+p
	}
	b.ReportMetric(100*single.Seconds()/float64(cores)/together.Seconds(), "%efficiency")
	b.ReportMetric(100*(cohortCPU.Seconds()/alone.Seconds()-1), "%overhead")
	b.ReportMetric(100*(1-cohortCPU.Seconds()/float64(cores)/together.Seconds()), "%idle")
	b.ReportMetric(100*(1-alone.Seconds()/single.Seconds()), "%aloneIdle")
	b.ReportMetric(alone.Seconds()/float64(b.N*cases), "cpu-s/case")
}

func processTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
