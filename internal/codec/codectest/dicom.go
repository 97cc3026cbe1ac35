package codectest

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

const uidRoot = "1.2.826.0.1.3680043.2.1143.99."

// Transfer syntaxes the tests name.
const (
	ExplicitLE  = "1.2.840.10008.1.2.1"
	JPEG12      = "1.2.840.10008.1.2.4.51"
	JPEG8       = "1.2.840.10008.1.2.4.50"
	JPEGLL      = "1.2.840.10008.1.2.4.57"
	JPEGLS      = "1.2.840.10008.1.2.4.80"
	RLE         = "1.2.840.10008.1.2.5"
	photometric = "MONOCHROME2"
)

// Encode lets an oracle encode p and returns the coded frame. Arguments are
// those of the tool without the two file names. The test is skipped if the
// tool is not installed.
func Encode(t testing.TB, p Picture, tool string, args ...string) []byte {
	t.Helper()
	needTool(t, tool)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.dcm"), filepath.Join(dir, "out.dcm")
	write(t, in, dataset(p, ExplicitLE, "", nil))
	run(t, tool, append(args, in, out)...)
	return Frame(t, out)
}

// OracleDecode wraps a coded frame of p's format into DICOM and returns what
// the oracle decodes, in the layout of Picture.Pix.
func OracleDecode(t testing.TB, p Picture, frame []byte, syntax, photometric, tool string, args ...string) []uint16 {
	t.Helper()
	needTool(t, tool)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.dcm"), filepath.Join(dir, "out.dcm")
	write(t, in, dataset(p, syntax, photometric, frame))
	run(t, tool, append(args, in, out)...)
	return Native(t, out, p)
}

// Frame returns the joined fragments of a file with one encapsulated frame.
func Frame(t testing.TB, path string) []byte {
	t.Helper()
	data := read(t, path)
	undefined := func(vr string) int {
		return bytes.Index(data, []byte("\xe0\x7f\x10\x00"+vr+"\x00\x00\xff\xff\xff\xff"))
	}
	i := max(undefined("OB"), undefined("OW")) // OW is wrong, and met
	if i < 0 {
		t.Fatalf("%s: no encapsulated pixel data", path)
	}
	data = data[i+12:]
	var frame []byte
	for item := 0; len(data) >= 8 && data[2] == 0x00; item++ { // until FFFE,E0DD
		n := int(binary.LittleEndian.Uint32(data[4:]))
		if n > len(data)-8 {
			t.Fatalf("%s: item %d exceeds the file", path, item)
		}
		if item > 0 { // the first is the offset table
			frame = append(frame, data[8:8+n]...)
		}
		data = data[8+n:]
	}
	return frame
}

// Native returns the pixels of an explicit little endian file of p's format.
func Native(t testing.TB, path string, p Picture) []uint16 {
	t.Helper()
	data := read(t, path)
	i := max(bytes.Index(data, []byte("\xe0\x7f\x10\x00OW\x00\x00")), bytes.Index(data, []byte("\xe0\x7f\x10\x00OB\x00\x00")))
	if i < 0 {
		t.Fatalf("%s: no native pixel data", path)
	}
	data = data[i+12:]
	pix := make([]uint16, p.Width*p.Height*p.Components)
	if size := len(pix) * ((p.Bits + 7) / 8); len(data) < size {
		t.Fatalf("%s: %d bytes of pixels, want %d", path, len(data), size)
	}
	for i := range pix {
		if p.Bits <= 8 {
			pix[i] = uint16(data[i])
		} else {
			pix[i] = binary.LittleEndian.Uint16(data[2*i:])
		}
	}
	return pix
}

// RealSlice is the path of the CT slice coded in one of 15 transfer syntaxes.
// suffix follows "CTImage.dcm". The test is skipped if the data is absent.
func RealSlice(t testing.TB, suffix string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "ct-one-image-15-syntaxes", "CTImage.dcm"+suffix)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("shared data is absent: %v", err)
	}
	return path
}

// RealPixels returns the slice uncompressed: 512x512, 16 bits signed.
func RealPixels(t testing.TB) Picture {
	t.Helper()
	p := Picture{Name: "ct", Width: 512, Height: 512, Components: 1, Bits: 16, Signed: true}
	p.Pix = Native(t, RealSlice(t, "_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm"), p)
	return p
}

// dataset is a minimal Secondary Capture file. frame nil means native pixels.
func dataset(p Picture, syntax, photo string, frame []byte) []byte {
	if photo == "" {
		photo = photometric
		if p.Components == 3 {
			photo = "RGB"
		}
	}
	allocated := (p.Bits + 7) / 8 * 8
	sign := uint16(0)
	if p.Signed {
		sign = 1
	}
	const class = "1.2.840.10008.5.1.4.1.1.7"
	var meta, body []byte
	meta = element(meta, 2, 0x0001, "OB", []byte{0, 1})
	meta = element(meta, 2, 0x0002, "UI", []byte(class))
	meta = element(meta, 2, 0x0003, "UI", []byte(uidRoot+"1"))
	meta = element(meta, 2, 0x0010, "UI", []byte(syntax))
	meta = element(meta, 2, 0x0012, "UI", []byte(uidRoot+"0"))
	file := append(make([]byte, 128), "DICM"...)
	file = element(file, 2, 0x0000, "UL", binary.LittleEndian.AppendUint32(nil, uint32(len(meta))))
	file = append(file, meta...)

	u16 := func(v int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(v)) }
	body = element(body, 0x08, 0x0016, "UI", []byte(class))
	body = element(body, 0x08, 0x0018, "UI", []byte(uidRoot+"1"))
	body = element(body, 0x08, 0x0060, "CS", []byte("OT"))
	body = element(body, 0x20, 0x000D, "UI", []byte(uidRoot+"2"))
	body = element(body, 0x20, 0x000E, "UI", []byte(uidRoot+"3"))
	body = element(body, 0x28, 0x0002, "US", u16(p.Components))
	body = element(body, 0x28, 0x0004, "CS", []byte(photo))
	if p.Components > 1 {
		body = element(body, 0x28, 0x0006, "US", u16(0))
	}
	body = element(body, 0x28, 0x0010, "US", u16(p.Height))
	body = element(body, 0x28, 0x0011, "US", u16(p.Width))
	body = element(body, 0x28, 0x0100, "US", u16(allocated))
	body = element(body, 0x28, 0x0101, "US", u16(p.Bits))
	body = element(body, 0x28, 0x0102, "US", u16(p.Bits-1))
	body = element(body, 0x28, 0x0103, "US", u16(int(sign)))
	file = append(file, body...)
	if frame != nil {
		return append(file, encapsulate(frame)...)
	}
	var native []byte
	for _, v := range p.Pix {
		if allocated == 8 {
			native = append(native, byte(v))
			continue
		}
		if p.Signed && v>>(p.Bits-1) != 0 {
			v |= ^p.Mask() // overlays long gone, sign extension is the custom
		}
		native = binary.LittleEndian.AppendUint16(native, v)
	}
	vr := "OW"
	if allocated == 8 {
		vr = "OB"
	}
	return element(file, 0x7FE0, 0x0010, vr, native)
}

func encapsulate(frame []byte) []byte {
	b := []byte("\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\x00\xe0")
	b = binary.LittleEndian.AppendUint32(b, uint32(len(frame)+len(frame)&1))
	b = append(b, frame...)
	if len(frame)&1 != 0 {
		b = append(b, 0)
	}
	return append(b, "\xfe\xff\xdd\xe0\x00\x00\x00\x00"...)
}

func element(b []byte, group, elem uint16, vr string, value []byte) []byte {
	if len(value)&1 != 0 {
		pad := byte(0)
		if vr == "CS" {
			pad = ' '
		}
		value = append(bytes.Clone(value), pad)
	}
	b = binary.LittleEndian.AppendUint16(b, group)
	b = binary.LittleEndian.AppendUint16(b, elem)
	b = append(b, vr...)
	if vr == "OB" || vr == "OW" {
		b = append(b, 0, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	} else {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	}
	return append(b, value...)
}

func needTool(t testing.TB, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("%s is not installed (Debian: apt install dcmtk libgdcm-tools)", tool)
	}
}

func run(t testing.TB, tool string, args ...string) {
	t.Helper()
	cmd := exec.Command(tool, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", tool, args, err, out)
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Itoa keeps the callers' argument lists short.
func Itoa(i int) string { return strconv.Itoa(i) }
