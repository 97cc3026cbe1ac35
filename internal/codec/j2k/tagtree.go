package j2k

// tagNode is a node of a tag tree (B.10.2): its value is at least low, and is
// low once known.
type tagNode struct {
	low   uint16
	known bool
}

// addTree adds a tag tree over nx by ny leaves to the pool: leaves first, the
// root last.
func (t *tile) addTree(nx, ny int) (first int) {
	first = len(t.nodes)
	for {
		for range nx * ny {
			t.nodes = append(t.nodes, tagNode{})
		}
		if nx*ny <= 1 {
			return first
		}
		nx, ny = (nx+1)/2, (ny+1)/2
	}
}

// readTag reads as much of the tree over nx by ny leaves as it takes to tell
// whether the value of leaf x, y is below limit.
func (t *tile) readTag(r *bitReader, first, nx, ny, x, y int, limit uint16) (below bool, value uint16) {
	var path [32]int
	depth := 0
	for {
		path[depth] = first + y*nx + x
		depth++
		if nx*ny <= 1 {
			break
		}
		first += nx * ny
		nx, ny, x, y = (nx+1)/2, (ny+1)/2, x/2, y/2
	}
	low := uint16(0)
	for depth--; depth >= 0; depth-- {
		n := &t.nodes[path[depth]]
		n.low = max(n.low, low)
		for n.low < limit && !n.known {
			if r.bit() == 1 {
				n.known = true
			} else {
				n.low++
			}
		}
		low = n.low
	}
	return low < limit, low
}
