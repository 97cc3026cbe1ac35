//go:build unix

package session

import (
	"os"
	"syscall"
)

// lock takes the file for this window alone; the system gives it free when the program ends, however it ends.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
