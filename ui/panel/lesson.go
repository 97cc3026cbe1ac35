package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Lesson is what lies round the images of a teaching case: the bar above, the
// questions or verdicts at the right, the strip below; the words of a tour; the
// knobs of practice.
type Lesson struct {
	ask    asking
	said   judged
	strip  lessonStrip
	tour   tour
	lab    lab
	leave  widget.Button
	reveal widget.Button
	swipe  widget.Button
	next   widget.Button
}

// Bar is the line over the images: which case it is, what is done with it.
func (p *Lesson) Bar(gtx layout.Context, h Host) layout.Dimensions {
	for button, id := range map[*widget.Button]string{&p.leave: "case-leave", &p.reveal: "reference", &p.swipe: "compare-swipe", &p.next: "case-next"} {
		if button.Clicked(gtx) {
			h.Do(gtx, id)
		}
	}
	play, lesson, l := h.State.Lesson.Play, &h.State.Lesson, h.Lang
	if play == nil {
		return bar(gtx, h, h.Window, theme.BarHeight, func(gtx layout.Context) layout.Dimensions {
			return row(gtx, widget.Gap(14), p.button(h, &p.leave, "case-leave", widget.ButtonLook{Icon: icon.All["prev"]}), widget.Gap(12),
				layout.Rigid(h.Text(theme.Section, h.Text1, h.T(i18n.Practise))))
		})
	}
	n := func(x int) string { return l.Number(float64(x), 0) }
	return bar(gtx, h, h.Window, theme.BarHeight, func(gtx layout.Context) layout.Dimensions {
		title := h.T(i18n.CaseOf, "n", n(play.At+1), "m", n(len(lesson.Cases)))
		if !h.State.Blind() {
			title = h.T(i18n.CaseN, "n", n(play.At+1)) + " · " + play.Case.Title.In(l)
		}
		parts := []layout.FlexChild{widget.Gap(14), p.button(h, &p.leave, "case-leave", widget.ButtonLook{Icon: icon.All["prev"]}), widget.Gap(12),
			layout.Rigid(h.Text(theme.Section, h.Text1, title)), widget.Gap(14)}
		if play.Way == model.Quiz {
			parts = append(parts, layout.Rigid(p.done(h)), widget.Gap(14))
			if right, all := p.leaksRight(h); all > 0 && gtx.Constraints.Max.X > gtx.Dp(1180) {
				parts = append(parts, layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.LeaksRight, "n", n(right), "m", n(all)))))
			}
			show := i18n.ShowReference
			if play.Shown {
				show = i18n.HideReference
			}
			parts = append(parts, space(), p.button(h, &p.reveal, "reference", widget.ButtonLook{Text: h.T(show), Icon: icon.All["eye"], Key: "Ctrl R"}), widget.Gap(12),
				p.button(h, &p.swipe, "compare-swipe", widget.ButtonLook{Text: h.T(i18n.CompareSwipe), Icon: icon.All["swipe"]}), widget.Gap(12),
				p.button(h, &p.next, "case-next", widget.ButtonLook{Text: h.T(i18n.NextCase), After: icon.All["right"], Primary: !h.State.Blind()}))
		} else {
			parts = append(parts, space())
		}
		return row(gtx, append(parts, widget.Gap(14))...)
	})
}

// button is a button of an action, with the reason why it cannot be used.
func (p *Lesson) button(h Host, b *widget.Button, id string, look widget.ButtonLook) layout.FlexChild {
	a, _ := h.State.Find(id)
	look.Reason = a.Reason(h.State)
	if look.Text == "" {
		look.Text = h.T(a.Label)
	}
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.Layout(gtx, h.Env, look) })
}

// done draws a dash for each case: filled for those that were answered, white
// for the one that is open.
func (p *Lesson) done(h Host) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		wide, high, gap := gtx.Dp(14), gtx.Dp(6), gtx.Dp(4)
		lesson := &h.State.Lesson
		most := min(len(lesson.Cases), 24)
		for i := range most {
			ink := h.Palette.Pressed
			if _, ok := lesson.Best(lesson.Cases[i].ID, h.State.Settings.Learner); ok {
				ink = h.Accent
			}
			if i == lesson.Play.At {
				ink = h.Text1
			}
			widget.FillRound(gtx, ink, image.Rect(i*(wide+gap), 0, i*(wide+gap)+wide, high), 3)
		}
		return layout.Dimensions{Size: image.Pt(most*(wide+gap), high)}
	}
}

// leaksRight counts the leaks that the learner found over all cases, by first
// answers, and all that there were.
func (p *Lesson) leaksRight(h Host) (right, all int) {
	seen := map[string]bool{}
	for _, x := range h.State.Lesson.Scores {
		if x.Learner != h.State.Settings.Learner || seen[x.Case] {
			continue
		}
		seen[x.Case] = true
		for _, c := range h.State.Lesson.Cases {
			if c.ID != x.Case {
				continue
			}
			said := map[anatomy.Compartment]bool{}
			for _, k := range x.Answer.Leaks {
				said[k] = true
			}
			for _, k := range c.Reference.Leaks {
				all++
				if said[k.Compartment] {
					right++
				}
			}
		}
	}
	return right, all
}

// Below is the height of the strip under the images; zero for a tour and for
// practice.
func (p *Lesson) Below(s *model.State) dp {
	if s.Lesson.Play == nil || s.Lesson.Play.Way == model.Tour {
		return 0
	}
	return p.strip.height(s)
}

// Strip draws what lies under the images.
func (p *Lesson) Strip(gtx layout.Context, h Host) layout.Dimensions { return p.strip.layout(gtx, h) }

// Side draws what lies at the right of the images.
func (p *Lesson) Side(gtx layout.Context, h Host) layout.Dimensions {
	widget.Fill(gtx, h.Panel, image.Rectangle{Max: gtx.Constraints.Max})
	switch {
	case h.State.Lesson.Play == nil:
		return p.lab.layout(gtx, h)
	case h.State.Lesson.Play.Way == model.Tour:
		return p.tour.layout(gtx, h)
	case h.State.Blind():
		return p.ask.layout(gtx, h)
	}
	return p.said.layout(gtx, h)
}
