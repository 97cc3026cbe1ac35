package dicomio

// syntax is what a transfer syntax means for the pixel data.
type syntax struct {
	name     string
	coding   coding
	deflated bool // the whole data set
	video    bool
	retired  bool // and not decoded
}

// coding is how one frame is coded.
type coding uint8

const (
	codingUnknown coding = iota
	codingNative
	codingRLE
	codingJPEG // DCT, 8 and 12 bit
	codingJPEGLossless
	codingJPEGLS
	codingJPEG2000
	codingDeflated // deflated image frame
)

var syntaxes = map[string]syntax{
	"1.2.840.10008.1.2":         {name: "Implicit VR Little Endian", coding: codingNative},
	"1.2.840.10008.1.2.1":       {name: "Explicit VR Little Endian", coding: codingNative},
	"1.2.840.10008.1.2.2":       {name: "Explicit VR Big Endian", coding: codingNative},
	"1.2.840.10008.1.2.1.99":    {name: "Deflated Explicit VR Little Endian", coding: codingNative, deflated: true},
	"1.2.840.10008.1.2.8.1":     {name: "Deflated Image Frame", coding: codingDeflated},
	"1.2.840.113619.5.2":        {name: "GE private implicit, big endian pixels", coding: codingNative},
	"1.2.840.10008.1.2.5":       {name: "RLE Lossless", coding: codingRLE},
	"1.2.840.10008.1.2.4.50":    {name: "JPEG Baseline", coding: codingJPEG},
	"1.2.840.10008.1.2.4.51":    {name: "JPEG Extended", coding: codingJPEG},
	"1.2.840.10008.1.2.4.53":    {name: "JPEG Spectral Selection", retired: true},
	"1.2.840.10008.1.2.4.55":    {name: "JPEG Full Progression", retired: true},
	"1.2.840.10008.1.2.4.57":    {name: "JPEG Lossless", coding: codingJPEGLossless},
	"1.2.840.10008.1.2.4.70":    {name: "JPEG Lossless SV1", coding: codingJPEGLossless},
	"1.2.840.10008.1.2.4.80":    {name: "JPEG-LS Lossless", coding: codingJPEGLS},
	"1.2.840.10008.1.2.4.81":    {name: "JPEG-LS Near-lossless", coding: codingJPEGLS},
	"1.2.840.10008.1.2.4.90":    {name: "JPEG 2000 Lossless", coding: codingJPEG2000},
	"1.2.840.10008.1.2.4.91":    {name: "JPEG 2000", coding: codingJPEG2000},
	"1.2.840.10008.1.2.4.201":   {name: "HTJ2K Lossless", coding: codingJPEG2000},
	"1.2.840.10008.1.2.4.202":   {name: "HTJ2K Lossless RPCL", coding: codingJPEG2000},
	"1.2.840.10008.1.2.4.203":   {name: "HTJ2K", coding: codingJPEG2000},
	"1.2.840.10008.1.2.4.100":   {name: "MPEG2 Main Profile", video: true},
	"1.2.840.10008.1.2.4.101":   {name: "MPEG2 High Level", video: true},
	"1.2.840.10008.1.2.4.100.1": {name: "MPEG2 Main Profile, fragmentable", video: true},
	"1.2.840.10008.1.2.4.101.1": {name: "MPEG2 High Level, fragmentable", video: true},
	"1.2.840.10008.1.2.4.102":   {name: "H.264 High Profile", video: true},
	"1.2.840.10008.1.2.4.103":   {name: "H.264 BD-compatible", video: true},
	"1.2.840.10008.1.2.4.104":   {name: "H.264 2D", video: true},
	"1.2.840.10008.1.2.4.105":   {name: "H.264 3D", video: true},
	"1.2.840.10008.1.2.4.106":   {name: "H.264 Stereo", video: true},
	"1.2.840.10008.1.2.4.107":   {name: "HEVC Main Profile", video: true},
	"1.2.840.10008.1.2.4.108":   {name: "HEVC Main 10 Profile", video: true},
}

// syntaxOf returns the meaning of a transfer syntax UID. An unknown one is taken as uncompressed when the pixel data turn out to be.
func syntaxOf(uid string) syntax { return syntaxes[uid] }

// SyntaxName returns the name of a transfer syntax, or the UID itself.
func SyntaxName(uid string) string {
	if s, ok := syntaxes[uid]; ok {
		return s.name
	}
	return uid
}
