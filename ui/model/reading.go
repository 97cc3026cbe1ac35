package model

import (
	"image"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// Layout is an arrangement of views.
type Layout int

// The layouts.
const (
	Grid4       Layout = iota // sagittal and axial of pre and post; three planes and 3D without a pre CT
	Pair                      // the focused plane of pre and post
	Triplets                  // sagittal, axial, coronal of pre above those of post
	ThreePlanes               // axial, sagittal, coronal and 3D of one series
	PlaneRow                  // axial, sagittal and coronal of one series beside each other
)

// Content is what a view shows of a volume.
type Content int

// The contents; the first three are planes, in the order of render.Orientation.
const (
	Axial Content = iota
	Sagittal
	Coronal
	ThreeD
	RunView      // the frame of a fluoroscopy run
	SubtractView // what the frame adds to the mask
	SecondView   // the other projection of a biplane run
	BridgeView   // the CT at the angles of the run
)

// Orientation returns the plane of a content other than ThreeD.
func (c Content) Orientation() render.Orientation { return render.Orientation(c) }

// ViewID names a view: what of which volume.
type ViewID struct {
	Slot    Slot
	Content Content
}

// View is how one plane is shown. Zoom and centre are kept by content, so that
// linked pre and post views move together.
type View struct {
	MMPerDP float64    // 0: fitted to the volume
	Centre  geom.Plane // in the middle of the view
}

// Tool is what the left mouse button does on a view.
type Tool int

// The tools.
const (
	WindowTool Tool = iota
	ScrollTool
	ZoomTool
	PanTool
	CrossTool
	MeasureTool // draws Reading.Kind
)

// Layers says which overlays are drawn.
type Layers int

// The steps of Shift+Space.
const (
	AllLayers Layers = iota
	Outlines
	NoLayers
)

// Corners says which texts stand in the corners of a view.
type Corners int

// The densities of key N.
const (
	AllCorners Corners = iota
	PositionOnly
	NoCorners
)

// Reading is how the open study is looked at.
type Reading struct {
	Layout  Layout
	Focus   ViewID
	Filled  bool // the focused view fills the area
	Tool    Tool
	Linked  bool
	Aligned bool // planes follow the axes of the selected vertebra

	Cursor [2]geom.Patient // by slot, each in its own series' coordinates
	Home   [2]geom.Patient // the origin of the planes
	Views  [2][4]View      // by slot (post's for both while linked) and content
	Window [2]render.Window
	Slab   render.Slab

	Crosshair bool
	Layers    Layers
	Opacity   float64 // 0..1, of all overlays
	Hidden    bool    // overlays hidden while Space is held
	Corners   Corners

	Level anatomy.Level // selected; None for none
	Leak  int           // id of the selected leak; 0 for none

	Oblique Oblique // of the planes

	Measuring
	Comparing
	Showing

	Turn float64 // of the 3D view about the patient's long axis, radians
	Tilt float64 // of the 3D view towards the head, radians
}

// The 3D view starts from the patient's left front, a little from above.
const turnStart, tiltStart = -0.7, 0.15

func newReading() Reading {
	r := Reading{Linked: true, Crosshair: true, Opacity: 1, Turn: turnStart, Tilt: tiltStart,
		Focus: ViewID{PostSlot, Sagittal}}
	r.Window = [2]render.Window{render.SpineBone, render.SpineBone}
	return r
}

// Grid returns the views of the layout row by row and the number of columns.
func (s *State) Grid() (views []ViewID, columns int) {
	r := s.Reading
	first, second := PreSlot, PostSlot
	if s.Settings.PreRight {
		first, second = second, first
	}
	both := s.Loaded[PreSlot].Volume != nil && s.Loaded[PostSlot].Volume != nil
	if r.Filled || s.Single && s.Workspace == Read && r.Focus.Content <= ThreeD {
		return []ViewID{r.Focus}, 1
	}
	if s.Workspace == Teaching && (s.Lesson.Play != nil || s.Lesson.Lab != nil) {
		return s.lessonGrid()
	}
	if s.Workspace == Fluoroscopy {
		return s.runViews(), 2
	}
	if s.FixedVertebra() != nil && s.Workspace == Read {
		return []ViewID{{PostSlot, Sagittal}, {PostSlot, Axial}, {PostSlot, Coronal}}, 2
	}
	layout := r.Layout
	if !both && layout != PlaneRow {
		layout = ThreePlanes
	}
	switch s.roomy(layout, both) {
	case Pair:
		return []ViewID{{first, r.Focus.Content}, {second, r.Focus.Content}}, 2
	case Triplets:
		return []ViewID{{first, Sagittal}, {first, Axial}, {first, Coronal}, {second, Sagittal}, {second, Axial}, {second, Coronal}}, 3
	case PlaneRow:
		slot := s.Main()
		return []ViewID{{slot, Axial}, {slot, Sagittal}, {slot, Coronal}}, 3
	case ThreePlanes:
		slot := s.Main()
		return []ViewID{{slot, Sagittal}, {slot, Axial}, {slot, Coronal}, {slot, ThreeD}}, 2
	}
	return []ViewID{{first, Sagittal}, {second, Sagittal}, {first, Axial}, {second, Axial}}, 2
}

// leastView is the smallest view worth a look, dp: in a smaller room a layout
// with fewer views is shown. Four fit into the smallest window, six beside rail
// and panel of one that is 1640 dp wide.
var leastView = image.Pt(360, 260)

// roomy is the layout, or one with fewer views where the room is too small for
// it.
func (s *State) roomy(l Layout, both bool) Layout { return roomyIn(s.Room, l, both) }

func roomyIn(room image.Point, l Layout, both bool) Layout {
	if room == (image.Point{}) {
		return l
	}
	fits := func(columns, rows int) bool {
		return room.X >= columns*leastView.X && room.Y >= rows*leastView.Y
	}
	switch {
	case l == Triplets && !fits(3, 2), l == PlaneRow && both && !fits(3, 1):
		l = Grid4
	}
	if both && l == Grid4 && !fits(2, 2) {
		l = Pair
	}
	return l
}

// makeRoom lets the panel give way to a layout that does not fit beside it, and
// brings it back with one that does.
func (s *State) makeRoom() {
	both := s.Loaded[PreSlot].Volume != nil && s.Loaded[PostSlot].Volume != nil
	if s.Narrow || s.Room == (image.Point{}) {
		return
	}
	p := &s.Settings
	alone, beside := s.Room, s.Room
	if p.Panel {
		alone.X += int(p.PanelDP)
	} else {
		beside.X -= int(p.PanelDP)
	}
	fits := func(room image.Point) bool { return roomyIn(room, s.Reading.Layout, both) == s.Reading.Layout }
	switch {
	case p.Panel && !fits(beside) && fits(alone):
		p.Panel, p.Folded = false, true
	case !p.Panel && p.Folded && fits(beside):
		p.Panel, p.Folded = true, false
	}
}

// Crowded reports whether fewer views are shown than the layout has, for want
// of room.
func (s *State) Crowded() bool {
	both := s.Loaded[PreSlot].Volume != nil && s.Loaded[PostSlot].Volume != nil
	return both && s.Workspace == Read && !s.Reading.Filled && !s.Fixing.On && s.roomy(s.Reading.Layout, both) != s.Reading.Layout
}

// Beside reports whether the panel leaves room for two views beside it in a
// window of a width in dp.
func (s *State) Beside(width float32) bool {
	rail := float32(0)
	if s.Settings.Rail {
		rail = max(s.Settings.RailDP, usualRail)
	}
	return width >= leastBeside && width-rail-s.Settings.PanelDP >= float32(2*leastView.X)
}

// Fit takes note of the width of the window in dp.
func (s *State) Fit(width float32) {
	s.Narrow = !s.Beside(width)
	s.Single = s.Narrow && s.Settings.Panel && width-s.Settings.PanelDP < float32(leastView.X)
}

// leastBeside is the width of a window below which the panel lies over the
// views, usualRail that of the rail of a first run; dp.
const leastBeside, usualRail = 1240, 148

// Main is the slot of the series that measures are made on: post where there
// is one.
func (s *State) Main() Slot {
	if s.Loaded[PostSlot].Volume == nil && s.Loaded[PreSlot].Volume != nil {
		return PreSlot
	}
	return PostSlot
}

// viewSlot is the slot whose cursor governs a view.
func (s *State) viewSlot(slot Slot) Slot {
	if s.Reading.Linked && !s.Reading.Loose.Slices {
		return s.Main()
	}
	return slot
}

// zoomSlot is the slot whose zoom and centre govern a view.
func (s *State) zoomSlot(slot Slot) Slot {
	if s.viewSlot(slot) != slot && s.Reading.Loose.Zoom {
		return slot
	}
	return s.viewSlot(slot)
}

// Link is how post coordinates are carried to the pre CT.
type Link struct {
	PreFromPost geom.Affine[geom.PatientFrame, geom.PatientFrame]
	Level       anatomy.Level // whose registration it is; None for an offset
	ResidualMM  float64
}

// Link returns the map at the crosshair: the registration of the nearest
// registered vertebra, or the offset between the volumes' centres when there
// is none. Studies that share a frame of reference need no offset.
func (s *State) Link() Link {
	if h := s.Reading.Hand; h.Made {
		return Link{PreFromPost: geom.Translation(h.PreFromPost)}
	}
	if r := s.Result; r != nil {
		best, bestDist := anatomy.None, 0.0
		for _, v := range r.Report.Vertebrae {
			if _, ok := r.PreFromPost[v.Level]; !ok {
				continue
			}
			c := geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])
			if d := c.Dist(s.Reading.Cursor[PostSlot]); best == anatomy.None || d < bestDist {
				best, bestDist = v.Level, d
			}
		}
		if best != anatomy.None {
			l := Link{PreFromPost: r.PreFromPost[best], Level: best}
			for _, v := range r.Report.Vertebrae {
				if v.Level == best && v.Registration != nil {
					l.ResidualMM = v.Registration.ResidualMM
				}
			}
			return l
		}
	}
	pre, post := s.Loaded[PreSlot].Volume, s.Loaded[PostSlot].Volume
	if pre == nil || post == nil || (pre.FrameUID != "" && pre.FrameUID == post.FrameUID) {
		return Link{PreFromPost: geom.Identity[geom.PatientFrame, geom.PatientFrame]()}
	}
	return Link{PreFromPost: geom.Translation(s.Reading.Home[PreSlot].Sub(s.Reading.Home[PostSlot]))}
}

// Registered reports whether the map to the pre CT at the crosshair is more
// than an offset: contours found on the post CT lie true on the pre CT.
func (s *State) Registered() bool { return s.Reading.Hand.Made || s.Link().Level != anatomy.None }

// Plane returns where a plane view lies in its own series.
func (s *State) Plane(id ViewID) render.PatientFromPlane {
	if id.Content == ThreeD {
		return s.plane3D(id.Slot)
	}
	slot := s.viewSlot(id.Slot)
	r := &s.Reading
	p := s.basePlane(slot, id.Content)
	p = render.Through(p, r.Cursor[slot])
	if slot != id.Slot { // linked: the pre CT is cut where the post CT is
		link := s.Link()
		p = render.Mapped(link.PreFromPost, p)
	}
	return p
}

// plane3D is the plane of the 3D view, through the middle of what is shown:
// the vertebrae once they are known, else the volume.
func (s *State) plane3D(slot Slot) render.PatientFromPlane {
	at := s.Reading.Home[slot]
	if s.Result != nil && slot == PostSlot && len(s.Result.Report.Vertebrae) > 0 {
		list := s.Result.Report.Vertebrae
		first, last := list[0].CentroidLPS, list[len(list)-1].CentroidLPS
		at = geom.LPS(first[0], first[1], first[2]).Lerp(geom.LPS(last[0], last[1], last[2]), 0.5)
	}
	if v := s.AlignedVertebra(slot); v != nil {
		at = v.Centroid()
	}
	p := render.Standard(render.Coronal, at)
	p = render.Turned(p, at, geom.V[geom.PlaneFrame](0, 1, 0), s.Reading.Turn)
	return render.Turned(p, at, geom.V[geom.PlaneFrame](1, 0, 0), s.Reading.Tilt)
}

// basePlane is the plane of a content before it is carried to the crosshair.
func (s *State) basePlane(slot Slot, c Content) render.PatientFromPlane {
	r := &s.Reading
	if s.fixes(ViewID{slot, c}) {
		return render.Aligned(c.Orientation(), s.Fixing.pose)
	}
	if v := s.AlignedVertebra(slot); v != nil {
		return r.Oblique.plane(render.Aligned(c.Orientation(), v.PatientFromBody))
	}
	return r.Oblique.plane(render.Standard(c.Orientation(), r.Home[slot]))
}

// AlignedVertebra is the vertebra whose axes the planes of a slot follow; nil
// for none.
func (s *State) AlignedVertebra(slot Slot) *spine.Vertebra {
	if !s.Reading.Aligned || s.Result == nil || slot != PostSlot {
		return nil
	}
	return s.Result.Spine.Find(s.Reading.Level)
}

// CursorIn returns the crosshair in the coordinates of a slot's series.
func (s *State) CursorIn(slot Slot) geom.Patient {
	if governing := s.viewSlot(slot); governing != slot {
		link := s.Link()
		return link.PreFromPost.Apply(s.Reading.Cursor[governing])
	}
	return s.Reading.Cursor[slot]
}

// SetCursor moves the crosshair to a point given in a slot's series.
func (s *State) setCursor(slot Slot, p geom.Patient) {
	if governing := s.viewSlot(slot); governing != slot {
		link := s.Link()
		back, err := link.PreFromPost.Inverse()
		if err != nil {
			return
		}
		s.Reading.Cursor[governing] = back.Apply(p)
		return
	}
	s.Reading.Cursor[slot] = p
}

// View returns the zoom and centre of a view.
func (s *State) View(id ViewID) View { return *s.view(id) }

func (s *State) view(id ViewID) *View {
	switch {
	case id.Content == SecondView && s.Run.Second != nil:
		return &s.Run.Second.View
	case id.Content.OfRun(): // views of one projection move together
		return &s.Run.View
	}
	if s.fixes(id) {
		return &s.Fixing.Views[id.Content]
	}
	if s.Straightened(id) {
		return s.Reading.straightView(id.Content)
	}
	return &s.Reading.Views[s.zoomSlot(id.Slot)][id.Content]
}

// StepMM is the distance between neighbouring slices of a view: the voxel
// size along the line of sight.
func (s *State) StepMM(id ViewID) unit.MM {
	vol := s.Loaded[id.Slot].Volume
	if vol == nil {
		return 1
	}
	if id.Content == ThreeD {
		return 1
	}
	plane := s.Plane(id)
	sight := plane.Axis(2)
	along := func(v geom.PatientVec) float64 { d := v.Dot(sight); return d * d }
	// The ellipsoid of the voxel sizes gives the exact size along each axis.
	x, y, z := along(vol.Row), along(vol.Col), along(vol.Normal)
	return unit.MM(x*float64(vol.DX) + y*float64(vol.DY) + z*float64(vol.DZ))
}
