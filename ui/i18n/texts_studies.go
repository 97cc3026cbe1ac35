package i18n

// The studies workspace: empty screen, folder browser, preview.
var (
	OpenAStudy     = Text{"Open a study", "Ouvrez une étude"}
	OpenAStudyText = Text{
		"Choose the patient’s folder. Pre CT, control CT and fluoroscopy are recognised.",
		"Choisissez le dossier du patient. Le scanner d’avant, le scanner de contrôle et la scopie sont reconnus tout seuls."}
	OpenFolder     = Text{"Open a folder", "Ouvrir un dossier"}
	PastePath      = Text{"Paste a path", "Coller un chemin"}
	DemoCase       = Text{"Demonstration case", "Cas de démonstration"}
	DemoCaseText   = Text{"A digital phantom with known volumes", "Fantôme numérique aux volumes connus"}
	ByKeyboard     = Text{"By keyboard", "Au clavier"}
	ByKeyboardText = Text{"? shows all keys", "? montre toutes les touches"}
	Formats        = Text{"DICOM CT · folders and files. Nothing leaves this computer.", "DICOM TDM · dossiers et fichiers. Rien ne quitte cet ordinateur."}

	RecentStudies  = Text{"Recent studies", "Études récentes"}
	NoRecent       = Text{"Studies that you open are listed here.", "Les études ouvertes sont listées ici."}
	Path           = Text{"Path", "Chemin"}
	Name           = Text{"Name", "Nom"}
	Kind           = Text{"Type", "Type"}
	Size           = Text{"Size", "Taille"}
	FolderKind     = Text{"folder", "dossier"}
	FileKind       = Text{"file", "fichier"}
	ParentFolder   = Text{"Parent folder", "Dossier parent"}
	FolderEmpty    = Text{"This folder is empty.", "Ce dossier est vide."}
	FolderNoAccess = Text{"This folder cannot be read.", "Ce dossier ne peut pas être lu."}
	ReadInPlace    = Text{"Folders are read in place. Nothing is copied.", "Les dossiers sont lus sur place. Rien n’est copié."}
	LocalFolder    = Text{"Local folder", "Dossier local"}

	PreviewHint  = Text{"Choose a folder: its series and their roles are shown here before anything is opened.", "Choisissez un dossier\u202f: ses séries et leurs rôles s’affichent ici avant toute ouverture."}
	Scanning     = Text{"Looking into the folder", "Lecture du dossier"}
	ScannedIn    = Text{"scanned in {s} s · {mb} MB", "lu en {s} s · {mb} Mo"}
	NoImages     = Text{"No images found here. {n} files were looked at; none is a CT, XA or RF image.", "Aucune image ici. {n} fichiers lus\u202f; aucun n’est une image TDM, XA ou RF."}
	ImagesCount  = Text{"{n} images", "{n} images"}
	Why          = Text{"Why:", "Pourquoi\u202f:"}
	Role         = Text{"Role", "Rôle"}
	RolePre      = Text{"Use as PRE", "Utiliser comme PRE"}
	RolePost     = Text{"Use as POST", "Utiliser comme POST"}
	RoleNone     = Text{"Do not use", "Ne pas utiliser"}
	SetByHand    = Text{"set by hand", "choisi à la main"}
	NotUsed      = Text{"not used", "non utilisée"}
	OpenAnalyse  = Text{"Open and analyse", "Ouvrir et analyser"}
	OpenOnly     = Text{"Open", "Ouvrir"}
	Anonymise    = Text{"Anonymise view", "Anonymiser"}
	Patient      = Text{"Patient", "Patient"}
	BornID       = Text{"{sex} · {birth} · ID {id} · {n} series", "{sex} · {birth} · n° {id} · {n} séries"}
	AnonID       = Text{"{n} series", "{n} séries"}
	ProblemsN    = Text{"Problems found: {n}", "Problèmes trouvés\u202f: {n}"}
	NoneBlocks   = Text{"None blocks the analysis", "Aucun n’empêche l’analyse"}
	SkippedFiles = Text{"{n} files are not used (not CT images, or unreadable).", "{n} fichiers ne servent pas (pas des images TDM, ou illisibles)."}
	SkippedTag   = Text{"skipped", "ignorés"}
	NoPost       = Text{"No control CT found. You can set a series as POST by its Role button.", "Pas de scanner de contrôle trouvé. Le bouton Rôle permet de choisir une série comme POST."}
	Regular      = Text{"regular", "régulier"}
	Jitter       = Text{"nearly regular", "presque régulier"}
	Irregular    = Text{"irregular", "irrégulier"}
	Tilted       = Text{"tilted", "incliné"}
	SeriesLabel  = Text{"series {n}", "série {n}"}
)
