package exchange

import (
	"fmt"
	"image"
	"io"

	"github.com/vertefill/vertefill/internal/dicomout"
)

// captures is the description of the series of key pictures.
const captures = "Vertefill key images"

// CaptureRef returns the reference to the object that WriteCapture writes under that number.
func (m Maker) CaptureRef(number int) Evidence {
	return Evidence{m.UID("series", "OT", captures), Ref{Class: classCapture, Instance: m.UID("OT", captureName(number))}}
}

func captureName(number int) string { return fmt.Sprintf("capture %d", number) }

// WriteCapture writes a picture as a Secondary Capture in colour. number counts from 1 within the series. The picture must be opaque.
func (m Maker) WriteCapture(w io.Writer, number int, picture *image.RGBA, caption string) error {
	b := picture.Bounds()
	px := make([]byte, 0, 3*b.Dx()*b.Dy()+1)
	for y := range b.Dy() {
		row := picture.Pix[y*picture.Stride:]
		for x := range b.Dx() {
			px = append(px, row[4*x], row[4*x+1], row[4*x+2])
		}
	}
	k := kind{classCapture, "OT", captures, 7003, number, captureName(number)}
	d := append(m.base(k), m.content()...)
	d = append(d, dicomout.Dataset{
		{Tag: 0x00080008, VR: "CS", Value: []string{"DERIVED", "SECONDARY"}}, {Tag: 0x00080064, VR: "CS", Value: "WSD"},
		{Tag: 0x00082111, VR: "ST", Value: m.text(caption)}, {Tag: 0x00204000, VR: "LT", Value: m.text(caption)},
		{Tag: 0x00082112, VR: "SQ", Value: m.imageItems()},
		{Tag: 0x00200020, VR: "CS"}, {Tag: 0x00200060, VR: "CS"},
		{Tag: 0x00280002, VR: "US", Value: 3}, {Tag: 0x00280004, VR: "CS", Value: "RGB"}, {Tag: 0x00280006, VR: "US", Value: 0},
		{Tag: 0x00280010, VR: "US", Value: b.Dy()}, {Tag: 0x00280011, VR: "US", Value: b.Dx()},
		{Tag: 0x00280100, VR: "US", Value: 8}, {Tag: 0x00280101, VR: "US", Value: 8}, {Tag: 0x00280102, VR: "US", Value: 7}, {Tag: 0x00280103, VR: "US", Value: 0},
		{Tag: 0x00280301, VR: "CS", Value: "YES"}, // captions and scale bars are part of the pixels
		{Tag: 0x7FE00010, VR: "OB", Value: px},
	}...)
	return dicomout.Write(w, d)
}

// WriteKeyObjects writes a Key Object Selection (PS3.16 TID 2010): pictures of a reader's interest, in the order given, with a sentence.
// images are numbers of the origin's images.
func (m Maker) WriteKeyObjects(w io.Writer, description string, images []int, others []Evidence) error {
	root := container(dcm("113000", "Of Interest"), "2010")
	if description != "" {
		root.Items = append(root.Items, words(Contains, dcm("113012", "Key Object Description"), description))
	}
	seen := map[int]bool{}
	var own []int
	for _, n := range images {
		if !seen[n] {
			seen[n] = true
			own = append(own, n)
			ref := m.Origin.Images[n]
			it := Item{Relation: Contains, Type: "IMAGE", Ref: Ref{Class: ref.Class, Instance: ref.Instance}}
			if ref.Frame > 0 {
				it.Ref.Frames = []int{ref.Frame}
			}
			root.Items = append(root.Items, it)
		}
	}
	for _, e := range others {
		kind := "IMAGE"
		if e.Ref.Class != classCapture {
			kind = "COMPOSITE"
		}
		root.Items = append(root.Items, Item{Relation: Contains, Type: kind, Ref: e.Ref})
	}
	if len(own)+len(others) == 0 {
		return fmt.Errorf("exchange: key objects: nothing is selected")
	}
	// Only the images selected are evidence.
	selected := *m.Origin
	selected.Images = nil
	for _, n := range own {
		selected.Images = append(selected.Images, m.Origin.Images[n])
	}
	m.Origin = &selected
	return m.writeTree(w, kind{classKeyObjects, "KO", "Vertefill key objects", 7004, 1, "key objects"}, false, root, others)
}
