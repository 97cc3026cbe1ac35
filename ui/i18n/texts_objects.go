package i18n

// Files of others shown over the images.
var (
	ObjectShown      = Text{"{name} is shown over the images: {n} regions.", "{name} est affiché sur les images\u202f: {n} régions."}
	ObjectAgrees     = Text{"Theirs {theirs}, cement found {ours}, Dice {dice}.", "La leur {theirs}, ciment trouvé {ours}, Dice {dice}."}
	ObjectRefused    = Text{"The file is not shown: {why}", "Le fichier n’est pas affiché\u202f: {why}"}
	HideObjects      = Text{"Files over the images: hide or show", "Fichiers sur les images\u202f: masquer ou afficher"}
	HideObjectsSense = Text{"Segmentations, contours, presentation states and reports that were opened over the study", "Segmentations, contours, états de présentation et comptes rendus ouverts sur l’examen"}
	DropObjects      = Text{"Files over the images: take away", "Fichiers sur les images\u202f: retirer"}
	NoObject         = Text{"no file is shown over the images", "aucun fichier n’est affiché sur les images"}
)
