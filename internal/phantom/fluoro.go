package phantom

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// The fluoroscopy run is a lateral cone-beam projection of the post CT, in which the new cement grows from frame to frame. Tissue and
// bone are summed through the CT; the cement, exactly, through its implicit surface. Beam hardening, scatter, breathing and moves of
// the table are not simulated.
const (
	runPixels      = 384
	runPixelMM     = 0.5 // at the detector
	runFrames      = 48
	runFirst       = 8  // frame of the first cement
	runLast        = 40 // frame in which all of it is there
	runFrameTime   = 250 * time.Millisecond
	sourceDetector = 1180.0 // mm
	sourceCentre   = 780.0  // mm from the source to the treated vertebra
	waterPerMM     = 0.0193 // attenuation of water at 70 keV (NIST XCOM)
	visibleMM      = 1.0    // of cement that a pixel must have behind it to count, by the contract
	rayStepMM      = 0.8
	cementStepMM   = 0.25
)

// Run is a fluoroscopy run and the truth about it.
type Run struct {
	*volume.Cine
	Truth RunTruth

	projector
}

// RunTruth is what happens in a run.
type RunTruth struct {
	Frames         int       `json:"frames"`
	FrameTimesMS   []float64 `json:"frameTimesMs"`
	PrimaryDegrees float64   `json:"primaryDegrees"`
	// MMPerPixel is the pixel in the plane of the treated vertebra.
	MMPerPixel     [2]float64 `json:"mmPerPixel"`
	InjectionStart int        `json:"injectionStartFrame"`
	InjectionEnd   int        `json:"injectionEndFrame"`
	CementAreaPx   []float64  `json:"cementAreaPx"` // pixels with at least 1 mm of new cement behind them, one value a frame
	CementAreaMM2  []float64  `json:"cementAreaMm2"`
	// LeakFirstFrames is the first frame in which any of a leak is there, by id of the leak less one; null for leaks of other injections
	// and for those out of the picture.
	LeakFirstFrames []*int `json:"leakFirstFrames"`
	// ImageFromPatientPost is the projection, 3x4, row-major: patient LPS mm to column, row and weight.
	ImageFromPatientPost [12]float64 `json:"imageFromPatientPost"`
}

// projector is the geometry of a lateral view: the source on the patient's right, columns towards posterior, rows towards the feet.
type projector struct {
	source geom.Patient
}

func newProjector(centre geom.Patient) projector {
	return projector{centre.Add(geom.LPSVec(-sourceCentre, 0, 0))}
}

// ray returns the unit direction from the source through a pixel.
func (p projector) ray(column, row float64) geom.PatientVec {
	const middle = (runPixels - 1) / 2.0
	return geom.LPSVec(sourceDetector, (column-middle)*runPixelMM, -(row-middle)*runPixelMM).Unit()
}

// matrix returns the projection as 3x4.
func (p projector) matrix() [12]float64 {
	const middle, f = (runPixels - 1) / 2.0, sourceDetector / runPixelMM
	s := p.source
	return [12]float64{
		middle, f, 0, -middle*s.X - f*s.Y,
		middle, 0, -f, -middle*s.X + f*s.Z,
		1, 0, 0, -s.X,
	}
}

// Fluoro makes the run of the first new injection, before any other; nil when the case has no new cement.
func (c *Case) Fluoro(ctx context.Context) (*Run, error) {
	p := c.Truth.patient
	i := slices.IndexFunc(p.deposits, func(d *deposit) bool { return !d.prior })
	if i < 0 {
		return nil, nil
	}
	centre := p.sees.vertebrae[p.index(p.deposits[i].on.level)].centre
	r := &Run{projector: newProjector(centre), Cine: &volume.Cine{NX: runPixels, NY: runPixels, Frames: runFrames, Slope: 1, White: 4095, TimeKnown: true}}
	magnification := sourceDetector / sourceCentre
	at := runPixelMM / magnification
	r.Calibration = volume.Calibration{Origin: volume.OriginMagnification, RowMM: at, ColMM: at, Magnification: magnification}
	r.Truth = RunTruth{Frames: runFrames, PrimaryDegrees: 90, MMPerPixel: [2]float64{at, at}, InjectionStart: runFirst, InjectionEnd: runLast,
		LeakFirstFrames: make([]*int, len(c.Truth.Leaks)), ImageFromPatientPost: r.matrix()}
	for k := range runFrames {
		r.Times = append(r.Times, time.Duration(k)*runFrameTime)
		r.Truth.FrameTimesMS = append(r.Truth.FrameTimesMS, float64(time.Duration(k)*runFrameTime/time.Millisecond))
	}
	rays, err := r.trace(ctx, c, p.deposits[i])
	if err != nil {
		return nil, fmt.Errorf("phantom: fluoroscopy: %w", err)
	}
	for _, ray := range rays {
		for id, frame := range ray.leaks {
			if first := &r.Truth.LeakFirstFrames[id-1]; *first == nil || frame < **first {
				*first = &frame
			}
		}
	}
	r.expose(rays, stream(c.Seed, "fluoro"))
	return r, nil
}

// expose turns path lengths into pictures and counts the cement's area.
func (r *Run) expose(rays []ray, random random) {
	r.Pix = make([]uint16, runPixels*runPixels*runFrames)
	base := make([]float64, len(rays))
	for i := range rays {
		base[i] = rays[i].base
	}
	slices.Sort(base)
	median := base[len(base)/2] // the exposure control keeps the middle of the picture at a third of white
	length := make([]float64, len(rays))
	slice, tmp := make([]float32, len(rays)), make([]float32, len(rays))
	grain := kernel(0.3)
	for k := range runFrames {
		area := 0.0
		for i := range rays {
			attenuation := rays[i].base
			for _, s := range rays[i].cement {
				if s.frame == k {
					length[i] += s.mm
				}
				if s.frame <= k {
					attenuation += s.mm * s.perMM
				}
			}
			if length[i] >= visibleMM {
				area++
			}
			signal := 1350 * math.Exp(median-attenuation)
			slice[i] = float32(signal + random.NormFloat64()*0.9*math.Sqrt(signal))
		}
		convolve(slice, tmp, runPixels, runPixels, grain)
		for i, x := range slice {
			r.Pix[k*len(rays)+i] = uint16(max(0, min(4095, math.Round(float64(x)))))
		}
		r.Truth.CementAreaPx = append(r.Truth.CementAreaPx, area)
		r.Truth.CementAreaMM2 = append(r.Truth.CementAreaMM2, area*r.RowMM*r.ColMM)
	}
}

// frameOf returns when the cement at p has arrived: it spreads from the needle's tip, and leaves the bone late.
func (d *deposit) frameOf(p geom.Body) int {
	far := p.Dist(d.blobs[0].c)
	t := 0.75 * far / (1.6 * d.on.body.width)
	if d.on.bodyAt(p) > 0 {
		t = 0.3 + 0.7*far/60
	}
	return runFirst + int(min(1, t)*(runLast-runFirst))
}

// ray is what a pixel sees.
type ray struct {
	base   float64 // attenuation without new cement
	cement []stretch
	leaks  map[int]int // first frame of each leak on the ray
}

// stretch is new cement on a ray that arrives in one frame.
type stretch struct {
	frame int
	mm    float64
	perMM float64 // attenuation
}

// trace follows the ray of every pixel.
func (r *Run) trace(ctx context.Context, c *Case, d *deposit) ([]ray, error) {
	rays := make([]ray, runPixels*runPixels)
	bare := c.withoutNewCement()
	err := inParallel(ctx, runPixels, func(row int) {
		for column := range runPixels {
			dir := r.ray(float64(column), float64(row))
			q := &rays[column+runPixels*row]
			q.base = attenuation(bare, r.source, dir)
			c.Truth.patient.crossing(d, r.source, dir, q)
		}
	})
	return rays, err
}

// withoutNewCement is the post CT with soft bone where new cement lies.
func (c *Case) withoutNewCement() *volume.Volume {
	out := &volume.Volume{Grid: c.Post.Grid, HU: slices.Clone(c.Post.HU), CeilingHU: c.Post.CeilingHU}
	p := c.Truth.patient
	for _, d := range p.deposits {
		if d.prior {
			continue
		}
		v := p.sees.vertebrae[p.index(d.on.level)]
		eachVoxel(out.Grid, boxOf(out.Grid, v, d.lo, d.hi), func(i, j, k int, at geom.Patient) {
			if d.at(v.bodyFromPatient.Apply(at)) < 2*float64(out.MaxSpacing()) {
				o := i + out.NX*(j+out.NY*k)
				out.HU[o] = min(out.HU[o], 250)
			}
		})
	}
	return out
}

// attenuation sums along a ray through a volume. Above, below, in front and behind, its border is carried on; what the field of view
// cuts off to the sides is counted as 100 mm of water.
func attenuation(v *volume.Volume, source geom.Patient, dir geom.PatientVec) float64 {
	from, to := throughBox(v, source, dir)
	sum := 100 * waterPerMM
	a := v.Voxel(source.Add(dir.Mul(from + rayStepMM/2)))
	step := v.Voxel(source.Add(dir.Mul(from + rayStepMM*1.5))).Sub(a)
	for s := from; s < to; s += rayStepMM {
		inside := geom.Vox(a.X, max(0, min(float64(v.NY-1), a.Y)), max(0, min(float64(v.NZ-1), a.Z)))
		sum += rayStepMM * waterPerMM * max(0, 1+v.Sample(inside)/1000)
		a = a.Add(step)
	}
	return sum
}

// throughBox returns where a ray enters and leaves the slices' box, along x, which a lateral ray crosses.
func throughBox(v *volume.Volume, source geom.Patient, dir geom.PatientVec) (from, to float64) {
	first, last := v.Patient(geom.Vox(0, 0, 0)).X, v.Patient(geom.Vox(float64(v.NX-1), 0, 0)).X
	return (min(first, last) - source.X) / dir.X, (max(first, last) - source.X) / dir.X
}

// crossing adds what a ray meets of a deposit.
func (p *patient) crossing(d *deposit, source geom.Patient, dir geom.PatientVec, out *ray) {
	v := p.sees.vertebrae[p.index(d.on.level)]
	centre, radius := d.fill().radiusAbout()
	from := v.bodyFromPatient.Apply(source)
	along := v.bodyFromPatient.ApplyVec(dir)
	near := centre.Sub(from).Dot(along)
	if off := from.Add(along.Mul(near)).Dist(centre); off > radius {
		return
	}
	perMM := waterPerMM * (1 + d.plateau/1000)
	byFrame := map[int]float64{}
	for s := near - radius; s < near+radius; s += cementStepMM {
		q := from.Add(along.Mul(s))
		f := d.at(q)
		if f >= 0 {
			s += max(0, f/steepness-cementStepMM)
			continue
		}
		frame := d.frameOf(q)
		byFrame[frame] += cementStepMM
		if class, id := d.classAt(q); class == anatomy.CementLeaked {
			if out.leaks == nil {
				out.leaks = map[int]int{}
			}
			if first, ok := out.leaks[id]; !ok || frame < first {
				out.leaks[id] = frame
			}
		}
	}
	for frame, mm := range byFrame {
		out.cement = append(out.cement, stretch{frame, mm, perMM})
	}
	slices.SortFunc(out.cement, func(a, b stretch) int { return a.frame - b.frame })
}
