package i18n

// Texts of editing masks and of the reading tools beside it.
var (
	HandScissors    = Text{"Scissors", "Ciseaux"}
	HandSmooth      = Text{"Smooth", "Lisser"}
	MoreHands       = Text{"More on cement", "Autres outils du ciment"}
	EditCut         = Text{"Cement: scissors", "Ciment\u202f: ciseaux"}
	EditSmooth      = Text{"Cement: smooth", "Ciment\u202f: lisser"}
	EditBodyCut     = Text{"Body: scissors", "Corps\u202f: ciseaux"}
	EditBodySmooth  = Text{"Body: smooth", "Corps\u202f: lisser"}
	CutSense        = Text{"draw an outline: what lies within goes, along the line of sight", "tracer un contour\u202f: ce qu’il contient part, dans l’axe de la vue"}
	GrowSense       = Text{"click on cement: what is connected and as dense joins it", "cliquer dans le ciment\u202f: ce qui le touche et est aussi dense s’y ajoute"}
	WindowSense     = Text{"brush and eraser touch only the CT numbers that the window shows", "pinceau et gomme ne touchent que les UH visibles dans la fenêtre"}
	FlatBrush       = Text{"Flat brush, one slice", "Pinceau plat, une coupe"}
	FlatSense       = Text{"a disc in the plane of the view in place of a ball", "un disque dans le plan de la vue au lieu d’une boule"}
	HandKeep        = Text{"Keep only this island", "Garder seulement cet îlot"}
	KeepSense       = Text{"other cement of the vertebra goes", "le reste du ciment de la vertèbre part"}
	HandBetween     = Text{"Fill between two slices", "Remplir entre deux coupes"}
	BetweenSense    = Text{"in the shape of the last two places painted", "dans la forme des deux derniers endroits peints"}
	HandInside      = Text{"Only inside the body", "Seulement dans le corps"}
	InsideSense     = Text{"cement of the vertebra outside its body goes", "le ciment de la vertèbre hors du corps part"}
	HandOutside     = Text{"Only outside the body", "Seulement hors du corps"}
	OutsideSense    = Text{"cement inside the body goes", "le ciment dans le corps part"}
	EditKeep        = Text{"One island kept", "Un seul îlot gardé"}
	EditBetween     = Text{"Filled between slices", "Rempli entre deux coupes"}
	EditInside      = Text{"Cement outside the body removed", "Ciment hors du corps retiré"}
	EditOutside     = Text{"Cement inside the body removed", "Ciment dans le corps retiré"}
	NeedsTwoSlices  = Text{"Paint cement on two slices first.", "Peindre d’abord du ciment sur deux coupes."}
	NeedsHand       = Text{"Begin a correction first.", "Commencer d’abord une correction."}
	CutMissed       = Text{"The outline holds no surface of the body, or its middle. Nothing was changed.", "Le contour ne contient pas de surface du corps, ou contient son milieu. Rien n’a été changé."}
	HURange         = Text{"{low} to {high} {unit}", "{low} à {high} {unit}"}
	Recomputed      = Text{"computed in {n} ms", "recalcul {n} ms"}
	MovedUp         = Text{"{mm} mm up", "{mm} mm vers le haut"}
	MovedDown       = Text{"{mm} mm down", "{mm} mm vers le bas"}
	MovedForward    = Text{"{mm} mm forward", "{mm} mm vers l’avant"}
	MovedBack       = Text{"{mm} mm backward", "{mm} mm vers l’arrière"}
	MovedLeft       = Text{"{mm} mm to the left", "{mm} mm vers la gauche"}
	MovedRight      = Text{"{mm} mm to the right", "{mm} mm vers la droite"}
	BodyChange      = Text{"body {ml} mL · fill {n} pt", "corps {ml} mL · remplissage {n} pt"}
	PlanesBack      = Text{"Turn the planes back", "Remettre les plans droits"}
	PlanesBackSense = Text{"planes are turned by the dots on the crosshair", "les points de la croix font tourner les plans"}
	NotOblique      = Text{"The planes are not turned.", "Les plans ne sont pas tournés."}
	ObliqueBy       = Text{"oblique {n}°", "oblique {n}°"}
	ForgetImages    = Text{"Take all key images out", "Retirer toutes les images clés"}
	NoImagesKept    = Text{"No key image is kept.", "Aucune image clé n’est gardée."}
)
