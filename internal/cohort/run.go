package cohort

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options of Run.
type Options struct {
	Out     string   // folder of the results
	Program string   // the vertefill to start for every case
	Version string   // of that program: a part of the key
	Args    []string // parameters for every case, such as --lang fr
	Jobs    int      // cases at once; 0: as many as processors and memory allow
	Force   bool     // measure again what is there already
}

// Status is what became of a case.
type Status string

// The states of a case.
const (
	Done    Status = "done"
	Failed  Status = "failed"
	Pending Status = "pending" // not begun, or interrupted
	Stale   Status = "stale"   // input, parameters or program changed since
)

// Record is kept beside the results of a case.
type Record struct {
	Case     string    `json:"case"`
	Key      string    `json:"key"`
	Status   Status    `json:"status"`
	Error    string    `json:"error,omitempty"`
	Killed   bool      `json:"killed,omitempty"` // the program was ended from outside, for want of memory say: no verdict on the case
	Version  string    `json:"version"`
	Args     []string  `json:"args"`
	Inputs   Inputs    `json:"inputs,omitzero"`
	Finished time.Time `json:"finished"`
	Seconds  float64   `json:"seconds"`
	PeakMB   float64   `json:"peakMb,omitempty"`
}

// Inputs are what was given to the program for a case, with absolute paths: what vertefill verify needs to measure it again. They stay
// in the folder of the case and go into no table.
type Inputs struct {
	Study  string   `json:"study,omitempty"`
	Post   string   `json:"post,omitempty"`
	Pre    string   `json:"pre,omitempty"`
	Fluoro []string `json:"fluoro,omitempty"`
	Seeds  []string `json:"seeds,omitempty"`
	Levels []string `json:"levels,omitempty"`

	Session string `json:"session,omitempty"`
}

// Empty reports whether no images are named.
func (i Inputs) Empty() bool { return i.Study == "" && i.Post == "" && len(i.Fluoro) == 0 }

// Inputs returns what the case is made of; a path that cannot be made absolute stays as it is.
func (c *Case) Inputs() Inputs {
	in := Inputs{Study: c.Study, Post: c.Post, Pre: c.Pre, Fluoro: slices.Clone(c.Fluoro), Seeds: c.Seeds, Levels: c.Levels, Session: absolute(c.Session)}
	for _, p := range []*string{&in.Study, &in.Post, &in.Pre} {
		*p = absolute(*p)
	}
	for i := range in.Fluoro {
		in.Fluoro[i] = absolute(in.Fluoro[i])
	}
	return in
}

func absolute(path string) string {
	if a, err := filepath.Abs(path); err == nil && path != "" {
		return a
	}
	return path
}

// Progress hears of every case that ends, and how long the rest will take; left is zero until it can be told.
type Progress func(r Record, done, total int, left time.Duration)

const (
	recordName = "case.json"
	logName    = "case.log"
	casesDir   = "cases"
)

// Dir returns the folder of a case's results.
func Dir(out, id string) string { return filepath.Join(out, casesDir, id) }

// Run measures the cases that are not done yet and returns the record of every one, in order. A case that fails is recorded and does
// not stop the others; the error is the context's, or that results of a case cannot be written.
func Run(ctx context.Context, c *Cohort, o Options, progress Progress) ([]Record, error) {
	if progress == nil {
		progress = func(Record, int, int, time.Duration) {}
	}
	if err := os.MkdirAll(filepath.Join(o.Out, casesDir), 0o755); err != nil {
		return nil, fmt.Errorf("cohort: %w", err)
	}
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = Jobs(c)
	}
	jobs = min(jobs, len(c.Cases))
	order := workOrder(c, o)
	records := make([]Record, len(c.Cases))
	var mu sync.Mutex
	done, worked, rest, start := 0, 0, 0, time.Now()
	for _, w := range order {
		if !w.stands {
			rest++
		}
	}
	var unwritten error // the first case whose results could not be
	next := make(chan workItem)
	var wg sync.WaitGroup
	for range jobs {
		wg.Go(func() {
			runtime.LockOSThread() // see dieWithParent
			defer runtime.UnlockOSThread()
			for w := range next {
				r, fresh, err := one(ctx, &c.Cases[w.index], o, w.threads(runtime.GOMAXPROCS(0), jobs))
				mu.Lock()
				if err != nil && ctx.Err() == nil {
					r.Status, r.Error = Failed, err.Error()
					unwritten = cmp.Or(unwritten, err)
				}
				records[w.index] = r
				if ctx.Err() == nil {
					done++
					if !w.stands {
						rest--
					}
					var left time.Duration
					if fresh {
						worked++
						left = time.Since(start) / time.Duration(worked) * time.Duration(rest)
					}
					progress(r, done, len(c.Cases), left.Round(time.Second))
				}
				mu.Unlock()
			}
		})
	}
	for _, w := range order {
		if ctx.Err() != nil {
			break
		}
		next <- w
	}
	close(next)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return records, fmt.Errorf("cohort: %w", err)
	}
	return records, unwritten
}

// workItem is a case of the work. Where stands is set its results are there, and most likely up to date.
type workItem struct {
	index  int
	stands bool
	after  int // how many like it begin after it
}

// threads is how many processors the program of a case may use: its share, but the last ones more and the very last all, so that none
// idles while they end.
func (w workItem) threads(processors, jobs int) int {
	return max(1, processors/max(1, jobs), (2*processors+w.after+1)/(w.after+2))
}

// workOrder is the order of the work: cases without results before those whose results likely stand, large ones before small ones,
// for a large case that began last would run alone at the end. Equal ones keep their order.
func workOrder(c *Cohort, o Options) []workItem {
	order, size := make([]workItem, len(c.Cases)), make([]int64, len(c.Cases))
	count := map[bool]int{}
	for i := range c.Cases {
		r, err := ReadRecord(Dir(o.Out, c.Cases[i].ID))
		order[i] = workItem{index: i, stands: err == nil && r.Status == Done && !o.Force}
		size[i] = c.Cases[i].bytesNeeded()
		count[order[i].stands]++
	}
	slices.SortStableFunc(order, func(a, b workItem) int {
		if a.stands != b.stands {
			return map[bool]int{true: 1, false: -1}[a.stands]
		}
		return cmp.Compare(size[b.index], size[a.index])
	})
	for k := range order {
		count[order[k].stands]--
		order[k].after = count[order[k].stands]
	}
	return order
}

// one measures a case unless its results stand; fresh tells that work was done. Interrupted, it records nothing and the case stays
// pending. The error is that results cannot be written.
func one(ctx context.Context, c *Case, o Options, threads int) (r Record, fresh bool, err error) {
	r = Record{Case: c.ID, Status: Pending, Version: o.Version, Args: append([]string{}, o.Args...), Inputs: c.Inputs()}
	dir := Dir(o.Out, c.ID)
	free, err := take(ctx, dir)
	if err != nil {
		return r, true, err
	}
	defer free()
	work, err := prepare(dir)
	if err != nil {
		return r, true, err
	}
	defer os.RemoveAll(work)
	start := time.Now()
	var log []byte
	var bad error
	if r.Key, bad = key(ctx, c, o.Version, o.Args); bad == nil {
		if old, err := ReadRecord(dir); err == nil && old.Key == r.Key && !o.Force && old.Status == Done {
			return old, false, nil
		}
		log, r.PeakMB, bad = measure(ctx, c, o, threads, work)
	}
	if ctx.Err() != nil {
		return r, true, nil
	}
	var full fullError
	if errors.As(bad, &full) {
		return r, true, full
	}
	r.Seconds = float64(time.Since(start).Milliseconds()) / 1000
	r.Status, r.Finished = Done, time.Now().UTC().Truncate(time.Second)
	if bad != nil {
		var k killedError
		r.Status, r.Error, r.Killed = Failed, bad.Error(), errors.As(bad, &k)
	}
	return r, true, r.land(dir, work, log)
}

// measure runs the program on a case and returns what it said. The error is its last line.
func measure(ctx context.Context, c *Case, o Options, threads int, dir string) (log []byte, peak float64, err error) {
	args := append([]string{"analyze", "--out", dir, "--threads", strconv.Itoa(threads)}, o.Args...)
	for _, s := range c.Seeds {
		args = append(args, "--seed", s)
	}
	for _, x := range []struct{ flag, value string }{{"--levels", strings.Join(c.Levels, ",")}, {"--post", c.Post}, {"--pre", c.Pre}, {"--session", c.Session}} {
		if x.value != "" {
			args = append(args, x.flag, x.value)
		}
	}
	for _, f := range c.Fluoro {
		args = append(args, "--fluoro", f)
	}
	if c.Study != "" {
		args = append(args, c.Study)
	}
	cmd := exec.CommandContext(ctx, o.Program, args...)
	var out bytes.Buffer
	cmd.Stderr, cmd.Stdout = &out, &out
	cmd.WaitDelay = 10 * time.Second
	dieWithParent(cmd)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err = cmd.Run()
	var end *exec.ExitError
	switch {
	case errors.As(err, &end) && end.ExitCode() < 0:
		err = killedError{end.Error()}
	case err != nil:
		if why := lastLine(out.Bytes(), err); strings.Contains(why, syscall.ENOSPC.Error()) {
			err = fullError(why)
		} else {
			err = errors.New(why)
		}
	}
	return out.Bytes(), peakMB(cmd.ProcessState), err
}

// fullError says that the program of a case could not write for want of room on the disk: no verdict on the case.
type fullError string

func (f fullError) Error() string { return string(f) }

// killedError says that the program of a case was ended by a signal.
type killedError struct{ what string }

func (k killedError) Error() string {
	return "the program was ended from outside (" + k.what + "); too little memory is the usual cause"
}

// prepare clears away what a killed run of the case left behind, and makes a folder to work in.
func prepare(dir string) (work string, err error) {
	root, id := filepath.Split(dir)
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) { // killed between the two steps of land
		os.Rename(filepath.Join(root, ".old-"+id), dir)
	}
	left, err := filepath.Glob(filepath.Join(root, ".working-"+id+"=*"))
	if err != nil {
		return "", fmt.Errorf("cohort: %w", err)
	}
	for _, l := range left {
		os.RemoveAll(l)
	}
	if work, err = os.MkdirTemp(root, ".working-"+id+"=*"); err != nil {
		return "", fmt.Errorf("cohort: %w", err)
	}
	return work, nil
}

// land moves the results of a case to their place in one step. A failed case leaves a folder with its record and its log.
func (r *Record) land(dir, work string, log []byte) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(work, logName), log, 0o644)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(work, recordName), append(text, '\n'), 0o644)
	}
	if err == nil {
		err = os.Chmod(work, 0o755)
	}
	old := filepath.Join(filepath.Dir(dir), ".old-"+filepath.Base(dir))
	if err == nil {
		err = os.RemoveAll(old)
	}
	if err == nil {
		if err = os.Rename(dir, old); errors.Is(err, os.ErrNotExist) {
			err = nil
		}
	}
	if err == nil {
		err = os.Rename(work, dir)
	}
	if err != nil {
		return fmt.Errorf("cohort: case %s: %w", r.Case, err)
	}
	os.RemoveAll(old) // what is left of it is swept by the next run of the case
	return nil
}

// ReadRecord reads the record of a case's folder.
func ReadRecord(dir string) (Record, error) {
	var r Record
	b, err := os.ReadFile(filepath.Join(dir, recordName))
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil {
		return r, fmt.Errorf("cohort: %w", err)
	}
	return r, nil
}

// lastLine returns the line in which the program says why it stopped.
func lastLine(log []byte, err error) string {
	lines := bytes.Split(bytes.TrimSpace(log), []byte("\n"))
	if last := bytes.TrimSpace(lines[len(lines)-1]); len(last) > 0 {
		return string(last)
	}
	return err.Error()
}
