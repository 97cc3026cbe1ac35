// Package app is the whole window without the window: it joins state, panels
// and views into one frame, turns keys into actions and carries out effects
// through a Backend in the background. The event loop that shows it is
// cmd/vertefill-desktop; tests drive it through input.Router and draw it
// headless.
//
// The way through ui/:
//
//	theme   colours, sizes and type of the design, dark and light
//	icon    the icon set, leak glyphs and the mark, as small vector paths
//	i18n    every text in English and French, one variable each
//	widget  buttons, fields, lists, chips, menus, dialogs, tooltips
//	model   state, messages, actions with their shortcuts, undo, jobs; no Gio
//	view    the images: render service, viewports, crosshair, call-outs, 3D
//	panel   the screens round the images: studies, rail, results, dialogs
//	app     this package; Core is the Backend on real files
//	uitest  the driver of the tests; uitest/shot draws headless
//
// A frame runs so: messages from jobs are applied, then keys, then the mouse
// on views; then everything is drawn, and controls emit messages while they
// are. A message (model.Msg) changes the state at once and returns effects
// (model.Effect), which carryOut starts. Jobs answer with Send. To add a
// command, add an Action to model.Actions: tool bar, palette, shortcuts, help
// and tests follow.
package app

import (
	"context"
	"image"
	"sync"

	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/panel"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/view"
	"github.com/vertefill/vertefill/ui/widget"
)

// Config is what a window is made from.
type Config struct {
	Settings model.Settings
	Backend  Backend
	// Wake asks for a frame; it is called from any goroutine.
	Wake func()
	// Save keeps the settings; nil keeps nothing.
	Save func(model.Settings)
	// FreeMemory tells how many bytes programs may still take; nil asks nobody.
	FreeMemory func() (bytes int64, ok bool)
	// Memory tells about the computer's memory; nil asks nobody.
	Memory func() model.Memory
	// FullScreen turns full screen on or off; nil where there is none.
	FullScreen func()
	// OutDir is where tables are written; empty for a folder in the user's home.
	OutDir string
	// SessionDir is where the journals of corrections are kept; empty keeps
	// none.
	SessionDir string
	// TeachDir is where teaching cases and scores are kept; empty keeps none.
	TeachDir string
	// Program is the command line program that measures the cases of a cohort;
	// empty: the one beside the window's own, or that of the path.
	Program string
	Version string
	Notch   float32 // scroll distance of a wheel notch
	// SystemFonts lets the system's fonts help where Vertefill Sans lacks a
	// sign; tests leave it off.
	SystemFonts bool
}

// App is one window.
type App struct {
	config  Config
	env     widget.Env
	state   *model.State
	service *view.Service
	keeper  *keeper
	ctx     context.Context
	stop    context.CancelFunc
	unwatch context.CancelFunc // of the watched folder; nil for none
	unlist  context.CancelFunc // of looking into the entries of a folder; nil for none

	mu    sync.Mutex
	queue []model.Msg // from other goroutines
	jobs  map[model.JobKind]context.CancelFunc
	reels []func() // let the frames of the run shown go

	dirty  bool // a message was applied while drawing
	paste  pasteTag
	frame  frame
	popups popups
}

// popups are the dialogs and menus.
type popups struct {
	palette  panel.Palette
	keys     panel.KeyHelp
	settings panel.Settings
	note     panel.Note
	rename   panel.Rename
	teaching panel.SaveCase
	step     panel.TourStep
	memory   panel.Memory
	first    panel.First
	header   panel.Header
	left     panel.Left
	seed     panel.Seed
	menu     contextMenu
	toast    widget.Toast
}

// New returns a window in which nothing is open.
func New(c Config) *App {
	a := &App{config: c, state: model.New(c.Settings), jobs: map[model.JobKind]context.CancelFunc{}}
	a.ctx, a.stop = context.WithCancel(context.Background())
	a.service = view.NewService(c.Wake)
	a.keeper = newKeeper(c.SessionDir, c.Version)
	a.env.Theme = theme.New(theme.Dark, c.SystemFonts)
	if a.config.Notch == 0 {
		a.config.Notch = widget.Notch(false)
	}
	a.watch(c.Settings.Watched)
	return a
}

// Close stops everything that runs in the background.
func (a *App) Close() {
	a.stop()
	a.service.Close()
	a.keepReel(nil, false)
	a.keeper.stop()
}

// KeepSize remembers the size of the window, in dp, for the next run.
func (a *App) KeepSize(width, height int) {
	if s := &a.state.Settings; a.config.Save != nil && (s.Width != width || s.Height != height) {
		s.Width, s.Height = width, height
		a.config.Save(*s)
	}
}

// State is what the window shows; for tests and only between frames.
func (a *App) State() *model.State { return a.state }

// Settle blocks until the images asked for in the last frame are drawn.
func (a *App) Settle() { a.service.Wait() }

// Send hands a message over from any goroutine; it is applied at the start of
// the next frame.
func (a *App) Send(m model.Msg) {
	a.mu.Lock()
	a.queue = append(a.queue, m)
	a.mu.Unlock()
	a.config.Wake()
}

// Layout draws a frame in the whole window.
func (a *App) Layout(gtx layout.Context) layout.Dimensions {
	gtx.Metric = scaled(gtx.Metric, a.state.Settings.Scale)
	gtx.Constraints = layout.Exact(gtx.Constraints.Max)
	emit := func(m model.Msg) { a.apply(gtx, m) }

	a.mu.Lock()
	queue := a.queue
	a.queue = nil
	a.mu.Unlock()
	for _, m := range queue {
		emit(m)
	}
	a.play(gtx, emit)
	a.readClipboard(gtx, emit)
	a.keys(gtx, emit)
	a.dirty = false

	a.env.Lang = a.state.Settings.Lang
	a.env.Palette = theme.Dark
	if a.state.Settings.Light {
		a.env.Palette = theme.Light
	}
	a.env.Begin()
	size := gtx.Constraints.Max
	widget.Fill(gtx, a.env.Window, image.Rectangle{Max: size})
	host := panel.Host{Env: &a.env, State: a.state, Emit: emit}
	host.Menu = func(t model.Target) { a.popups.menu.ask(t, host) }
	a.frame.layout(gtx, a, host)
	a.frame.rail.Float(gtx, host)
	a.popups.palette.Layout(gtx, host)
	a.popups.keys.Layout(gtx, host)
	a.popups.settings.Layout(gtx, host, a.config.Version)
	a.popups.note.Layout(gtx, host)
	a.popups.rename.Layout(gtx, host)
	a.popups.teaching.Layout(gtx, host)
	a.popups.step.Layout(gtx, host)
	a.popups.memory.Layout(gtx, host)
	a.popups.first.Layout(gtx, host)
	a.popups.header.Layout(gtx, host)
	a.popups.left.Layout(gtx, host)
	a.popups.seed.Layout(gtx, host)
	a.popups.menu.layout(gtx, host)
	a.toast(gtx, host)
	a.env.End(gtx)
	if a.dirty { // parts drawn before the change are out of date
		gtx.Execute(op.InvalidateCmd{})
	}
	return layout.Dimensions{Size: size}
}

// scaled applies the user's scale to all sizes.
func scaled(m unit.Metric, percent int) unit.Metric {
	k := float32(percent) / 100
	m.PxPerDp *= k
	m.PxPerSp *= k
	return m
}

// apply changes the state by a message and starts what follows from it.
func (a *App) apply(gtx layout.Context, m model.Msg) {
	a.dirty = true
	for _, e := range a.state.Apply(m) {
		a.carryOut(gtx, e)
	}
}

func (a *App) toast(gtx layout.Context, h panel.Host) {
	t := a.state.Toast
	if t.Text == "" || !gtx.Now.Before(t.Until) {
		return
	}
	gtx.Execute(op.InvalidateCmd{At: t.Until})
	undo := ""
	if t.Undo {
		undo = h.T(i18n.Undo)
	}
	if a.popups.toast.Layout(gtx, h.Env, t.Text, undo) {
		h.Emit(model.TakeBack{})
	}
}
