// Package surface writes closed triangle surfaces for other programs: STL, PLY, OBJ and glTF. Coordinates are patient millimetres
// (DICOM LPS) in every format; the glTF node turns them into that format's metres with the head up. It makes no surfaces and
// reads none.
package surface

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image/color"
	"io"
	"math"
	"strings"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// Part is one closed surface with the name and colour it has in formats that know either.
type Part struct {
	Name   string // letters, digits, - and _ ; other signs become _
	Colour color.NRGBA
	Mesh   *mesh.Mesh
}

// STL writes binary STL. The format has no parts: the triangles of all of them follow each other, every part closed in itself.
func STL(w io.Writer, parts []Part) error {
	var head [84]byte
	copy(head[:], "vertefill surface, patient millimetres (LPS)") // must not begin with "solid": that marks the text form
	binary.LittleEndian.PutUint32(head[80:], uint32(triangles(parts)))
	out := bufio.NewWriterSize(w, 1<<16)
	if _, err := out.Write(head[:]); err != nil {
		return fmt.Errorf("surface: stl: %w", err)
	}
	var rec [50]byte
	for _, p := range parts {
		if p.Mesh == nil {
			continue
		}
		for _, t := range p.Mesh.Triangles {
			a, b, c := p.Mesh.Vertices[t[0]], p.Mesh.Vertices[t[1]], p.Mesh.Vertices[t[2]]
			n := b.Sub(a).Cross(c.Sub(a)).Unit()
			put(rec[0:], n.X, n.Y, n.Z)
			for i, v := range []geom.Patient{a, b, c} {
				put(rec[12+12*i:], v.X, v.Y, v.Z)
			}
			if _, err := out.Write(rec[:]); err != nil {
				return fmt.Errorf("surface: stl: %w", err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("surface: stl: %w", err)
	}
	return nil
}

// PLY writes binary PLY with a colour at every vertex.
func PLY(w io.Writer, parts []Part) error {
	vertices := 0
	for _, p := range parts {
		if p.Mesh != nil {
			vertices += len(p.Mesh.Vertices)
		}
	}
	out := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(out, "ply\nformat binary_little_endian 1.0\ncomment patient millimetres, LPS\nelement vertex %d\n", vertices)
	out.WriteString("property float x\nproperty float y\nproperty float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\n")
	fmt.Fprintf(out, "element face %d\nproperty list uchar int vertex_indices\nend_header\n", triangles(parts))
	for _, p := range parts {
		if p.Mesh == nil {
			continue
		}
		rec := [15]byte{12: p.Colour.R, 13: p.Colour.G, 14: p.Colour.B}
		for _, v := range p.Mesh.Vertices {
			put(rec[:], v.X, v.Y, v.Z)
			out.Write(rec[:])
		}
	}
	first := int32(0)
	for _, p := range parts {
		if p.Mesh == nil {
			continue
		}
		rec := [13]byte{3}
		for _, t := range p.Mesh.Triangles {
			for i, v := range t {
				binary.LittleEndian.PutUint32(rec[1+4*i:], uint32(first+v))
			}
			out.Write(rec[:])
		}
		first += int32(len(p.Mesh.Vertices))
	}
	if err := out.Flush(); err != nil { // a bufio.Writer keeps its first error until here
		return fmt.Errorf("surface: ply: %w", err)
	}
	return nil
}

// OBJ writes Wavefront OBJ, one object a part; colours stand behind the vertices, where most programs read them.
func OBJ(w io.Writer, parts []Part) error {
	out := bufio.NewWriterSize(w, 1<<16)
	out.WriteString("# vertefill surface, patient millimetres (LPS)\n")
	first := int32(1)
	for _, p := range parts {
		if p.Mesh == nil {
			continue
		}
		fmt.Fprintf(out, "o %s\n", p.name())
		c := p.linear()
		for _, v := range p.Mesh.Vertices {
			fmt.Fprintf(out, "v %.5f %.5f %.5f %.3f %.3f %.3f\n", v.X, v.Y, v.Z, c[0], c[1], c[2])
		}
		for _, t := range p.Mesh.Triangles {
			fmt.Fprintf(out, "f %d %d %d\n", first+t[0], first+t[1], first+t[2])
		}
		first += int32(len(p.Mesh.Vertices))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("surface: obj: %w", err)
	}
	return nil
}

func triangles(parts []Part) (n int) {
	for _, p := range parts {
		if p.Mesh != nil {
			n += len(p.Mesh.Triangles)
		}
	}
	return n
}

func put(b []byte, x ...float64) {
	for i, v := range x {
		binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(float32(v)))
	}
}

func (p Part) name() string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, p.Name)
}

// linear returns the colour as light 0..1, sRGB undone: what OBJ and glTF want.
func (p Part) linear() [3]float64 {
	var out [3]float64
	for i, c := range []uint8{p.Colour.R, p.Colour.G, p.Colour.B} {
		x := float64(c) / 255
		if x <= 0.04045 {
			x /= 12.92
		} else {
			x = math.Pow((x+0.055)/1.055, 2.4)
		}
		out[i] = math.Round(x*1e4) / 1e4
	}
	return out
}
