package i18n

// Outlining a lytic lesion by hand.
var (
	OnLesion           = Text{"Lesion", "Lésion"}
	FillBetween        = Text{"Fill between", "Remplir entre"}
	HandOutline        = Text{"Outline", "Contour"}
	LesionOutline      = Text{"Outline a lytic lesion", "Délimiter une lésion lytique"}
	LesionOutlineOf    = Text{"Outline a lytic lesion of {level}", "Délimiter une lésion lytique de {level}"}
	LesionSense        = Text{"draw round it on a few slices, then fill between; how far cement fills it is measured apart", "l’entourer sur quelques coupes, puis remplir entre elles\u202f; son remplissage par le ciment est mesuré à part"}
	LesionBrush        = Text{"Lesion: brush", "Lésion\u202f: pinceau"}
	LesionEraser       = Text{"Lesion: eraser", "Lésion\u202f: gomme"}
	LesionCut          = Text{"Lesion: scissors", "Lésion\u202f: ciseaux"}
	LesionBetween      = Text{"Lesion: fill between two outlines", "Lésion\u202f: remplir entre deux contours"}
	LesionBetweenSense = Text{"the last two outlines that were drawn", "les deux derniers contours dessinés"}
	LesionClear        = Text{"Remove the outline of the lesion", "Retirer le contour de la lésion"}
	NeedsTwoOutlines   = Text{"Draw round the lesion on two slices first.", "Entourer d’abord la lésion sur deux coupes."}
	NoLesionHere       = Text{"No lesion is outlined here.", "Aucune lésion n’est délimitée ici."}
	LesionVolume       = Text{"Lesion outlined", "Lésion délimitée"}
	EditLesion         = Text{"Lesion outlined", "Lésion délimitée"}
	EditLesionBetween  = Text{"Lesion: between outlines", "Lésion\u202f: entre contours"}
	EditLesionClear    = Text{"Lesion removed", "Lésion retirée"}
	OutlineHint        = Text{"Draw round the lesion on two or more slices", "Entourer la lésion sur deux coupes ou plus"}
)
