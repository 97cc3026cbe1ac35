package dicomio

import (
	"syscall"
	"unsafe"
)

// hugePages asks for large pages before a volume is first touched: half the time of loading goes into page faults. Failure costs
// nothing but that time.
func hugePages(v []int16) {
	const page = 2 << 20
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 2*len(v))
	skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) & (page - 1)
	if n := (len(b) - skip) &^ (page - 1); n > 0 {
		_ = syscall.Madvise(b[skip:skip+n], syscall.MADV_HUGEPAGE)
	}
}
