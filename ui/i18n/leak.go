package i18n

import "github.com/vertefill/vertefill/internal/anatomy"

// LeakName is the name of a leak by its compartment.
func LeakName(c anatomy.Compartment) Text {
	switch c {
	case anatomy.Canal:
		return CanalLeak
	case anatomy.Foramen:
		return ForamenLeak
	case anatomy.DiscSuperior:
		return DiscAbove
	case anatomy.DiscInferior:
		return DiscBelow
	case anatomy.ParavertebralVein:
		return VeinLeak
	case anatomy.NeedleTrack:
		return TrackLeak
	case anatomy.Distant:
		return DistantLeak
	}
	return SoftLeak
}

// LeakWay says in a word how the cement of a leak went, by its type.
func LeakWay(t anatomy.LeakType) Text {
	switch t {
	case anatomy.TypeB:
		return WayB
	case anatomy.TypeS:
		return WayS
	case anatomy.TypeD:
		return WayD
	case anatomy.TypeT:
		return WayT
	case anatomy.TypeE:
		return WayE
	}
	return WayC
}
