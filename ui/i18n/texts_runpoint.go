package i18n

// Points in two projections, and the local kyphosis of a run.
var (
	PlacePoint    = Text{"3D point from both projections", "Point 3D d’après les deux projections"}
	PointSense    = Text{"Show the same point in both projections: where it lies from the isocentre.", "Montrez le même point dans les deux projections\u202f: sa place depuis l’isocentre."}
	PointNeeds    = Text{"the second projection is not shown", "la seconde projection n’est pas affichée"}
	PointFirst    = Text{"Point: press on it in both projections. Esc leaves.", "Point\u202f: appuyez dessus dans les deux projections. Échap quitte."}
	PointAt       = Text{"Point at frame {n}, from the isocentre: {x} {lr}, {y} {ap}, {z} {hf}, by the stated geometry. Its two rays pass {r} apart.", "Point à l’image {n}, depuis l’isocentre\u202f: {x} {lr}, {y} {ap}, {z} {hf}, selon la géométrie déclarée. Ses deux rayons passent à {r} l’un de l’autre."}
	PointNowhere  = Text{"The files do not tell the geometry, or the two views are too alike: no point in space.", "Les fichiers ne disent pas la géométrie, ou les deux vues se ressemblent trop\u202f: pas de point dans l’espace."}
	ToTheLeft     = Text{"left", "à gauche"}
	ToTheRight    = Text{"right", "à droite"}
	ToTheBack     = Text{"behind", "en arrière"}
	ToTheFront    = Text{"in front", "en avant"}
	ToTheHead     = Text{"above", "au-dessus"}
	ToTheFeet     = Text{"below", "au-dessous"}
	DrawAbove     = Text{"Draw the upper endplate of the body above", "Tracer le plateau supérieur du corps sus-jacent"}
	DrawBelow     = Text{"Draw the lower endplate of the body below", "Tracer le plateau inférieur du corps sous-jacent"}
	KyphosisSense = Text{"With the endplates of both neighbours and the posterior wall: the local kyphosis.", "Avec les plateaux des deux voisines et le mur postérieur\u202f: la cyphose locale."}
	LineAbove     = Text{"upper endplate line of the body above", "ligne du plateau supérieur sus-jacent"}
	LineBelow     = Text{"lower endplate line of the body below", "ligne du plateau inférieur sous-jacent"}
	RunKyphosis   = Text{"Local kyphosis in this projection: {angle}.", "Cyphose locale dans cette projection\u202f: {angle}."}
	AreaWithin    = Text{"90 % interval {a}–{b} {unit}, for the outline alone.", "Intervalle à 90\u202f%\u202f: {a}–{b} {unit}, pour le contour seul."}
)
