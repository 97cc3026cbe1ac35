package export

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/text"
)

// TestArchivalForm: the file has what PDF/A asks for, in its own bytes and by another reader, where one is installed.
func TestArchivalForm(t *testing.T) {
	var b bytes.Buffer
	if err := PDF(t.Context(), &b, newCase(t, usual(text.French)), Options{Lang: text.French}); err != nil {
		t.Fatal(err)
	}
	s := b.String()
	for _, want := range []string{"/OutputIntents", "/S /GTS_PDFA1", "<pdfaid:part>2</pdfaid:part>", "/Outlines", "/Lang (fr)", "/ID [<"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %s", want)
		}
	}
	if _, second, _ := strings.Cut(s, "\n"); second[0] != '%' || second[1] < 128 || second[4] < 128 {
		t.Errorf("second line %q", second[:6])
	}
	for _, banned := range []string{"/JavaScript", "/Encrypt", "/Launch", "/AA "} {
		if strings.Contains(s, banned) {
			t.Errorf("%s is in the file", banned)
		}
	}
	// Every offset of the table points at its object.
	start, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(s[strings.LastIndex(s, "startxref\n")+10:], "%%EOF\n")))
	if err != nil || !strings.HasPrefix(s[start:], "xref\n") {
		t.Fatalf("startxref %d: %v", start, err)
	}
	for n, m := range regexp.MustCompile(`(\d{10}) 00000 n`).FindAllStringSubmatch(s[start:], -1) {
		at, _ := strconv.Atoi(m[1])
		if !strings.HasPrefix(s[at:], fmt.Sprintf("%d 0 obj", n+1)) {
			t.Fatalf("object %d is not at %d", n+1, at)
		}
	}
	var info, root string
	if m := regexp.MustCompile(`/Root (\d+) 0 R\n/Info (\d+) 0 R`).FindStringSubmatch(s[start:]); m != nil {
		root, info = m[1], m[2]
	}
	if !strings.Contains(s, "\n"+info+" 0 obj\n<<\n/Producer") || !strings.Contains(s, "\n"+root+" 0 obj\n<<\n/Type /Catalog") {
		t.Errorf("catalogue %s, information %s", root, info)
	}
	if program, err := exec.LookPath("qpdf"); err == nil {
		path := filepath.Join(t.TempDir(), "report.pdf")
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(program, "--check", path).CombinedOutput(); err != nil {
			t.Errorf("qpdf: %v: %s", err, out)
		}
	}
}

// TestProfileOfColours: the profile is one that other software reads, and says sRGB.
func TestProfileOfColours(t *testing.T) {
	p := srgbProfile()
	if int(binary.BigEndian.Uint32(p)) != len(p) || string(p[36:40]) != "acsp" || len(p)%4 != 0 {
		t.Fatalf("%d bytes", len(p))
	}
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "from PIL import ImageCms").Run() != nil {
		t.Skip("no python3-pil: the profile is not read by others")
	}
	path := filepath.Join(t.TempDir(), "srgb.icc")
	if err := os.WriteFile(path, p, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", `
import sys
from PIL import Image, ImageCms
ours, theirs = ImageCms.getOpenProfile(sys.argv[1]), ImageCms.createProfile("sRGB")
picture = Image.new("RGB", (64, 64))
picture.putdata([(4 * x, 4 * y, 2 * (x + y)) for y in range(64) for x in range(64)])
seen = ImageCms.profileToProfile(picture, ours, theirs)
print(max(abs(a - b) for p, q in zip(picture.getdata(), seen.getdata()) for a, b in zip(p, q)))
`, path).Output()
	if err != nil || strings.TrimSpace(string(out)) > "1" || len(strings.TrimSpace(string(out))) != 1 {
		t.Errorf("colours move by %s of 255: %v", out, err)
	}
}
