package session

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

// Lock takes a file for this program alone. The error is ErrLocked at once when another has it, or that the file system knows no locks.
// The system gives the file free when the program ends, however it ends. The byte locked lies far behind the content, for Windows keeps
// others from reading what is locked.
func Lock(f *os.File) error {
	const exclusive, atOnce, violation = 2, 1, syscall.Errno(33)
	at := syscall.Overlapped{OffsetHigh: 1 << 20}
	ok, _, err := lockFileEx.Call(f.Fd(), exclusive|atOnce, 0, 1, 0, uintptr(unsafe.Pointer(&at)))
	switch {
	case ok != 0:
		return nil
	case errors.Is(err, violation), errors.Is(err, syscall.ERROR_IO_PENDING):
		return ErrLocked
	}
	return err
}
