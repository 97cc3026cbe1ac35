package cohort

import (
	"os"
	"syscall"
)

// peakMB is the most memory that a finished process held, 0 when unknown.
func peakMB(s *os.ProcessState) float64 {
	if s == nil {
		return 0
	}
	if u, ok := s.SysUsage().(*syscall.Rusage); ok {
		return float64(u.Maxrss / 1024)
	}
	return 0
}
