package cohort_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/stats"
	"github.com/vertefill/vertefill/internal/unit"
)

// proofCases is how many phantoms the proof measures: 60, unless it is tried out with fewer.
var proofCases = func() int {
	if n, err := strconv.Atoi(os.Getenv("VERTEFILL_PROOF_CASES")); err == nil {
		return n
	}
	return 60
}()

// proofOptions varies a small field of view: level, thickness, kernel, noise, fill, leaks, old cement, no CT before.
func proofOptions(n int) phantom.Options {
	r := rand.New(rand.NewPCG(60, uint64(n)))
	first := anatomy.T1 + 7 + anatomy.Level(r.IntN(8)) // T8 to L3
	treated := first + 1
	t := phantom.Treatment{Level: treated, Fill: unit.Fraction(0.08 + 0.3*r.Float64()), PlateauHU: unit.HU(1700 + 2000*r.Float64()), Bipedicular: r.IntN(2) == 0}
	if r.IntN(3) > 0 {
		for range 1 + r.IntN(2) {
			t.Leaks = append(t.Leaks, phantom.LeakPlan{Compartment: anatomy.Compartments[r.IntN(len(anatomy.Compartments)-1)]}) // distant ones leave the field
		}
	}
	o := phantom.Options{First: first, Last: first + 2, Matrix: 208, FOVMM: 125, NoiseHU: unit.HU(10 + 25*r.Float64()), FWHMMM: unit.MM(0.75 + 0.4*r.Float64()),
		SliceMM: unit.MM(0.8 + 0.7*r.Float64()), PreSliceMM: 1.25, NoPre: n%6 == 5, Plan: []phantom.Treatment{t}}
	o.SpacingMM = o.SliceMM
	if n%5 == 4 {
		o.Plan = append(o.Plan, phantom.Treatment{Level: first, Fill: 0.2, PlateauHU: 2200, Prior: true})
	}
	return o
}

// makeProof writes the cases that are not there yet.
func makeProof(t *testing.T, dir string) {
	t.Helper()
	next := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for n := range next {
				to := filepath.Join(dir, caseName(n))
				if _, err := os.Stat(filepath.Join(to, "truth.json")); err == nil {
					continue
				}
				c, err := phantom.New(uint64(9000+n), proofOptions(n))
				if err == nil {
					err = c.Write(context.Background(), to)
				}
				if err != nil {
					t.Errorf("case %d: %v", n, err)
				}
			}
		})
	}
	for n := range proofCases {
		next <- n
	}
	close(next)
	wg.Wait()
}

// kills is how often the run of the proof is killed.
const kills = 20

// TestProof is `make cohort-proof`: sixty phantoms measured in peace and compared with the truth, and once more, killed at twenty random
// moments of the work: the tables are those of the quiet run to the byte.
func TestProof(t *testing.T) {
	dir, program := os.Getenv("VERTEFILL_PROOF"), os.Getenv("VERTEFILL")
	if dir == "" || program == "" {
		t.Skip("make cohort-proof runs this")
	}
	cases := filepath.Join(dir, "cases")
	if err := os.MkdirAll(cases, 0o755); err != nil {
		t.Fatal(err)
	}
	makeProof(t, cases)
	table := proofTable(t, dir)
	truthTables(t, dir)
	quiet, killed := filepath.Join(dir, "quiet"), filepath.Join(dir, "killed")
	run := func() *exec.Cmd { return exec.Command(program, "cohort", "run", table, "--out", killed, "--jobs", "2") }
	fresh := exec.Command(program, "cohort", "run", table, "--out", quiet, "--jobs", "2", "--force")
	fresh.Stderr = os.Stderr
	start := time.Now()
	if err := fresh.Run(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	t.Logf("%d cases in %.0f s, two at once", proofCases, took.Seconds())
	compareWithTruth(t, cases, open(t, table), quiet)

	if err := os.RemoveAll(killed); err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed of the kills: %d", seed)
	random := rand.New(rand.NewPCG(seed, 20))
	moments := killMoments(random, kills, took)
	hit, between := 0, make([]int, kills)
	for k, at := range moments {
		cmd := run()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		moment := time.AfterFunc(at, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		moment.Stop()
		var end *exec.ExitError
		if err != nil && !errors.As(err, &end) {
			t.Fatal(err)
		}
		if err != nil {
			hit++
		}
		landed, _ := filepath.Glob(cohort.Dir(killed, "[0-9]*"))
		between[k] = len(landed)
	}
	t.Logf("%d of %d kills while cases were measured; cases landed after each: %v of %d", hit, kills, between, proofCases)
	if err := run().Run(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"cases.csv", "vertebrae.csv", "leaks.csv", "cases.parquet", "vertebrae.parquet", "leaks.parquet", "fields.json"} {
		if !bytes.Equal(read(t, filepath.Join(quiet, name)), read(t, filepath.Join(killed, name))) {
			t.Errorf("%s differs after the kills", name)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(killed, "cases", ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// killMoments returns how long after each start of a run it is killed. The kills lie at random over the time that the work takes
// undisturbed: a run begins where the one before was killed, so the waits between them are those of the sorted moments. What a kill
// interrupts is lost, so that work is left at the end.
func killMoments(random *rand.Rand, n int, took time.Duration) []time.Duration {
	at := make([]time.Duration, n)
	for i := range at {
		at[i] = time.Duration(random.Float64() * float64(took))
	}
	slices.Sort(at)
	for i := n - 1; i > 0; i-- {
		at[i] -= at[i-1]
	}
	return at
}

func caseName(n int) string { return fmt.Sprintf("%02d", n) }

// proofTable lists the cases with a seed three millimetres off the treated body, as a reader would click.
func proofTable(t *testing.T, dir string) string {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintln(&b, "case,study,seeds,sliceMm")
	for n := range proofCases {
		id := caseName(n)
		truth := truthOf(t, filepath.Join(dir, "cases", id))
		for _, v := range truth.Vertebrae {
			if v.Treated {
				fmt.Fprintf(&b, "%s,cases/%s,\"%s=%.1f,%.1f,%.1f\",%.2f\n", id, id, v.Level, v.CentroidLPS[0]+2, v.CentroidLPS[1]-1, v.CentroidLPS[2]+2, proofOptions(n).SliceMM)
			}
		}
	}
	path := filepath.Join(dir, "cohort.csv")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// truthTables writes the truth as a reading, for cohort agreement and for the window.
func truthTables(t *testing.T, dir string) {
	t.Helper()
	var vertebrae, leaks bytes.Buffer
	fmt.Fprintln(&vertebrae, "case,level,treated,fillRatio,bodyVolumeMl,cementInBodyMl")
	fmt.Fprintln(&leaks, "case,level,compartment,type,volumeMl,centroidL,centroidP,centroidS")
	for n := range proofCases {
		id := caseName(n)
		truth := truthOf(t, filepath.Join(dir, "cases", id))
		for _, v := range truth.Vertebrae {
			fmt.Fprintf(&vertebrae, "%s,%s,%t,%g,%g,%g\n", id, v.Level, v.Treated, v.FillRatio, v.BodyVolumeML, v.CementInBodyML)
		}
		for _, l := range truth.Leaks {
			fmt.Fprintf(&leaks, "%s,%s,%s,%s,%g,%g,%g,%g\n", id, l.Level, l.Compartment, l.Type, l.VolumeML, l.CentroidLPS[0], l.CentroidLPS[1], l.CentroidLPS[2])
		}
	}
	to := filepath.Join(dir, "the truth")
	err := os.MkdirAll(to, 0o755)
	for name, table := range map[string]*bytes.Buffer{"vertebrae.csv": &vertebrae, "leaks.csv": &leaks} {
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), table.Bytes(), 0o644)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func truthOf(t *testing.T, dir string) *phantom.Truth {
	t.Helper()
	out := &phantom.Truth{}
	if err := json.Unmarshal(read(t, filepath.Join(dir, "truth.json")), out); err != nil {
		t.Fatal(err)
	}
	return out
}

// compareWithTruth prints bias and limits of agreement, and how many leaks were found.
func compareWithTruth(t *testing.T, cases string, c *cohort.Cohort, out string) {
	t.Helper()
	list, err := cohort.Load(context.Background(), c, out)
	if err != nil {
		t.Fatal(err)
	}
	var fill, leak, body [2][]float64
	found, there, right, said, missed := 0, 0, 0, 0, 0
	for _, o := range list {
		truth := truthOf(t, filepath.Join(cases, o.Case.ID))
		if o.Report == nil {
			t.Errorf("case %s: %s", o.Case.ID, o.Reason())
			continue
		}
		for _, v := range truth.Vertebrae {
			i := slices.IndexFunc(o.Report.Vertebrae, func(x assess.Vertebra) bool { return x.Level == v.Level })
			if i < 0 {
				missed++
				continue
			}
			if x := o.Report.Vertebrae[i]; v.Treated {
				add(&fill, 100*v.FillRatio, 100*x.FillRatio)
				add(&body, 0, 100*(x.BodyVolumeML/v.BodyVolumeML-1))
				add(&leak, leakSum(truth.Leaks, v.Level, func(l phantom.Leak) (anatomy.Level, float64) { return l.Level, l.VolumeML }),
					leakSum(o.Report.Leaks, v.Level, func(l assess.Leak) (anatomy.Level, float64) { return l.Level, l.VolumeML }))
			}
		}
		for _, l := range truth.Leaks {
			if l.VolumeML >= 0.05 {
				there++
				if slices.ContainsFunc(o.Report.Leaks, func(x assess.Leak) bool { return x.Level == l.Level && x.Compartment == l.Compartment }) {
					found++
				}
			}
		}
		for _, x := range o.Report.Leaks {
			if x.VolumeML >= 0.05 {
				said++
				if slices.ContainsFunc(truth.Leaks, func(l phantom.Leak) bool { return x.Level == l.Level && x.Compartment == l.Compartment }) {
					right++
				}
			}
		}
	}
	for _, x := range []struct {
		name string
		pair [2][]float64
	}{{"fill ratio, points", fill}, {"leak volume, mL a treated vertebra", leak}, {"body volume, %", body}} {
		b, err := stats.NewBlandAltman(x.pair[0], x.pair[1])
		if err != nil { // with fewer than three cases
			t.Logf("%-36s %v", x.name, err)
			continue
		}
		t.Logf("%-36s n %3d  bias %+.3f [%+.3f, %+.3f]  limits %+.3f [%+.3f, %+.3f] to %+.3f [%+.3f, %+.3f]", x.name, b.N, b.Bias, b.BiasCI.Low, b.BiasCI.High,
			b.Lower, b.LowerCI.Low, b.LowerCI.High, b.Upper, b.UpperCI.Low, b.UpperCI.High)
	}
	for _, x := range []struct {
		name string
		k, n int
	}{{"leaks of 0.05 mL found, same level and compartment", found, there}, {"leaks of 0.05 mL reported that are there", right, said}} {
		p := stats.NewProportion(x.k, x.n)
		t.Logf("%-52s %d of %d = %.1f %% [%.1f, %.1f]", x.name, p.K, p.N, 100*p.Value, 100*p.CI.Low, 100*p.CI.High)
	}
	t.Logf("vertebrae of the truth without a row: %d", missed)
}

func add(to *[2][]float64, truth, measured float64) {
	if !math.IsNaN(measured) {
		to[0], to[1] = append(to[0], truth), append(to[1], measured)
	}
}

func leakSum[L any](list []L, level anatomy.Level, of func(L) (anatomy.Level, float64)) float64 {
	sum := 0.0
	for _, l := range list {
		if at, ml := of(l); at == level {
			sum += ml
		}
	}
	return sum
}
