package app

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/model"
)

// SettingsFile is where settings are kept: the user's configuration folder.
func SettingsFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "vertefill", "desktop.json"), nil
}

// LoadSettings reads the settings; those of a first run where there are none
// or they cannot be read.
func LoadSettings(file string) model.Settings {
	s := model.DefaultSettings(text.SystemLang())
	data, err := os.ReadFile(file)
	if err != nil {
		s.FirstRun = true
		return s
	}
	stored := s
	if json.Unmarshal(data, &stored) != nil {
		return s
	}
	if lang, ok := text.ParseLang(string(stored.Lang)); ok {
		stored.Lang = lang
	} else {
		stored.Lang = s.Lang
	}
	stored.Scale = min(max(stored.Scale, 75), 200)
	stored.Width, stored.Height = min(max(stored.Width, 0), 1<<14), min(max(stored.Height, 0), 1<<14)
	stored.PanelDP = min(max(stored.PanelDP, 360), 520)
	for key, r := range stored.Splits {
		for i, x := range r {
			if x != 0 {
				r[i] = min(max(x, 0.2), 0.8)
			}
		}
		stored.Splits[key] = r
	}
	return stored
}

// StoreSettings writes the settings beside the old ones and then in their
// place, so that a crash leaves one or the other.
func StoreSettings(file string, s model.Settings) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	next := file + ".new"
	if err := os.WriteFile(next, append(data, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(next, file)
}
