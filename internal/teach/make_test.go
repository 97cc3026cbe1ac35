package teach_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

// The identity that is planted in every image, as long as what it replaces.
const (
	plantedName = "QZXDUPONT^JEANNE "
	plantedWord = "QZXDUPONT"
	plantedSite = "QZX-CLINIC RACHIS apres verte"
)

// patient is a small case whose images bear the planted identity, and the result that a reader signed. The images are made once.
func patient(t *testing.T) teach.Source {
	t.Helper()
	once.Do(func() { shared, folder = makePatient(t) })
	src := shared
	src.Patients = slices.Clone(shared.Patients)
	return src
}

var (
	once   sync.Once
	shared teach.Source
	folder string // of the images, removed at the end
)

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

func makePatient(t *testing.T) (src teach.Source, dir string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "patient-")
	if err != nil {
		t.Fatal(err)
	}
	made, err := phantom.New(3, phantom.Options{First: anatomy.L1, Last: anatomy.L1.Below(1), Matrix: 64, FOVMM: 100, SliceMM: 2.5, SpacingMM: 2.5, PreSliceMM: 2.5, Plan: []phantom.Treatment{{Level: anatomy.L1, Fill: 0.2, PlateauHU: 2000}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Write(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"truth.json", "vertebrae.nii.gz", "cement.nii.gz", "leaks.nii.gz"} {
		os.Remove(filepath.Join(dir, name))
	}
	planted := 0
	filepath.WalkDir(dir, func(p string, d fs.DirEntry, _ error) error {
		if d.IsDir() {
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for from, to := range map[string]string{"Phantom^Vertefill": plantedName, "Controle apres vertebroplastie": plantedSite + " "} {
			if len(from) != len(to) {
				t.Fatalf("%q and %q differ in length", from, to)
			}
			planted += bytes.Count(b, []byte(from))
			b = bytes.ReplaceAll(b, []byte(from), []byte(to))
		}
		return os.WriteFile(p, b, 0o644)
	})
	if planted < 20 {
		t.Fatalf("%d words planted", planted)
	}
	s, err := study.Open(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	src = teach.Source{Paths: []string{dir}, Images: session.Study{Post: s.ByRole(study.Post).UID, Pre: s.ByRole(study.Pre).UID}, Patients: []dicomio.Patient{s.ByRole(study.Post).Patient}}
	if src.Patients[0].Name == "" || !strings.Contains(src.Patients[0].Name, plantedWord) {
		t.Fatalf("patient %+v", src.Patients[0])
	}
	src.Result = &assess.Result{Post: made.Post, Spine: made.Truth.Spine(), Cement: volume.NewLabels(made.Post.Grid, geom.Box{})}
	src.Result.Report = assess.Report{Vertebrae: []assess.Vertebra{{Level: anatomy.L1, Treated: true, FillRatio: 0.2, FillRatioInterval: &assess.Interval{0.19, 0.21}, BodyVolumeML: 24}},
		Leaks: []assess.Leak{{ID: 1, Level: anatomy.L1, Compartment: anatomy.Canal, Type: anatomy.TypeB, VolumeML: 0.2}, {ID: 2, VolumeML: 0.01, Compartment: anatomy.SoftTissue}}}
	return src, dir
}

func words() teach.Case {
	return teach.Case{ID: "wall", Title: teach.Words{EN: "The wall", FR: "Le mur"}, History: teach.Words{EN: "Woman, 71 years."}, Difficulty: 2,
		Steps: []teach.Step{{Title: teach.Words{EN: "Before", FR: "Avant"}, Show: teach.ShowPre, Plane: teach.Sagittal}}}
}

// TestSaveAsTeachingCase: no byte of the planted identity is in any file of the case or of the packed case, the series keep their
// roles, the reference is that of the reader, and the round trip gives the same.
func TestSaveAsTeachingCase(t *testing.T) {
	src, root := patient(t), t.TempDir()
	made, err := teach.Make(context.Background(), words(), src, root, nil)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(made.Untranslated) != "[history]" || len(made.Case.Reference.Leaks) != 1 || made.Case.Reference.Treated[0].BodyML != 24 || made.Case.Images.Post == src.Images.Post {
		t.Errorf("%+v %+v", made, made.Case)
	}
	file := filepath.Join(root, "one.vfcase")
	if err := teach.Pack(made.Dir, file); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	back, err := teach.Unpack(file, other)
	if err != nil {
		t.Fatal(err)
	}
	if back.Reference.Treated[0].Fill != 0.2 || back.Steps[0].Plane != teach.Sagittal || back.Images.Post != made.Case.Images.Post {
		t.Errorf("%+v", back)
	}
	s, err := study.Open(context.Background(), filepath.Join(other, "wall"), nil)
	if err != nil || s.ByRole(study.Post) == nil || s.ByRole(study.Post).UID != back.Images.Post || s.ByRole(study.Pre) == nil || s.ByRole(study.Pre).UID != back.Images.Pre {
		t.Errorf("roles after the round trip: %v", err)
	}
	secrets := []string{plantedWord, "JEANNE", "QZX-CLINIC", src.Images.Post, src.Images.Pre, src.Patients[0].ID, "20260310", "20260302"}
	count := 0
	filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if d.IsDir() {
			return nil
		}
		b, _ := os.ReadFile(p)
		count++
		for _, w := range secrets {
			if w != "" && (bytes.Contains(b, []byte(w)) || strings.Contains(p, w)) {
				t.Errorf("%q is in %s", w, strings.TrimPrefix(p, root))
			}
		}
		return nil
	})
	if count < 10 {
		t.Errorf("%d files looked at", count)
	}
	if _, err := teach.Make(context.Background(), words(), src, root, nil); err == nil {
		t.Error("a case is written over another")
	}
	if _, err := made.Case.Show(made.Dir, src.Result.Post); err != nil {
		t.Errorf("reference: %v", err)
	}
}

// TestTextsThatNameThePatient are refused wherever the word stands, and nothing is written.
func TestTextsThatNameThePatient(t *testing.T) {
	src, root := patient(t), t.TempDir()
	src.Patients[0].BirthDate = "19410203"
	for name, change := range map[string]func(*teach.Case){
		"title":            func(c *teach.Case) { c.Title.EN = "Madame Qzxdupont" },
		"history":          func(c *teach.Case) { c.History.FR = "née le 03/02/1941" },
		"learning point 1": func(c *teach.Case) { c.Points = []teach.Words{{EN: "as with jeanne"}} },
		"step 1": func(c *teach.Case) {
			c.Steps[0].Arrows = []teach.Arrow{{From: [2]float64{1, 0}, Text: teach.Words{FR: "QZXDUPONT"}}}
		},
		"name": func(c *teach.Case) { c.ID = "dr-qzxdupont" },
	} {
		c := words()
		change(&c)
		_, err := teach.Make(context.Background(), c, src, root, nil)
		var identity *teach.IdentityError
		if !errors.As(err, &identity) || identity.Where != name {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(strings.ToLower(err.Error()), "dupont") {
			t.Errorf("the error names the patient: %v", err)
		}
	}
	if left, _ := os.ReadDir(root); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestUnpackedCasesAreChecked: a file with an image that names a patient, or with something that is no image, is refused whole.
func TestUnpackedCasesAreChecked(t *testing.T) {
	src := patient(t)
	made, err := teach.Make(context.Background(), words(), src, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var image string
	filepath.WalkDir(src.Paths[0], func(p string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			image = p
		}
		return nil
	})
	for name, add := range map[string]string{"identified image": image, "a letter": filepath.Join(made.Dir, teach.CaseFile)} {
		path := filepath.Join(t.TempDir(), "x.vfcase")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		for _, x := range [][2]string{{teach.CaseFile, filepath.Join(made.Dir, teach.CaseFile)}, {"images/letter", add}} {
			w, err := z.Create(x[0])
			if err != nil {
				t.Fatal(err)
			}
			in, err := os.Open(x[1])
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(w, in)
			in.Close()
		}
		z.Close()
		f.Close()
		root := t.TempDir()
		if _, err := teach.Unpack(path, root); !errors.Is(err, teach.ErrCase) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(root); len(left) != 0 {
			t.Errorf("%s: left behind %v", name, left)
		}
	}
	// the teacher's own folder: a note beside the images stays behind, an identified image stops it
	os.WriteFile(filepath.Join(made.Dir, "note.txt"), []byte(plantedWord), 0o644)
	file := filepath.Join(t.TempDir(), "one.vfcase")
	if err := teach.Pack(made.Dir, file); err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if strings.Contains(f.Name, "note") {
			t.Error("a note was packed")
		}
	}
	b, _ := os.ReadFile(image)
	os.WriteFile(filepath.Join(made.Dir, "images", "more.dcm"), b, 0o644)
	if err := teach.Pack(made.Dir, file+"2"); err == nil {
		t.Error("an identified image was packed")
	}
}

// TestCollection: several cases in one file come back as they were; a name that is taken stops all of them.
func TestCollection(t *testing.T) {
	src, root := patient(t), t.TempDir()
	var dirs []string
	for _, id := range []string{"one", "two"} {
		c := words()
		c.ID = id
		made, err := teach.Make(context.Background(), c, src, root, nil)
		if err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, made.Dir)
	}
	file := filepath.Join(t.TempDir(), "all.vfcase")
	if err := teach.PackAll(dirs, file); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	list, err := teach.UnpackAll(file, other)
	if err != nil || len(list) != 2 || list[0].ID != "one" || list[1].ID != "two" {
		t.Fatalf("%v %v", list, err)
	}
	os.RemoveAll(filepath.Join(other, "one"))
	if _, err := teach.UnpackAll(file, other); err == nil {
		t.Error("two is written over")
	}
	if _, err := os.Stat(filepath.Join(other, "one")); err == nil {
		t.Error("half of the collection landed")
	}
}

// TestJudgeMore: what was measured, the types of leaks, the room in the canal; and the class by question.
func TestJudgeMore(t *testing.T) {
	c := hard()
	mm, share := 2.1, 0.14
	c.Reference.Leaks[0].Type, c.Reference.Leaks[0].CanalMM, c.Reference.Leaks[0].CanalFraction = anatomy.TypeB, &mm, &share
	c.Reference.Leaks[1].Type = anatomy.TypeS
	near, far := 0.285, 0.35
	verdicts := func(a teach.Answer, q teach.Question) teach.Verdict {
		r := teach.Judge(c, a, text.English)
		return r.Verdicts()[q]
	}
	for name, x := range map[string]struct {
		a    teach.Answer
		q    teach.Question
		want teach.Verdict
	}{
		"measured well":      {teach.Answer{Level: anatomy.T9, Measured: &near}, teach.AskMeasured, teach.Right},
		"measured too much":  {teach.Answer{Level: anatomy.T9, Measured: &far}, teach.AskMeasured, teach.Wrong},
		"not measured":       {teach.Answer{Level: anatomy.T9}, teach.AskMeasured, ""},
		"both types":         {teach.Answer{Types: map[anatomy.Compartment]anatomy.LeakType{anatomy.Canal: anatomy.TypeB, anatomy.ParavertebralVein: anatomy.TypeS}}, teach.AskTypes, teach.Right},
		"one of both":        {teach.Answer{Types: map[anatomy.Compartment]anatomy.LeakType{anatomy.Canal: anatomy.TypeC, anatomy.ParavertebralVein: anatomy.TypeS}}, teach.AskTypes, teach.Partly},
		"types of elsewhere": {teach.Answer{Types: map[anatomy.Compartment]anatomy.LeakType{anatomy.Foramen: anatomy.TypeB}}, teach.AskTypes, teach.Wrong},
		"canal":              {teach.Answer{Canal: teach.Yes}, teach.AskCanal, teach.Right},
	} {
		if got := verdicts(x.a, x.q); got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
	for _, i := range teach.Judge(c, teach.Answer{Canal: teach.No}, text.French).Items {
		if i.Question == teach.AskCanal && !strings.Contains(i.Reference, "oui, 2,1\u00a0mm, 14,0") {
			t.Errorf("canal: %q", i.Reference)
		}
	}
	scores := []teach.Score{
		{Learner: "a", Case: "x", Verdicts: map[teach.Question]teach.Verdict{teach.AskFill: teach.Right, teach.AskLeaks: teach.Wrong}},
		{Learner: "a", Case: "x", Verdicts: map[teach.Question]teach.Verdict{teach.AskFill: teach.Wrong}}, // again: does not count
		{Learner: "b", Case: "x", Verdicts: map[teach.Question]teach.Verdict{teach.AskFill: teach.Partly}},
		{Learner: "b", Case: "y", Verdicts: map[teach.Question]teach.Verdict{teach.AskFill: teach.Right}},
	}
	if got := fmt.Sprint(teach.ByQuestion(scores)); got != "[{ fill 2 1 0} { leaks 0 0 1} {x fill 1 1 0} {x leaks 0 0 1} {y fill 1 0 0}]" {
		t.Errorf("by question: %s", got)
	}
}

// TestStepsAreChecked: a step that a window could not show is refused when the case is opened.
func TestStepsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*teach.Step){
		"no title":          func(s *teach.Step) { s.Title = teach.Words{} },
		"nothing shown":     func(s *teach.Step) { s.Show = "mri" },
		"plane":             func(s *teach.Step) { s.Plane = "oblique" },
		"frame":             func(s *teach.Step) { s.Frame = -1 },
		"arrow from itself": func(s *teach.Step) { s.Arrows = []teach.Arrow{{}} },
	} {
		c := hard()
		c.Steps = words().Steps
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		change(&c.Steps[0])
		if err := c.Check(); !errors.Is(err, teach.ErrCase) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
