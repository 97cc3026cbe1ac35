package i18n

import "github.com/vertefill/vertefill/internal/assess"

// EditName says in a few words what a correction did.
func EditName(e assess.Edit) Text {
	switch e.Kind {
	case assess.LeakAccept:
		return EditAccept
	case assess.LeakReject:
		return EditReject
	case assess.LeakRetype:
		return EditRetype
	case assess.LeakRelabel:
		return EditRelabel
	case assess.LeakMerge:
		return EditJoin
	case assess.LeakSplit:
		return EditSplit
	case assess.BodyRename:
		return EditRename
	case assess.BodyDelete:
		return EditRemove
	case assess.BodyAdd:
		return EditSeed
	case assess.BodyDrag:
		return EditHandle
	case assess.BodyBrush:
		return EditBodyBrush
	case assess.CementIsPrior:
		return EditOld
	case assess.CementIsNew:
		return EditNew
	case assess.CementRemove:
		return EditIsland
	case assess.CementFill:
		return EditFill
	case assess.CementGrow:
		return EditGrow
	case assess.CementCut:
		return EditCut
	case assess.CementSmooth:
		return EditSmooth
	case assess.BodyCut:
		return EditBodyCut
	case assess.BodySmooth:
		return EditBodySmooth
	case assess.CementBetween:
		return EditBetween
	case assess.CementKeep:
		return EditKeep
	case assess.CementInside:
		return EditInside
	case assess.CementOutside:
		return EditOutside
	}
	switch e.Kind {
	case assess.LesionOutline:
		return EditLesion
	case assess.LesionBrush:
		return LesionBrush
	case assess.LesionErase:
		return LesionEraser
	case assess.LesionCut:
		return LesionCut
	case assess.LesionBetween:
		return EditLesionBetween
	case assess.LesionClear:
		return EditLesionClear
	}
	if e.Class == 0 {
		return EditEraser
	}
	return EditBrush
}
