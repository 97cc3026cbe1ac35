package study

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/dicomio"
)

// acquisition is all series reconstructed from one CT scan, the best for measuring first.
type acquisition struct {
	series []*Series
	when   string // date and time; empty when unknown
	dense  float64
	hint   Role // by a word in a description; empty when there is none
	word   string
}

// assign gives every series its role. forced names the series that were given for a role by path.
func (s *Study) assign(ctx context.Context, forced map[Role][]*Series) error {
	fixed := map[*Series]bool{}
	for _, r := range []Role{Post, Pre, Fluoro} {
		for _, x := range forced[r] {
			fixed[x] = true
		}
		s.force(r, forced[r])
	}
	var free []*Series
	for _, x := range s.Series {
		if !fixed[x] && (len(x.Series.Runs) > 0 || x.usable()) {
			free = append(free, x)
		}
	}
	var cts []*Series
	for _, x := range onePatient(free) {
		if len(x.Series.Runs) > 0 {
			x.projection()
		} else {
			cts = append(cts, x)
		}
	}
	groups := acquisitions(cts)
	for _, g := range groups {
		for _, x := range g.series[1:] {
			x.Reason = Reason{"The same scan as the chosen series, thicker or smoother.", "Même acquisition que la série choisie, plus épaisse ou plus douce."}
		}
	}
	if err := look(ctx, groups); err != nil {
		return err
	}
	s.choose(groups)
	return nil
}

// force gives a role to the best series of a path.
func (s *Study) force(r Role, list []*Series) {
	best := -1
	for i, x := range list {
		x.Reason = Reason{"Another series of the same path serves better.", "Une autre série du même chemin convient mieux."}
		switch {
		case r == Fluoro && len(x.Series.Runs) > 0:
			x.Role, x.Reason = r, byHand
		case r != Fluoro && x.Main() != nil && (best < 0 || better(x, list[best]) < 0):
			best = i
		}
	}
	if best >= 0 {
		list[best].Role, list[best].Reason = r, byHand
	}
}

// projection gives a run its role: several frames are a run, a single one is a picture.
func (x *Series) projection() {
	for _, r := range x.Series.Runs {
		if r.Frames > 1 {
			x.Role, x.Reason = Fluoro, Reason{"A run of X-ray pictures.", "Une série d’images radioscopiques."}
			return
		}
	}
	x.Reason = Reason{"Single X-ray pictures.", "Des radiographies isolées."}
}

// A volume shorter than this holds no vertebral body.
const (
	minSlices   = 5
	minExtentMM = 20
)

// usable reports whether a CT series holds a volume that can be measured, and says why not.
func (x *Series) usable() bool {
	m := x.Main()
	switch {
	case m == nil:
		x.Reason = Reason{"No volume in this series.", "Pas de volume dans cette série."}
	case !m.Hounsfield():
		x.Reason = Reason{"No HU scale.", "Pas d’échelle UH."}
	case m.Len() < minSlices || float64(m.Len()-1)*float64(m.Grid.DZ) < minExtentMM:
		x.Reason = Reason{"Too few slices for a vertebra.", "Trop peu de coupes pour une vertèbre."}
	case strings.Contains(m.ImageType, "MIP") || strings.Contains(m.ImageType, "PROJECTION"):
		x.Reason = Reason{"A projection of the volume, not slices.", "Une projection du volume, pas des coupes."}
	default:
		return true
	}
	return false
}

// onePatient keeps the series of the patient with the most images: two patients in one folder must never be compared.
func onePatient(list []*Series) []*Series {
	images := map[dicomio.Patient]int{}
	var most dicomio.Patient
	for _, x := range list {
		who := identity(x)
		if images[who] += x.Images; images[who] > images[most] {
			most = who
		}
	}
	return slices.DeleteFunc(list, func(x *Series) bool {
		other := identity(x) != most
		if other {
			x.Reason = Reason{"Another patient than that of the other series.", "Un autre patient que celui des autres séries."}
		}
		return other
	})
}

// identity is what tells patients apart; age changes between studies and names are written in many ways.
func identity(x *Series) dicomio.Patient {
	if x.Patient.ID != "" {
		return dicomio.Patient{ID: x.Patient.ID}
	}
	return dicomio.Patient{Name: x.Patient.Name, BirthDate: x.Patient.BirthDate}
}

// acquisitions gathers the series that show the same scan: one frame of reference, one date, overlapping places.
func acquisitions(cts []*Series) []*acquisition {
	var out []*acquisition
next:
	for _, x := range cts {
		for _, g := range out {
			if same(g.series[0], x) {
				g.series = append(g.series, x)
				continue next
			}
		}
		out = append(out, &acquisition{series: []*Series{x}})
	}
	for _, g := range out {
		slices.SortStableFunc(g.series, better)
		for _, x := range g.series {
			if t := x.Info.Date + x.Info.Time; x.Info.Date != "" && (g.when == "" || t < g.when) {
				g.when = t
			}
			if r, word := hint(x.Info.Description + " " + x.Info.Protocol); r != "" && g.hint == "" {
				g.hint, g.word = r, word
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *acquisition) int { return cmp.Compare(a.when, b.when) })
	return out
}

func same(a, b *Series) bool {
	ga, gb := a.Main().Grid, b.Main().Grid
	if a.StudyUID != b.StudyUID || ga.FrameUID != gb.FrameUID || ga.FrameUID == "" || a.Info.Date != b.Info.Date {
		return false
	}
	if r, _ := hint(a.Info.Description); r != "" {
		if q, _ := hint(b.Info.Description); q != "" && q != r {
			return false
		}
	}
	// The acquisition time is that of the scan, whatever was reconstructed from it later.
	ta, tb := seconds(a.Info.Time), seconds(b.Info.Time)
	return math.Abs(ta-tb) < 60 || math.IsNaN(ta-tb)
}

// seconds returns a DICOM time in seconds since midnight, NaN when it is none.
func seconds(tm string) float64 {
	var h, m int
	var s float64
	if n, _ := fmt.Sscanf(tm, "%2d%2d%f", &h, &m, &s); n < 2 {
		return math.NaN()
	}
	return float64(h*3600+m*60) + s
}

// better orders series of one scan for measuring: thin slices first, then the bone kernel, then original axial pictures, then more of
// them.
func better(a, b *Series) int {
	ma, mb := a.Main(), b.Main()
	thin := func(s *dicomio.Stack) float64 { return math.Round(math.Max(float64(s.Grid.DZ), s.Thickness)*4) / 4 }
	derived := func(s *dicomio.Stack) int {
		if strings.HasPrefix(s.ImageType, "DERIVED") || math.Abs(s.Grid.Normal.Z) < 0.7 {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(derived(ma), derived(mb)), cmp.Compare(thin(ma), thin(mb)), -cmp.Compare(sharpness(ma.Kernel), sharpness(mb.Kernel)),
		-cmp.Compare(ma.Len(), mb.Len()), cmp.Compare(a.UID, b.UID))
}

var siemensKernel = regexp.MustCompile(`^(?:[BHQ][A-Z]?|[BH][RV])(\d\d)`)

// sharpness sorts reconstruction kernels: 2 bone, 1 standard or unknown, 0 soft. Names: the vendors' public documents.
func sharpness(kernel string) int {
	k := strings.ToUpper(kernel)
	if m := siemensKernel.FindStringSubmatch(k); m != nil {
		switch {
		case m[1] >= "55":
			return 2
		case m[1] < "35":
			return 0
		}
		return 1
	}
	switch {
	case strings.HasPrefix(k, "BONE"), strings.HasPrefix(k, "EDGE"), strings.HasPrefix(k, "LUNG"), strings.HasPrefix(k, "FC3"), strings.HasPrefix(k, "FC8"),
		k == "D", k == "E", k == "YB", k == "YC", k == "YD":
		return 2
	case strings.HasPrefix(k, "SOFT"), k == "A", k == "SMOOTH":
		return 0
	}
	return 1
}

var hints = []struct {
	role Role
	word *regexp.Regexp
}{
	{Post, regexp.MustCompile(`(?i)\b(post|after|apr[eè]s|contr[oô]le|control|follow[- ]?up|suivi|post[- ]?op\w*|postop\w*)\b`)},
	{Pre, regexp.MustCompile(`(?i)\b(pre|pr[eé]|before|avant|preop\w*|pr[eé][- ]?op\w*|planning|bilan)\b`)},
}

// contrast are words that turn "pre" and "post" into phases of a contrast agent, not of the procedure.
var contrast = regexp.MustCompile(`(?i)\b(contrast\w*|iv|inject\w*|c\+|c-|art[eé]ri\w*|vein\w*|venous|portal\w*|gado\w*|monitoring|trigger\w*)`)

// hint reads a role from a description.
func hint(description string) (Role, string) {
	if contrast.MatchString(description) {
		return "", ""
	}
	d := strings.NewReplacer("_", " ", ".", " ").Replace(description)
	for _, h := range hints {
		if w := h.word.FindString(d); w != "" {
			return h.role, w
		}
	}
	return "", ""
}

// denseML is the least volume of dense material near the spine that speaks for cement.
const denseML = 0.3

// choose picks post and pre among the scans, which are in time.
func (s *Study) choose(groups []*acquisition) {
	var post, pre *acquisition
	take := func(ok func(*acquisition) bool) *acquisition {
		for i := len(groups) - 1; i >= 0; i-- {
			if ok(groups[i]) && groups[i] != post {
				return groups[i]
			}
		}
		return nil
	}
	if s.ByRole(Post) == nil && len(groups) > 0 {
		for _, fits := range []func(*acquisition) bool{
			func(g *acquisition) bool { return g.hint == Post && g.dense >= denseML },
			func(g *acquisition) bool { return g.hint != Pre && g.dense >= denseML },
			func(g *acquisition) bool { return g.hint == Post },
			func(g *acquisition) bool { return g.hint != Pre },
			func(*acquisition) bool { return true },
		} {
			if post = take(fits); post != nil {
				break
			}
		}
		post.series[0].Role, post.series[0].Reason = Post, postReason(post, groups)
	}
	if s.ByRole(Pre) == nil {
		when := ""
		if p := s.ByRole(Post); p != nil {
			when = p.Info.Date + p.Info.Time
		}
		pre = take(func(g *acquisition) bool { return g.hint == Pre })
		if pre == nil {
			pre = take(func(g *acquisition) bool { return g.hint == "" && g.when != "" && g.when < when })
		}
		if pre == nil && post != nil {
			// Without usable dates the scan with clearly less dense material came first.
			pre = take(func(g *acquisition) bool {
				return g.hint == "" && (g.when == "" || g.when == when) && post.dense > g.dense+denseML
			})
		}
		if pre != nil {
			pre.series[0].Role, pre.series[0].Reason = Pre, preReason(pre, when)
		}
	}
	for _, g := range groups {
		if x := g.series[0]; x.Role == Other && x.Reason.EN == "" {
			x.Reason = Reason{"Another scan serves as pre or post.", "Une autre acquisition sert d’avant ou d’après."}
		}
	}
}

func postReason(g *acquisition, all []*acquisition) Reason {
	dense := Reason{" No dense material is seen near the spine.", " Aucune matière dense n’est vue près du rachis."}
	if g.dense >= denseML {
		dense = Reason{" Dense material is seen near the spine.", " De la matière dense est vue près du rachis."}
	}
	r := Reason{"Latest CT with such material.", "Dernier scanner qui en montre."}
	switch {
	case g.hint == Post:
		r = Reason{"Described as “" + g.word + "”.", "Décrite comme «\u00a0" + g.word + "\u00a0»."}
	case len(all) == 1:
		r = Reason{"The only CT.", "Le seul scanner."}
	case g.dense < denseML:
		r = Reason{"Latest CT.", "Dernier scanner."}
	}
	return Reason{r.EN + dense.EN, r.FR + dense.FR}
}

func preReason(g *acquisition, when string) Reason {
	switch {
	case g.hint == Pre:
		return Reason{"Described as “" + g.word + "”.", "Décrite comme «\u00a0" + g.word + "\u00a0»."}
	case g.when != "" && g.when < when:
		return Reason{"Scanned before the post CT.", "Acquise avant le scanner d’après."}
	}
	return Reason{"Less dense material than in the post CT.", "Moins de matière dense que dans le scanner d’après."}
}
