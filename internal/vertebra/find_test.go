package vertebra_test

import (
	"context"
	"errors"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

func TestNoSpine(t *testing.T) {
	var pos []geom.Patient
	for k := range 40 {
		pos = append(pos, geom.LPS(0, 0, float64(k)*2))
	}
	g, err := volume.NewGrid(80, 80, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 1.5, 1.5, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	for i := range v.HU {
		v.HU[i] = 40
	}
	sink := &diag.Sink{}
	s, err := vertebra.Find(context.Background(), v, vertebra.Options{}, sink, nil)
	if err != nil || len(s.Vertebrae) != 0 {
		t.Fatalf("%d vertebrae in water, error %v", len(s.Vertebrae), err)
	}
	if f := sink.Findings(); len(f) == 0 || f[0].Code != diag.CodeLevelUnknown {
		t.Errorf("findings: %v", f)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := vertebra.Find(ctx, v, vertebra.Options{Seeds: []vertebra.Seed{{Level: anatomy.L1}}}, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
