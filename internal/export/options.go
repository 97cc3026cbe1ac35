package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/text"
)

// Options say how results leave the program. The zero value is English, A4, anonymous, unsigned, the files of the contract only.
type Options struct {
	Lang    text.Lang
	Page    Page
	Study   Study
	SignOff SignOff
	Formats []Format // beyond the files of the contract
	// Without are the parts that the pages (PDF, HTML) leave out.
	Without []Section
	// Kept are pictures that the reader chose: the first of the key images.
	Kept []KeyImage
	// Pictures were drawn before, in the same language, those kept first; nil: they are drawn.
	Pictures *Pictures
	// Runs are the runs of the report, in its order, as they were analysed: their key frames stand in the PDF. Without them only curves
	// and tables do.
	Runs []assess.FluoroResult
	// TextTemplate replaces the built-in template of report.txt (see RISText).
	TextTemplate string
}

func (o Options) lang() text.Lang {
	if o.Lang == "" {
		return text.English
	}
	return o.Lang
}

// Page is a paper size.
type Page string

// The paper sizes; the zero Page is A4.
const (
	A4     Page = "A4"
	Letter Page = "Letter"
)

// Study is what the header of a report tells about patient and examination, as DICOM writes it. The zero Study makes an anonymous
// report. It is printed on pages only: never in the metadata of a file, nor in file names.
type Study struct {
	Patient, ID, BirthDate, Sex string
	Date, Time, Institution     string
}

// Anonymous reports whether nothing names the patient.
func (s Study) Anonymous() bool { return s.Patient == "" && s.ID == "" }

// SignOff is the decision of a reader. The zero SignOff is a draft.
type SignOff struct {
	Reader  string
	Comment string
	Signed  string // date and time as printed; empty for a draft
	Version int    // of the report, from 1
}

// Section is a part of the pages for people that can be left out. Title, technique, sign-off and footer always stay.
type Section string

// The sections.
const (
	Conclusion  Section = "conclusion"
	Levels      Section = "levels"      // tables of the vertebrae
	LeakTables  Section = "leaks"       // tables and pictures of the leaks
	Images      Section = "images"      // key images, before beside after, 3D views, where cement lies
	Fluoroscopy Section = "fluoroscopy" // runs
	Shape       Section = "heights"     // heights before and after, what was gained, kyphosis
	Method      Section = "quality"     // quality notes and definitions
	Parameters  Section = "parameters"  // every setting that the numbers depend on
)

// Sections lists all of them in the order of the pages.
var Sections = []Section{Conclusion, Levels, LeakTables, Images, Fluoroscopy, Shape, Method, Parameters}

// Has reports whether the pages have a section.
func (o Options) Has(s Section) bool { return !slices.Contains(o.Without, s) }

// ParseSections reads a list such as "images,parameters".
func ParseSections(s string) (out []Section, err error) {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		x := Section(strings.ToLower(w))
		if !slices.Contains(Sections, x) {
			return nil, fmt.Errorf("export: no section %q: %s", w, joined(Sections))
		}
		out = append(out, x)
	}
	return out, nil
}

// Format is a kind of file that is written on request.
type Format string

// The formats.
const (
	HTML       Format = "html"
	CSV        Format = "csv"
	TSV        Format = "tsv"
	NRRD       Format = "nrrd"
	PLY        Format = "ply"
	OBJ        Format = "obj"
	GLTF       Format = "gltf"
	FHIRBundle Format = "fhir"
	Text       Format = "text"
	Plots      Format = "plots"
	DICOM      Format = "dicom" // objects for a picture archive, which carry the identity of the images
)

// Formats lists all of them.
var Formats = []Format{HTML, CSV, TSV, NRRD, PLY, OBJ, GLTF, FHIRBundle, Text, Plots, DICOM}

// ParseFormats reads a list such as "html,csv"; "all" is every format, an empty list none.
func ParseFormats(s string) ([]Format, error) {
	var out []Format
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		f := Format(strings.ToLower(w))
		switch {
		case f == "all":
			return Formats, nil
		case !slices.Contains(Formats, f):
			return nil, fmt.Errorf("export: no format %q: %s, or all", w, joined(Formats))
		case !slices.Contains(out, f):
			out = append(out, f)
		}
	}
	return out, nil
}

// ParsePage reads "A4" or "Letter" in either case; empty is A4.
func ParsePage(s string) (Page, error) {
	switch strings.ToLower(s) {
	case "", "a4":
		return A4, nil
	case "letter":
		return Letter, nil
	}
	return A4, fmt.Errorf("export: no paper %q: A4 or Letter", s)
}

func joined[T ~string](f []T) string {
	var w []string
	for _, x := range f {
		w = append(w, string(x))
	}
	return strings.Join(w, ", ")
}
