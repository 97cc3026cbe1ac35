package teach

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/unit"
)

// CaseFile is the file of a case's folder that says what it is; the images lie beside it.
const CaseFile = "case.json"

// builtin is a case that is made on this machine when it is first wanted.
type builtin struct {
	id         string
	difficulty int
	seed       uint64
	options    phantom.Options
	title      Words
	history    Words
	points     []Words
}

// field is the field of view of the built-in cases from one level to another.
func field(first, last anatomy.Level, plan ...phantom.Treatment) phantom.Options {
	return phantom.Options{
		First: first, Last: last, Matrix: 288, FOVMM: 170, SliceMM: 1.25, SpacingMM: 1.25, FWHMMM: 0.9, NoiseHU: 20, PreSliceMM: 1.25,
		Fractures: []phantom.Fracture{}, Plan: plan,
	}
}

func treated(l anatomy.Level, fill float64, leaks ...phantom.LeakPlan) phantom.Treatment {
	return phantom.Treatment{Level: l, Fill: unit.Fraction(fill), PlateauHU: 2400, Leaks: leaks}
}

func into(c anatomy.Compartment, ml float64) phantom.LeakPlan {
	return phantom.LeakPlan{Compartment: c, ML: unit.ML(ml)}
}

// builtins are ten phantoms from a plain filling to a leak into the canal, in the order of learning.
var builtins = []builtin{
	{"01-plain", 1, 101, field(anatomy.T12, anatomy.L1.Below(1), phantom.Treatment{Level: anatomy.L1, Fill: 0.24, PlateauHU: 2400, Bipedicular: true}),
		Words{"Filling from both sides", "Remplissage par les deux côtés"},
		Words{"Woman, 74 years. Osteoporotic compression, painful for five weeks. Both pedicles were used. The uppermost whole vertebra is T12.", "Femme, 74 ans. Tassement ostéoporotique, douloureux depuis cinq semaines. Abord par les deux pédicules. La vertèbre entière la plus haute est T12."},
		[]Words{{"Use the Cement window before judging how much there is.", "Passer en fenêtre Ciment avant de juger la quantité."}, {"The fill is a share of the whole body, not of what is in one slice.", "Le taux de remplissage porte sur tout le corps, pas sur une coupe."}}},
	{"02-one-side", 1, 102, field(anatomy.T9.Below(1), anatomy.T12, treated(anatomy.T11, 0.15)),
		Words{"Cement on one side", "Ciment d’un seul côté"},
		Words{"Man, 69 years. Compression after a fall. One pedicle was used. The uppermost whole vertebra is T10.", "Homme, 69 ans. Tassement après une chute. Abord par un seul pédicule. La vertèbre entière la plus haute est T10."},
		[]Words{{"Look whether cement crosses the midline: the shares left and right say how even it is.", "Voir si le ciment franchit la ligne médiane : les parts gauche et droite disent sa répartition."}, {"A small mass looks larger than it is in a bone window.", "Une petite masse paraît plus grande qu’elle n’est en fenêtre os."}}},
	{"03-disc-below", 1, 103, field(anatomy.T12, anatomy.L3, treated(anatomy.L1.Below(1), 0.22, into(anatomy.DiscInferior, 0.35))),
		Words{"Cement in the disc below", "Ciment dans le disque sous-jacent"},
		Words{"Woman, 81 years. Endplate broken. Control CT on the same day. The uppermost whole vertebra is T12.", "Femme, 81 ans. Plateau rompu. Scanner de contrôle le jour même. La vertèbre entière la plus haute est T12."},
		[]Words{{"Disc leaks show best in sagittal and coronal planes along the vertebra.", "Les fuites discales se voient le mieux en sagittal et en coronal dans l’axe de la vertèbre."}, {"Their reach towards the next endplate is what the report gives.", "Leur extension vers le plateau voisin est ce que donne le compte rendu."}}},
	{"04-vein", 2, 104, field(anatomy.T9.Below(-1), anatomy.T11, treated(anatomy.T9, 0.26, into(anatomy.ParavertebralVein, 0.25))),
		Words{"A vein beside the body", "Une veine à côté du corps"},
		Words{"Woman, 66 years. Metastasis. The operator stopped when a thin line appeared in lateral view. The uppermost whole vertebra is T8.", "Femme, 66 ans. Métastase. L’opérateur a arrêté quand un trait fin est apparu de profil. La vertèbre entière la plus haute est T8."},
		[]Words{{"A vein is long and thin: follow it to its end, which may lie several slices away.", "Une veine est longue et fine : la suivre jusqu’à son bout, parfois plusieurs coupes plus loin."}, {"Thick slices hide thin veins: their density is shared with fat.", "Les coupes épaisses cachent les veines fines : leur densité se partage avec la graisse."}}},
	{"05-old-cement", 2, 105, field(anatomy.T9.Below(-1), anatomy.T12, treated(anatomy.T9, 0.2), phantom.Treatment{Level: anatomy.T10, Fill: 0.18, PlateauHU: 2000, Prior: true}),
		Words{"Cement from last year", "Ciment de l’an dernier"},
		Words{"Man, 62 years, myeloma. One level was treated a year ago, another today. The uppermost whole vertebra is T8.", "Homme, 62 ans, myélome. Un niveau traité il y a un an, un autre aujourd’hui. La vertèbre entière la plus haute est T8."},
		[]Words{{"Compare with the CT from before: what is there already is neither leak nor fill of today.", "Comparer au scanner d’avant : ce qui y est déjà n’est ni fuite ni remplissage du jour."}}},
	{"06-canal", 2, 106, field(anatomy.T12, anatomy.L1.Below(1), treated(anatomy.L1, 0.28, into(anatomy.Canal, 0.3))),
		Words{"Cement in the canal", "Ciment dans le canal"},
		Words{"Woman, 70 years. Posterior wall thinned by a lesion. The uppermost whole vertebra is T12.", "Femme, 70 ans. Mur postérieur aminci par une lésion. La vertèbre entière la plus haute est T12."},
		[]Words{{"The posterior wall comes first: every slice, in axial view, before anything else.", "Le mur postérieur d’abord : chaque coupe, en axial, avant tout le reste."}, {"Depth and share of the canal are measured in its narrowest slice; they say nothing of symptoms.", "La profondeur et la part du canal se mesurent sur la coupe la plus étroite ; elles ne disent rien des symptômes."}}},
	{"07-foramen", 3, 107, field(anatomy.T12, anatomy.L3, treated(anatomy.L1.Below(1), 0.25, into(anatomy.Foramen, 0.2))),
		Words{"Cement in a foramen", "Ciment dans un foramen"},
		Words{"Man, 77 years. Pain in the thigh since the procedure. The uppermost whole vertebra is T12.", "Homme, 77 ans. Douleur de cuisse depuis le geste. La vertèbre entière la plus haute est T12."},
		[]Words{{"Foramina are read in sagittal planes off the midline, below each pedicle.", "Les foramens se lisent en sagittal hors de la ligne médiane, sous chaque pédicule."}}},
	{"08-needle-track", 2, 108, field(anatomy.T11, anatomy.L1, treated(anatomy.T12, 0.2, into(anatomy.NeedleTrack, 0.3))),
		Words{"The way of the needle", "Le trajet de l’aiguille"},
		Words{"Woman, 79 years. The trocar was drawn back before the cement had set. The uppermost whole vertebra is T11.", "Femme, 79 ans. Le trocart a été retiré avant la prise du ciment. La vertèbre entière la plus haute est T11."},
		[]Words{{"A straight line from the pedicle to the skin is a tail along the needle.", "Une ligne droite du pédicule vers la peau est une traînée le long de l’aiguille."}, {"Cement inside the pedicle itself is neither fill nor leak.", "Le ciment dans le pédicule lui-même n’est ni remplissage ni fuite."}}},
	{"09-two-ways", 3, 109, field(anatomy.T9.Below(-1), anatomy.T11, treated(anatomy.T9, 0.3, into(anatomy.Canal, 0.12), into(anatomy.ParavertebralVein, 0.15))),
		Words{"Two ways out", "Deux voies de fuite"},
		Words{"Woman, 58 years. Metastasis of breast cancer, wall broken. The uppermost whole vertebra is T8.", "Femme, 58 ans. Métastase de cancer du sein, mur rompu. La vertèbre entière la plus haute est T8."},
		[]Words{{"Finding one leak is no reason to stop looking.", "Trouver une fuite n’est pas une raison d’arrêter de chercher."}}},
	{"10-thick-slices", 3, 110, thick(field(anatomy.T12, anatomy.L3, treated(anatomy.L1, 0.24, into(anatomy.ParavertebralVein, 0.08)), treated(anatomy.L1.Below(1), 0.18))),
		Words{"Two levels in thick slices", "Deux niveaux en coupes épaisses"},
		Words{"Woman, 83 years. Two levels in one session. Only slices of 3 mm were kept. The uppermost whole vertebra is T12.", "Femme, 83 ans. Deux niveaux en une séance. Seules des coupes de 3 mm ont été gardées. La vertèbre entière la plus haute est T12."},
		[]Words{{"In slices of 3 mm a vein of 1 mm keeps a third of its density: thin slices must be asked for.", "En coupes de 3 mm, une veine de 1 mm garde un tiers de sa densité : il faut demander des coupes fines."}, {"Fill changes little with thickness, small leaks change much.", "Le remplissage change peu avec l’épaisseur, les petites fuites beaucoup."}}},
}

func thick(o phantom.Options) phantom.Options {
	o.SliceMM, o.SpacingMM = 3, 3
	return o
}

// Builtin lists the built-in cases without their references, which exist once the images are made.
func Builtin() []Case {
	var out []Case
	for _, b := range builtins {
		out = append(out, Case{ID: b.id, Title: b.title, History: b.history, Points: b.points, Difficulty: b.difficulty, Source: "phantom"})
	}
	return out
}

// MakeBuiltin makes a built-in case in dir, or takes the one that is there: images as DICOM and case.json. It takes some seconds.
func MakeBuiltin(ctx context.Context, id, dir string) (*Case, error) {
	for i, b := range builtins {
		if b.id != id {
			continue
		}
		at := filepath.Join(dir, id)
		if c, err := Open(at); err == nil {
			return c, nil
		}
		made, err := phantom.NewContext(ctx, b.seed, b.options)
		if err != nil {
			return nil, fmt.Errorf("teach: case %s: %w", id, err)
		}
		c := Builtin()[i]
		c.Reference = FromTruth(made.Truth)
		return &c, c.write(at, func(tmp string) error {
			if err := made.Write(ctx, tmp); err != nil {
				return err
			}
			c.Steps = tour(&c, made.Truth) // the run is known once it is written
			return nil
		})
	}
	return nil, fmt.Errorf("teach: there is no built-in case %q", id)
}

// Open reads the case of a folder.
func Open(dir string) (*Case, error) {
	b, err := os.ReadFile(filepath.Join(dir, CaseFile))
	if err != nil {
		return nil, fmt.Errorf("teach: %w", err)
	}
	var c Case
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("teach: %w: %s: %w", ErrCase, filepath.Join(dir, CaseFile), err)
	}
	return &c, c.Check()
}

// write makes the folder of a case: the images first, then case.json, and moves it to its place in one step.
func (c *Case) write(dir string, images func(tmp string) error) error {
	if err := c.Check(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("teach: %w", err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".making-")
	if err != nil {
		return fmt.Errorf("teach: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := images(tmp); err != nil {
		return fmt.Errorf("teach: case %s: %w", c.ID, err)
	}
	err = c.writeFile(tmp)
	if err == nil {
		err = os.Chmod(tmp, 0o755)
	}
	if err == nil {
		err = os.Rename(tmp, dir)
	}
	if err != nil {
		return fmt.Errorf("teach: case %s: %w", c.ID, err)
	}
	return nil
}

// writeFile writes case.json into the folder of the case.
func (c *Case) writeFile(dir string) error {
	return export.WriteFile(filepath.Join(dir, CaseFile), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(c)
	})
}

// WriteSteps puts other steps in the place of the tour of the case in a folder. Steps that could not be shown are refused.
func WriteSteps(dir string, steps []Step) error {
	c, err := Open(dir)
	if err != nil {
		return err
	}
	c.Steps = steps
	if err := c.Check(); err != nil {
		return err
	}
	return c.writeFile(dir)
}
