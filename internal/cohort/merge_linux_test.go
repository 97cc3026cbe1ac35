package cohort_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/text"
)

// TestMergeOf500 holds the cost of merging 500 cases, tables and study report: 2 s of processor time and 500 MB.
func TestMergeOf500(t *testing.T) {
	c, out := plant(t, 500)
	var a, b syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &a)
	list, err := cohort.Merge(context.Background(), c, out)
	if err == nil {
		err = cohort.WriteReport(c, list, out, text.English)
	}
	if err != nil {
		t.Fatal(err)
	}
	syscall.Getrusage(syscall.RUSAGE_SELF, &b)
	spent := time.Duration(b.Utime.Nano() + b.Stime.Nano() - a.Utime.Nano() - a.Stime.Nano())
	t.Logf("%v of processor time, %d MB at most", spent, b.Maxrss/1024)
	if spent > 2*time.Second || b.Maxrss > 500*1024 {
		t.Errorf("merging 500 cases took %v and %d MB", spent, b.Maxrss/1024)
	}
}
