package deid

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
)

// Summary tells what was done to a folder. It holds no value of any attribute and no file name.
type Summary struct {
	Files    int            `json:"files"`
	Patients int            `json:"patients"`
	Studies  int            `json:"studies"`
	Series   int            `json:"series"`
	Skipped  map[string]int `json:"skipped"` // reason to number of files, which were not copied
	BurnedIn int            `json:"mayShowText"`
	Faces    int            `json:"mayShowAFace"`
	Changes  []Change       `json:"changes"`
}

// Save writes a file under the output folder.
type Save func(name string, write func(io.Writer) error) error

// Folder cleans every DICOM file under the paths and saves it under names that say nothing: pseudonym, numbers of study, series and
// file. Files that are not DICOM or cannot be cleaned are counted and not copied. progress may be nil.
func Folder(ctx context.Context, paths []string, o Options, m *Mapping, save Save, progress func(fraction float64)) (*Summary, error) {
	return SeriesOf(ctx, paths, func(string) bool { return true }, o, m, save, progress)
}

// SeriesOf is Folder for the series that are wanted by their (true) UID; files of others are not counted.
func SeriesOf(ctx context.Context, paths []string, want func(seriesUID string) bool, o Options, m *Mapping, save Save, progress func(fraction float64)) (*Summary, error) {
	s := &Summary{Skipped: map[string]int{}}
	c := NewCleaner(o, m)
	n := numbering{numbers: map[string]int{}, next: map[string]int{}}
	err := dicomio.EachFile(ctx, paths, progress, func(f *dicomio.File, err error) error {
		if err != nil {
			reason := "damaged"
			if errors.Is(err, dicomio.ErrNotDICOM) {
				reason = "not DICOM"
			}
			s.Skipped[reason]++
			return nil
		}
		if !want(f.Code(0x0020000E)) {
			return nil
		}
		d, syntax, err := f.Everything()
		switch {
		case f.Code(0x00080016) == directory || f.Code(0x00080016) == "":
			s.Skipped["directory or no image object"]++
			return nil
		case err != nil || f.Code(0x00080018) == "":
			s.Skipped["damaged"]++
			return nil
		}
		clean, err := c.Clean(d)
		if err != nil {
			s.Skipped["document that cannot be searched"]++
			return nil
		}
		var b bytes.Buffer
		if err := dicomout.WriteAs(&b, clean, syntax); err != nil { // elements of a wrong kind, as damaged files have
			s.Skipped["damaged"]++
			return nil
		}
		if showsText(f.Dataset) {
			s.BurnedIn++
		}
		if showsFace(f.Dataset) {
			s.Faces++
		}
		s.Files++
		return save(n.name(clean), func(w io.Writer) error {
			_, err := w.Write(b.Bytes())
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("deid: %w", err)
	}
	s.Patients, s.Studies, s.Series = n.next["patients"], n.studies, n.series
	s.Changes = c.Changes()
	return s, nil
}

// directory is the SOP class of a DICOMDIR, which names files and patients.
const directory = "1.2.840.10008.1.3.10"

// numbering gives studies, series and files numbers in the order in which they come.
type numbering struct {
	numbers         map[string]int
	next            map[string]int
	studies, series int
}

// name returns the path of a cleaned object, from its pseudonym and the order in which things came.
func (n *numbering) name(d dicomout.Dataset) string {
	text := func(t dicomout.Tag) string { return first(d, t) }
	number := func(within, what string) (int, bool) {
		key := within + "\x00" + what
		if k, ok := n.numbers[key]; ok {
			return k, false
		}
		n.next[within]++
		n.numbers[key] = n.next[within]
		return n.next[within], true
	}
	patient := text(tagPatientID)
	number("patients", patient)
	study, fresh := number("studies of "+patient, text(0x0020000D))
	if fresh {
		n.studies++
	}
	series, fresh := number(fmt.Sprintf("series of %s %d", patient, study), text(0x0020000E))
	if fresh {
		n.series++
	}
	file, _ := number(fmt.Sprintf("files of %s %d %d", patient, study, series), fmt.Sprint(len(n.numbers)))
	return filepath.Join(patient, fmt.Sprintf("study-%d", study), fmt.Sprintf("series-%d", series), fmt.Sprintf("%05d.dcm", file))
}

func first(d dicomout.Dataset, t dicomout.Tag) string {
	for _, e := range d {
		if e.Tag == t {
			return values(e)[0]
		}
	}
	return ""
}

// showsText reports whether pixels may hold annotations: the file says so, or it is a kind of picture that often does.
func showsText(d *dicomio.Dataset) bool {
	switch d.Code(0x00280301) {
	case "YES":
		return true
	case "NO":
		return false
	}
	if d.Find(0x00280010) == nil {
		return false
	}
	class := d.Code(0x00080016)
	if strings.HasPrefix(class, "1.2.840.10008.5.1.4.1.1.7") || strings.Contains(strings.Join(d.Codes(0x00080008), `\`), "SCREEN") {
		return true
	}
	switch d.Code(0x00080060) {
	case "OT", "SC", "US", "ES", "XC", "GM", "SM", "DOC":
		return true
	}
	return false
}

// headWords are found in the body part or the descriptions of series that show a head, in English, French and German.
var headWords = []string{"head", "brain", "skull", "face", "facial", "sinus", "orbit", "neck", "cerv", "crane", "crâne", "tete", "tête", "cereb", "céréb", "cou", "kopf", "schaedel", "schädel", "whole body", "wholebody", "corps entier"}

// showsFace reports whether a surface of the series may show a face: slices of CT, MR or PET about the head.
func showsFace(d *dicomio.Dataset) bool {
	switch d.Code(0x00080060) {
	case "CT", "MR", "PT":
	default:
		return false
	}
	text := strings.ToLower(d.Code(0x00180015) + " " + d.Text(0x00081030) + " " + d.Text(0x0008103E) + " " + d.Text(0x00181030))
	for _, w := range headWords {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
