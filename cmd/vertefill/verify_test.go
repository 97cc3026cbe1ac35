package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestThreadsDoNotMatter: the same inputs and parameters give the same bytes of report.json, timing aside, of the masks, the surfaces and the
// PDF on one thread, two and three; verify finds the numbers again, and sees one that was changed.
func TestThreadsDoNotMatter(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	dir, out := smallCase(t), t.TempDir()
	seed := "T12=" + strings.Trim(jsonOf(t, truth.Vertebrae[1].CentroidLPS), "[]")
	results := map[string][]byte{} // of one thread
	for _, threads := range []string{"1", "2", "3"} {
		to := filepath.Join(out, threads)
		if code, _, stderr := runLine(context.Background(), "analyze", dir, "--out", to, "--seed", seed, "--lang", "fr", "--threads", threads); code != exitDone {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		for _, name := range []string{"report.json", "vertebrae.nii.gz", "cement.nii.gz", "leaks.nii.gz", "cement.stl", "report.pdf"} {
			b, err := os.ReadFile(filepath.Join(to, name))
			if err != nil {
				t.Fatal(err)
			}
			if name == "report.json" {
				b = timeless(t, filepath.Join(to, name))
			}
			if threads == "1" {
				results[name] = b
			} else if !bytes.Equal(b, results[name]) {
				t.Errorf("%s differs between one thread and %s", name, threads)
			}
		}
	}

	report := filepath.Join(out, "1", "report.json")
	code, stdout, stderr := runLine(context.Background(), "verify", report, dir, "--threads", "2")
	if code != exitDone || !strings.Contains(stdout, "The same") {
		t.Errorf("verify: exit %d: %s%s", code, stdout, stderr)
	}
	forged := strings.Replace(string(results["report.json"]), `"treated": true`, `"treated": false`, 1)
	if err := os.WriteFile(report, []byte(forged), 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, _ = runLine(context.Background(), "verify", report, dir)
	if code != exitStrict || !strings.Contains(stdout, "treated: false → true") {
		t.Errorf("verify of a changed report: exit %d: %s", code, stdout)
	}
}

// timeless returns a report as it is written, without its timing.
func timeless(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r map[string]json.RawMessage
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if len(r["timing"]) == 0 {
		t.Fatal("no timing in the report")
	}
	return bytes.Replace(b, r["timing"], []byte("{}"), 1)
}

func TestVerifyUsage(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	plain := file("a.json", `{"schema": "vertefill.report/1", "inputs": {"post": {"seriesInstanceUID": "1.2"}}, "parameters": {}}`)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{}, exitUsage, "REPORT"},
		{[]string{plain}, exitUsage, "where the images"},
		{[]string{file("b.json", "{}"), "x"}, exitFailed, "not a report"},
		{[]string{file("c.json", `{"schema": "vertefill.report/1", "parameters": {"corrections": []}}`), "x"}, exitFailed, "corrected"},
		{[]string{file("d.json", `{"schema": "vertefill.report/1", "parameters": {"vertebraeFrom": "mask"}}`), "x"}, exitUsage, "--vertebrae"},
		{[]string{plain, "x", "--post", "y"}, exitUsage, "one REPORT"},
		{[]string{plain, smallCase(t)}, exitFailed, "not those of the report"},
	} {
		code, _, stderr := runLine(context.Background(), append([]string{"verify"}, c.args...)...)
		if code != c.code || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: exit %d, says %q; want %d and %q", c.args, code, stderr, c.code, c.says)
		}
	}
}
