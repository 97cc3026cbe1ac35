package dicomio_test

import (
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/dicomio"
)

const patientName = dicomio.Tag(0x00100010)

// The names as their makers (D. Clunie, pydicom) publish them.
func TestCharacterSets(t *testing.T) {
	for file, want := range map[string]string{
		"chrArab.dcm":                "قباني^لنزار",
		"chrFren.dcm":                "Buc^Jérôme",
		"chrFrenMulti.dcm":           "Buc^Jérôme",
		"chrGerm.dcm":                "Äneas^Rüdiger",
		"chrGreek.dcm":               "Διονυσιος",
		"chrH31.dcm":                 "Yamada^Tarou=山田^太郎=やまだ^たろう",
		"chrH32.dcm":                 "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
		"chrHbrw.dcm":                "שרון^דבורה",
		"chrI2.dcm":                  "Hong^Gildong=洪^吉洞=홍^길동",
		"chrJapMulti.dcm":            "やまだ^たろう",
		"chrJapMultiExplicitIR6.dcm": "やまだ^たろう",
		"chrKoreanMulti.dcm":         "김희중",
		"chrRuss.dcm":                "Люкceмбypг",
		"chrX1.dcm":                  "Wang^XiaoDong=王^小東",
		"chrX2.dcm":                  "Wang^XiaoDong=王^小东",
	} {
		f, err := dicomio.Open(data(t, "charsets", file))
		if err != nil {
			t.Error(err)
			continue
		}
		if got := f.Text(patientName); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
		f.Close()
	}
}

// TestCharacterSetOfItems reads names in sequence items, with a character set of their own and with that of the data set.
func TestCharacterSetOfItems(t *testing.T) {
	for _, file := range []string{"chrSQEncoding.dcm", "chrSQEncoding1.dcm"} {
		f, err := dicomio.Open(data(t, "charsets", file))
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		for _, l := range f.Dump() {
			if l.Tag == patientName && l.Depth == 1 {
				found = l.Value
			}
		}
		if want := "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"; found != want {
			t.Errorf("%s: %q, want %q", file, found, want)
		}
		f.Close()
	}
}

func TestDump(t *testing.T) {
	f, err := dicomio.Open(data(t, "ct-one-image-15-syntaxes", "CTImage.dcm")) // implicit VR
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := map[string]string{}
	for _, l := range f.Dump() {
		got[l.Name] = l.VR + " " + l.Value
	}
	for name, want := range map[string]string{"Rows": "US 512", "Modality": "CS CT", "Pixel Representation": "US 1", "Rescale Intercept": "DS -1024"} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	if strings.Contains(got["Pixel Data"], "512") {
		t.Error("the dump goes into the pixel data")
	}
}
