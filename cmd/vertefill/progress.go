package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// progressBar shows how far the work is: a bar that is redrawn on a terminal, a line every tenth elsewhere.
type progressBar struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	last     time.Time
	tenth    int
	width    int
}

func newProgress(w io.Writer) *progressBar {
	p := &progressBar{w: w, tenth: -1}
	if f, ok := w.(*os.File); ok {
		if st, err := f.Stat(); err == nil {
			p.terminal = st.Mode()&os.ModeCharDevice != 0
		}
	}
	return p
}

// show reports that a named part of the work is done to a fraction; overall is that of the whole.
func (p *progressBar) show(what string, overall float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	overall = max(0, min(1, overall))
	if !p.terminal {
		if t := int(overall * 10); t != p.tenth {
			p.tenth = t
			fmt.Fprintf(p.w, "%3.0f %% %s\n", 100*overall, what)
		}
		return
	}
	if time.Since(p.last) < 100*time.Millisecond && overall < 1 {
		return
	}
	p.last = time.Now()
	const cells = 30
	n := int(overall * cells)
	line := fmt.Sprintf("[%s%s] %3.0f %% %s", strings.Repeat("=", n), strings.Repeat(" ", cells-n), 100*overall, what)
	fmt.Fprintf(p.w, "\r%s%s", line, strings.Repeat(" ", max(0, p.width-len(line))))
	p.width = len(line)
}

// say prints a line above the bar.
func (p *progressBar) say(line string) {
	p.done()
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintln(p.w, line)
	p.width = 0
}

// done clears the bar.
func (p *progressBar) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal && p.width > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.width))
	}
}
