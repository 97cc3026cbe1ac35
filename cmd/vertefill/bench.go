package main

import (
	"context"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/volume"
)

// benchTasks are the tasks of "vertefill bench", which the hooks in testdata/bench call: the arguments, output and meaning of each
// are those of the programs that docs/bench.md compares.
var benchTasks = map[string]struct {
	args int
	run  func(ctx context.Context, b bench, args []string) error
}{
	"load":     {1, benchLoad},
	"cement":   {2, benchCement},
	"register": {3, benchRegister},
	"view":     {2, benchView},
	"mesh":     {2, benchMesh},
	"edt":      {1, benchDistance},
	"workflow": {2, benchWorkflow},
}

func runBench(ctx context.Context, e env, args []string) (int, error) {
	var names []string
	for n := range benchTasks {
		names = append(names, n)
	}
	sort.Strings(names)
	if len(args) == 0 {
		return 0, usagef("one of %s is needed", strings.Join(names, ", "))
	}
	t, ok := benchTasks[args[0]]
	switch {
	case !ok:
		return 0, usagef("%s is none of %s", args[0], strings.Join(names, ", "))
	case len(args)-1 != t.args:
		return 0, usagef("%s needs %d arguments", args[0], t.args)
	}
	return exitDone, t.run(ctx, bench{e.stdout}, args[1:])
}

// bench prints what was measured, one figure a line.
type bench struct{ w io.Writer }

// phase times a piece of work.
func (b bench) phase(name string, work func() error) error {
	start := time.Now()
	if err := work(); err != nil {
		return err
	}
	fmt.Fprintf(b.w, "PHASE\t%s\t%.6f\n", name, time.Since(start).Seconds())
	return nil
}

func (b bench) result(name string, x float64) { fmt.Fprintf(b.w, "RESULT\t%s\t%.6g\n", name, x) }

// load reads the largest volume under a path: the phase "load" is everything from the names of the files to CT numbers.
func (b bench) load(ctx context.Context, path string) (v *volume.Volume, err error) {
	err = b.phase("load", func() error {
		inv, err := dicomio.Scan(ctx, []string{path}, nil)
		if err != nil {
			return err
		}
		s, err := pick(inv, "")
		if err != nil {
			return err
		}
		if s.Main() == nil {
			return fmt.Errorf("no volume in %s", path)
		}
		v, err = s.Main().Load(ctx, nil)
		return err
	})
	return v, err
}

func benchLoad(ctx context.Context, b bench, args []string) error {
	v, err := b.load(ctx, args[0])
	if err != nil {
		return err
	}
	sum := 0
	for _, hu := range v.HU {
		sum += int(hu)
	}
	b.result("mean", float64(sum)/float64(v.Len()))
	return nil
}

func benchCement(ctx context.Context, b bench, args []string) error {
	threshold, err := strconv.ParseInt(args[1], 10, 16)
	if err != nil {
		return usagef("%s is no CT number", args[1])
	}
	v, err := b.load(ctx, args[0])
	if err != nil {
		return err
	}
	var islands []cement.Island
	err = b.phase("islands", func() (err error) { // threshold, components and statistics at once
		islands, err = cement.Islands(ctx, v, v.Bounds(), int16(threshold))
		return err
	})
	if err != nil {
		return err
	}
	large, largest, total := 0, 0.0, 0.0
	for _, s := range islands {
		ml := float64(s.ML)
		if ml >= 0.001 {
			large++
		}
		largest, total = max(largest, ml), total+ml
	}
	b.result("components", float64(large))
	b.result("largest_ml", largest)
	b.result("total_ml", total)
	return nil
}
