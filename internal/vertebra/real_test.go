package vertebra_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// realData returns the path of a real data set, or skips.
func realData(t *testing.T, parts ...string) string {
	t.Helper()
	p := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("real data not here: %v", err)
	}
	return p
}

// TestLumbarCrop compares L3 with the mask that another program made at 1.5 mm (labels 49 and 50: body border and interior). The mask goes
// on behind its own posterior wall into the pedicles, which a body does not: the volume is compared with the mask cut there.
func TestLumbarCrop(t *testing.T) {
	const set = "ct-lumbar-crop-L3-masks"
	v, err := nifti.ReadVolume(realData(t, set, "sub-ct_label-22_ct.nii.gz"))
	if err != nil {
		t.Fatal(err)
	}
	sub, err := nifti.ReadLabels(realData(t, set, "sub-ct_seg-subreg_label-22_msk.nii.gz"))
	if err != nil {
		t.Fatal(err)
	}
	vert, err := nifti.ReadLabels(realData(t, set, "sub-ct_seg-vert_label-22_msk.nii.gz"))
	if err != nil {
		t.Fatal(err)
	}
	sink := &diag.Sink{}
	seed := vertebra.Seed{Level: anatomy.L3, Point: geom.LPS(25, 162, -65)}
	s, err := vertebra.Find(context.Background(), v, vertebra.Options{Seeds: []vertebra.Seed{seed}}, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := s.Find(anatomy.L3)
	if b == nil || !b.Complete {
		t.Fatal("L3 was not outlined")
	}
	isTheirs := func(i, j, k int) bool {
		l := sub.At(i, j, k)
		return vert.At(i, j, k) == 22 && (l == 49 || l == 50)
	}
	both, ours, theirs := 0, 0, 0
	for k := range v.NZ {
		for j := range v.NY {
			for i := range v.NX {
				in := isTheirs(i, j, k)
				out := b.Distance(v.Patient(geom.Vox(float64(i), float64(j), float64(k)))) < 0
				if in {
					theirs++
				}
				if out {
					ours++
				}
				if in && out {
					both++
				}
			}
		}
	}
	whole := float64(theirs) * 1.5 * 1.5 * 1.5 / 1000
	cut := whole - behindOwnWall(b, func(p geom.Patient) bool {
		q := v.Voxel(p)
		return isTheirs(int(math.Round(q.X)), int(math.Round(q.Y)), int(math.Round(q.Z)))
	})
	d := 2 * float64(both) / float64(ours+theirs)
	t.Logf("Dice %.3f, volume %.2f mL, mask %.2f mL (%+.1f %%), in front of its wall %.2f mL (%+.1f %%)", d, b.BodyML, whole, 100*(float64(b.BodyML)/whole-1), cut, 100*(float64(b.BodyML)/cut-1))
	if d < 0.95 {
		t.Errorf("Dice %.3f, want 0.95", d)
	}
	if e := math.Abs(float64(b.BodyML)/cut - 1); e > 0.06 {
		t.Errorf("volume differs from the mask's in front of its wall by %.1f %%, want 6", 100*e)
	}
	for _, l := range []anatomy.Level{anatomy.L3.Below(-1), anatomy.L4} {
		if w := s.Find(l); w != nil && w.Complete {
			t.Errorf("%s is cut by the border of the volume but %.1f mL are given", l, w.BodyML)
		}
	}
}

// behindOwnWall returns the mL of a mask that lie beside the canal behind the posterior wall of the same mask, in the axes of a body. The
// wall is fitted to the places where the mask ends backwards within 8 mm of the midline, and carried on level from 10 mm, as that of a body is.
func behindOwnWall(b *spine.Vertebra, in func(geom.Patient) bool) float64 {
	const mm, half, tall = 0.5, 8.0, 10.0
	at := func(x, y, z float64) bool { return in(b.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](x, y, z))) }
	var rows, ends []float64
	for z := -tall; z <= tall; z += mm {
		for x := -half; x <= half; x += mm {
			for y := 28.0; y > 0; y -= mm {
				if at(x, y, z) {
					rows, ends = append(rows, 1, z, z*z, x*x, x), append(ends, y+mm/2)
					break
				}
			}
		}
	}
	var q mat.VecDense
	if err := q.SolveVec(mat.NewDense(len(ends), 5, rows), mat.NewVecDense(len(ends), ends)); err != nil {
		return math.NaN()
	}
	wall := spine.Wall{Q0: q.AtVec(0), Q1: q.AtVec(1), Q2: q.AtVec(2), Q3: q.AtVec(3), Q4: q.AtVec(4)}
	n := 0
	for x := -32.0; x <= 32; x += mm {
		for y := 0.0; y <= 28; y += mm {
			for z := -24.0; z <= 24; z += mm {
				if math.Abs(x) > half && y > wall.Y(x, z) && at(x, y, z) {
					n++
				}
			}
		}
	}
	return float64(n) * mm * mm * mm / 1000
}
