package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"gioui.org/f32"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/ui/model"
)

// TestCohortOfTenThousandCosts holds what a table of ten thousand rows costs: two thousand cases of five vertebrae are read, shown,
// sorted, filtered and scrolled within 2 s of processor time and 500 MB, what is not collected yet included.
func TestCohortOfTenThousandCosts(t *testing.T) {
	dir := t.TempDir()
	for i := range 2000 {
		id := fmt.Sprintf("C%04d", i)
		report := &assess.Report{Schema: assess.Schema}
		report.Inputs.Post = &assess.Series{SeriesInstanceUID: "1.2." + id, Geometry: assess.Geometry{SpacingMM: []float64{0.5, 0.5, 1}}}
		for k := range 5 {
			fill := 0.1 + float64((i*7+k*13)%37)/100
			report.Vertebrae = append(report.Vertebrae, assess.Vertebra{Level: anatomy.T11 + anatomy.Level(k), Treated: true, BodyVolumeML: 20, CementInBodyML: 20 * fill, FillRatio: fill, FillRatioInterval: &assess.Interval{fill - 0.01, fill + 0.01}})
		}
		if err := os.MkdirAll(cohort.Dir(dir, id), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string]any{"case.json": cohort.Record{Case: id, Status: cohort.Done}, "report.json": report} {
			data, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(cohort.Dir(dir, id), name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	w := newWindow(t, full, nil)
	c := &w.app.State().Cohort
	spent := func() time.Duration {
		var u syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	inUse := func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapInuse)
	}
	runtime.GC()
	heap, before := inUse(), spent()
	w.app.Send(model.OpenCohort{Path: dir, Now: w.Now})
	w.Until("the cohort", func() bool { return len(c.Rows) == 10000 })
	w.Frame()
	read := spent()
	w.ClickOn("Fill %")
	w.ClickOn("Body mL")
	w.ClickOn("Find a case")
	w.Type("1")
	w.Frame()
	sorted := spent()
	const frames = 60
	for range frames {
		w.Scroll(f32.Pt(400, 500), 6*notch, 0)
		w.Frame()
	}
	scrolled := spent()
	mb := (inUse() - heap) >> 20
	t.Logf("read %v, sorted and filtered %v, a frame of scrolling %v, %d MB more", read-before, sorted-read, (scrolled-sorted)/frames, mb)
	if scrolled-before > 2*time.Second || mb > 500 {
		t.Errorf("ten thousand rows cost %v and %d MB", scrolled-before, mb)
	}
}
