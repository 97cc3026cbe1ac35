package i18n

// Texts of recent studies, of what folders hold, and of files left out.
var (
	Contains        = Text{"Contains", "Contient"}
	SeriesOne       = Text{"1 series", "1 série"}
	SeriesN         = Text{"{n} series", "{n} séries"}
	SeriesAtLeast   = Text{"{n}+ series", "{n}+ séries"}
	StudiesN        = Text{"{n} studies", "{n} études"}
	StudiesAtLeast  = Text{"{n}+ studies", "{n}+ études"}
	OpenedToday     = Text{"Opened today {time}", "Ouverte aujourd’hui {time}"}
	OpenedOn        = Text{"Opened {date}", "Ouverte le {date}"}
	NotAnalysedYet  = Text{"not analysed", "non analysée"}
	AnalysedChip    = Text{"Analysed", "Analysée"}
	ChecksOne       = Text{"1 check", "1 à vérifier"}
	ChecksN         = Text{"{n} checks", "{n} à vérifier"}
	SignedChip      = Text{"Signed", "Signée"}
	ScannedFits     = Text{"scanned in {s} s · {mb} MB · fits in memory", "lu en {s} s · {mb} Mo · tient en mémoire"}
	ScannedLarge    = Text{"scanned in {s} s · {mb} MB · more than the {free} free", "lu en {s} s · {mb} Mo · plus que les {free} libres"}
	MemoryOf        = Text{"Memory {used} of {total}", "Mémoire {used} sur {total}"}
	ShowList        = Text{"Show list", "Voir la liste"}
	ShowWhatTheyAre = Text{"Show what they are", "Voir ce qu’ils sont"}
	LeftTitle       = Text{"Files that are not used", "Fichiers non utilisés"}
	LeftMore        = Text{"The first {n} of {total}.", "Les {n} premiers sur {total}."}
	LeftNone        = Text{"Nothing was left out.", "Rien n’a été écarté."}
	FramesCount     = Text{"{n} frames", "{n} images"}
	FromDetector    = Text{"mm at detector only: no calibration in the file", "mm au détecteur seulement\u202f: pas de calibration dans le fichier"}
	FromGeometry    = Text{"mm (calibrated)", "mm (calibré)"}
	FromEstimate    = Text{"mm (estimate): magnification from the distances in the file", "mm (estimation)\u202f: agrandissement d’après les distances du fichier"}
	FromNothing     = Text{"px only: the file gives no pixel size", "px seulement\u202f: le fichier ne donne pas la taille des pixels"}
	FromConflict    = Text{"two magnification factors disagree: no mm", "deux facteurs d’agrandissement se contredisent\u202f: pas de mm"}
	NamesInRecent   = Text{"Names in recent studies", "Noms dans les études récentes"}
	NamesKept       = Text{"kept", "gardés"}
	NamesForgotten  = Text{"not kept", "non gardés"}
)
