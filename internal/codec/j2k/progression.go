package j2k

// Progression orders (table A.16).
const (
	orderLRCP = iota
	orderRLCP
	orderRPCL
	orderPCRL
	orderCPRL
)

// progressionChange is one progression order volume (B.12.2): an order for the
// layers, resolutions and components below its bounds.
type progressionChange struct {
	order        byte
	res0, res1   int
	comp0, comp1 int
	layer1       int
}

// readPackets reads all packets of the tile in their order (B.12). It returns
// codec.ErrCorrupt when they end early.
func (t *tile) readPackets() error {
	r := newPacketReader(t)
	all := progressionChange{order: t.params.order, res1: maxLevels + 1, comp1: len(t.comps), layer1: t.params.layers}
	changes := t.params.changes
	if len(changes) == 0 {
		changes = []progressionChange{all}
	}
	for _, c := range changes {
		if err := r.readVolume(c); err != nil {
			return err
		}
	}
	for _, next := range t.layers {
		if int(next) != t.params.layers {
			return errPacketsMissing
		}
	}
	return nil
}

// readVolume reads the packets of one progression order volume.
func (r *packetReader) readVolume(v progressionChange) error {
	t := r.tile
	v.layer1 = min(v.layer1, t.params.layers)
	levels := 0
	for c := v.comp0; c < v.comp1; c++ {
		levels = max(levels, len(t.comps[c].resolutions))
	}
	v.res1 = min(v.res1, levels)
	switch v.order {
	case orderLRCP:
		for l := range v.layer1 {
			for res := v.res0; res < v.res1; res++ {
				if err := r.readResolution(v, l, res); err != nil {
					return err
				}
			}
		}
	case orderRLCP:
		for res := v.res0; res < v.res1; res++ {
			for l := range v.layer1 {
				if err := r.readResolution(v, l, res); err != nil {
					return err
				}
			}
		}
	case orderRPCL:
		for res := v.res0; res < v.res1; res++ {
			one := v
			one.res0, one.res1 = res, res+1
			if err := r.readPositions(one); err != nil {
				return err
			}
		}
	case orderPCRL:
		return r.readPositions(v)
	case orderCPRL:
		for c := v.comp0; c < v.comp1; c++ {
			one := v
			one.comp0, one.comp1 = c, c+1
			if err := r.readPositions(one); err != nil {
				return err
			}
		}
	}
	return nil
}

// readResolution reads one layer of one resolution of all components.
func (r *packetReader) readResolution(v progressionChange, layer, res int) error {
	for c := v.comp0; c < v.comp1; c++ {
		if res >= len(r.tile.comps[c].resolutions) {
			continue
		}
		level := &r.tile.comps[c].resolutions[res]
		for p := range level.pw * level.ph {
			if err := r.readLayer(c, res, p, layer); err != nil {
				return err
			}
		}
	}
	return nil
}

// readPositions reads v position by position: rows, columns, components,
// resolutions, layers (B.12.1.3 to B.12.1.5; the orders differ in what v
// leaves open).
func (r *packetReader) readPositions(v progressionChange) error {
	t := r.tile
	stepX, stepY := maxExtent, maxExtent // the finest precinct grid in v
	for c := v.comp0; c < v.comp1; c++ {
		tc := &t.comps[c]
		for res := v.res0; res < min(v.res1, len(tc.resolutions)); res++ {
			sx, sy := tc.precinctShift(res)
			stepX, stepY = min(stepX, 1<<sx), min(stepY, 1<<sy)
		}
	}
	for y := t.y0; y < t.y1; y += stepY - y%stepY {
		for x := t.x0; x < t.x1; x += stepX - x%stepX {
			for c := v.comp0; c < v.comp1; c++ {
				if err := r.readPosition(v, c, x, y); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// readPosition reads the precincts of component c that begin at x, y.
func (r *packetReader) readPosition(v progressionChange, c, x, y int) error {
	tc := &r.tile.comps[c]
	for res := v.res0; res < min(v.res1, len(tc.resolutions)); res++ {
		p, ok := tc.precinctAt(res, x, y)
		if !ok {
			continue
		}
		for l := range v.layer1 {
			if err := r.readLayer(c, res, p, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// precinctShift returns log2 of the precinct size of resolution r on the
// reference grid, cut where no coordinate reaches.
func (tc *tileComp) precinctShift(r int) (x, y int) {
	down := len(tc.resolutions) - 1 - r
	res := &tc.resolutions[r]
	return min(res.ppx+down, 30), min(res.ppy+down, 30)
}

// precinctAt returns the precinct of resolution r whose first sample lies at
// x, y of the reference grid (the condition of B.12.1.3).
func (tc *tileComp) precinctAt(r, x, y int) (p int, ok bool) {
	res := &tc.resolutions[r]
	if res.pw == 0 || res.ph == 0 {
		return 0, false
	}
	sx, sy := tc.precinctShift(r)
	if !(y&(1<<sy-1) == 0 || y == tc.y0 && res.y0&(1<<res.ppy-1) != 0) ||
		!(x&(1<<sx-1) == 0 || x == tc.x0 && res.x0&(1<<res.ppx-1) != 0) {
		return 0, false
	}
	down := len(tc.resolutions) - 1 - r
	px := ceilShift(x, down)>>res.ppx - res.x0>>res.ppx
	py := ceilShift(y, down)>>res.ppy - res.y0>>res.ppy
	if px >= res.pw || py >= res.ph {
		return 0, false
	}
	return py*res.pw + px, true
}

// readLayer reads the packet of one layer of one precinct, unless an earlier
// progression volume has.
func (r *packetReader) readLayer(c, res, p, layer int) error {
	level := &r.tile.comps[c].resolutions[res]
	next := &r.tile.layers[level.firstLayer+p]
	if int(*next) != layer {
		return nil
	}
	*next++
	return r.readPacket(&r.tile.comps[c], level, p, layer)
}

var errPacketsMissing = fmtCorrupt("packets are missing")
