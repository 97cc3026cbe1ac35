package icon

// The icon set, in the order of the design's table. All are our own drawings.
const (
	Folder      Icon = "M2.5 15.5L2.5 4.5L7.5 4.5L9.5 6.5L17.5 6.5L17.5 15.5Z"
	Window      Icon = "M16.5 10C16.5 13.59 13.59 16.5 10 16.5C6.41 16.5 3.5 13.59 3.5 10C3.5 6.41 6.41 3.5 10 3.5C13.59 3.5 16.5 6.41 16.5 10Z + M10 3.5C13.59 3.5 16.5 6.41 16.5 10C16.5 13.59 13.59 16.5 10 16.5Z"
	Zoom        Icon = "M14 8.5C14 11.54 11.54 14 8.5 14C5.462 14 3 11.54 3 8.5C3 5.462 5.462 3 8.5 3C11.54 3 14 5.462 14 8.5ZM12.5 12.5L17.5 17.5M8.5 6L8.5 11M6 8.5L11 8.5"
	Pan         Icon = "M10 2.5L10 17.5M2.5 10L17.5 10M7.5 5L10 2.5L12.5 5M7.5 15L10 17.5L12.5 15M5 7.5L2.5 10L5 12.5M15 7.5L17.5 10L15 12.5"
	Scroll      Icon = "M10 2.5L17 6L10 9.5L3 6ZM3 10L10 13.5L17 10M3 14L10 17.5L17 14"
	Crosshair   Icon = "M10 2L10 7.5M10 12.5L10 18M2 10L7.5 10M12.5 10L18 10"
	Length      Icon = "M4 16L16 4M2 14L6 18M14 2L18 6"
	Angle       Icon = "M15 4L4 16L17 16M10.5 16C10.5 14 9.8 12.4 8.3 11.2"
	Cobb        Icon = "M3 6.5L17 3.5M3 13.5L17 16.5M10 5L10 8.5M10 11.5L10 15"
	Ellipse     Icon = "M17.5 10C17.5 12.76 14.14 15 10 15C5.858 15 2.5 12.76 2.5 10C2.5 7.239 5.858 5 10 5C14.14 5 17.5 7.239 17.5 10Z"
	Probe       Icon = "M13 10C13 11.66 11.66 13 10 13C8.343 13 7 11.66 7 10C7 8.343 8.343 7 10 7C11.66 7 13 8.343 13 10ZM10 2L10 5M10 15L10 18M2 10L5 10M15 10L18 10"
	Note        Icon = "M3 4L17 4L17 13L9 13L5.5 16.5L5.5 13L3 13Z"
	Handles     Icon = "M3 6C7 8 13 8 17 6M3 14C7 12 13 12 17 14 + M11.9 7.5C11.9 8.549 11.05 9.4 10 9.4C8.951 9.4 8.1 8.549 8.1 7.5C8.1 6.451 8.951 5.6 10 5.6C11.05 5.6 11.9 6.451 11.9 7.5ZM11.9 12.5C11.9 13.55 11.05 14.4 10 14.4C8.951 14.4 8.1 13.55 8.1 12.5C8.1 11.45 8.951 10.6 10 10.6C11.05 10.6 11.9 11.45 11.9 12.5Z"
	Brush       Icon = "M17 3L9.5 11.5M9.5 11C7.5 10.5 5.5 11.8 5.2 13.8C5 15.3 4.2 16.3 3 16.8C6.5 17.8 10.5 16.6 10.9 13.5Z"
	Eraser      Icon = "M8 16.5L3 11.5L11.5 3L17 8.5L9 16.5ZM7 7.5L12.5 13M8 16.5L17 16.5"
	Cut         Icon = "M7.7 14.5C7.7 15.72 6.715 16.7 5.5 16.7C4.285 16.7 3.3 15.72 3.3 14.5C3.3 13.28 4.285 12.3 5.5 12.3C6.715 12.3 7.7 13.28 7.7 14.5ZM16.7 14.5C16.7 15.72 15.72 16.7 14.5 16.7C13.28 16.7 12.3 15.72 12.3 14.5C12.3 13.28 13.28 12.3 14.5 12.3C15.72 12.3 16.7 13.28 16.7 14.5ZM7 12.8L14 3M13 12.8L6 3"
	Grow        Icon = "M12.2 10C12.2 11.22 11.22 12.2 10 12.2C8.785 12.2 7.8 11.22 7.8 10C7.8 8.785 8.785 7.8 10 7.8C11.22 7.8 12.2 8.785 12.2 10ZM10 6L10 2.5M10 14L10 17.5M6 10L2.5 10M14 10L17.5 10M7.2 7.2L5 5M12.8 7.2L15 5M7.2 12.8L5 15M12.8 12.8L15 15"
	Smooth      Icon = "M2.5 6L5 3.5L7.5 6L10 3.5L12.5 6L15 3.5L17.5 6M2.5 14C5 10 7.5 10 10 13C12.5 16 15 16 17.5 12"
	Undo        Icon = "M7 4L3 8L7 12M3 8L12 8C15 8 17 10 17 12.5C17 15 15 16.5 12.5 16.5L9 16.5"
	Redo        Icon = "M13 4L17 8L13 12M17 8L8 8C5 8 3 10 3 12.5C3 15 5 16.5 7.5 16.5L11 16.5"
	KeyImage    Icon = "M10 2.5L12.3 7.3L17.5 8L13.7 11.6L14.7 16.8L10 14.3L5.3 16.8L6.3 11.6L2.5 8L7.7 7.3Z"
	Grid4       Icon = "M3 3L9 3L9 9L3 9ZM11 3L17 3L17 9L11 9ZM3 11L9 11L9 17L3 17ZM11 11L17 11L17 17L11 17Z"
	Pair        Icon = "M3 3.5L9 3.5L9 16.5L3 16.5ZM11 3.5L17 3.5L17 16.5L11 16.5Z"
	Triplet     Icon = "M2.5 3.5L6.5 3.5L6.5 16.5L2.5 16.5ZM8 3.5L12 3.5L12 16.5L8 16.5ZM13.5 3.5L17.5 3.5L17.5 16.5L13.5 16.5Z"
	Link        Icon = "M8 6L6 6C3.8 6 2 7.8 2 10C2 12.2 3.8 14 6 14L8 14M12 6L14 6C16.2 6 18 7.8 18 10C18 12.2 16.2 14 14 14L12 14M7 10L13 10"
	Swipe       Icon = "M3 4L17 4L17 16L3 16ZM10 2L10 18M7.5 8L5.5 10L7.5 12M12.5 8L14.5 10L12.5 12"
	Flicker     Icon = "M3 3L12 3L12 12L3 12ZM8 15L8 17L17 17L17 8L15 8"
	Invert      Icon = "M17 10C17 13.87 13.87 17 10 17C6.134 17 3 13.87 3 10C3 6.134 6.134 3 10 3C13.87 3 17 6.134 17 10Z + M10 3C6.13 3 3 6.13 3 10C3 13.87 6.13 17 10 17Z"
	Cube        Icon = "M10 2.5L17 6.2L17 13.8L10 17.5L3 13.8L3 6.2ZM3 6.2L10 10L17 6.2M10 10L10 17.5"
	Vertebra    Icon = "M3.5 5C7.5 6.5 12.5 6.5 16.5 5C15.3 8.5 15.3 11.5 16.5 15C12.5 13.5 7.5 13.5 3.5 15C4.7 11.5 4.7 8.5 3.5 5Z"
	Aligned     Icon = "M5 6.5C8 7.5 12 7.5 15 6.5C14.2 9 14.2 11 15 13.5C12 12.5 8 12.5 5 13.5C5.8 11 5.8 9 5 6.5ZM10 1.5L10 4.5M10 15.5L10 18.5M1.5 10L3.5 10M16.5 10L18.5 10"
	Curve       Icon = "M7 2C11 5 11 8 8.5 10.5C6 13 7 16 9.5 18M13 2L13 18M16 4L13 4M16 8L13 8M16 12L13 12M16 16L13 16"
	Slab        Icon = "M3 7L17 7M3 13L17 13M10 1.5L10 5M8 3.5L10 5.3L12 3.5M10 18.5L10 15M8 16.5L10 14.7L12 16.5"
	Play        Icon = "+ M6 3.5L16.5 10L6 16.5Z"
	Pause       Icon = "+ M5.5 4L8.5 4L8.5 16L5.5 16ZM11.5 4L14.5 4L14.5 16L11.5 16Z"
	Next        Icon = "M15 4L15 16 + M5 4.5L12.5 10L5 15.5Z"
	Prev        Icon = "M5 4L5 16 + M15 4.5L7.5 10L15 15.5Z"
	Loop        Icon = "M4 9C4 6.5 5.5 5 8 5L15 5M12.5 2.5L15 5L12.5 7.5M16 11C16 13.5 14.5 15 12 15L5 15M7.5 12.5L5 15L7.5 17.5"
	Mask        Icon = "M12.5 10C12.5 12.76 10.26 15 7.5 15C4.739 15 2.5 12.76 2.5 10C2.5 7.239 4.739 5 7.5 5C10.26 5 12.5 7.239 12.5 10ZM17.5 10C17.5 12.76 15.26 15 12.5 15C9.739 15 7.5 12.76 7.5 10C7.5 7.239 9.739 5 12.5 5C15.26 5 17.5 7.239 17.5 10Z"
	Biplane     Icon = "M3 4L9 4L9 10L3 10ZM11 10L17 10L17 16L11 16ZM9 7L14 7L14 10M11 13L6 13L6 10"
	Report      Icon = "M5 2.5L12 2.5L15.5 6L15.5 17.5L5 17.5ZM7.5 9L13 9M7.5 12L13 12M7.5 15L11 15"
	Sign        Icon = "M3 16.5L17 16.5M4.5 13C7 7 8.5 4 9.5 4.5C11 5.3 7 12.5 8.5 12.8C10 13 10.5 9.5 11.5 9.8C12.5 10 12 12.5 13 12.6C14 12.7 15 11 16.5 11"
	Table       Icon = "M3 4L17 4L17 16L3 16ZM3 8L17 8M3 12L17 12M8 4L8 16"
	Plot        Icon = "M3 3L3 17L17 17M6 13L9.5 9L12 11.5L16.5 5"
	Teach       Icon = "M10 4L18 8L10 12L2 8ZM5.5 10L5.5 14C8 16.3 12 16.3 14.5 14L14.5 10M18 8L18 13"
	Fluoro      Icon = "M4 13.5C3 10 4.5 5.5 9 3.5M12.5 3.2C15 4.5 16.5 7 16.2 10.5M4.5 13.5L9 11.5M2.5 14.5L6 17.5L8.5 14.5Z + M13 9C13 10.1 12.1 11 11 11C9.895 11 9 10.1 9 9C9 7.895 9.895 7 11 7C12.1 7 13 7.895 13 9Z"
	Search      Icon = "M14 8.5C14 11.54 11.54 14 8.5 14C5.462 14 3 11.54 3 8.5C3 5.462 5.462 3 8.5 3C11.54 3 14 5.462 14 8.5ZM12.5 12.5L17.5 17.5"
	Settings    Icon = "M3 5L17 5M3 10L17 10M3 15L17 15 + M15 5C15 6.105 14.1 7 13 7C11.9 7 11 6.105 11 5C11 3.895 11.9 3 13 3C14.1 3 15 3.895 15 5ZM9 10C9 11.1 8.105 12 7 12C5.895 12 5 11.1 5 10C5 8.895 5.895 8 7 8C8.105 8 9 8.895 9 10ZM13.5 15C13.5 16.1 12.6 17 11.5 17C10.4 17 9.5 16.1 9.5 15C9.5 13.9 10.4 13 11.5 13C12.6 13 13.5 13.9 13.5 15Z"
	Help        Icon = "M17.5 10C17.5 14.14 14.14 17.5 10 17.5C5.858 17.5 2.5 14.14 2.5 10C2.5 5.858 5.858 2.5 10 2.5C14.14 2.5 17.5 5.858 17.5 10ZM7.7 8C7.7 6.5 8.7 5.7 10 5.7C11.4 5.7 12.3 6.6 12.3 7.8C12.3 9.6 10 9.6 10 11.6 + M11 14C11 14.55 10.55 15 10 15C9.448 15 9 14.55 9 14C9 13.45 9.448 13 10 13C10.55 13 11 13.45 11 14Z"
	Close       Icon = "M5 5L15 15M15 5L5 15"
	Check       Icon = "M4 10.5L8.2 14.7L16 6"
	Warn        Icon = "M10 3L18 16.5L2 16.5ZM10 8L10 12 + M10.95 14.2C10.95 14.72 10.52 15.15 10 15.15C9.475 15.15 9.05 14.72 9.05 14.2C9.05 13.68 9.475 13.25 10 13.25C10.52 13.25 10.95 13.68 10.95 14.2Z"
	Error       Icon = "M6.5 2.5L13.5 2.5L17.5 6.5L17.5 13.5L13.5 17.5L6.5 17.5L2.5 13.5L2.5 6.5ZM10 6L10 11 + M11 13.8C11 14.35 10.55 14.8 10 14.8C9.448 14.8 9 14.35 9 13.8C9 13.25 9.448 12.8 10 12.8C10.55 12.8 11 13.25 11 13.8Z"
	Info        Icon = "M17.5 10C17.5 14.14 14.14 17.5 10 17.5C5.858 17.5 2.5 14.14 2.5 10C2.5 5.858 5.858 2.5 10 2.5C14.14 2.5 17.5 5.858 17.5 10ZM10 9L10 14.2 + M11 6.3C11 6.852 10.55 7.3 10 7.3C9.448 7.3 9 6.852 9 6.3C9 5.748 9.448 5.3 10 5.3C10.55 5.3 11 5.748 11 6.3Z"
	Eye         Icon = "M2 10C5 5.5 15 5.5 18 10C15 14.5 5 14.5 2 10ZM12.3 10C12.3 11.27 11.27 12.3 10 12.3C8.73 12.3 7.7 11.27 7.7 10C7.7 8.73 8.73 7.7 10 7.7C11.27 7.7 12.3 8.73 12.3 10Z"
	EyeOff      Icon = "M2 10C5 5.5 15 5.5 18 10C15 14.5 5 14.5 2 10ZM4 17L16 3"
	Right       Icon = "M7.5 4.5L13 10L7.5 15.5"
	Down        Icon = "M4.5 7.5L10 13L15.5 7.5"
	Up          Icon = "M4.5 12.5L10 7L15.5 12.5"
	Plus        Icon = "M10 4L10 16M4 10L16 10"
	Filter      Icon = "M3 4.5L17 4.5L11.7 11L11.7 16.5L8.3 14.5L8.3 11Z"
	Export      Icon = "M10 12.5L10 2.5M6.5 6L10 2.5L13.5 6M3.5 11L3.5 17L16.5 17L16.5 11"
	Flag        Icon = "M5 2.5L5 17.5M5 3.5L15 3.5L12.5 7L15 10.5L5 10.5"
	Clock       Icon = "M17.5 10C17.5 14.14 14.14 17.5 10 17.5C5.858 17.5 2.5 14.14 2.5 10C2.5 5.858 5.858 2.5 10 2.5C14.14 2.5 17.5 5.858 17.5 10ZM10 5.5L10 10L13.5 12"
	Keyboard    Icon = "M2 5L18 5L18 15L2 15ZM5 8.2L5.2 8.2M8.3 8.2L8.5 8.2M11.6 8.2L11.8 8.2M14.8 8.2L15 8.2M6.5 12L13.5 12"
	Anon        Icon = "M3 10.5L17 10.5M6 10.5L7 5L13 5L14 10.5M8.5 14C8.5 15.1 7.605 16 6.5 16C5.395 16 4.5 15.1 4.5 14C4.5 12.9 5.395 12 6.5 12C7.605 12 8.5 12.9 8.5 14ZM15.5 14C15.5 15.1 14.6 16 13.5 16C12.4 16 11.5 15.1 11.5 14C11.5 12.9 12.4 12 13.5 12C14.6 12 15.5 12.9 15.5 14ZM8.5 14L11.5 14"
	Disk        Icon = "M3 3L14 3L17 6L17 17L3 17ZM6 3L6 8L13 8L13 3M6 17L6 11.5L14 11.5L14 17"
	Calibration Icon = "M2.5 6.5L17.5 6.5L17.5 13.5L2.5 13.5ZM5.5 6.5L5.5 9.5M8.5 6.5L8.5 10.5M11.5 6.5L11.5 9.5M14.5 6.5L14.5 10.5"
	Trocar      Icon = "M3 17L13 7M11.5 5.5L14.5 8.5M13 7L17 3M15.5 1.8L18.2 4.5"
	Ribs        Icon = "M10 2L10 18M10 5C14 4 17 6.5 16.5 10M10 5C6 4 3 6.5 3.5 10M10 11C13 10.3 15 11.5 15 14M10 11C7 10.3 5 11.5 5 14"
)

// Leak glyphs, on a grid of 12: the sign of a compartment that does not rest
// on colour.
const (
	GlyphCanal      Glyph = "M6 .8L11.2 6L6 11.2L.8 6Z"
	GlyphForamen    Glyph = "M6 .8L11.2 6L6 11.2L.8 6ZM6 3.6L3.6 6L6 8.4L8.4 6Z"
	GlyphDiscAbove  Glyph = "M6 1.2L11.2 10.4L.8 10.4Z"
	GlyphDiscBelow  Glyph = "M.8 1.6L11.2 1.6L6 10.8Z"
	GlyphVein       Glyph = "M6 1C8.76 1 11 3.24 11 6C11 8.76 8.76 11 6 11C3.24 11 1 8.76 1 6C1 3.24 3.24 1 6 1Z"
	GlyphSoftTissue Glyph = "M1.4 1.4L10.6 1.4L10.6 10.6L1.4 10.6Z"
	GlyphTrack      Glyph = "M.8 8.8L8.8 .8L11.2 3.2L3.2 11.2Z"
	GlyphDistant    Glyph = "M4.4 .8L7.6 .8L7.6 4.4L11.2 4.4L11.2 7.6L7.6 7.6L7.6 11.2L4.4 11.2L4.4 7.6L.8 7.6L.8 4.4L4.4 4.4Z"
)

// The mark: a vertebral body seen from the side, filled up to a level.
const (
	markBody = "M5 6C12 9 20 9 27 6C25 12.5 25 19.5 27 26C20 23 12 23 5 26C7 19.5 7 12.5 5 6Z"
	markFill = "M6.66 16.2C10 14.6 12.6 17.8 16 16.4C19.4 15 22 17.6 25.34 16C25.4 19.6 26 23 27 26C20 23 12 23 5 26C6 23 6.6 19.6 6.66 16.2Z"
)

// All lists every icon by its name in the design.
var All = map[string]Icon{
	"folder":   Folder,
	"wl":       Window,
	"zoom":     Zoom,
	"pan":      Pan,
	"scroll":   Scroll,
	"cross":    Crosshair,
	"length":   Length,
	"angle":    Angle,
	"cobb":     Cobb,
	"ellipse":  Ellipse,
	"probe":    Probe,
	"note":     Note,
	"handles":  Handles,
	"brush":    Brush,
	"eraser":   Eraser,
	"cut":      Cut,
	"grow":     Grow,
	"smooth":   Smooth,
	"undo":     Undo,
	"redo":     Redo,
	"key":      KeyImage,
	"grid4":    Grid4,
	"pair":     Pair,
	"triplet":  Triplet,
	"link":     Link,
	"swipe":    Swipe,
	"flicker":  Flicker,
	"invert":   Invert,
	"cube":     Cube,
	"vert":     Vertebra,
	"aligned":  Aligned,
	"curve":    Curve,
	"slab":     Slab,
	"play":     Play,
	"pause":    Pause,
	"next":     Next,
	"prev":     Prev,
	"loop":     Loop,
	"mask":     Mask,
	"biplane":  Biplane,
	"report":   Report,
	"sign":     Sign,
	"table":    Table,
	"plot":     Plot,
	"teach":    Teach,
	"fluoro":   Fluoro,
	"search":   Search,
	"settings": Settings,
	"help":     Help,
	"close":    Close,
	"check":    Check,
	"warn":     Warn,
	"error":    Error,
	"info":     Info,
	"eye":      Eye,
	"eyeoff":   EyeOff,
	"right":    Right,
	"down":     Down,
	"up":       Up,
	"plus":     Plus,
	"filter":   Filter,
	"export":   Export,
	"flag":     Flag,
	"clock":    Clock,
	"keyboard": Keyboard,
	"anon":     Anon,
	"disk":     Disk,
	"mm":       Calibration,
	"trocar":   Trocar,
	"ribs":     Ribs,
}

// Glyphs lists every leak glyph by its name in the design.
var Glyphs = map[string]Glyph{
	"canal":   GlyphCanal,
	"foramen": GlyphForamen,
	"discsup": GlyphDiscAbove,
	"discinf": GlyphDiscBelow,
	"vein":    GlyphVein,
	"soft":    GlyphSoftTissue,
	"track":   GlyphTrack,
	"distant": GlyphDistant,
}
