package export

import (
	"fmt"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

// plan says what a test case holds. Its bodies are ellipsoids with half axes 20, 15 and 11 mm, one below the other, on a grid that
// is anisotropic and turned; cement balls of radius 7 mm lie in the treated ones, leaks are balls of radius 3 mm. The figures are
// those of the shapes.
type plan struct {
	levels  int
	treated []int // from head to foot
	prior   []int
	leaks   []anatomy.Compartment // of the first treated body
	lang    text.Lang
	notes   int  // quality notes, long ones
	pre     bool // a CT before, registered by a shift
	large   bool // 600 slices of 512 x 512
	fluoro  bool
}

const (
	topLevel = anatomy.T9
	spacing  = 34.0 // mm from body to body
	cementR  = 7.0
	leakR    = 3.0
)

var halfAxes = [3]float64{20, 15, 11}

func ball(at geom.Patient, rx, ry, rz float64) *mesh.Mesh {
	directions, triangles := mesh.Icosphere(4)
	m := &mesh.Mesh{Triangles: triangles}
	for _, d := range directions {
		m.Vertices = append(m.Vertices, at.Add(geom.LPSVec(rx*d.X, ry*d.Y, rz*d.Z)))
	}
	return m
}

func joinMeshes(list ...*mesh.Mesh) *mesh.Mesh {
	out := &mesh.Mesh{}
	for _, m := range list {
		first := int32(len(out.Vertices))
		out.Vertices = append(out.Vertices, m.Vertices...)
		for _, t := range m.Triangles {
			out.Triangles = append(out.Triangles, [3]int32{t[0] + first, t[1] + first, t[2] + first})
		}
	}
	return out
}

// newCase makes the result that an analysis of the plan would give.
func newCase(t testing.TB, p plan) *assess.Result {
	t.Helper()
	if p.lang == "" {
		p.lang = text.English
	}
	height := spacing*float64(p.levels) + 20
	// Axes turned by 12 degrees about the patient's left: slices are not parallel to any patient axis.
	dx, dz := 1.0, 1.5
	sin, cos := math.Sincos(12 * math.Pi / 180)
	nx, ny, nz := 90, 90+int(height*sin), int((height*cos+90*sin)/dz)
	a := geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(-45, -45-10*sin, -height), geom.LPSVec(dx, 0, 0), geom.LPSVec(0, dx*cos, dx*sin), geom.LPSVec(0, -dz*sin, dz*cos))
	a.T[2] -= 45 * sin
	a.T[1] += height * sin / 2
	if p.large {
		dx, dz, nx, ny, nz = 0.4, 0.5, 512, 512, 600
		a = geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(-102, -102, -height), geom.LPSVec(dx, 0, 0), geom.LPSVec(0, dx, 0), geom.LPSVec(0, 0, dz))
	}
	g, err := volume.NewRegularGrid(nx, ny, nz, a, "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	r := &assess.Result{Post: volume.New(g), Spine: &spine.Spine{Canal: &spine.Canal{}}, CementSurfaces: map[anatomy.CementClass]*mesh.Mesh{}, PreFromPost: map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame]{}}
	r.Report = assess.Report{Schema: assess.Schema, Software: assess.Software{Name: "vertefill", Version: "9.8"}, Parameters: map[string]any{"seeds": []any{}, "cement": map[string]any{"noiseHu": 12.5}},
		Inputs:    assess.Inputs{Post: &assess.Series{SeriesInstanceUID: "1.2.3.4", Modality: "CT", Images: nz, Geometry: assess.Geometry{Dimensions: []int{nx, ny, nz}, SpacingMM: []float64{dx, dx, dz}}}},
		Vertebrae: []assess.Vertebra{}, Leaks: []assess.Leak{}, Quality: []assess.Quality{}, Timing: map[string]float64{}, Totals: &assess.Totals{}}
	for o := range r.Post.HU {
		r.Post.HU[o] = 40
	}
	solid := func(at geom.Patient, half [3]float64, hu int16) {
		ellipsoid(g, at, half, func(v geom.Index) { r.Post.HU[v.I+g.NX*(v.J+g.NY*v.K)] = hu })
	}
	has := func(list []int, n int) bool {
		for _, x := range list {
			if x == n {
				return true
			}
		}
		return false
	}
	var inBody, prior, leaked []*mesh.Mesh
	for n := range p.levels {
		at := geom.LPS(0, 0, -10-spacing*(float64(n)+0.5))
		v := &spine.Vertebra{Level: topLevel.Below(n), Source: anatomy.SourceRibs, Confidence: 0.9, PatientFromBody: geom.Translated(at), Complete: true, Wall: spine.Wall{Q0: halfAxes[1]}}
		v.Body = ball(at, halfAxes[0], halfAxes[1], halfAxes[2])
		v.Field, v.BodyML = mesh.NewField(v.Body, 3, 25), v.Body.Volume()
		r.Spine.Vertebrae = append(r.Spine.Vertebrae, v)
		solid(at, halfAxes, 250)
		line := assess.Vertebra{Level: v.Level, LevelSource: v.Source, LevelConfidence: 0.9, CentroidLPS: [3]float64{at.X, at.Y, at.Z}, BodyVolumeML: float64(v.BodyML), BodyVolumeIntervalML: &assess.Interval{0.96 * float64(v.BodyML), 1.04 * float64(v.BodyML)},
			HeightsMM: &assess.Heights{Anterior: 19.25, Middle: 18.5, Posterior: 21}, LeakIDs: []int{}}
		if has(p.treated, n) || has(p.prior, n) {
			c := ball(at, cementR, cementR, cementR)
			ml := float64(c.Volume())
			solid(at, [3]float64{cementR, cementR, cementR}, 2500)
			line.FillRatio = ml / line.BodyVolumeML
			line.FillRatioInterval = &assess.Interval{0.93 * line.FillRatio, 1.07 * line.FillRatio}
			if has(p.treated, n) {
				inBody = append(inBody, c)
				line.Treated, line.CementInBodyML, line.CementInBodyIntervalML = true, ml, &assess.Interval{0.95 * ml, 1.05 * ml}
				line.Distribution = &assess.Distribution{Left: 0.5, Right: 0.5, Anterior: 0.25, Middle: 0.5, Posterior: 0.25, CrossesMidline: true, EndplateContact: "none"}
				r.Report.Totals.InBodyML += ml
			} else {
				prior = append(prior, c)
				line.PriorCementML = ml
				r.Report.Totals.PriorCementML += ml
			}
		}
		if p.pre {
			shift := geom.Translation(geom.LPSVec(2, -3, 4))
			r.PreFromPost[v.Level] = shift
			line.Registration = &assess.Registration{ResidualMM: 0.31}
			line.PreHeightsMM = &assess.Heights{Anterior: 16, Middle: 17, Posterior: 20.5}
		}
		r.Report.Vertebrae = append(r.Report.Vertebrae, line)
	}
	for n, c := range p.leaks {
		v := &r.Report.Vertebrae[p.treated[0]]
		at := geom.LPS(7*float64(n%4)-10, 24, v.CentroidLPS[2]+7*float64(n/4))
		m := ball(at, leakR, leakR, leakR)
		ml := float64(m.Volume())
		k := assess.Leak{ID: n + 1, Level: v.Level, Compartment: c, Type: anatomy.TypeB, Side: anatomy.Midline, VolumeML: ml, VolumeIntervalML: &assess.Interval{0.8 * ml, 1.2 * ml},
			CentroidLPS: [3]float64{at.X, at.Y, at.Z}, LengthMM: 6, ReachMM: 12, Attention: anatomy.AttentionInfo, Confidence: 0.93}
		if c == anatomy.Canal {
			depth, share := 3.14, 0.085
			k.CanalEncroachmentMM, k.CanalEncroachmentFraction, k.Attention = &depth, &share, anatomy.AttentionRed
		}
		region := assess.LeakRegion{ID: k.ID, Surface: m}
		solid(at, [3]float64{leakR, leakR, leakR}, 2500)
		r.Leaks, r.Report.Leaks = append(r.Leaks, region), append(r.Report.Leaks, k)
		leaked = append(leaked, m)
		v.LeakIDs = append(v.LeakIDs, k.ID)
		r.Report.Totals.LeakML += ml
	}
	r.CementSurfaces[anatomy.CementInBody], r.CementSurfaces[anatomy.CementPrior], r.CementSurfaces[anatomy.CementLeaked] = joinMeshes(inBody...), joinMeshes(prior...), joinMeshes(leaked...)
	label(r)
	total := r.Report.Totals
	total.NewCementML = total.InBodyML + total.LeakML
	if total.NewCementML > 0 {
		total.LeakFraction = total.LeakML / total.NewCementML
	}
	for z := 0.0; z < height; z++ {
		s := spine.Section{Centre: geom.LPS(0, 25, -z), Left: geom.LPSVec(1, 0, 0), Posterior: geom.LPSVec(0, 1, 0), Up: geom.LPSVec(0, 0, 1)}
		for i := range s.Radii {
			s.Radii[i] = 9
		}
		r.Spine.Canal.Sections = append(r.Spine.Canal.Sections, s)
	}
	if p.pre {
		r.Pre = r.Post
		r.Report.Inputs.Pre = r.Report.Inputs.Post
	}
	for n := range p.notes {
		code := diag.CodeCementSaturated
		f := diag.Finding{Code: code, Level: topLevel, Args: diag.Args{"x": 3071, "p": diag.Percent(0.01 * float64(n+1))}}
		r.Report.Quality = append(r.Report.Quality, assess.Quality{Code: code, Severity: diag.Warn, Message: fmt.Sprintf("%d. %s", n+1, f.Message(p.lang)), Level: topLevel})
	}
	if p.fluoro {
		r.Report.Fluoro = append(r.Report.Fluoro, run())
	}
	return r
}

func sq(x float64) float64 { return x * x }

// ellipsoid calls what for every voxel whose centre lies in an ellipsoid.
func ellipsoid(g *volume.Grid, at geom.Patient, half [3]float64, what func(geom.Index)) {
	reach := max(half[0], half[1], half[2])
	c := g.Voxel(at)
	around := func(x float64, mm float64, n int) (int, int) {
		return max(0, int(x-reach/mm)-1), min(n-1, int(x+reach/mm)+2)
	}
	i0, i1 := around(c.X, float64(g.DX), g.NX)
	j0, j1 := around(c.Y, float64(g.DY), g.NY)
	k0, k1 := around(c.Z, float64(g.DZ), g.NZ)
	for k := k0; k <= k1; k++ {
		for j := j0; j <= j1; j++ {
			for i := i0; i <= i1; i++ {
				d := g.Patient(geom.Vox(float64(i), float64(j), float64(k))).Sub(at)
				if sq(d.X/half[0])+sq(d.Y/half[1])+sq(d.Z/half[2]) <= 1 {
					what(geom.Index{I: i, J: j, K: k})
				}
			}
		}
	}
}

// label makes the cement mask and the voxels of the leaks.
func label(r *assess.Result) {
	g := r.Post.Grid
	r.Cement = volume.NewLabels(g, g.Bounds())
	set := func(at [3]float64, radius float64, class anatomy.CementClass) (out []geom.Index) {
		ellipsoid(g, geom.LPS(at[0], at[1], at[2]), [3]float64{radius, radius, radius}, func(v geom.Index) {
			r.Cement.Set(v.I, v.J, v.K, uint8(class))
			out = append(out, v)
		})
		return out
	}
	for _, v := range r.Report.Vertebrae {
		if v.Treated {
			set(v.CentroidLPS, cementR, anatomy.CementInBody)
		} else if v.PriorCementML > 0 {
			set(v.CentroidLPS, cementR, anatomy.CementPrior)
		}
	}
	for i, k := range r.Report.Leaks {
		r.Leaks[i].Voxels = set(k.CentroidLPS, leakR, anatomy.CementLeaked)
	}
}

// run is a fluoroscopy run with cement from frame 10 on.
func run() assess.FluoroRun {
	f := assess.FluoroRun{SeriesInstanceUID: "1.2.3.9", Frames: 40, Calibration: assess.FluoroCalibration{Origin: "detector", MMPerPixel: &[2]float64{0.2, 0.2}},
		Events: []assess.FluoroEvent{{Kind: "injection-start", Frame: 10, Confidence: 0.9, Reason: "a dense area appeared"}, {Kind: "line-crossed", Frame: 25, Line: "posterior-wall", Confidence: 0.8}}}
	for n := range 40 {
		f.FrameTimesMS = append(f.FrameTimesMS, 250*float64(n))
		f.CementAreaPx = append(f.CementAreaPx, max(0, float64(n-10))*35)
	}
	first := 25
	f.CTLeaks = []assess.FluoroLeak{{LeakID: 1, FirstFrame: &first}}
	return f
}

// usual is a common case: two treated bodies, an old one, three leaks, a CT before, a run.
func usual(l text.Lang) plan {
	return plan{levels: 5, treated: []int{1, 3}, prior: []int{2}, leaks: []anatomy.Compartment{anatomy.Canal, anatomy.ParavertebralVein, anatomy.DiscSuperior}, lang: l, notes: 2, pre: true, fluoro: true}
}
