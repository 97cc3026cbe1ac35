package export

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// scene is the 3D view of the HTML page: surfaces made coarse enough for a telephone. Vertices are 16 bit numbers across the box
// from Origin, Step mm each, in patient axes (LPS); indices are 16 bit as well, which every WebGL takes.
type scene struct {
	Origin [3]float64   `json:"origin"`
	Step   float64      `json:"step"`
	Size   [3]float64   `json:"size"` // of the box in mm
	Parts  []scenePart  `json:"parts"`
	Groups []sceneGroup `json:"groups"`
}

type scenePart struct {
	Group    int     `json:"group"`
	Colour   string  `json:"colour"`
	Opacity  float64 `json:"opacity"`
	Vertices string  `json:"v"` // base64 of little-endian uint16
	Indices  string  `json:"i"`
}

// sceneGroup is what one box beside the view shows and hides.
type sceneGroup struct {
	Name   string `json:"name"`
	Colour string `json:"colour"`
}

func newScene(r *assess.Result, t map[string]string) scene {
	parts := SurfaceParts(r)
	s := scene{Parts: []scenePart{}, Groups: []sceneGroup{}}
	lo, hi := [3]float64{math.Inf(1), math.Inf(1), math.Inf(1)}, [3]float64{math.Inf(-1), math.Inf(-1), math.Inf(-1)}
	for _, p := range parts {
		a, b := p.Mesh.Bounds()
		for i, x := range [3][2]float64{{a.X, b.X}, {a.Y, b.Y}, {a.Z, b.Z}} {
			lo[i], hi[i] = min(lo[i], x[0]), max(hi[i], x[1])
		}
	}
	if len(parts) == 0 {
		return s
	}
	for i := range lo {
		s.Size[i] = math.Round((hi[i]-lo[i])*100) / 100
		s.Origin[i] = math.Round(lo[i]*100)/100 - 0.01
		s.Step = max(s.Step, (hi[i]-lo[i]+0.04)/65535)
	}
	group := map[string]int{}
	for _, p := range parts {
		name, cell := "leaks", 0.7
		switch {
		case strings.HasPrefix(p.Name, "body"):
			name, cell = "bodies", 1.6
		case p.Name == "metal", p.Name == "lesion":
			name = p.Name
		case strings.HasPrefix(p.Name, "cement-prior"):
			name = "priorCement"
		case strings.HasPrefix(p.Name, "cement"):
			name = "newCement"
		}
		colour := fmt.Sprintf("#%02x%02x%02x", p.Colour.R, p.Colour.G, p.Colour.B)
		if _, ok := group[name]; !ok {
			group[name] = len(s.Groups)
			s.Groups = append(s.Groups, sceneGroup{t[name], colour})
		}
		m := coarse(p.Mesh, cell)
		v := make([]byte, 0, 6*len(m.Vertices))
		for _, q := range m.Vertices {
			for i, x := range [3]float64{q.X, q.Y, q.Z} {
				v = binary.LittleEndian.AppendUint16(v, uint16(max(0, min(65535, math.Round((x-s.Origin[i])/s.Step)))))
			}
		}
		index := make([]byte, 0, 6*len(m.Triangles))
		for _, t := range m.Triangles {
			for _, i := range t {
				index = binary.LittleEndian.AppendUint16(index, uint16(i))
			}
		}
		s.Parts = append(s.Parts, scenePart{group[name], colour, float64(p.Colour.A) / 255, base64.StdEncoding.EncodeToString(v), base64.StdEncoding.EncodeToString(index)})
	}
	return s
}

// coarse joins the vertices of a surface that share a cube of cellMM (vertex clustering, Rossignac and Borrel 1993, in Modeling in
// Computer Graphics, Springer, 455). For looking only: volume and shape change a little. The cubes grow until at most 65 535
// vertices are left.
func coarse(m *mesh.Mesh, cellMM float64) *mesh.Mesh {
	for ; ; cellMM *= 1.5 {
		type key [3]int32
		type cluster struct {
			sum geom.PatientVec
			n   float64
		}
		of := make([]int32, len(m.Vertices))
		at := map[key]int32{}
		var clusters []cluster
		for i, v := range m.Vertices {
			k := key{int32(math.Floor(v.X / cellMM)), int32(math.Floor(v.Y / cellMM)), int32(math.Floor(v.Z / cellMM))}
			n, ok := at[k]
			if !ok {
				n = int32(len(clusters))
				at[k] = n
				clusters = append(clusters, cluster{})
			}
			c := &clusters[n]
			c.sum, c.n = c.sum.Add(v.Sub(geom.Patient{})), c.n+1
			of[i] = n
		}
		if len(clusters) > math.MaxUint16 {
			continue
		}
		out := &mesh.Mesh{}
		for _, c := range clusters {
			out.Vertices = append(out.Vertices, geom.Patient{}.Add(c.sum.Mul(1/c.n)))
		}
		for _, t := range m.Triangles {
			if a, b, c := of[t[0]], of[t[1]], of[t[2]]; a != b && b != c && c != a {
				out.Triangles = append(out.Triangles, [3]int32{a, b, c})
			}
		}
		return out
	}
}
