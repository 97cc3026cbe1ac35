package licence_test

import (
	"os"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/licence"
)

// Every module of go.mod that is linked into something must be told about. Tools
// of the build are modules too; their absence is told by name.
func TestEveryModuleHasItsLicence(t *testing.T) {
	data, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, w := range licence.Works() {
		known[w.Name] = true
		if len(w.Text) < 200 {
			t.Errorf("%s: the licence has %d letters", w.Name, len(w.Text))
		}
	}
	tools := map[string]bool{ // never linked into a program
		"gioui.org/x": true, "git.wow.st/gmp/jni": true, "github.com/BurntSushi/toml": true, "golang.org/x/exp/typeparams": true,
		"golang.org/x/mod": true, "golang.org/x/sync": true, "golang.org/x/tools": true, "honnef.co/go/tools": true,
	}
	for _, line := range strings.Split(string(data), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 || !strings.HasPrefix(line, "\t") || !strings.Contains(f[0], ".") {
			continue
		}
		if !known[f[0]] && !tools[f[0]] {
			t.Errorf("%s has no licence here: run internal/licence/make.sh", f[0])
		}
	}
}
