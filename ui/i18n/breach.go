package i18n

import "github.com/vertefill/vertefill/internal/leak"

// Where cement left a vertebra, and what else is known of a leak.
var (
	CameThrough   = Text{"Came through", "Passage par"}
	CanalCentre   = Text{"Distance to the canal’s middle", "Distance au centre du canal"}
	NextEndplate  = Text{"Distance to the next body", "Distance au corps voisin"}
	LesionFill    = Text{"Lesion filled", "Lésion remplie"}
	siteUpper     = Text{"upper endplate", "plateau supérieur"}
	siteLower     = Text{"lower endplate", "plateau inférieur"}
	sitePosterior = Text{"posterior wall", "mur postérieur"}
	siteAnterior  = Text{"anterior wall", "mur antérieur"}
	siteLeft      = Text{"left wall", "paroi gauche"}
	siteRight     = Text{"right wall", "paroi droite"}
	siteArch      = Text{"pedicle or arch", "pédicule ou arc"}
)

// SiteName names the part of a vertebra that cement came through; empty for none.
func SiteName(s leak.Site) Text {
	return map[leak.Site]Text{leak.EndplateSuperior: siteUpper, leak.EndplateInferior: siteLower, leak.WallPosterior: sitePosterior, leak.WallAnterior: siteAnterior,
		leak.WallLeft: siteLeft, leak.WallRight: siteRight, leak.Arch: siteArch}[s]
}
