package render

import (
	"image"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// MaskLevel is the value at which Isolines outlines a picture of a MaskVolume.
const MaskLevel = 500

// MaskVolume returns the voxels of a label map for which keep is true as a volume of 1000 in air of 0, over the box that holds
// them and one voxel more. Resliced and passed to Isolines with MaskLevel it gives the contours of a mask: smooth between voxel
// centres with InterpLinear, the stairs of the voxels themselves with InterpNearest. It returns nil when no voxel is kept. Making
// it takes milliseconds: keep it while the mask stays.
func MaskVolume(l *volume.Labels, keep func(label uint8) bool) *volume.Volume {
	var yes [256]bool
	for i := range yes {
		yes[i] = i > 0 && keep(uint8(i))
	}
	var box geom.Box
	nx, ny, _ := l.Box.Size()
	for o := 0; o < len(l.V); o += max(1, nx) {
		row := l.V[o : o+nx]
		a, b := -1, 0
		for i, v := range row {
			if yes[v] {
				if a < 0 {
					a = i
				}
				b = i + 1
			}
		}
		if a >= 0 {
			j, k := l.Box.Min.J+o/nx%ny, l.Box.Min.K+o/(nx*ny)
			box = box.Union(geom.Box{Min: geom.Index{I: l.Box.Min.I + a, J: j, K: k}, Max: geom.Index{I: l.Box.Min.I + b, J: j + 1, K: k + 1}})
		}
	}
	if box.Empty() {
		return nil
	}
	box = box.Grow(1)
	g, err := subGrid(l.Grid, box)
	if err != nil {
		return nil // not for a box of a valid grid
	}
	out := &volume.Volume{Grid: g, HU: make([]int16, g.Len()), CeilingHU: 1000}
	o := 0
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				if yes[l.At(i, j, k)] {
					out.HU[o] = 1000
				}
				o++
			}
		}
	}
	return out
}

// subGrid returns the part of a grid in a box, which may reach beyond it by a voxel.
func subGrid(g *volume.Grid, b geom.Box) (*volume.Grid, error) {
	nx, ny, nz := b.Size()
	pos := make([]geom.Patient, nz)
	for k := range pos {
		pos[k] = g.Patient(geom.Vox(float64(b.Min.I), float64(b.Min.J), float64(b.Min.K+k)))
	}
	if g.NZ == 1 { // a lone slice has no neighbours to extrapolate from
		for k := range pos {
			pos[k] = g.Patient(geom.Vox(float64(b.Min.I), float64(b.Min.J), 0)).Add(g.Normal.Mul(float64(g.DZ) * float64(b.Min.K+k)))
		}
	}
	return volume.NewGrid(nx, ny, g.Row, g.Col, g.DX, g.DY, pos, g.FrameUID)
}

// Isolines returns the lines along which a picture has the value level, by marching squares with linear interpolation. Samples
// beyond the volume and beyond the picture count as lower, so all lines are closed; they run the same way round what is higher,
// and the other way round holes.
func Isolines(m *HUImage, v Viewport, level float64) []Polyline {
	w := m.W + 2 // one lower pixel all around
	value := func(n int32) float64 {
		x, y := int(n)%w-1, int(n)/w-1
		hu := m.At(x, y)
		if hu <= Unread {
			return level - 1
		}
		return float64(hu)
	}
	var segments []segment
	box := m.above(level)
	for y := box.Min.Y; y <= box.Max.Y; y++ { // squares from the pixel before the box to the last in it, in padded numbers
		for x := box.Min.X; x <= box.Max.X; x++ {
			n := int32(y*w + x)
			c := [4]int32{n, n + 1, n + 1 + int32(w), n + int32(w)} // clockwise
			var f [4]float64
			var high [4]bool
			count := 0
			for i := range c {
				f[i] = value(c[i])
				if high[i] = f[i] >= level; high[i] {
					count++
				}
			}
			if count == 0 || count == 4 {
				continue
			}
			// Walking round the square, the line comes in where low turns to high and goes out where high turns to low. With two
			// of each, the mean in the middle says whether the high corners or the low ones are joined.
			joined := count == 2 && high[0] == high[2] && (f[0]+f[1]+f[2]+f[3])/4 >= level
			for i := range c {
				if high[i] || !high[(i+1)%4] {
					continue
				}
				step := 1
				if joined {
					step = 3
				}
				for j := (i + step) % 4; ; j = (j + step) % 4 {
					if high[j] && !high[(j+1)%4] {
						segments = append(segments, segment{from: edgeOf(c[i], c[(i+1)%4]), to: edgeOf(c[j], c[(j+1)%4])})
						break
					}
				}
			}
		}
	}
	planeFromScreen := v.PlaneFromScreen()
	return join(segments, func(e edge) geom.Plane {
		a, b := value(e[0]), value(e[1])
		t := (level - a) / (b - a)
		at := func(n int32) geom.Screen {
			return geom.Pt[geom.ScreenFrame](float64(int(n)%w-1), float64(int(n)/w-1), 0)
		}
		return planeFromScreen.Apply(at(e[0]).Lerp(at(e[1]), t))
	})
}

// above returns the box of the pixels that reach the level; a box without pixels is beyond all squares.
func (m *HUImage) above(level float64) image.Rectangle {
	least := int16(max(float64(Unread)+1, min(math.MaxInt16, math.Ceil(level))))
	box := image.Rectangle{Min: image.Pt(m.W, m.H), Max: image.Pt(-1, -1)}
	for y := range m.H {
		first, last := -1, 0
		for x, hu := range m.HU[y*m.W : (y+1)*m.W] {
			if hu >= least {
				if first < 0 {
					first = x
				}
				last = x + 1
			}
		}
		if first >= 0 {
			box.Min = image.Pt(min(box.Min.X, first), min(box.Min.Y, y))
			box.Max = image.Pt(max(box.Max.X, last), max(box.Max.Y, y+1))
		}
	}
	return box
}
