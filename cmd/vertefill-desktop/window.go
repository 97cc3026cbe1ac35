package main

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"time"

	"gioui.org/app"
	"gioui.org/op"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/session"
	ui "github.com/vertefill/vertefill/ui/app"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/widget"
)

// The size of a first window and the smallest one, dp.
const (
	firstWidth, firstHeight = unit.Dp(1440), unit.Dp(900)
	minWidth, minHeight     = unit.Dp(1100), unit.Dp(700)
)

// run shows the window until it is closed.
func run(path string, demo bool) error {
	file, err := ui.SettingsFile()
	if err != nil { // no home: settings live as long as the window
		file = ""
	}
	settings := ui.LoadSettings(file)
	settings.FirstRun = settings.FirstRun && path == "" && !demo // who knows what to open is not asked
	width, height := firstWidth, firstHeight
	if settings.Width > 0 && settings.Height > 0 {
		width, height = unit.Dp(settings.Width), unit.Dp(settings.Height)
	}
	window := new(app.Window)
	window.Option(app.Title("Vertefill"), app.Size(width, height), app.MinSize(minWidth, minHeight))
	var size image.Point // of the last frame, dp
	full := false
	config := ui.Config{
		Settings: settings, FreeMemory: ui.FreeMemory, Memory: ui.Memory, Backend: ui.Core{}, Wake: window.Invalidate, Version: version, SystemFonts: true,
		Notch: widget.Notch(os.Getenv("WAYLAND_DISPLAY") != ""),
		FullScreen: func() {
			full = !full
			mode := app.Windowed
			if full {
				mode = app.Fullscreen
			}
			window.Option(mode.Option())
		},
	}
	if dir, err := session.Dir(); err == nil {
		config.SessionDir = dir
		config.TeachDir = filepath.Join(filepath.Dir(dir), "teaching")
	}
	if file != "" {
		config.Save = func(s model.Settings) {
			if err := ui.StoreSettings(file, s); err != nil {
				fmt.Fprintln(os.Stderr, "vertefill-desktop: settings:", err)
			}
		}
	}
	a := ui.New(config)
	defer a.Close()
	switch {
	case path != "":
		a.Send(model.OpenPath{Path: path, Now: time.Now()})
	case demo:
		a.Send(model.OpenDemo{Now: time.Now()})
	}
	var ops op.Ops
	for {
		switch e := window.Event().(type) {
		case app.DestroyEvent:
			if size != (image.Point{}) && !full {
				a.KeepSize(size.X, size.Y)
			}
			return e.Err
		case app.FrameEvent:
			gtx := app.NewContext(&ops, e)
			size = image.Pt(int(float32(e.Size.X)/e.Metric.PxPerDp), int(float32(e.Size.Y)/e.Metric.PxPerDp))
			a.Layout(gtx)
			e.Frame(gtx.Ops)
		}
	}
}
