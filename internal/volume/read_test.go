package volume_test

import (
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Slices 2 mm apart with four missing between z 4 and z 14, and one corrupt.
func TestRead(t *testing.T) {
	var pos []geom.Patient
	for _, z := range []float64{0, 2, 4, 14, 16, 18, 20} {
		pos = append(pos, geom.LPS(0, 0, z))
	}
	g, err := volume.NewGrid(4, 4, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 1, 1, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	v.Corrupt = []bool{false, false, false, false, false, true, false}
	for z, want := range map[float64]bool{-3: true, 0.5: true, 3: true, 4.9: true, 5.1: false, 9: false, 12.9: false, 13.1: true, 16.5: true, 17.5: false, 18: false, 19.5: true, 25: true} {
		if got := v.Read(g.Voxel(geom.LPS(0, 0, z)).Z); got != want {
			t.Errorf("at z = %v there is an image: %v, want %v", z, got, want)
		}
	}
}
