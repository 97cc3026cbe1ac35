package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/deid"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
)

// errNothing says that a file of the contract has no content this time: no DICOM images to refer to, or no voxel marked.
var errNothing = errors.New("nothing to write")

// maker returns what makes DICOM objects of the result; ok is false when its images did not come from DICOM.
func maker(r *assess.Result, created time.Time) (m exchange.Maker, ok bool) {
	if r.Origin == nil {
		return m, false
	}
	edited := r.Corrections != nil && len(r.Corrections.Edits) > 0
	return exchange.Maker{Origin: r.Origin, Created: created, Version: assess.Version, Edited: edited, Undated: deid.Hidden(r.Origin.Attributes)}, true
}

// The cement and metal segments by class.
var classSegments = []struct {
	class anatomy.CementClass
	label string
	kind  exchange.Code
	part  exchange.Code
}{
	{anatomy.CementInBody, "New cement in bodies", exchange.Implant, exchange.OwnCode("CEMENT-BODY", "New bone cement in a vertebral body")},
	{anatomy.CementInPedicle, "New cement in pedicles and arches", exchange.Implant, exchange.OwnCode("CEMENT-ARCH", "New bone cement in pedicle or arch bone")},
	{anatomy.CementLeaked, "Leaked cement", exchange.Implant, exchange.OwnCode("CEMENT-LEAK", "Leaked bone cement")},
	{anatomy.CementPrior, "Earlier cement", exchange.Implant, exchange.OwnCode("CEMENT-PRIOR", "Bone cement of an earlier procedure")},
	{anatomy.Metal, "Metal", exchange.Implant, exchange.OwnCode("METAL", "Trocar, screw or rod")},
}

var bodyPart = exchange.OwnCode("BODY", "Vertebral body in front of its posterior wall")

// segments returns the segments of a result: bodies from head to foot, classes of cement, leaks by id. Segments without a voxel are
// left out.
func segments(r *assess.Result) []exchange.Segment {
	var out []exchange.Segment
	mask := r.BodyMask()
	held := valuesIn(mask)
	for _, v := range r.Spine.Vertebrae {
		if held[uint8(v.Level)] {
			out = append(out, exchange.Segment{
				Label: v.Level.String() + " vertebral body", Category: exchange.Structure, Type: exchange.Level(v.Level), Modifier: bodyPart,
				Region: exchange.Level(v.Level), Colour: rgb(render.BodyStyle(false, false)), TrackingID: bodyTracking(v.Level), Mask: mask, Value: uint8(v.Level),
			})
		}
	}
	if r.Cement != nil {
		held = valuesIn(r.Cement)
		for _, c := range classSegments {
			if held[uint8(c.class)] {
				out = append(out, exchange.Segment{
					Label: c.label, Category: exchange.PhysicalThing, Type: c.kind, Modifier: c.part,
					Colour: rgb(render.CementStyle(c.class)), Mask: r.Cement, Value: uint8(c.class),
				})
			}
		}
	}
	if m := r.LesionMask(); m != nil {
		out = append(out, exchange.Segment{
			Label: "Outlined lesion", Category: exchange.Abnormal, Type: exchange.Lesion, Colour: rgb(render.LesionStyle()), Mask: m, Value: 1,
		})
	}
	for n, l := range r.Leaks {
		line := r.Report.Leaks[n]
		if len(l.Voxels) == 0 {
			continue
		}
		m := leakMask(r.Post.Grid, l.Voxels)
		out = append(out, exchange.Segment{
			Label: fmt.Sprintf("Leak %d, %s, %s", l.ID, line.Level, line.Compartment), Category: exchange.PhysicalThing, Type: exchange.Implant,
			Modifier: leakCode(line.Compartment), Region: exchange.Level(line.Level), Colour: rgb(render.LeakStyle(line.Compartment, false)),
			TrackingID: leakTracking(l.ID), Mask: m, Value: 1,
		})
	}
	return out
}

func valuesIn(l *volume.Labels) (held [256]bool) {
	for _, v := range l.V {
		held[v] = true
	}
	held[0] = false
	return held
}

func leakMask(g *volume.Grid, voxels []geom.Index) *volume.Labels {
	var box geom.Box
	for _, v := range voxels {
		box = box.Union(geom.Box{Min: v, Max: geom.Index{I: v.I + 1, J: v.J + 1, K: v.K + 1}})
	}
	m := volume.NewLabels(g, box)
	for _, v := range voxels {
		m.Set(v.I, v.J, v.K, 1)
	}
	return m
}

func rgb(s render.Style) [3]uint8 { return [3]uint8{s.Colour.R, s.Colour.G, s.Colour.B} }

// Segmentation writes segmentation.dcm: bodies, classes of cement and leaks on the grid of the post CT.
func Segmentation(ctx context.Context, w io.Writer, r *assess.Result, created time.Time) error {
	m, ok := maker(r, created)
	s := segments(r)
	if !ok || len(s) == 0 {
		return errNothing
	}
	return m.WriteSegmentation(ctx, w, r.Post.Grid, s)
}

// StructuredReport writes report.sr.dcm: the numbers of the report as TID 1500, referring to the segments that Segmentation writes at
// the same time of creation. The language is that of the quality notes; meanings of codes are English. Without a signature it is
// preliminary.
func StructuredReport(w io.Writer, r *assess.Result, opt Options, created time.Time) error {
	m, ok := maker(r, created)
	if !ok {
		return errNothing
	}
	ref := m.SegmentationRef()
	numbers := map[string]int{}
	for n, s := range segments(r) {
		numbers[s.TrackingID] = n + 1
	}
	list := measurements(&r.Report, opt.lang(), func(trackingID string) exchange.Ref {
		if n := numbers[trackingID]; n > 0 {
			return exchange.Ref{Class: ref.Class, Instance: ref.Instance, Segments: []int{n}}
		}
		return exchange.Ref{}
	})
	list.Reader, list.Draft = opt.SignOff.Reader, opt.SignOff.Signed == ""
	return m.WriteMeasurements(w, list)
}
