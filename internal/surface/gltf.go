package surface

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/vertefill/vertefill/internal/mesh"
)

// Numbers of the glTF 2.0 specification (Khronos Group, 2021), sections 3.6 and 4.4.
const (
	glbMagic, glbVersion  = 0x46546C67, 2
	chunkJSON, chunkBIN   = 0x4E4F534A, 0x004E4942
	typeFloat, typeUint32 = 5126, 5125
	targetVertices        = 34962
	targetIndices         = 34963
)

// glbFromLPS is the node's matrix, column by column: millimetres to metres, +X to the patient's left, +Y to the head, +Z to the
// front (glTF 3.4: Y is up and the front of an asset faces +Z).
var glbFromLPS = [16]float64{0.001, 0, 0, 0, 0, 0, -0.001, 0, 0, 0.001, 0, 0, 0, 0, 0, 1}

// GLB writes binary glTF 2.0: one mesh and material a part, vertex data in patient millimetres (LPS) below a node that turns them
// into metres with the head up. Parts without triangles are left out.
func GLB(w io.Writer, parts []Part) error {
	type object = map[string]any
	var bin []byte
	var views, accessors, meshes, materials, nodes []object
	view := func(data []byte, target int) int {
		views = append(views, object{"buffer": 0, "byteOffset": len(bin), "byteLength": len(data), "target": target})
		bin = append(bin, data...)
		return len(views) - 1
	}
	for _, p := range parts {
		if p.Mesh == nil || len(p.Mesh.Triangles) == 0 {
			continue
		}
		vertices, normals, lo, hi := arrays(p.Mesh)
		accessors = append(accessors, object{"bufferView": view(vertices, targetVertices), "componentType": typeFloat, "count": len(p.Mesh.Vertices), "type": "VEC3", "min": lo, "max": hi})
		accessors = append(accessors, object{"bufferView": view(normals, targetVertices), "componentType": typeFloat, "count": len(p.Mesh.Vertices), "type": "VEC3"})
		indices := make([]byte, 0, 12*len(p.Mesh.Triangles))
		for _, t := range p.Mesh.Triangles {
			for _, v := range t {
				indices = binary.LittleEndian.AppendUint32(indices, uint32(v))
			}
		}
		accessors = append(accessors, object{"bufferView": view(indices, targetIndices), "componentType": typeUint32, "count": 3 * len(p.Mesh.Triangles), "type": "SCALAR"})
		c, n := p.linear(), len(accessors)
		material := object{"name": p.Name, "pbrMetallicRoughness": object{"baseColorFactor": [4]float64{c[0], c[1], c[2], float64(p.Colour.A) / 255}, "metallicFactor": 0, "roughnessFactor": 0.7}}
		if p.Colour.A < 255 {
			material["alphaMode"] = "BLEND"
		}
		materials = append(materials, material)
		meshes = append(meshes, object{"name": p.Name, "primitives": []object{{"attributes": object{"POSITION": n - 3, "NORMAL": n - 2}, "indices": n - 1, "material": len(materials) - 1}}})
		nodes = append(nodes, object{"name": p.Name, "mesh": len(meshes) - 1})
	}
	doc := object{"asset": object{"version": "2.0", "generator": "vertefill"}, "scene": 0, "scenes": []object{{"nodes": []int{}}}}
	if len(nodes) > 0 {
		children := make([]int, len(nodes))
		for i := range children {
			children[i] = i
		}
		root := object{"name": "patient-lps-mm", "matrix": glbFromLPS, "children": children}
		doc["nodes"], doc["scenes"] = append(nodes, root), []object{{"nodes": []int{len(nodes)}}}
		doc["meshes"], doc["materials"], doc["accessors"], doc["bufferViews"] = meshes, materials, accessors, views
		doc["buffers"] = []object{{"byteLength": len(bin)}}
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("surface: gltf: %w", err)
	}
	for len(text)%4 != 0 {
		text = append(text, ' ')
	}
	head := binary.LittleEndian.AppendUint32(nil, glbMagic)
	head = binary.LittleEndian.AppendUint32(head, glbVersion)
	total := 12 + 8 + len(text)
	if len(bin) > 0 {
		total += 8 + len(bin)
	}
	head = binary.LittleEndian.AppendUint32(head, uint32(total))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(text)))
	head = binary.LittleEndian.AppendUint32(head, chunkJSON)
	head = append(head, text...)
	if len(bin) > 0 {
		head = binary.LittleEndian.AppendUint32(head, uint32(len(bin)))
		head = binary.LittleEndian.AppendUint32(head, chunkBIN)
	}
	for _, b := range [][]byte{head, bin} {
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("surface: gltf: %w", err)
		}
	}
	return nil
}

// arrays returns positions and normals as glTF stores them, with the bounds of the positions as they are stored.
func arrays(m *mesh.Mesh) (vertices, normals []byte, lo, hi [3]float32) {
	vertices, normals = make([]byte, 12*len(m.Vertices)), make([]byte, 12*len(m.Vertices))
	for i := range lo {
		lo[i], hi[i] = math.MaxFloat32, -math.MaxFloat32
	}
	for n, v := range m.Vertices {
		put(vertices[12*n:], v.X, v.Y, v.Z)
		for i, x := range [3]float64{v.X, v.Y, v.Z} {
			lo[i], hi[i] = min(lo[i], float32(x)), max(hi[i], float32(x))
		}
	}
	for n, v := range m.Normals() {
		put(normals[12*n:], v.X, v.Y, v.Z)
	}
	return vertices, normals, lo, hi
}
