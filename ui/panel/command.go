package panel

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// command is a line of the palette: an action of the registry, a vertebra, a
// leak or a study.
type command struct {
	title, group string
	icon         string
	glyph        anatomy.Compartment // in place of the icon
	keys         []string            // of the shortcut
	reason       string              // why it cannot be run; empty for a usable one
	hay          string              // what a query is looked for in
	prefix       byte                // that lists only its kind; 0 for actions
	do           func(time.Time) model.Msg
}

// Prefixes of the palette: files, levels, leaks.
const fileSign, levelSign, leakSign = '>', '#', '@'

// commands are all lines of the palette, actions first.
func commands(h Host) (out []command) {
	s := h.State
	for _, a := range s.Registry() {
		if a.ID == "palette" {
			continue
		}
		c := command{title: a.Title(s), group: h.T(a.Group), icon: a.Icon, reason: a.Reason(s), hay: a.Label.EN + " " + a.Label.FR + " " + a.ID,
			do: func(now time.Time) model.Msg { return a.Msg(s, now) }}
		if len(a.Keys) > 0 {
			c.keys = a.Keys[0].Label(h.Lang)
		}
		out = append(out, c)
	}
	fixed := func(m model.Msg) func(time.Time) model.Msg { return func(time.Time) model.Msg { return m } }
	if r := s.Result; r != nil {
		for _, v := range r.Report.Vertebrae {
			out = append(out, command{title: h.T(i18n.GoToVertebra, "level", v.Level.String()), group: h.T(i18n.Finding), icon: "vert", prefix: levelSign,
				keys: levelKeys(v.Level), hay: i18n.GoToVertebra.In(text.English, "level", v.Level.String()) + " " + i18n.GoToVertebra.In(text.French, "level", v.Level.String()), do: fixed(model.GoToLevel{Level: v.Level})})
		}
		for _, x := range leakRows(h) {
			name := i18n.LeakName(x.Compartment)
			title := x.Level.String() + " " + h.T(name) + " · " + h.Lang.Unit(h.Lang.LeakML(x.VolumeML), "mL")
			out = append(out, command{title: title, group: h.T(i18n.Leaks), glyph: x.Compartment, prefix: leakSign, hay: title + " " + name.EN + " " + name.FR, do: fixed(model.GoToLeak{ID: x.ID})})
		}
	}
	if !s.Anonymous {
		for _, path := range s.RecentPaths() {
			out = append(out, command{title: filepath.Base(path), group: h.T(i18n.RecentStudies), icon: "folder", prefix: fileSign, hay: path,
				do: func(now time.Time) model.Msg { return model.OpenPath{Path: path, Now: now} }})
		}
	}
	return out
}

// levelKeys are the keys that lead to a level: G 9 for T9, G L 2.
func levelKeys(l anatomy.Level) []string {
	name := l.String()
	if name == "" {
		return nil
	}
	if name[0] == 'T' {
		name = name[1:]
	} else {
		return []string{"G", name[:1], name[1:]}
	}
	return []string{"G", name}
}

// choose returns the commands that match a query, usable ones first. A prefix
// shows one kind only; without one, what is no action is listed once something
// is searched for.
func choose(all []command, query string) []command {
	var prefix byte
	query = strings.TrimSpace(query)
	if query != "" && strings.IndexByte(string([]byte{fileSign, levelSign, leakSign}), query[0]) >= 0 {
		prefix, query = query[0], query[1:]
	}
	var usable, blocked []command
	for _, c := range all {
		switch {
		case c.prefix != prefix && (prefix != 0 || strings.TrimSpace(query) == ""), !matches(query, c.title+" "+c.hay):
		case c.reason == "":
			usable = append(usable, c)
		default:
			blocked = append(blocked, c)
		}
	}
	return append(usable, blocked...)
}

// matches reports whether all words of a query occur in a text, whatever their
// case.
func matches(query, hay string) bool {
	hay = strings.ToLower(hay)
	for _, w := range strings.Fields(strings.ToLower(query)) {
		if !strings.Contains(hay, w) {
			return false
		}
	}
	return true
}
