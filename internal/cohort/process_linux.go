package cohort

import (
	"os"
	"os/exec"
	"syscall"
)

// dieWithParent has the system end the program of a case when this one is killed: nothing keeps running that nobody waits for. The
// signal follows the thread that starts the program, which the caller has locked.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

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
