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
	bytes = procBytes("/proc/meminfo", "MemAvailable")
	return bytes, bytes > 0
}

// Memory is what the system tells about its memory and this program's part.
func Memory() model.Memory {
	return model.Memory{Used: procBytes("/proc/self/status", "VmRSS"), Free: procBytes("/proc/meminfo", "MemAvailable"), Total: procBytes("/proc/meminfo", "MemTotal")}
}

// procBytes reads a line "Name: 123 kB" of a file of the kernel; 0 where there
// is none.
func procBytes(file, line string) int64 {
	f, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		if name != line {
			continue
		}
		kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		if err != nil {
			return 0
		}
		return kb << 10
	}
	return 0
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
