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
	PostNeeded       = Text{"The post CT is what is measured.", "Le scanner POST est celui qui est mesuré."}
)
