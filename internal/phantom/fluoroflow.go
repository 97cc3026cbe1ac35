package phantom

import (
	"github.com/vertefill/vertefill/internal/geom"
)

// flow says when the cement at a place has arrived: it spreads from the needle's tip and leaves the bone late, at a constant volume a
// second from the first to the last frame of the injection.
type flow struct {
	d           *deposit
	first, last int
	below       []float64 // share of the volume whose way is shorter than n flowBins
	longest     float64
}

const (
	flowBins   = 400
	flowStepMM = 1.1
	leaveMM    = 9.0 // of way that leaving the bone costs
)

// way is how far the cement has come to p.
func (f *flow) way(p geom.Body) float64 {
	w := p.Dist(f.d.blobs[0].c)
	if f.d.on.bodyAt(p) > 0 {
		w += leaveMM
	}
	return w
}

func (p *patient) flow(d *deposit, o RunOptions) *flow {
	f := &flow{d: d, first: o.First, last: o.Last, below: make([]float64, flowBins+1)}
	var ways []float64
	for x := d.lo.X; x < d.hi.X; x += flowStepMM {
		for y := d.lo.Y; y < d.hi.Y; y += flowStepMM {
			for z := d.lo.Z; z < d.hi.Z; z += flowStepMM {
				if q := geom.Pt[geom.BodyFrame](x, y, z); d.at(q) < 0 {
					w := f.way(q)
					ways = append(ways, w)
					f.longest = max(f.longest, w)
				}
			}
		}
	}
	for _, w := range ways {
		f.below[min(flowBins, int(w/f.longest*flowBins)+1)]++
	}
	for n := 1; n <= flowBins; n++ {
		f.below[n] = f.below[n-1] + f.below[n]/float64(max(1, len(ways)))
	}
	return f
}

func (f *flow) frame(p geom.Body) int {
	share := 1.0
	if n := int(f.way(p) / max(1e-9, f.longest) * flowBins); n < flowBins {
		share = f.below[n]
	}
	return f.first + int(min(1, share)*float64(f.last-f.first)+0.5)
}
