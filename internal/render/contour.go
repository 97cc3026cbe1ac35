package render

import (
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// Polyline is a contour in plane millimetres (Z is zero). The last point of a closed one is joined to the first.
type Polyline struct {
	Points []geom.Plane
	Closed bool
}

// Section cuts a surface with a plane. Closed surfaces give closed polylines, holes run against their outline; a surface with
// gaps gives open ones. The order is the order of triangles, so equal input gives equal output. It costs one pass over the
// vertices when the plane misses the surface.
func Section(m *mesh.Mesh, p PatientFromPlane) []Polyline {
	planeFromPatient, err := p.Inverse()
	if err != nil || m == nil {
		return nil
	}
	// A vertex on the plane counts as behind it, so that every triangle is cut in two edges or in none.
	depth := make([]float32, len(m.Vertices))
	a, b, c, t := planeFromPatient.M[6], planeFromPatient.M[7], planeFromPatient.M[8], planeFromPatient.T[2]
	behind := 0
	for i, v := range m.Vertices {
		d := a*v.X + b*v.Y + c*v.Z + t
		depth[i] = float32(d)
		if d >= 0 {
			behind++
		}
	}
	if behind == 0 || behind == len(depth) {
		return nil
	}
	var segments []segment
	for _, tri := range m.Triangles {
		d0, d1, d2 := depth[tri[0]] >= 0, depth[tri[1]] >= 0, depth[tri[2]] >= 0
		if d0 == d1 && d1 == d2 {
			continue
		}
		switch { // the lone vertex first
		case d1 != d0 && d1 != d2:
			tri, d0 = [3]int32{tri[1], tri[2], tri[0]}, d1
		case d2 != d0 && d2 != d1:
			tri, d0 = [3]int32{tri[2], tri[0], tri[1]}, d2
		}
		s := segment{from: edgeOf(tri[0], tri[1]), to: edgeOf(tri[0], tri[2])}
		if !d0 {
			s.from, s.to = s.to, s.from
		}
		segments = append(segments, s)
	}
	return join(segments, func(e edge) geom.Plane {
		i, j := e[0], e[1]
		f := float64(depth[i]) / (float64(depth[i]) - float64(depth[j]))
		q := planeFromPatient.Apply(m.Vertices[i].Lerp(m.Vertices[j], f))
		q.Z = 0
		return q
	})
}

// edge joins two points of a mesh or of a raster, the lower number first; segment goes from a point on one edge to one on another.
type (
	edge    [2]int32
	segment struct{ from, to edge }
)

func edgeOf(a, b int32) edge { return edge{min(a, b), max(a, b)} }

// join chains segments that meet on an edge. point gives the place on an edge.
func join(segments []segment, point func(edge) geom.Plane) []Polyline {
	starting := make(map[edge]int32, len(segments))
	ending := make(map[edge]bool, len(segments))
	for i, s := range segments {
		starting[s.from] = int32(i)
		ending[s.to] = true
	}
	used := make([]bool, len(segments))
	var out []Polyline
	follow := func(first int) {
		line := Polyline{Points: []geom.Plane{point(segments[first].from)}}
		for at := first; ; {
			used[at] = true
			end := segments[at].to
			if end == segments[first].from {
				line.Closed = true
				break
			}
			line.Points = append(line.Points, point(end))
			next, ok := starting[end]
			if !ok || used[next] {
				break
			}
			at = int(next)
		}
		if len(line.Points) > 1 {
			out = append(out, line)
		}
	}
	for i, s := range segments { // open chains from their beginnings, then loops
		if !ending[s.from] && !used[i] {
			follow(i)
		}
	}
	for i := range segments {
		if !used[i] {
			follow(i)
		}
	}
	return out
}
