package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/text"
)

func TestSettleLocale(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"compose.dir": "# a comment\nen_US.UTF-8/Compose\t\ten_US.UTF-8\nen_US.UTF-8/Compose:\tfr_FR.UTF-8\n", "locale.alias": "fr_FR.utf8\tfr_FR.UTF-8\nPOSIX:\tC\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		all, lang, ctype string
		want             text.Lang
		settled          bool
	}{
		{"", "fr_FR.UTF-8", "", text.French, false},
		{"", "fr_FR.utf8", "", text.French, false},
		{"", "fr_GB.UTF-8", "", text.French, true},
		{"fr_XX.UTF-8", "en_US.UTF-8", "", text.French, true},
		{"", "en_CH.UTF-8", "fr_FR.UTF-8", text.English, false},
		{"POSIX", "", "", text.English, false},
		{"", "", "", text.English, false},
	} {
		for name, value := range map[string]string{"LC_ALL": x.all, "LANG": x.lang, "LC_CTYPE": x.ctype, "LC_MESSAGES": ""} {
			t.Setenv(name, value)
		}
		settleLocale(dir)
		if got := os.Getenv("LC_ALL") == "" && os.Getenv("LC_CTYPE") == anyLocale; got != x.settled || text.SystemLang() != x.want {
			t.Errorf("%+v: settled %v, language %s", x, got, text.SystemLang())
		}
	}
	t.Setenv("LANG", "fr_GB.UTF-8")
	t.Setenv("LC_ALL", "")
	t.Setenv("LC_CTYPE", "")
	settleLocale(t.TempDir()) // no lists at all: nothing is known, nothing is changed
	if os.Getenv("LC_CTYPE") != "" {
		t.Error("the locale was changed without lists")
	}
}
