package diag_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryCodeIsGiven: a code in the catalogue that no package gives is a promise nobody keeps.
func TestEveryCodeIsGiven(t *testing.T) {
	catalogue, err := os.ReadFile("catalog.go")
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	use := regexp.MustCompile(`diag\.(Code[A-Za-z]+)`)
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range use.FindAllSubmatch(data, -1) {
			given[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`(?m)^\t(Code[A-Za-z]+) +Code = "`).FindAllSubmatch(catalogue, -1)
	if len(codes) < 60 {
		t.Fatalf("only %d codes were read", len(codes))
	}
	for _, m := range codes {
		if !given[string(m[1])] {
			t.Errorf("%s is given by no package", m[1])
		}
	}
}
