package i18n

// Texts of the settings.
var (
	TabGeneral     = Text{"General", "Général"}
	TabWindows     = Text{"Windows", "Fenêtres"}
	TabLimits      = Text{"Attention limits", "Limites d’attention"}
	WindowsText    = Text{"Width and centre of the windows under the keys 1 to 4, in HU.", "Largeur et centre des fenêtres des touches 1 à 4, en UH."}
	WidthOf        = Text{"width, {window}", "largeur, {window}"}
	CentreOf       = Text{"centre, {window}", "centre, {window}"}
	Width          = Text{"Width", "Largeur"}
	Centre         = Text{"Centre", "Centre"}
	ResetWindows   = Text{"Windows of the program", "Fenêtres du programme"}
	LimitsText     = Text{"By which a leak is shown as Attention or Check. They order the list and say nothing of symptoms. Used from the next analysis on.", "Ce qui classe une fuite en Attention ou À vérifier. Elles ordonnent la liste et ne disent rien des symptômes. Valables dès la prochaine analyse."}
	LimitCanalArea = Text{"Attention: share of the canal from", "Attention\u202f: part du canal à partir de"}
	LimitCanalMM   = Text{"Attention: canal encroachment from", "Attention\u202f: empiètement canalaire à partir de"}
	LimitForamen   = Text{"Attention: foraminal leak from", "Attention\u202f: fuite foraminale à partir de"}
	LimitVein      = Text{"Check: leak in a vein longer than", "À vérifier\u202f: fuite veineuse plus longue que"}
	LimitEndplate  = Text{"Check: disc leak nearer to the other body than", "À vérifier\u202f: fuite discale plus proche de l’autre corps que"}
	ResetLimits    = Text{"Limits of the program", "Limites du programme"}
	ReaderName     = Text{"Reader", "Lecteur"}
	KeysSetting    = Text{"Keyboard", "Clavier"}
	ChangeKeys     = Text{"See and change keys", "Voir et changer les touches"}
	WatchedSetting = Text{"Watched folder", "Dossier surveillé"}
	StopWatching   = Text{"Stop watching", "Ne plus surveiller"}
	NoneWatched    = Text{"none; it is chosen in the folder browser", "aucun\u202f; il se choisit dans le navigateur de dossiers"}
	VersionIs      = Text{"Version {v} · not a certified medical device", "Version {v} · dispositif médical non certifié"}
	LicenceOf      = Text{"Typeface", "Police"}
)
