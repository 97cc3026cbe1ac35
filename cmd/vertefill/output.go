package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/text"
)

// outputFlags are the settings of what leaves the program.
type outputFlags struct {
	formats, paper, template string
	without                  string
	reader                   string
	identity                 bool
}

func addOutputFlags(f *flag.FlagSet) *outputFlags {
	o := &outputFlags{}
	f.StringVar(&o.formats, "formats", "", "more files: html, csv, tsv, nrrd, ply, obj, gltf, fhir, text, plots, dicom, or all")
	f.StringVar(&o.paper, "paper", "A4", "paper of the PDF: A4 or Letter")
	f.StringVar(&o.without, "without", "", "parts that report.pdf and report.html leave out: conclusion, levels, leaks, images, fluoroscopy, heights, quality, parameters")
	f.StringVar(&o.template, "template", "", "your own template of report.txt (see docs/report-text.md)")
	f.StringVar(&o.reader, "reader", "", "name of the reader, for the report")
	f.BoolVar(&o.identity, "identity", false, "print the patient's name, birth date and number on the reports (default: anonymous)")
	return o
}

// options checks the settings before any work is done.
func (o *outputFlags) options(l text.Lang) (out export.Options, err error) {
	out.Lang = l
	if out.Formats, err = export.ParseFormats(o.formats); err != nil {
		return out, usagef("--formats: %v", err)
	}
	if out.Page, err = export.ParsePage(o.paper); err != nil {
		return out, usagef("--paper: %v", err)
	}
	if out.Without, err = export.ParseSections(o.without); err != nil {
		return out, usagef("--without: %v", err)
	}
	out.SignOff.Reader = o.reader
	if o.template != "" {
		b, err := os.ReadFile(o.template)
		if err != nil {
			return out, fmt.Errorf("template of report.txt: %w", err)
		}
		out.TextTemplate = string(b)
		if err := export.CheckTextTemplate(out.TextTemplate); err != nil {
			return out, fmt.Errorf("%w: %s", err, o.template)
		}
	}
	return out, nil
}

// about returns what the header of the reports says about patient and examination; nothing unless identity was asked for.
func (o *outputFlags) about(st *study.Study, r *assess.Report) export.Study {
	if !o.identity || r.Inputs.Post == nil {
		return export.Study{}
	}
	for _, s := range st.Series {
		if s.UID == r.Inputs.Post.SeriesInstanceUID {
			return export.Study{Patient: strings.TrimSpace(s.Patient.Name), ID: s.Patient.ID, BirthDate: s.Patient.BirthDate, Sex: s.Patient.Sex,
				Date: s.Info.Date, Time: s.Info.Time, Institution: s.Info.Institution}
		}
	}
	return export.Study{}
}
