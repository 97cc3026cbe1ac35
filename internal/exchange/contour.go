package exchange

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Structures are the regions of an RT Structure Set.
type Structures struct {
	Regions []Region
	Origin  *dicomio.Origin
	Images  []Ref
}

// Region is one region of interest: closed planar contours in patient millimetres.
type Region struct {
	Number   int
	Name     string
	Colour   [3]uint8
	Contours [][]geom.Patient
}

// maxContourPoints bounds one structure set; the largest of radiotherapy have some hundred thousand.
const maxContourPoints = 1 << 23

// ReadStructures reads an RT Structure Set. Points and open curves hold no volume and are passed over.
func ReadStructures(path string) (*Structures, error) {
	f, err := dicomio.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Code(0x00080016) != classStructures {
		return nil, fmt.Errorf("exchange: not an RT structure set: %s", path)
	}
	s := &Structures{Origin: f.Dataset.Origin(), Images: references(f.Dataset)}
	at := map[int]int{}
	for _, it := range f.Items(0x30060020) {
		n, ok := it.Int(0x30060022)
		if !ok {
			continue
		}
		at[n] = len(s.Regions)
		s.Regions = append(s.Regions, Region{Number: n, Name: it.Text(0x30060026)})
		if s.Origin.FrameUID == "" {
			s.Origin.FrameUID = it.Code(0x30060024)
		}
	}
	points := 0
	for _, it := range f.Items(0x30060039) {
		n, _ := it.Int(0x30060084)
		i, ok := at[n]
		if !ok {
			continue
		}
		if c := it.Ints(0x3006002A); len(c) == 3 {
			s.Regions[i].Colour = [3]uint8{uint8(c[0]), uint8(c[1]), uint8(c[2])}
		}
		for _, c := range it.Items(0x30060040) {
			if kind := c.Code(0x30060042); kind != "CLOSED_PLANAR" && kind != "CLOSEDPLANAR_XOR" {
				continue
			}
			v := c.Floats(0x30060050)
			if v == nil { // longer than the header keeps
				v = parseDecimals(c.Bytes(0x30060050))
			}
			if points += len(v) / 3; points > maxContourPoints {
				return nil, fmt.Errorf("exchange: more than %d contour points: %s", maxContourPoints, path)
			}
			var line []geom.Patient
			for ; len(v) >= 3; v = v[3:] {
				line = append(line, geom.LPS(v[0], v[1], v[2]))
			}
			if len(line) >= 3 {
				s.Regions[i].Contours = append(s.Regions[i].Contours, line)
			}
		}
	}
	return s, nil
}

// IsStructureSet reports whether the file is an RT Structure Set.
func IsStructureSet(path string) bool {
	f, err := dicomio.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return f.Code(0x00080016) == classStructures
}

func parseDecimals(b []byte) []float64 {
	var out []float64
	for w := range strings.SplitSeq(strings.Trim(string(b), " \x00"), `\`) {
		var x float64
		if _, err := fmt.Sscan(w, &x); err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		out = append(out, x)
	}
	return out
}

// Find returns the region of that name, in any case.
func (s *Structures) Find(name string) (Region, error) {
	var names []string
	for _, r := range s.Regions {
		if strings.EqualFold(strings.TrimSpace(r.Name), strings.TrimSpace(name)) {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return Region{}, fmt.Errorf("exchange: no region %q; there are %s", name, strings.Join(names, ", "))
}

// Mask returns the voxels of the grid whose centres lie within the contours, 1 inside. Contours in one plane count by parity, so that
// one within another is a hole. A plane of contours stands for the slices nearer to it than to another, up to half the distance between
// planes. The error says when contours do not lie in slices of the grid.
func (r Region) Mask(g *volume.Grid) (*volume.Labels, error) {
	type plane struct {
		z     float64 // slice coordinate
		lines [][][2]float64
	}
	var planes []plane
	box := geom.Box{}
	for n, c := range r.Contours {
		lo, hi := math.Inf(1), math.Inf(-1)
		var line [][2]float64
		var pts []geom.Voxel
		for _, p := range c {
			v := g.Voxel(p)
			lo, hi = min(lo, v.Z), max(hi, v.Z)
			line = append(line, [2]float64{v.X, v.Y})
			pts = append(pts, v)
		}
		if hi-lo > 0.25 {
			return nil, fmt.Errorf("exchange: contour %d of %q does not lie in a slice of the images", n+1, r.Name)
		}
		box = box.Union(geom.BoxAround(pts).Grow(1))
		z := (lo + hi) / 2
		i := slices.IndexFunc(planes, func(p plane) bool { return math.Abs(p.z-z) < 0.1 })
		if i < 0 {
			i = len(planes)
			planes = append(planes, plane{z: z})
		}
		planes[i].lines = append(planes[i].lines, line)
	}
	slices.SortFunc(planes, func(a, b plane) int {
		if a.z < b.z {
			return -1
		}
		return 1
	})
	reach := 0.5 // of a plane, in slices
	for i := 1; i < len(planes); i++ {
		if d := (planes[i].z - planes[i-1].z) / 2; i == 1 || d < reach {
			reach = d
		}
	}
	reach = max(reach, 0.5)
	if len(planes) > 0 {
		box.Min.K, box.Max.K = min(box.Min.K, int(planes[0].z-reach)), max(box.Max.K, int(planes[len(planes)-1].z+reach)+2)
	}
	m := volume.NewLabels(g, box)
	for k := m.Box.Min.K; k < m.Box.Max.K; k++ {
		best := -1
		for i, p := range planes {
			// Half open, so that planes share no slice and their slabs are equally thick.
			if d := float64(k) - p.z + 1e-6; d >= -reach && d < reach && (best < 0 || math.Abs(d) < math.Abs(float64(k)-planes[best].z)) {
				best = i
			}
		}
		if best >= 0 {
			for _, line := range planes[best].lines {
				fillParity(m, k, line)
			}
		}
	}
	return m, nil
}

// fillParity turns the voxels inside a polygon over, row by row.
func fillParity(m *volume.Labels, k int, line [][2]float64) {
	const off = 1e-5 * math.Sqrt2 // keeps rows off corners
	for j := m.Box.Min.J; j < m.Box.Max.J; j++ {
		y := float64(j) + off
		var xs []float64
		for i, a := range line {
			b := line[(i+1)%len(line)]
			if (a[1] > y) != (b[1] > y) {
				xs = append(xs, a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]))
			}
		}
		slices.Sort(xs)
		for n := 0; n+1 < len(xs); n += 2 {
			for i := max(m.Box.Min.I, int(math.Ceil(xs[n]))); i <= min(m.Box.Max.I-1, int(math.Floor(xs[n+1]))); i++ {
				m.V[m.Box.Offset(i, j, k)] ^= 1
			}
		}
	}
}
