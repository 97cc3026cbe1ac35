package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/vertefill/vertefill/"

// layers is the table of docs/ARCHITECTURE.md: a package may import packages of a lower layer only. A name ending in /... stands
// for everything below it.
var layers = []struct {
	layer    int
	packages string
}{
	{0, "internal/stats internal/geom internal/parallel internal/unit internal/anatomy internal/text internal/font internal/licence internal/codec"},
	{1, "internal/diag internal/codec/marker internal/dicomout"},
	{2, "internal/volume internal/filter internal/codec/rle internal/codec/jpeg internal/codec/jpegll internal/codec/jpegls internal/codec/j2k"},
	{3, "internal/mesh internal/nifti internal/nrrd internal/measure internal/overlap"},
	{4, "internal/spine internal/surface"},
	{5, "internal/dicomio internal/render internal/vertebra internal/cement internal/register internal/leak internal/fluoro internal/artefact"},
	{6, "internal/masks internal/study internal/phantom internal/exchange internal/plot internal/deid internal/proof"},
	{7, "internal/assess internal/chart internal/overlay"},
	{8, "internal/export"},
	{9, "internal/cohort internal/teach"},
	{8, "internal/session"},
	{10, "ui/theme ui/i18n"},
	{11, "ui/icon ui/model"},
	{12, "ui/widget"},
	{13, "ui/view"},
	{14, "ui/panel"},
	{15, "ui/app"},
	{16, "cmd/vertefill cmd/vertefill-desktop"},
}

// algorithms must not know where images come from or how they are shown, nor each other: package assess joins them.
var algorithms = strings.Fields("internal/vertebra internal/cement internal/register internal/leak internal/fluoro internal/artefact")

// only lists the packages that alone may import a path.
var only = map[string]string{
	"github.com/suyashkumar/dicom": "internal/dicomio",
	"gioui.org/app":                "cmd/vertefill-desktop",
	"codeberg.org/go-pdf/fpdf":     "internal/export",
	"net/http":                     "",
}

// helpers are imported by tests only.
var helpers = strings.Fields("internal/golden internal/codec/codectest ui/uitest")

type pkg struct {
	ImportPath string
	Imports    []string
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.String())
	}
	var pkgs []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

func contains(words, w string) bool {
	for _, f := range strings.Fields(words) {
		if f == w || strings.HasPrefix(w, f+"/") {
			return true
		}
	}
	return false
}

// violations returns what is wrong with the imports of one package.
func violations(p pkg) (out []string) {
	layerOf := map[string]int{}
	for _, l := range layers {
		for _, n := range strings.Fields(l.packages) {
			layerOf[n] = l.layer
		}
	}
	name := strings.TrimPrefix(p.ImportPath, module)
	isHelper := contains(strings.Join(helpers, " "), name)
	mine, known := layerOf[name]
	if !known && !isHelper && name != "internal/arch" {
		out = append(out, name+" stands in no layer: add it to the table and to docs/ARCHITECTURE.md")
	}
	for _, imp := range p.Imports {
		for path, who := range only {
			if (imp == path || strings.HasPrefix(imp, path+"/")) && !contains(who, name) && !isHelper {
				out = append(out, name+" imports "+imp+", which is for "+who+" only")
			}
		}
		if strings.HasPrefix(imp, "gioui.org") && !strings.HasPrefix(name, "ui/") && name != "cmd/vertefill-desktop" {
			out = append(out, name+" imports "+imp+": Gio belongs to ui")
		}
		other, ours := strings.CutPrefix(imp, module)
		if !ours {
			continue
		}
		if contains(strings.Join(helpers, " "), other) && !isHelper {
			out = append(out, name+" imports the test helper "+other)
		}
		if l, ok := layerOf[other]; ok && known && l >= mine {
			out = append(out, name+" imports "+other+", which is not in a lower layer")
		}
		for _, a := range algorithms {
			if name != a {
				continue
			}
			for _, banned := range append(strings.Fields("internal/dicomio internal/render internal/phantom internal/study"), algorithms...) {
				if other == banned {
					out = append(out, name+" imports "+other+": algorithms take volumes and labels, assess joins them")
				}
			}
		}
	}
	return out
}

func TestImports(t *testing.T) {
	for _, p := range list(t) {
		for _, v := range violations(p) {
			t.Error(v)
		}
	}
}

// TestViolationsAreFound plants forbidden imports; a table that forbids nothing would pass unseen.
func TestViolationsAreFound(t *testing.T) {
	for _, p := range []pkg{
		{module + "internal/geom", []string{module + "internal/volume"}},
		{module + "internal/vertebra", []string{module + "internal/cement"}},
		{module + "internal/cement", []string{module + "internal/dicomio"}},
		{module + "internal/assess", []string{"gioui.org/layout"}},
		{module + "internal/volume", []string{"github.com/suyashkumar/dicom/pkg/tag"}},
		{module + "ui/widget", []string{"gioui.org/app"}},
		{module + "internal/render", []string{module + "internal/golden"}},
		{module + "internal/nowhere", nil},
	} {
		if len(violations(p)) == 0 {
			t.Errorf("%s importing %v is allowed", p.ImportPath, p.Imports)
		}
	}
}
