// Package masks reads vertebra masks that other programs made, in their file formats and numbers, as label maps of levels. It maps
// names where a file gives them, else numbers, and asks rather than guess where two conventions fit. It changes no voxel: cutting a
// whole vertebra down to its body is done where the anatomy is known.
package masks

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/nrrd"
	"github.com/vertefill/vertefill/internal/volume"
)

// Read returns the vertebrae in a NIfTI, NRRD or DICOM SEG file as labels of levels on the file's own grid. Bodies that the file
// does not tell apart become V1, V2, ... from head to foot. An empty convention leaves it to the file; the one used is returned,
// empty where names served. The error says what the file holds when that is not known.
func Read(path string, c Convention) (*volume.Labels, Convention, error) {
	var labels *volume.Labels
	var named map[int]string
	var err error
	switch ext := strings.ToLower(filepath.Ext(path)); {
	case ext == ".nrrd" || ext == ".nhdr":
		labels, named, err = nrrd.ReadLabels(path)
	case dicomio.IsDICOM(path):
		labels, err = dicomio.ReadVertebrae(path)
		return labels, "", err
	default:
		if labels, err = nifti.ReadLabels(path); err == nil {
			named = nifti.ReadLabelNames(path)
		}
	}
	if err != nil {
		return nil, "", err
	}
	if c == "" && renamed(labels, named) {
		return labels, "", nil
	}
	present := labelsOf(labels)
	if c == "" {
		if c, err = plain(labels, present); err != nil {
			return nil, "", err
		}
	}
	if c == TotalBody || c == SPINEPSParts {
		return labels, c, split(labels, c)
	}
	var to [256]uint8
	known := false
	for _, f := range present {
		l := c.level(f.label)
		to[f.label] = uint8(l)
		known = known || l != anatomy.None
	}
	if !known {
		return nil, "", fmt.Errorf("masks: no number in it is a vertebra by the convention %s", c)
	}
	relabel(labels, &to)
	return labels, c, nil
}

// plain guesses the convention; all bodies in one label look like C1 until they are seen to be several.
func plain(labels *volume.Labels, present []found) (Convention, error) {
	if len(present) <= 2 && present != nil && TotalBody.part(present[0].label) && TotalBody.part(present[len(present)-1].label) {
		if pieces, err := bodies(labels, TotalBody); err == nil && len(pieces) > 1 {
			return TotalBody, nil
		}
	}
	return guess(present)
}

// renamed maps labels by their names; false when no name is that of a vertebra.
func renamed(labels *volume.Labels, named map[int]string) bool {
	var to [256]uint8
	known := false
	for n, name := range named {
		if l, ok := levelIn(name); ok && n > 0 && n < 256 {
			to[n], known = uint8(l), true
		}
	}
	if known {
		relabel(labels, &to)
	}
	return known
}

func relabel(l *volume.Labels, to *[256]uint8) {
	for o, v := range l.V {
		l.V[o] = to[v]
	}
}

// levelIn finds a level among the words of a name, such as "L1 vertebra" or "vertebrae_T9". A disc names two levels and is none.
func levelIn(name string) (anatomy.Level, bool) {
	level, n := anatomy.None, 0
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if l, err := anatomy.ParseLevel(word); err == nil && !l.IsUnknown() && l != anatomy.S1 {
			level, n = l, n+1
		} else if w := strings.ToLower(word); w == "disc" || w == "disk" || w == "rib" {
			return anatomy.None, false
		}
	}
	return level, n == 1
}
