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

// TestThreadsDoNotMatter: the same inputs and parameters give the same bytes of report.json on one thread and on two, timing aside;
// verify finds them again, and sees a number that was changed.
func TestThreadsDoNotMatter(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	dir, out := smallCase(t), t.TempDir()
	seed := "T12=" + strings.Trim(jsonOf(t, truth.Vertebrae[1].CentroidLPS), "[]")
	var reports [][]byte
	for _, threads := range []string{"1", "2"} {
		to := filepath.Join(out, threads)
		if code, _, stderr := runLine(context.Background(), "analyze", dir, "--out", to, "--seed", seed, "--lang", "fr", "--threads", threads); code != exitDone {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		reports = append(reports, timeless(t, filepath.Join(to, "report.json")))
	}
	if !bytes.Equal(reports[0], reports[1]) {
		t.Error("report.json differs between one thread and two")
	}

	report := filepath.Join(out, "1", "report.json")
	code, stdout, stderr := runLine(context.Background(), "verify", report, dir, "--threads", "2")
	if code != exitDone || !strings.Contains(stdout, "The same") {
		t.Errorf("verify: exit %d: %s%s", code, stdout, stderr)
	}
	forged := strings.Replace(string(reports[0]), `"treated": true`, `"treated": false`, 1)
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
