package assess_test

import (
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/fluoro"
)

// writeXA writes an uncompressed run of side x side pixels of 12 bits and returns it as found again.
func writeXA(tb testing.TB, side, frames int, more ...dicomout.Element) *dicomio.Run {
	tb.Helper()
	random := rand.New(rand.NewPCG(7, 7))
	pix := make([]uint16, side*side*frames)
	for i := range pix {
		x, y := i%side, i/side%side
		pix[i] = uint16(1200 + 60*((x/37+y/23)%7) + 40*((x/11+y/17)%3) + random.IntN(60)) // tiles, which stay, and noise
	}
	d := dicomout.Dataset{
		{Tag: 0x00080008, VR: "CS", Value: []string{"ORIGINAL", "PRIMARY", "SINGLE PLANE"}},
		{Tag: 0x00080016, VR: "UI", Value: "1.2.840.10008.5.1.4.1.1.12.1"},
		{Tag: 0x00080018, VR: "UI", Value: dicomout.UID("bench", "run")},
		{Tag: 0x00080060, VR: "CS", Value: "XA"},
		{Tag: 0x00181063, VR: "DS", Value: 33.3},
		{Tag: 0x0020000D, VR: "UI", Value: dicomout.UID("bench", "study")},
		{Tag: 0x0020000E, VR: "UI", Value: dicomout.UID("bench", "series")},
		{Tag: 0x00280002, VR: "US", Value: 1},
		{Tag: 0x00280004, VR: "CS", Value: "MONOCHROME2"},
		{Tag: 0x00280008, VR: "IS", Value: frames},
		{Tag: 0x00280009, VR: "AT", Value: []dicomout.Tag{0x00181063}},
		{Tag: 0x00280010, VR: "US", Value: side},
		{Tag: 0x00280011, VR: "US", Value: side},
		{Tag: 0x00280100, VR: "US", Value: 16},
		{Tag: 0x00280101, VR: "US", Value: 12},
		{Tag: 0x00280102, VR: "US", Value: 11},
		{Tag: 0x00280103, VR: "US", Value: 0},
		{Tag: 0x00281040, VR: "CS", Value: "LIN"},
		{Tag: 0x7FE00010, VR: "OW", Value: pix},
	}
	path := filepath.Join(tb.TempDir(), "run.dcm")
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := dicomout.Write(f, append(d, more...)); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	found, err := dicomio.Scan(tb.Context(), []string{path}, nil)
	if err != nil || len(found.Series) != 1 || len(found.Series[0].Runs) != 1 {
		tb.Fatalf("the run is not found again: %v", err)
	}
	return found.Series[0].Runs[0]
}

// BenchmarkPlayFrame is all that one frame of 1024 x 1024 costs while it plays subtracted: read and decoded from the file, through the
// LUT, the mask taken off.
func BenchmarkPlayFrame(b *testing.B) {
	const frames = 24
	run, err := assess.OpenRun(writeXA(b, 1024, frames))
	if err != nil {
		b.Fatal(err)
	}
	p := fluoro.NewPlayer(run)
	look, err := p.Auto(0)
	if err != nil {
		b.Fatal(err)
	}
	if err := p.SetMask([]int{0, 1, 2}, nil); err != nil {
		b.Fatal(err)
	}
	look.Fade = 1
	out := image.NewGray(image.Rect(0, 0, 1024, 1024))
	k := 0
	before := processorTime(b)
	for b.Loop() {
		if err := p.Draw(k%frames, look, out); err != nil {
			b.Fatal(err)
		}
		k++
	}
	b.ReportMetric(float64(processorTime(b)-before)/1e6/float64(k), "cpu-ms/frame")
}

// BenchmarkAnalyzeFile is the whole analysis of 60 frames of 1024 x 1024 from their file; 300 take five times as long. The longest runs,
// a file of 4 GB: VERTEFILL_FRAMES=2000 go test -run XXX -bench AnalyzeFile -benchtime 1x -timeout 1h ./internal/assess
func BenchmarkAnalyzeFile(b *testing.B) {
	frames := 60
	if n, err := strconv.Atoi(os.Getenv("VERTEFILL_FRAMES")); err == nil && n > 0 {
		frames = n
	}
	run, err := assess.OpenRun(writeXA(b, 1024, frames))
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	debug.SetGCPercent(10) // so that little garbage counts
	defer debug.SetGCPercent(100)
	runtime.GC()
	most := uint64(0)
	stop, done := make(chan struct{}), make(chan struct{})
	base := heapInUse()
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				most = max(most, heapInUse())
			}
		}
	}()
	before := processorTime(b)
	for b.Loop() {
		if _, err := fluoro.Analyze(b.Context(), run, fluoro.Options{}, nil); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(processorTime(b)-before)/1e9/float64(n)*300/float64(frames), "cpu-s/300frames")
	close(stop)
	<-done
	b.ReportMetric(float64(max(most, base)-base)/1e6, "MB-above")
}

func heapInUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// processorTime is what the process has used of all processors: unlike the clock it does not count who else is at work.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Skip(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
