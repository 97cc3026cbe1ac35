// Package proof draws the pages of the PDFs that package export writes, so that the window shows the very pages that will be printed.
// Lengths are points, 1/72 inch; pictures are pixels from the upper left.
//
// It understands the few operators of those files and no other PDF: one it does not know is an error, so that a page that looks right
// is complete.
package proof

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"regexp"
	"strconv"
)

// Document is a PDF whose objects have been found.
type Document struct {
	objects map[int][]byte
	pages   []int
	images  map[string]image.Image // by name, as they were needed
	names   map[string]int         // of images, fonts and states: number of their object
	w, h    float64
}

var (
	objectAt  = regexp.MustCompile(`(?m)^(\d{10}) 00000 n`)
	pageKids  = regexp.MustCompile(`/Kids \[([^\]]*)\]`)
	number    = regexp.MustCompile(`\d+ 0 R`)
	contents  = regexp.MustCompile(`/Contents (\d+) 0 R`)
	mediaBox  = regexp.MustCompile(`/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]`)
	resource  = regexp.MustCompile(`/((?:F|I|GS)[0-9a-f]+) (\d+) 0 R`)
	lengthOf  = regexp.MustCompile(`/Length (\d+)`)
	opacityOf = regexp.MustCompile(`/ca ([\d.]+)`)
)

// Open finds the objects of a PDF.
func Open(pdf []byte) (*Document, error) {
	table := bytes.LastIndex(pdf, []byte("\nxref\n"))
	if table < 0 {
		return nil, fmt.Errorf("proof: no table of objects")
	}
	d := &Document{objects: map[int][]byte{}, images: map[string]image.Image{}, names: map[string]int{}}
	for n, m := range objectAt.FindAllSubmatch(pdf[table:], -1) {
		at, err := strconv.Atoi(string(m[1]))
		if err != nil || at >= table {
			return nil, fmt.Errorf("proof: object %d lies outside the file", n+1)
		}
		d.objects[n+1] = pdf[at:table]
	}
	root := d.dictionary(1)
	kids := pageKids.FindSubmatch(root)
	if kids == nil {
		return nil, fmt.Errorf("proof: no list of pages")
	}
	if m := mediaBox.FindSubmatch(root); m != nil {
		d.w, d.h = float(m[1]), float(m[2])
	}
	for _, r := range number.FindAll(kids[1], -1) {
		m := contents.FindSubmatch(d.dictionary(leading(r)))
		if m == nil {
			return nil, fmt.Errorf("proof: page %d has no content", len(d.pages)+1)
		}
		d.pages = append(d.pages, leading(m[1]))
	}
	for _, m := range resource.FindAllSubmatch(d.dictionary(2), -1) {
		d.names[string(m[1])] = leading(m[2])
	}
	if d.w <= 0 || d.h <= 0 || len(d.pages) == 0 {
		return nil, fmt.Errorf("proof: no page with a size")
	}
	return d, nil
}

// Len returns the number of pages.
func (d *Document) Len() int { return len(d.pages) }

// Size returns width and height of the pages in points.
func (d *Document) Size() (w, h float64) { return d.w, d.h }

// dictionary returns an object up to its stream or end.
func (d *Document) dictionary(n int) []byte {
	b := d.objects[n]
	if at := bytes.Index(b, []byte("endobj")); at >= 0 {
		b = b[:at]
	}
	if at := bytes.Index(b, []byte("stream\n")); at >= 0 {
		b = b[:at]
	}
	return b
}

// stream returns the bytes of an object's stream, inflated when they are packed.
func (d *Document) stream(n int) ([]byte, error) {
	head := d.dictionary(n)
	m := lengthOf.FindSubmatch(head)
	if m == nil {
		return nil, fmt.Errorf("proof: object %d has no stream", n)
	}
	at, size := len(head)+len("stream\n"), leading(m[1])
	if at+size > len(d.objects[n]) {
		return nil, fmt.Errorf("proof: object %d is cut short", n)
	}
	b := d.objects[n][at : at+size]
	if !bytes.Contains(head, []byte("/FlateDecode")) {
		return b, nil
	}
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("proof: object %d: %w", n, err)
	}
	if b, err = io.ReadAll(z); err != nil {
		return nil, fmt.Errorf("proof: object %d: %w", n, err)
	}
	return b, nil
}

// picture decodes an image by its name.
func (d *Document) picture(name string) (image.Image, error) {
	if m, ok := d.images[name]; ok {
		return m, nil
	}
	b, err := d.stream(d.names[name])
	if err != nil {
		return nil, err
	}
	m, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("proof: picture: %w", err)
	}
	d.images[name] = m
	return m, nil
}

// leading returns the number that a text begins with.
func leading(b []byte) (n int) {
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int(c-'0')
	}
	return n
}

func float(b []byte) float64 {
	x, _ := strconv.ParseFloat(string(b), 64)
	return x
}
