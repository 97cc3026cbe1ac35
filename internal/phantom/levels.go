package phantom

import "github.com/vertefill/vertefill/internal/anatomy"

// size holds the mean measures of a level in mm, body volume in mL. Widths and depths follow the shape of Panjabi et al. 1991 and
// 1992 (Spine 16:888 and 17:299); volumes are elliptic cylinders of the same data, to which the bodies are scaled.
type size struct {
	bodyML               float64
	width, depth, height float64
	canalWidth           float64
	canalDepth           float64
	pedicleWidth         float64
	pedicleHeight        float64
	discHeight           float64 // of the disc below
	lean                 float64 // degrees by which the body's axis leans back in a usual standing curve
	wedge                float64 // degrees by which a usual body is lower in front
	transverse           float64 // length of the transverse process
	spinous, spinousDrop float64 // length backwards and downwards of the spinous process
}

// sizes from T1 to S1; anchors from T1 to L5 are joined linearly.
var sizes = func() map[anatomy.Level]size {
	type anchor struct {
		index int // 0 = T1 ... 11 = T12, 16 = L5
		size
	}
	anchors := []anchor{
		{0, size{5.0, 26, 16, 15, 17, 15, 7, 9, 4, -26, 2, 20, 28, 12}},
		{2, size{6.9, 24, 18.5, 16.5, 16, 15, 5, 11, 4, -19, 3, 19, 28, 16}},
		{5, size{9.3, 26, 22.5, 18, 15.5, 15.5, 4.8, 11.5, 4, -5, 3.5, 18, 26, 24}},
		{8, size{13.6, 30, 26.5, 20.5, 15.5, 15.5, 6, 13, 4.5, 7, 3, 16, 24, 20}},
		{10, size{18.6, 35, 29, 22.5, 17, 16, 7.8, 16, 5.5, 12, 2, 12, 25, 11}},
		{11, size{22.8, 38.5, 30, 24, 20, 17, 8, 16, 6.5, 13, 2, 9, 28, 7}},
		{12, size{26.3, 41, 31.5, 25.5, 22, 17, 7.8, 15.5, 7.5, 11, 1, 22, 30, 4}},
		{14, size{29.0, 44, 33.5, 26.5, 23, 17, 9.8, 14.5, 9.5, 1, -1, 28, 31, 4}},
		{15, size{31.3, 47, 34.5, 26.5, 23.5, 17.5, 12, 14.5, 10.5, -9, -3, 26, 29, 5}},
		{16, size{29.5, 49, 34, 26, 26, 18, 16, 14, 9.5, -21, -8, 24, 25, 7}},
	}
	lerp := func(a, b size, t float64) size {
		m := func(x, y float64) float64 { return x + t*(y-x) }
		return size{m(a.bodyML, b.bodyML), m(a.width, b.width), m(a.depth, b.depth), m(a.height, b.height), m(a.canalWidth, b.canalWidth),
			m(a.canalDepth, b.canalDepth), m(a.pedicleWidth, b.pedicleWidth), m(a.pedicleHeight, b.pedicleHeight), m(a.discHeight, b.discHeight),
			m(a.lean, b.lean), m(a.wedge, b.wedge), m(a.transverse, b.transverse), m(a.spinous, b.spinous), m(a.spinousDrop, b.spinousDrop)}
	}
	out := map[anatomy.Level]size{}
	for n := 0; n+1 < len(anchors); n++ {
		a, b := anchors[n], anchors[n+1]
		for i := a.index; i <= b.index; i++ {
			out[anatomy.T1+anatomy.Level(i)] = lerp(a.size, b.size, float64(i-a.index)/float64(b.index-a.index))
		}
	}
	// The first segment of the sacrum; the rest of it hangs on it.
	out[anatomy.S1] = size{27, 50, 32, 29, 31, 17, 22, 16, 2, -38, -9, 0, 12, 3}
	out[anatomy.T13] = lerp(out[anatomy.T12], out[anatomy.L1], 0.5)
	out[anatomy.L6] = out[anatomy.L5]
	return out
}()

func thoracic(l anatomy.Level) bool { return l >= anatomy.T1 && l <= anatomy.T12 || l == anatomy.T13 }
