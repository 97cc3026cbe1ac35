// Package overlay turns files of others into what can be shown over a CT and compared with a result: segmentations, structure sets,
// presentation states and reports as DICOM, masks as NIfTI and NRRD. Everything lies in patient millimetres. Objects about other
// images, or of another patient, are refused with the reason; masks without identity are refused when they lie beside the CT.
package overlay

import (
	"fmt"
	"image/color"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/nrrd"
	"github.com/vertefill/vertefill/internal/volume"
)

// Object is what a file holds.
type Object struct {
	Name  string // of the file, without its folder
	Parts []Part
}

// Part is one region, drawing or place of it.
type Part struct {
	Name   string
	Colour color.NRGBA
	Mesh   *mesh.Mesh     // closed; of drawings, walls through their slice
	Mask   *volume.Labels // 1 inside, of regions; nil for drawings and places
}

// Vertebra reports whether a part is a vertebra by its name, rather than what lies in one: a level, and no word of anything else.
func (p Part) Vertebra() bool {
	known := map[string]bool{"vertebra": true, "vertebrae": true, "vertebral": true, "vertèbre": true, "vertébral": true, "body": true, "corps": true, "bone": true, "os": true}
	found := false
	for _, w := range strings.FieldsFunc(strings.ToLower(p.Name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		switch _, err := anatomy.ParseLevel(w); {
		case err == nil:
			found = true
		case !known[w]:
			return false
		}
	}
	return found
}

// Handles reports whether a file may hold something to show, by its name and beginning; images do not.
func Handles(path string) bool {
	name := strings.ToLower(path)
	for _, ending := range []string{".nii", ".nii.gz", ".nrrd", ".nhdr"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	if !dicomio.IsDICOM(path) {
		return false
	}
	f, err := dicomio.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	switch f.Code(0x00080060) {
	case "SEG", "SR", "RTSTRUCT", "PR":
		return true
	}
	return false
}

// Read reads a file as something to show over the images of a grid. origin names the images; nil when they are no DICOM objects.
func Read(path string, origin *dicomio.Origin, grid *volume.Grid) (*Object, error) {
	out := &Object{Name: filepath.Base(path)}
	if !dicomio.IsDICOM(path) {
		return out, out.labels(path, grid)
	}
	o, err := exchange.Open(path, origin)
	if err != nil {
		return nil, err
	}
	switch {
	case o.Segmentation != nil:
		for _, s := range o.Segmentation.Segments {
			out.mask(s.Label, palette(len(out.Parts)), s.Mask)
		}
	case o.Structures != nil:
		for _, r := range o.Structures.Regions {
			if len(r.Contours) == 0 {
				continue
			}
			m, err := r.Mask(grid)
			if err != nil {
				return nil, fmt.Errorf("%w: %s", err, path)
			}
			c := color.NRGBA{r.Colour[0], r.Colour[1], r.Colour[2], 255}
			if c == (color.NRGBA{A: 255}) {
				c = palette(len(out.Parts))
			}
			out.mask(r.Name, c, m)
		}
	case o.Presentation != nil && origin != nil:
		out.drawings(o.Presentation, origin, grid)
	case o.Measurements != nil:
		for _, g := range o.Measurements.Groups {
			for _, p := range g.Points {
				at := geom.LPS(p.LPS[0], p.LPS[1], p.LPS[2])
				out.Parts = append(out.Parts, Part{Name: g.TrackingID, Colour: palette(len(out.Parts)), Mesh: marker(at)})
			}
		}
	}
	if len(out.Parts) == 0 {
		return nil, fmt.Errorf("overlay: nothing in it lies in the images: %s", path)
	}
	return out, nil
}

// labels reads a label map of a format without identity.
func (o *Object) labels(path string, grid *volume.Grid) error {
	var l *volume.Labels
	var names map[int]string
	var err error
	if ext := strings.ToLower(filepath.Ext(path)); ext == ".nrrd" || ext == ".nhdr" {
		l, names, err = nrrd.ReadLabels(path)
	} else if l, err = nifti.ReadLabels(path); err == nil {
		names = nifti.ReadLabelNames(path)
	}
	if err != nil {
		return err
	}
	var present [256]bool
	inside := false
	each(l, func(i, j, k int, v uint8) {
		present[v] = true
		if !inside {
			q := grid.Voxel(l.Grid.Patient(geom.Vox(float64(i), float64(j), float64(k))))
			inside = q.X > -0.5 && q.Y > -0.5 && q.Z > -0.5 && q.X < float64(grid.NX)-0.5 && q.Y < float64(grid.NY)-0.5 && q.Z < float64(grid.NZ)-0.5
		}
	})
	if !inside {
		return fmt.Errorf("overlay: %w: the mask lies beside the images: %s", exchange.ErrForeign, path)
	}
	for v := 1; v < 256; v++ {
		if !present[v] {
			continue
		}
		name := names[v]
		if name == "" {
			name = strconv.Itoa(v)
		}
		o.mask(name, palette(len(o.Parts)), one(l, uint8(v)))
	}
	return nil
}

// mask adds a region; one without a voxel is left out.
func (o *Object) mask(name string, c color.NRGBA, m *volume.Labels) {
	var marked [256]bool
	for v := 1; v < 256; v++ {
		marked[v] = true
	}
	if s := mesh.Net(m, &marked); len(s.Triangles) > 0 {
		o.Parts = append(o.Parts, Part{Name: name, Colour: c, Mesh: s, Mask: m})
	}
}

// drawings turns the lines of a presentation state into walls through the slice that they are drawn on: cut by that slice, they are
// the lines again.
func (o *Object) drawings(p *exchange.Presentation, origin *dicomio.Origin, grid *volume.Grid) {
	at := map[string]geom.Patient{}
	for _, i := range origin.Images {
		at[fmt.Sprint(i.Instance, " ", i.Frame)] = i.Position
	}
	half := grid.Normal.Mul(float64(grid.DZ) / 2)
	for n, v := range p.Views {
		corner, ok := at[fmt.Sprint(v.Image.Instance, " ", v.Image.Frame)]
		if !ok {
			continue
		}
		m := &mesh.Mesh{}
		for _, l := range v.Lines {
			var points []geom.Patient
			for _, q := range l.Points {
				points = append(points, corner.Add(grid.Row.Mul(q[0]*float64(grid.DX))).Add(grid.Col.Mul(q[1]*float64(grid.DY))))
			}
			wall(m, points, half)
		}
		if len(m.Triangles) == 0 {
			continue
		}
		name := p.Label
		if len(v.Texts) > 0 {
			name = v.Texts[0].Text
		}
		o.Parts = append(o.Parts, Part{Name: name, Colour: palette(n), Mesh: m})
	}
}

// wall adds the band that a line sweeps from half below to half above.
func wall(m *mesh.Mesh, points []geom.Patient, half geom.PatientVec) {
	for i := 1; i < len(points); i++ {
		a, b, n := points[i-1], points[i], int32(len(m.Vertices))
		m.Vertices = append(m.Vertices, a.Add(half.Mul(-1)), b.Add(half.Mul(-1)), b.Add(half), a.Add(half))
		m.Triangles = append(m.Triangles, [3]int32{n, n + 1, n + 2}, [3]int32{n, n + 2, n + 3})
	}
}

// markerMM is the radius of the ball that marks a place.
const markerMM = 2.0

func marker(at geom.Patient) *mesh.Mesh {
	directions, triangles := mesh.Icosphere(2)
	m := &mesh.Mesh{Triangles: triangles}
	for _, d := range directions {
		m.Vertices = append(m.Vertices, at.Add(geom.LPSVec(d.X, d.Y, d.Z).Mul(markerMM)))
	}
	return m
}

// palette returns colours that none of the program's own contours has, and that follow each other well apart.
func palette(n int) color.NRGBA {
	list := []color.NRGBA{{0x7F, 0xE0, 0x3C, 255}, {0xFF, 0x8A, 0xE2, 255}, {0xC8, 0xE8, 0xFF, 255}, {0xFF, 0xF0, 0x6A, 255}, {0x9A, 0xA8, 0xFF, 255}, {0x2E, 0xD8, 0xB6, 255}}
	return list[n%len(list)]
}

// each calls do for every marked voxel.
func each(l *volume.Labels, do func(i, j, k int, v uint8)) {
	n := 0
	for k := l.Box.Min.K; k < l.Box.Max.K; k++ {
		for j := l.Box.Min.J; j < l.Box.Max.J; j++ {
			for i := l.Box.Min.I; i < l.Box.Max.I; i++ {
				if v := l.V[n]; v != 0 {
					do(i, j, k, v)
				}
				n++
			}
		}
	}
}

// one returns the voxels of one label, cropped to them.
func one(l *volume.Labels, label uint8) *volume.Labels {
	box, first := geom.Box{}, true
	each(l, func(i, j, k int, v uint8) {
		if v != label {
			return
		}
		if first {
			box, first = geom.Box{Min: geom.Index{I: i, J: j, K: k}, Max: geom.Index{I: i + 1, J: j + 1, K: k + 1}}, false
		}
		box.Min = geom.Index{I: min(box.Min.I, i), J: min(box.Min.J, j), K: min(box.Min.K, k)}
		box.Max = geom.Index{I: max(box.Max.I, i+1), J: max(box.Max.J, j+1), K: max(box.Max.K, k+1)}
	})
	out := volume.NewLabels(l.Grid, box)
	each(l, func(i, j, k int, v uint8) {
		if v == label {
			out.Set(i, j, k, 1)
		}
	})
	return out
}
