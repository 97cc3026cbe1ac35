package i18n

// Comparing pre and post, windows, ways of showing.
var (
	Comparing    = Text{"Compare", "Comparer"}
	CompareSwipe = Text{"Swipe pre and post", "Volet avant et après"}
	SwipeSense   = Text{"pre left of the line, post right of it", "avant à gauche de la ligne, après à droite"}
	CompareBlend = Text{"Blend pre and post", "Mélanger avant et après"}
	CompareDiff  = Text{"Post minus registered pre", "Après moins avant recalé"}
	DiffSense    = Text{"in colours", "en couleurs"}
	PostMinusPre = Text{"POST − PRE", "POST − PRE"}
	HoldFlicker  = Text{"B, held", "B, tenu"}
	FlickerDoes  = Text{"the other CT in every view", "l’autre scanner dans chaque vue"}
	LinkSlices   = Text{"Link the slices", "Lier les coupes"}
	LinkZoom     = Text{"Link zoom and place", "Lier le zoom et la position"}
	LinkWindow   = Text{"Link the windows", "Lier les fenêtres"}
	LinkCross    = Text{"Crosshair in both CTs", "Croix dans les deux scanners"}
	LinkHand     = Text{"Align by hand: the crosshairs are one point", "Aligner à la main\u202f: les croix sont un même point"}
	HandSense    = Text{"unlink, point at the same place in both, then this", "délier, montrer le même endroit dans les deux, puis ceci"}
	LinkAuto     = Text{"Forget the alignment by hand", "Oublier l’alignement à la main"}
	NotByHand    = Text{"not aligned by hand", "pas aligné à la main"}
	UnlinkFirst  = Text{"unlink the views first", "délier d’abord les vues"}
	LinkParts    = Text{"Parts of the link", "Parties du lien"}

	FileWindow    = Text{"DICOM window", "Fenêtre DICOM"}
	NoFileWindow  = Text{"the files give no window", "les fichiers ne donnent pas de fenêtre"}
	ClipMarks     = Text{"Mark what the window clips", "Marquer ce que la fenêtre écrête"}
	ClipSense     = Text{"amber above, blue below", "ambre au-dessus, bleu au-dessous"}
	ClippedAt     = Text{"clipped above {n}", "écrêté au-dessus de {n}"}
	Histogram     = Text{"Histogram and window", "Histogramme et fenêtre"}
	HistogramBars = Text{"CT numbers of the volume", "Densités du volume"}
	LowHandle     = Text{"black below", "noir au-dessous"}
	HighHandle    = Text{"white above", "blanc au-dessus"}
	BoxWindow     = Text{"Ctrl + box", "Ctrl + cadre"}
	BoxDoes       = Text{"best window for the region", "meilleure fenêtre pour la région"}

	Lens            = Text{"Magnifier", "Loupe"}
	Interpolation   = Text{"Interpolation: linear, nearest, cubic", "Interpolation\u202f: linéaire, plus proche, cubique"}
	Straighten      = Text{"Straightened view along the spine", "Vue redressée le long du rachis"}
	StraightenSense = Text{"lengths along the spine are true", "les longueurs le long du rachis sont vraies"}
	StraightTag     = Text{"straightened", "redressée"}
	RowOfPlanes     = Text{"Three planes in a row", "Trois plans en ligne"}
	NextSolid       = Text{"3D: surfaces, bone, glass, cement, soft, MIP", "3D\u202f: surfaces, os, verre, ciment, mou, MIP"}
	CutWord         = Text{"Cut", "Coupe"}
	FromLeft        = Text{"3D from the left", "3D de gauche"}
	FromBehind      = Text{"3D from behind", "3D de dos"}
	FromHead        = Text{"3D from the head", "3D du haut"}
	LookSurfaces    = Text{"surfaces", "surfaces"}
	LookBone        = Text{"bone", "os"}
	LookGlass       = Text{"glass", "verre"}
	LookCement      = Text{"cement", "ciment"}
	LookSoft        = Text{"soft tissue", "parties molles"}
	LookMIP         = Text{"MIP", "MIP"}
	NearestCorner   = Text{"nearest", "plus proche"}
	CubicCorner     = Text{"cubic", "cubique"}
	NotARun         = Text{"this series is no run", "cette série n’est pas une scopie"}
	NotAVolume      = Text{"this series is no volume", "cette série n’est pas un volume"}
	SeriesChanged   = Text{"The series was changed. Analyse again for new numbers.", "La série a changé. Relancez l’analyse pour de nouvelles valeurs."}
	MidPlane        = Text{"mid-plane, {n} {side}", "plan médian, {n} {side}"}
	MidHeight       = Text{"mid-height, {n} {side}", "mi-hauteur, {n} {side}"}
	BodyCentre      = Text{"body centre, {n} {side}", "centre du corps, {n} {side}"}
	SideLeft        = Text{"left", "à gauche"}
	SideRight       = Text{"right", "à droite"}
	SideUp          = Text{"up", "vers le haut"}
	SideDown        = Text{"down", "vers le bas"}
	SideBack        = Text{"behind", "en arrière"}
	SideFront       = Text{"in front", "en avant"}
	TiltRot         = Text{"tilt {a}° · rot {b}°", "bascule {a}° · rot {b}°"}
	NoSliceAt       = Text{"No image at {where}", "Pas d’image à {where}"}
	MissingHere     = Text{"Slices are missing here. Nothing is drawn in their place.", "Des coupes manquent ici. Rien n’est dessiné à leur place."}
	CorruptHere     = Text{"This slice cannot be read. It is drawn hatched.", "Cette coupe est illisible. Elle est hachurée."}
	GapHere         = Text{"{n} slices missing, {mm}", "{n} coupes manquantes, {mm}"}
)
