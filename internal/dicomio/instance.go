package dicomio

import (
	"fmt"
	"math"
	"strings"

	"github.com/vertefill/vertefill/internal/geom"
)

// instance is what is kept of one image file after its header was read: how to decode it, and one frame entry for each picture.
type instance struct {
	src    source
	path   string
	uid    string // SOP Instance UID
	syntax string
	coding coding
	pix    pixelRef
	bytes  int64 // of the source (inflated), to bound the pixel data
	layout layout
	frames []frame
	series seriesAttributes
	run    runAttributes // projections only
}

// layout says how the samples of a frame are written (PS3.3 C.7.6.3).
type layout struct {
	rows, cols, samples            int
	planar                         bool
	allocated, stored, highBit     int
	signed                         bool
	photometric                    string
	frames                         int
	extendedOffsets, extendedSizes []byte
}

// pixels returns the number of samples of one frame.
func (l layout) pixels() int { return l.rows * l.cols * l.samples }

// bytes returns the length of one frame when not compressed.
func (l layout) bytes() int64 {
	n := int64(l.pixels())
	if l.halved() {
		n = 2 * int64(l.rows) * int64(l.cols)
	}
	return (n*int64(l.allocated) + 7) / 8
}

// halved reports whether two neighbours in a row share their chroma when not compressed (PS3.3 C.7.6.3.1.2).
func (l layout) halved() bool {
	return l.samples == 3 && l.cols%2 == 0 && (l.photometric == "YBR_FULL_422" || l.photometric == "YBR_PARTIAL_422")
}

// Limits on what a header may ask for. The largest detectors have 4300 x 4300 pixels.
const (
	maxSide   = 1 << 15
	maxPixels = 1 << 27
	maxFrames = 1 << 16
)

// frame is one picture with its place in space, time and grey scale.
type frame struct {
	inst  *instance
	index int // in the file

	pos      geom.Patient
	row, col geom.PatientVec
	hasPlace bool
	dx, dy   float64 // distance of columns and of rows, mm; 0 unknown

	slope, intercept float64
	rescaled         bool
	units            string // Rescale Type; empty when the file does not say
	lut              *lut   // modality LUT in place of slope and intercept
	pad              padding

	imageType   string // values 1 to 3 and beyond, joined
	kernel      string
	frameUID    string
	acquisition string
	stack       string
	temporal    string
	when        string // acquisition or content time, to tell phases apart
	number      int
	thickness   float64
	tilt        float64
}

// seriesAttributes are the same for all files of a series.
type seriesAttributes struct {
	studyUID, seriesUID, modality, sopClass string
	info                                    Info
	patient                                 Patient
	number                                  int
}

// describe extracts what is needed from a header. The error says why the file can be in no series.
func describe(f *File) (*instance, *Skipped) {
	d := f.Dataset
	skip := func(code Code, en, fr string, args ...any) (*instance, *Skipped) {
		return nil, code.because(f.Path, sayf(en, fr, args...))
	}
	class := d.Code(tagSOPClassUID)
	modality := d.Code(tagModality)
	if class == "1.2.840.10008.1.3.10" || (class == "" && d.Find(0x00041220) != nil) {
		return skip(CodeDirectory, "a DICOMDIR: the files themselves were read", "un DICOMDIR\u202f: les fichiers eux-mêmes ont été lus")
	}
	capture := modality == "OT" && strings.HasPrefix(class, secondaryCapture) &&
		(d.Find(tagPosition) != nil || groups(d, 0)(tagPlanePosition).Find(tagPosition) != nil)
	if !measurable[modality] && !capture {
		if modality == "" {
			return skip(CodeNotImage, "no modality given", "modalité absente")
		}
		return skip(CodeModality, "%s objects are not measured", "les objets %s ne sont pas mesurés", printable(modality))
	}
	if f.pix == nil {
		return skip(CodeNoPixels, "no pixel data", "pas de pixels")
	}
	syn := syntaxOf(f.TransferSyntax)
	switch {
	case f.pix.tag != tagPixelData:
		return skip(CodeUnsupported, "floating point pixel data are not read", "les pixels en virgule flottante ne sont pas lus")
	case syn.video:
		return skip(CodeUnsupported, "video (%s) is not read: export the run as JPEG or uncompressed frames",
			"la vidéo (%s) n’est pas lue\u202f: exportez la série en images JPEG ou non compressées", syn.name)
	case f.pix.encapsulated && syn.retired:
		return skip(CodeUnsupported, "%s, a retired coding, is not read: convert the file where it was made, or with dcmdjpeg",
			"%s, un codage retiré de la norme, n’est pas lu\u202f: convertissez le fichier là où il a été fait, ou avec dcmdjpeg", syn.name)
	case f.pix.encapsulated && (syn.coding == codingNative || syn.coding == codingUnknown):
		return skip(CodeUnsupported, "compressed pixel data in an unknown transfer syntax %q: convert the file, for example with gdcmconv --raw",
			"pixels compressés dans une syntaxe de transfert inconnue %q\u202f: convertissez le fichier, par exemple avec gdcmconv --raw", printable(f.TransferSyntax))
	}
	in := &instance{path: f.Path, uid: d.Code(tagSOPInstanceUID), syntax: f.TransferSyntax, coding: syn.coding, pix: *f.pix, bytes: f.n}
	if !f.pix.encapsulated {
		in.coding = codingNative // whatever the syntax says: there are no fragments to decode
	}
	if f.TransferSyntax == "1.2.840.113619.5.2" {
		in.pix.big = true
	}
	if f.TransferSyntax == "" {
		in.syntax = map[encodingVR]string{{}: "1.2.840.10008.1.2", {explicit: true}: "1.2.840.10008.1.2.1", {explicit: true, big: true}: "1.2.840.10008.1.2.2"}[f.enc]
	}
	var err error
	if in.layout, err = readLayout(d); err != nil {
		return skip(CodeCorrupt, "the header makes no sense: %v", "l’en-tête est incohérent\u202f: %v", err)
	}
	in.series = readSeries(d, modality, class)
	if in.series.seriesUID == "" {
		return skip(CodeCorrupt, "no Series Instance UID", "pas de Series Instance UID")
	}
	in.frames = readFrames(d, in)
	if in.projection() {
		in.run = readRun(d)
	}
	return in, nil
}

// measurable lists the modalities of the contract. Secondary captures (OT) count as slices when they say where they lie.
var measurable = map[string]bool{"CT": true, "XA": true, "RF": true, "DX": true, "CR": true}

const secondaryCapture = "1.2.840.10008.5.1.4.1.1.7"

// projection reports whether pictures are X-ray shadows, not slices.
func (in *instance) projection() bool {
	return in.series.modality != "CT" && in.series.modality != "OT"
}

func readLayout(d *Dataset) (layout, error) {
	l := layout{samples: 1, frames: 1, photometric: d.Code(tagPhotometric)}
	for _, f := range []struct {
		tag Tag
		dst *int
	}{
		{tagRows, &l.rows}, {tagColumns, &l.cols}, {tagSamplesPerPixel, &l.samples}, {tagBitsAllocated, &l.allocated},
		{tagBitsStored, &l.stored}, {tagHighBit, &l.highBit}, {tagNumberOfFrames, &l.frames},
	} {
		if n, ok := d.Int(f.tag); ok {
			*f.dst = n
		}
	}
	if l.stored == 0 {
		l.stored, l.highBit = l.allocated, l.allocated-1
	}
	if d.Find(tagHighBit) == nil {
		l.highBit = l.stored - 1
	}
	if l.frames == 0 {
		l.frames = 1
	}
	planar, _ := d.Int(tagPlanarConfiguration)
	signed, _ := d.Int(tagPixelRepresentation)
	l.planar, l.signed = planar == 1, signed == 1
	l.extendedOffsets, l.extendedSizes = clone(d.Bytes(tagExtendedOffsets)), clone(d.Bytes(tagExtendedLengths))
	switch {
	case l.rows < 1 || l.cols < 1 || l.rows > maxSide || l.cols > maxSide || l.rows*l.cols > maxPixels:
		return l, sayf("an image of %d rows and %d columns", "une image de %d lignes et %d colonnes", l.rows, l.cols)
	case l.samples != 1 && l.samples != 3:
		return l, sayf("%d samples per pixel", "%d échantillons par pixel", l.samples)
	case l.allocated != 8 && l.allocated != 16:
		return l, sayf("%d bits allocated are not read", "%d bits alloués ne sont pas lus", l.allocated)
	case l.stored < 1 || l.stored > l.allocated || l.highBit < l.stored-1 || l.highBit >= l.allocated:
		return l, sayf("%d bits stored up to bit %d of %d", "%d bits stockés jusqu’au bit %d de %d", l.stored, l.highBit, l.allocated)
	case l.frames < 1 || l.frames > maxFrames:
		return l, sayf("%d frames", "%d images", l.frames)
	}
	return l, nil
}

func clone(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return append([]byte(nil), b...)
}

func readSeries(d *Dataset, modality, class string) seriesAttributes {
	number, _ := d.Int(tagSeriesNumber)
	first := func(tags ...Tag) string {
		for _, t := range tags {
			if s := d.Code(t); s != "" {
				return s
			}
		}
		return ""
	}
	date, clock := first(tagAcquisitionDate, tagContentDate, tagSeriesDate, tagStudyDate), first(tagAcquisitionTime, tagContentTime, tagSeriesTime, tagStudyTime)
	if dt := d.Code(tagAcquisitionDateTime); len(dt) >= 12 && d.Code(tagAcquisitionTime) == "" {
		date, clock = dt[:8], dt[8:]
	}
	return seriesAttributes{
		studyUID: d.Code(tagStudyUID), seriesUID: d.Code(tagSeriesUID), modality: modality, sopClass: class, number: number,
		info: Info{
			Description: d.Text(tagSeriesDescription), StudyDescription: d.Text(tagStudyDescription), Protocol: d.Text(tagProtocol),
			BodyPart: d.Code(tagBodyPart), Manufacturer: d.Text(tagManufacturer), Model: d.Text(tagModelName),
			Institution: d.Text(tagInstitution), Date: date, Time: clock, Contrast: d.Text(tagContrastAgent), KVP: d.Code(tagKVP),
			Accession: d.Text(tagAccession), Window: readWindow(d), BurnedIn: d.Code(tagBurnedIn) == "YES",
		},
		patient: Patient{
			Name: d.Text(tagPatientName), ID: d.Text(tagPatientID), BirthDate: d.Code(tagBirthDate),
			Sex: d.Code(tagSex), Age: d.Code(tagPatientAge),
		},
	}
}

func readWindow(d *Dataset) Window {
	c, okC := d.Float(tagWindowCenter)
	w, okW := d.Float(tagWindowWidth)
	if !okC || !okW || w < 1 {
		return Window{}
	}
	return Window{Center: c, Width: w}
}

// readFrames returns the pictures of a file. Enhanced objects keep what differs in functional groups, per frame or shared; the rest
// keep it at top level: looking in all three places serves both.
func readFrames(d *Dataset, in *instance) []frame {
	n := in.layout.frames
	base := frame{inst: in, slope: 1, frameUID: d.Code(tagFrameOfReference)}
	base.number, _ = d.Int(tagInstanceNumber)
	out := make([]frame, n)
	for i := range out {
		f := base
		f.index = i
		if n > 1 {
			f.number = i + 1
		}
		f.read(d, groups(d, i))
		out[i] = f
	}
	return out
}

// groups returns what finds the functional group of frame i with a tag: its own, or that shared by all. Objects without functional
// groups answer with the data set itself.
func groups(d *Dataset, i int) func(Tag) *Dataset {
	shared := d.Item(tagSharedGroups)
	per := d.Items(tagPerFrameGroups)
	if shared == nil && len(per) == 0 {
		return func(Tag) *Dataset { return d }
	}
	return func(t Tag) *Dataset {
		if i < len(per) {
			if g := per[i].Item(t); g != nil {
				return g
			}
		}
		return shared.Item(t)
	}
}

// read fills a frame from the data set or from its functional groups.
func (f *frame) read(d *Dataset, group func(Tag) *Dataset) {
	or := func(g *Dataset) *Dataset {
		if g == nil {
			return d
		}
		return g
	}
	if p, o := or(group(tagPlanePosition)).Floats(tagPosition), or(group(tagPlaneOrientation)).Floats(tagOrientation); len(p) == 3 && len(o) == 6 {
		f.pos = geom.LPS(p[0], p[1], p[2])
		f.row, f.col = geom.LPSVec(o[0], o[1], o[2]), geom.LPSVec(o[3], o[4], o[5])
		f.hasPlace = math.Abs(f.row.Norm()-1) < 0.01 && math.Abs(f.col.Norm()-1) < 0.01 && math.Abs(f.row.Dot(f.col)) < 0.01
	}
	measures := or(group(tagPixelMeasures))
	if s := measures.Floats(tagPixelSpacing); len(s) == 2 && s[0] > 0 && s[1] > 0 {
		f.dy, f.dx = s[0], s[1] // between rows, then between columns
	}
	f.thickness, _ = measures.Float(tagSliceThickness)
	f.tilt, _ = d.Float(tagGantryTilt)

	tr := or(group(tagPixelTransformation))
	if s, ok := tr.Float(tagRescaleSlope); ok && s != 0 {
		f.slope, f.rescaled = s, true
		f.intercept, _ = tr.Float(tagRescaleIntercept)
	}
	f.units = tr.Code(tagRescaleType)
	if l := d.Item(tagModalityLUT); l != nil && !f.rescaled {
		f.lut = readLUT(l, f.inst.layout.signed)
	}
	f.pad = f.readPadding(d)

	types := d.Codes(tagImageType)
	if g := group(tagCTImageFrameType); g != nil && g != d {
		types = g.Codes(tagFrameType)
	}
	f.imageType = strings.ToUpper(strings.Join(types, `\`))
	f.kernel = strings.Join(or(group(tagReconstruction)).Codes(tagKernel), `\`)
	content := or(group(tagFrameContent))
	f.acquisition = content.Code(tagAcquisitionNumber)
	if f.acquisition == "" {
		f.acquisition = d.Code(tagAcquisitionNumber)
	}
	f.stack = content.Code(tagStackID)
	if n, ok := content.Int(tagTemporalIndex); ok {
		f.temporal = fmt.Sprint(n)
	} else {
		f.temporal = d.Code(tagTemporalPosition)
	}
	f.when = d.Code(tagAcquisitionTime)
	if t := content.Code(tagFrameAcqDateTime); t != "" {
		f.when = t
	} else if f.when == "" {
		f.when = d.Code(tagContentTime)
	}
}

// printable returns s cut and cleaned for a message.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e {
			return -1
		}
		return r
	}, s)
	if len(s) > 40 {
		s = s[:40]
	}
	return s
}
