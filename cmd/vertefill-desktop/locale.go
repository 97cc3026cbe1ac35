package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// anyLocale is one whose table of composed characters every system with such tables has.
const anyLocale = "en_US.UTF-8"

// settleLocale keeps the window from refusing to open: the toolkit asks for the composed characters of the system's locale and gives up
// where there are none, as for a pair of language and country that nobody listed. The language of the texts stays that of the system.
func settleLocale(dir string) {
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale = os.Getenv(name); locale != "" {
			break
		}
	}
	if locale == "" || composes(dir, locale) || !composes(dir, anyLocale) {
		return
	}
	if all := os.Getenv("LC_ALL"); all != "" {
		os.Setenv("LC_MESSAGES", all)
		os.Unsetenv("LC_ALL")
	}
	os.Setenv("LC_CTYPE", anyLocale)
}

// composes reports whether the system's lists name a locale, itself or as another name of one.
func composes(dir, locale string) bool {
	for _, file := range []string{"compose.dir", "locale.alias"} {
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			if f := strings.Fields(strings.ReplaceAll(line, ":", "")); len(f) == 2 && slices.Contains(f, locale) {
				return true
			}
		}
	}
	return false
}

// localeDir is where X11 keeps these lists.
func localeDir() string {
	if dir := os.Getenv("XLOCALEDIR"); dir != "" {
		return dir
	}
	return "/usr/share/X11/locale"
}
