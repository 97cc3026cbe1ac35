package app

import (
	"time"

	"github.com/vertefill/vertefill/internal/overlay"
	"github.com/vertefill/vertefill/ui/model"
)

// readObject reads a file of others about the images of a result, and
// compares its masks, those of vertebrae left out, with the cement.
func readObject(e model.ScanStudy) model.Msg {
	msg := model.ObjectRead{Now: time.Now()}
	o, err := overlay.Read(e.Path, e.Over.Origin, e.Over.Post.Grid)
	if err != nil {
		msg.Error = err.Error()
		return msg
	}
	msg.Object = o
	var parts []overlay.Part
	for _, p := range o.Parts {
		if !p.Vertebra() {
			parts = append(parts, p)
		}
	}
	if a, ok := overlay.Compare(parts, e.Over.Cement); ok {
		msg.Agreement = &a
	}
	return msg
}
