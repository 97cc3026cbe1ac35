package i18n

// Joining and splitting series, and folders that are still being read.
var (
	SplitVolumes  = Text{"Show its {n} volumes apart", "Montrer ses {n} volumes séparément"}
	SplitByWay    = Text{"Split by {way}", "Séparer selon {way}"}
	JoinVolumes   = Text{"Join its {n} volumes", "Réunir ses {n} volumes"}
	JoinWith      = Text{"Join with series {n}", "Réunir avec la série {n}"}
	NotRegrouped  = Text{"Not joined: {why}.", "Non réunies\u202f: {why}."}
	BothShown     = Text{"one is the pre CT, the other the control CT", "l’une est le scanner d’avant, l’autre celui de contrôle"}
	PartOfSeries  = Text{"Set apart by hand.", "Séparée à la main."}
	StillScanning = Text{"Still looking into the folder. What is listed can be opened now.", "La lecture du dossier continue. Ce qui est listé peut déjà être ouvert."}
	SkippedWhy    = Text{"{n}: {why}", "{n}\u202f: {why}"}
	ScanAdded     = Text{"The folder is read: {n} series.", "Le dossier est lu\u202f: {n} séries."}
)
