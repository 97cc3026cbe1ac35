package model

import (
	"maps"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/ui/i18n"
)

// Registry returns the actions with the shortcuts that the reader gave them.
func (s *State) Registry() []Action {
	all := Actions()
	if len(s.Settings.Keys) == 0 {
		return all
	}
	for i, a := range all {
		if stored, ok := s.Settings.Keys[a.ID]; ok {
			all[i].Keys = nil
			if k, ok := parseKey(stored); ok {
				all[i].Keys = []Key{k}
			}
		}
	}
	return all
}

// Find returns the action with the id, with the reader's shortcut.
func (s *State) Find(id string) (Action, bool) {
	a, ok := Find(id)
	if stored, changed := s.Settings.Keys[id]; ok && changed {
		a.Keys = nil
		if k, ok := parseKey(stored); ok {
			a.Keys = []Key{k}
		}
	}
	return a, ok
}

// stored is the shortcut as the settings keep it: "Ctrl+Shift+K".
func (k Key) stored() string {
	out := k.Name
	if k.Shift {
		out = "Shift+" + out
	}
	if k.Alt {
		out = "Alt+" + out
	}
	if k.Ctrl {
		out = "Ctrl+" + out
	}
	return out
}

func parseKey(s string) (k Key, ok bool) {
	for {
		switch {
		case strings.HasPrefix(s, "Ctrl+") && len(s) > 5:
			k.Ctrl, s = true, s[5:]
		case strings.HasPrefix(s, "Alt+") && len(s) > 4:
			k.Alt, s = true, s[4:]
		case strings.HasPrefix(s, "Shift+") && len(s) > 6:
			k.Shift, s = true, s[6:]
		default:
			k.Name = s
			return k, s != ""
		}
	}
}

// SetKey gives an action a shortcut. The action that had it loses it. The zero
// Key brings the action's own shortcut back, unless another has it now.
type SetKey struct {
	ID  string
	Key Key
}

func (m SetKey) apply(s *State) []Effect {
	keys := maps.Clone(s.Settings.Keys)
	if keys == nil {
		keys = map[string]string{}
	}
	own, ok := Find(m.ID)
	if !ok {
		return nil
	}
	if m.Key == (Key{}) {
		delete(keys, m.ID)
		for _, a := range s.Registry() {
			if a.ID != m.ID && len(own.Keys) > 0 && slices.Contains(a.Keys, own.Keys[0]) {
				keys[m.ID] = ""
			}
		}
	} else {
		for _, a := range s.Registry() {
			if slices.Contains(a.Keys, m.Key) {
				keys[a.ID] = ""
			}
		}
		keys[m.ID] = m.Key.stored()
	}
	s.Settings.Keys = keys
	return []Effect{SaveSettings{}}
}

// ResetKeys brings all shortcuts of the program back.
type ResetKeys struct{}

func (ResetKeys) apply(s *State) []Effect {
	s.Settings.Keys = nil
	return []Effect{SaveSettings{}}
}

// Reserved reports whether a key has a meaning that no action can take.
func (k Key) Reserved() (i18n.Text, bool) {
	switch k.Name {
	case "⎋", "⏎", "⌤", "Tab", "Space":
		return i18n.KeyReserved, true
	}
	return i18n.KeyReserved, k == Key{Name: "B"} // held, it flickers
}

// AskKey waits for the next key to become the shortcut of an action; an empty
// id waits no longer.
type AskKey struct{ ID string }

func (m AskKey) apply(s *State) []Effect { s.Asking = m.ID; return nil }
