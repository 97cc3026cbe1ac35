// Package widget holds the building blocks of every screen: text, shapes,
// buttons, fields, chips, lists, sliders, splitters, menus, dialogs, tooltips
// and toasts, drawn as design sections 2 to 5 say.
//
// A widget's state is a struct that the screen keeps; how it looks is given at
// each Layout. Sizes are dp and sp of the frame's metric. Every control carries
// a semantic label, by which tests and accessibility find it. The package
// knows nothing about studies.
package widget

import (
	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/theme"
)

// Env is what widgets share in one window: the look, the language, the tooltip
// to show and whether a text field has the keyboard. Begin and End frame it.
type Env struct {
	*theme.Theme
	Lang text.Lang

	letters letters
	tip     tip
	editing bool // a field laid out in this frame has the focus
	typing  bool // the same of the last whole frame
	focus   bool // a button or row laid out in this frame has the focus
	held    bool // the same of the last whole frame
}

// Begin starts a frame.
func (e *Env) Begin() {
	e.editing, e.focus = false, false
	e.tip.seen = false
}

// End finishes a frame: it draws the tooltip that is due, above everything.
func (e *Env) End(gtx layout.Context) {
	e.typing, e.held = e.editing, e.focus
	e.tip.layout(gtx, e)
	e.letters.forget()
}

// Held reports whether a button or row has the keyboard.
func (e *Env) Held() bool { return e.held }

// Typing reports whether a text field has the keyboard, so that single letters
// are text and not shortcuts.
func (e *Env) Typing() bool { return e.typing }
