package app_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/vertefill/vertefill/ui/model"
)

// Under the pointer stand CT number, position and voxel of the series.
func TestVoxelUnderThePointer(t *testing.T) {
	w := reading(t, full, nil)
	w.Hover(w.Middle("POST Sagittal"))
	w.draw()
	s := w.app.State()
	vol := s.Loaded[model.PostSlot].Volume
	i := int(math.Round(vol.Voxel(s.Reading.Cursor[model.PostSlot]).X)) + 1 // of the plane shown
	if want := fmt.Sprintf("voxel %d, ", i); !w.Has(want) || !w.Has(" HU · (") {
		t.Errorf("no %q in %q", want, w.Labels())
	}
}
