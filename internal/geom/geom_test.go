package geom_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
)

func randomAffine(r *rand.Rand) geom.Affine[geom.PatientFrame, geom.VoxelFrame] {
	var a geom.Affine[geom.PatientFrame, geom.VoxelFrame]
	for i := range a.M {
		a.M[i] = r.NormFloat64()
	}
	for i := range 3 {
		a.M[4*i] += 3 // well away from singular
		a.T[i] = 100 * r.NormFloat64()
	}
	return a
}

func TestInverseAndCompose(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a := randomAffine(r)
		inv, err := a.Inverse()
		if err != nil {
			t.Fatal(err)
		}
		p := geom.Vox(r.NormFloat64()*50, r.NormFloat64()*50, r.NormFloat64()*50)
		round := geom.Compose(inv, a)
		if d := round.Apply(p).Dist(p); d > 1e-8 {
			t.Fatalf("inverse o map moves a point by %g", d)
		}
		if got := a.Det() * inv.Det(); math.Abs(got-1) > 1e-9 {
			t.Fatalf("det a x det a^-1 = %g", got)
		}
	}
	var zero geom.Affine[geom.PatientFrame, geom.VoxelFrame]
	if _, err := zero.Inverse(); !errors.Is(err, geom.ErrSingular) {
		t.Fatalf("zero map: got %v", err)
	}
}

func TestRotation(t *testing.T) {
	c := geom.LPS(1, 2, 3)
	q := geom.Rotation(c, geom.LPSVec(0, 0, 1), math.Pi/2)
	if d := q.Apply(geom.LPS(2, 2, 3)).Dist(geom.LPS(1, 3, 3)); d > 1e-12 {
		t.Errorf("x turned about z should be y, off by %g", d)
	}
	if d := q.Apply(c).Dist(c); d > 1e-12 {
		t.Errorf("centre moved by %g", d)
	}
	if got := geom.AngleBetween(geom.LPSVec(1, 0, 0), geom.LPSVec(0, 2, 0)); math.Abs(got-math.Pi/2) > 1e-12 {
		t.Errorf("angle = %g", got)
	}
}

func TestBox(t *testing.T) {
	b := geom.BoxOf(4, 3, 2)
	c := geom.Box{Min: geom.Index{I: 2, J: 1, K: 1}, Max: geom.Index{I: 9, J: 9, K: 9}}
	if got := b.Intersect(c).Len(); got != 2*2*1 {
		t.Errorf("intersection holds %d voxels, want 4", got)
	}
	seen := map[int]bool{}
	for k := range 2 {
		for j := range 3 {
			for i := range 4 {
				seen[b.Offset(i, j, k)] = b.Contains(i, j, k)
			}
		}
	}
	if len(seen) != b.Len() {
		t.Errorf("offsets are not one to one: %d of %d", len(seen), b.Len())
	}
	if !b.Intersect(geom.Box{Min: geom.Index{I: 7}, Max: geom.Index{I: 9, J: 1, K: 1}}).Empty() {
		t.Error("disjoint boxes meet")
	}
}

// TestCompilerRefusesMixedFrames compiles programs that mix frames and expects each of them to be refused.
func TestCompilerRefusesMixedFrames(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the compiler")
	}
	bad := map[string]string{
		"apply to the wrong frame":   `var a geom.Affine[geom.PatientFrame, geom.VoxelFrame]; _ = a.Apply(geom.LPS(0, 0, 0))`,
		"subtract across frames":     `_ = geom.LPS(0, 0, 0).Sub(geom.Vox(0, 0, 0))`,
		"convert between frames":     `_ = geom.Patient(geom.Vox(0, 0, 0))`,
		"compose in the wrong order": `var a geom.Affine[geom.PatientFrame, geom.VoxelFrame]; var b geom.Affine[geom.BodyFrame, geom.PatientFrame]; _ = geom.Compose(a, b)`,
		"add a voxel vector":         `_ = geom.LPS(0, 0, 0).Add(geom.V[geom.VoxelFrame](1, 0, 0))`,
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("testdata", "frames-") // testdata is ignored by ./... patterns
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll("testdata")
	for name, stmt := range bad {
		src := "package main\n\nimport \"github.com/vertefill/vertefill/internal/geom\"\n\nfunc main() { " + stmt + " }\n"
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("go", "vet", "./internal/geom/"+filepath.ToSlash(dir))
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("%s: compiled", name)
		} else if s := string(out); !strings.Contains(s, "cannot use") && !strings.Contains(s, "cannot convert") && !strings.Contains(s, "does not match") {
			t.Errorf("%s: refused for another reason: %s", name, s)
		}
	}
}
