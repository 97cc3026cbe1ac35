package cohort

import (
	"bufio"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Memory of one case: about three times its raw voxels, which its files bound from below, and some for the program.
const (
	memoryFactor = 3
	programBytes = 200 << 20
	guessFree    = 4 << 30 // where the system does not tell
)

// Plan is how many cases may run at once and why.
type Plan struct {
	Jobs, Processors int
	CaseGB, FreeGB   float64 // what the largest case is thought to need; what is free
}

// Jobs returns how many cases may run at once: one a processor, as long as the largest of them fit into the memory that is free.
func Jobs(c *Cohort) int { return PlanJobs(c).Jobs }

// PlanJobs is Jobs with its reasons.
func PlanJobs(c *Cohort) Plan {
	need, free := int64(0), freeBytes()
	for i := range c.Cases {
		need = max(need, c.Cases[i].bytesNeeded())
	}
	n := runtime.GOMAXPROCS(0)
	return Plan{Jobs: max(1, min(n, int(free/max(1, need)))), Processors: n, CaseGB: float64(need) / 1e9, FreeGB: float64(free) / 1e9}
}

// bytesNeeded is the memory that a case is thought to need, by the size of its files.
func (c *Case) bytesNeeded() int64 {
	size := int64(0)
	for _, p := range c.paths() {
		filepath.WalkDir(resolved(p), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				if info, err := d.Info(); err == nil {
					size += info.Size()
				}
			}
			return nil
		})
	}
	return memoryFactor*size + programBytes
}

// freeBytes is the memory that programs can have without swapping.
func freeBytes() int64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return guessFree
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "MemAvailable:"); ok {
			if kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64); err == nil {
				return kb << 10
			}
		}
	}
	return guessFree
}
