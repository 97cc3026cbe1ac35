package diag_test

import (
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/text"
)

// TestCatalogue checks that both languages of every code use the same placeholders and that codes match the contract's pattern.
func TestCatalogue(t *testing.T) {
	holes := regexp.MustCompile(`\{[a-z]+\}`)
	pattern := regexp.MustCompile(`^[a-z0-9-]+$`)
	for _, c := range diag.Codes() {
		f := diag.Finding{Code: c}
		en, fr := holes.FindAllString(f.Message(text.English), -1), holes.FindAllString(f.Message(text.French), -1)
		sort.Strings(en)
		sort.Strings(fr)
		if strings.Join(en, "") != strings.Join(fr, "") {
			t.Errorf("%s: placeholders differ: %v and %v", c, en, fr)
		}
		if !pattern.MatchString(string(c)) || f.Severity() == "" {
			t.Errorf("%s: code or severity not allowed", c)
		}
	}
}

func TestMessageAndOrder(t *testing.T) {
	var s diag.Sink
	s.Add(diag.CodeGantryTilt, anatomy.None, diag.Args{"x": diag.Num{X: 5.5, Decimals: 1}})
	s.Add(diag.CodeBodyCut, anatomy.L1, nil)
	s.Add(diag.CodeBodyCut, anatomy.L1, nil)
	s.Add(diag.CodeGapInLevel, anatomy.T9, nil)
	got := s.Findings()
	if len(got) != 3 || got[0].Code != diag.CodeGapInLevel || got[2].Code != diag.CodeGantryTilt {
		t.Fatalf("order: %v", got)
	}
	if m := got[2].Message(text.French); !strings.Contains(m, "5,5") || strings.Contains(m, "{") {
		t.Errorf("French message: %s", m)
	}
	if m := got[1].Message(text.English); !strings.HasPrefix(m, "L1 ") {
		t.Errorf("level is missing: %s", m)
	}
	var none *diag.Sink
	none.Add(diag.CodeBodyCut, anatomy.L1, nil)
	if none.Findings() != nil {
		t.Error("a nil sink keeps findings")
	}
}
