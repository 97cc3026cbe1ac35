package i18n

// A window too small for what was asked for.
var Crowded = Text{"Not enough room for this layout: fewer views. F9 and F10 hide what is beside them", "Pas assez de place pour cette disposition\u202f: moins de vues. F9 et F10 masquent ce qui les borde"}

// ShowGap goes to missing slices.
var ShowGap = Text{"Show the gap", "Voir le trou"}
