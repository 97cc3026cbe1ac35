package diag

import "github.com/vertefill/vertefill/internal/text"

// entry is one quality code: how grave it is and its sentence in both languages. Placeholders in braces are named arguments.
type entry struct {
	severity Severity
	en, fr   string
}

func (e entry) template(l text.Lang) string {
	if l == text.French {
		return e.fr
	}
	return e.en
}

// The codes. Their meaning never changes; new ones are added.
const (
	CodeSlicesMissing             Code = "slices-missing"
	CodeGapInLevel                Code = "gap-in-level"
	CodeSliceCorrupt              Code = "slice-corrupt"
	CodeSpacingIrregular          Code = "spacing-irregular"
	CodeSpacingJitter             Code = "spacing-jitter"
	CodeGantryTilt                Code = "gantry-tilt"
	CodeSlicesThick               Code = "slices-thick"
	CodeSlicesTooThick            Code = "slices-too-thick"
	CodeNoiseHigh                 Code = "noise-high"
	CodeKernelEdge                Code = "kernel-edge"
	CodeHuScaleUnknown            Code = "hu-scale-unknown"
	CodeDuplicateSlices           Code = "duplicate-slices"
	CodeMixedSeries               Code = "mixed-series"
	CodeJoinedByHand              Code = "joined-by-hand"
	CodeCementSaturated           Code = "cement-saturated"
	CodeCementFaint               Code = "cement-faint"
	CodeLeaksMayHide              Code = "leaks-may-hide"
	CodeMetalNear                 Code = "metal-near"
	CodeMetalExcluded             Code = "metal-excluded"
	CodeContrastPresent           Code = "contrast-present"
	CodeStreaks                   Code = "streaks"
	CodeMotion                    Code = "motion"
	CodeCalcificationNear         Code = "calcification-near"
	CodeNoPre                     Code = "no-pre"
	CodeCementMayBeOld            Code = "cement-may-be-old"
	CodePreThicker                Code = "pre-thicker"
	CodeRegistrationPoor          Code = "registration-poor"
	CodeRegistrationFailed        Code = "registration-failed"
	CodeHeightChanged             Code = "height-changed"
	CodeLevelByOrder              Code = "level-by-order"
	CodeLevelTransitional         Code = "level-transitional"
	CodeLevelUnknown              Code = "level-unknown"
	CodeBodyCut                   Code = "body-cut"
	CodeBodyBorderWeak            Code = "body-border-weak"
	CodeBodyNotOutlined           Code = "body-not-outlined"
	CodeSpineNotFound             Code = "spine-not-found"
	CodeDenseUnmeasured           Code = "dense-unmeasured"
	CodeBodyCorrected             Code = "body-corrected"
	CodeBodyImported              Code = "body-imported"
	CodeBodySizeUnusual           Code = "body-size-unusual"
	CodeBodyFlat                  Code = "body-flat"
	CodeBodyDeformedThick         Code = "body-deformed-thick"
	CodeBodyWallOpen              Code = "body-wall-open"
	CodeLevelsFused               Code = "levels-fused"
	CodeLeakContact               Code = "leak-contact"
	CodeLeakSmall                 Code = "leak-small"
	CodeLeakAcrossGap             Code = "leak-across-gap"
	CodeLeakCompartmentUnsure     Code = "leak-compartment-unsure"
	CodeFieldLungsAbsent          Code = "field-lungs-absent"
	CodeFluoroUncalibrated        Code = "fluoro-uncalibrated"
	CodeFluoroAtDetector          Code = "fluoro-at-detector"
	CodeFluoroCalibrationConflict Code = "fluoro-calibration-conflict"
	CodeFluoroFieldChanged        Code = "fluoro-field-changed"
	CodeFluoroFramesLost          Code = "fluoro-frames-lost"
	CodeFluoroArmTurns            Code = "fluoro-arm-turns"
	CodeFluoroTableMoved          Code = "fluoro-table-moved"
	CodeFluoroExposureJump        Code = "fluoro-exposure-jump"
	CodeFluoroMotion              Code = "fluoro-motion"
	CodeFluoroNoMask              Code = "fluoro-no-mask"
	CodeFluoroBridgeWeak          Code = "fluoro-bridge-weak"
	CodeFluoroNotMeasured         Code = "fluoro-not-measured"
	CodeBodyRemoved               Code = "body-removed"
	CodeCementCorrected           Code = "cement-corrected"
	CodeLesionOutlined            Code = "lesion-outlined"
	CodeLevelRenamed              Code = "level-renamed"
	CodeLeakRejected              Code = "leak-rejected"
	CodeLeakCorrected             Code = "leak-corrected"
	CodePaddingBright             Code = "padding-bright"
	CodeHULimited                 Code = "hu-limited"
)

var catalog = map[Code]entry{
	CodeSlicesMissing: {Error,
		"{n} slices are missing between z {a} and {b} mm.",
		"{n} coupes manquent entre z {a} et {b} mm."},
	CodeGapInLevel: {Error,
		"{level} touches missing slices. Its volumes are not given.",
		"{level} touche des coupes manquantes. Ses volumes ne sont pas donnés."},
	CodeSliceCorrupt: {Error,
		"Slice {n} cannot be read and is drawn hatched.",
		"La coupe {n} est illisible\u202f; elle est hachurée."},
	CodeSpacingIrregular: {Warn,
		"Slices are unevenly spaced ({a} to {b} mm). True positions are used.",
		"Les coupes sont inégalement espacées ({a} à {b} mm). Les positions vraies sont utilisées."},
	CodeSpacingJitter: {Info,
		"Slice positions vary by {x} mm. No effect on volumes.",
		"Les positions de coupe varient de {x} mm. Sans effet sur les volumes."},
	CodeGantryTilt: {Info,
		"The gantry is tilted by {x}°. Views are straightened, volumes are true.",
		"Le statif est incliné de {x}°. Les vues sont redressées, les volumes sont justes."},
	CodeSlicesThick: {Warn,
		"Slices are {x} mm thick. Intervals are wider; leaks below {v} mL may be missed.",
		"Coupes de {x} mm. Les intervalles sont plus larges\u202f; une fuite de moins de {v} mL peut échapper."},
	CodeSlicesTooThick: {Error,
		"Slices are over 3 mm thick. Leaks are shown but not measured.",
		"Coupes de plus de 3 mm. Les fuites sont montrées mais non mesurées."},
	CodeNoiseHigh: {Warn,
		"The images are noisy ({x} HU). Small leaks are less certain.",
		"Images bruitées ({x} UH). Les petites fuites sont moins sûres."},
	CodeKernelEdge: {Info,
		"A sharp kernel raises edges by {x} HU. The measurement allows for it.",
		"Un filtre dur relève les bords de {x} UH. La mesure en tient compte."},
	CodeHuScaleUnknown: {Error,
		"The files give no HU scale. Cement cannot be measured.",
		"Les fichiers ne donnent pas l’échelle UH. Le ciment ne peut pas être mesuré."},
	CodeDuplicateSlices: {Info,
		"{n} slices came twice and were read once.",
		"{n} coupes en double ont été lues une seule fois."},
	CodeMixedSeries: {Warn,
		"One series held {n} volumes; they were split by {why}.",
		"Une série contenait {n} volumes\u202f; ils ont été séparés selon {why}."},
	CodeJoinedByHand: {Warn,
		"{n} volumes were joined by hand. They differ by {why}.",
		"{n} volumes ont été réunis à la main. Ils diffèrent par {why}."},
	CodeCementSaturated: {Warn,
		"Cement reaches the CT ceiling ({x} HU) in {p} of {level}. Volume corrected, interval wider.",
		"Le ciment atteint le plafond du scanner ({x} UH) dans {p} de {level}. Volume corrigé, intervalle élargi."},
	CodeCementFaint: {Warn,
		"Cement of {level} is little denser than bone. Its border is less certain.",
		"Le ciment de {level} est à peine plus dense que l’os. Son bord est moins sûr."},
	CodeLeaksMayHide: {Warn,
		"Without a CT from before, cement of {level} outside its body is no denser than bone may be. Leaks into a foramen or along the arch may be missed.",
		"Sans scanner d’avant, le ciment de {level} hors du corps n’est pas plus dense que l’os peut l’être. Des fuites dans un foramen ou le long de l’arc peuvent manquer."},
	CodeMetalNear: {Warn,
		"Metal lies {x} mm from the cement of {level}. Streaks may change its volume.",
		"Du métal est à {x} mm du ciment de {level}. Des stries peuvent fausser son volume."},
	CodeMetalExcluded: {Info,
		"Metal objects set apart from cement by their shape or density: {n}.",
		"Objets métalliques séparés du ciment d’après leur forme ou leur densité\u202f: {n}."},
	CodeStreaks: {Warn,
		"Streaks of about {x} HU cross the slices of {level}. The border of its cement and small leaks are less certain.",
		"Des stries d’environ {x} UH traversent les coupes de {level}. Le bord de son ciment et les petites fuites sont moins sûrs."},
	CodeMotion: {Warn,
		"The patient moved by {x} mm at {level} (z {z} mm). Its contour, volume and leaks are less certain.",
		"Le patient a bougé de {x} mm à hauteur de {level} (z {z} mm). Son contour, son volume et ses fuites sont moins sûrs."},
	CodeContrastPresent: {Info,
		"Vessels hold contrast agent. Dense vessels are not counted as leaks.",
		"Les vaisseaux contiennent du produit de contraste. Ils ne comptent pas comme fuites."},
	CodeCalcificationNear: {Info,
		"A calcification beside {level} was kept out of the leaks.",
		"Une calcification près de {level} a été exclue des fuites."},
	CodeNoPre: {Warn,
		"No pre CT. Prior cement, dense bone and new cement may be confused.",
		"Pas de scanner d’avant. Ciment ancien, os dense et ciment nouveau peuvent se confondre."},
	CodeCementMayBeOld: {Warn,
		"There is no CT from before: the cement of {level} may be older than this procedure. If it is, mark it as earlier cement.",
		"Pas de scanner d’avant : le ciment de {level} peut être plus ancien que ce geste. Si c’est le cas, le marquer comme ciment ancien."},
	CodePreThicker: {Info,
		"The pre CT is thicker than the post CT ({a} against {b} mm).",
		"Le scanner d’avant est plus épais ({a} contre {b} mm)."},
	CodeRegistrationPoor: {Warn,
		"Pre and post of {level} match within {x} mm only. Check the linked views.",
		"Le recalage de {level} n’est juste qu’à {x} mm près. Vérifier les vues liées."},
	CodeRegistrationFailed: {Error,
		"Pre and post of {level} could not be matched. The pre CT is not used there.",
		"{level} n’a pas pu être recalée. Le scanner d’avant n’y est pas utilisé."},
	CodeHeightChanged: {Info,
		"{level} changed height by {x} mm between the CTs. Its body was fitted on the post CT.",
		"{level} a changé de hauteur de {x} mm entre les scanners. Son corps a été ajusté sur le second."},
	CodeLevelByOrder: {Warn,
		"The levels are counted from the ribs alone, or from the sacrum alone. One pair of ribs or one lumbar vertebra more or less would shift them all: confirm one.",
		"Les niveaux sont comptés à partir des côtes seules, ou du sacrum seul. Une paire de côtes ou une lombaire de plus ou de moins les décalerait tous\u202f: confirmez-en un."},
	CodeLevelTransitional: {Warn,
		"A transitional vertebra is likely at {level}. Please confirm the numbering.",
		"Vertèbre transitionnelle probable en {level}. Confirmer la numérotation."},
	CodeLevelUnknown: {Error,
		"Level names are not known. Name one vertebra to number all.",
		"Les niveaux sont inconnus. Nommez une vertèbre pour numéroter toutes les autres."},
	CodeBodyCut: {Warn,
		"{level} is cut by the edge of the field. It is not measured.",
		"{level} est coupée par le bord du champ. Elle n’est pas mesurée."},
	CodeBodyBorderWeak: {Warn,
		"{p} of the border of {level} is hidden by cement or fracture. Interval wider.",
		"{p} du contour de {level} est caché par le ciment ou la fracture. Intervalle élargi."},
	CodeBodyNotOutlined: {Warn,
		"{level} could not be outlined with confidence. It is not measured: point at its body or outline it by hand.",
		"{level} n’a pas pu être délimitée avec certitude. Elle n’est pas mesurée : désignez son corps ou délimitez-le à la main."},
	CodeSpineNotFound: {Error,
		"No vertebra was found in the control CT. Point at one body to start from, or choose another series.",
		"Aucune vertèbre n’a été trouvée sur le scanner de contrôle. Désignez un corps vertébral, ou choisissez une autre série."},
	CodeDenseUnmeasured: {Error,
		"About {v} mL of material as dense as cement or metal lies outside every measured vertebra, near {level}. It is in no figure.",
		"Environ {v} mL de matériau aussi dense que du ciment ou du métal se trouvent hors des vertèbres mesurées, près de {level}. Aucun chiffre ne les compte."},
	CodeBodyCorrected: {Info,
		"{level} was corrected by hand ({a} to {b} mL).",
		"{level} a été corrigée à la main ({a} à {b} mL)."},
	CodeBodyRemoved: {Info,
		"The reader removed {level}. Neither its body nor its cement is counted.",
		"Le lecteur a retiré {level}. Ni son corps ni son ciment ne sont comptés."},
	CodeCementCorrected: {Info,
		"The cement of {level} was corrected by hand ({a} to {b} mL).",
		"Le ciment de {level} a été corrigé à la main ({a} à {b} mL)."},
	CodeLesionOutlined: {Info,
		"A lesion of {level} was outlined by hand ({v} mL). Its fill rests on that outline.",
		"Une lésion de {level} a été délimitée à la main ({v} mL). Son remplissage repose sur ce contour."},
	CodeLevelRenamed: {Info,
		"The reader named {level}.",
		"Le lecteur a nommé {level}."},
	CodeLeakRejected: {Info,
		"The reader rejected leak {id} of {level}. It is not counted.",
		"Le lecteur a rejeté la fuite {id} de {level}. Elle n’est pas comptée."},
	CodeLeakCorrected: {Info,
		"The reader changed leak {id} of {level}.",
		"Le lecteur a modifié la fuite {id} de {level}."},
	CodeBodyImported: {Info,
		"The body of {level} comes from an imported mask.",
		"Le corps de {level} vient d’un masque importé."},
	CodeBodySizeUnusual: {Warn,
		"The volume of {level} is unusual for its neighbours. Check its contour.",
		"Le volume de {level} est inhabituel par rapport aux voisines. Vérifier son contour."},
	CodeBodyFlat: {Warn,
		"{level} is crushed to less than half the height of its neighbours. Its outline and volume are less sure.",
		"{level} est écrasée à moins de la moitié de la hauteur de ses voisines. Son contour et son volume sont moins sûrs."},
	CodeBodyDeformedThick: {Warn,
		"{level} is deformed and the slices are thick: its endplates are less sure. Interval wider.",
		"{level} est déformée et les coupes sont épaisses\u202f: ses plateaux sont moins sûrs. Intervalle élargi."},
	CodeBodyWallOpen: {Warn,
		"Part of the wall of {level} shows no cortex. The outline is closed there by the shape of the rest.",
		"Une partie de la paroi de {level} n’a pas de corticale visible. Le contour y est fermé d’après la forme du reste."},
	CodeLevelsFused: {Warn,
		"Hardly any disc is seen above {level}. The vertebrae may be fused. The border between them is assumed.",
		"Presque aucun disque n’est visible au-dessus de {level}. Les vertèbres sont peut-être soudées. Leur limite est supposée."},
	CodeLeakContact: {Info,
		"Cement touches the border of {level} without passing 1 mm. Not counted as a leak.",
		"Le ciment touche le bord de {level} sans dépasser 1 mm. Non compté comme fuite."},
	CodeLeakSmall: {Warn,
		"Leak {id} is below 0.02 mL. Its volume is given with care.",
		"La fuite {id} fait moins de 0,02 mL. Son volume est donné avec réserve."},
	CodeLeakAcrossGap: {Error,
		"Leak {id} of {level} reaches missing slices. What of it lies there is not seen: its volume, length and narrowing of the canal are a guess.",
		"La fuite {id} de {level} atteint des coupes manquantes. Ce qui s’y trouve n’est pas vu : son volume, sa longueur et le rétrécissement du canal sont une supposition."},
	CodeLeakCompartmentUnsure: {Warn,
		"Leak {id} may lie in {a} or {b}. Please choose.",
		"La fuite {id} peut se trouver {a} ou {b}. À vous de choisir."},
	CodeFieldLungsAbsent: {Info,
		"The lungs are outside the field: distant cement is not assessable.",
		"Les poumons sont hors champ\u202f: le ciment à distance n’est pas évaluable."},
	CodeFluoroUncalibrated: {Warn,
		"The run tells no size of its pixels: areas are in pixels, no mm are given.",
		"La série ne donne pas la taille de ses pixels\u202f: les aires sont en pixels, sans mm."},
	CodeFluoroAtDetector: {Warn,
		"The run is not calibrated: its sizes are at the detector, not in the patient. Areas are in pixels.",
		"La série n’est pas calibrée\u202f: ses tailles sont au détecteur, pas dans le patient. Les aires sont en pixels."},
	CodeFluoroFieldChanged: {Info,
		"The field changed at frame {n}. Areas of later frames are brought to the scale of the first.",
		"Le champ a changé à l’image {n}. Les aires des images suivantes sont ramenées à l’échelle de la première."},
	CodeFluoroFramesLost: {Warn,
		"{k} frames, from {n} on, show another place than the rest. They are not measured.",
		"{k} images, à partir de {n}, montrent un autre endroit que les autres. Elles ne sont pas mesurées."},
	CodeFluoroArmTurns: {Warn,
		"The arm turns during run {n}: its frames are different projections. It is not measured.",
		"L’arceau tourne pendant la série {n}\u202f: ses images sont des projections différentes. Elle n’est pas mesurée."},
	CodeFluoroCalibrationConflict: {Error,
		"Two magnification factors disagree ({a}, {b}). No mm are given.",
		"Deux facteurs d’agrandissement se contredisent ({a}, {b}). Aucun mm n’est donné."},
	CodeFluoroTableMoved: {Warn,
		"The table moved at frame {n}. A new mask was taken.",
		"La table a bougé à l’image {n}. Un nouveau masque a été pris."},
	CodeFluoroExposureJump: {Info,
		"Exposure changed at frame {n}. Grey levels were matched again.",
		"L’exposition a changé à l’image {n}. Les gris ont été remis à niveau."},
	CodeFluoroMotion: {Warn,
		"The patient moved {x} px. Subtraction is less clean after frame {n}.",
		"Le patient a bougé de {x} px. La soustraction est moins nette après l’image {n}."},
	CodeFluoroNoMask: {Warn,
		"No frame without cement: subtraction starts from the least cement.",
		"Aucune image sans ciment\u202f: la soustraction part de l’image qui en montre le moins."},
	CodeFluoroNotMeasured: {Warn,
		"Run {n} could not be measured: it shows too little or cannot be read.",
		"La série {n} n’a pas pu être mesurée : elle montre trop peu ou ne se lit pas."},
	CodeFluoroBridgeWeak: {Warn,
		"The CT fits the run within {x} mm only. First frames of leaks are estimates.",
		"Le scanner ne s’accorde à la série qu’à {x} mm près. Les premières images des fuites sont estimées."},
	CodePaddingBright: {Info,
		"{p} of the volume is padding that the files store as if it were dense. It counts as air.",
		"{p} du volume est du remplissage que les fichiers notent comme dense. Il compte comme de l’air."},
	CodeHULimited: {Warn,
		"{n} voxels are denser than {x} HU, the most that is kept. They count as {x} HU.",
		"{n} voxels dépassent {x} UH, le maximum conservé. Ils comptent comme {x} UH."},
}
