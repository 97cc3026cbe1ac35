package dicomio_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// column makes n axial slices 1 mm apart from z.
func column(n int, z float64, more ...dicomout.Element) []slice {
	var out []slice
	for k := range n {
		s := axial(8, 6, z+float64(k))
		s.number, s.more = k+1, more
		out = append(out, s)
	}
	return out
}

func TestSplits(t *testing.T) {
	turned := column(3, 0)
	for i := range turned {
		turned[i].row, turned[i].col = geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, -1)
		turned[i].pos = geom.LPS(float64(i), 0, 0)
	}
	narrow := column(3, 0)
	for i := range narrow {
		narrow[i].dx = 0.5
	}
	wide := column(3, 0)
	for i := range wide {
		wide[i].nx, wide[i].px = 10, make([]int16, 60)
	}
	for _, c := range []struct {
		name   string
		extra  []slice
		reason string
		stacks int
	}{
		{"orientation", turned, "orientation", 2},
		{"matrix", wide, "matrix", 2},
		{"pixel spacing", narrow, "pixel-spacing", 2},
		{"kernel", column(3, 0, el(0x00181210, "SH", "BONE")), "kernel", 2},
		{"image type", column(3, 0, el(0x00080008, "CS", []string{"ORIGINAL", "SECONDARY", "MIP"})), "image-type", 2},
		{"frame of reference", column(3, 0, el(0x00200052, "UI", "1.2.3")), "frame-of-reference", 2},
		{"units", column(3, 0, el(0x00281054, "LO", "US")), "units", 2},
		{"acquisition", column(3, 0, el(0x00200012, "IS", 2)), "acquisition", 2},
		{"phase", column(3, 0, el(0x00200100, "IS", 2)), "temporal-position", 2},
		{"time", column(3, 0, el(0x00080032, "TM", "101010")), "time", 2},
		{"nothing to tell by", column(3, 0.001), "position", 2},
		{"localizer", column(3, 0, el(0x00080008, "CS", []string{"ORIGINAL", "PRIMARY", "LOCALIZER"})), "", 1},
		{"scout", column(3, 0, el(0x00080008, "CS", []string{"ORIGINAL", "PRIMARY", "SCOUT"})), "", 1},
		{"screen capture", column(3, 0, el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"), el(0x00200032, "", nil)), "", 1},
		{"HU said and unsaid", column(3, 5, el(0x00281054, "LO", "HU")), "", 1},
		{"rest of the same", column(3, 5, el(0x00200012, "IS", 2)), "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			slices := column(5, 0)
			for i := range c.extra {
				c.extra[i].number += 100 // other objects
			}
			writeSeries(t, dir, "s", append(slices, c.extra...))
			inv := scan(t, dir)
			if len(inv.Series) != 1 || len(inv.Series[0].Stacks) != c.stacks || inv.Series[0].Images != 8 {
				t.Fatal(summary(inv))
			}
			main := inv.Series[0].Main()
			mixed := ""
			for _, f := range main.Findings {
				if f.Code == diag.CodeMixedSeries {
					mixed = f.Message("en")
				}
			}
			if c.stacks == 2 {
				if other := inv.Series[0].Stacks[1]; other.SplitBy != c.reason || other.Len() != 3 || main.Len() != 5 || main.SplitBy != "" {
					t.Errorf("%s", summary(inv))
				}
				if !strings.Contains(mixed, strings.ReplaceAll(c.reason, "-", " ")) {
					t.Errorf("finding %q does not name %s", mixed, c.reason)
				}
			} else if mixed != "" {
				t.Errorf("split for nothing: %s", mixed)
			}
		})
	}
}

// TestEveryFileIsAccountedFor mixes all kinds of files: each must be in a series or be skipped with the right code.
func TestEveryFileIsAccountedFor(t *testing.T) {
	dir := t.TempDir()
	writeSeries(t, dir, "s", column(4, 0))
	d := column(1, 0)[0].dataset("s")
	write(t, dir, "copy/of/the/first", encodeFile(t, d))
	write(t, dir, "notes.txt", []byte("nothing of interest, but long enough to hold an element head"))
	write(t, dir, "empty", nil)
	write(t, dir, "mr", encodeFile(t, with(d, dicomout.Element{Tag: 0x00080060, VR: "CS", Value: "MR"})))
	write(t, dir, "report", encodeFile(t, with(d, dicomout.Element{Tag: 0x7FE00010})))
	write(t, dir, "video", replaceSyntax(encodeFile(t, d), "1.2.840.10008.1.2.4.102"))
	write(t, dir, "nocolumns", encodeFile(t, with(d, dicomout.Element{Tag: 0x00280011, VR: "US", Value: 0}, dicomout.Element{Tag: 0x00080018, VR: "UI", Value: "1.2.9"})))
	cut := encodeFile(t, d)
	write(t, dir, "cut", cut[:600])
	inv := scan(t, dir)
	inSeries := 0
	for _, s := range inv.Series {
		inSeries += s.Files
	}
	got := map[dicomio.Code]int{}
	for _, s := range inv.Skipped {
		got[s.Code]++
		if s.English == "" || s.French == "" || s.Message("en") == s.Message("fr") || strings.Contains(s.English+s.French, "Secret") {
			t.Errorf("%s: message %q, %q", s.Path, s.English, s.French)
		}
	}
	want := map[dicomio.Code]int{dicomio.CodeDuplicate: 1, dicomio.CodeNotDICOM: 2, dicomio.CodeModality: 1, dicomio.CodeNoPixels: 1,
		dicomio.CodeUnsupported: 1, dicomio.CodeCorrupt: 1, dicomio.CodeTruncated: 1}
	if inSeries != 4 || inv.Files != 12 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%d of %d files in series, skipped %v; want 4 of 12, %v", inSeries, inv.Files, got, want)
	}
	if m := inv.Series[0].Main(); len(m.Findings) != 1 || m.Findings[0].Code != diag.CodeDuplicateSlices {
		t.Errorf("findings %v, want the duplicate", m.Findings)
	}
}

// replaceSyntax writes another transfer syntax UID into a file, longer than the one there.
func replaceSyntax(b []byte, uid string) []byte {
	if len(uid)%2 == 1 {
		uid += "\x00"
	}
	i := strings.Index(string(b), "\x02\x00\x10\x00UI")
	n := int(b[i+6])
	out := append([]byte(nil), b[:i+6]...)
	out = append(out, byte(len(uid)), 0)
	out = append(out, uid...)
	return append(out, b[i+8+n:]...)
}

func TestRescalePerSlice(t *testing.T) {
	dir := t.TempDir()
	var slices []slice
	for k := range 3 {
		s := axial(4, 4, float64(k))
		px := make([]uint16, 16)
		for i := range px {
			px[i] = uint16(1000*k + i)
		}
		s.px, s.number = px, k
		s.more = dicomout.Dataset{
			{Tag: 0x00281053, VR: "DS", Value: 0.5 + 0.25*float64(k)}, {Tag: 0x00281052, VR: "DS", Value: -1000.25},
			{Tag: 0x00280101, VR: "US", Value: 12}, {Tag: 0x00280102, VR: "US", Value: 11},
		}
		slices = append(slices, s)
	}
	writeSeries(t, dir, "s", slices)
	s, v := only(t, dir)
	if !s.Fractional() || !s.Hounsfield() {
		t.Error("slopes are fractional, the scale is HU")
	}
	exact, err := s.LoadFloat(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for o, h := range v.HU {
		k, i := o/16, o%16
		want := float64(1000*k+i)*(0.5+0.25*float64(k)) - 1000.25
		if float64(exact[o]) != want || h != int16(math.Round(want)) {
			t.Fatalf("slice %d pixel %d: %g and %d, want %g", k, i, exact[o], h, want)
		}
	}
	if want := int16(math.Floor(4095*0.5 - 1000.25)); v.CeilingHU != want {
		t.Errorf("ceiling %d, want that of the first slice, %d", v.CeilingHU, want)
	}
}

// TestStoredBits puts rubbish into the bits that are not stored and reads every kind of sample through both paths to HU.
func TestStoredBits(t *testing.T) {
	for _, c := range []struct {
		name         string
		signed       bool
		stored, high int
		intercept    float64
		raw          uint16
		want         int16
		ceiling      int16
		slope        float64
	}{
		{"12 bit unsigned", false, 12, 11, -1024, 0xF123, 0x123 - 1024, 3071, 1},
		{"12 bit signed", true, 12, 11, 0, 0xF923, 0x923 - 4096, 2047, 1},
		{"12 bit high", false, 12, 15, -1024, 0x123F, 0x123 - 1024, 3071, 1},
		{"16 bit signed low", true, 16, 15, -1024, 0x8001, math.MinInt16, 31743, 1},
		{"16 bit unsigned high", false, 16, 15, -1024, 0xFFFF, math.MaxInt16, math.MaxInt16, 1},
		{"16 bit unsigned", false, 16, 15, -8192, 40000, 40000 - 8192, math.MaxInt16, 1},
		{"positive intercept", true, 16, 15, 100, 0x7FFF, math.MaxInt16, math.MaxInt16, 1},
		{"extended scale", false, 16, 15, -1024, 9000, 7976, math.MaxInt16, 1},
		{"slope 2", false, 12, 11, -1024, 0x1010, 32 - 1024, 7166, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := axial(5, 3, 0) // 15 pixels: three words and three left over
			px := make([]uint16, 15)
			for i := range px {
				px[i] = c.raw
			}
			s.px = px
			signed := 0
			if c.signed {
				signed = 1
			}
			s.more = dicomout.Dataset{
				{Tag: 0x00280101, VR: "US", Value: c.stored}, {Tag: 0x00280102, VR: "US", Value: c.high}, {Tag: 0x00280103, VR: "US", Value: signed},
				{Tag: 0x00281052, VR: "DS", Value: c.intercept}, {Tag: 0x00281053, VR: "DS", Value: c.slope},
			}
			dir := t.TempDir()
			writeSeries(t, dir, "s", []slice{s})
			_, v := only(t, dir)
			for i, h := range v.HU {
				if h != c.want {
					t.Fatalf("pixel %d = %d, want %d", i, h, c.want)
				}
			}
			if v.CeilingHU != c.ceiling {
				t.Errorf("ceiling %d, want %d", v.CeilingHU, c.ceiling)
			}
		})
	}
}

// TestCeilingBySpike clips dense values in a 16-bit file, whose header allows far more. Numbers at which no scale ends are a plateau.
func TestCeilingBySpike(t *testing.T) {
	for clip, want := range map[int]int16{3071: 3071, 3095: 3095, 4095: 4095, 2500: math.MaxInt16, 9999: math.MaxInt16} {
		s := axial(64, 64, 0)
		px := s.px.([]int16)
		for i := range px {
			px[i] = int16(40 + i%50)
			if i < 900 {
				px[i] = int16(min(1500+4*i, clip)) // a ramp of dense values to 5096
			}
		}
		dir := t.TempDir()
		writeSeries(t, dir, "s", []slice{s})
		if _, v := only(t, dir); v.CeilingHU != want {
			t.Errorf("clipped at %d: ceiling %d, want %d", clip, v.CeilingHU, want)
		}
	}
}

// TestBadSlices cuts the pixel data of one file: its slice is marked and holds air, the others are good.
func TestBadSlices(t *testing.T) {
	dir := t.TempDir()
	for k, s := range column(5, 0) {
		px := s.px.([]int16)
		for i := range px {
			px[i] = 77
		}
		b := encodeFile(t, s.dataset("s"))
		if k == 2 {
			b = b[:len(b)-2]
		}
		write(t, dir, fmt.Sprint(k), b)
	}
	s, v := only(t, dir)
	n := v.NX * v.NY
	for o, h := range v.HU {
		want := int16(77)
		if o/n == 2 {
			want = volume.Air
		}
		if h != want {
			t.Fatalf("slice %d holds %d, want %d", o/n, h, want)
		}
	}
	if fmt.Sprint(v.Corrupt) != "[false false true false false]" {
		t.Errorf("corrupt %v", v.Corrupt)
	}
	if p := s.Series.Problems; len(p) != 1 || p[0].Code != dicomio.CodeCutShort {
		t.Errorf("problems %v, want the cut file", p)
	}
}

func TestRefusals(t *testing.T) {
	gone := func(tag dicomout.Tag) dicomout.Element { return dicomout.Element{Tag: tag} }
	for code, more := range map[dicomio.Code]dicomout.Dataset{
		dicomio.CodeNoPosition: {gone(0x00200032)},
		dicomio.CodeNoSpacing:  {gone(0x00280030)},
	} {
		dir := t.TempDir()
		writeSeries(t, dir, "s", column(3, 0, more...))
		inv := scan(t, dir)
		if s := inv.Series[0]; len(s.Stacks) != 0 || len(s.Problems) != 1 || s.Problems[0].Code != code || s.Problems[0].Message("fr") == s.Problems[0].Message("en") {
			t.Errorf("%s: %s", code, summary(inv))
		}
	}
	dir := t.TempDir()
	writeSeries(t, dir, "s", column(3, 0, gone(0x00281052), gone(0x00281053)))
	if s, _ := only(t, dir); s.Hounsfield() || len(s.Findings) != 1 || s.Findings[0].Code != diag.CodeHuScaleUnknown {
		t.Errorf("no HU scale, findings %v", s.Findings)
	}
}

// TestExtendedScale keeps numbers that int16 cannot hold: the volume to measure is limited and says so, LoadFloat has them all.
func TestExtendedScale(t *testing.T) {
	for _, c := range []struct {
		slope, intercept float64
		extended         bool
	}{{1, -1024, true}, {10, -10240, true}, {0.5, -1024, false}} {
		s := axial(2, 2, 0)
		s.px = []uint16{0, 3000, 40000, 65535}
		d := with(s.dataset("s"), el(0x00281052, "DS", c.intercept), el(0x00281053, "DS", c.slope))
		dir := t.TempDir()
		write(t, dir, "s", encodeFile(t, d))
		st, v := only(t, dir)
		exact, err := st.LoadFloat(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if st.Extended() != c.extended {
			t.Errorf("slope %g: extended %v", c.slope, st.Extended())
		}
		for i, p := range s.px.([]uint16) {
			want := float64(p)*c.slope + c.intercept
			if float64(exact[i]) != want || !near(float64(v.HU[i]), min(want, 32767), 0.5) {
				t.Errorf("slope %g, sample %d: %g and %d, want %g", c.slope, p, exact[i], v.HU[i], want)
			}
		}
	}
}

// TestBrightPadding gives padding that would look like metal the number of air, and nothing else.
func TestBrightPadding(t *testing.T) {
	const nx = 8
	row := func(v ...int) []uint16 {
		out := make([]uint16, nx)
		for i, x := range v {
			out[i] = uint16(x)
		}
		return out
	}
	pads := func(lowHigh ...any) dicomout.Dataset {
		d := dicomout.Dataset{el(0x00280120, "US", lowHigh[0])}
		if len(lowHigh) > 1 {
			d = append(d, el(0x00280121, "US", lowHigh[1]))
		}
		return d
	}
	for _, c := range []struct {
		name      string
		signed    int
		bits      int
		intercept float64
		more      dicomout.Dataset
		px        []uint16
		want      []int16
		code      diag.Code // of the finding about the pixels
	}{
		{"wrong sign", 0, 16, -1024, pads(63536), row(63536, 63536, 1024, 63536, 4000, 1000, 1024, 63536),
			[]int16{-1024, -1024, 0, -1024, 2976, -24, 0, -1024}, diag.CodePaddingBright},
		{"range beyond every scan", 0, 16, -1024, pads(63000, 65535), row(65535, 1024, 63000, 1024, 1024, 62999, 1024, 64000),
			[]int16{-1024, 0, -1024, 0, 0, 32767, 0, -1024}, diag.CodePaddingBright},
		{"as bright as metal", 0, 12, -1024, pads(4095), row(4095, 4095, 1024, 4095, 4095, 1024, 1024, 4095),
			[]int16{-1024, -1024, 0, 3071, 3071, 0, 0, -1024}, diag.CodePaddingBright},
		{"bits beyond those stored", 0, 12, -1024, pads(0xF830), row(0xF830, 1024, 0x830, 1024, 1024, 1024, 1024, 0xF830),
			[]int16{-1024, 0, 0x830 - 1024, 0, 0, 0, 0, -1024}, diag.CodePaddingBright},
		{"water", 1, 16, 0, pads(0), row(0, 0, 40, 0, 0, 40, 0, 0),
			[]int16{-1024, -1024, 40, 0, 0, 40, -1024, -1024}, diag.CodePaddingBright},
		{"darker than air", 1, 16, -1024, pads(63536), row(63536, 63536, 1024, 0xF830, 1024, 1024, 1024, 63536),
			[]int16{-3024, -3024, 0, -3024, 0, 0, 0, -3024}, ""},
		{"a senseless range", 1, 16, 0, pads(0xF830, 3000), row(1, 2, 40, 2000, 0, 40, 0, 0),
			[]int16{1, 2, 40, 2000, 0, 40, 0, 0}, ""},
		{"no padding named", 0, 16, -1024, nil, row(63536, 63536, 1024, 33791, 33792, 1024, 1024, 1024),
			[]int16{32767, 32767, 0, 32767, 32767, 0, 0, 0}, diag.CodeHULimited},
		{"slope", 0, 16, -8192, append(pads(65535), el(0x00281053, "DS", 2.0)), row(65535, 4096, 4097, 65535, 30000, 20000, 4096, 4096),
			[]int16{-1024, 0, 2, -1024, 32767, 31808, 0, 0}, diag.CodePaddingBright},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := axial(nx, 1, 0)
			s.px = c.px
			s.more = append(dicomout.Dataset{el(0x00280101, "US", c.bits), el(0x00280102, "US", c.bits-1), el(0x00280103, "US", c.signed),
				el(0x00281052, "DS", c.intercept)}, c.more...)
			dir := t.TempDir()
			writeSeries(t, dir, "s", []slice{s})
			st, v := only(t, dir)
			if !slices.Equal(v.HU, c.want) {
				t.Errorf("got %v, want %v", v.HU, c.want)
			}
			exact, err := st.LoadFloat(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, x := range exact {
				if (x == -1024) != (c.want[i] == -1024) {
					t.Errorf("LoadFloat %v", exact)
					break
				}
			}
			if _, err := st.Load(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			codes := map[diag.Code]int{}
			for _, f := range st.Findings {
				codes[f.Code]++
			}
			if c.code != "" && codes[c.code] != 1 || c.code == "" && len(codes) != 0 {
				t.Errorf("findings %v, want %q once", st.Findings, c.code)
			}
			if c.name == "wrong sign" && v.CeilingHU != 32767 {
				t.Errorf("padding set the ceiling: %d", v.CeilingHU)
			}
		})
	}
}
