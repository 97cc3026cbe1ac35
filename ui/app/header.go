package app

import (
	"errors"
	"fmt"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// Header implements Backend.
func (Core) Header(s *model.Study, series int) (out []model.HeaderLine, err error) {
	source := s.Series[series].Source
	if source == nil || source.Series == nil {
		return nil, errors.New("the series has no files")
	}
	var lines []dicomio.Line
	switch {
	case source.Main() != nil:
		lines, err = source.Main().Header(0)
	case len(source.Runs) > 0:
		lines, err = source.Runs[0].Header(0)
	default:
		err = errors.New("the series holds no image that is used")
	}
	for _, l := range lines {
		out = append(out, model.HeaderLine{Depth: l.Depth, Tag: fmt.Sprintf("(%04x,%04x)", uint32(l.Tag)>>16, uint32(l.Tag)&0xffff), VR: l.VR, Name: l.Name, Value: plain(l.Value)})
	}
	return out, err
}

// readHeader carries out model.ReadHeader.
func (a *App) readHeader(e model.ReadHeader) {
	lang := a.state.Settings.Lang
	go func() {
		msg := model.HeaderRead{Series: e.Series}
		var err error
		if msg.Lines, err = a.config.Backend.Header(e.Study, e.Series); err != nil {
			msg.Error = i18n.HeaderFailed.In(lang, "why", err.Error())
		}
		a.Send(msg)
	}()
}
