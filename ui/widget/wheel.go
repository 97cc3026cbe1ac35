package widget

import "runtime"

// Wheel turns scroll distances into whole notches. Back ends report a notch in
// different units, X11 even as two events; the remainder is kept, so that slow
// touchpads count too.
type Wheel struct{ rest float32 }

// notchOf is the scroll distance of one notch by system, as measured in Gio
// v0.10: X11 sends two events of 10, Wayland about 100, Windows 120.
func notchOf(system string, wayland bool) float32 {
	switch {
	case system == "windows":
		return 120
	case system == "linux" && wayland:
		return 100
	case system == "darwin":
		return 10
	}
	return 20
}

// Notch is the scroll distance of one notch on this system.
func Notch(wayland bool) float32 { return notchOf(runtime.GOOS, wayland) }

// Steps adds a scroll distance and returns the whole notches that it
// completes; a turn of direction starts afresh.
func (w *Wheel) Steps(distance, notch float32) int {
	if w.rest*distance < 0 {
		w.rest = 0
	}
	w.rest += distance
	n := int(w.rest / notch)
	w.rest -= float32(n) * notch
	return n
}
