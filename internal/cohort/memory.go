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

// Jobs returns how many cases may run at once: one a processor, as long as the largest of them fit into the memory that is free.
func Jobs(c *Cohort) int {
	n := runtime.GOMAXPROCS(0)
	largest := int64(0)
	for i := range c.Cases {
		size := int64(0)
		for _, p := range c.Cases[i].paths() {
			filepath.WalkDir(p, func(_ string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					if info, err := d.Info(); err == nil {
						size += info.Size()
					}
				}
				return nil
			})
		}
		largest = max(largest, size)
	}
	return max(1, min(n, int(freeBytes()/(memoryFactor*largest+programBytes))))
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
