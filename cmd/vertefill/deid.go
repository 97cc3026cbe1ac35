package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/deid"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/text"
)

// deidReport is the file beside the cleaned ones that says what was changed, without values.
const deidReport = "deid-report.json"

func runDeid(ctx context.Context, e env, args []string) (int, error) {
	var o deid.Options
	var dates, mapping, out, lang string
	f := newFlags(e, "deid")
	f.StringVar(&out, "out", "", "folder for the cleaned files; new or empty")
	f.StringVar(&mapping, "mapping", "", "file that leads back to the true identities; made, or extended so that files fit those of before. Keep it secret and apart. Without it nothing leads back")
	f.StringVar(&dates, "dates", "remove", "remove, shift (by one number of days a patient) or keep")
	f.BoolVar(&o.CleanDescriptors, "clean-descriptors", false, "keep descriptions and report texts, without the words of the patient's identity")
	f.BoolVar(&o.KeepUIDs, "keep-uids", false, "keep UIDs; they lead back to the archive")
	f.BoolVar(&o.KeepPatient, "keep-patient", false, "keep sex, age (at most 90 years), size and weight")
	f.BoolVar(&o.KeepDevice, "keep-device", false, "keep station names and serial numbers")
	f.BoolVar(&o.KeepInstitution, "keep-institution", false, "keep the institution")
	f.BoolVar(&o.KeepSafePrivate, "keep-safe-private", false, "keep the private elements that PS3.15 lists as safe")
	f.StringVar(&lang, "lang", "", "en or fr (default: the system's)")
	paths, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	if e.lang, err = language(e, lang); err != nil {
		return 0, err
	}
	switch dates {
	case "remove":
	case "shift":
		o.Dates = deid.ShiftDates
	case "keep":
		o.Dates = deid.KeepDates
	default:
		return 0, usagef("--dates %s: remove, shift or keep", dates)
	}
	switch {
	case len(paths) == 0 || out == "":
		return 0, usagef("a PATH and --out are needed")
	case mapping != "" && within(out, mapping):
		return 0, usagef("--mapping %s: the mapping must not lie among the cleaned files", mapping)
	}
	return deidentify(ctx, e, paths, out, mapping, o)
}

// within reports whether a path lies in a folder.
func within(folder, path string) bool {
	a, errA := filepath.Abs(folder)
	b, errB := filepath.Abs(path)
	if errA != nil || errB != nil {
		return true
	}
	rel, err := filepath.Rel(a, b)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// deidentify cleans into a folder beside the final one, which gets its name when all is done: nothing half-cleaned is left.
func deidentify(ctx context.Context, e env, paths []string, out, mapping string, o deid.Options) (int, error) {
	m, err := openMapping(mapping)
	if err != nil {
		return 0, err
	}
	if list, err := os.ReadDir(out); err == nil && len(list) > 0 {
		return 0, fmt.Errorf("the folder is not empty: %s", out)
	}
	out = filepath.Clean(out)
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return 0, err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(out), ".writing-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(tmp)
	bar := newProgress(e.stderr)
	defer bar.done()
	save := func(name string, write func(io.Writer) error) error {
		path := filepath.Join(tmp, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return export.WriteFile(path, write)
	}
	s, err := deid.Folder(ctx, paths, o, m, save, func(f float64) {
		bar.show(map[text.Lang]string{text.English: "de-identification", text.French: "dé-identification"}[e.lang], f)
	})
	if err != nil {
		return 0, err
	}
	if s.Files == 0 {
		return 0, errors.New("no DICOM object was found")
	}
	if err := save(deidReport, func(w io.Writer) error {
		j := json.NewEncoder(w)
		j.SetIndent("", "  ")
		return j.Encode(s)
	}); err != nil {
		return 0, err
	}
	if mapping != "" {
		if err := saveMapping(mapping, m); err != nil {
			return 0, err
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return 0, err
	}
	os.Remove(out) // when it is there and empty
	if err := os.Rename(tmp, out); err != nil {
		return 0, err
	}
	bar.done()
	tellDeid(e, s)
	return exitDone, nil
}

func openMapping(path string) (*deid.Mapping, error) {
	if path == "" {
		return deid.NewMapping()
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return deid.NewMapping()
	}
	if err != nil {
		return nil, err
	}
	return deid.ParseMapping(b)
}

// saveMapping writes the mapping for its owner alone.
func saveMapping(path string, m *deid.Mapping) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".writing-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// skippedWords are the reasons of deid.Summary in French.
var skippedWords = map[string]string{
	"not DICOM": "pas DICOM", "damaged": "endommagés", "directory or no image object": "répertoires, ou sans objet",
	"document that cannot be searched": "documents qui ne peuvent être fouillés",
}

// tellDeid prints what was done, without naming anybody.
func tellDeid(e env, s *deid.Summary) {
	t := map[text.Lang][]string{
		text.English: {"%d files of %d patients, %d studies, %d series were cleaned; %s lists what was changed.\n", "not copied: %d (%s)\n",
			"Look at the pixels: %d files may show text (captures, ultrasound, files that say so). Pixels were not changed.\n",
			"%d files show a head or may: a face can be rebuilt from them. Pixels were not changed.\n"},
		text.French: {"%d fichiers de %d patients, %d examens, %d séries ont été nettoyés\u202f; %s dit ce qui a été changé.\n", "non copiés\u202f: %d (%s)\n",
			"Regardez les pixels\u202f: %d fichiers peuvent montrer du texte (captures, échographies, fichiers qui le disent). Les pixels n’ont pas été changés.\n",
			"%d fichiers montrent une tête ou le peuvent\u202f: un visage peut en être reconstruit. Les pixels n’ont pas été changés.\n"},
	}[e.lang]
	fmt.Fprintf(e.stdout, t[0], s.Files, s.Patients, s.Studies, s.Series, deidReport)
	reasons := make([]string, 0, len(s.Skipped))
	for r := range s.Skipped {
		reasons = append(reasons, r)
	}
	sort.Strings(reasons)
	for _, r := range reasons {
		word := r
		if w := skippedWords[r]; e.lang == text.French && w != "" {
			word = w
		}
		fmt.Fprintf(e.stdout, t[1], s.Skipped[r], word)
	}
	if s.BurnedIn > 0 {
		fmt.Fprintf(e.stdout, t[2], s.BurnedIn)
	}
	if s.Faces > 0 {
		fmt.Fprintf(e.stdout, t[3], s.Faces)
	}
}

// deidFlags are the settings that make an analysis write its results without identity.
type deidFlags struct {
	on      bool
	mapping string
}

func addDeidFlags(f *flag.FlagSet) *deidFlags {
	d := &deidFlags{}
	f.BoolVar(&d.on, "deid", false, "write all results without the patient's identity: pseudonym, other UIDs, no dates")
	f.StringVar(&d.mapping, "mapping", "", "with --deid: the mapping of vertefill deid, so that results go with the cleaned files")
	return d
}

// apply returns the result as it may be written into a folder.
func (d *deidFlags) apply(r *assess.Result, out string) (*assess.Result, error) {
	if !d.on {
		return r, nil
	}
	if d.mapping != "" && within(out, d.mapping) {
		return nil, usagef("--mapping %s: the mapping must not lie among the results", d.mapping)
	}
	m, err := openMapping(d.mapping)
	if err != nil {
		return nil, err
	}
	clean, err := export.Deidentified(r, deid.NewCleaner(deid.Options{}, m))
	if err != nil || d.mapping == "" {
		return clean, err
	}
	return clean, saveMapping(d.mapping, m)
}
