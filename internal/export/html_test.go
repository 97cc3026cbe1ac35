package export

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/text"
)

// chromium runs the browser without a window on a page and returns what it prints; the test is skipped where it is not installed.
func chromium(t *testing.T, page string, args ...string) []byte {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed: the page is not opened in a browser")
	}
	args = append([]string{"--headless", "--no-sandbox", "--disable-gpu-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--hide-scrollbars",
		"--user-data-dir=" + t.TempDir(), "--virtual-time-budget=3000"}, args...)
	cmd := exec.Command(program, append(args, "file://"+page)...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return out
}

func TestHTMLStandsAlone(t *testing.T) {
	for _, l := range []text.Lang{text.English, text.French} {
		var b bytes.Buffer
		p := usual(l)
		r := newCase(t, p)
		j := &job{Result: r, Options: Options{Lang: l, Study: Study{Patient: `<b>"O'Hara"&^Zoë`}}, ctx: t.Context(), pictures: &Pictures{}}
		if err := html(j, &b); err != nil {
			t.Fatal(err)
		}
		s := b.String()
		for _, m := range regexp.MustCompile(`(?: src=| href=|url\()["']?([^"')\s>]{1,40})`).FindAllStringSubmatch(s, -1) {
			if !strings.HasPrefix(m[1], "data:") {
				t.Errorf("%s: the page asks for %q", l, m[0])
			}
		}
		if !strings.Contains(s, "default-src 'none'") || !strings.Contains(s, `lang="`+string(l)+`"`) {
			t.Errorf("%s: no policy or no language", l)
		}
		if strings.Contains(s, "<b>\"O'Hara") {
			t.Error("a name is taken for markup")
		}
		w := words[l]
		for _, want := range []string{w["conclusion"], w["eachLeak"], w["fluoroscopy"], w["definitions"][:20], "34", w["device"], leakName(r.Report.Leaks[0], l)} {
			if !strings.Contains(s, want) {
				t.Errorf("%s: the page lacks %q", l, want)
			}
		}
		if strings.Contains(s, "ZgotmplZ") {
			t.Errorf("%s: the template refused a value", l)
		}
	}
}

// probe is added to the page: it sorts the first table by its second column twice, turns the 3D view and counts its yellow pixels.
const probe = `<script>
(() => {
  const table = document.querySelector("table.sortable");
  const names = () => [...table.tBodies[0].rows].map(r => r.cells[0].textContent.trim().split(" ")[0]).join(",");
  const sort = () => table.querySelectorAll("th button")[1].click();
  sort(); const up = names(); sort(); const down = names();
  const canvas = document.querySelector("#view canvas");
  const yellow = () => {
    const gl = canvas.getContext("webgl"), pix = new Uint8Array(4 * canvas.width * canvas.height);
    gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, pix);
    let n = 0, x = 0;
    for (let i = 0; i < pix.length; i += 4) if (pix[i] > 120 && pix[i + 1] > 90 && pix[i + 2] < 100) { n++; x += i / 4 % canvas.width; }
    return n + ":" + Math.round(x / n);
  };
  const before = yellow();
  canvas.dispatchEvent(new KeyboardEvent("keydown", {key: "+"}));
  setTimeout(() => { document.title = "PROBE " + up + " " + down + " " + before + " " + yellow() + " " + (document.documentElement.scrollWidth <= innerWidth); }, 300);
})();
</script></body>`

// TestHTMLInABrowser opens the page at the width of a telephone: it sorts, draws and turns in 3D, and is no wider than the screen.
func TestHTMLInABrowser(t *testing.T) {
	var b bytes.Buffer
	r := newCase(t, usual(text.English))
	r.Report.Vertebrae[1].FillRatio, r.Report.Vertebrae[3].FillRatio = 0.3, 0.05
	if err := WriteHTML(t.Context(), &b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(page, []byte(strings.Replace(b.String(), "</body>", probe, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	out := string(chromium(t, page, "--window-size=500,900", "--dump-dom"))
	m := regexp.MustCompile(`<title>PROBE (\S+) (\S+) (\d+):\S+ (\d+):\S+ (\w+)</title>`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("the probe did not run: %s", regexp.MustCompile(`<title>.*</title>`).FindString(out))
	}
	if !strings.HasSuffix(m[1], "T12,T11,T10") || !strings.HasPrefix(m[2], "T10,T11,T12") {
		t.Errorf("sorted by fill: %s, then %s", m[1], m[2])
	}
	var before, after int
	fmt.Sscan(m[3], &before)
	fmt.Sscan(m[4], &after)
	if before < 100 || after <= before {
		t.Errorf("cement covers %d pixels, %d when zoomed in", before, after)
	}
	if m[5] != "true" {
		t.Error("the page is wider than a telephone")
	}
	shot := filepath.Join(t.TempDir(), "page.png")
	chromium(t, page, "--window-size=1100,1600", "--screenshot="+shot)
	f, err := os.Open(shot)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if picture, err := png.Decode(f); err != nil || picture.Bounds().Dx() != 1100 {
		t.Errorf("screenshot: %v", err)
	}
}
