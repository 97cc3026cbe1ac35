package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// runView starts the desktop program, which stands beside this one or in PATH. It has a window of its own, so that this program
// stays free of C and graphics.
func runView(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "view")
	rest, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	if len(rest) > 1 {
		return 0, usagef("one PATH is needed")
	}
	name := "vertefill-desktop"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	program, err := exec.LookPath(name)
	if self, selfErr := os.Executable(); selfErr == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if _, statErr := os.Stat(beside); statErr == nil {
			program, err = beside, nil
		}
	}
	if err != nil {
		return 0, fmt.Errorf("the desktop program %s is neither beside this program nor in PATH", name)
	}
	c := exec.CommandContext(ctx, program, rest...)
	c.Stdout, c.Stderr = e.stdout, e.stderr
	if err := c.Run(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return exit.ExitCode(), nil
		}
		return 0, fmt.Errorf("start %s: %w", name, err)
	}
	return exitDone, nil
}
