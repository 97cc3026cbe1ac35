package i18n

// The preview of the report: pages, text for the RIS, what is on them.
var (
	PageFluoro       = Text{"Fluoroscopy: curve and images", "Scopie\u202f: courbe et images"}
	PageShape        = Text{"Heights and kyphosis", "Hauteurs et cyphose"}
	PageParameters   = Text{"All parameters", "Paramètres complets"}
	PageOf           = Text{"Page {n} / {of}", "Page {n} / {of}"}
	AsPages          = Text{"Pages", "Pages"}
	IdentityOffPage  = Text{"Not on the pages", "Pas sur les pages"}
	IdentityRemoved  = Text{"Removed everywhere", "Retirée partout"}
	RemovedSense     = Text{"Pseudonym, other UIDs, no dates, in every file. Nothing leads back.", "Pseudonyme, autres UID, aucune date, dans chaque fichier. Rien ne permet de revenir."}
	ExportDICOMSense = Text{"SR, SEG, key images, presentation states, PDF and surfaces as DICOM", "SR, SEG, images clés, états de présentation, PDF et surfaces en DICOM"}
	ExportEvery      = Text{"Export in every format", "Exporter dans tous les formats"}
	ExportEverySense = Text{"HTML, CSV, TSV, NRRD, PLY, OBJ, glTF, FHIR, text, plots, DICOM", "HTML, CSV, TSV, NRRD, PLY, OBJ, glTF, FHIR, texte, graphiques, DICOM"}
	CopyText         = Text{"Copy the text for the RIS", "Copier le texte pour le RIS"}
	CopyTextSense    = Text{"Plain text, by your own template where there is one", "Texte simple, selon votre modèle s’il existe"}
	CopyShort        = Text{"Copy", "Copier"}
	TextCopied       = Text{"The text is on the clipboard.", "Le texte est dans le presse-papiers."}
	EditTemplate     = Text{"Template", "Modèle"}
	TemplateOf       = Text{"Template of the text", "Modèle du texte"}
	BuiltInTemplate  = Text{"Built-in template", "Modèle d’origine"}
	TemplateWrong    = Text{"The template cannot be used: {why}", "Le modèle ne peut être utilisé\u202f: {why}"}
	NotesReadN       = Text{"{n} quality notes read", "{n} notes de qualité lues"}
	NoteReadOne      = Text{"1 quality note read", "1 note de qualité lue"}
	MarkNotesRead    = Text{"Mark as read", "Marquer comme lus"}
)
