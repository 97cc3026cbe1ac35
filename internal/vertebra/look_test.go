package vertebra_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

// readCT reads a NIfTI file, or the first series of DICOM files, a folder or an archive.
func readCT(t *testing.T, path string) *volume.Volume {
	t.Helper()
	if strings.HasSuffix(path, ".nii.gz") || strings.HasSuffix(path, ".nii") {
		v, err := nifti.ReadVolume(path)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	inv, err := dicomio.Scan(context.Background(), []string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(inv.Series) == 0 {
		t.Fatal("no series")
	}
	v, err := inv.Series[0].Main().Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestLook draws what Find finds for a person to look at. VERTEFILL_LOOK names a CT in NIfTI or DICOM, optionally followed by a seed
// ("ct.nii.gz;L3=x,y,z"); pictures go to VERTEFILL_LOOK_OUT.
func TestLook(t *testing.T) {
	spec := os.Getenv("VERTEFILL_LOOK")
	if spec == "" {
		t.Skip("set VERTEFILL_LOOK to a CT to draw its spine")
	}
	parts := strings.Split(spec, ";")
	v := readCT(t, parts[0])
	var opt vertebra.Options
	for _, p := range parts[1:] {
		name, xyz, _ := strings.Cut(p, "=")
		l, err := anatomy.ParseLevel(name)
		if err != nil {
			t.Fatal(err)
		}
		var q geom.Patient
		if _, err := fmt.Sscanf(xyz, "%f,%f,%f", &q.X, &q.Y, &q.Z); err != nil {
			t.Fatal(err)
		}
		opt.Seeds = append(opt.Seeds, vertebra.Seed{Level: l, Point: q})
	}
	sink := &diag.Sink{}
	start := time.Now()
	s, err := vertebra.Find(context.Background(), v, opt, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d x %d x %d in %.2f s", v.NX, v.NY, v.NZ, time.Since(start).Seconds())
	for _, f := range sink.Findings() {
		t.Logf("%s: %s", f.Code, f.Message(text.English))
	}
	for _, w := range s.Vertebrae {
		t.Logf("%-4s %-7s %.2f  %6.2f mL [%.1f %.1f]  h %.1f %.1f %.1f wedge %5.1f  half %.1f x %.1f hidden %.2f at %v %s", w.Level, w.Source, w.Confidence, w.BodyML,
			w.BodyIntervalML.Low, w.BodyIntervalML.High, w.Heights.Anterior, w.Heights.Middle, w.Heights.Posterior, w.Heights.WedgeRadians*180/math.Pi,
			w.HalfWidth, w.HalfDepth, w.HiddenBorder, w.Centroid(), w.Reason)
	}
	out := os.Getenv("VERTEFILL_LOOK_OUT")
	if out == "" {
		out = t.ArtifactDir()
	}
	base := strings.TrimSuffix(filepath.Base(parts[0]), ".nii.gz")
	save(t, filepath.Join(out, base+"-sagittal.png"), drawSpine(v, s))
	save(t, filepath.Join(out, base+"-bodies.png"), drawBodies(v, s))
}

func save(t *testing.T, path string, m image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}

func grey(hu float64) uint8 { return uint8(max(0, min(255, (hu+200)/1000*255))) }

// picture samples a plane: origin at the top left, steps per pixel; inside bodies the border is green, canal yellow.
func picture(v *volume.Volume, s *spine.Spine, o geom.Patient, dx, dy geom.PatientVec, w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	own := make([]int, w*h)
	canal := make([]bool, w*h)
	for y := range h {
		for x := range w {
			p := o.Add(dx.Mul(float64(x))).Add(dy.Mul(float64(y)))
			g := grey(v.SampleAt(p))
			m.SetRGBA(x, y, color.RGBA{g, g, g, 255})
			for i, b := range s.Vertebrae {
				if b.Field != nil && b.Distance(p) < 0 {
					own[x+w*y] = i + 1
				}
			}
			canal[x+w*y] = s.Canal != nil && s.Canal.Depth(p) > 0
		}
	}
	for y := range h - 1 {
		for x := range w - 1 {
			o := x + w*y
			if own[o] != own[o+1] || own[o] != own[o+w] {
				m.SetRGBA(x, y, color.RGBA{0, 255, 0, 255})
			}
			if canal[o] != canal[o+1] || canal[o] != canal[o+w] {
				m.SetRGBA(x, y, color.RGBA{255, 220, 0, 255})
			}
		}
	}
	return m
}

// drawSpine is the sagittal plane through the middle of the spine, and the coronal one.
func drawSpine(v *volume.Volume, s *spine.Spine) image.Image {
	const mm = 0.5
	lo, hi := v.Patient(geom.Vox(0, 0, 0)), v.Patient(geom.Vox(float64(v.NX-1), float64(v.NY-1), float64(v.NZ-1)))
	lo, hi = geom.LPS(min(lo.X, hi.X), min(lo.Y, hi.Y), min(lo.Z, hi.Z)), geom.LPS(max(lo.X, hi.X), max(lo.Y, hi.Y), max(lo.Z, hi.Z))
	c := lo.Lerp(hi, 0.5)
	if n := len(s.Vertebrae); n > 0 {
		c = s.Vertebrae[n/2].Centroid()
	}
	h := int((hi.Z - lo.Z) / mm)
	sag := picture(v, s, geom.LPS(c.X, c.Y-70, hi.Z), geom.LPSVec(0, mm, 0), geom.LPSVec(0, 0, -mm), 300, h)
	cor := picture(v, s, geom.LPS(c.X-75, c.Y, hi.Z), geom.LPSVec(mm, 0, 0), geom.LPSVec(0, 0, -mm), 300, h)
	return beside(sag, cor)
}

// drawBodies is, for every body, its sagittal, coronal and axial plane side by side, one row each.
func drawBodies(v *volume.Volume, s *spine.Spine) image.Image {
	var rows []image.Image
	for _, b := range s.Vertebrae {
		if b.Field == nil {
			continue
		}
		const mm, n = 0.33, 210
		f := b.PatientFromBody
		x, y, z := f.Axis(0).Mul(mm), f.Axis(1).Mul(mm), f.Axis(2).Mul(-mm)
		c := b.Centroid()
		at := func(ex, ey geom.PatientVec) geom.Patient { return c.Add(ex.Mul(-n / 2)).Add(ey.Mul(-n / 2)) }
		up := b.PatientFromBody.Axis(2).Mul(float64(b.Heights.Middle) * 0.3)
		rows = append(rows, beside(picture(v, s, at(y, z), y, z, n, n), picture(v, s, at(x, z), x, z, n, n), picture(v, s, at(x, y), x, y, n, n),
			picture(v, s, at(x, y).Add(up), x, y, n, n), picture(v, s, at(x, y).Add(up.Mul(-1)), x, y, n, n)))
	}
	if len(rows) == 0 {
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	}
	w, h := rows[0].Bounds().Dx(), rows[0].Bounds().Dy()
	m := image.NewRGBA(image.Rect(0, 0, w, h*len(rows)))
	for i, r := range rows {
		for y := range h {
			for x := range w {
				m.Set(x, i*h+y, r.At(x, y))
			}
		}
	}
	return m
}

func beside(parts ...*image.RGBA) *image.RGBA {
	w, h := 0, 0
	for _, p := range parts {
		w += p.Bounds().Dx()
		h = max(h, p.Bounds().Dy())
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	x0 := 0
	for _, p := range parts {
		for y := range p.Bounds().Dy() {
			for x := range p.Bounds().Dx() {
				m.Set(x0+x, y, p.At(x, y))
			}
		}
		x0 += p.Bounds().Dx()
	}
	return m
}
