package volume_test

import (
	"testing"

	"github.com/vertefill/vertefill/internal/volume"
)

func TestCineFrame(t *testing.T) {
	c := volume.Cine{NX: 3, NY: 2, Frames: 2, Pix: []uint16{0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15}}
	if f := c.Frame(1); len(f) != 6 || f[0] != 10 || f[5] != 15 {
		t.Errorf("frame 1 = %v", f)
	}
}

func TestCalibrationInPatient(t *testing.T) {
	for o, want := range map[volume.Origin]bool{
		volume.OriginNone: false, volume.OriginDetector: false, volume.OriginConflict: false, volume.OriginMagnification: true,
		volume.OriginGeometry: true, volume.OriginFiducial: true, volume.OriginUser: true,
	} {
		if got := (volume.Calibration{Origin: o}).InPatient(); got != want {
			t.Errorf("%s: in the patient %v, want %v", o, got, want)
		}
	}
}
