package i18n

// First run and memory.
var (
	FirstNote    = Text{"Both can be changed at any time. Vertefill measures, the physician decides.", "Les deux se changent à tout moment. Vertefill mesure, le médecin décide."}
	Begin        = Text{"Begin", "Commencer"}
	MemoryNeeds  = Text{"This study needs {need}; {free} are free. Nothing was loaded yet.", "Cette étude demande {need}\u202f; {free} sont libres. Rien n’est encore chargé."}
	LoadPostOnly = Text{"Control CT only", "Scanner de contrôle seul"}
	LoadAll      = Text{"Load all the same", "Charger quand même"}
	DoNotLoad    = Text{"Do not load", "Ne pas charger"}
	PartTooLarge = Text{"the control CT alone does not fit either", "le scanner de contrôle seul ne tient pas non plus"}
)
