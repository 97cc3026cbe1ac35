package assess

import (
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// A dense rod in the CT is dark on the radiograph where it is projected, and nothing else is.
func TestRadiographOf(t *testing.T) {
	at := geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(-30, -30, -30), geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, 1))
	g, err := volume.NewRegularGrid(60, 60, 60, at, "1.2")
	if err != nil {
		t.Fatal(err)
	}
	ct := volume.New(g)
	for i := range 60 { // along the patient's left, the beam
		for j := 38; j < 44; j++ {
			for k := 20; k < 26; k++ {
				ct.HU[i+60*(j+60*k)] = 2000
			}
		}
	}
	dirs, triangles := mesh.Icosphere(2)
	body := &mesh.Mesh{Triangles: triangles}
	for _, d := range dirs {
		body.Vertices = append(body.Vertices, geom.LPS(10*d.X, 10*d.Y, 10*d.Z))
	}
	v := &spine.Vertebra{Level: anatomy.T9, Body: body, Complete: true}
	res := &Result{Post: ct, Spine: &spine.Spine{Vertebrae: []*spine.Vertebra{v}}}
	x := FluoroResult{Level: anatomy.T9, Run: &fluoro.Run{Cine: &volume.Cine{NX: 128, NY: 128, Frames: 1, White: 255}},
		Placement: &fluoro.Placement{ImageFromPatient: [12]float64{0, 2, 0, 64, 0, 0, -2, 64, 0, 0, 0, 1}}}
	film := x.RadiographOf(res)
	if film == nil || len(film.Pix) != 128*128 {
		t.Fatal("no radiograph")
	}
	column, row := x.Pixel(geom.LPS(0, 10.5, -7.5)) // the middle of the rod
	if got := film.Pix[int(row+0.5)*128+int(column+0.5)]; got > 20 {
		t.Errorf("the rod is %d at (%.0f, %.0f), want dark", got, column, row)
	}
	for _, p := range [][2]int{{20, 20}, {64, 64}, {int(column) + 16, int(row)}, {int(column), int(row) - 16}} {
		if got := film.Pix[p[1]*128+p[0]]; got < 235 {
			t.Errorf("pixel %v is %d where nothing dense lies", p, got)
		}
	}
}
