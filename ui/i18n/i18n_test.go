package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// catalogue reads the texts from the source: name to English and French.
func catalogue(t *testing.T) map[string][2]string {
	t.Helper()
	files, err := filepath.Glob("texts_*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	out := map[string][2]string{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			lit, ok := spec.Values[0].(*ast.CompositeLit)
			if !ok {
				return true
			}
			var both [2]string
			if len(lit.Elts) != 2 {
				t.Errorf("%s: %d languages, want 2", spec.Names[0], len(lit.Elts))
				return false
			}
			for i, e := range lit.Elts {
				both[i], err = strconv.Unquote(e.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
			}
			out[spec.Names[0].Name] = both
			return false
		})
	}
	return out
}

func TestBothLanguages(t *testing.T) {
	placeholder := regexp.MustCompile(`\{[a-z]+\}`)
	for name, both := range catalogue(t) {
		if both[0] == "" || both[1] == "" {
			t.Errorf("%s: a language is missing", name)
		}
		en, fr := placeholder.FindAllString(both[0], -1), placeholder.FindAllString(both[1], -1)
		sort.Strings(en)
		sort.Strings(fr)
		if strings.Join(en, " ") != strings.Join(fr, " ") {
			t.Errorf("%s: placeholders %v and %v differ", name, en, fr)
		}
		if i := regexp.MustCompile(`[^\x{202f}][;:!?%]`).FindString(both[1]); i != "" && !strings.HasPrefix(both[1], "?") {
			t.Errorf("%s: French needs U+202F before %q", name, i)
		}
		if strings.ContainsAny(both[0]+both[1], "!'") {
			t.Errorf("%s: exclamation mark or straight apostrophe", name)
		}
	}
}

func TestEveryTextIsUsed(t *testing.T) {
	used := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(path)
		if d.IsDir() && (strings.HasSuffix(slashed, "/.git") || strings.HasSuffix(slashed, "/internal")) {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(d.Name(), "texts_") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if x, ok := n.(*ast.Ident); ok && f.Name.Name == "i18n" {
				used[x.Name] = true
			}
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "i18n" {
					used[sel.Sel.Name] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range catalogue(t) {
		if !used[name] {
			t.Errorf("%s is used nowhere", name)
		}
	}
}
