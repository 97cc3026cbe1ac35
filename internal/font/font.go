// Package font embeds Vertefill Sans, the one typeface of the window, the reports and the key images: Inter 4.0 cut to the signs
// in use, with digits of one width (make.py beside this file makes the four weights again). Licence: OFL.txt.
package font

import _ "embed"

// The weights as TrueType files.
var (
	//go:embed VertefillSans-Regular.ttf
	Regular []byte
	//go:embed VertefillSans-Medium.ttf
	Medium []byte
	//go:embed VertefillSans-SemiBold.ttf
	SemiBold []byte
	//go:embed VertefillSans-Bold.ttf
	Bold []byte
)

// Licence is the text of the SIL Open Font Licence under which the typeface comes, shown in About.
//
//go:embed OFL.txt
var Licence string
