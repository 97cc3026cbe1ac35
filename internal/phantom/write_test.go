package phantom_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/volume"
)

func TestWrittenCaseReadsBack(t *testing.T) {
	for _, scale := range []phantom.Scale{phantom.TwelveBit, phantom.Extended} {
		c := small(t, 4, phantom.Options{First: anatomy.L1, Last: anatomy.L1, Matrix: 64, FOVMM: 100, SliceMM: 2, SpacingMM: 2, PreSliceMM: 2, Scale: scale, NoPre: scale == phantom.Extended,
			Plan: []phantom.Treatment{{Level: anatomy.L1, Fill: 0.2, PlateauHU: 4000, Leaks: []phantom.LeakPlan{{Compartment: anatomy.Canal, ML: 0.2}}}}})
		dir := t.TempDir()
		if err := c.Write(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]*volume.Volume{"post": c.Post, "pre": c.Pre} {
			if want == nil {
				continue
			}
			found, err := dicomio.Scan(t.Context(), []string{filepath.Join(dir, name)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(found.Series) != 1 || len(found.Skipped) != 0 || len(found.Series[0].Stacks) != 1 {
				t.Fatalf("%s: %d series, skipped %v", name, len(found.Series), found.Skipped)
			}
			got, err := found.Series[0].Main().Load(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !volume.SameGrid(got.Grid, want.Grid) || got.Verdict != volume.Regular {
				t.Errorf("%s: another grid came back, %s", name, got.Verdict)
			}
			for i := range want.HU {
				if got.HU[i] != want.HU[i] {
					t.Fatalf("%s: voxel %d is %d, was %d", name, i, got.HU[i], want.HU[i])
				}
			}
			if scale == phantom.TwelveBit && got.CeilingHU != 3071 {
				t.Errorf("%s: ceiling %d HU", name, got.CeilingHU)
			}
		}
		bodies, err := nifti.ReadLabels(filepath.Join(dir, "vertebrae.nii.gz"))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := bodies.Volume(uint8(anatomy.L1)), c.Truth.BodyMask().Volume(uint8(anatomy.L1)); got < 0.999*want || got > 1.001*want {
			t.Errorf("body of %.3f mL in the mask, %.3f before", got, want)
		}
		text, err := os.ReadFile(filepath.Join(dir, "truth.json"))
		if err != nil {
			t.Fatal(err)
		}
		var truth phantom.Truth
		if err := json.Unmarshal(text, &truth); err != nil || len(truth.Vertebrae) != 1 || len(truth.Leaks) != 1 || truth.Totals != c.Truth.Totals {
			t.Errorf("truth.json: %v, %d vertebrae, %d leaks", err, len(truth.Vertebrae), len(truth.Leaks))
		}
		if err := c.Write(t.Context(), dir); err == nil {
			t.Error("a case was written over another")
		}
		validate(t, filepath.Join(dir, "post", "CT0003.dcm"))
	}
}

// validate asks dicom3tools whether a file obeys its IOD.
func validate(t *testing.T, path string) {
	t.Helper()
	if _, err := exec.LookPath("dciodvfy"); err != nil {
		t.Log("dciodvfy is not installed: the file is not validated")
		return
	}
	out, _ := exec.Command("dciodvfy", "-new", path).CombinedOutput()
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "Error") {
			t.Error(line)
		}
	}
}

func TestCancelledWriteLeavesNothing(t *testing.T) {
	c := small(t, 4, phantom.Options{First: anatomy.L1, Last: anatomy.L1, Matrix: 32, FOVMM: 100, SliceMM: 3, SpacingMM: 3, NoPre: true, NoCement: true})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if err := c.Write(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d entries left behind", len(left))
	}
	if _, err := phantom.NewContext(ctx, 1, phantom.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]phantom.Options{
		"levels upside down":  {First: anatomy.L3, Last: anatomy.T12},
		"cervical":            {First: anatomy.C1, Last: anatomy.C7},
		"no such numbering":   {Numbering: "seven lumbar"},
		"no L5 in view":       {First: anatomy.L1, Last: anatomy.L5, Numbering: phantom.FourLumbar},
		"treated out of view": {First: anatomy.L1, Last: anatomy.L3, Plan: []phantom.Treatment{{Level: anatomy.T9}}},
		"huge matrix":         {Matrix: 100000},
		"negative slices":     {SliceMM: -1},
	} {
		if _, err := phantom.New(1, o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestFamilies(t *testing.T) {
	if n := len(phantom.Family("first")); n < 30 {
		t.Errorf("first family has %d cases, the gates want 30", n)
	}
	if phantom.Family("no such family") != nil {
		t.Error("an unknown family has cases")
	}
	compartments, free, treated := map[anatomy.Compartment]int{}, 0, 0
	for _, o := range phantom.Family("first") {
		if o.SliceMM > 1.25 {
			t.Errorf("slices of %.2f mm in the first family", o.SliceMM)
		}
		for _, p := range o.Plan {
			if p.Prior {
				continue
			}
			treated++
			if len(p.Leaks) == 0 {
				free++
			}
			for _, l := range p.Leaks {
				compartments[l.Compartment]++
			}
		}
	}
	if 10*free < 3*treated {
		t.Errorf("%d of %d treated vertebrae do not leak, fewer than 30 %%", free, treated)
	}
	for _, c := range anatomy.Compartments {
		if compartments[c] < 3 {
			t.Errorf("%s: only %d leaks in the first family", c, compartments[c])
		}
	}
}
