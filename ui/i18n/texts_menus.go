package i18n

// Texts of the context menus.
var (
	GoTo             = Text{"Go to {level}", "Aller à {level}"}
	CopyValue        = Text{"Copy value, {value}", "Copier la valeur, {value}"}
	HideOverlays     = Text{"Hide overlays", "Cacher les contours"}
	ShowOverlays     = Text{"Show overlays", "Montrer les contours"}
	ExportView       = Text{"Export image", "Exporter l’image"}
	ViewWritten      = Text{"Image written: {path}", "Image écrite\u202f: {path}"}
	LeakNote         = Text{"Note on the leak", "Note sur la fuite"}
	BodyAutomatic    = Text{"Reset to automatic", "Revenir à l’automatique"}
	NotCorrectedHere = Text{"Nothing was corrected here.", "Rien n’a été corrigé ici."}
	AlignTo          = Text{"Align planes to {level}", "Aligner les plans sur {level}"}
	CorrectLevel     = Text{"Correct {level}", "Corriger {level}"}
	RenameNamed      = Text{"Rename {level}", "Renommer {level}"}
	RemoveNamed      = Text{"Exclude {level}", "Exclure {level}"}
	UseAsRun         = Text{"Use as fluoroscopy", "Utiliser comme scopie"}
	UseAsNothing     = Text{"Do not use", "Ne pas utiliser"}
	ShowInView       = Text{"Show in the view", "Montrer dans la vue"}
	DICOMHeader      = Text{"DICOM header", "En-tête DICOM"}
	WhyRole          = Text{"Why: {why}", "Pourquoi\u202f: {why}"}
	HeaderSearch     = Text{"Tag, name or value", "Balise, nom ou valeur"}
	HeaderCount      = Text{"{n} of {total} elements", "{n} éléments sur {total}"}
	HeaderOf         = Text{"{series}, first image", "{series}, première image"}
	HeaderFailed     = Text{"The header cannot be read: {why}", "L’en-tête est illisible\u202f: {why}"}
	HeaderHidden     = Text{"Names are hidden while the view is anonymised.", "Les noms sont cachés tant que l’affichage est anonymisé."}
	GoToVertebra     = Text{"Go to vertebra {level}", "Aller à la vertèbre {level}"}
	PalettePrefixes  = Text{"Type > for files, # for levels, @ for leaks", "Taper > pour les fichiers, # les niveaux, @ les fuites"}
	SeedFrom         = Text{"Analyse from the body at the crosshair", "Analyser depuis le corps à la croix"}
	SeedFromSense    = Text{"for vertebrae that were not found, or are all wrongly named", "quand les vertèbres ne sont pas trouvées, ou toutes mal nommées"}
	NotFound         = Text{"The vertebrae could not be found. Put the crosshair into one body and name it; the analysis starts from there.", "Les vertèbres n’ont pas été trouvées. Mettez la croix dans un corps et nommez-le\u202f; l’analyse repart de là."}
	SeedHere         = Text{"Name the body at the crosshair", "Nommer le corps à la croix"}
	PostNeeded       = Text{"The post CT is what is measured.", "Le scanner POST est celui qui est mesuré."}
)
