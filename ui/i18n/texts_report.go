package i18n

// The report: preview, sign-off, export.
var (
	Report           = Text{"Report", "Compte rendu"}
	Contents         = Text{"Contents", "Contenu"}
	PageConclusion   = Text{"Conclusion in plain words", "Conclusion en clair"}
	PageLevels       = Text{"Table of vertebrae", "Tableau des vertèbres"}
	PageLeaks        = Text{"Table of leaks", "Tableau des fuites"}
	PageImages       = Text{"Key images", "Images clés"}
	PageQuality      = Text{"Quality and method", "Qualité et méthode"}
	PaperFormat      = Text{"Paper", "Format"}
	Identity         = Text{"Patient’s identity", "Identité du patient"}
	IdentityFull     = Text{"Complete", "Complète"}
	Preview          = Text{"Preview", "Aperçu"}
	ExportPDF        = Text{"PDF", "PDF"}
	ExportHTML       = Text{"HTML", "HTML"}
	ExportText       = Text{"RIS text", "Texte RIS"}
	ExportDICOMShort = Text{"DICOM", "DICOM"}
	ExportDICOM      = Text{"DICOM SR + SEG", "DICOM SR + SEG"}
	ExportAll        = Text{"Export the report", "Exporter le compte rendu"}
	ExportSense      = Text{"PDF, report.json, masks, DICOM SR and SEG", "PDF, report.json, masques, DICOM SR et SEG"}
	Exporting        = Text{"Writing the report", "Écriture du compte rendu"}
	Exported         = Text{"Report written to {path}", "Compte rendu écrit dans {path}"}
	ExportFailed     = Text{"The report was not written: {why}", "Le compte rendu n’a pas été écrit\u202f: {why}"}
	SignOff          = Text{"Sign-off", "Validation"}
	Unsigned         = Text{"Not signed", "Non signé"}
	SignedV          = Text{"Version {n} signed", "Version {n} signée"}
	DraftV           = Text{"Version {n}, draft", "Version {n}, brouillon"}
	Undecided        = Text{"Undecided", "Non décidée"}
	Reader           = Text{"Reader", "Lecteur"}
	ReaderHint       = Text{"Name of the reader", "Nom du lecteur"}
	Comment          = Text{"Comment (optional)", "Commentaire (facultatif)"}
	CommentHint      = Text{"A sentence of your own", "Une phrase de votre part"}
	SignReport       = Text{"Sign the report", "Signer le compte rendu"}
	SignSense        = Text{"Signing freezes this version (v{n}) with date and time. Any change makes version {m}.", "Signer fige cette version (v{n}) avec la date et l’heure. Toute modification crée une version {m}."}
	SignedBy         = Text{"Signed by {who} on {when}", "Signé par {who} le {when}"}
	SignNeedsName    = Text{"The reader’s name is missing", "Le nom du lecteur manque"}
	SignNeedsLeak    = Text{"A leak is undecided", "Une fuite n’est pas décidée"}
	SignedAlready    = Text{"nothing changed since it was signed", "rien n’a changé depuis la signature"}
	AutomaticKept    = Text{"{level}: automatic value kept", "{level}\u202f: valeur automatique gardée"}
	CorrectedValue   = Text{"{level}: corrected, automatic {was}", "{level}\u202f: corrigée, automatique {was}"}
	MakingPictures   = Text{"The key images are being drawn.", "Les images clés se dessinent."}
	OwnImage         = Text{"Key image {n}, {level}", "Image clé {n}, {level}"}
)
