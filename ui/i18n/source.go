package i18n

import "github.com/vertefill/vertefill/internal/anatomy"

// LevelSource says where the name of a vertebra comes from.
func LevelSource(s anatomy.LevelSource) Text {
	switch s {
	case anatomy.SourceUser:
		return FromUser
	case anatomy.SourceMask:
		return FromMask
	case anatomy.SourceRibs:
		return FromRibs
	case anatomy.SourceSacrum:
		return FromSacrum
	case anatomy.SourceSkull:
		return FromSkull
	case anatomy.SourceOrder:
		return FromOrder
	}
	return FromUnknown
}

// SideName names the side of a leak.
func SideName(s anatomy.Side) Text {
	switch s {
	case anatomy.Left:
		return LeakLeft
	case anatomy.Right:
		return LeakRight
	}
	return LeakMidline
}
