package deid_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/deid"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
)

// TestSequencesOfIdentityGo: what Annex E removes whole goes whole, at any depth.
func TestSequencesOfIdentityGo(t *testing.T) {
	m, _ := deid.NewMapping()
	harmless := []dicomout.Dataset{{el(0x00080060, "CS", []byte("CT"))}}
	d := dicomout.Dataset{el(0x00080018, "UI", []byte("1.2.3"))}
	for _, t := range []dicomout.Tag{0x00101002, 0x00400275, 0x00081049, 0x04000561, 0x00880200, 0x00101010, 0x00101030} {
		if t == 0x00101010 || t == 0x00101030 {
			d = append(d, el(t, map[dicomout.Tag]string{0x00101010: "AS", 0x00101030: "DS"}[t], []byte("070Y")))
			continue
		}
		d = append(d, el(t, "SQ", harmless))
	}
	d = append(d, el(0x00081140, "SQ", []dicomout.Dataset{slices.Clone(d)}))
	out, err := deid.NewCleaner(deid.Options{}, m).Clean(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, level := range []dicomout.Dataset{out, out[slices.IndexFunc(out, func(e dicomout.Element) bool { return e.Tag == 0x00081140 })].Value.([]dicomout.Dataset)[0]} {
		for _, e := range d {
			if e.Tag != 0x00080018 && e.Tag != 0x00081140 && level.Has(e.Tag) {
				t.Errorf("%v is left", e.Tag)
			}
		}
	}
	kept, err := deid.NewCleaner(deid.Options{KeepPatient: true}, m).Clean(dicomout.Dataset{el(0x00080018, "UI", []byte("1.2.3")), el(0x00101010, "AS", []byte("093Y")), el(0x00101030, "DS", []byte("61 "))})
	if err != nil || kept.Text(0x00101010) != "090Y" || kept.Text(0x00101030) != "61" {
		t.Errorf("age %q, weight %q, %v", kept.Text(0x00101010), kept.Text(0x00101030), err)
	}
}

// TestWhatStays: geometry, pixels and what describes the technique are the same after cleaning.
func TestWhatStays(t *testing.T) {
	path := data(t, "odd-dicom-a", "GH1308.dcm")
	m, _ := deid.NewMapping()
	saved := map[string][]byte{}
	s, err := deid.Folder(context.Background(), []string{path}, deid.Options{}, m, memory(saved), nil)
	if err != nil || s.Files != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	out := file(t, saved)
	a, b := open(t, path), open(t, out)
	for _, tag := range []dicomio.Tag{0x00080008, 0x00080060, 0x00080070, 0x00180050, 0x00180060, 0x00181120, 0x00181210, 0x00185100, 0x00200011, 0x00200013, 0x00200032, 0x00200037, 0x00280010, 0x00280030, 0x00281052, 0x00281053} {
		if a.Find(tag) != nil && !bytes.Equal(a.Bytes(tag), b.Bytes(tag)) {
			t.Errorf("%v: %q became %q", tag, a.Bytes(tag), b.Bytes(tag))
		}
	}
	p, err := a.NativePixels()
	if err != nil {
		t.Fatal(err)
	}
	if q, err := b.NativePixels(); err != nil || !bytes.Equal(p, q) {
		t.Errorf("pixels: %v", err)
	}
	if b.Code(0x00120062) != "YES" || b.Items(0x00120064) == nil || b.Code(0x00280303) != "REMOVED" {
		t.Error("the file does not say what was done to it")
	}
}

// TestEverySyntax cleans one slice in 15 transfer syntaxes; pixels must decode to the same bytes by DCMTK's or GDCM's reading.
func TestEverySyntax(t *testing.T) {
	folder := data(t, "ct-one-image-15-syntaxes")
	m, _ := deid.NewMapping()
	saved := map[string][]byte{}
	s, err := deid.Folder(context.Background(), []string{folder}, deid.Options{}, m, memory(saved), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Files < 15 {
		t.Fatalf("%d files cleaned, %v", s.Files, s.Skipped)
	}
	dir := t.TempDir()
	n := 0
	for _, b := range saved {
		n++
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.dcm", n)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before, after := hashes(t, folder), hashes(t, dir)
	if len(before) == 0 {
		t.Fatal("nothing was decoded")
	}
	for h, k := range before {
		if after[h] != k {
			t.Errorf("pixels with hash %x are in %d files after cleaning, %d before", h, after[h], k)
		}
	}
}

// hashes reads every volume under a path and counts equal pixels.
func hashes(t *testing.T, path string) map[uint64]int {
	t.Helper()
	out := map[uint64]int{}
	var files []string
	filepath.WalkDir(path, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, p)
		}
		return nil
	})
	for _, f := range files {
		inv, err := dicomio.Scan(context.Background(), []string{f}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range inv.Series {
			for _, st := range s.Stacks {
				v, err := st.Load(context.Background(), nil)
				if err != nil {
					continue
				}
				h := uint64(14695981039346656037)
				for _, x := range v.HU {
					h = (h ^ uint64(uint16(x))) * 1099511628211
				}
				out[h]++
			}
		}
	}
	return out
}

// TestImplicitSequences: in implicit VR nothing tells an unknown sequence from bytes; names inside must go all the same.
func TestImplicitSequences(t *testing.T) {
	var item, body bytes.Buffer
	implicit := func(b *bytes.Buffer, tag uint32, v []byte) {
		if len(v)%2 == 1 {
			v = append(v, ' ')
		}
		binary.Write(b, binary.LittleEndian, []uint16{uint16(tag >> 16), uint16(tag)})
		binary.Write(b, binary.LittleEndian, uint32(len(v)))
		b.Write(v)
	}
	implicit(&item, 0x00080104, []byte("Harmless"))
	implicit(&item, 0x00081070, []byte(planted))
	implicit(&item, 0x00104000, []byte(planted))
	var seq bytes.Buffer
	implicit(&seq, 0xFFFEE000, item.Bytes())
	implicit(&body, 0x00080016, []byte("1.2.840.10008.5.1.4.1.1.2\x00"))
	implicit(&body, 0x00080018, []byte("1.2.3.4"))
	implicit(&body, 0x00080060, []byte("CT"))
	implicit(&body, 0x0008114A, seq.Bytes())
	implicit(&body, 0x00089215, seq.Bytes()) // Derivation Code Sequence, not among those that the scan knows
	implicit(&body, 0x00100010, []byte("OTHER^NAME"))
	implicit(&body, 0x00209999, []byte(planted)) // no such element
	path := filepath.Join(t.TempDir(), "i.dcm")
	if err := os.WriteFile(path, body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	m, _ := deid.NewMapping()
	saved := map[string][]byte{}
	if s, err := deid.Folder(context.Background(), []string{path}, deid.Options{}, m, memory(saved), nil); err != nil || s.Files != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	for name, b := range saved {
		if bytes.Contains(b, []byte(planted)) || bytes.Contains(b, []byte("OTHER")) {
			t.Error("a name is left")
		}
		if n := bytes.Count(b, []byte("Harmless")); n != 2 {
			t.Errorf("%d of 2 sequences are left", n)
		}
		if strings.Contains(name, "i.dcm") || strings.Contains(name, planted) {
			t.Errorf("the file name tells: %s", name)
		}
	}
}

// TestNamesOfOtherAlphabets: the search goes by bytes, in whatever character set the file is written.
func TestNamesOfOtherAlphabets(t *testing.T) {
	for set, name := range map[string]string{"ISO_IR 100": "Gr\xe9goire", "ISO_IR 192": "Grégoire", "ISO_IR 144": "\xb8\xd2\xd0\xdd\xde\xd2", "GB18030": "\xcd\xf5\xd0\xa1\xb6\xab"} {
		m, _ := deid.NewMapping()
		out, err := deid.NewCleaner(deid.Options{CleanDescriptors: true}, m).Clean(dicomout.Dataset{
			el(0x00080005, "CS", []byte(set)), el(0x00080018, "UI", []byte("1.2.3")), el(0x00100010, "PN", []byte(name+"^A")),
			el(0x0008103E, "LO", []byte("Spine of "+name+", sagittal")), el(0x00180015, "CS", []byte("SPINE")), el(0x00080070, "LO", []byte("Maker")),
		})
		if err != nil {
			t.Fatal(err)
		}
		text := out.Text(0x0008103E)
		if strings.Contains(text, name) || !strings.HasPrefix(text, "Spine of XXX") || !strings.HasSuffix(text, ", sagittal") || out.Text(0x00180015) != "SPINE" || out.Text(0x00080070) != "Maker" {
			t.Errorf("%s: %q", set, text)
		}
	}
}

// TestOneMappingForAll: the same mapping gives the same identities again, and intervals between dates survive a shift.
func TestOneMappingForAll(t *testing.T) {
	m, _ := deid.NewMapping()
	image := func(id, date, uid string) dicomout.Dataset {
		return dicomout.Dataset{el(0x00080016, "UI", []byte("1.2.840.10008.5.1.4.1.1.2")), el(0x00080018, "UI", []byte(uid)), el(0x00100020, "LO", []byte(id)), el(0x00080020, "DA", []byte(date)), el(0x00080021, "DA", []byte("not a date"))}
	}
	one := func(m *deid.Mapping, d dicomout.Dataset) (id, date, uid string) {
		out, err := deid.NewCleaner(deid.Options{Dates: deid.ShiftDates}, m).Clean(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range out {
			if e.Tag == 0x00080021 {
				t.Error("what is no date was kept")
			}
			if l, ok := e.Value.([]string); ok && e.Tag == 0x00080020 {
				date = l[0]
			}
		}
		return out.Text(0x00100020), date, out.Text(0x00080018)
	}
	idA, dateA, uidA := one(m, image("A", "20260227", "1.2.3.1"))
	idB, dateB, _ := one(m, image("A", "20260301", "1.2.3.2"))
	idC, _, _ := one(m, image("B", "20260301", "1.2.3.3"))
	if idA != idB || idA == idC || days(t, dateA, dateB) != 2 || dateA >= "20260201" {
		t.Errorf("%s %s %s, %s to %s", idA, idB, idC, dateA, dateB)
	}
	again, err := deid.ParseMapping([]byte(fmt.Sprintf(`{"key":%q}`, m.Key)))
	if err != nil {
		t.Fatal(err)
	}
	if id, date, uid := one(again, image("A", "20260227", "1.2.3.1")); id != idA || date != dateA || uid != uidA {
		t.Error("the same key gives other identities")
	}
	if other, _ := deid.NewMapping(); other.UID("1.2.3.1") == uidA {
		t.Error("another key gives the same UID: it could be tried out")
	}
	if _, err := deid.ParseMapping([]byte(`{"key":"00"}`)); err == nil {
		t.Error("a mapping without a key was read")
	}
}

func days(t *testing.T, a, b string) int {
	t.Helper()
	var n [2]int
	for i, s := range []string{a, b} {
		var y, m, d int
		if _, err := fmt.Sscanf(s, "%4d%2d%2d", &y, &m, &d); err != nil {
			t.Fatal(err)
		}
		m, y = (m+9)%12, y-(m+9)%12/10 // days since 1 March of year 0
		n[i] = 365*y + y/4 - y/100 + y/400 + (m*306+5)/10 + d - 1
	}
	return n[1] - n[0]
}

// TestWarnings: pixels that may name somebody are told, not changed.
func TestWarnings(t *testing.T) {
	dir := t.TempDir()
	for name, more := range map[string]dicomout.Dataset{
		"head":    {el(0x00080060, "CS", "CT"), el(0x00180015, "CS", "HEAD")},
		"spine":   {el(0x00080060, "CS", "CT"), el(0x00180015, "CS", "LSPINE"), el(0x00280301, "CS", "NO")},
		"capture": {el(0x00080060, "CS", "CT"), el(0x00280301, "CS", "YES")},
	} {
		d := append(dicomout.Dataset{el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2"), el(0x00080018, "UI", dicomout.UID(name)), el(0x00280010, "US", 1), el(0x7FE00010, "OW", []uint16{1})}, more...)
		var b bytes.Buffer
		if err := dicomout.Write(&b, d); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "letter about QZX.txt"), []byte("no image"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, _ := deid.NewMapping()
	s, err := deid.Folder(context.Background(), []string{dir}, deid.Options{}, m, memory(map[string][]byte{}), nil)
	if err != nil || s.Faces != 1 || s.BurnedIn != 1 || s.Files != 3 || s.Skipped["not DICOM"] != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	full := func(string, func(io.Writer) error) error { return errors.New("no space left") }
	if _, err := deid.Folder(context.Background(), []string{dir}, deid.Options{}, m, full, nil); err == nil {
		t.Error("a full disk went unnoticed")
	}
}

func memory(saved map[string][]byte) deid.Save {
	return func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		err := write(&b)
		if saved[name] != nil {
			return fmt.Errorf("%s is written twice", name)
		}
		saved[name] = b.Bytes()
		return err
	}
}

func file(t *testing.T, saved map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.dcm")
	for _, b := range saved {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func open(t *testing.T, path string) *dicomio.File {
	t.Helper()
	f, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func data(t *testing.T, parts ...string) string {
	t.Helper()
	p := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skip("no shared data beside the repository")
	}
	return p
}

// FuzzClean cleans damaged files: no panic, and what is saved can be read again.
func FuzzClean(f *testing.F) {
	for _, name := range []string{"CT_small.dcm", "UN_sequence.dcm", "nested_priv_SQ.dcm", "test-SR.dcm", "ExplVR_BigEnd.dcm", "image_dfl.dcm"} {
		if b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "odd-dicom-a", name)); err == nil {
			f.Add(b)
		}
	}
	f.Add([]byte("DICM"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "x.dcm")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := deid.NewMapping()
		if err != nil {
			t.Fatal(err)
		}
		saved := map[string][]byte{}
		if _, err := deid.Folder(context.Background(), []string{path}, deid.Options{CleanDescriptors: true, KeepSafePrivate: true, Dates: deid.ShiftDates}, m, memory(saved), nil); err != nil {
			t.Fatal(err)
		}
		for _, out := range saved {
			if err := os.WriteFile(path, out, 0o600); err != nil {
				t.Fatal(err)
			}
			d, err := dicomio.Open(path)
			if err != nil {
				t.Fatalf("what was saved cannot be read: %v", err)
			}
			if d.Code(0x00120062) != "YES" {
				t.Error("what was saved does not say that it was cleaned")
			}
			d.Close()
		}
	})
}
