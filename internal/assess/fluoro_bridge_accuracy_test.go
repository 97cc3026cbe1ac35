package assess_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
)

// controlCT is what a control CT without error tells about the vertebra treated in the run.
func controlCT(c *phantom.Case, level anatomy.Level) *fluoro.CT {
	ct := &fluoro.CT{Post: c.Post}
	for _, v := range c.Truth.Vertebrae {
		if v.Level == level {
			ct.Centre = geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])
		}
	}
	classes, leaks := c.Truth.CementMask()
	byLeak := map[int]*fluoro.Deposit{}
	nx, ny, _ := classes.Box.Size()
	for o, class := range classes.V {
		i, j, k := classes.Box.Min.I+o%nx, classes.Box.Min.J+o/nx%ny, classes.Box.Min.K+o/nx/ny
		p := c.Post.Patient(geom.Vox(float64(i), float64(j), float64(k)))
		id := 0
		switch anatomy.CementClass(class) {
		case anatomy.CementInBody, anatomy.CementInPedicle:
		case anatomy.CementLeaked:
			if leaks.Box.Contains(i, j, k) {
				id = int(leaks.V[leaks.Box.Offset(i, j, k)])
			}
		default:
			continue
		}
		d := byLeak[id]
		if d == nil {
			d = &fluoro.Deposit{LeakID: id, MM3: 1000 * float64(c.Post.VoxelVolume(k).ML())}
			byLeak[id] = d
		}
		d.Points = append(d.Points, p)
	}
	for id := 0; id <= len(c.Truth.Leaks); id++ {
		if d := byLeak[id]; d != nil {
			ct.Cement = append(ct.Cement, *d)
		}
	}
	return ct
}

// bridgeScore collects errors of laying the CT on runs and of the leaks' first frames.
type bridgeScore struct {
	tried, placed         int
	plane                 []float64 // mm in the image plane
	leaks, within3, blind int
	said                  int
}

func (s *bridgeScore) add(t *testing.T, seed uint64, c *phantom.Case, level anatomy.Level, r *trueRun, say func(string, ...any)) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 3))
	in := r.input()
	in.View = &fluoro.View{PrimaryDegrees: r.Truth.PrimaryDegrees, SecondaryDegrees: r.Truth.SecondaryDegrees, SourceDetector: 1180, SourcePatient: 780,
		DetectorRowMM: r.Options.DetectorMM, DetectorColMM: r.Options.DetectorMM}
	found, err := fluoro.Analyze(t.Context(), in, fluoro.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ct := controlCT(c, level)
	// 5 degrees off in the angles, 10 mm in the plane.
	a, b := 2*math.Pi*random.Float64(), 2*math.Pi*random.Float64()
	in.View.PrimaryDegrees += 5 * math.Cos(a)
	in.View.SecondaryDegrees += 5 * math.Sin(a)
	ct.Start = [2]float64{10 * math.Cos(b), 10 * math.Sin(b)}
	s.tried++
	p, err := fluoro.Bridge(t.Context(), in, found, ct)
	if err != nil {
		s.plane = append(s.plane, math.Inf(1))
		say("not placed: %v", err)
		return
	}
	at := func(m [12]float64, p geom.Patient) (x, y float64) {
		w := m[8]*p.X + m[9]*p.Y + m[10]*p.Z + m[11]
		return (m[0]*p.X + m[1]*p.Y + m[2]*p.Z + m[3]) / w, (m[4]*p.X + m[5]*p.Y + m[6]*p.Z + m[7]) / w
	}
	sum, n := 0.0, 0.0
	for _, d := range []geom.PatientVec{{}, geom.LPSVec(15, 0, 0), geom.LPSVec(-15, 0, 0), geom.LPSVec(0, 15, 0), geom.LPSVec(0, -15, 0), geom.LPSVec(0, 0, 12), geom.LPSVec(0, 0, -12)} {
		x, y := at(r.Truth.ImageFromPatientPost, ct.Centre.Add(d))
		u, v := at(p.ImageFromPatient, ct.Centre.Add(d))
		sum, n = sum+(x-u)*(x-u)+(y-v)*(y-v), n+1
	}
	e := math.Sqrt(sum/n) * r.Truth.MMPerPixel[0]
	s.plane = append(s.plane, e)
	if e <= 1.5 {
		s.placed++
	}
	say("placed %.2f mm off, correlation %.2f, residual %.2f mm", e, p.Correlation, p.ResidualMM)
	for _, l := range p.Leaks {
		leak := c.Truth.Leaks[l.ID-1]
		shown := r.Truth.LeakShownFrames[l.ID-1]
		switch {
		case leak.VolumeML < 0.1 || leak.Level != level:
		case shown == nil:
			s.blind++
			if l.Frame >= 0 {
				s.said++
				say("%s leak %.2f mL shows at %d though it cannot", leak.Compartment, leak.VolumeML, l.Frame)
			}
		default:
			s.leaks++
			if l.Frame >= 0 && math.Abs(float64(l.Frame-*shown)) <= 3 {
				s.within3++
			} else {
				say("%s leak %.2f mL first shown at %d, ours %d %s", leak.Compartment, leak.VolumeML, *shown, l.Frame, l.Why)
			}
		}
	}
}

func (s *bridgeScore) print(t *testing.T) {
	t.Logf("CT laid on the run within 1.5 mm of its plane, from 10 mm and 5 degrees: %s; median %.2f mm, P95 %.2f", percent(s.placed, s.tried), quantile(s.plane, 0.5), quantile(s.plane, 0.95))
	t.Logf("first frame of CT leaks of 0.1 mL that show, within 3 frames %s; said to show though hidden %s", percent(s.within3, s.leaks), percent(s.said, s.blind))
}

func (s *bridgeScore) gates(t *testing.T) {
	if float64(s.placed) < 0.95*float64(s.tried) {
		t.Error("gate missed: CT within 1.5 mm in 95 % of runs")
	}
	if float64(s.within3) < 0.95*float64(s.leaks) {
		t.Error("gate missed: first frames of CT leaks within 3 frames in 95 %")
	}
}
