package vertebra

import (
	"context"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/parallel"
)

// The spinal canal is a dark hole enclosed by bone in axial slices, with a thick bone (the body) or a disc in front. Every soft
// pixel is scored by rays cast in its slice; the canal is the best path through the slices, with free ends.
//
// Most numbers were found on synthetic and real scans from 1 to 8 mm slice thickness; the free ends, and a lateral penalty
// stronger than the antero-posterior one, keep the path from running into a hip joint.
const (
	canalRays     = 16
	canalReachMM  = 18.0
	boneHU        = 160
	softLowHU     = -60
	softHighHU    = 130
	minHits       = 3
	fewHits       = 5
	fewHitsCost   = 0.2
	scoreOffset   = 0.45
	lateralCost   = 1.0
	sagittalCost  = 0.25
	seedGain      = 1e4
	minCanalMM    = 20.0
	noScore       = float32(-1e9)
	bridgeScore   = -0.15 // of soft tissue with no bone round it, as between laminae that lie far apart
	maxShiftMM    = 24.0  // of the canal behind and beside a seed in a body
	seedBehindMM  = 55.0
	seedInFrontMM = 8.0
)

// pathPoint is the canal in one axial slice of the coarse volume.
type pathPoint struct {
	p     geom.Patient
	score float64
}

// findCanal returns the canal from foot to head, one point per coarse slice; empty when there is none. Seeds are points in
// bodies: the path is made to pass behind them.
func findCanal(ctx context.Context, c *coarse, seeds []Seed) ([]pathPoint, error) {
	score := make([][]float32, c.nz)
	err := parallel.Each(ctx, c.nz, func(k int) { score[k] = c.scoreSlice(k) })
	if err != nil {
		return nil, err
	}
	for _, s := range seeds {
		c.pin(score, s.Point)
	}
	return c.bestPath(ctx, score)
}

// pin makes the slice at a seed worth passing, but only behind the seed.
func (c *coarse) pin(score [][]float32, p geom.Patient) {
	si, sj, k := c.index(p)
	if k < 0 || k >= c.nz {
		return
	}
	for j := range c.ny {
		for i := range c.nx {
			x, y := float64(i-si)*c.dx, float64(j-sj)*c.dx
			if o := i + c.nx*j; math.Abs(x) < maxShiftMM && y > seedInFrontMM && y < seedBehindMM && score[k][o] > noScore {
				score[k][o] += seedGain
			}
		}
	}
}

// ray is a fan of voxel offsets from a centre outwards.
type ray struct {
	offset []int
	mm     []float64
}

func (c *coarse) rays() [canalRays]ray {
	var out [canalRays]ray
	for a := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(a) / canalRays)
		for d := c.dx; d <= canalReachMM; d += c.dx {
			i, j := int(math.Round(d*cos/c.dx)), int(math.Round(d*sin/c.dx))
			out[a].offset = append(out[a].offset, i+c.nx*j)
			out[a].mm = append(out[a].mm, d)
		}
	}
	return out
}

// scoreSlice returns how much each pixel of a slice looks like the centre of the canal.
func (c *coarse) scoreSlice(k int) []float32 {
	n := c.nx * c.ny
	hu := c.hu[k*n : (k+1)*n]
	out := make([]float32, n)
	for o := range out {
		out[o] = noScore
	}
	bone, air := c.tables(hu)
	rays := c.rays()
	edge := int(canalReachMM/c.dx) + 1
	front0, front1, side := int(8/c.dx), int(32/c.dx), int(9/c.dx)
	for j := edge; j < c.ny-edge; j++ {
		for i := edge; i < c.nx-edge; i++ {
			o := i + c.nx*j
			if h := hu[o]; h <= softLowHU || h >= softHighHU || bone.box(i-edge, j-edge, i+edge, j+edge) < minHits {
				continue
			}
			s, ok := enclosure(hu, o, &rays)
			if !ok {
				continue
			}
			// The soft spot of a plain film: bone in front rules out arms and femora, air in front the chest wall.
			j0, j1 := max(0, j-front1), max(0, j-front0)
			area := float64((2*side + 1) * (front1 - front0 + 1))
			s += 0.6*min(0.5, float64(bone.box(i-side, j0, i+side, j1))/area) - 0.5*float64(air.box(i-side, j0, i+side, j1))/area
			out[o] = float32(s)
		}
	}
	return out
}

// enclosure scores how well bone surrounds voxel o; ok is false when it hardly does.
func enclosure(hu []int16, o int, rays *[canalRays]ray) (score float64, ok bool) {
	var dist [canalRays]float64
	hits, behind := 0, 0
	sum, nearest := 0.0, math.Inf(1)
	for a := range rays {
		for n, off := range rays[a].offset {
			if hu[o+off] > boneHU {
				d := rays[a].mm[n]
				dist[a] = d
				hits++
				sum += d
				nearest = min(nearest, d)
				if a >= canalRays/8 && a <= 3*canalRays/8 { // 45 to 135 degrees: +Y is posterior
					behind++
				}
				break
			}
		}
	}
	if hits < minHits {
		return 0, false
	}
	asym, pairs := 0.0, 0
	for a := range canalRays {
		m := (canalRays/2 - a + canalRays) % canalRays // mirror image across the sagittal plane
		if a < m && dist[a] > 0 && dist[m] > 0 {
			asym += math.Abs(dist[a] - dist[m])
			pairs++
		}
	}
	score = float64(hits)/canalRays - 0.05*max(0, sum/float64(hits)-13)
	if pairs > 0 {
		score -= 0.04 * asym / float64(pairs)
	}
	if behind < 2 {
		score -= 0.3
	}
	if nearest < 3 {
		score -= 0.15
	}
	if hits < fewHits {
		score -= fewHitsCost
	}
	return score, true
}

// summed is a summed-area table of a slice (Crow 1984, Computer Graphics 18:207).
type summed struct {
	nx, ny int
	s      []int32
}

// box returns the sum over i0..i1, j0..j1, ends included, within the slice.
func (t *summed) box(i0, j0, i1, j1 int) int32 {
	i0, j0, i1, j1 = max(i0, 0), max(j0, 0), min(i1, t.nx-1)+1, min(j1, t.ny-1)+1
	if i1 <= i0 || j1 <= j0 {
		return 0
	}
	w := t.nx + 1
	return t.s[i1+w*j1] - t.s[i0+w*j1] - t.s[i1+w*j0] + t.s[i0+w*j0]
}

func (c *coarse) tables(hu []int16) (bone, air summed) {
	make1 := func(is func(int16) bool) summed {
		t := summed{nx: c.nx, ny: c.ny, s: make([]int32, (c.nx+1)*(c.ny+1))}
		w := c.nx + 1
		for j := range c.ny {
			row := int32(0)
			for i := range c.nx {
				if is(hu[i+c.nx*j]) {
					row++
				}
				t.s[i+1+w*(j+1)] = t.s[i+1+w*j] + row
			}
		}
		return t
	}
	return make1(func(h int16) bool { return h > boneHU }), make1(func(h int16) bool { return h < -300 })
}

// bestPath is the Viterbi search over slices (Viterbi 1967, IEEE Trans Inf Theory 13:260).
func (c *coarse) bestPath(ctx context.Context, score [][]float32) ([]pathPoint, error) {
	n := c.nx * c.ny
	reach := max(1, int(math.Round(1.2*c.dz/c.dx)))
	side := max(1, int(0.9*c.dz/c.dx))
	type move struct {
		di, dj int
		cost   float32
	}
	var moves []move
	for dj := -reach; dj <= reach; dj++ {
		for di := -side; di <= side; di++ {
			x, y := float64(di)*c.dx/c.dz, float64(dj)*c.dx/c.dz
			moves = append(moves, move{di, dj, float32(c.dz * (lateralCost*x*x + sagittalCost*y*y))})
		}
	}
	value := make([]float32, n)
	next := make([]float32, n)
	for o := range value {
		value[o] = noScore
	}
	back := make([][]int8, c.nz) // index of the move that led here, -1 at a start
	best, bestK, bestO := float32(0), -1, 0
	for k := range c.nz {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		back[k] = make([]int8, n)
		for j := range c.ny {
			for i := range c.nx {
				o := i + c.nx*j
				next[o] = noScore
				gain := score[k][o]
				if gain == noScore {
					if h := c.hu[k*n+o]; h <= softLowHU || h >= softHighHU {
						continue
					}
					gain = bridgeScore
				}
				from, v := int8(-1), float32(0)
				for m, mv := range moves {
					a, b := i+mv.di, j+mv.dj
					if a < 0 || b < 0 || a >= c.nx || b >= c.ny {
						continue
					}
					if w := value[a+c.nx*b] - mv.cost; w > v {
						from, v = int8(m), w
					}
				}
				if from < 0 && score[k][o] == noScore {
					continue // a path does not start in a gap
				}
				v += float32(c.dz) * (gain - scoreOffset)
				next[o], back[k][o] = v, from
				if v > best {
					best, bestK, bestO = v, k, o
				}
			}
		}
		value, next = next, value
	}
	var path []pathPoint
	for k, o := bestK, bestO; k >= 0; k-- {
		i, j := o%c.nx, o/c.nx
		s := float64(max(score[k][o], 0))
		if s > seedGain/2 {
			s -= seedGain
		}
		path = append(path, pathPoint{c.patient(float64(i), float64(j), float64(k)), s})
		m := back[k][o]
		if m < 0 {
			break
		}
		o = i + moves[m].di + c.nx*(j+moves[m].dj)
	}
	for a, b := 0, len(path)-1; a < b; a, b = a+1, b-1 {
		path[a], path[b] = path[b], path[a]
	}
	if float64(len(path))*c.dz < minCanalMM {
		return nil, nil
	}
	return path, nil
}

// Where no canal is found but a body is pointed at, the canal is assumed this far behind it, over this length.
const (
	assumedBehindMM = 30.0
	assumedHalfMM   = 70.0
	assumedScore    = 0.5
)

// assumedPath is a straight canal behind the seeds.
func assumedPath(seeds []Seed) []pathPoint {
	var mean geom.PatientVec
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, s := range seeds {
		mean = mean.Add(s.Point.Sub(geom.Patient{}).Mul(1 / float64(len(seeds))))
		lo, hi = min(lo, s.Point.Z), max(hi, s.Point.Z)
	}
	var out []pathPoint
	for z := lo - assumedHalfMM; z <= hi+assumedHalfMM; z += coarseAxialMM {
		out = append(out, pathPoint{geom.LPS(mean.X, mean.Y+assumedBehindMM, z), assumedScore})
	}
	return out
}
