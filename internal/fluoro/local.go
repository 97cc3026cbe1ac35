package fluoro

import "math"

// local aligns frames by the neighbourhood of the cement alone: the spine there moves as one, while the diaphragm, ribs and bowel
// elsewhere have pulled a little on the alignment of the whole picture.
type local struct {
	tmpl  *template
	first Motion // of the first frame against the mean that is the template here
	done  bool
}

// Of the side: how far round the cement the neighbourhood reaches. The motion found differs by less than localPixels of the picture
// measured from that of the whole picture, or is not believed.
const (
	localPart   = 0.22
	localPixels = 2.5
)

// newLocal prepares the neighbourhood of the coarse cement in the mean of the mask frames; nil when there is no cement.
func newLocal(t *track, coarse *cementMap, ref *picture, open *field, bin int) *local {
	if len(coarse.main) == 0 {
		return nil
	}
	side := float64(max(ref.w, ref.h))
	f := float64(coarse.bin) / float64(bin)
	b := coarse.boxOf(coarse.main, 0)
	reach := localPart * side
	x0, y0, x1, y1 := float64(b.x0)*f-reach, float64(b.y0)*f-reach, float64(b.x1+1)*f+reach, float64(b.y1+1)*f+reach
	cement := make([]bool, len(ref.v))
	for i := range cement {
		x, y := (i%ref.w)*bin/coarse.bin, (i/ref.w)*bin/coarse.bin
		cement[i] = x < coarse.w && y < coarse.h && coarse.from[y*coarse.w+x] != never
	}
	cement = grown(cement, ref.w, ref.h, 3)
	here := &field{ref.w, ref.h, make([]float32, len(ref.v))}
	clean := newPicture(ref.w, ref.h)
	n := 0
	for i, v := range ref.v {
		if v == outside {
			continue
		}
		clean.v[i] = v
		x, y := float64(i%ref.w), float64(i/ref.w)
		if open.weight[i] > 0 && x >= x0 && x <= x1 && y >= y0 && y <= y1 && !cement[i] && !t.rodAt(i, ref.w, bin) && !t.at(t.roams, i, ref.w, bin) {
			here.weight[i] = 1
			n++
		}
	}
	if float64(n) < 0.04*side*side {
		return nil
	}
	// The high-passed frames are made over the whole open field, so the template is too; only its pixels are of the neighbourhood.
	tmpl := newTemplate(clean, open, 2)
	for l := range tmpl.levels {
		if l > 0 {
			here = here.halved()
		}
		use := tmpl.levels[l].use[:0]
		for _, o := range tmpl.levels[l].use {
			if here.weight[o] > 0 {
				use = append(use, o)
			}
		}
		tmpl.levels[l].use = use
	}
	return &local{tmpl: tmpl, first: still}
}

// refine returns the motion of a frame from the first one, near the one given, in pixels of the picture.
func (l *local) refine(p *picture, m Motion) Motion {
	if l == nil {
		return m
	}
	free := rigid
	if m.Scale != 1 { // the field changed: by how much is known better here
		free = similar
	}
	f := l.tmpl.align(l.tmpl.pyramid(p, m.Scale), m, free, 0)
	if f.quality < goodFit/2 || math.Hypot(f.motion.DX-m.DX, f.motion.DY-m.DY) > localPixels {
		return m
	}
	if !l.done {
		l.first, l.done = f.motion, true
		return still
	}
	return f.motion.After(l.first.Inverse())
}
