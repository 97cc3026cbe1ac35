package i18n

// Correcting by hand: handles, brush, eraser, growth.
var (
	CorrectBody    = Text{"Correct by hand", "Corriger à la main"}
	CorrectSense   = Text{"handles, brush and eraser on body and cement", "poignées, pinceau et gomme sur le corps et le ciment"}
	CorrectOf      = Text{"Correct {level}", "Correction de {level}"}
	HandHandles    = Text{"Endplates", "Plateaux"}
	HandBrush      = Text{"Brush", "Pinceau"}
	HandEraser     = Text{"Eraser", "Gomme"}
	HandGrow       = Text{"Grow", "Croissance"}
	HandFill       = Text{"Fill holes", "Boucher les trous"}
	HandIsland     = Text{"Remove the island", "Retirer l’îlot"}
	OnBody         = Text{"Body", "Corps"}
	OnCement       = Text{"Cement", "Ciment"}
	BrushRadius    = Text{"Radius", "Rayon"}
	WithinWindow   = Text{"Only within the window", "Dans la fenêtre seulement"}
	CancelFixing   = Text{"Cancel the correction", "Annuler la correction"}
	DoneFixing     = Text{"Done", "Terminer"}
	LiveValues     = Text{"Live values", "Valeurs en direct"}
	Unchanged      = Text{"unchanged", "inchangé"}
	FillRatio      = Text{"Fill ratio", "Taux de remplissage"}
	HistoryTitle   = Text{"History", "Historique"}
	AutomaticFirst = Text{"Automatic analysis", "Analyse automatique"}
	HistoryFoot    = Text{"Every step can be undone. The automatic value stays in the report beside the corrected one.", "Chaque pas peut être annulé. La valeur automatique reste dans le compte rendu à côté de la valeur corrigée."}
	EditHandle     = Text{"Handle moved", "Poignée déplacée"}
	EditBodyBrush  = Text{"Body: brush", "Corps\u202f: pinceau"}
	EditBrush      = Text{"Cement: brush", "Ciment\u202f: pinceau"}
	EditEraser     = Text{"Cement: eraser", "Ciment\u202f: gomme"}
	EditGrow       = Text{"Cement grown", "Ciment agrandi"}
	EditIsland     = Text{"Island removed", "Îlot retiré"}
	EditFill       = Text{"Holes filled", "Trous bouchés"}
	EditRename     = Text{"Renamed {level}", "Renommée {level}"}
	EditRemove     = Text{"Vertebra excluded", "Vertèbre exclue"}
	EditOld        = Text{"Cement called old", "Ciment dit ancien"}
	EditNew        = Text{"Cement called new", "Ciment dit nouveau"}
	EditAccept     = Text{"Leak accepted", "Fuite acceptée"}
	EditReject     = Text{"Leak rejected", "Fuite rejetée"}
	EditRetype     = Text{"Leak retyped", "Type de fuite changé"}
	EditRelabel    = Text{"Leak given to {level}", "Fuite attribuée à {level}"}
	EditJoin       = Text{"Leaks joined", "Fuites jointes"}
	EditSplit      = Text{"Leak split", "Fuite coupée"}
	HandleHint     = Text{"Drag a point · Alt: whole face · Shift: fine step", "Glisser un point · Alt\u202f: toute la face · Maj\u202f: pas fin"}
	BrushHint      = Text{"Paint with the left button · Shift and wheel: radius", "Peindre avec le bouton gauche · Maj et molette\u202f: rayon"}
	ReachOf        = Text{"Reach", "Rayon d’influence"}
	WholeFace      = Text{"whole face", "toute la face"}
	Unfinished     = Text{"Correction not finished", "Correction non terminée"}
	EditSeed       = Text{"{level} added", "{level} ajoutée"}
	SeedBody       = Text{"A body was missed at the crosshair", "Un corps manque à la croix"}
	SeedSense      = Text{"it is outlined from there and named after its neighbours", "il est contouré depuis là et nommé d’après ses voisins"}
	CementNotYet   = Text{"Cement was not measured: the analysis was stopped.", "Le ciment n’a pas été mesuré\u202f: l’analyse a été arrêtée."}
	StoppedKept    = Text{"Stopped. Contours of {n} bodies are kept; cement was not measured.", "Arrêté. Les contours de {n} corps sont gardés\u202f; le ciment n’a pas été mesuré."}
	Points         = Text{"pt", "pt"}
	NextRegion     = Text{"Next part of the window", "Partie suivante de la fenêtre"}
	NextRegionHow  = Text{"bars, views, panel: Tab goes on from there", "barres, vues, panneau\u202f: Tab continue de là"}
)
