package register_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"sort"
	"strconv"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/register"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestPairs looks for one-level shifts: the pre CTs of phantoms are put anywhere within 60 mm a direction and 15 degrees about any axis by
// moving their frame, which interpolates nothing, and registered.
//
//	VERTEFILL_PAIRS=500 go test ./internal/register -run TestPairs -v -timeout 5h
//
// Without the variable two pairs of a small phantom are run, and no vertebra may be refused.
func TestPairs(t *testing.T) {
	pairs, _ := strconv.Atoi(os.Getenv("VERTEFILL_PAIRS"))
	o, few := phantom.Options{Matrix: 200}, pairs == 0
	if few {
		o, pairs = phantom.Options{Matrix: 144, First: anatomy.L1, Last: anatomy.L1 + 1}, 2
	}
	const each = 20 // pairs of one phantom
	const shiftMM = 8
	r := rand.New(rand.NewPCG(500, 15))
	var errs []float64
	done, shifted, refused, all := 0, 0, 0, 0
	for seed := uint64(9000); done < pairs; seed++ {
		c, err := phantom.New(seed, o)
		if err != nil || c.Pre == nil {
			continue
		}
		sp, truth := c.Truth.Spine(), c.Truth.PostFromPre()
		for n := 0; n < each && done < pairs; n++ {
			middle := c.Pre.Patient(geom.Vox(float64(c.Pre.NX)/2, float64(c.Pre.NY)/2, float64(c.Pre.NZ)/2))
			axis := geom.LPSVec(r.NormFloat64(), r.NormFloat64(), r.NormFloat64()).Unit()
			shift := geom.LPSVec(r.Float64()-0.5, r.Float64()-0.5, r.Float64()-0.5).Mul(120)
			move := geom.Compose(geom.Translation(shift), geom.Rotation(middle, axis, (2*r.Float64()-1)*15*math.Pi/180))
			fits, err := register.Run(context.Background(), c.Post, moved(t, c.Pre, move), sp, nil)
			if err != nil {
				t.Fatal(err)
			}
			done++
			worst := 0.0
			for l, postFromPre := range truth {
				fit, v := fits[l], sp.Find(l)
				all++
				if !fit.OK {
					t.Logf("seed %d pair %d %s refused: %s", seed, n, l, fit.Reason)
					refused++
					continue
				}
				inv := postFromPre.MustInverse()
				want := geom.Compose(move, inv)
				for m := range 8 {
					corner := v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](float64(v.HalfWidth)*sign(m&1), float64(v.HalfDepth)*sign(m>>1&1), float64(v.Heights.Middle)/2*sign(m>>2)))
					e := fit.PreFromPost.Apply(corner).Dist(want.Apply(corner))
					errs = append(errs, e)
					worst = max(worst, e)
				}
			}
			if worst > shiftMM {
				shifted++
				t.Errorf("seed %d pair %d: accepted %.0f mm off", seed, n, worst)
			}
		}
	}
	if few && refused > 0 {
		t.Errorf("%d of %d vertebrae refused", refused, all)
	}
	sort.Float64s(errs)
	if len(errs) > 0 {
		t.Logf("%d pairs: %d shifted; %d of %d vertebrae refused; corners of accepted fits: median %.2f, P95 %.2f, worst %.2f mm", done, shifted, refused, all, errs[len(errs)/2], errs[len(errs)*95/100], errs[len(errs)-1])
	}
}

// moved returns the volume with its frame carried along.
func moved(t *testing.T, v *volume.Volume, by register.Rigid) *volume.Volume {
	t.Helper()
	pos := make([]geom.Patient, v.NZ)
	for k := range pos {
		pos[k] = by.Apply(v.SlicePosition(k))
	}
	g, err := volume.NewGrid(v.NX, v.NY, by.ApplyVec(v.Row), by.ApplyVec(v.Col), v.DX, v.DY, pos, "moved")
	if err != nil {
		t.Fatal(err)
	}
	out := volume.New(g)
	out.HU, out.CeilingHU, out.Corrupt = v.HU, v.CeilingHU, v.Corrupt
	return out
}
