package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/overlay"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Objects are the files of others shown over the images of the open study.
type Objects struct {
	List   []*overlay.Object
	Hidden bool
}

// Shown returns those that are drawn.
func (o Objects) Shown() []*overlay.Object {
	if o.Hidden {
		return nil
	}
	return o.List
}

// ObjectRead is the answer to ScanStudy when the file is about the images of
// the open study rather than a study.
type ObjectRead struct {
	Object    *overlay.Object
	Agreement *overlay.Agreement // with the cement found; nil where they cannot be compared
	Error     string             // why it is not shown
	Now       time.Time
}

func (m ObjectRead) apply(s *State) []Effect {
	s.endJob(ScanJob)
	l := s.Settings.Lang
	if m.Error != "" {
		return Say{i18n.ObjectRefused.In(l, "why", m.Error), m.Now}.apply(s)
	}
	if s.Result == nil {
		return nil
	}
	s.Workspace = Read
	s.Objects.Hidden = false
	list := s.Objects.List[:0:0]
	for _, o := range s.Objects.List { // a file read again takes its own place
		if o.Name != m.Object.Name {
			list = append(list, o)
		}
	}
	s.Objects.List = append(list, m.Object)
	said := i18n.ObjectShown.In(l, "name", m.Object.Name, "n", l.Number(float64(len(m.Object.Parts)), 0))
	if a := m.Agreement; a != nil && a.BothML > 0 {
		said += " " + i18n.ObjectAgrees.In(l, "theirs", l.Unit(l.ML(a.TheirsML), "mL"), "ours", l.Unit(l.ML(a.OursML), "mL"), "dice", l.Number(a.Dice, 2))
	}
	return Say{said, m.Now}.apply(s)
}

// HideObjects hides the files of others, or shows them again.
type HideObjects struct{}

func (HideObjects) apply(s *State) []Effect {
	s.Objects.Hidden = !s.Objects.Hidden
	return nil
}

// DropObjects takes the files of others away.
type DropObjects struct{}

func (DropObjects) apply(s *State) []Effect {
	s.Objects = Objects{}
	return nil
}

// objectActions are those of files of others.
func objectActions() []Action {
	none := func(s *State) (i18n.Text, bool) { return i18n.NoObject, len(s.Objects.List) == 0 }
	return []Action{
		{ID: "objects-hide", Label: i18n.HideObjects, Group: i18n.Looking, Icon: "eyeoff", Sense: i18n.HideObjectsSense, Blocked: none, Msg: fixed(HideObjects{})},
		{ID: "objects-drop", Label: i18n.DropObjects, Group: i18n.Looking, Icon: "eyeoff", Blocked: none, Msg: fixed(DropObjects{})},
	}
}
