package teach

import (
	"errors"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/phantom"
)

// Step is one picture of a guided tour of the procedure, as the teacher prepared it.
type Step struct {
	Title  Words         `json:"title"`
	Text   Words         `json:"text"`
	Show   string        `json:"show"`             // ShowPre, ShowPost, ShowFluoro
	Plane  Plane         `json:"plane,omitempty"`  // of a CT; empty: all three
	Window Window        `json:"window,omitempty"` // empty: bone
	Level  anatomy.Level `json:"level,omitzero"`   // planes along this vertebra; none: those of the patient
	At     [3]float64    `json:"at,omitzero"`      // of a CT: LPS mm where the planes cross
	WideMM float64       `json:"wideMm,omitempty"` // width of what is shown; 0: all
	Frame  int           `json:"frame,omitempty"`  // of fluoroscopy, from 0
	Arrows []Arrow       `json:"arrows,omitempty"`
}

// What a step shows.
const (
	ShowPre    = "pre"
	ShowPost   = "post"
	ShowFluoro = "fluoro"
)

// Plane is how a CT is cut.
type Plane string

// The planes.
const (
	Axial    Plane = "axial"
	Sagittal Plane = "sagittal"
	Coronal  Plane = "coronal"
)

// Window names a preset of grey levels.
type Window string

// The windows.
const (
	WindowBone   Window = "bone"
	WindowCement Window = "cement"
	WindowSoft   Window = "soft"
	WindowLung   Window = "lung"
)

// Arrow points at something.
type Arrow struct {
	Tip  [3]float64 `json:"tip"`  // of a CT: LPS mm; of fluoroscopy: column, row, 0
	From [2]float64 `json:"from"` // where it comes from, on the screen: right and down; its length is the view's choice
	Text Words      `json:"text,omitzero"`
}

func (s *Step) check() error {
	switch {
	case s.Title == Words{}:
		return errors.New("no title")
	case !slices.Contains([]string{ShowPre, ShowPost, ShowFluoro}, s.Show):
		return errors.New("it shows nothing")
	case !slices.Contains([]Plane{"", Axial, Sagittal, Coronal}, s.Plane), !slices.Contains([]Window{"", WindowBone, WindowCement, WindowSoft, WindowLung}, s.Window):
		return errors.New("a plane or window that is not known")
	case s.Frame < 0, s.WideMM < 0, s.Level != anatomy.None && !s.Level.Valid():
		return errors.New("a frame, width or level that cannot be")
	}
	for _, a := range s.Arrows {
		if a.From == [2]float64{} || !finite(a.Tip[:]...) || !finite(a.From[:]...) {
			return errors.New("an arrow without direction")
		}
	}
	return nil
}

func finite(list ...float64) bool {
	return !slices.ContainsFunc(list, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}

// tour is the walk through a procedure as a leaflet tells it, for a phantom case with its images.
func tour(c *Case, t *phantom.Truth) []Step {
	first := c.Reference.Treated[0]
	var at [3]float64
	for _, v := range t.Vertebrae {
		if v.Level == first.Level {
			at = v.CentroidLPS
		}
	}
	steps := []Step{{Title: Words{"Before", "Avant"}, Text: c.History, Show: ShowPre, Plane: Sagittal, Level: first.Level, At: at, WideMM: 120}}
	if len(t.Fluoro) > 0 {
		r := &t.Fluoro[0]
		trocar := max(0, r.InjectionStart-1)
		for _, e := range r.Events {
			if e.Kind == "trocar-in" {
				trocar = min(trocar, e.Frame+1)
			}
		}
		steps = append(steps,
			Step{Title: Words{"Trocars placed", "Trocarts en place"}, Text: Words{"Under fluoroscopy a trocar goes through the pedicle into the front third of the body.", "Sous scopie, un trocart passe par le pédicule jusqu’au tiers antérieur du corps."}, Show: ShowFluoro, Frame: trocar},
			Step{Title: Words{"Injection", "Injection"}, Text: Words{"Cement is injected while it is watched in lateral view. The operator stops when it comes near the posterior wall.", "Le ciment est injecté sous contrôle de profil. L’opérateur s’arrête quand il approche du mur postérieur."}, Show: ShowFluoro, Frame: (r.InjectionStart + r.InjectionEnd) / 2, Arrows: wallArrow(r)},
			Step{Title: Words{"Lateral control", "Contrôle de profil"}, Text: Words{"The last picture of the run, beside the first: what is new is cement.", "La dernière image de la série, à côté de la première : ce qui est nouveau est du ciment."}, Show: ShowFluoro, Frame: max(0, r.Frames-1)})
	}
	steps = append(steps, Step{Title: Words{"Control CT", "Scanner de contrôle"}, Text: Words{"Thin slices through the treated level and its neighbours, in a bone and in a cement window.", "Coupes fines sur le niveau traité et ses voisins, en fenêtre os puis en fenêtre ciment."}, Show: ShowPost, Plane: Axial, Window: WindowCement, Level: first.Level, At: at, WideMM: 90})
	for _, k := range c.Reference.Leaks {
		w := compartmentWords[k.Compartment]
		steps = append(steps, Step{Title: Words{"Leak: " + w.EN, "Fuite : " + w.FR}, Text: leakHints[k.Compartment], Show: ShowPost, Plane: planeOf(k.Compartment), Level: k.Level, At: k.At, WideMM: 80,
			Arrows: []Arrow{{Tip: k.At, From: [2]float64{1, 1}, Text: w}}})
	}
	return steps
}

// wallArrow points at the posterior wall on the run, where it is seen from the side.
func wallArrow(r *phantom.RunTruth) []Arrow {
	for _, l := range r.Lines {
		if l.Name == "posterior-wall" {
			return []Arrow{{Tip: [3]float64{(l.Points[0][0] + l.Points[1][0]) / 2, (l.Points[0][1] + l.Points[1][1]) / 2}, From: [2]float64{1, -1}, Text: Words{"posterior wall", "mur postérieur"}}}
		}
	}
	return nil
}

// planeOf is the plane in which a leak of the compartment is seen best.
func planeOf(k anatomy.Compartment) Plane {
	switch k {
	case anatomy.DiscSuperior, anatomy.DiscInferior, anatomy.Foramen:
		return Sagittal
	}
	return Axial
}
