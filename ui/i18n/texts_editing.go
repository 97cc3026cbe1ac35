package i18n

// Texts of editing masks and of the reading tools beside it.
var (
	ForgetImages = Text{"Take all key images out", "Retirer toutes les images clés"}
	NoImagesKept = Text{"No key image is kept.", "Aucune image clé n’est gardée."}
)
