package teach

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/deid"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/session"
)

// Source is a session that becomes a teaching case.
type Source struct {
	Paths    []string          // files and folders of the images
	Images   session.Study     // the series that go along
	Patients []dicomio.Patient // who is in them: no word of theirs may stand in a text
	Result   *assess.Result    // signed by a reader: the reference and its masks
}

// Made is a case that was made, and what the teacher must still look at.
type Made struct {
	Case         *Case
	Dir          string
	BurnedIn     int      // images whose pixels may show text
	Faces        int      // images whose surface may show a face
	Untranslated []string // texts in one language only
}

// IdentityError says that a text of the case names the patient.
type IdentityError struct{ Where string }

func (e *IdentityError) Error() string {
	return "teach: the " + e.Where + " holds a word of the patient's identity: take it out first"
}

// Make saves a session as a teaching case in a folder of its name below root. texts are the case's words, difficulty and steps; its
// reference, images and source are set here. Images are de-identified by the Basic Profile, with dates shifted so that before and
// after stay in order; there is no way round it. Texts that hold a word of the patient's identity are refused with an *IdentityError.
// Nothing is left behind on failure.
func Make(ctx context.Context, texts Case, src Source, root string, progress func(fraction float64)) (*Made, error) {
	c := texts
	c.Source, c.Reference = "reader", FromReport(&src.Result.Report)
	if err := nameable(c.ID); err != nil {
		return nil, err
	}
	dir := filepath.Join(root, c.ID)
	if _, err := os.Lstat(dir); err == nil {
		return nil, fmt.Errorf("teach: a case %q is already there: %s", c.ID, dir)
	}
	if err := c.namesNobody(src.Patients); err != nil {
		return nil, err
	}
	m, err := deid.NewMapping() // thrown away: nothing leads back
	if err != nil {
		return nil, fmt.Errorf("teach: %w", err)
	}
	made := &Made{Dir: dir}
	err = c.write(dir, func(tmp string) error {
		wanted := src.Images.UIDs()
		save := func(name string, write func(io.Writer) error) error {
			path := filepath.Join(tmp, "images", name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			return export.WriteFile(path, write)
		}
		sum, err := deid.SeriesOf(ctx, src.Paths, func(uid string) bool { return slices.Contains(wanted, uid) }, deid.Options{Dates: deid.ShiftDates}, m, save, progress)
		if err != nil {
			return err
		}
		if sum.Series < len(wanted) {
			return fmt.Errorf("%d of %d series could be de-identified", sum.Series, len(wanted))
		}
		made.BurnedIn, made.Faces = sum.BurnedIn, sum.Faces
		c.Images = session.Study{Post: m.UID(src.Images.Post), Pre: m.UID(src.Images.Pre)}
		for _, u := range src.Images.Fluoro {
			c.Images.Fluoro = append(c.Images.Fluoro, m.UID(u))
		}
		if err := export.WriteFile(filepath.Join(tmp, Masks.Vertebrae), func(w io.Writer) error {
			return nifti.WriteLabels(w, src.Result.BodyMask(), "vertebral bodies of the reference, VerSe numbers")
		}); err != nil {
			return err
		}
		if err := export.WriteFile(filepath.Join(tmp, Masks.Cement), func(w io.Writer) error {
			return nifti.WriteLabels(w, src.Result.Cement, "cement of the reference: 1 body 2 pedicle 3 leak 4 prior 5 metal")
		}); err != nil {
			return err
		}
		return export.WriteFile(filepath.Join(tmp, Masks.Leaks), func(w io.Writer) error {
			var ids []int
			var voxels [][]geom.Index
			for _, l := range src.Result.Leaks {
				ids, voxels = append(ids, l.ID), append(voxels, l.Voxels)
			}
			return nifti.WriteRegions(w, src.Result.Post.Grid, ids, voxels, "leaks of the reference, by id")
		})
	})
	if err != nil {
		return nil, err
	}
	made.Case, made.Untranslated = &c, c.Untranslated()
	return made, nil
}

// nameable refuses what cannot be the name of a folder.
func nameable(id string) error {
	if id == "" || id != filepath.Base(id) || strings.HasPrefix(id, ".") || strings.ContainsAny(id, `<>:"/\|?*`) {
		return fmt.Errorf("teach: %w: %q cannot be the name of a folder", ErrCase, id)
	}
	return nil
}

// named are the texts of a case and what to call them.
func (c *Case) named() map[string]string {
	out := map[string]string{"name": c.ID}
	add := func(name string, list ...Words) {
		for _, w := range list {
			out[name] += w.EN + "\n" + w.FR + "\n"
		}
	}
	add("title", c.Title)
	add("history", c.History)
	for i, p := range c.Points {
		add(fmt.Sprint("learning point ", i+1), p)
	}
	for i, s := range c.Steps {
		add(fmt.Sprint("step ", i+1), s.Title, s.Text)
		for _, a := range s.Arrows {
			add(fmt.Sprint("step ", i+1), a.Text)
		}
	}
	return out
}

var wordRunes = regexp.MustCompile(`[\pL\pN]+`)

// namesNobody refuses texts with a word of a name, a number or a birth date of the patients.
func (c *Case) namesNobody(patients []dicomio.Patient) error {
	secret := map[string]bool{}
	for _, p := range patients {
		for _, w := range wordRunes.FindAllString(strings.ToLower(p.Name+" "+p.ID), -1) {
			if len([]rune(w)) >= 3 {
				secret[w] = true
			}
		}
		if d := p.BirthDate; len(d) == 8 {
			for _, form := range []string{d, d[6:] + "/" + d[4:6] + "/" + d[:4], d[6:] + "." + d[4:6] + "." + d[:4], d[:4] + "-" + d[4:6] + "-" + d[6:]} {
				secret[form] = true
			}
		}
	}
	texts := c.named()
	names := make([]string, 0, len(texts))
	for n := range texts {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		low := strings.ToLower(texts[n])
		for _, w := range wordRunes.FindAllString(low, -1) {
			if secret[w] {
				return &IdentityError{n}
			}
		}
		for s := range secret {
			if strings.ContainsAny(s, "/.-") && strings.Contains(low, s) {
				return &IdentityError{n}
			}
		}
	}
	return nil
}
