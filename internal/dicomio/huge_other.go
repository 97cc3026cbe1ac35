//go:build !linux

package dicomio

// hugePages does nothing where large pages are not to be had for the asking.
func hugePages([]int16) {}
