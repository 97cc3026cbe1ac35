package vertebra_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
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

// TestLumbarCrop compares L3 with the mask that another program made at 1.5 mm (labels 49 and 50: body border and interior).
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
	both, ours, theirs := 0, 0, 0
	for k := range v.NZ {
		for j := range v.NY {
			for i := range v.NX {
				l := sub.At(i, j, k)
				in := vert.At(i, j, k) == 22 && (l == 49 || l == 50)
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
	want := float64(theirs) * 1.5 * 1.5 * 1.5 / 1000
	d := 2 * float64(both) / float64(ours+theirs)
	t.Logf("Dice %.3f, volume %.2f mL, mask %.2f mL (%+.1f %%)", d, b.BodyML, want, 100*(float64(b.BodyML)/want-1))
	if d < 0.95 {
		t.Errorf("Dice %.3f, want 0.95", d)
	}
	if e := math.Abs(float64(b.BodyML)/want - 1); e > 0.08 {
		t.Errorf("volume differs from the mask's by %.1f %%, want 8", 100*e)
	}
	for _, l := range []anatomy.Level{anatomy.L3.Below(-1), anatomy.L4} {
		if w := s.Find(l); w != nil && w.Complete {
			t.Errorf("%s is cut by the border of the volume but %.1f mL are given", l, w.BodyML)
		}
	}
}
