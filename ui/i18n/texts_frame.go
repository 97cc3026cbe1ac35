package i18n

// The frame: workspaces, bars, settings, dialogs.
var (
	Studies     = Text{"Studies", "Études"}
	Read        = Text{"Read", "Lecture"}
	Commands    = Text{"Commands", "Commandes"}
	Settings    = Text{"Settings", "Réglages"}
	Help        = Text{"Keyboard and mouse", "Clavier et souris"}
	Ready       = Text{"Ready", "Prêt"}
	NotDevice   = Text{"not a certified medical device", "dispositif médical non certifié"}
	Language    = Text{"Language", "Langue"}
	Theme       = Text{"Theme", "Thème"}
	Dark        = Text{"Dark", "Sombre"}
	Light       = Text{"Light", "Clair"}
	Scale       = Text{"Interface scale", "Échelle de l’interface"}
	PrePosition = Text{"Place of the pre CT", "Place du scanner d’avant"}
	OnTheLeft   = Text{"left", "à gauche"}
	OnTheRight  = Text{"right", "à droite"}
	About       = Text{"About", "À propos"}
	AboutText   = Text{
		"Measures cement after vertebroplasty on CT. Nothing leaves this computer. Vertefill is free software (Apache 2.0). The typeface is cut from Inter (SIL Open Font Licence 1.1):",
		"Mesure le ciment après vertébroplastie au scanner. Rien ne quitte cet ordinateur. Vertefill est un logiciel libre (Apache 2.0). La police est tirée d’Inter (SIL Open Font Licence 1.1)\u202f:"}
	Close        = Text{"Close", "Fermer"}
	Stop         = Text{"Stop", "Arrêter"}
	Undo         = Text{"Undo", "Annuler"}
	Redo         = Text{"Redo", "Rétablir"}
	SearchKey    = Text{"Search a key", "Chercher une touche"}
	KeysFoot     = Text{"A click on a line changes its key. The same list feeds the menus, the palette and this page.", "Un clic sur une ligne change sa touche. La même liste commande les menus, la palette et cette page."}
	PressKey     = Text{"Press the new key of “{action}”. Esc keeps the old one.", "Appuyez sur la nouvelle touche de «\u202f{action}\u202f». Échap garde l’ancienne."}
	ChangeKey    = Text{"Change the key of {action}", "Changer la touche de {action}"}
	ResetKeys    = Text{"All keys as at first", "Toutes les touches d’origine"}
	KeyReserved  = Text{"This key cannot be changed.", "Cette touche ne se change pas."}
	PaletteCount = Text{"{n} of {total} commands", "{n} sur {total} commandes"}
	Choose       = Text{"choose", "choisir"}
	Run          = Text{"run", "lancer"}
	NoCommand    = Text{"No command of this name.", "Aucune commande de ce nom."}

	Looking = Text{"Look", "Regarder"}
	Finding = Text{"Find", "Trouver"}
	Program = Text{"Program", "Programme"}
	Mouse   = Text{"Mouse", "Souris"}

	KeyWheel     = Text{"Wheel", "Molette"}
	KeyLeft      = Text{"Left drag", "Clic gauche"}
	KeyMiddle    = Text{"Middle drag", "Clic milieu"}
	KeyRight     = Text{"Right drag", "Clic droit"}
	KeyDouble    = Text{"Double click", "Double clic"}
	KeyShift     = Text{"Shift", "Maj"}
	KeySpace     = Text{"Space", "Espace"}
	KeyPageUp    = Text{"PgUp", "Pg↑"}
	KeyPageDown  = Text{"PgDn", "Pg↓"}
	KeyHome      = Text{"Home", "Début"}
	KeyEnd       = Text{"End", "Fin"}
	KeyBackspace = Text{"Backspace", "Ret. arr."}
	KeyDelete    = Text{"Del", "Suppr"}
	KeyEsc       = Text{"Esc", "Échap"}

	HoldSpace  = Text{"Space, held", "Espace, tenu"}
	WheelDoes  = Text{"slice; with Shift 10", "coupe\u202f; avec Maj 10"}
	CtrlWheel  = Text{"Ctrl + wheel", "Ctrl + molette"}
	AltWheel   = Text{"Alt + wheel", "Alt + molette"}
	LeftDoes   = Text{"the tool in use; window by default", "l’outil en cours\u202f; fenêtre par défaut"}
	MiddleDoes = Text{"pan", "déplacer"}
	RightDoes  = Text{"zoom; without moving: menu", "zoomer\u202f; sans bouger\u202f: menu"}
	DoubleDoes = Text{"one view fills, again restores", "une vue en grand, puis retour"}
	ZoomDoes   = Text{"zoom", "zoomer"}
	SlabDoes   = Text{"slab thickness", "épaisseur"}
)
