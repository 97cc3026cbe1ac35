package model

import (
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/ui/i18n"
)

// told are the corrections that one key makes: a message says what was done
// and offers the way back. What a hand does is seen on the images.
var told = map[assess.EditKind]bool{
	assess.LeakAccept: true, assess.LeakReject: true, assess.LeakRetype: true, assess.LeakRelabel: true, assess.LeakMerge: true, assess.LeakSplit: true,
	assess.BodyRename: true, assess.BodyDelete: true, assess.CementIsPrior: true, assess.CementIsNew: true,
}

// tell says what a correction did.
func (s *State) tell(m Correct) {
	if told[m.Edit.Kind] {
		words := i18n.EditName(m.Edit).In(s.Settings.Lang, "level", m.Edit.Level.String())
		s.Toast = Toast{Text: words, Until: m.Now.Add(ToastTime), Undo: true}
	}
}

// TakeBack undoes what the message on screen tells of.
type TakeBack struct{}

func (TakeBack) apply(s *State) []Effect {
	if !s.Toast.Undo {
		return nil
	}
	s.Toast = Toast{}
	return Undo{}.apply(s)
}
