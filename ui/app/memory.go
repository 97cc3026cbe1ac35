package app

import (
	"bufio"
	"os"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/ui/model"
)

// FreeMemory returns how many bytes programs may still take; ok is false where
// the system does not tell.
func FreeMemory() (bytes int64, ok bool) {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		if name != "MemAvailable" {
			continue
		}
		kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		return kb << 10, err == nil
	}
	return 0, false
}

// short reports whether the series to be read would not fit: slices x matrix x
// 2 bytes against what is free.
func (a *App) short(e model.LoadSeries) (m model.MemoryShort, short bool) {
	if e.Checked || a.config.FreeMemory == nil {
		return m, false
	}
	free, ok := a.config.FreeMemory()
	if !ok {
		return m, false
	}
	m = model.MemoryShort{Free: free, Load: e}
	for slot, i := range e.Series {
		if i < 0 || i >= len(e.Study.Series) {
			continue
		}
		m.Need += e.Study.Series[i].Bytes
		if model.Slot(slot) == model.PostSlot {
			m.Post = e.Study.Series[i].Bytes
		}
	}
	return m, m.Need > free
}
