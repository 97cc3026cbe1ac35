package exchange_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/vertefill/vertefill/internal/exchange"
)

// TestOpen tells the kinds apart, ours and others', and refuses what is about other images.
func TestOpen(t *testing.T) {
	g := fromTable(t, grids["plain"])
	o := study(t, g, latin1)
	m := maker(o)
	seg := written(t, func(w io.Writer) error { return m.WriteSegmentation(context.Background(), w, g, twoSegments(g)) })
	pr := written(t, func(w io.Writer) error { return m.WritePresentation(w, 1, presentation(o)) })
	sr := written(t, func(w io.Writer) error { return m.WriteMeasurements(w, &exchange.Measurements{Language: "en"}) })
	for path, is := range map[string]func(*exchange.Object) bool{
		seg: func(x *exchange.Object) bool { return x.Segmentation != nil }, pr: func(x *exchange.Object) bool { return x.Presentation != nil },
		sr: func(x *exchange.Object) bool { return x.Measurements != nil }, contours(t, g, o, 1, "T9"): func(x *exchange.Object) bool { return x.Structures != nil },
	} {
		x, err := exchange.Open(path, o)
		if err != nil || !is(x) {
			t.Errorf("%+v, %v", x, err)
		}
	}
	for _, name := range []string{"liver.dcm", "sr.dcm", "sparse-labelmap-ppv5.dcm"} {
		path := data(t, "seg-sr-dcmqi", name)
		if _, err := exchange.Open(path, nil); err != nil {
			t.Error(err)
		}
		if _, err := exchange.Open(path, o); !errors.Is(err, exchange.ErrForeign) {
			t.Errorf("%s over other images: %v", name, err)
		}
	}
	if _, err := exchange.Open(data(t, "odd-dicom-a", "CT_small.dcm"), nil); err == nil {
		t.Error("an image was opened as an object about images")
	}
}
