package j2k

import (
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/codec"
)

// Band orientations, also the index of a band's subband gain (table E.1).
const (
	bandLL = iota
	bandHL
	bandLH
	bandHH
)

// tile is the partition of Annex B for one tile, and where its packets are.
// Its pools serve one tile after the other.
type tile struct {
	params         params
	x0, y0, x1, y1 int
	comps          []tileComp

	body    []byte // packets
	headers []byte // packet headers, when they are kept apart; nil otherwise

	all       [maxComponents]tileComp
	precincts []precinct
	layers    []uint16 // next layer of each precinct of a resolution
	blocks    []codeBlock
	nodes     []tagNode
	chunks    []chunk
}

type tileComp struct {
	x0, y0, x1, y1 int
	style          *codingStyle
	roiShift       int
	resolutions    []resolution
	all            [maxLevels + 1]resolution
}

// resolution is one resolution level (B.5) and its bands.
type resolution struct {
	x0, y0, x1, y1 int
	ppx, ppy       int // log2 of the precinct size
	pw, ph         int // precincts across and down
	firstLayer     int // in tile.layers
	firstPrecinct  int // in tile.precincts: precinct by precinct, band by band
	bands          []band
	all            [3]band
}

type band struct {
	x0, y0, x1, y1 int
	orient         int
	offset         int // of its first coefficient in the plane of the component
	planes         int // Mb (equation E-2), regions of interest included
	step           float32
}

// precinct is what one precinct covers of one band: nx by ny code-blocks.
type precinct struct {
	firstBlock         int
	nx, ny             int
	inclusion, zeroMSB int // tag trees, in tile.nodes
}

type codeBlock struct {
	offset      int // of its first coefficient in the plane of the component
	w, h        int
	first, last int32 // chunks, 1-based; 0 = none
	passes      int
	zeros       int // missing bit-planes; for HT without the placeholder passes
	lblock      int // B.10.7.1
	included    bool
}

// build lays out tile number index.
func (t *tile) build(cs *codestream, p *params, index int) error {
	px, py := index%cs.tilesX, index/cs.tilesX
	t.x0, t.y0 = max(cs.tx0+px*cs.tw, cs.x0), max(cs.ty0+py*cs.th, cs.y0)
	t.x1, t.y1 = min(cs.tx0+(px+1)*cs.tw, cs.x1), min(cs.ty0+(py+1)*cs.th, cs.y1)
	t.comps = t.all[:cs.nComps]
	t.precincts, t.layers, t.blocks = t.precincts[:0], t.layers[:0], t.blocks[:0]
	t.nodes, t.chunks = t.nodes[:0], t.chunks[:0]
	for c := range t.comps {
		if err := t.buildComponent(c, &p.comps[c], cs.bits); err != nil {
			return fmt.Errorf("component %d: %w", c, err)
		}
	}
	return nil
}

func (t *tile) buildComponent(c int, p *compParams, bits int) error {
	tc := &t.comps[c]
	tc.x0, tc.y0, tc.x1, tc.y1 = t.x0, t.y0, t.x1, t.y1
	tc.style, tc.roiShift = &p.style, p.roiShift
	tc.resolutions = tc.all[:p.style.levels+1]
	// Encoders use code-blocks of 16 samples and more. A stream that cuts finer
	// would make us keep more about the samples than the samples themselves.
	budget := (tc.x1-tc.x0)*(tc.y1-tc.y0)/8 + 4096
	for r := range tc.resolutions {
		if err := t.buildResolution(tc, r, p, bits, &budget); err != nil {
			return err
		}
	}
	return nil
}

func (t *tile) buildResolution(tc *tileComp, r int, p *compParams, bits int, budget *int) error {
	res := &tc.resolutions[r]
	down := p.style.levels - r
	res.x0, res.y0 = ceilShift(tc.x0, down), ceilShift(tc.y0, down)
	res.x1, res.y1 = ceilShift(tc.x1, down), ceilShift(tc.y1, down)
	res.ppx, res.ppy = int(p.style.precincts[r]&15), int(p.style.precincts[r]>>4)
	res.pw, res.ph = 0, 0
	if res.x1 > res.x0 && res.y1 > res.y0 {
		res.pw = ceilShift(res.x1, res.ppx) - res.x0>>res.ppx
		res.ph = ceilShift(res.y1, res.ppy) - res.y0>>res.ppy
	}
	res.bands = res.all[:1]
	if r > 0 {
		res.bands = res.all[:3]
	}
	if *budget -= res.pw * res.ph * len(res.bands); *budget < 0 {
		return fmt.Errorf("%w: too many precincts", codec.ErrUnsupported)
	}
	for b := range res.bands {
		if err := res.bands[b].place(tc, r, b, p, bits); err != nil {
			return err
		}
	}
	res.firstLayer, res.firstPrecinct = len(t.layers), len(t.precincts)
	for range res.pw * res.ph {
		t.layers = append(t.layers, 0)
	}
	for py := range res.ph {
		for px := range res.pw {
			for b := range res.bands {
				if err := t.buildPrecinct(tc, res, r, b, px, py, budget); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// place finds the area of band b of resolution r (B.5, equation B-15), where
// it lies in the component's plane and how it is quantised (E.1).
func (bd *band) place(tc *tileComp, r, b int, p *compParams, bits int) error {
	nb, index := p.style.levels, 0 // of the LL band
	bd.orient = bandLL
	if r > 0 {
		nb, index = p.style.levels-r+1, 3*(r-1)+1+b
		bd.orient = bandHL + b
	}
	at := func(v, high int) int {
		if high != 0 {
			v -= int(int64(1) << (nb - 1))
		}
		return ceilShift(v, nb)
	}
	xo, yo := bd.orient&1, bd.orient>>1
	bd.x0, bd.x1 = at(tc.x0, xo), at(tc.x1, xo)
	bd.y0, bd.y1 = at(tc.y0, yo), at(tc.y1, yo)
	bd.offset = 0
	if r > 0 {
		low := &tc.resolutions[r-1]
		bd.offset = xo*(low.x1-low.x0) + yo*(low.y1-low.y0)*(tc.x1-tc.x0)
	}
	exponent, mantissa, ok := p.quant.band(index)
	if !ok {
		return fmt.Errorf("%w: no step size for band %d", codec.ErrCorrupt, index)
	}
	bd.planes = p.quant.guard + exponent - 1 + p.roiShift
	gain := xo + yo // log2 of the gain (table E.1)
	bd.step = float32(math.Ldexp(1+float64(mantissa)/2048, bits+gain-exponent))
	return nil
}

// buildPrecinct cuts what precinct px, py covers of band b into code-blocks
// (B.6, B.7).
func (t *tile) buildPrecinct(tc *tileComp, res *resolution, r, b, px, py int, budget *int) error {
	bd := &res.bands[b]
	half := min(r, 1) // bands above the lowest have half the resolution's samples
	pw, ph := res.ppx-half, res.ppy-half
	x0, y0 := (res.x0>>res.ppx+px)<<pw, (res.y0>>res.ppy+py)<<ph
	x1, y1 := min(x0+1<<pw, bd.x1), min(y0+1<<ph, bd.y1)
	x0, y0 = max(x0, bd.x0), max(y0, bd.y0)
	pr := precinct{firstBlock: len(t.blocks)}
	if x1 > x0 && y1 > y0 {
		xcb, ycb := min(tc.style.xcb, pw), min(tc.style.ycb, ph)
		cx0, cy0 := x0>>xcb, y0>>ycb
		pr.nx, pr.ny = ceilShift(x1, xcb)-cx0, ceilShift(y1, ycb)-cy0
		if *budget -= pr.nx * pr.ny; *budget < 0 {
			return fmt.Errorf("%w: too many code-blocks", codec.ErrUnsupported)
		}
		stride := tc.x1 - tc.x0
		for cy := cy0; cy < cy0+pr.ny; cy++ {
			top, bottom := max(cy<<ycb, y0), min((cy+1)<<ycb, y1)
			for cx := cx0; cx < cx0+pr.nx; cx++ {
				left, right := max(cx<<xcb, x0), min((cx+1)<<xcb, x1)
				t.blocks = append(t.blocks, codeBlock{
					offset: bd.offset + (top-bd.y0)*stride + left - bd.x0,
					w:      right - left, h: bottom - top, lblock: 3,
				})
			}
		}
		pr.inclusion = t.addTree(pr.nx, pr.ny)
		pr.zeroMSB = t.addTree(pr.nx, pr.ny)
	}
	t.precincts = append(t.precincts, pr)
	return nil
}
