package i18n

// A reading without the program's result.
var (
	BlindTitle      = Text{"Blinded reading", "Lecture en aveugle"}
	BlindWhat       = Text{"Nothing is measured and no contour is shown in this session: say what you see. Signing writes the file that goes back.", "Rien n’est mesuré et aucun contour n’est montré dans cette session\u202f: dites ce que vous voyez. La signature écrit le fichier à renvoyer."}
	BlindWhy        = Text{"this session is read without the program’s result", "cette session se lit sans le résultat du programme"}
	BlindNone       = Text{"no blinded session is open", "aucune session en aveugle n’est ouverte"}
	BlindLevels     = Text{"Treated levels", "Niveaux traités"}
	BlindLevelsHow  = Text{"Press a level to add it, again to take it out.", "Presser un niveau l’ajoute, de nouveau le retire."}
	BlindFillOf     = Text{"Fill ratio of {level}", "Taux de remplissage de {level}"}
	BlindLeaksOf    = Text{"Leaks of {level}", "Fuites de {level}"}
	BlindSign       = Text{"Sign the reading", "Signer la lecture"}
	BlindSigned     = Text{"Signed, version {n}. Changes need a new signature.", "Signée, version {n}. Un changement demande une nouvelle signature."}
	BlindWhich      = Text{"{level}: {why}", "{level}\u202f: {why}"}
	BlindNeedsLevel = Text{"name the treated levels", "nommer les niveaux traités"}
	BlindNeedsFill  = Text{"say how full the body is", "dire le remplissage du corps"}
	BlindNeedsLeak  = Text{"say where cement leaked, or that it did not", "dire où il y a une fuite, ou qu’il n’y en a pas"}
)
