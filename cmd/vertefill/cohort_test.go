package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCohortHelp: every verb explains itself and refuses wrong use.
func TestCohortHelp(t *testing.T) {
	code, _, help := runLine(context.Background(), "cohort", "--help")
	if code != exitDone {
		t.Fatalf("exit %d", code)
	}
	for _, v := range cohortVerbs() {
		if !strings.Contains(help, "vertefill cohort "+v.name+" "+v.usage) || v.en == "" || v.fr == "" || v.en == v.fr {
			t.Errorf("%s is not in the help", v.name)
		}
		if code, _, stderr := runLine(context.Background(), "cohort", v.name, "--help"); code != exitDone || !strings.Contains(stderr, "usage: vertefill cohort "+v.name) || !strings.Contains(stderr, "-lang") {
			t.Errorf("%s --help: exit %d: %s", v.name, code, stderr)
		}
		if code, _, stderr := runLine(context.Background(), "cohort", v.name); code != exitUsage || len(strings.Split(strings.TrimSpace(stderr), "\n")) != 2 {
			t.Errorf("%s alone: exit %d: %s", v.name, code, stderr)
		}
	}
	for _, args := range [][]string{{"cohort"}, {"cohort", "measure"}, {"cohort", "run", t.TempDir(), "--shard", "3/2"}, {"cohort", "submit", t.TempDir(), "--engine", "sge"}} {
		if code, _, _ := runLine(context.Background(), args...); code != exitUsage {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}

// TestCohortCheckAndSubmit: what is missing is told, in a table too; scripts are written without a cluster.
func TestCohortCheckAndSubmit(t *testing.T) {
	data, out := t.TempDir(), t.TempDir()
	for _, id := range []string{"a", "b"} {
		if err := os.Mkdir(filepath.Join(data, id), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	table := filepath.Join(out, "problems.csv")
	code, stdout, stderr := runLine(context.Background(), "cohort", "check", data, "--lang", "en", "--csv", table)
	if code != exitDone || !strings.Contains(stdout, "Cases: 2. Errors: 2. Warnings: 0.") {
		t.Errorf("check: exit %d: %s%s", code, stdout, stderr)
	}
	if b, err := os.ReadFile(table); err != nil || !strings.Contains(string(b), "b,error,no-images,") {
		t.Errorf("table: %v %s", err, b)
	}
	code, stdout, stderr = runLine(context.Background(), "cohort", "submit", data, "--out", out, "--dry-run")
	if code != exitDone || !strings.Contains(stdout, filepath.Join(out, "slurm", "array.sh")) || !strings.Contains(stderr, "2 cases in 2 elements") {
		t.Errorf("submit: exit %d: %s%s", code, stdout, stderr)
	}
}

// TestCohortAgreement: two readings that came as tables.
func TestCohortAgreement(t *testing.T) {
	data, out := t.TempDir(), t.TempDir()
	var with []string
	for n, fills := range [][3]string{{"0.1", "0.2", "0.3"}, {"0.12", "0.22", "0.32"}} {
		dir := filepath.Join(out, "reader"+string(rune('A'+n)))
		text := "case,level,fillRatio\n"
		for i, f := range fills {
			id := "c" + string(rune('1'+i))
			os.MkdirAll(filepath.Join(data, id), 0o755)
			text += id + ",L1," + f + "\n"
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "vertebrae.csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		with = append(with, "--with", string(rune('A'+n))+"="+dir)
	}
	code, stdout, stderr := runLine(context.Background(), append([]string{"cohort", "agreement", data, "--out", filepath.Join(out, "result")}, with...)...)
	if code != exitDone || !strings.Contains(stdout, "B - A  n 3  bias +2.000") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	for _, name := range []string{"agreement.pdf", "agreement.html", "agreement.csv", "agreement-values.csv"} {
		if _, err := os.Stat(filepath.Join(out, "result", name)); err != nil {
			t.Error(err)
		}
	}
	if code, _, _ := runLine(context.Background(), "cohort", "agreement", data, "--with", "A="+out); code != exitUsage {
		t.Errorf("one reading: exit %d", code)
	}
}
