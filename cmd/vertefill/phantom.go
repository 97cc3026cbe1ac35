package main

import (
	"context"
	"fmt"

	"github.com/vertefill/vertefill/internal/phantom"
)

func runPhantom(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "phantom")
	out := f.String("out", "", "folder for the case")
	seed := f.Uint64("seed", 0, "another case for every number (default: the built-in case)")
	rest, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	if *out == "" || len(rest) > 0 {
		return 0, usagef("--out DIR is needed")
	}
	n, opt := *seed, phantom.Options{}
	if n == 0 {
		n, opt = phantom.Demo()
	}
	bar := newProgress(e.stderr)
	defer bar.done()
	bar.show("phantom", 0.1)
	c, err := phantom.NewContext(ctx, n, opt)
	if err != nil {
		return 0, err
	}
	bar.show("phantom", 0.7)
	if err := c.Write(ctx, *out); err != nil {
		return 0, err
	}
	bar.done()
	fmt.Fprintln(e.stdout, *out)
	return exitDone, nil
}
