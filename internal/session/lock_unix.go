//go:build unix

package session

import (
	"errors"
	"os"
	"syscall"
)

// Lock takes a file for this program alone. The error is ErrLocked at once when another has it, or that the file system knows no locks.
// The system gives the file free when the program ends, however it ends.
func Lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	return err
}
