package app

import (
	"context"
	"errors"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// Core is the Backend that works on real files.
type Core struct {
	// DemoDir is where the demonstration case is kept; empty for the user's
	// cache folder.
	DemoDir string
}

// Scan implements Backend.
func (Core) Scan(ctx context.Context, path string, progress func(float64), soFar func(*model.Study)) (*model.Study, error) {
	start := time.Now()
	known := map[*dicomio.Stack]*image.RGBA{} // thumbnails
	tell := func(found *study.Study) { soFar(listed(ctx, path, found, known)) }
	if soFar == nil {
		tell = func(*study.Study) {}
	}
	found, err := study.OpenWatched(ctx, path, progress, tell)
	if found == nil || err != nil && !errors.Is(err, study.ErrEmpty) {
		return nil, err
	}
	out := listed(ctx, path, found, known)
	out.Seconds = time.Since(start).Seconds()
	return out, nil
}

// listed is a study as the window lists it. Thumbnails that are known are not
// drawn again.
func listed(ctx context.Context, path string, found *study.Study, known map[*dicomio.Stack]*image.RGBA) *model.Study {
	out := &model.Study{Path: path, Files: found.Files, Skipped: len(found.Skipped), Dropped: dicomio.ByReason(found.Skipped), Left: left(path, found.Skipped)}
	for _, s := range found.Series {
		out.Series = append(out.Series, describe(ctx, s, known))
		if out.Patient == (model.Patient{}) {
			out.Patient = patient(s.Patient)
		}
		for _, st := range s.Stacks {
			out.Bytes += int64(st.Grid.Len()) * 2
		}
	}
	// What is used comes first, in the order of the treatment.
	slices.SortStableFunc(out.Series, func(a, b model.Series) int { return rank(a.Role) - rank(b.Role) })
	pairUp(out)
	return out
}

// Thumbnail implements Backend.
func (Core) Thumbnail(ctx context.Context, x model.Series) *image.RGBA {
	return thumbnail(ctx, x.Source)
}

func thumbnail(ctx context.Context, s *study.Series) *image.RGBA {
	if m := s.Main(); m != nil {
		return sliceThumbnail(ctx, m)
	} else if len(s.Series.Runs) > 0 {
		return runThumbnail(s.Series.Runs[0])
	}
	return nil
}

// pairUp finds the runs that show one moment from two sides.
func pairUp(s *model.Study) {
	var runs []*dicomio.Run
	refs := s.Runs()
	for _, x := range refs {
		runs = append(runs, s.Series[x.Series].Source.Runs[x.Index])
	}
	for _, p := range assess.Biplane(runs) {
		a, b := refs[p.A], refs[p.B]
		s.Series[a.Series].Runs[a.Index].Pair, s.Series[a.Series].Runs[a.Index].Later = &b, p.Later
		s.Series[b.Series].Runs[b.Index].Pair, s.Series[b.Series].Runs[b.Index].Later = &a, -p.Later
	}
}

func rank(r model.Role) int {
	return map[model.Role]int{model.Pre: 0, model.Post: 1, model.Fluoro: 2, model.Other: 3}[r]
}

// describe makes what the preview shows of a series.
func describe(ctx context.Context, s *study.Series, known map[*dicomio.Stack]*image.RGBA) model.Series {
	out := model.Series{UID: s.UID, Description: plain(s.Info.Description), Modality: s.Modality, Images: s.Images,
		Date: s.Info.Date, Time: s.Info.Time, Role: s.Role, Reason: s.Reason, Source: s}
	if out.Description == "" {
		out.Description = s.Modality
	}
	for _, p := range s.Problems {
		if p.Severity != diag.Info {
			out.Notes = append(out.Notes, i18n.Text{EN: p.English, FR: p.French})
		}
	}
	out.Take(s)
	if s.Main() == nil && len(s.Series.Runs) > 0 {
		run := s.Series.Runs[0]
		out.Matrix, out.PixelFrom = [2]int{run.NX, run.NY}, run.Cal.Origin
	}
	for _, r := range s.Series.Runs {
		out.Runs = append(out.Runs, model.RunInfo{Frames: r.Frames})
	}
	for st, img := range known { // an earlier list of a folder that is still read
		if m := s.Main(); m != nil && st.Same(m) {
			out.Thumbnail = img
		}
	}
	if out.Thumbnail == nil {
		out.Thumbnail = thumbnail(ctx, s)
		if m := s.Main(); m != nil {
			known[m] = out.Thumbnail
		}
	}
	return out
}

// patient brings a DICOM name into reading order, "EXAMPLE Alix".
func patient(p dicomio.Patient) model.Patient {
	name, _, _ := strings.Cut(p.Name, "=")
	return model.Patient{Name: plain(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '^' || r == ' ' }), " ")),
		ID: plain(p.ID), Birth: p.BirthDate, Sex: p.Sex, Age: p.Age}
}

// plain drops control and direction signs, so that a name cannot turn the
// text round it.
func plain(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s))
}

// Thumbnails are this many pixels wide and high.
const thumbnailWidth, thumbnailHeight = 224, 152

// sliceThumbnail draws the middle slice of a stack.
func sliceThumbnail(ctx context.Context, s *dicomio.Stack) *image.RGBA {
	g := s.Grid
	out := &render.HUImage{W: g.NX, H: g.NY, HU: make([]int16, g.NX*g.NY)}
	if err := s.Slices(ctx, []int{g.NZ / 2}, func(_ int, hu []int16) { copy(out.HU, hu) }); err != nil {
		return nil
	}
	return coloured(out, render.SpineBone)
}

// runThumbnail draws the middle frame of a run from its darkest to its
// brightest values.
func runThumbnail(r *dicomio.Run) *image.RGBA {
	px, err := r.Frame(r.Frames / 2)
	if err != nil || len(px) != r.NX*r.NY {
		return nil
	}
	out := &render.HUImage{W: r.NX, H: r.NY, HU: make([]int16, len(px))}
	for i, v := range px {
		out.HU[i] = int16(min(v, math.MaxInt16))
	}
	w, ok := render.AutoWindow(out.HU, 0.01, 0.99)
	if !ok {
		return nil
	}
	return coloured(out, w)
}

func coloured(m *render.HUImage, w render.Window) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, m.W, m.H))
	if render.NewLUT(w, render.Grey, render.NoMark).Apply(img, m) != nil {
		return nil
	}
	return img
}

// Thumbnail draws the middle sagittal plane of a volume.
func Thumbnail(ctx context.Context, v *volume.Volume) *image.RGBA {
	centre := v.Patient(geom.Vox(float64(v.NX-1)/2, float64(v.NY-1)/2, float64(v.NZ-1)/2))
	vp := render.Viewport{PatientFromPlane: render.Standard(render.Sagittal, centre), Width: thumbnailWidth, Height: thumbnailHeight}
	// As wide as the volume is deep: the cut at top and bottom shows the spine
	// larger than the whole height would.
	vp.MMPerPixel = unit.MM(float64(v.DY) * float64(v.NY) / thumbnailWidth)
	img := image.NewRGBA(image.Rect(0, 0, vp.Width, vp.Height))
	if render.Slice(ctx, v, render.View{Viewport: vp}, render.NewLUT(render.SpineBone, render.Grey, render.NoMark), img) != nil {
		return nil
	}
	return img
}

// Load implements Backend.
func (Core) Load(ctx context.Context, s *model.Study, series int, progress func(float64)) (*volume.Volume, error) {
	stack := s.Series[series].Source.Main()
	if stack == nil {
		return nil, errors.New("the series holds no volume")
	}
	return stack.Load(ctx, progress)
}

// Run implements Backend: frames are read while the run plays.
func (Core) Run(ctx context.Context, s *model.Study, series, index int, progress func(float64)) (out model.RunLoaded, err error) {
	source := s.Series[series].Source
	if source == nil || source.Series == nil || index >= len(source.Runs) {
		return out, errors.New("the series holds no run")
	}
	run := source.Runs[index]
	opened, err := assess.OpenRun(run)
	if err != nil {
		return out, err
	}
	reel := fluoro.NewReel(opened, 0)
	out.Source, out.Play, out.Close = reel.Run(), reel.Play, reel.Close
	out.Cine = out.Source.Cine
	out.Range = reelRange(out.Cine, reel.Frame)
	out.Dose = run.Projection().Dose
	out.Angles, out.Angled = [2]float64{run.Primary, run.Second}, run.Angles
	out.Show, _ = run.Display(0) // without it the run is shown from its darkest to its brightest values
	return out, ctx.Err()
}

// Demo implements Backend: the built-in phantom, written once.
func (c Core) Demo(ctx context.Context) (string, error) {
	dir := c.DemoDir
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(cache, "vertefill", "demo")
	}
	if _, err := os.Stat(filepath.Join(dir, "truth.json")); err == nil {
		return dir, nil
	}
	seed, options := phantom.Demo()
	made, err := phantom.NewContext(ctx, seed, options)
	if err != nil {
		return "", err
	}
	return dir, made.Write(ctx, dir)
}

// stageShare is how much of the time each stage of the analysis takes, for one
// bar over all.
var stageShare = map[assess.Stage]float64{
	assess.StageVertebrae: 0.5, assess.StageRegister: 0.15, assess.StageCement: 0.25, assess.StageLeaks: 0.1,
}

// Analyse implements Backend.
func (Core) Analyse(ctx context.Context, e model.Analyse, progress func(string, float64), interim func(*assess.Result)) (*assess.Result, error) {
	in := assess.Input{Post: e.Loaded[model.PostSlot].Volume, Pre: e.Loaded[model.PreSlot].Volume}
	for slot, l := range e.Loaded {
		if l.Volume == nil {
			continue
		}
		in.Findings = append(in.Findings, e.Study.Series[l.Series].Findings...)
		identity := identify(e.Study.Series[l.Series].Source, l.Volume)
		if model.Slot(slot) == model.PostSlot {
			in.Series.Post = identity
		} else {
			in.Series.Pre = identity
		}
	}
	return assess.Run(ctx, in, assess.Options{Lang: e.Lang, Seeds: e.Seeds, Interim: interim, Attention: e.Limits}, func(stage assess.Stage, done float64) {
		before := 0.0
		for _, s := range assess.Stages {
			if s == stage {
				break
			}
			before += stageShare[s]
		}
		progress(string(stage), before+done*stageShare[stage])
	})
}

// identify describes an input series as the report does.
func identify(s *study.Series, v *volume.Volume) *assess.Series {
	return &assess.Series{SeriesInstanceUID: s.UID, FrameOfReferenceUID: v.FrameUID, Modality: s.Modality, Images: s.Images,
		Geometry: assess.Geometry(study.GeometryOf(s.Series))}
}
