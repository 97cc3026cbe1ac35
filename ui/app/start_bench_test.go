//go:build unix

package app_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"gioui.org/gpu/headless"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/app"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/uitest"
)

// long writes a CT series of n slices of 512 x 512 and returns its folder.
func long(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	pixels := make([]byte, 2*512*512)
	for i := range 512 * 512 {
		binary.LittleEndian.PutUint16(pixels[2*i:], uint16(int16(i%512+i/512-400)))
	}
	for k := range n {
		d := dicomout.Dataset{
			{Tag: 0x00080008, VR: "CS", Value: []string{"ORIGINAL", "PRIMARY", "AXIAL"}},
			{Tag: 0x00080016, VR: "UI", Value: "1.2.840.10008.5.1.4.1.1.2"},
			{Tag: 0x00080018, VR: "UI", Value: dicomout.UID("long", fmt.Sprint(k))},
			{Tag: 0x00080020, VR: "DA", Value: "20260312"},
			{Tag: 0x00080060, VR: "CS", Value: "CT"},
			{Tag: 0x0008103E, VR: "LO", Value: "CT spine bone"},
			{Tag: 0x0020000D, VR: "UI", Value: dicomout.UID("long study")},
			{Tag: 0x0020000E, VR: "UI", Value: dicomout.UID("long series")},
			{Tag: 0x00200013, VR: "IS", Value: k + 1},
			{Tag: 0x00200032, VR: "DS", Value: []float64{-115, -115, 0.6 * float64(k)}},
			{Tag: 0x00200037, VR: "DS", Value: []float64{1, 0, 0, 0, 1, 0}},
			{Tag: 0x00200052, VR: "UI", Value: dicomout.UID("long frame")},
			{Tag: 0x00280002, VR: "US", Value: 1},
			{Tag: 0x00280004, VR: "CS", Value: "MONOCHROME2"},
			{Tag: 0x00280010, VR: "US", Value: 512},
			{Tag: 0x00280011, VR: "US", Value: 512},
			{Tag: 0x00280030, VR: "DS", Value: []float64{0.45, 0.45}},
			{Tag: 0x00280100, VR: "US", Value: 16},
			{Tag: 0x00280101, VR: "US", Value: 16},
			{Tag: 0x00280102, VR: "US", Value: 15},
			{Tag: 0x00280103, VR: "US", Value: 1},
			{Tag: 0x00281052, VR: "DS", Value: 0.0},
			{Tag: 0x00281053, VR: "DS", Value: 1.0},
			{Tag: 0x7FE00010, VR: "OW", Value: pixels},
		}
		var out bytes.Buffer
		if err := dicomout.Write(&out, d); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.dcm", k)), out.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkFirstImage is the time from choosing a folder of 600 slices to its first picture, to its list with roles, and to the
// volume in four views. Files are read anew each time, from the system's cache.
func BenchmarkFirstImage(b *testing.B) {
	dir := long(b, 600)
	var picture, list, views, cpu time.Duration
	for b.Loop() {
		a := app.New(app.Config{Settings: model.DefaultSettings(text.English), Backend: app.Core{}, Wake: func() {}, Version: "0.9", Notch: 20})
		w := uitest.New(b, full, func(gtx layout.Context) layout.Dimensions { return a.Layout(gtx) })
		w.Frame()
		s := a.State()
		before, start := cpuTime(b), time.Now()
		a.Send(model.Preview{Path: dir, Row: -1, Now: w.Now})
		w.Until("a picture", func() bool { p := s.Browser.Preview; return p != nil && p.Series[0].Thumbnail != nil })
		picture += time.Since(start)
		w.Until("the list", func() bool { return !s.Browser.Preview.Partial })
		list += time.Since(start)
		a.Send(model.OpenStudy{Now: w.Now})
		w.Until("the volume", func() bool { return s.Loaded[model.PostSlot].Volume != nil || s.Loaded[model.PreSlot].Volume != nil })
		w.Frame()
		a.Settle()
		views += time.Since(start)
		cpu += cpuTime(b) - before
		a.Close()
	}
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(b.N) }
	b.ReportMetric(ms(picture), "picture-ms")
	b.ReportMetric(ms(list), "list-ms")
	b.ReportMetric(ms(views), "views-ms")
	b.ReportMetric(ms(cpu), "cpu-ms/op")
}

// BenchmarkFirstFrame is making a window and its first frame, drawn without a display. Starting the process and asking the system
// for a window come on top.
func BenchmarkFirstFrame(b *testing.B) {
	before := cpuTime(b)
	for b.Loop() {
		screen, err := headless.NewWindow(full.X, full.Y)
		if err != nil {
			b.Skipf("no headless drawing here: %v", err)
		}
		a := app.New(app.Config{Settings: model.DefaultSettings(text.English), Backend: app.Core{}, Wake: func() {}, Version: "0.9", Notch: 20, SystemFonts: true})
		w := uitest.New(b, full, func(gtx layout.Context) layout.Dimensions { return a.Layout(gtx) })
		if err := screen.Frame(w.Frame()); err != nil {
			b.Fatal(err)
		}
		a.Close()
		screen.Release()
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/1e6, "cpu-ms/op")
}

// BenchmarkDisplayMemory is what a window holds beside the voxels of 300 + 300 slices, after every layout was shown.
func BenchmarkDisplayMemory(b *testing.B) {
	for b.Loop() {
		before := heap() // windows of earlier rounds are held until the end
		w := newWindow(b, full, nil)
		w.backend.post, w.backend.pre = tall(b), tall(b)
		w.app.Send(model.Preview{Path: "/imaging/case", Row: -1, Now: w.Now})
		w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
		w.app.Send(model.OpenStudy{Analyse: true, Now: w.Now})
		w.Until("the analysis", func() bool { return w.app.State().Result != nil })
		for _, id := range []string{"layout-pair", "layout-triplets", "layout-planes", "align", "align", "straighten", "straighten", "layout-row", "layout-grid"} {
			w.Do(id)
			w.draw()
		}
		held := heap()
		voxels := uint64(w.backend.post.RawBytes() + w.backend.pre.RawBytes())
		runtime.KeepAlive(w)
		b.ReportMetric((float64(held)-float64(before+voxels))/1e6, "MB-beside-voxels")
		w.app.Close()
	}
}
