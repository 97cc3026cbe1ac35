package model

import (
	"math"
	"time"

	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Preset is a window under a digit key.
type Preset struct {
	ID   string
	Name i18n.Text
	own  render.Window // of the program
}

// Presets are the windows of the keys 1 to 4.
var Presets = []Preset{
	{"window-bone", i18n.SpineBone, render.SpineBone},
	{"window-cement", i18n.Cement, render.Cement},
	{"window-soft", i18n.SoftTissue, render.SoftTissue},
	{"window-lung", i18n.Lung, render.Lung},
}

// Window is the window of a preset as the reader set it.
func (p Preset) Window(s Settings) render.Window {
	if w, ok := s.Windows[p.ID]; ok && w[0] >= 1 {
		return render.Window{Width: w[0], Centre: w[1]}
	}
	return p.own
}

// SetPreset changes width and centre of a preset; the program's own values
// bring it back.
type SetPreset struct {
	ID            string
	Width, Centre float64
}

func (m SetPreset) apply(s *State) []Effect {
	if !(m.Width >= 1 && m.Width <= 20000 && math.Abs(m.Centre) <= 20000) {
		return nil
	}
	windows := map[string][2]float64{}
	for id, w := range s.Settings.Windows {
		windows[id] = w
	}
	windows[m.ID] = [2]float64{m.Width, m.Centre}
	for _, p := range Presets {
		if p.ID == m.ID && (render.Window{Width: m.Width, Centre: m.Centre}) == p.own {
			delete(windows, m.ID)
		}
	}
	s.Settings.Windows = windows
	return []Effect{SaveSettings{}}
}

// presetActions are the windows under the digits.
func presetActions() (out []Action) {
	for n, p := range Presets {
		out = append(out, Action{ID: p.ID, Label: p.Name, Group: i18n.Window, Icon: "wl", Keys: key(string(rune('1' + n))), Blocked: needsStudy,
			Msg: func(s *State, now time.Time) Msg { return window(p.Window(s.Settings))(s, now) }})
	}
	return out
}

// Limits are by which leaks are shown as red or amber, those of the program
// where the reader set none.
func (s Settings) Limits() leak.Attention {
	if s.Attention == nil {
		return leak.DefaultAttention()
	}
	return *s.Attention
}

// SetLimits changes the limits, from the next analysis on.
type SetLimits struct{ Change func(*leak.Attention) }

func (m SetLimits) apply(s *State) []Effect {
	x := s.Settings.Limits()
	m.Change(&x)
	s.Settings.Attention = &x
	if x == leak.DefaultAttention() {
		s.Settings.Attention = nil
	}
	return []Effect{SaveSettings{}}
}
