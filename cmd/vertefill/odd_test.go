package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// debianPython has the packages that the scripts need; another python3 on the path may not.
const debianPython = "/usr/bin/python3"

// program builds the command once per test, as a hospital would run it.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vertefill")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

func needsPython(t *testing.T, modules string) {
	t.Helper()
	if out, err := exec.Command(debianPython, "-c", "import "+modules).CombinedOutput(); err != nil {
		t.Skipf("%s without %s: %s", debianPython, modules, out)
	}
}

// TestOddSeries lets pydicom write series as scanners, archives and discs make them, and compares every voxel, corner, reason and
// problem that inspect and convert give.
func TestOddSeries(t *testing.T) {
	needsPython(t, "pydicom, numpy")
	out, err := exec.Command(debianPython, "-W", "ignore", filepath.Join("testdata", "odd_series.py"), program(t), t.TempDir()).CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), " cases\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestRealSeries converts every file of the real data that pydicom or gdcm can decode, and compares every voxel.
func TestRealSeries(t *testing.T) {
	needsPython(t, "pydicom, numpy")
	if _, err := exec.LookPath("gdcmconv"); err != nil {
		t.Skip("gdcmconv is not installed")
	}
	data := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skip("real data are not here")
	}
	out, err := exec.Command(debianPython, "-W", "ignore", filepath.Join("testdata", "real_series.py"), program(t), data, t.TempDir()).CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), " files compared\n") {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
