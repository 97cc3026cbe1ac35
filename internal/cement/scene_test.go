package cement_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// scene is an ellipsoidal body with a cortex in soft tissue, with cement in it, seen through a Gaussian blur.
type scene struct {
	cement             func(geom.Patient) bool
	metal              func(geom.Patient) bool // 8000 HU; nil for none
	bone               func(geom.Patient) bool // outside the body, as dense as its cortex; nil for none
	plateau            float64
	sigmaXY, sigmaZ    float64 // mm
	dx, dz             float64
	noise              float64
	ceiling            int16
	seed               uint64
	cortex, cortexThin float64 // HU, mm
}

var (
	bodyCentre = geom.LPS(32, 26, 24)
	bodyRadii  = [3]float64{20, 15, 12}
)

// depth is about the distance inside the body.
func depth(p geom.Patient) float64 {
	d := p.Sub(bodyCentre)
	x, y, z := d.X/bodyRadii[0], d.Y/bodyRadii[1], d.Z/bodyRadii[2]
	r := math.Sqrt(x*x + y*y + z*z)
	g := math.Sqrt(x*x/sq(bodyRadii[0]) + y*y/sq(bodyRadii[1]) + z*z/sq(bodyRadii[2]))
	if r == 0 {
		return 12
	}
	return (1 - r) * r / g
}

func sq(x float64) float64 { return x * x }

const fine = 0.3 // mm of the lattice on which the scene is drawn

// draw renders the scene, optionally without the cement, and returns the exact volume of the cement in mL.
func (s scene) draw(t *testing.T, withCement bool) (*volume.Volume, float64) {
	t.Helper()
	size := [3]float64{64, 52, 48}
	n := [3]int{int(size[0] / fine), int(size[1] / fine), int(size[2] / fine)}
	hu := make([]float32, n[0]*n[1]*n[2])
	count := 0
	for k := range n[2] {
		for j := range n[1] {
			for i := range n[0] {
				p := geom.LPS(float64(i)*fine, float64(j)*fine, float64(k)*fine)
				h := 50.0
				if d := depth(p); d > s.cortexThin {
					h = 120
				} else if d > 0 {
					h = s.cortex
				}
				if s.bone != nil && s.bone(p) {
					h = s.cortex
				}
				if s.cement(p) {
					count++
					if withCement {
						h = s.plateau
					}
				}
				if withCement && s.metal != nil && s.metal(p) {
					h = 8000
				}
				hu[i+n[0]*(j+n[1]*k)] = float32(h)
			}
		}
	}
	blur(hu, n, 0, s.sigmaXY/fine)
	blur(hu, n, 1, s.sigmaXY/fine)
	blur(hu, n, 2, s.sigmaZ/fine)
	var pos []geom.Patient
	for z := 0.1; z < size[2]-1; z += s.dz {
		pos = append(pos, geom.LPS(0.2, 0.3, z))
	}
	g, err := volume.NewGrid(int((size[0]-1)/s.dx), int((size[1]-1)/s.dx), geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), mm(s.dx), mm(s.dx), pos, "scene")
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	v.CeilingHU = s.ceiling
	r := rand.New(rand.NewPCG(s.seed, 3))
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				p := g.Patient(geom.Vox(float64(i), float64(j), float64(k)))
				h := linear(hu, n, p.X/fine, p.Y/fine, p.Z/fine) + s.noise*r.NormFloat64()
				v.HU[i+g.NX*(j+g.NY*k)] = int16(math.Round(min(h, float64(s.ceiling))))
			}
		}
	}
	return v, float64(count) * fine * fine * fine / 1000
}

func linear(hu []float32, n [3]int, x, y, z float64) float64 {
	i, j, k := min(int(x), n[0]-2), min(int(y), n[1]-2), min(int(z), n[2]-2)
	fx, fy, fz := x-float64(i), y-float64(j), z-float64(k)
	at := func(a, b, c int) float64 { return float64(hu[i+a+n[0]*(j+b+n[1]*(k+c))]) }
	lerp := func(b, c int) float64 { return at(0, b, c)*(1-fx) + at(1, b, c)*fx }
	return (lerp(0, 0)*(1-fy)+lerp(1, 0)*fy)*(1-fz) + (lerp(0, 1)*(1-fy)+lerp(1, 1)*fy)*fz
}

func blur(hu []float32, n [3]int, axis int, sigma float64) {
	r := int(4*sigma) + 1
	w := make([]float64, r+1)
	sum := 0.0
	for i := range w {
		w[i] = math.Exp(-sq(float64(i)/sigma) / 2)
		sum += w[i]
		if i > 0 {
			sum += w[i]
		}
	}
	stride := [3]int{1, n[0], n[0] * n[1]}[axis]
	line := make([]float64, n[axis])
	for start := range hu {
		if start/stride%n[axis] != 0 {
			continue
		}
		for x := range line {
			line[x] = float64(hu[start+x*stride])
		}
		for x := range line {
			s := w[0] * line[x]
			for d := 1; d <= r; d++ {
				s += w[d] * (line[max(0, x-d)] + line[min(n[axis]-1, x+d)])
			}
			hu[start+x*stride] = float32(s / sum)
		}
	}
}

// trueSpine is the body as drawn.
func trueSpine() *spine.Spine {
	dirs, tris := mesh.Icosphere(5)
	m := &mesh.Mesh{Triangles: tris}
	for _, d := range dirs {
		m.Vertices = append(m.Vertices, bodyCentre.Add(geom.LPSVec(d.X*bodyRadii[0], d.Y*bodyRadii[1], d.Z*bodyRadii[2])))
	}
	v := &spine.Vertebra{Level: anatomy.L1, Complete: true, PatientFromBody: geom.Translated(bodyCentre), HalfWidth: 20, HalfDepth: 15,
		Heights: spine.Heights{Anterior: 20, Middle: 24, Posterior: 20}, Wall: spine.Wall{Q0: 14}}
	v.SetBody(m)
	return &spine.Spine{Vertebrae: []*spine.Vertebra{v}}
}

// blobs is an irregular union of balls.
func blobs(seed uint64, n int, spread, radius float64) func(geom.Patient) bool {
	r := rand.New(rand.NewPCG(seed, 9))
	type ball struct {
		c geom.Patient
		r float64
	}
	var bs []ball
	for range n {
		bs = append(bs, ball{bodyCentre.Add(geom.LPSVec(spread*(r.Float64()*2-1), 0.7*spread*(r.Float64()*2-1), 0.5*spread*(r.Float64()*2-1))), radius * (0.7 + 0.6*r.Float64())})
	}
	return func(p geom.Patient) bool {
		for _, b := range bs {
			if p.Dist(b.c) < b.r {
				return true
			}
		}
		return false
	}
}
