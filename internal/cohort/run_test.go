package cohort_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
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
	out, threads, in := "", "", args[len(args)-1]
	for i, a := range args {
		switch a {
		case "--out":
			out = args[i+1]
		case "--threads":
			threads = args[i+1]
		}
	}
	b, err := os.ReadFile(filepath.Join(in, "image"))
	if err != nil || strings.Contains(string(b), "bad") {
		fmt.Fprintln(os.Stderr, "reading\nvertefill analyze: no CT or fluoroscopy images")
		return 1
	}
	if strings.Contains(string(b), "large") {
		fmt.Fprintf(os.Stderr, "vertefill analyze: write: %v\n", syscall.ENOSPC)
		return 1
	}
	if strings.Contains(string(b), "greedy") { // ends as a program does that wants too much memory
		self, _ := os.FindProcess(os.Getpid())
		self.Kill()
	}
	if list := os.Getenv("COHORT_LIST"); list != "" {
		f, err := os.OpenFile(list, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = fmt.Fprintln(f, filepath.Base(in)+"="+threads)
		}
		if err != nil {
			return 1
		}
		f.Close()
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

// TestTwoRunsAtOnce: two runs on the same results share the work; no case is measured twice and none is lost.
func TestTwoRunsAtOnce(t *testing.T) {
	data, out := cases(t, 8), t.TempDir()
	list := filepath.Join(t.TempDir(), "list")
	t.Setenv("COHORT_TEST", "analyze")
	t.Setenv("COHORT_LIST", list)
	both := make(chan []cohort.Record)
	for range 2 {
		c := open(t, data)
		go func() {
			records, err := cohort.Run(context.Background(), c, options(out), nil)
			if err != nil {
				t.Error(err)
			}
			both <- records
		}()
	}
	for range 2 {
		for _, r := range <-both {
			if r.Status != cohort.Done {
				t.Errorf("%s: %s %s", r.Case, r.Status, r.Error)
			}
		}
	}
	if measured := strings.Fields(string(read(t, list))); len(measured) != 8 {
		t.Errorf("measured: %v", measured)
	}
	if left, _ := filepath.Glob(filepath.Join(out, "cases", ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestLastCasesUseEveryProcessor: cases share the processors, but the last ones have more: none idles while they end. Cases whose
// results stand come after those.
func TestLastCasesUseEveryProcessor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	data, out := cases(t, 8), t.TempDir()
	list := filepath.Join(t.TempDir(), "list")
	o := options(out)
	o.Jobs = 4
	for _, x := range []struct {
		change string // a case whose input is another now
		want   string
	}{{"", "case00=4 case01=3 case02=2 case03=2 case04=2 case05=2 case06=1 case07=1"}, {"case03", "case03=4"}} {
		t.Setenv("COHORT_LIST", list)
		if x.change != "" {
			os.RemoveAll(cohort.Dir(out, x.change))
		}
		run(t, open(t, data), o)
		lines := strings.Fields(string(read(t, list)))
		slices.Sort(lines)
		if got := strings.Join(lines, " "); got != x.want {
			t.Errorf("without %s: %s, want %s", x.change, got, x.want)
		}
		os.Remove(list)
	}
}

// TestRolesAreInputs: the same files in another role are another input.
func TestRolesAreInputs(t *testing.T) {
	data, out := cases(t, 2), t.TempDir()
	a, b := filepath.Join(data, "case00"), filepath.Join(data, "case01")
	c := &cohort.Cohort{Cases: []cohort.Case{{ID: "x", Post: a, Pre: b, Study: a}}}
	run(t, c, options(out))
	c.Cases[0].Pre, c.Cases[0].Fluoro = "", []string{b}
	if state, err := cohort.State(context.Background(), c, options(out), nil); err != nil || state[0].Status != cohort.Stale {
		t.Errorf("%+v %v", state, err)
	}
}

// TestUnwritable: results that cannot be written are an error of the run, not a verdict on the case; the others are measured.
func TestUnwritable(t *testing.T) {
	data, out := cases(t, 3), t.TempDir()
	if err := os.MkdirAll(filepath.Join(out, "cases", ".lock-case01"), 0o755); err != nil { // the place of a file
		t.Fatal(err)
	}
	t.Setenv("COHORT_TEST", "analyze")
	records, err := cohort.Run(context.Background(), open(t, data), options(out), nil)
	if err == nil || records[0].Status != cohort.Done || records[1].Status != cohort.Failed || records[2].Status != cohort.Done {
		t.Errorf("%+v %v", records, err)
	}
	out = t.TempDir()
	os.WriteFile(filepath.Join(data, "case01", "image"), []byte("large"), 0o644)
	records, err = cohort.Run(context.Background(), open(t, data), options(out), nil)
	if err == nil || records[1].Status != cohort.Failed || records[2].Status != cohort.Done {
		t.Errorf("on a full disk: %+v %v", records, err)
	}
	if _, err := os.Stat(cohort.Dir(out, "case01")); err == nil {
		t.Error("a full disk is recorded as a verdict on the case")
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
	for name, bad := range map[string]string{"no path": "case\nA\n", "twice": "case,study\na,x\nA,y\n", "climbs": "case,study\n../x,y\n", "empty": "", "no cases": "case,study\n",
		"other columns": "name,folder\nA,x\n", "column twice": "case,study,Study\nA,x,y\n", "ragged": "case,study\nA,x,y\n", "Latin 1": "case,study\nH\xe9l\xe8ne,x\n"} {
		os.WriteFile(path, []byte(bad), 0o644)
		if _, err := cohort.Open(path); err == nil {
			t.Errorf("%s: passes", name)
		}
	}
	if err := os.Rename(path, path+".xlsx"); err != nil {
		t.Fatal(err)
	}
	if _, err := cohort.Open(path + ".xlsx"); err == nil {
		t.Error("a workbook passes as a table")
	}
}

// TestTablesOfSpreadsheets: semicolons and tabs part columns as well as commas; empty rows and columns without a name are passed over.
func TestTablesOfSpreadsheets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.csv")
	for name, table := range map[string]string{
		"commas":     "case,study,levels,age,\nÉté 1,a b/ç,\"T12;L1\",71.5,\n,,,,\n\nB,b,,66,\n,,,,\n",
		"semicolons": "\ufeffcase;study;levels;age;\r\nÉté 1;a b/ç;\"T12;L1\";71.5;\r\n;;;;\r\nB;b;;66;\r\n;;;;\r\n",
		"tabs":       "case\tstudy\tlevels\tage\t\nÉté 1\ta b/ç\tT12;L1\t71.5\t\nB\tb\t\t66\t\n",
	} {
		os.WriteFile(path, []byte(table), 0o644)
		c := open(t, path)
		if len(c.Cases) != 2 || c.Cases[0].ID != "Été 1" || filepath.Base(c.Cases[0].Study) != "ç" || fmt.Sprint(c.Cases[0].Levels) != "[T12 L1]" || fmt.Sprint(c.Covariates) != "[age]" || fmt.Sprint(c.Cases[1].Covariates) != "[66]" {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// TestResultsAreNoCase: a cohort that was run where it lies holds its own results the next time; those are no case of it.
func TestResultsAreNoCase(t *testing.T) {
	data := cases(t, 2)
	out := filepath.Join(data, "vertefill-cohort")
	if err := os.MkdirAll(filepath.Join(out, "cases", ".working-case00=1"), 0o755); err != nil { // killed before a case had landed
		t.Fatal(err)
	}
	if c := open(t, data); len(c.Cases) != 2 {
		t.Errorf("after a kill: %+v", c.Cases)
	}
	run(t, open(t, data), options(out))
	if c := open(t, data); len(c.Cases) != 2 {
		t.Errorf("after a run: %+v", c.Cases)
	}
	if err := os.MkdirAll(filepath.Join(data, "patient", "cases", "scan"), 0o755); err != nil { // a folder of images called so
		t.Fatal(err)
	}
	if c := open(t, data); len(c.Cases) != 3 {
		t.Errorf("beside a patient: %+v", c.Cases)
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
