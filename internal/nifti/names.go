package nifti

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"os"
	"strconv"
)

// maxExtension bounds the header extensions that are looked at.
const maxExtension = 1 << 20

// ReadLabelNames returns the names of labels that a header extension gives as elements <Label Key="31">name</Label>, as Connectome
// Workbench and TotalSegmentator write them; nil when there are none.
func ReadLabelNames(path string) map[int]string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	in := bufio.NewReader(f)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil
		}
		in = bufio.NewReader(z)
	}
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil
	}
	h, err := parseHeader(head)
	if err != nil {
		return nil
	}
	extension, err := io.ReadAll(io.LimitReader(in, min(maxExtension, h.offset-headerSize)))
	if err != nil {
		return nil
	}
	const prefix = 4 + 8 // the extension flag, then size and code of the first extension
	if len(extension) <= prefix || extension[0] == 0 {
		return nil
	}
	return labelNames(extension[prefix:])
}

// labelNames reads the Label elements up to the first damage; padding behind the last element is no harm.
func labelNames(text []byte) map[int]string {
	var out map[int]string
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		t, err := d.Token()
		if err != nil {
			return out
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "Label" {
			continue
		}
		var name string
		if d.DecodeElement(&name, &start) != nil {
			return out
		}
		for _, a := range start.Attr {
			if key, err := strconv.Atoi(a.Value); a.Name.Local == "Key" && err == nil {
				if out == nil {
					out = map[int]string{}
				}
				out[key] = name
			}
		}
	}
}
