package exchange_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// BenchmarkSegmentation writes a case of 600 slices of 512 x 512: ten bodies in one label map, three classes of cement, six leaks.
func BenchmarkSegmentation(b *testing.B) {
	var pos []geom.Patient
	o := &dicomio.Origin{StudyUID: "1.2", SeriesUID: "1.3", FrameUID: "1.4", Modality: "CT"}
	for k := range 600 {
		pos = append(pos, geom.LPS(-180, -180, float64(k)*0.75))
		o.Images = append(o.Images, dicomio.ImageRef{Class: ctStorage, Instance: fmt.Sprintf("1.2.3.%d", k), Position: pos[k]})
	}
	g, err := volume.NewGrid(512, 512, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 0.7, 0.7, pos, "1.4")
	if err != nil {
		b.Fatal(err)
	}
	bodies := volume.NewLabels(g, geom.Box{Min: geom.Index{I: 200, J: 200, K: 20}, Max: geom.Index{I: 300, J: 290, K: 590}})
	cement := volume.NewLabels(g, bodies.Box)
	var segments []exchange.Segment
	for n := range 10 {
		for k := 25 + 56*n; k < 60+56*n; k++ {
			for j := 210; j < 260; j++ {
				for i := 215; i < 285; i++ {
					bodies.Set(i, j, k, uint8(anatomy.T9)+uint8(n))
					if i%3 == 0 {
						cement.Set(i, j, k, uint8(1+n%3))
					}
				}
			}
		}
		segments = append(segments, exchange.Segment{Label: "body", Category: exchange.Structure, Type: exchange.Level(anatomy.T9), Mask: bodies, Value: uint8(anatomy.T9) + uint8(n)})
	}
	for c := range 3 {
		segments = append(segments, exchange.Segment{Label: "cement", Category: exchange.PhysicalThing, Type: exchange.Implant, Mask: cement, Value: uint8(1 + c)})
	}
	for n := range 6 {
		leak := volume.NewLabels(g, geom.Box{Min: geom.Index{I: 240, J: 250, K: 100 + 60*n}, Max: geom.Index{I: 260, J: 262, K: 112 + 60*n}})
		for i := range leak.V {
			leak.V[i] = uint8(i % 3)
		}
		segments = append(segments, exchange.Segment{Label: "leak", Category: exchange.PhysicalThing, Type: exchange.Implant, Mask: leak, Value: 2})
	}
	m := maker(o)
	b.ReportAllocs()
	for b.Loop() {
		if err := m.WriteSegmentation(context.Background(), io.Discard, g, segments); err != nil {
			b.Fatal(err)
		}
	}
}
