package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/filter"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/volume"
)

// The label maps of the comparison: vertebral bodies are 40 to 99, treated 50, cement 100 (new, in the body) to 249.
const (
	benchBody      = 50
	benchNewCement = 100
)

func between(lo, hi int) *[256]bool {
	var m [256]bool
	for l := lo; l <= hi; l++ {
		m[l] = true
	}
	return &m
}

// benchMesh makes the surface of the vertebrae or of the cement.
func benchMesh(ctx context.Context, b bench, args []string) error {
	marked := between(100, 249)
	switch args[1] {
	case "vertebrae":
		marked = between(40, 110)
	case "cement":
	default:
		return usagef("%s: vertebrae or cement", args[1])
	}
	l, err := nifti.ReadLabels(args[0])
	if err != nil {
		return err
	}
	var m *mesh.Mesh
	for range 3 {
		if err := b.phase("mesh", func() error { m = mesh.Net(l, marked); return ctx.Err() }); err != nil {
			return err
		}
	}
	b.result("triangles", float64(len(m.Triangles)))
	b.result("ml", float64(m.Volume()))
	return nil
}

// benchDistance computes the distance to the vertebrae everywhere.
func benchDistance(ctx context.Context, b bench, args []string) error {
	l, err := nifti.ReadLabels(args[0])
	if err != nil {
		return err
	}
	on := onLattice(l, l.Box, between(40, 110))
	var d []float32
	err = b.phase("edt", func() (err error) {
		d, err = on.Distance(ctx)
		return err
	})
	if err != nil {
		return err
	}
	b.result("at0", float64(d[0]))
	return nil
}

// onLattice copies a box of a label map, where marked labels are on.
func onLattice(l *volume.Labels, box geom.Box, marked *[256]bool) *filter.Lattice {
	nx, ny, nz := box.Size()
	out := filter.NewLattice(nx, ny, nz, float64(l.Grid.DX), float64(l.Grid.DY), float64(l.Grid.DZ))
	o := 0
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			at := l.Box.Offset(box.Min.I, j, k)
			for _, label := range l.V[at : at+nx] {
				out.On[o] = marked[label]
				o++
			}
		}
	}
	return out
}

// benchWorkflow is the measurement that others script, with the vertebrae given: islands above a fixed threshold that touch the
// neighbourhood of the treated body, their part in the body and beyond it, and how far they reach. What vertefill analyze does is
// more, and not comparable.
func benchWorkflow(ctx context.Context, b bench, args []string) error {
	threshold, err := strconv.ParseInt(args[1], 10, 16)
	if err != nil {
		return usagef("%s is no CT number", args[1])
	}
	v, err := b.load(ctx, filepath.Join(args[0], "post"))
	if err != nil {
		return err
	}
	var l *volume.Labels
	err = b.phase("labels", func() (err error) {
		l, err = nifti.ReadLabels(filepath.Join(args[0], "labels_post.nii.gz"))
		return err
	})
	if err != nil {
		return err
	}
	if l.Box != v.Bounds() {
		return fmt.Errorf("bench: the label map does not fit the volume")
	}
	treated := between(benchBody, benchBody)
	treated[benchNewCement] = true

	var near *filter.Lattice // distance to the body within 60 voxels of it
	var box geom.Box
	var distance []float32
	err = b.phase("distances", func() (err error) {
		box = boxOf(l, treated).Grow(60).Intersect(l.Box)
		near = onLattice(l, box, treated)
		distance, err = near.Distance(ctx)
		return err
	})
	if err != nil {
		return err
	}
	var islands []cement.Island
	err = b.phase("segment", func() error {
		all, err := cement.Islands(ctx, v, v.Bounds(), int16(threshold))
		touching := 3 * math.Max(float64(v.DX), float64(v.DZ))
		for _, s := range all {
			if leastDistance(s, box, distance) <= touching {
				islands = append(islands, s)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	var inside, outside, reach float64
	body := float64(l.Volume(benchBody) + l.Volume(benchNewCement))
	_ = b.phase("measure", func() error {
		for _, s := range islands {
			s.Each(func(i0, i1, j, k int) {
				ml := float64(v.VoxelVolume(k)) / 1000
				for i := i0; i < i1; i++ {
					if treated[l.V[l.Box.Offset(i, j, k)]] {
						inside += ml
						continue
					}
					outside += ml
					if box.Contains(i, j, k) {
						reach = max(reach, float64(distance[box.Offset(i, j, k)]))
					}
				}
			})
		}
		return nil
	})
	truth, err := readFill(filepath.Join(args[0], "truth.json"))
	if err != nil {
		return err
	}
	b.result("fill_ratio", inside/body)
	b.result("fill_true", truth.Ratio)
	b.result("inside_ml", inside)
	b.result("inside_true", truth.Inside)
	b.result("leak_ml", outside)
	b.result("leak_true", truth.Leak)
	b.result("leak_reach_mm", reach)
	return nil
}

// leastDistance returns how near an island comes to what the distance is measured from.
func leastDistance(s cement.Island, box geom.Box, distance []float32) float64 {
	least := math.Inf(1)
	s.Each(func(i0, i1, j, k int) {
		for i := max(i0, box.Min.I); i < min(i1, box.Max.I); i++ {
			if box.Contains(i, j, k) {
				least = min(least, float64(distance[box.Offset(i, j, k)]))
			}
		}
	})
	return least
}

// boxOf returns the box round the marked voxels.
func boxOf(l *volume.Labels, marked *[256]bool) geom.Box {
	nx, ny, _ := l.Box.Size()
	var box geom.Box
	for r := range len(l.V) / max(1, nx) {
		first, last := -1, 0
		for i, label := range l.V[r*nx : (r+1)*nx] {
			if marked[label] {
				if first < 0 {
					first = i
				}
				last = i + 1
			}
		}
		if first >= 0 {
			i, j, k := l.Box.Min.I, l.Box.Min.J+r%ny, l.Box.Min.K+r/ny
			box = box.Union(geom.Box{Min: geom.Index{I: i + first, J: j, K: k}, Max: geom.Index{I: i + last, J: j + 1, K: k + 1}})
		}
	}
	return box
}

// fillTruth is the exact answer in a truth.json.
type fillTruth struct {
	Ratio  float64 `json:"ratio"`
	Inside float64 `json:"new_cement_in_body_ml"`
	Leak   float64 `json:"leak_ml"`
}

func readFill(path string) (fillTruth, error) {
	var truth struct {
		Fill fillTruth `json:"fill_ratio"`
	}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &truth)
	}
	if err != nil {
		return fillTruth{}, fmt.Errorf("bench: truth: %w", err)
	}
	return truth.Fill, nil
}
