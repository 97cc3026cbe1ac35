package anatomy

// Compartment is where leaked cement lies.
type Compartment string

// The compartments of the contract.
const (
	Canal             Compartment = "canal"
	Foramen           Compartment = "foramen"
	DiscSuperior      Compartment = "disc-superior"
	DiscInferior      Compartment = "disc-inferior"
	ParavertebralVein Compartment = "paravertebral-vein"
	SoftTissue        Compartment = "soft-tissue"
	NeedleTrack       Compartment = "needle-track"
	Distant           Compartment = "distant"
)

// Compartments lists all of them, the most watched first.
var Compartments = []Compartment{Canal, Foramen, DiscSuperior, DiscInferior, ParavertebralVein, SoftTissue, NeedleTrack, Distant}

// LeakType is the way the cement went: Yeom 2003 (J Bone Joint Surg Br 85:83) B, S and C, with D for discs, T for the
// needle's track and E for distant cement.
type LeakType string

// The types of the contract.
const (
	TypeB LeakType = "B" // basivertebral vein, into the canal
	TypeS LeakType = "S" // segmental vein
	TypeC LeakType = "C" // through a cortical defect
	TypeD LeakType = "D" // into a disc
	TypeT LeakType = "T" // along the needle's track
	TypeE LeakType = "E" // distant (embolus)
)

// Side is the side of the patient.
type Side string

// The sides of the contract.
const (
	Left    Side = "left"
	Right   Side = "right"
	Midline Side = "midline"
)

// Attention is how prominently a leak is shown: a convention of the program that the user may edit, never a claim about
// symptoms.
type Attention string

// The attention tiers of the contract.
const (
	AttentionRed   Attention = "red"
	AttentionAmber Attention = "amber"
	AttentionInfo  Attention = "info"
)

// CementClass is the voxel value of the cement mask (cement.nii.gz).
type CementClass uint8

// The classes of the contract; 0 is no cement.
const (
	CementInBody    CementClass = 1 // new cement in a vertebral body
	CementInPedicle CementClass = 2 // new cement in pedicle or arch bone
	CementLeaked    CementClass = 3
	CementPrior     CementClass = 4 // already there in the pre CT
	Metal           CementClass = 5 // trocar, screw, rod
)
