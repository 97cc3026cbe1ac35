package i18n

// The workspace of many cases.
var (
	CohortTab      = Text{"Cohort", "Cohorte"}
	NoCohort       = Text{"no cohort is open", "aucune cohorte n’est ouverte"}
	NoRowChosen    = Text{"no row is chosen", "aucune ligne n’est choisie"}
	CohortOpen     = Text{"Open a cohort", "Ouvrir une cohorte"}
	CohortWhat     = Text{"The results of “vertefill cohort run”: the folder given with --out. A vertebra is a row; a click on a row or a point opens its case at the finding.", "Les résultats de « vertefill cohort run »\u202f: le dossier donné par --out. Une vertèbre est une ligne\u202f; un clic sur une ligne ou un point ouvre le cas à la trouvaille."}
	CohortPath     = Text{"Folder of the results", "Dossier des résultats"}
	OpenIt         = Text{"Open", "Ouvrir"}
	ReadingCohort  = Text{"Reading the cohort", "Lecture de la cohorte"}
	CohortFailed   = Text{"The cohort could not be read: {why}", "La cohorte n’a pas pu être lue\u202f: {why}"}
	CohortTitle    = Text{"Cohort “{name}”", "Cohorte «\u00a0{name}\u00a0»"}
	CohortSize     = Text{"{cases} cases, {rows} vertebrae", "{cases} cas, {rows} vertèbres"}
	FindCase       = Text{"Find a case", "Chercher un cas"}
	FilterRows     = Text{"Filter", "Filtrer"}
	ShowingRows    = Text{"Showing", "Affichage"}
	AllRows        = Text{"all rows", "toutes les lignes"}
	RowsOf         = Text{"{n} of {total} rows", "{n} sur {total} lignes"}
	TreatedLevels  = Text{"Treated levels", "Niveaux traités"}
	WithLeak       = Text{"With a leak", "Avec fuite"}
	ToCheck        = Text{"To check", "À vérifier"}
	ThinSlices     = Text{"Slices ≤ 1.25 mm", "Coupes ≤ 1,25 mm"}
	SaveRows       = Text{"Write the rows (CSV)", "Écrire les lignes (CSV)"}
	CopyRows       = Text{"Copy the rows", "Copier les lignes"}
	OpenCaseOf     = Text{"Open the case of the row", "Ouvrir le cas de la ligne"}
	CaseImagesGone = Text{"The images of {case} are not named in its results.", "Les images de {case} ne sont pas nommées dans ses résultats."}
	ColCase        = Text{"Case", "Cas"}
	ColBody        = Text{"Body mL", "Corps mL"}
	ColCement      = Text{"Cement mL", "Ciment mL"}
	ColFill        = Text{"Fill %", "Rempl.\u202f%"}
	ColInterval    = Text{"90 % interval", "intervalle 90\u202f%"}
	ColLeak        = Text{"Leak mL", "Fuite mL"}
	ColState       = Text{"State", "État"}
	StateGood      = Text{"Measured", "Mesuré"}
	StateCheck     = Text{"Check", "À vérifier"}
	StateWithheld  = Text{"Withheld", "Retenu"}
	StateFailed    = Text{"Failed", "Échec"}
	MedianOf       = Text{"Median of {n}", "Médiane de {n}"}
	MedianBody     = Text{"body {n}", "corps {n}"}
	MedianCement   = Text{"cement {n}", "ciment {n}"}
	MedianFill     = Text{"fill {n} [5th {a} – 95th {b}]", "remplissage {n} [5e {a} – 95e {b}]"}
	LeaksIn        = Text{"leaks in {n} of levels", "fuites dans {n} des niveaux"}
	FillByLevel    = Text{"Fill by level, %", "Remplissage par niveau,\u202f%"}
	FillByHow      = Text{"median, quartiles, 5th to 95th; n below", "médiane, quartiles, 5e à 95e\u202f; n dessous"}
	AgreementPlot  = Text{"Agreement of fill, points", "Accord du remplissage, points"}
	AgreementOf    = Text{"{n} vertebrae · ICC {icc} [{a}–{b}]", "{n} vertèbres · CCI {icc} [{a}–{b}]"}
	AgreementAxis  = Text{"mean of both, fill %", "moyenne des deux, remplissage\u202f%"}
	AgreementOther = Text{"{name} minus this cohort. Lines: bias and limits of agreement.", "{name} moins cette cohorte. Lignes\u202f: biais et limites d’agrément."}
	AgreementFew   = Text{"No limits: {why}", "Pas de limites\u202f: {why}"}
	AgreementNone  = Text{"Compare with a second reading: results of another run, or the folder of a reader’s signed sessions or tables.", "Comparez avec une seconde lecture\u202f: résultats d’une autre exécution, ou dossier des sessions signées ou des tableaux d’un lecteur."}
	OtherReading   = Text{"Folder of the other reading", "Dossier de l’autre lecture"}
	RowsSaved      = Text{"Rows written to {path}.", "Lignes écrites dans {path}."}
	NoRows         = Text{"No row passes the filter.", "Aucune ligne ne passe le filtre."}
)
