package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"strconv"

	"codeberg.org/go-pdf/fpdf"
)

// The PDF follows PDF/A-2b (ISO 19005-2) in form: fonts embedded, colours defined by an output intent, metadata as XMP that says so,
// nothing outside the file, a file identifier. No validator of others is among the tests.

// archival adds what the library leaves out: the identifier, made of the content, so that equal reports stay equal files; bytes above
// 127 behind the header, which tell programs that the file is not text; and no empty dictionary of names.
func archival(pdf []byte) ([]byte, error) {
	head, rest, ok := bytes.Cut(pdf, []byte("\n"))
	at := bytes.LastIndex(pdf, []byte("\nxref\n"))
	if !ok || at < 0 {
		return nil, fmt.Errorf("export: pdf: no table of objects")
	}
	if !bytes.HasPrefix(rest, []byte("%")) {
		return nil, fmt.Errorf("export: pdf: the header has no second line")
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	const mark = "%\xe2\xe3\xcf\xd3"
	shift := len(mark) - len(line)
	body := bytes.Join([][]byte{head, []byte(mark), pdf[len(head)+1+len(line)+1 : at]}, []byte("\n"))
	table := offsets.ReplaceAllFunc(pdf[at:], func(b []byte) []byte {
		n, _ := strconv.Atoi(string(b[1:11]))
		return fmt.Appendf(nil, "\n%010d%s", n+shift, b[11:])
	})
	sum := sha256.Sum256(body)
	table = bytes.Replace(table, []byte("trailer\n<<\n"), fmt.Appendf(nil, "trailer\n<<\n/ID [<%x><%x>]\n", sum[:16], sum[:16]), 1)
	about := information.FindAllSubmatch(body, -1)
	if len(about) == 0 {
		return nil, fmt.Errorf("export: pdf: no information about the document")
	}
	table = reference.ReplaceAll(table, fmt.Appendf(nil, "/Info %s 0 R", about[len(about)-1][1])) // the library counts without the output intent
	cut := bytes.LastIndex(table, []byte("startxref\n"))
	if cut < 0 || !bytes.Contains(table, []byte("/ID [<")) {
		return nil, fmt.Errorf("export: pdf: no trailer")
	}
	return append(body, fmt.Appendf(table[:cut:cut], "startxref\n%d\n%%%%EOF\n", at+1+shift)...), nil
}

var (
	offsets     = regexp.MustCompile(`\n\d{10} 00000 n`)
	information = regexp.MustCompile(`\n(\d+) 0 obj\n<<\n/Producer `)
	reference   = regexp.MustCompile(`/Info \d+ 0 R`)
)

// outputIntent says that the colours of the file are sRGB.
func outputIntent() fpdf.OutputIntentType {
	return fpdf.OutputIntentType{SubtypeIdent: fpdf.OutputIntent_GTS_PDFA1, OutputConditionIdentifier: "sRGB", Info: "sRGB IEC61966-2.1", ICCProfile: srgbProfile()}
}

// srgbProfile makes an ICC profile (version 2.1, ICC.1:1998) of sRGB: its primaries adapted to D50 (Bradford) and its tone curve
// (IEC 61966-2-1) at 1024 places.
func srgbProfile() []byte {
	fixed := func(x ...float64) (b []byte) {
		for _, v := range x {
			b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
		}
		return b
	}
	xyz := func(x ...float64) []byte { return append([]byte("XYZ \x00\x00\x00\x00"), fixed(x...)...) }
	description := []byte("desc\x00\x00\x00\x00")
	const name = "sRGB"
	description = append(binary.BigEndian.AppendUint32(description, uint32(len(name)+1)), name+"\x00"...)
	description = append(description, make([]byte, 4+4+2+1+67)...)
	curve := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), 1024)
	for i := range 1024 {
		v := float64(i) / 1023
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		curve = binary.BigEndian.AppendUint16(curve, uint16(math.Round(v*65535)))
	}
	tags := []struct {
		name string
		data []byte
	}{{"desc", description}, {"cprt", []byte("text\x00\x00\x00\x00Public domain\x00")}, {"wtpt", xyz(0.95045, 1, 1.08905)},
		{"rXYZ", xyz(0.43607, 0.22249, 0.01392)}, {"gXYZ", xyz(0.38515, 0.71687, 0.09708)}, {"bXYZ", xyz(0.14307, 0.06061, 0.7141)}, {"rTRC", curve}, {"gTRC", nil}, {"bTRC", nil}}
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var data []byte
	first := 128 + 4 + 12*len(tags)
	place, size := 0, 0
	for _, t := range tags {
		if t.data != nil { // the three curves are one
			place, size = first+len(data), len(t.data)
			data = append(data, t.data...)
			data = append(data, make([]byte, -len(data)&3)...)
		}
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(place))
		table = binary.BigEndian.AppendUint32(table, uint32(size))
	}
	head := make([]byte, 128)
	binary.BigEndian.PutUint32(head, uint32(first+len(data)))
	binary.BigEndian.PutUint32(head[8:], 0x02100000)
	copy(head[12:], "mntrRGB XYZ ")
	copy(head[24:], []byte{0x07, 0xCE, 0, 1, 0, 1}) // 1 January 1998
	copy(head[36:], "acsp")
	copy(head[68:], fixed(0.9642, 1, 0.8249))
	return append(append(head, table...), data...)
}
