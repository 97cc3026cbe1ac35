package cohort_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/cohort"
)

// TestMergeOf500 holds the cost of merging 500 cases: 2 s of processor time, of which this counts the whole process.
func TestMergeOf500(t *testing.T) {
	c, out := plant(t, 500)
	var a, b syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &a)
	if _, err := cohort.Merge(context.Background(), c, out); err != nil {
		t.Fatal(err)
	}
	syscall.Getrusage(syscall.RUSAGE_SELF, &b)
	spent := time.Duration(b.Utime.Nano() + b.Stime.Nano() - a.Utime.Nano() - a.Stime.Nano())
	t.Logf("%v of processor time, %d MB at most", spent, b.Maxrss/1024)
	if spent > 2*time.Second || b.Maxrss > 500*1024 {
		t.Errorf("merging 500 cases took %v and %d MB", spent, b.Maxrss/1024)
	}
}
