package cohort_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/cohort"
)

// TestMain lets the test program stand in for vertefill: it "measures" a case by copying the size of its input.
func TestMain(m *testing.M) {
	switch os.Getenv("COHORT_TEST") {
	case "analyze":
		os.Exit(standIn(os.Args[1:]))
	case "run":
		c, err := cohort.Open(os.Getenv("COHORT_DATA"))
		if err == nil {
			os.Setenv("COHORT_TEST", "analyze")
			_, err = cohort.Run(context.Background(), c, options(os.Getenv("COHORT_OUT")), nil)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func standIn(args []string) int {
	out, in := "", args[len(args)-1]
	for i, a := range args {
		if a == "--out" {
			out = args[i+1]
		}
	}
	b, err := os.ReadFile(filepath.Join(in, "image"))
	if err != nil || strings.Contains(string(b), "bad") {
		fmt.Fprintln(os.Stderr, "reading\nvertefill analyze: no CT or fluoroscopy images")
		return 1
	}
	if strings.Contains(string(b), "greedy") { // ends as a program does that wants too much memory
		self, _ := os.FindProcess(os.Getpid())
		self.Kill()
	}
	time.Sleep(20 * time.Millisecond)
	os.WriteFile(filepath.Join(out, "report.json"), []byte(fmt.Sprintf("{\"size\": %d}", len(b))), 0o644)
	return 0
}

func options(out string) cohort.Options {
	exe, _ := os.Executable()
	return cohort.Options{Out: out, Program: exe, Version: "1", Args: []string{"--lang", "en"}, Jobs: 2}
}

// cases makes a cohort of n folders with one file each.
func cases(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		d := filepath.Join(dir, fmt.Sprintf("case%02d", i))
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(d, "image"), bytes.Repeat([]byte{'x'}, i+1), 0o644)
	}
	return dir
}

func open(t *testing.T, path string) *cohort.Cohort {
	t.Helper()
	c, err := cohort.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// run returns the ids of the cases that were worked on.
func run(t *testing.T, c *cohort.Cohort, o cohort.Options) (worked []string, records []cohort.Record) {
	t.Helper()
	t.Setenv("COHORT_TEST", "analyze")
	before := time.Now()
	records, err := cohort.Run(context.Background(), c, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if !r.Finished.Before(before.UTC().Truncate(time.Second)) {
			worked = append(worked, r.Case)
		}
	}
	return worked, records
}

func TestRunDoesOnlyWhatIsNeeded(t *testing.T) {
	data, out := cases(t, 4), t.TempDir()
	os.WriteFile(filepath.Join(data, "case02", "image"), []byte("bad"), 0o644)
	worked, records := run(t, open(t, data), options(out))
	if len(worked) != 4 || records[2].Status != cohort.Failed || !strings.Contains(records[2].Error, "no CT") || records[3].Status != cohort.Done {
		t.Fatalf("first run: %v %+v", worked, records)
	}
	log, err := os.ReadFile(filepath.Join(cohort.Dir(out, "case02"), "case.log"))
	if err != nil || !strings.Contains(string(log), "no CT") {
		t.Errorf("log of the bad case: %s %v", log, err)
	}
	time.Sleep(1100 * time.Millisecond) // records hold whole seconds
	os.WriteFile(filepath.Join(data, "case01", "image"), []byte("other"), 0o644)
	worked, records = run(t, open(t, data), options(out))
	if fmt.Sprint(worked) != "[case01 case02]" {
		t.Errorf("second run worked on %v, want the changed and the failed case", worked)
	}
	if b, _ := os.ReadFile(filepath.Join(cohort.Dir(out, "case01"), "report.json")); !strings.Contains(string(b), "5") {
		t.Errorf("changed case holds %s", b)
	}
	state, err := cohort.State(context.Background(), open(t, data), options(out), nil)
	if err != nil || state[1].Status != cohort.Done || state[2].Status != cohort.Failed {
		t.Errorf("state %+v %v", state, err)
	}
	other := options(out)
	other.Version = "2"
	if state, _ = cohort.State(context.Background(), open(t, data), other, nil); state[0].Status != cohort.Stale {
		t.Errorf("state under another version %+v", state[0])
	}
	_ = records
}

// TestKilledCase: a case whose program was ended from outside is told from one that cannot be measured, and is tried again.
func TestKilledCase(t *testing.T) {
	data, out := cases(t, 3), t.TempDir()
	os.WriteFile(filepath.Join(data, "case01", "image"), []byte("greedy"), 0o644)
	os.WriteFile(filepath.Join(data, "case02", "image"), []byte("bad"), 0o644)
	_, records := run(t, open(t, data), options(out))
	if r := records[1]; r.Status != cohort.Failed || !r.Killed || !strings.Contains(r.Error, "memory") {
		t.Errorf("killed: %+v", r)
	}
	if r := records[2]; r.Status != cohort.Failed || r.Killed {
		t.Errorf("bad: %+v", r)
	}
	os.WriteFile(filepath.Join(data, "case01", "image"), []byte("modest"), 0o644)
	if _, records = run(t, open(t, data), options(out)); records[1].Status != cohort.Done || records[1].Killed {
		t.Errorf("again: %+v", records[1])
	}
}

func TestShardsShareTheWork(t *testing.T) {
	data := cases(t, 5)
	var ids []string
	for i := 1; i <= 3; i++ {
		for _, x := range open(t, data).Shard(i, 3).Cases {
			ids = append(ids, x.ID)
		}
	}
	if len(ids) != 5 {
		t.Errorf("shards hold %v", ids)
	}
}

// TestKilledAnywhere kills the run at random moments and lets it go on: the results are those of one quiet run.
func TestKilledAnywhere(t *testing.T) {
	data, out := cases(t, 6), t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), "COHORT_TEST=run", "COHORT_DATA="+data, "COHORT_OUT="+out)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
	}
	run(t, open(t, data), options(out))
	for i := range 6 {
		b, err := os.ReadFile(filepath.Join(cohort.Dir(out, fmt.Sprintf("case%02d", i)), "report.json"))
		if want := fmt.Sprintf("{\"size\": %d}", i+1); err != nil || string(b) != want {
			t.Errorf("case %d holds %s, want %s (%v)", i, b, want, err)
		}
	}
	left, _ := filepath.Glob(filepath.Join(out, "cases", ".*"))
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestInterruptRecordsNothing(t *testing.T) {
	data, out := cases(t, 3), t.TempDir()
	t.Setenv("COHORT_TEST", "analyze")
	ctx, cancel := context.WithCancel(context.Background())
	o := options(out)
	o.Jobs = 1
	_, err := cohort.Run(ctx, open(t, data), o, func(cohort.Record, int, int, time.Duration) { cancel() })
	if err == nil {
		t.Fatal("the run was not stopped")
	}
	done, _ := filepath.Glob(filepath.Join(out, "cases", "*"))
	if len(done) != 1 {
		t.Errorf("results after the stop: %v", done)
	}
}

func TestTable(t *testing.T) {
	dir := t.TempDir()
	table := "\ufeffcase,post,pre,seeds,age,fluoro\nA,a/post,a/pre,\"T9=1,2,3;L1=4,5,6\",71,r1;r2\nB,/abs,,,66,\n"
	path := filepath.Join(dir, "list.csv")
	os.WriteFile(path, []byte(table), 0o644)
	c := open(t, path)
	a := c.Cases[0]
	if len(c.Cases) != 2 || a.Post != filepath.Join(dir, "a/post") || len(a.Seeds) != 2 || a.Seeds[1] != "L1=4,5,6" || len(a.Fluoro) != 2 || c.Covariates[0] != "age" || a.Covariates[0] != "71" || c.Cases[1].Post != "/abs" {
		t.Errorf("%+v", c)
	}
	for name, bad := range map[string]string{"no path": "case\nA\n", "twice": "case,study\na,x\nA,y\n", "climbs": "case,study\n../x,y\n", "semicolons": "case;study\nA;x\n", "empty": "case,study\n"} {
		os.WriteFile(path, []byte(bad), 0o644)
		if _, err := cohort.Open(path); err == nil {
			t.Errorf("%s: passes", name)
		}
	}
}

// TestLinkedCases: a case may be a link to a folder elsewhere; what lies behind it is what counts.
func TestLinkedCases(t *testing.T) {
	data, links, out := cases(t, 2), t.TempDir(), t.TempDir()
	for _, id := range []string{"case00", "case01"} {
		if err := os.Symlink(filepath.Join(data, id), filepath.Join(links, id)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(data, filepath.Join(data, "case01", "elsewhere")); err != nil { // below a case: not followed, and no circle
		t.Fatal(err)
	}
	_, records := run(t, open(t, links), options(out))
	if records[0].Status != cohort.Done || records[1].Status != cohort.Done {
		t.Fatalf("%+v", records)
	}
	os.WriteFile(filepath.Join(data, "case01", "image"), []byte("other"), 0o644)
	state, err := cohort.State(context.Background(), open(t, links), options(out), nil)
	if err != nil || state[0].Status != cohort.Done || state[1].Status != cohort.Stale {
		t.Errorf("%+v %v", state, err)
	}
}
