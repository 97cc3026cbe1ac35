package app_test

import (
	"context"
	"errors"
	"image"
	"math"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/app"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/uitest"
)

// The case of the tests: five ellipsoid bodies 32 mm apart, cement in T9, a
// leak behind it, the pre CT displaced by shift.
var (
	levels = []anatomy.Level{anatomy.T9 - 1, anatomy.T9, anatomy.T10, anatomy.T11, anatomy.T12}
	shift  = geom.LPSVec(3, -2, 5)
)

const (
	voxelMM  = 1.0
	bodyHigh = 32.0
)

func bodyCentre(i int) geom.Patient { return geom.LPS(0, -10, 64-bodyHigh*float64(i)) }

var (
	cementCentre = bodyCentre(1).Add(geom.LPSVec(2, -3, 1))
	leakCentre   = bodyCentre(1).Add(geom.LPSVec(0, 21, 0))
)

// ball returns an ellipsoid surface.
func ball(c geom.Patient, rx, ry, rz float64) *mesh.Mesh {
	dirs, triangles := mesh.Icosphere(3)
	m := &mesh.Mesh{Triangles: triangles}
	for _, d := range dirs {
		m.Vertices = append(m.Vertices, c.Add(geom.LPSVec(d.X*rx, d.Y*ry, d.Z*rz)))
	}
	return m
}

func inside(p, c geom.Patient, rx, ry, rz float64) float64 {
	d := p.Sub(c)
	return math.Sqrt(d.X*d.X/(rx*rx) + d.Y*d.Y/(ry*ry) + d.Z*d.Z/(rz*rz))
}

var scans [2]struct {
	once sync.Once
	v    *volume.Volume
}

// scan returns the post or the pre CT of the case, made once.
func scan(t testing.TB, post bool) *volume.Volume {
	t.Helper()
	s := &scans[0]
	if post {
		s = &scans[1]
	}
	s.once.Do(func() { s.v = makeScan(t, post) })
	return s.v
}

func makeScan(t testing.TB, post bool) *volume.Volume {
	t.Helper()
	const nx, ny, nz = 120, 120, 180
	move := geom.LPSVec(0, 0, 0)
	if !post {
		move = shift
	}
	pfv := geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(-60, -60, -90), geom.LPSVec(voxelMM, 0, 0), geom.LPSVec(0, voxelMM, 0), geom.LPSVec(0, 0, voxelMM))
	g, err := volume.NewRegularGrid(nx, ny, nz, pfv, map[bool]string{true: "1.2.1", false: "1.2.2"}[post])
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	for k := range nz {
		for j := range ny {
			for i := range nx {
				p := v.Patient(geom.Vox(float64(i), float64(j), float64(k))).Add(move.Mul(-1))
				hu := 40.0
				if inside(p, geom.LPS(0, 5, 0), 58, 50, 300) > 1 {
					hu = -1000
				}
				for n := range levels {
					switch d := inside(p, bodyCentre(n), 20, 16, 12); {
					case d < 0.9:
						hu = 180
					case d < 1:
						hu = 700
					}
				}
				if post && (inside(p, cementCentre, 9, 8, 7) < 1 || inside(p, leakCentre, 6, 3, 5) < 1) {
					hu = 2500
				}
				v.HU[i+nx*(j+ny*k)] = int16(hu)
			}
		}
	}
	return v
}

// holed is the post CT without the slices from z 8 to z 15.
func holed(t testing.TB) *volume.Volume {
	t.Helper()
	full := scan(t, true)
	var pos []geom.Patient
	var hu []int16
	n := full.NX * full.NY
	for k := range full.NZ {
		if z := full.SlicePosition(k).Z; z < 8 || z > 15 {
			pos = append(pos, full.SlicePosition(k))
			hu = append(hu, full.HU[k*n:(k+1)*n]...)
		}
	}
	g, err := volume.NewGrid(full.NX, full.NY, full.Row, full.Col, full.DX, full.DY, pos, "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	return &volume.Volume{Grid: g, HU: hu, CeilingHU: full.CeilingHU}
}

// result is what an analysis of the case finds.
func result(post, pre *volume.Volume) *assess.Result {
	interval := func(x, share float64) *assess.Interval { return &assess.Interval{x * (1 - share), x * (1 + share)} }
	r := &assess.Result{Post: post, Pre: pre, Spine: &spine.Spine{},
		PreFromPost:    map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame]{},
		CementSurfaces: map[anatomy.CementClass]*mesh.Mesh{anatomy.CementInBody: ball(cementCentre, 9, 8, 7)},
		Leaks:          []assess.LeakRegion{{ID: 1, Surface: ball(leakCentre, 6, 3, 5)}},
		Findings: []diag.Finding{
			{Code: diag.CodeCementSaturated, Level: anatomy.T9, Args: diag.Args{"x": 3071, "p": diag.Percent(0.38)}},
			{Code: diag.CodePreThicker, Args: diag.Args{"a": diag.Num{X: 1, Decimals: 1}, "b": diag.Num{X: 0.8, Decimals: 1}}},
		}}
	for i, l := range levels {
		c := bodyCentre(i)
		v := &spine.Vertebra{Level: l, Complete: true, Body: ball(c, 20, 16, 12)}
		v.PatientFromBody = geom.FromAxes[geom.PatientFrame, geom.BodyFrame](c, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, 1))
		r.Spine.Vertebrae = append(r.Spine.Vertebrae, v)
		ml := float64(v.Body.Volume())
		x := assess.Vertebra{Level: l, CentroidLPS: [3]float64{c.X, c.Y, c.Z}, BodyVolumeML: ml, BodyVolumeIntervalML: interval(ml, 0.03)}
		if l == anatomy.T9 {
			cement := float64(r.CementSurfaces[anatomy.CementInBody].Volume())
			x.Treated, x.CementInBodyML, x.CementInBodyIntervalML = true, cement, interval(cement, 0.04)
			x.FillRatio, x.FillRatioInterval, x.LeakIDs = cement/ml, interval(cement/ml, 0.05), []int{1}
		}
		if pre != nil {
			r.PreFromPost[l] = geom.Translation(shift)
			x.Registration = &assess.Registration{ResidualMM: 0.3}
		}
		r.Report.Vertebrae = append(r.Report.Vertebrae, x)
	}
	mm, share := 2.8, 0.14
	r.Report.Leaks = []assess.Leak{{ID: 1, Level: anatomy.T9, Compartment: anatomy.Canal, Type: anatomy.TypeB, VolumeML: 0.38, VolumeIntervalML: interval(0.38, 0.15),
		CentroidLPS: [3]float64{leakCentre.X, leakCentre.Y, leakCentre.Z}, LengthMM: 10, Attention: anatomy.AttentionAmber,
		CanalEncroachmentMM: &mm, CanalEncroachmentFraction: &share}}
	return r
}

// shaded is a thumbnail.
var shaded = func() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 112, 76))
	for i := range img.Pix {
		img.Pix[i] = uint8(i / 4 % 112 * 2)
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}()

// backend stands in for the core.
type backend struct {
	part      model.Part // that was read last
	post, pre *volume.Volume
	hold      chan struct{}  // an analysis waits for it when not nil
	broken    bool           // the analysis panics
	partly    *assess.Result // what it has found before it waits
	made      *assess.Result // what an analysis gives in place of the usual result
	stopped   atomic.Bool    // an analysis was cancelled
	limits    leak.Attention // of the last analysis
	seeds     []vertebra.Seed
	run       bool         // the case has a fluoroscopy run
	alone     bool         // it has nothing else
	anywhere  bool         // the case lies at every path
	other     string       // behind its UIDs: another case
	film      *volume.Cine // the run in place of the usual one
	pair      bool         // of two runs of one moment, the second half a second later
}

func (b *backend) Contents(context.Context, string) model.Contents { return model.Contents{} }

func (b *backend) Header(*model.Study, int) ([]model.HeaderLine, error) {
	return []model.HeaderLine{{Tag: "(0008,0060)", VR: "CS", Name: "Modality", Value: "CT"}, {Tag: "(0010,0010)", VR: "PN", Name: "PatientName", Value: "EXAMPLE Alix"}}, nil
}

func (b *backend) Thumbnail(context.Context, model.Series) *image.RGBA { return shaded }

func (b *backend) Scan(_ context.Context, path string, progress func(float64), _ func(*model.Study)) (*model.Study, error) {
	progress(0.5)
	if path == "/empty" {
		return &model.Study{Path: path, Files: 214}, nil
	}
	if !b.anywhere && path != "/imaging/case" && filepath.Base(path) != lessonID {
		return nil, errors.New("study: nothing here")
	}
	series := func(role model.Role, name, date string, thick float64, why model.Reason) model.Series {
		return model.Series{UID: string(role) + b.other, Description: name, Modality: "CT", Images: 180, Bytes: 5184000, Date: date, Time: "091200",
			Spacing: [3]float64{1, 1, thick}, Verdict: "regular", Role: role, Reason: why, Thumbnail: shaded}
	}
	out := &model.Study{Path: path, Patient: model.Patient{Name: "EXAMPLE Alix", ID: "4471-02", Birth: "19540821", Sex: "F", Age: "071Y"},
		Series: []model.Series{
			series(model.Pre, "CT spine bone 1.0 mm", "20260305", 1, model.Reason{EN: "before the procedure date", FR: "avant la date du geste"}),
			series(model.Post, "CT spine bone 0.8 mm", "20260312", 0.8, model.Reason{EN: "latest thin bone series", FR: "dernière série osseuse fine"}),
		}, Files: 362, Skipped: 2, Bytes: 702e6, Seconds: 0.4}
	if b.run {
		x := series(model.Fluoro, "Run 3, lateral", "20260312", 0, model.Reason{EN: "a run of the procedure", FR: "une série du geste"})
		x.Modality, x.Images, x.Spacing = "XA", 40, [3]float64{}
		out.Series = append(out.Series, x)
	}
	if b.pair {
		runs := []model.RunInfo{{Frames: 40, Pair: &model.RunRef{Index: 1}, Later: 500 * time.Millisecond}, {Frames: 40, Pair: &model.RunRef{}, Later: -500 * time.Millisecond}}
		out.Series[len(out.Series)-1].Runs = runs
	}
	if b.alone {
		out.Series = out.Series[2:]
	}
	return out, nil
}

func (b *backend) Load(_ context.Context, s *model.Study, i int, progress func(float64)) (*volume.Volume, error) {
	progress(1)
	if s.Series[i].Role == model.Pre {
		return b.pre, nil
	}
	return b.post, nil
}

// LoadPart gives the whole, and notes what was asked for.
func (b *backend) LoadPart(ctx context.Context, s *model.Study, i int, part model.Part, progress func(float64)) (*volume.Volume, error) {
	b.part = part
	return b.Load(ctx, s, i, progress)
}

// Run gives a run of 40 frames of 64 x 48, 10 a second, whose brightness is
// the number of the frame.
func (b *backend) Run(_ context.Context, _ *model.Study, _, _ int, _ func(float64)) (model.RunLoaded, error) {
	if b.film != nil {
		return model.RunLoaded{Cine: b.film, Angles: [2]float64{90, -1}, Angled: true, Dose: dicomio.Dose{KVP: 74, MilliAmpere: 12}}, nil
	}
	c := &volume.Cine{NX: 64, NY: 48, Frames: 40, Slope: 1, White: 255, TimeKnown: true, Calibration: volume.Calibration{Origin: volume.OriginDetector, RowMM: 0.4, ColMM: 0.4}}
	for k := range c.Frames {
		c.Times = append(c.Times, time.Duration(k)*100*time.Millisecond)
		for i := range c.NX * c.NY {
			c.Pix = append(c.Pix, uint16(5*k+i%c.NX))
		}
	}
	return model.RunLoaded{Cine: c, Angles: [2]float64{90, -1}, Angled: true}, nil
}

func (b *backend) Analyse(ctx context.Context, e model.Analyse, progress func(string, float64), interim func(*assess.Result)) (*assess.Result, error) {
	progress("vertebrae", 0.1)
	b.limits, b.seeds = e.Limits, e.Seeds
	if b.broken {
		panic("a bug")
	}
	if b.partly != nil {
		interim(b.partly)
	}
	if b.hold != nil {
		progress("registration", 0.55)
		select {
		case <-ctx.Done():
			b.stopped.Store(true)
			return nil, ctx.Err()
		case <-b.hold:
		}
	}
	if b.made != nil {
		return b.made, nil
	}
	return result(e.Loaded[model.PostSlot].Volume, e.Loaded[model.PreSlot].Volume), nil
}

func (b *backend) Demo(context.Context) (string, error) { return "/imaging/case", nil }

// window is an app under test.
type window struct {
	*uitest.Driver
	journals string // where the journals are kept
	app      *app.App
	backend  *backend
	saved    model.Settings
	out      string // where tables are written
	lessons  string // where teaching cases are kept
}

func newWindow(t testing.TB, size image.Point, change func(*model.Settings)) *window {
	t.Helper()
	s := model.DefaultSettings(text.English)
	if change != nil {
		change(&s)
	}
	w := &window{backend: &backend{}, out: t.TempDir(), journals: t.TempDir(), lessons: t.TempDir()}
	w.app = app.New(app.Config{Settings: s, Backend: w.backend, Wake: func() {}, Version: "0.9", Notch: 20, OutDir: w.out, SessionDir: w.journals, TeachDir: w.lessons,
		Save: func(s model.Settings) { w.saved = s }})
	t.Cleanup(w.app.Close)
	w.Driver = uitest.New(t, size, func(gtx layout.Context) layout.Dimensions { return w.app.Layout(gtx) })
	w.Frame()
	return w
}

// reading is a window with the case open and analysed.
func reading(t testing.TB, size image.Point, change func(*model.Settings)) *window {
	t.Helper()
	w := newWindow(t, size, change)
	w.load(t)
	w.Until("the analysis", func() bool { return w.app.State().Result != nil })
	return w
}

// Do runs an action of the registry, as the palette does.
func (w *window) Do(id string) {
	a, ok := model.Find(id)
	if !ok {
		panic("no action " + id)
	}
	w.app.Send(a.Msg(w.app.State(), w.Now))
	w.Frame()
	w.Frame()
}

// load opens the case and starts the analysis.
func (w *window) load(t testing.TB) {
	t.Helper()
	w.backend.post, w.backend.pre = scan(t, true), scan(t, false)
	w.app.Send(model.Preview{Path: "/imaging/case", Row: -1, Now: w.Now})
	w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
	w.app.Send(model.OpenStudy{Analyse: true, Now: w.Now})
	if !w.backend.alone {
		w.Until("loading", func() bool { return w.app.State().Loaded[model.PostSlot].Volume != nil })
	}
}

// draw lays out until nothing is pending and returns the last frame's size.
func (w *window) draw() {
	w.Frame()
	w.app.Settle()
	w.Frame()
	w.app.Settle()
}

var full = image.Pt(1440, 900)

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for start := time.Now(); time.Since(start) < 5*time.Second; time.Sleep(time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Errorf("%s did not happen", what)
}
