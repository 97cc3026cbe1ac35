//go:build !linux

package cohort

import (
	"os"
	"os/exec"
)

// dieWithParent does nothing here.
func dieWithParent(*exec.Cmd) {}

// peakMB is the most memory that a finished process held, 0 when unknown.
func peakMB(*os.ProcessState) float64 { return 0 }
