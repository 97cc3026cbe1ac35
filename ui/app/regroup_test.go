package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/app"
	"github.com/vertefill/vertefill/ui/model"
)

// putSlices writes n slices 1 mm apart from z, every pixel of value.
func putSlices(t *testing.T, dir, series, kernel string, z, n int, value int16) {
	t.Helper()
	const side = 32
	for k := range n {
		px := make([]int16, side*side)
		for i := range px {
			px[i] = value
		}
		el := func(tag dicomout.Tag, vr dicomout.VR, v any) dicomout.Element {
			return dicomout.Element{Tag: tag, VR: vr, Value: v}
		}
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s-%s-%03d", series, kernel, k)))
		if err != nil {
			t.Fatal(err)
		}
		err = dicomout.Write(f, dicomout.Dataset{
			el(0x00080008, "CS", []string{"ORIGINAL", "PRIMARY", "AXIAL"}), el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
			el(0x00080018, "UI", dicomout.UID(series, kernel, fmt.Sprint(k))), el(0x00080060, "CS", "CT"), el(0x00100020, "LO", "1"),
			el(0x0020000D, "UI", dicomout.UID("study")), el(0x0020000E, "UI", dicomout.UID(series)), el(0x00181210, "SH", kernel),
			el(0x00200032, "DS", []float64{0, 0, float64(z + k)}), el(0x00200037, "DS", []float64{1, 0, 0, 0, 1, 0}),
			el(0x00200052, "UI", dicomout.UID("frame")), el(0x00280002, "US", 1), el(0x00280004, "CS", "MONOCHROME2"), el(0x00280010, "US", side),
			el(0x00280011, "US", side), el(0x00280030, "DS", []float64{1, 1}), el(0x00280100, "US", 16), el(0x00280101, "US", 16),
			el(0x00280102, "US", 15), el(0x00280103, "US", 1), el(0x00281052, "DS", 0.0), el(0x00281053, "DS", 1.0), el(0x7FE00010, "OW", px),
		})
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// carried applies a message and carries out what reading it asks for.
func carried(t *testing.T, s *model.State, core app.Core, m model.Msg) {
	t.Helper()
	for _, e := range s.Apply(m) {
		switch e := e.(type) {
		case model.LoadSeries:
			msg := model.SeriesLoaded{Study: e.Study, Loaded: [2]model.Loaded{{Series: -1}, {Series: -1}}, Start: e.Analyse}
			for slot, i := range e.Series {
				if i >= 0 {
					v, err := core.Load(context.Background(), e.Study, i, func(float64) {})
					if err != nil {
						t.Fatal(err)
					}
					msg.Loaded[slot] = model.Loaded{Series: i, Volume: v}
				}
			}
			carried(t, s, core, msg)
		case model.LoadSlot:
			v, err := core.Load(context.Background(), e.Study, e.Series, func(float64) {})
			if err != nil {
				t.Fatal(err)
			}
			carried(t, s, core, model.SlotLoaded{Study: e.Study, Slot: e.Slot, Loaded: model.Loaded{Series: e.Series, Volume: v}})
		}
	}
}

// TestRegroupInTheWindow joins the two volumes of the series on screen, takes that back, does it again and splits another way: what is
// on screen always is what the list says.
func TestRegroupInTheWindow(t *testing.T) {
	dir := t.TempDir()
	putSlices(t, dir, "a", "B70f", 0, 30, 100)
	putSlices(t, dir, "a", "B30f", 30, 20, 200)
	putSlices(t, dir, "b", "B30f", 50, 25, 300)
	core := app.Core{}
	study, err := core.Scan(t.Context(), dir, func(float64) {}, nil)
	if err != nil || len(study.Series) != 2 {
		t.Fatal(study, err)
	}
	s := model.New(model.DefaultSettings(text.French))
	s.Apply(model.Preview{Path: dir, Row: -1})
	s.Apply(model.StudyScanned{Study: study})
	carried(t, s, core, model.OpenStudy{})
	now := time.Unix(1, 0)
	check := func(step string, want ...int) { // images of the listed series, the slices on screen last
		t.Helper()
		got := []int{}
		for _, x := range s.Study.Series {
			got = append(got, x.Images)
		}
		l := s.Loaded[model.PostSlot]
		got = append(got, l.Volume.NZ)
		if fmt.Sprint(got) != fmt.Sprint(want) || s.Study.Series[l.Series].Source.Main().Len() != l.Volume.NZ || s.Study.Series[l.Series].Role != model.Post {
			t.Fatalf("%s: %v, want %v; series %d is on screen", step, got, want, l.Series)
		}
	}
	post := s.Loaded[model.PostSlot].Series
	if s.Study.Series[post].Images != 50 {
		t.Fatalf("the post CT has %d images", s.Study.Series[post].Images)
	}
	check("opened", 50, 25, 30)
	choices := s.RegroupChoices(post, text.French)
	if len(choices) != 3 || choices[0].Text != "Montrer ses 2 volumes séparément" || choices[1].Reason != "" || choices[2].Msg.With != 1 {
		t.Fatalf("choices %+v", choices)
	}
	m := choices[1].Msg
	m.Now = now
	carried(t, s, core, m)
	check("volumes joined", 50, 25, 50)
	carried(t, s, core, model.Undo{})
	check("undone", 50, 25, 30)
	carried(t, s, core, model.Redo{})
	check("done again", 50, 25, 50)
	carried(t, s, core, model.Regroup{Series: post, With: 1 - post, Now: now.Add(1)})
	check("series joined", 75, 75)
	carried(t, s, core, model.Regroup{Series: 0, With: -1, Way: "kernel", Now: now.Add(2)})
	check("split by kernel", 45, 30, 45)
	if x := s.Study.Series[1]; x.Role != model.Other || x.Images != 30 {
		t.Errorf("the other part is %s with %d images", x.Role, x.Images)
	}
	carried(t, s, core, model.Undo{})
	carried(t, s, core, model.Undo{})
	carried(t, s, core, model.Undo{})
	check("all undone", 50, 25, 30)
	carried(t, s, core, model.Regroup{Series: post, With: -1, Now: now.Add(3)})
	check("shown apart", 30, 20, 25, 30)
}

// TestOpenBeforeTheEnd opens a study while its folder is read. At the end the analysis that waited starts, and a pre CT that came to
// light is read too.
func TestOpenBeforeTheEnd(t *testing.T) {
	dir := t.TempDir()
	putSlices(t, dir, "a", "B30f", 0, 30, 100)
	putSlices(t, dir, "b", "B30f", 0, 30, 200)
	core := app.Core{}
	whole, err := core.Scan(t.Context(), dir, func(float64) {}, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := whole.ByRole(model.Post)
	part := func() *model.Study {
		return &model.Study{Path: dir, Series: []model.Series{whole.Series[i]}}
	}
	for _, c := range []struct {
		name   string
		pre    bool
		cancel bool
	}{{"nothing new", false, false}, {"a pre CT", true, false}, {"stopped", false, true}} {
		s := model.New(model.DefaultSettings(text.English))
		s.Apply(model.Preview{Path: dir, Row: -1})
		s.Apply(model.StudySoFar{Study: part()})
		if s.Browser.Preview == nil || !s.Browser.Preview.Partial {
			t.Fatalf("%s: the series is not listed", c.name)
		}
		carried(t, s, core, model.OpenStudy{Analyse: true})
		if _, running := s.Job(model.AnalyseJob); running || s.Loaded[model.PostSlot].Volume == nil {
			t.Fatalf("%s: analysed before all series are known, or not shown", c.name)
		}
		end := *whole
		end.Series = append([]model.Series(nil), whole.Series...)
		for k := range end.Series {
			if k != i {
				end.Series[k].Role = model.Other
				if c.pre {
					end.Series[k].Role = model.Pre
				}
			}
		}
		if c.cancel {
			s.Apply(model.Cancel{Kind: model.ScanJob})
			s.Apply(model.StudySoFar{Study: part()})
			if s.Browser.Preview != nil || s.Study == nil || s.Study.Partial {
				t.Errorf("%s: listed still", c.name)
			}
			continue
		}
		carried(t, s, core, model.StudyScanned{Study: &end})
		if _, running := s.Job(model.AnalyseJob); !running || s.Study.Partial || len(s.Study.Series) != len(whole.Series) || (s.Loaded[model.PreSlot].Volume != nil) != c.pre {
			t.Errorf("%s: analysis %v, %d series, pre %v", c.name, running, len(s.Study.Series), s.Loaded[model.PreSlot].Volume != nil)
		}
	}
}
