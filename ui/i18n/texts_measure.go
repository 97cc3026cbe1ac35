package i18n

// Measuring: tools, values, the list.
var (
	Measuring      = Text{"Measure", "Mesurer"}
	MeasureLength  = Text{"Length", "Longueur"}
	LengthSense    = Text{"the second point may lie in another view", "le second point peut être dans une autre vue"}
	MeasureAngle   = Text{"Angle", "Angle"}
	MeasureCobb    = Text{"Cobb angle", "Angle de Cobb"}
	CobbSense      = Text{"draw two lines", "tracer deux lignes"}
	MeasureBoth    = Text{"Two diameters", "Deux diamètres"}
	MeasureEllipse = Text{"Ellipse", "Ellipse"}
	MeasureRect    = Text{"Rectangle", "Rectangle"}
	MeasureFree    = Text{"Freehand region", "Région à main levée"}
	MeasurePolygon = Text{"Polygon", "Polygone"}
	MeasureSpline  = Text{"Closed curve", "Courbe fermée"}
	PolygonSense   = Text{"Enter or a double click closes it", "Entrée ou un double clic la ferme"}
	MeasureArrow   = Text{"Arrow", "Flèche"}
	MeasureNote    = Text{"Note", "Note"}
	MeasureProbe   = Text{"HU probe", "Sonde UH"}
	Measures       = Text{"Measures", "Mesures"}
	NoMeasures     = Text{"Nothing is measured yet", "Rien n’est encore mesuré"}
	MeasureHow     = Text{"Choose a tool above the images and draw. Lengths, areas and CT numbers are listed here.", "Choisissez un outil au-dessus des images et tracez. Longueurs, aires et densités sont listées ici."}
	DeleteMeasure  = Text{"Delete the measure", "Supprimer la mesure"}
	SaveMeasures   = Text{"Export the measures (CSV)", "Exporter les mesures (CSV)"}
	MeasuresSaved  = Text{"Measures written to {path}", "Mesures écrites dans {path}"}
	NotWritten     = Text{"The file was not written: {why}", "Le fichier n’a pas été écrit\u202f: {why}"}
	MeanHU         = Text{"mean", "moyenne"}
	MedianHU       = Text{"median", "médiane"}
	MinHU          = Text{"lowest", "minimum"}
	MaxHU          = Text{"highest", "maximum"}
	DeviationHU    = Text{"SD", "écart type"}
	AreaOf         = Text{"area", "aire"}
	PerimeterOf    = Text{"perimeter", "périmètre"}
	VoxelsOf       = Text{"voxels", "voxels"}
	SamplesOf      = Text{"samples (oblique plane)", "échantillons (plan oblique)"}
	UnreadOf       = Text{"{n} voxels left out: slice unreadable", "{n} voxels laissés\u202f: coupe illisible"}
	InSpace        = Text{"in space", "dans l’espace"}
	NoteHint       = Text{"Text of the note", "Texte de la note"}
	More           = Text{"More", "Suite"}
	MoreLayouts    = Text{"More ways of looking", "Autres façons de regarder"}
	MoreTools      = Text{"More measuring tools", "Autres outils de mesure"}
)
