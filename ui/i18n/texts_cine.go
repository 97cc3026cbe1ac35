package i18n

// Fluoroscopy runs and cine.
var (
	Cine           = Text{"Cine", "Ciné"}
	Fluoroscopy    = Text{"Fluoroscopy", "Scopie"}
	NoRun          = Text{"no fluoroscopy run is open", "pas de série de scopie"}
	PlayPause      = Text{"Play, pause", "Lecture, pause"}
	FrameBack      = Text{"Frame or slice back", "Image ou coupe précédente"}
	FrameOn        = Text{"Frame or slice on", "Image ou coupe suivante"}
	CineEnding     = Text{"At the end: loop, sweep, stop", "À la fin\u202f: boucle, va-et-vient, arrêt"}
	CineSpeed      = Text{"Speed", "Vitesse"}
	InvertRun      = Text{"Invert the run", "Inverser la série"}
	RunWindowReset = Text{"Fit the run", "Recadrer la série"}
	EndLoop        = Text{"loop", "boucle"}
	EndSweep       = Text{"sweep", "va-et-vient"}
	EndOnce        = Text{"stop at the end", "arrêt à la fin"}
	FrameOf        = Text{"frame {n} / {total} · {s} s", "image {n} / {total} · {s} s"}
	FrameRate      = Text{"{n} frames/s, clock of the file", "{n} images/s, horloge du fichier"}
	AssumedRate    = Text{"{n} frames/s assumed: the file gives no timing", "{n} images/s supposées\u202f: le fichier ne donne pas de temps"}
	LostFrames     = Text{"frames left out: {n}", "images sautées\u202f: {n}"}
	ScrubBar       = Text{"Place in the run", "Place dans la série"}
	ScaleDetector  = Text{"mm at detector", "mm au détecteur"}
	ScaleEstimate  = Text{"mm (estimate)", "mm (estimation)"}
	ScaleTrue      = Text{"mm (calibrated)", "mm (calibrés)"}
	ScalePixels    = Text{"px", "px"}
	ReadingRun     = Text{"Reading the run", "Lecture de la série"}
)
