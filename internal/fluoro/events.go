package fluoro

import (
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/text"
)

// Kind is what an event is, in the words of the contract.
type Kind string

// The kinds.
const (
	TableMove      Kind = "table-move"
	Zoom           Kind = "zoom"
	Exposure       Kind = "exposure"
	TrocarIn       Kind = "trocar-in"
	TrocarOut      Kind = "trocar-out"
	InjectionStart Kind = "injection-start"
	InjectionEnd   Kind = "injection-end"
	LineCrossed    Kind = "line-crossed"
)

// Event is something noticed in the run.
type Event struct {
	Kind       Kind
	Frame      int
	Line       string // of LineCrossed
	Confidence float64
	Amount     float64 // pixels moved, factor of scale or exposure, pixels of trocar (zero: seen end-on), pixels of cement
}

// Reason says in a sentence why the event is believed.
func (e Event) Reason(l text.Lang) string {
	say := func(en, fr string, args ...any) string {
		if l == text.French {
			en = fr
		}
		return fmt.Sprintf(en, args...)
	}
	switch e.Kind {
	case TableMove:
		return say("the whole picture moved by %s pixels", "toute l’image s’est déplacée de %s pixels", l.Number(e.Amount, 0))
	case Zoom:
		return say("the scale changed by a factor of %s", "l’échelle a changé d’un facteur %s", l.Number(e.Amount, 2))
	case Exposure:
		return say("the brightness of the whole picture changed by a factor of %s; later frames are compared anew", "la luminosité de toute l’image a changé d’un facteur %s ; les images suivantes sont comparées de nouveau", l.Number(e.Amount, 2))
	case TrocarIn:
		if e.Amount == 0 {
			return say("something very dark came at once, as a trocar seen end-on does", "quelque chose de très sombre est venu d’un coup, comme un trocart vu dans l’axe")
		}
		return say("a straight dark band came in from the border", "une bande sombre rectiligne est entrée par le bord")
	case TrocarOut:
		if e.Amount == 0 {
			return say("something very dark went at once, as a trocar seen end-on does", "quelque chose de très sombre est parti d’un coup, comme un trocart vu dans l’axe")
		}
		return say("a straight dark band went away", "une bande sombre rectiligne a disparu")
	case InjectionStart:
		return say("a dense area appeared and stayed", "une zone dense est apparue et est restée")
	case InjectionEnd:
		return say("the dense area grew no more", "la zone dense n’a plus grandi")
	case LineCrossed:
		return say("%s pixels of cement lie beyond the line in this projection", "%s pixels de ciment dépassent la ligne dans cette projection", l.Number(e.Amount, 0))
	}
	return ""
}

// Limits of what is called an event. Breathing moves the spine by a few millimetres over seconds; tables move by centimetres in a
// fraction of one.
const (
	tableShare   = 0.016 // of the larger side moved from one frame to the next
	zoomShare    = 0.02
	exposureStep = 0.09 // of attenuation, about 9 % of brightness
)

// shocks finds what happened to the whole picture: table, field, exposure.
func (t *track) shocks(nx, ny int) (out []Event) {
	side := float64(max(nx, ny))
	var steps, levels []float32
	prev := -1
	type change struct {
		k                   int
		shift, scale, level float64
	}
	var changes []change
	for k := range t.motion {
		if !t.read[k] || t.lost[k] {
			continue
		}
		if prev >= 0 {
			m := t.motion[k].After(t.motion[prev].Inverse())
			c := change{k, math.Hypot(m.DX, m.DY), m.Scale, t.offset[k] - t.offset[prev]}
			changes = append(changes, c)
			steps = append(steps, float32(c.shift))
			levels = append(levels, float32(math.Abs(c.level)))
		}
		prev = k
	}
	usual := float64(quantile(steps, 0.75))
	calm := float64(median(levels))
	move := math.Max(tableShare*side, 4*usual)
	lastMove := -10
	for _, c := range changes {
		if math.Abs(math.Log(c.scale)) > zoomShare {
			out = append(out, Event{Kind: Zoom, Frame: c.k, Confidence: sure(math.Abs(math.Log(c.scale)) / zoomShare), Amount: c.scale})
			continue
		}
		if c.shift > move {
			if c.k-lastMove > 2 {
				out = append(out, Event{Kind: TableMove, Frame: c.k, Confidence: sure(c.shift / move)})
			}
			lastMove = c.k
			for n := len(out) - 1; n >= 0; n-- {
				if out[n].Kind == TableMove {
					out[n].Amount += c.shift
					break
				}
			}
		}
		if step := math.Max(exposureStep, 8*calm); math.Abs(c.level) > step {
			out = append(out, Event{Kind: Exposure, Frame: c.k, Confidence: sure(math.Abs(c.level) / step), Amount: math.Exp(-c.level)})
		}
	}
	return out
}

// sure turns how many times a limit was passed into a confidence: a half at the limit, 0.9 at three times it.
func sure(times float64) float64 {
	return math.Round(100*(1-0.5*math.Exp(-0.8*math.Max(0, times-1)))) / 100
}
