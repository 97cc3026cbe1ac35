package cement_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestNoCementInRealScans: real scans without cement, with stents, contrast agent, dense joints and thick slices, hold exactly 0 mL
// and no metal that would hide some.
func TestNoCementInRealScans(t *testing.T) {
	if testing.Short() {
		t.Skip("reads real scans")
	}
	for _, name := range []string{
		"ct-lumbosacral-vhf-dicom/vhf_pelvis_dicom.zip",
		"ct-lumbar-crop-L3-masks/sub-ct_label-22_ct.nii.gz",
		"ct-thorax-stent-contrast/ct_cropped.nii.gz",
		"ct-chest-8mm-tcia/A0002_B40f.zip",
		"ct-chest-8mm-tcia/A0002_B70f.zip",
	} {
		t.Run(name, func(t *testing.T) {
			v := realScan(t, name)
			s, err := vertebra.Find(context.Background(), v, vertebra.Options{}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			complete := 0
			for _, b := range s.Vertebrae {
				if b.Complete {
					complete++
				}
			}
			m, err := cement.Segment(context.Background(), cement.Input{Post: v, Spine: s}, cement.Options{}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bodies, bone to %.0f HU, noise %.0f HU", complete, m.BoneHU, m.NoiseHU)
			if !m.Box.Empty() || m.NewML() != 0 {
				t.Errorf("%.3f mL of cement in a scan without: %v", m.NewML(), m.Parameters())
			}
			if complete == 0 {
				t.Log("no complete body was found: the scan says nothing about cement")
			}
		})
	}
}

// realScan reads a scan of the shared data, or skips.
func realScan(t *testing.T, name string) *volume.Volume {
	t.Helper()
	p := filepath.Join("..", "..", "..", "shared", "data", filepath.FromSlash(name))
	if _, err := os.Stat(p); err != nil {
		t.Skip("real data are not here: ../shared/data/" + name)
	}
	if strings.HasSuffix(name, ".nii.gz") {
		v, err := nifti.ReadVolume(p)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	inv, err := dicomio.Scan(context.Background(), []string{p}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(inv.Series) == 0 {
		t.Fatalf("%s: no series", name)
	}
	v, err := inv.Series[0].Main().Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
