package view_test

import (
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/view"
)

// ramp is a volume whose CT number is its slice number.
func ramp(t testing.TB) *volume.Volume {
	t.Helper()
	g, err := volume.NewRegularGrid(32, 32, 40, geom.Identity[geom.PatientFrame, geom.VoxelFrame](), "")
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	for i := range v.HU {
		v.HU[i] = int16(i / (32 * 32))
	}
	return v
}

// at asks for the axial slice z.
func at(v *volume.Volume, z float64) view.Request {
	return view.Request{Volume: v, Window: render.Window{Centre: 20, Width: 40}, View: render.View{Viewport: render.Viewport{
		PatientFromPlane: render.Standard(render.Axial, geom.LPS(16, 16, z)), MMPerPixel: 1, Width: 16, Height: 16}}}
}

var axial = model.ViewID{Slot: model.PostSlot, Content: model.Axial}

// until asks until the picture of a request is there.
func until(t *testing.T, s *view.Service, r view.Request) *view.Picture {
	t.Helper()
	for start := time.Now(); time.Since(start) < 5*time.Second; {
		if p := s.Picture(axial, r); p != nil && p.Request == r {
			return p
		}
		s.Wait()
	}
	t.Fatal("the picture did not come")
	return nil
}

func TestNewestRequestWins(t *testing.T) {
	v := ramp(t)
	var woken atomic.Int32
	s := view.NewService(func() { woken.Add(1) })
	defer s.Close()
	for z := range 40 { // a fast wheel
		s.Picture(axial, at(v, float64(z)))
	}
	p := until(t, s, at(v, 39))
	if got := p.HU.At(8, 8); got != 39 {
		t.Errorf("the picture shows slice %d, want 39", got)
	}
	if woken.Load() == 0 {
		t.Error("the window was never woken")
	}
}

// A picture in the window's hands must not change while the next is drawn.
func TestPictureStaysWhileNextIsDrawn(t *testing.T) {
	v := ramp(t)
	s := view.NewService(func() {})
	defer s.Close()
	for z := 1; z < 30; z++ {
		p := until(t, s, at(v, float64(z)))
		size := p.Image.Size()
		if got := p.HU.At(8, 8); int(got) != z || size.X != 16 {
			t.Fatalf("slice %d of size %v, want %d", got, size, z)
		}
	}
}

func TestEqualRequestIsNotDrawnAgain(t *testing.T) {
	v := ramp(t)
	var woken atomic.Int32
	s := view.NewService(func() { woken.Add(1) })
	defer s.Close()
	until(t, s, at(v, 5))
	before := woken.Load()
	for range 20 {
		s.Picture(axial, at(v, 5))
	}
	s.Wait()
	if n := woken.Load(); n != before {
		t.Errorf("%d pictures drawn for an unchanged view", n-before)
	}
}

// The pictures of a view that is not shown for a while are let go, and drawn
// again when it is.
func TestSweepLetsHiddenViewsGo(t *testing.T) {
	v := ramp(t)
	s := view.NewService(func() {})
	defer s.Close()
	first := until(t, s, at(v, 5))
	for range 30 {
		s.Sweep()
	}
	if s.Picture(axial, at(v, 5)) != first {
		t.Error("a view hidden for half a second was drawn again")
	}
	for range 100 {
		s.Sweep()
	}
	if again := until(t, s, at(v, 5)); again == first {
		t.Error("the pictures of a hidden view are kept for ever")
	}
}

// A view that cannot be drawn must not spin nor take the window down.
func TestImpossibleRequest(t *testing.T) {
	v := ramp(t)
	s := view.NewService(func() {})
	defer s.Close()
	good := until(t, s, at(v, 5))
	bad := at(v, 6)
	bad.View.Width = 0
	s.Picture(axial, bad)
	s.Wait()
	if p := s.Picture(axial, bad); p != good && (p == nil || p.Request != at(v, 5)) {
		t.Error("the last good picture is lost")
	}
	s.Wait()
	until(t, s, at(v, 7))
}

func BenchmarkWheelToPicture(b *testing.B) {
	g, err := volume.NewRegularGrid(512, 512, 60, geom.Identity[geom.PatientFrame, geom.VoxelFrame](), "")
	if err != nil {
		b.Fatal(err)
	}
	v := volume.New(g)
	s := view.NewService(func() {})
	defer s.Close()
	for i := range b.N {
		r := at(v, float64(i%50))
		r.View.PatientFromPlane = render.Standard(render.Axial, geom.LPS(256, 256, float64(i%50)))
		r.View.Width, r.View.Height = 512, 512
		s.Picture(axial, r)
		s.Wait()
	}
}

// A place that is none is not drawn, and asking for it comes to an end.
func TestNoPictureOfNowhere(t *testing.T) {
	v := ramp(t)
	s := view.NewService(func() {})
	defer s.Close()
	r := at(v, 3)
	r.View.Centre = geom.Pt[geom.PlaneFrame](math.NaN(), 0, 0)
	done := make(chan bool)
	go func() {
		s.Picture(axial, r)
		s.Wait()
		done <- s.Picture(axial, r) == nil
	}()
	select {
	case none := <-done:
		if !none {
			t.Error("a picture of nowhere")
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it is drawn for ever")
	}
	until(t, s, at(v, 3))
}
