package cohort_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/phantom"
)

// TestNeedOf: what an element asks for rests on the measured cases, the largest of them.
func TestNeedOf(t *testing.T) {
	c, out := plant(t, 6) // three cases an element and one that is not measured
	n := cohort.NeedOf(c, out, 2)
	if n.Measured != 0 || n.MemoryMB < 500 || n.Time != 85*time.Minute {
		t.Errorf("nothing measured: %+v", n)
	}
	for i, peak := range []float64{300, 1000, 600} {
		id := c.Cases[i].ID
		write(t, filepath.Join(cohort.Dir(out, id), "case.json"), cohort.Record{Case: id, Status: cohort.Done, PeakMB: peak, Seconds: 60 * float64(i)})
	}
	n = cohort.NeedOf(c, out, 2)
	if n.Measured != 3 || n.MemoryMB != 1450 || n.Time != (5+4*4)*time.Minute {
		t.Errorf("three measured: %+v", n)
	}
}

// TestSlurmScripts: the scripts say what was asked for and are programs that a shell accepts, whatever the names of the folders.
func TestSlurmScripts(t *testing.T) {
	c, _ := plant(t, 9)
	out := filepath.Join(t.TempDir(), "it's here")
	s, err := cohort.Submit(context.Background(), c, cohort.SlurmOptions{Options: cohort.Options{Out: out, Program: "/opt/verte fill", Args: []string{"--lang", "fr"}}, Cohort: "/data/my cohort", Shards: 4, Retries: 3, AtOnce: 2}, true)
	if err != nil {
		t.Fatal(err)
	}
	script := string(read(t, s.Scripts[0]))
	for _, want := range []string{"#SBATCH --array=1-4%2\n", "#SBATCH --cpus-per-task=2\n", "#SBATCH --requeue\n", `'/opt/verte fill' cohort run '/data/my cohort' --out`, `--lang fr --jobs 1 --shard "$SLURM_ARRAY_TASK_ID/4"`, `-lt 3 ]`} {
		if !strings.Contains(script, want) {
			t.Errorf("no %q in\n%s", want, script)
		}
	}
	for _, path := range s.Scripts {
		if msg, err := exec.Command("bash", "-n", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v %s", path, err, msg)
		}
	}
}

// TestSlurm is `make slurm-test`: a real Slurm on this machine runs an array of phantom cases. The worker of one element is killed and
// the element queues itself again; the node dies under another and Slurm queues that; the merge waits for all.
func TestSlurm(t *testing.T) {
	program := os.Getenv("VERTEFILL_SLURM")
	if program == "" {
		t.Skip("make slurm-test runs this")
	}
	cluster := startSlurm(t)
	dir := t.TempDir()
	cases := filepath.Join(dir, "cases")
	for n := range 4 {
		x, err := phantom.New(uint64(9000+n), proofOptions(n))
		if err == nil {
			err = x.Write(context.Background(), filepath.Join(cases, fmt.Sprintf("%02d", n)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "results")
	text, err := cluster.command(program, "cohort", "submit", cases, "--out", out, "--cpus", "1", "--shards", "4").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	t.Logf("%s", text)
	found := regexp.MustCompile(`array (\d+), merge (\d+)`).FindSubmatch(text)
	if found == nil {
		t.Fatal("no job numbers")
	}
	array, merge := string(found[1]), string(found[2])

	pid := cluster.worker(out, 1)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	t.Logf("killed the worker of element 1, process %d", pid)
	cluster.until("element 1 comes back", func() bool { return cluster.restarts(array, 1) >= 1 })

	cluster.worker(out, 2, 3, 4)
	cluster.stopNode()
	t.Log("the node died")
	cluster.until("Slurm sees it", func() bool { s := cluster.sinfo(); return strings.Contains(s, "down") })
	cluster.startNode()
	again := func() (n int) {
		for e := 1; e <= 4; e++ {
			n += cluster.restarts(array, e)
		}
		return n
	}
	cluster.until("the merge is done", func() bool { return cluster.state(merge) == "COMPLETED" })
	if n := again(); n < 2 {
		t.Errorf("%d restarts, want one by the script and one by Slurm", n)
	}
	t.Logf("%d restarts in all", again())
	if got := fmt.Sprint(column(t, filepath.Join(out, "cases.csv"), "status")); got != "[done done done done]" {
		t.Errorf("cases %s", got)
	}
	for _, name := range []string{"study.pdf", "vertebrae.parquet", "slurm/element-1.log"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	if log := string(read(t, filepath.Join(out, "slurm", "element-1.log"))); !strings.Contains(log, "queued again") {
		t.Errorf("log of element 1: %s", log)
	}
	if left, _ := filepath.Glob(filepath.Join(out, "cases", ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// cluster is a Slurm of one node on loopback, all of it in one folder.
type cluster struct {
	t         *testing.T
	dir, host string
}

func startSlurm(t *testing.T) *cluster {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "slurm-")
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ = strings.Cut(host, ".")
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t, dir, host}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, d := range []string{"munge", "state", "spool"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	key := make([]byte, 1024)
	rand.Read(key)
	if err := os.WriteFile(filepath.Join(dir, "munge", "key"), key, 0o400); err != nil {
		t.Fatal(err)
	}
	ports := freePorts(t, 2)
	conf := fmt.Sprintf(`ClusterName=test
SlurmctldHost=%[1]s(127.0.0.1)
SlurmctldPort=%[3]d
SlurmdPort=%[4]d
SlurmUser=%[5]s
SlurmdUser=%[5]s
AuthType=auth/munge
AuthInfo=socket=%[2]s/munge/s
StateSaveLocation=%[2]s/state
SlurmdSpoolDir=%[2]s/spool
SlurmctldLogFile=%[2]s/slurmctld.log
SlurmdLogFile=%[2]s/slurmd.log
SlurmctldPidFile=%[2]s/slurmctld.pid
SlurmdPidFile=%[2]s/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=2,sched_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmdTimeout=10
MpiDefault=none
NodeName=%[1]s NodeAddr=127.0.0.1 CPUs=2 RealMemory=3000
PartitionName=p Nodes=ALL Default=YES State=UP
`, host, dir, ports[0], ports[1], me.Username)
	if err := os.WriteFile(filepath.Join(dir, "slurm.conf"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	c.must("munged", "--key-file="+dir+"/munge/key", "--socket="+dir+"/munge/s", "--pid-file="+dir+"/munge/pid", "--log-file="+dir+"/munge/log", "--seed-file="+dir+"/munge/seed", "--force")
	t.Cleanup(func() { c.stop(dir + "/munge/pid") })
	c.must("slurmctld", "-f", dir+"/slurm.conf")
	t.Cleanup(func() { c.stop(dir + "/slurmctld.pid") })
	c.startNode()
	t.Cleanup(func() { c.stop(dir + "/slurmd.pid") })
	c.until("the node is idle", func() bool { return strings.Contains(c.sinfo(), "idle") })
	return c
}

func freePorts(t *testing.T, n int) (out []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		out = append(out, l.Addr().(*net.TCPAddr).Port)
	}
	return out
}

func (c *cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "SLURM_CONF="+c.dir+"/slurm.conf")
	return cmd
}

func (c *cluster) must(name string, args ...string) {
	c.t.Helper()
	if out, err := c.command(name, args...).CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func (c *cluster) stop(pidFile string) {
	if b, err := os.ReadFile(pidFile); err == nil {
		if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
			syscall.Kill(pid, syscall.SIGTERM)
			for range 100 { // its last words go into the folder that is removed next
				if syscall.Kill(pid, 0) != nil {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
		}
	}
}

func (c *cluster) startNode() { c.must("slurmd", "-f", c.dir+"/slurm.conf") }

// stopNode ends the node as a power cut does: its daemon and everything that it runs.
func (c *cluster) stopNode() {
	b, err := os.ReadFile(c.dir + "/slurmd.pid")
	if err != nil {
		c.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		c.t.Fatal(err)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	os.Remove(c.dir + "/slurmd.pid")
	for _, p := range processes() {
		if strings.HasPrefix(p.command, "slurmstepd:") && p.environment("SLURM_CONF") == c.dir+"/slurm.conf" || p.environment("SLURM_JOB_ID") != "" && p.environment("SLURM_CONF") == c.dir+"/slurm.conf" {
			syscall.Kill(p.pid, syscall.SIGKILL)
		}
	}
}

type process struct {
	pid     int
	command string
}

func (p process) environment(name string) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.pid))
	for _, e := range strings.Split(string(b), "\x00") {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			return v
		}
	}
	return ""
}

func processes() (out []process) {
	list, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range list {
		b, err := os.ReadFile(path)
		if err != nil || len(b) == 0 {
			continue
		}
		pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
		out = append(out, process{pid, strings.ReplaceAll(strings.TrimRight(string(b), "\x00"), "\x00", " ")})
	}
	return out
}

// worker waits until an element measures a case, and returns the process of its cohort run.
func (c *cluster) worker(out string, elements ...int) (pid int) {
	c.t.Helper()
	c.until("an element works", func() bool {
		for _, p := range processes() {
			if !strings.Contains(p.command, "cohort run") || !strings.Contains(p.command, out) || strings.Contains(p.command, "bash") {
				continue
			}
			for _, e := range elements {
				if strings.HasSuffix(p.command, fmt.Sprintf("--shard %d/4", e)) {
					pid = p.pid
					return true
				}
			}
		}
		return false
	})
	return pid
}

func (c *cluster) sinfo() string {
	out, _ := c.command("sinfo", "-h", "-o", "%T").Output()
	return string(out)
}

// restarts tells how often an element was queued again.
func (c *cluster) restarts(array string, element int) int {
	out, _ := c.command("scontrol", "show", "job", fmt.Sprintf("%s_%d", array, element)).Output()
	m := regexp.MustCompile(`Restarts=(\d+)`).FindSubmatch(out)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

func (c *cluster) state(job string) string {
	out, _ := c.command("scontrol", "show", "job", job).Output()
	m := regexp.MustCompile(`JobState=(\S+)`).FindSubmatch(out)
	if m == nil {
		return ""
	}
	return string(m[1])
}

// until waits for something that a cluster does in its own time.
func (c *cluster) until(what string, done func() bool) {
	c.t.Helper()
	for range 600 {
		if done() {
			return
		}
		time.Sleep(time.Second)
	}
	log, _ := os.ReadFile(c.dir + "/slurmctld.log")
	queue, _ := c.command("squeue").CombinedOutput()
	c.t.Fatalf("waited ten minutes and in vain until %s\n%s\n%s", what, queue, log)
}
