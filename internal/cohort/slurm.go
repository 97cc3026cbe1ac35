package cohort

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// SlurmOptions say how a cohort is handed to a Slurm cluster (slurm.schedmd.com). The zero value of a number means the default.
type SlurmOptions struct {
	Options
	Cohort  string   // path of the cohort, as every node sees it
	Shards  int      // elements of the job array; default: one a case, at most 1000
	CPUs    int      // processors an element; default 2
	Retries int      // how often an element that was killed is queued again
	AtOnce  int      // elements at once; 0: as many as the cluster gives
	Extra   []string // further options of sbatch for all jobs, such as --partition=long
}

// maxArray is the length of arrays that a cluster takes unless it was set up otherwise (MaxArraySize 1001).
const maxArray = 1000

// Need is what an element of the array asks the cluster for.
type Need struct {
	MemoryMB int
	Time     time.Duration
	Measured int // cases that this rests on; 0: on the size of the files alone
}

// Needs of unmeasured cases, and what is added to the measured ones.
const (
	memoryMargin  = 1.25
	timeMargin    = 2.0
	unmeasured    = 20 * time.Minute // a case on two processors
	startUp       = 5 * time.Minute
	leastMemoryMB = 500
)

// NeedOf tells memory and time of an element: from the cases that were measured before with results in out, else from the size of the
// largest case. Time is for one case after the other.
func NeedOf(c *Cohort, out string, shards int) Need {
	n := Need{}
	peak, seconds := 0.0, 0.0
	for _, x := range c.Cases {
		if r, err := ReadRecord(Dir(out, x.ID)); err == nil && r.Status == Done && r.PeakMB > 0 {
			n.Measured++
			peak, seconds = max(peak, r.PeakMB), max(seconds, r.Seconds)
		}
	}
	each := unmeasured
	if n.Measured > 0 {
		n.MemoryMB = int(peak*memoryMargin) + 200
		each = time.Duration(timeMargin * seconds * float64(time.Second))
	} else {
		n.MemoryMB = int(PlanJobs(c).CaseGB * 1e9 / (1 << 20) * memoryMargin)
	}
	n.MemoryMB = max(n.MemoryMB, leastMemoryMB)
	perShard := math.Ceil(float64(len(c.Cases)) / float64(max(1, shards)))
	n.Time = (startUp + time.Duration(perShard)*each).Round(time.Minute)
	return n
}

// Submitted are the jobs of a cohort on the cluster.
type Submitted struct {
	Array, Merge string // job numbers; empty when nothing was submitted
	Scripts      [2]string
	Shards       int
	Need
}

// Submit writes the scripts of a job array and of the join that waits for it into the folder slurm of the results, and hands them to
// sbatch unless dry is set. An element that was killed queues itself again; one whose node dies is queued again by Slurm.
func Submit(ctx context.Context, c *Cohort, o SlurmOptions, dry bool) (*Submitted, error) {
	if o.Shards <= 0 {
		o.Shards = min(len(c.Cases), maxArray)
	}
	o.Shards = min(o.Shards, len(c.Cases))
	if o.CPUs <= 0 {
		o.CPUs = 2
	}
	var err error
	if o.Out, err = filepath.Abs(o.Out); err != nil {
		return nil, fmt.Errorf("cohort: %w", err)
	}
	if o.Cohort, err = filepath.Abs(o.Cohort); err != nil {
		return nil, fmt.Errorf("cohort: %w", err)
	}
	dir := filepath.Join(o.Out, "slurm")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cohort: %w", err)
	}
	s := &Submitted{Shards: o.Shards, Need: NeedOf(c, o.Out, o.Shards)}
	for i, x := range []struct{ name, text string }{{"array.sh", o.array(dir, s.Need)}, {"merge.sh", o.merge(dir)}} {
		s.Scripts[i] = filepath.Join(dir, x.name)
		if err := os.WriteFile(s.Scripts[i], []byte(x.text), 0o755); err != nil {
			return nil, fmt.Errorf("cohort: %w", err)
		}
	}
	if dry {
		return s, nil
	}
	if s.Array, err = sbatch(ctx, append(o.Extra, s.Scripts[0])...); err != nil {
		return nil, err
	}
	// afterany: elements that failed for good must not keep the tables from being made
	s.Merge, err = sbatch(ctx, append(append([]string{"--dependency=afterany:" + s.Array}, o.Extra...), s.Scripts[1])...)
	return s, err
}

func sbatch(ctx context.Context, args ...string) (job string, err error) {
	cmd := exec.CommandContext(ctx, "sbatch", append([]string{"--parsable"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("cohort: sbatch is not here: submit from a machine of the cluster, or take --dry-run and copy the scripts")
	case err != nil:
		return "", fmt.Errorf("cohort: sbatch: %s", lastLine(stderr.Bytes(), err))
	}
	job, _, _ = strings.Cut(strings.TrimSpace(string(out)), ";") // "number;cluster"
	return job, nil
}

// array is the script of an element.
func (o *SlurmOptions) array(dir string, n Need) string {
	elements := fmt.Sprintf("1-%d", o.Shards)
	if o.AtOnce > 0 {
		elements += fmt.Sprintf("%%%d", o.AtOnce)
	}
	minutes := int(n.Time / time.Minute)
	return fmt.Sprintf(`#!/bin/bash
# Written by vertefill cohort submit: one element measures one part of the cohort. Results that are there already are kept.
#SBATCH --job-name=vertefill
#SBATCH --array=%s
#SBATCH --cpus-per-task=%d
#SBATCH --mem=%dM
#SBATCH --time=%d:%02d:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output="%s/element-%%a.log"
export GOMAXPROCS="${SLURM_CPUS_PER_TASK:-%d}"
status=0
%s "$SLURM_ARRAY_TASK_ID/%d" || status=$?
if [ "$status" -ne 0 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt %d ]; then
	echo "vertefill: killed or stopped (status $status): queued again"
	scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}" && sleep 60 # Slurm ends this script
fi
exit "$status"
`, elements, o.CPUs, n.MemoryMB, minutes/60, minutes%60, dir, o.CPUs, o.command("run", "--jobs", "1", "--shard"), o.Shards, o.Retries)
}

// merge is the script of the join.
func (o *SlurmOptions) merge(dir string) string {
	return fmt.Sprintf(`#!/bin/bash
# Written by vertefill cohort submit: joins the results into tables and study report.
#SBATCH --job-name=vertefill-merge
#SBATCH --cpus-per-task=1
#SBATCH --mem=%dM
#SBATCH --time=0:30:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output="%s/merge.log"
exec %s
`, leastMemoryMB, dir, o.command("merge"))
}

// command is the program with its arguments, quoted for the shell.
func (o *SlurmOptions) command(verb string, more ...string) string {
	words := append(append([]string{o.Program, "cohort", verb, o.Cohort, "--out", o.Out}, o.Args...), more...)
	for i := range words {
		words[i] = quoted(words[i])
	}
	return strings.Join(words, " ")
}

// quoted makes one word of the shell.
func quoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=+,:") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
