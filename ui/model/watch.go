package model

import (
	"path/filepath"
	"slices"
	"time"

	"github.com/vertefill/vertefill/ui/i18n"
)

// WatchFolder is the effect that watches a folder for new studies, in place of
// the one watched before; each is answered by Arrived. An empty Dir watches
// none.
type WatchFolder struct{ Dir string }

func (WatchFolder) effect() {}

// Watch watches a folder from now on, also in later runs; empty stops.
type Watch struct{ Dir string }

func (m Watch) apply(s *State) []Effect {
	s.Settings.Watched, s.Arrived = m.Dir, nil
	return []Effect{SaveSettings{}, WatchFolder(m)}
}

// Arrival is something new in the watched folder.
type Arrival struct {
	Path string
	At   time.Time
}

// mostArrivals bounds the list of what is new.
const mostArrivals = 20

// Arrived tells that something new in the watched folder is complete.
type Arrived Arrival

func (m Arrived) apply(s *State) []Effect {
	if filepath.Dir(m.Path) != filepath.Clean(s.Settings.Watched) {
		return nil // of the folder watched before
	}
	s.Arrived = slices.Insert(slices.Clone(s.Arrived), 0, Arrival(m))
	s.Arrived = s.Arrived[:min(len(s.Arrived), mostArrivals)]
	name := filepath.Base(m.Path)
	if s.Anonymous {
		name = ""
	}
	effects := Say{i18n.NewStudy.In(s.Settings.Lang, "name", name), m.At}.apply(s)
	if s.Workspace == Studies && filepath.Clean(s.Browser.Dir) == filepath.Clean(s.Settings.Watched) && s.Browser.Selected < 0 {
		effects = append(effects, ListFolder{s.Browser.Dir})
	}
	return effects
}

// watchAction watches the folder that is listed, or no more.
func watchAction() Action {
	return Action{ID: "watch", Label: i18n.WatchThis, Sense: i18n.WatchSense, Group: i18n.Program, Icon: "eye",
		Blocked: func(s *State) (i18n.Text, bool) { return i18n.NoFolderListed, s.Browser.Dir == "" },
		Msg: func(s *State, _ time.Time) Msg {
			if s.Settings.Watched == s.Browser.Dir {
				return Watch{}
			}
			return Watch{s.Browser.Dir}
		}}
}
