package session

import (
	"os"
	"syscall"
	"unsafe"
)

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

// lock takes the file for this window alone; the system gives it free when the program ends, however it ends. The byte locked lies
// far behind the content, for Windows keeps others from reading what is locked.
func lock(f *os.File) error {
	const exclusive, atOnce = 2, 1
	at := syscall.Overlapped{OffsetHigh: 1 << 20}
	if ok, _, err := lockFileEx.Call(f.Fd(), exclusive|atOnce, 0, 1, 0, uintptr(unsafe.Pointer(&at))); ok == 0 {
		return err
	}
	return nil
}
