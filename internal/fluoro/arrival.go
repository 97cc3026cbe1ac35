package fluoro

// Arrival is when new cement came to each place of the first frame, on a lattice coarser than the pixels of the run.
type Arrival struct {
	W, H, Bin int      // columns, rows, pixels of the run a cell is wide and high
	From      []uint16 // frame by cell, row by row; Never where no cement came. It must not be changed
}

// Never is the arrival where no cement came.
const Never = never

// Arrival returns the map of arrivals; its sizes are zero when there is none.
func (r *Result) Arrival() Arrival {
	m := r.cement
	if m == nil {
		return Arrival{}
	}
	return Arrival{m.w, m.h, m.bin, m.from}
}

// Pixel returns the pixel of the first frame at the middle of a cell, whole numbers being the middles of cells.
func (a Arrival) Pixel(column, row float64) (x, y float64) {
	half := float64(a.Bin-1) / 2
	return column*float64(a.Bin) + half, row*float64(a.Bin) + half
}

// Beyond tells for each cell of the arrivals whether cement came there beyond the line, on the side away from where it first
// came and beside the segment; nil without cement.
func (r *Result) Beyond(l Line) []bool {
	if r.cement == nil {
		return nil
	}
	return r.cement.beyond(l)
}
