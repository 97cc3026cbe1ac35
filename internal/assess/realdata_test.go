package assess_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

// Real CT made by others, as docs/validation.md reports it. None of these patients has cement, so every millilitre found is wrong.

// real returns the path of a file of the real data, or skips the test.
func real(t *testing.T, parts ...string) string {
	t.Helper()
	name := filepath.Join(parts...)
	path := filepath.Join("..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("real data are not here: ../shared/data/" + name)
	}
	return path
}

// dicomInput loads what analyze would take from a folder or archive.
func dicomInput(t *testing.T, path string) assess.Input {
	t.Helper()
	s, err := study.Open(context.Background(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := assess.Load(context.Background(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func ct(t *testing.T, path string) assess.Input {
	t.Helper()
	v, err := nifti.ReadVolume(path)
	if err != nil {
		t.Fatal(err)
	}
	return assess.Input{Post: v}
}

func labels(t *testing.T, path string) *volume.Labels {
	t.Helper()
	l, err := nifti.ReadLabels(path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func analyse(t *testing.T, in assess.Input, seeds ...vertebra.Seed) *assess.Result {
	t.Helper()
	r, err := assess.Run(context.Background(), in, assess.Options{Seeds: seeds}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range r.Report.Vertebrae {
		t.Logf("%s (%s): body %.2f mL %.2f, cement %.3f mL, heights %.1f at %.0f", v.Level, v.LevelSource, v.BodyVolumeML, *v.BodyVolumeIntervalML, v.CementInBodyML, *v.HeightsMM, v.CentroidLPS)
	}
	for _, v := range r.Spine.Vertebrae {
		if !v.Complete {
			t.Logf("%s not measured: %s", v.Level, v.Reason)
		}
	}
	for _, k := range r.Report.Leaks {
		t.Logf("leak %d of %s: %s, type %s, %.3f mL", k.ID, k.Level, k.Compartment, k.Type, k.VolumeML)
	}
	for _, q := range r.Report.Quality {
		t.Logf("%s: %s", q.Severity, q.Message)
	}
	t.Logf("%.1f s", r.Report.Timing["total"])
	if dir := os.Getenv("VERTEFILL_PICTURES"); dir != "" {
		drawBodies(t, dir, r)
	}
	return r
}

// drawBodies writes the pictures of docs/validation.md: every body along and across its axis, every leak, the whole spine.
func drawBodies(t *testing.T, dir string, r *assess.Result) {
	t.Helper()
	name := strings.NewReplacer("/", "-", " ", "-", ",", "").Replace(strings.TrimPrefix(t.Name(), "TestReal"))
	picture := func(file string, plane render.PatientFromPlane, at geom.Patient, w, h int, mm float64) {
		v := render.View{Interp: render.InterpCubic}
		v.PatientFromPlane = render.Through(plane, at)
		v.Width, v.Height, v.MMPerPixel = w, h, unit.MM(mm/float64(w))
		planeFromPatient := v.PatientFromPlane.MustInverse()
		v.Centre = planeFromPatient.Apply(at)
		m := image.NewRGBA(image.Rect(0, 0, w, h))
		if err := render.Slice(context.Background(), r.Post, v, render.NewLUT(render.SpineBone, render.Grey, render.NoMark), m); err != nil {
			t.Fatal(err)
		}
		render.DrawOutlines(m, v.Viewport, export.Outlines(r, v.PatientFromPlane, 0), 1.2, 1)
		f, err := os.Create(filepath.Join(dir, file+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(png.Encode(f, m), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range r.Report.Leaks {
		at := geom.LPS(k.CentroidLPS[0], k.CentroidLPS[1], k.CentroidLPS[2])
		picture(fmt.Sprintf("%s-leak-%d", name, k.ID), render.Standard(render.Sagittal, at), at, 300, 260, 80)
	}
	for _, v := range r.Spine.Vertebrae {
		if v.Complete {
			picture(fmt.Sprintf("%s-%s-axial", name, v.Level), render.Aligned(render.Axial, v.PatientFromBody), v.Centroid(), 300, 260, 80)
			picture(fmt.Sprintf("%s-%s-sagittal", name, v.Level), render.Aligned(render.Sagittal, v.PatientFromBody), v.Centroid(), 300, 260, 80)
		}
	}
	if n := len(r.Report.Vertebrae); n > 0 {
		c := r.Report.Vertebrae[n/2].CentroidLPS
		at := geom.LPS(c[0], c[1], c[2])
		picture(name+"-spine", render.Standard(render.Sagittal, at), at, 500, 900, 140)
	}
}

// noCement fails when anything was taken for cement.
func noCement(t *testing.T, r *assess.Result) {
	t.Helper()
	if r.Report.Totals != nil && (r.Report.Totals.NewCementML != 0 || r.Report.Totals.PriorCementML != 0) {
		t.Errorf("%.4f mL of new and %.4f mL of earlier cement in a patient without", r.Report.Totals.NewCementML, r.Report.Totals.PriorCementML)
	}
	if len(r.Report.Leaks) != 0 {
		t.Errorf("leaks without cement: %+v", r.Report.Leaks)
	}
}

func says(r *assess.Result, c diag.Code) bool {
	for _, q := range r.Report.Quality {
		if q.Code == c {
			return true
		}
	}
	return false
}

// ellipsoid is a mass of cement in body coordinates, mm.
type ellipsoid struct {
	centre geom.Body
	radii  [3]float64
}

func (e ellipsoid) holds(p geom.Body) bool {
	x, y, z := (p.X-e.centre.X)/e.radii[0], (p.Y-e.centre.Y)/e.radii[1], (p.Z-e.centre.Z)/e.radii[2]
	return x*x+y*y+z*z < 1
}

// paste puts cement into a copy of a CT, blurred as the CT is (Gaussian, in mm), with noise of its own. It returns the volume inside
// and outside the body as it was outlined without cement.
func paste(v *volume.Volume, body *spine.Vertebra, masses []ellipsoid, hu, sigmaMM, noiseHU float64) (_ *volume.Volume, insideML, outsideML float64) {
	const fine = 4 // sub-samples along each axis of a voxel
	out := *v
	out.HU = append([]int16(nil), v.HU...)
	c := v.Voxel(body.Centroid())
	box := geom.BoxAround([]geom.Voxel{c}).Grow(int(40 / float64(v.MaxSpacing()))).Intersect(v.Bounds())
	nx, ny, nz := box.Size()
	share := make([]float64, box.Len())
	bodyFromPatient := body.BodyFromPatient()
	for k := box.Min.K; k < box.Max.K; k++ {
		cell := float64(v.VoxelVolume(k)) / 1000 / (fine * fine * fine)
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				n := 0
				for s := range fine * fine * fine {
					at := geom.Pt[geom.VoxelFrame](float64(i)+sub(s, fine), float64(j)+sub(s/fine, fine), float64(k)+sub(s/fine/fine, fine))
					p := v.Patient(at)
					q := bodyFromPatient.Apply(p)
					for _, m := range masses {
						if m.holds(q) {
							n++
							if body.Distance(p) < 0 {
								insideML += cell
							} else {
								outsideML += cell
							}
							break
						}
					}
				}
				share[box.Offset(i, j, k)] = float64(n) / (fine * fine * fine)
			}
		}
	}
	blur(share, nx, 1, sigmaMM/float64(v.DX))
	blur(share, ny, nx, sigmaMM/float64(v.DY))
	blur(share, nz, nx*ny, sigmaMM/float64(v.DZ))
	r := rand.New(rand.NewPCG(5, 5))
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				if f := share[box.Offset(i, j, k)]; f > 0 {
					o := i + v.NX*(j+v.NY*k)
					out.HU[o] = int16(math.Round((1-f)*float64(v.HU[o]) + f*(hu+noiseHU*r.NormFloat64())))
				}
			}
		}
	}
	return &out, insideML, outsideML
}

// sub returns the offset of a sub-sample from the voxel's centre, in voxels.
func sub(s, fine int) float64 { return (float64(s%fine)+0.5)/float64(fine) - 0.5 }

// blur convolves along one axis, whose n samples are stride apart, with a Gaussian. The ends are empty.
func blur(f []float64, n, stride int, sigma float64) {
	reach := int(math.Ceil(4 * sigma))
	weights, sum := make([]float64, 2*reach+1), 0.0
	for i := range weights {
		d := float64(i-reach) / sigma
		weights[i] = math.Exp(-d * d / 2)
		sum += weights[i]
	}
	line := make([]float64, n)
	for o := range f {
		if o/stride%n != 0 {
			continue
		}
		for i := range line {
			line[i] = 0
			for m, w := range weights {
				if s := i + m - reach; s >= 0 && s < n {
					line[i] += w / sum * f[o+s*stride]
				}
			}
		}
		for i, x := range line {
			f[o+i*stride] = x
		}
	}
}

// within fails when a volume is off by more than the share.
func within(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	t.Logf("%s: %.3f mL, true %.3f (%+.1f %%)", what, got, want, 100*(got/want-1))
	if !(math.Abs(got-want) <= share*want) {
		t.Errorf("%s: %.3f mL, want %.3f within %.0f %%", what, got, want, 100*share)
	}
}

// TestRealLumbosacral: Visible Human Female, 150 slices of 1 mm, osteoporotic, L5 whole and L4 cut.
func TestRealLumbosacral(t *testing.T) {
	in := dicomInput(t, real(t, "ct-lumbosacral-vhf-dicom", "vhf_pelvis_dicom.zip"))
	clean := analyse(t, in)
	noCement(t, clean)
	if n := len(clean.Report.Vertebrae); n != 1 || clean.Report.Vertebrae[0].Level != anatomy.L5 || clean.Report.Vertebrae[0].LevelSource != anatomy.SourceSacrum {
		t.Fatalf("%d bodies measured, want L5 alone, named by the sacrum", n)
	}
	if !says(clean, diag.CodeBodyCut) {
		t.Error("nothing says that L4 is cut")
	}
	l5 := clean.Spine.Find(anatomy.L5)

	// Known volumes of cement in this bone. The blur is that of the scan's own edges.
	const hu, sigmaMM, noiseHU = 2200, 0.7, 20
	inside := ellipsoid{geom.Pt[geom.BodyFrame](2, -3, 0), [3]float64{11, 9, 3000 / (4 * math.Pi / 3 * 11 * 9)}}
	into := ellipsoid{geom.Pt[geom.BodyFrame](4, -4, -13), [3]float64{4, 4, 8}}
	seed := []vertebra.Seed{{Level: anatomy.L5, Point: l5.Centroid()}}
	for _, c := range []struct {
		name   string
		masses []ellipsoid
		leaks  bool
		pre    bool
		seeds  []vertebra.Seed
	}{
		{"inside", []ellipsoid{inside}, false, false, nil},
		{"into the disc", []ellipsoid{inside, into}, true, false, seed},
		{"into the disc, with pre", []ellipsoid{inside, into}, true, true, seed},
	} {
		t.Run(c.name, func(t *testing.T) {
			post, insideML, outsideML := paste(in.Post, l5, c.masses, hu, sigmaMM, noiseHU)
			input := assess.Input{Post: post}
			if c.pre {
				input.Pre = in.Post
			}
			r := analyse(t, input, c.seeds...)
			if len(r.Report.Vertebrae) != 1 || r.Report.Vertebrae[0].Level != anatomy.L5 {
				t.Fatalf("cement changed the vertebrae: %d measured", len(r.Report.Vertebrae))
			}
			within(t, "body", r.Report.Vertebrae[0].BodyVolumeML, float64(l5.BodyML), 0.05)
			within(t, "all cement", r.Report.Totals.NewCementML, insideML+outsideML, 0.05)
			within(t, "cement in the body", r.Report.Vertebrae[0].CementInBodyML, insideML, 0.05)
			if !c.leaks {
				if len(r.Report.Leaks) != 0 {
					t.Errorf("leaks from cement inside: %+v", r.Report.Leaks)
				}
				return
			}
			if len(r.Report.Leaks) != 1 || r.Report.Leaks[0].Compartment != anatomy.DiscInferior {
				t.Fatalf("leaks: %+v, want one into the disc below", r.Report.Leaks)
			}
			within(t, "leak", r.Report.Leaks[0].VolumeML, outsideML, 0.25)
		})
	}
}

// TestRealLumbarCrop: L2 to L4 at 1.5 mm, L3 whole, with the vertebrae and their parts as others marked them.
func TestRealLumbarCrop(t *testing.T) {
	const set = "ct-lumbar-crop-L3-masks"
	in := ct(t, real(t, set, "sub-ct_label-22_ct.nii.gz"))
	whole, parts := labels(t, real(t, set, "sub-ct_seg-vert_label-22_msk.nii.gz")), labels(t, real(t, set, "sub-ct_seg-subreg_label-22_msk.nii.gz"))
	truth := func(i, j, k int) bool {
		p := parts.At(i, j, k)
		return whole.At(i, j, k) == 22 && (p == 49 || p == 50)
	}
	at := centre(in.Post.Grid, truth)
	for _, c := range []struct {
		name  string
		seeds []vertebra.Seed
	}{{"no seed", nil}, {"seed", []vertebra.Seed{{Level: anatomy.L3, Point: at}}}} {
		t.Run(c.name, func(t *testing.T) {
			r := analyse(t, in, c.seeds...)
			noCement(t, r)
			if len(r.Report.Vertebrae) != 1 {
				t.Fatalf("%d bodies measured, want the whole one alone", len(r.Report.Vertebrae))
			}
			v := r.Report.Vertebrae[0]
			if c.seeds != nil && v.Level != anatomy.L3 || c.seeds == nil && !v.Level.IsUnknown() {
				t.Errorf("named %s by %s", v.Level, v.LevelSource)
			}
			mask := r.BodyMask()
			both, ours, theirs := 0, 0, 0
			each(in.Post.Grid, func(i, j, k int) {
				a, b := mask.At(i, j, k) == uint8(v.Level), truth(i, j, k)
				ours, theirs, both = ours+count(a), theirs+count(b), both+count(a && b)
			})
			ml := float64(in.Post.VoxelVolume(0)) / 1000
			dice := 2 * float64(both) / float64(ours+theirs)
			t.Logf("Dice %.3f with the mask of %.2f mL", dice, float64(theirs)*ml)
			if dice < 0.92 {
				t.Errorf("Dice %.3f", dice)
			}
			within(t, "body", v.BodyVolumeML, float64(theirs)*ml, 0.08) // masks of one body by two readers differ by 15 %
		})
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func each(g *volume.Grid, f func(i, j, k int)) {
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				f(i, j, k)
			}
		}
	}
}

// centre returns the centroid of a set of voxels.
func centre(g *volume.Grid, in func(i, j, k int) bool) geom.Patient {
	var sum geom.Voxel
	n := 0.0
	each(g, func(i, j, k int) {
		if in(i, j, k) {
			sum, n = sum.Add(geom.V[geom.VoxelFrame](float64(i), float64(j), float64(k))), n+1
		}
	})
	return g.Patient(geom.Pt[geom.VoxelFrame](sum.X/n, sum.Y/n, sum.Z/n))
}

// TestRealStent: angiography with a stent graft beside the thoracic spine. Metal and contrast are no cement.
func TestRealStent(t *testing.T) {
	const set = "ct-thorax-stent-contrast"
	in := ct(t, real(t, set, "ct_cropped.nii.gz"))
	mask := labels(t, real(t, set, "vertebrae_T12.nii.gz"))
	at := centre(in.Post.Grid, func(i, j, k int) bool { return mask.At(i, j, k) != 0 })
	t.Logf("centroid of the whole T12: %v", at)
	for _, c := range []struct {
		name  string
		seeds []vertebra.Seed
	}{{"no seed", nil}, {"seed", []vertebra.Seed{{Level: anatomy.T12, Point: at.Add(geom.LPSVec(0, -14, 0))}}}} {
		t.Run(c.name, func(t *testing.T) { noCement(t, analyse(t, in, c.seeds...)) })
	}
}

// TestRealThickChest: slices of 8 mm give no bodies and no leak volumes.
func TestRealThickChest(t *testing.T) {
	for _, name := range []string{"A0002_B40f.zip", "A0002_B70f.zip"} {
		t.Run(name, func(t *testing.T) {
			r := analyse(t, dicomInput(t, real(t, "ct-chest-8mm-tcia", name)))
			noCement(t, r)
			if len(r.Report.Vertebrae) != 0 {
				t.Errorf("%d bodies measured in slices of 8 mm", len(r.Report.Vertebrae))
			}
			if r.Report.Totals != nil {
				t.Error("a sum of cement, though it was not looked for")
			}
			if !says(r, diag.CodeSlicesTooThick) {
				t.Error("nothing says that the slices are too thick")
			}
		})
	}
}

// TestRealNoVolume: single slices, localizers and a series with a hole of 202.5 mm are named and refused.
func TestRealNoVolume(t *testing.T) {
	for _, path := range []string{real(t, "odd-dicom-a"), real(t, "dicomdir-media", "dicomdirtests.zip")} {
		s, err := study.Open(context.Background(), path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := assess.Load(context.Background(), s, nil); err == nil {
			t.Errorf("%s: a control CT among %d series", path, len(s.Series))
		}
	}
}
