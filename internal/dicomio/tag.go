package dicomio

import "fmt"

// Tag is a data element tag, group in the high half.
type Tag uint32

// String prints the tag as the standard does.
func (t Tag) String() string { return fmt.Sprintf("(%04X,%04X)", uint32(t)>>16, uint32(t)&0xffff) }

// VR is a value representation, its two letters in reading order.
type VR uint16

// String returns the two letters.
func (v VR) String() string { return string([]byte{byte(v >> 8), byte(v)}) }

func vrOf(s string) VR { return VR(s[0])<<8 | VR(s[1]) }

var (
	vrUN = vrOf("UN")
	vrSQ = vrOf("SQ")
	vrOW = vrOf("OW")
)

// The tags that the package reads.
const (
	tagTransferSyntax       Tag = 0x00020010
	tagCharset              Tag = 0x00080005
	tagImageType            Tag = 0x00080008
	tagSOPClassUID          Tag = 0x00080016
	tagSOPInstanceUID       Tag = 0x00080018
	tagStudyDate            Tag = 0x00080020
	tagSeriesDate           Tag = 0x00080021
	tagAcquisitionDate      Tag = 0x00080022
	tagContentDate          Tag = 0x00080023
	tagAcquisitionDateTime  Tag = 0x0008002A
	tagStudyTime            Tag = 0x00080030
	tagSeriesTime           Tag = 0x00080031
	tagAcquisitionTime      Tag = 0x00080032
	tagContentTime          Tag = 0x00080033
	tagAccession            Tag = 0x00080050
	tagModality             Tag = 0x00080060
	tagManufacturer         Tag = 0x00080070
	tagInstitution          Tag = 0x00080080
	tagStudyDescription     Tag = 0x00081030
	tagSeriesDescription    Tag = 0x0008103E
	tagModelName            Tag = 0x00081090
	tagDisplayRate          Tag = 0x00082144
	tagFrameType            Tag = 0x00089007
	tagPatientName          Tag = 0x00100010
	tagPatientID            Tag = 0x00100020
	tagBirthDate            Tag = 0x00100030
	tagSex                  Tag = 0x00100040
	tagPatientAge           Tag = 0x00101010
	tagContrastAgent        Tag = 0x00180010
	tagBodyPart             Tag = 0x00180015
	tagCineRate             Tag = 0x00180040
	tagSliceThickness       Tag = 0x00180050
	tagKVP                  Tag = 0x00180060
	tagProtocol             Tag = 0x00181030
	tagFrameTime            Tag = 0x00181063
	tagFrameTimeVector      Tag = 0x00181065
	tagSourceDetector       Tag = 0x00181110
	tagSourcePatient        Tag = 0x00181111
	tagMagnification        Tag = 0x00181114
	tagGantryTilt           Tag = 0x00181120
	tagImagerPixelSpacing   Tag = 0x00181164
	tagKernel               Tag = 0x00181210
	tagShutterShape         Tag = 0x00181600
	tagShutterLeft          Tag = 0x00181602
	tagShutterRight         Tag = 0x00181604
	tagShutterUpper         Tag = 0x00181606
	tagShutterLower         Tag = 0x00181608
	tagShutterCentre        Tag = 0x00181610
	tagShutterRadius        Tag = 0x00181612
	tagShutterCorners       Tag = 0x00181620
	tagShutterLevel         Tag = 0x00181622
	tagPositionerPrimary    Tag = 0x00181510
	tagPositionerSecondary  Tag = 0x00181511
	tagFrameAcqDateTime     Tag = 0x00189074
	tagReconstruction       Tag = 0x00189314 // CT Reconstruction Sequence
	tagCTImageFrameType     Tag = 0x00189329
	tagXRayPositioner       Tag = 0x00189405 // Positioner Position Sequence
	tagXAFrameGeometry      Tag = 0x00189476 // X-Ray Geometry Sequence
	tagFrameShutter         Tag = 0x00189472
	tagXAFramePixelData     Tag = 0x00289443 // Frame Pixel Data Properties Sequence
	tagXAPixelCalibration   Tag = 0x00189401 // Projection Pixel Calibration Sequence
	tagObjectPixelSpacing   Tag = 0x00189404 // in Center of Beam
	tagSourceIsocenter      Tag = 0x00189402
	tagPlaneID              Tag = 0x00189457
	tagPrimaryIncrement     Tag = 0x00181520
	tagSecondaryIncrement   Tag = 0x00181521
	tagPixelIntensity       Tag = 0x00281040
	tagPixelIntensitySign   Tag = 0x00281041
	tagAreaDose             Tag = 0x0018115E // dGy cm2
	tagAcquiredAreaDose     Tag = 0x00189473 // dGy cm2
	tagEntranceDoseMGy      Tag = 0x00408302
	tagTubeCurrent          Tag = 0x00181151
	tagPulseWidth           Tag = 0x00181154
	tagRadiationMode        Tag = 0x0018115A
	tagStudyUID             Tag = 0x0020000D
	tagSeriesUID            Tag = 0x0020000E
	tagSeriesNumber         Tag = 0x00200011
	tagAcquisitionNumber    Tag = 0x00200012
	tagInstanceNumber       Tag = 0x00200013
	tagPosition             Tag = 0x00200032
	tagOrientation          Tag = 0x00200037
	tagFrameOfReference     Tag = 0x00200052
	tagTemporalPosition     Tag = 0x00200100
	tagStackID              Tag = 0x00209056
	tagFrameContent         Tag = 0x00209111
	tagPlanePosition        Tag = 0x00209113
	tagPlaneOrientation     Tag = 0x00209116
	tagTemporalIndex        Tag = 0x00209128
	tagSamplesPerPixel      Tag = 0x00280002
	tagPhotometric          Tag = 0x00280004
	tagPlanarConfiguration  Tag = 0x00280006
	tagNumberOfFrames       Tag = 0x00280008
	tagFrameIncrement       Tag = 0x00280009
	tagRows                 Tag = 0x00280010
	tagColumns              Tag = 0x00280011
	tagPixelSpacing         Tag = 0x00280030
	tagBitsAllocated        Tag = 0x00280100
	tagBitsStored           Tag = 0x00280101
	tagHighBit              Tag = 0x00280102
	tagPixelRepresentation  Tag = 0x00280103
	tagPaddingValue         Tag = 0x00280120
	tagPaddingLimit         Tag = 0x00280121
	tagBurnedIn             Tag = 0x00280301
	tagCalibrationType      Tag = 0x00280A02
	tagWindowCenter         Tag = 0x00281050
	tagWindowWidth          Tag = 0x00281051
	tagRescaleIntercept     Tag = 0x00281052
	tagRescaleSlope         Tag = 0x00281053
	tagRescaleType          Tag = 0x00281054
	tagWindowExplanation    Tag = 0x00281055
	tagVOIFunction          Tag = 0x00281056
	tagRedPalette           Tag = 0x00281101 // descriptors; green and blue follow
	tagRedPaletteData       Tag = 0x00281201
	tagRedPaletteSegments   Tag = 0x00281221
	tagModalityLUT          Tag = 0x00283000
	tagLUTDescriptor        Tag = 0x00283002
	tagLUTExplanation       Tag = 0x00283003
	tagLUTData              Tag = 0x00283006
	tagVOILUT               Tag = 0x00283010
	tagPixelMeasures        Tag = 0x00289110
	tagFrameVOILUT          Tag = 0x00289132
	tagPixelTransformation  Tag = 0x00289145
	tagPresentationLUTShape Tag = 0x20500020
	tagSharedGroups         Tag = 0x52009229
	tagPerFrameGroups       Tag = 0x52009230
	tagOverlayRows          Tag = 0x60000010 // and in groups 6002 to 601E
	tagOverlayColumns       Tag = 0x60000011
	tagOverlayFrames        Tag = 0x60000015
	tagOverlayDescription   Tag = 0x60000022
	tagOverlayType          Tag = 0x60000040
	tagOverlayOrigin        Tag = 0x60000050
	tagOverlayFirstFrame    Tag = 0x60000051
	tagOverlayBit           Tag = 0x60000102
	tagOverlayLabel         Tag = 0x60001500
	tagOverlayData          Tag = 0x60003000
	tagFloatPixels          Tag = 0x7FE00008
	tagDoublePixels         Tag = 0x7FE00009
	tagExtendedOffsets      Tag = 0x7FE00001
	tagExtendedLengths      Tag = 0x7FE00002
	tagPixelData            Tag = 0x7FE00010
	tagItem                 Tag = 0xFFFEE000
	tagItemEnd              Tag = 0xFFFEE00D
	tagSequenceEnd          Tag = 0xFFFEE0DD
)

// sequences lists the sequences that the package reads: in implicit VR, and under VR UN, nothing else tells them from bytes.
var sequences = map[Tag]bool{
	tagModalityLUT: true, tagSharedGroups: true, tagPerFrameGroups: true, tagFrameContent: true, tagPlanePosition: true,
	tagPlaneOrientation: true, tagPixelMeasures: true, tagFrameVOILUT: true, tagPixelTransformation: true,
	tagReconstruction: true, tagCTImageFrameType: true, tagXRayPositioner: true, tagXAFrameGeometry: true, tagXAFramePixelData: true, tagXAPixelCalibration: true,
	tagFrameShutter: true, tagVOILUT: true,
	0x00081115: true, 0x00081140: true, 0x00081199: true, 0x00082112: true, 0x00409096: true, // references
	0x0008114A: true, 0x00081200: true, 0x00082218: true, 0x004008EA: true, 0x0040A043: true, 0x0040A168: true, 0x0040A300: true, 0x0040A301: true, // other objects
	0x0040A375: true, 0x0040A504: true, 0x0040A730: true, 0x00700001: true, 0x00700008: true, 0x00700009: true, 0x0070005A: true, 0x00700060: true, // reports, presentations
	0x30060010: true, 0x30060012: true, 0x30060014: true, 0x30060016: true, 0x30060020: true, 0x30060039: true, 0x30060040: true, 0x30060080: true, // contours
	0x00620002: true, 0x00620003: true, 0x00620004: true, 0x00620006: true, 0x00620008: true, 0x0062000A: true, // segmentation
}

// longForm reports whether an explicit element of this VR has two reserved bytes and a 32-bit length (PS3.5 7.1.2). VRs that
// are not in the standard yet will have it too.
func (v VR) longForm() bool {
	switch v.String() {
	case "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US":
		return false
	}
	return true
}

// letters reports whether both bytes are capital letters, as those of every VR are.
func (v VR) letters() bool {
	a, b := byte(v>>8), byte(v)
	return a >= 'A' && a <= 'Z' && b >= 'A' && b <= 'Z'
}
