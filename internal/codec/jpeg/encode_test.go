package jpeg_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"github.com/vertefill/vertefill/internal/codec/codectest"
)

// stream describes a JPEG file made of random coefficients: every feature of
// the syntax without a forward transform.
type stream struct {
	width, height int
	bits          int
	sampling      [][2]int // H, V of each component
	restart       int
	scans         [][]int
	sof           byte // frame marker, 0 = SOF1
	extra         []byte
}

// build returns the file and for each component its samples in the size
// rounded up to whole blocks, from the real-valued inverse DCT of A.3.3.
func (s stream) build() ([]byte, []refPlane) {
	r := rand.New(rand.NewPCG(3, uint64(s.width*s.height*s.bits+s.restart)))
	hMax, vMax := 1, 1
	for _, f := range s.sampling {
		hMax, vMax = max(hMax, f[0]), max(vMax, f[1])
	}
	columns, rows := ceil(s.width, 8*hMax), ceil(s.height, 8*vMax)

	quant := [64]int{}
	dqt := []byte{0x10} // 16-bit entries, table 0
	for i := range quant {
		quant[i] = 3 + 5*i
		dqt = binary.BigEndian.AppendUint16(dqt, uint16(quant[i]))
	}
	var coefs [][][64]int
	var planes []refPlane
	for _, f := range s.sampling {
		p := refPlane{stride: columns * f[0] * 8, pix: make([]float64, columns*f[0]*rows*f[1]*64)}
		blocks := make([][64]int, columns*f[0]*rows*f[1])
		for b := range blocks {
			blocks[b] = randomBlock(r, s.bits)
			p.put(&blocks[b], &quant, b%(columns*f[0]), b/(columns*f[0]), s.bits)
		}
		coefs, planes = append(coefs, blocks), append(planes, p)
	}

	sof := []byte{byte(s.bits)}
	sof = binary.BigEndian.AppendUint16(sof, uint16(s.height))
	sof = binary.BigEndian.AppendUint16(sof, uint16(s.width))
	sof = append(sof, byte(len(s.sampling)))
	for c, f := range s.sampling {
		sof = append(sof, byte(1+c), byte(f[0]<<4|f[1]), 0)
	}
	dc := codectest.NewHuffman(3, 4, 2, 5, 1, 6, 0, 7, 8, 9, 10, 11, 12, 13, 14, 15)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	ac := codectest.NewHuffman(all...)

	out := append([]byte{0xFF, 0xD8}, s.extra...)
	out = append(out, codectest.Segment(0xDB, dqt...)...)
	out = append(out, codectest.Segment(max(s.sof, 0xC1), sof...)...)
	out = append(out, dc.DHT(0, 1)...)
	out = append(out, ac.DHT(1, 2)...)
	if s.restart > 0 {
		out = append(out, codectest.Segment(0xDD, 0, byte(s.restart))...)
	}
	for _, scan := range s.scans {
		header := []byte{byte(len(scan))}
		for _, c := range scan {
			header = append(header, byte(1+c), 0x12)
		}
		out = append(out, codectest.Segment(0xDA, append(header, 0, 63, 0)...)...)
		w := &codectest.BitWriter{}
		pred := make([]int, len(s.sampling))
		unitColumns, unitRows := columns, rows
		if len(scan) == 1 { // A.2.2: blocks of the component, without padding
			f := s.sampling[scan[0]]
			unitColumns, unitRows = ceil(ceil(s.width*f[0], hMax), 8), ceil(ceil(s.height*f[1], vMax), 8)
		}
		for unit := range unitColumns * unitRows {
			if s.restart > 0 && unit > 0 && unit%s.restart == 0 {
				w.Restart(unit/s.restart - 1)
				clear(pred)
			}
			x, y := unit%unitColumns, unit/unitColumns
			for _, c := range scan {
				h, v := s.sampling[c][0], s.sampling[c][1]
				blocksWide := columns * h
				if len(scan) == 1 {
					h, v = 1, 1
				}
				for j := range v {
					for i := range h {
						block := &coefs[c][(y*v+j)*blocksWide+x*h+i]
						dc.PutNumber(w, 0, block[0]-pred[c])
						pred[c] = block[0]
						putAC(w, ac, block)
					}
				}
			}
		}
		w.Flush()
		out = append(out, w.Out...)
	}
	return append(out, 0xFF, 0xD9), planes
}

func putAC(w *codectest.BitWriter, ac *codectest.Huffman, block *[64]int) {
	run := 0
	for k := 1; k < 64; k++ {
		if block[k] == 0 {
			run++
			continue
		}
		for ; run > 15; run -= 16 {
			ac.Put(w, 0xF0, 0, 0)
		}
		ac.PutNumber(w, byte(run), block[k])
		run = 0
	}
	if run > 0 {
		ac.Put(w, 0, 0, 0)
	}
}

// randomBlock has zigzag order, a few coefficients, some of them far out.
func randomBlock(r *rand.Rand, bits int) (b [64]int) {
	scale := 1 << (bits - 8)
	b[0] = r.IntN(600*scale) - 300*scale
	for range r.IntN(6) {
		k := 1 + r.IntN(63)
		b[k] = (r.IntN(200*scale) - 100*scale) / k
	}
	return b
}

type refPlane struct {
	stride int
	pix    []float64
}

// put transforms one block by the definition of the inverse DCT.
func (p refPlane) put(block *[64]int, quant *[64]int, bx, by, bits int) {
	var f [8][8]float64
	for k, v := range block {
		x, y := unzigzag(k)
		f[y][x] = float64(v * quant[k])
	}
	norm := func(u int) float64 {
		if u == 0 {
			return math.Sqrt2 / 2
		}
		return 1
	}
	for y := range 8 {
		for x := range 8 {
			sum := 0.0
			for v := range 8 {
				for u := range 8 {
					if f[v][u] != 0 {
						sum += norm(u) * norm(v) * f[v][u] * math.Cos(float64((2*x+1)*u)*math.Pi/16) * math.Cos(float64((2*y+1)*v)*math.Pi/16)
					}
				}
			}
			value := sum/4 + math.Exp2(float64(bits-1))
			p.pix[(8*by+y)*p.stride+8*bx+x] = min(max(value, 0), math.Exp2(float64(bits))-1)
		}
	}
}

// unzigzag walks the diagonals of figure A.6 instead of tabulating them.
func unzigzag(k int) (x, y int) {
	for d := range 15 {
		n := min(d, 14-d) + 1
		if k >= n {
			k -= n
			continue
		}
		a := max(0, d-7) + k
		if d%2 == 0 {
			return a, d - a
		}
		return d - a, a
	}
	panic("unzigzag: beyond the block")
}

func ceil(a, b int) int { return (a + b - 1) / b }
