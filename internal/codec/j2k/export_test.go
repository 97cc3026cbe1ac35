package j2k

// VLCCode is a row of the HT tables, for the encoder in the tests.
type VLCCode struct {
	Bits   uint32
	Length int
	EK     uint8
}

// FindVLC returns the row for a quad: reach has the samples whose exponent is
// the bound. Of several rows the shortest code wins.
func FindVLC(firstRow bool, context, rho uint32, offset bool, reach uint32) VLCCode {
	table := &vlcOther
	if firstRow {
		table = &vlcFirst
	}
	best := VLCCode{Length: 99}
	for _, c := range table[context] {
		if uint32(c.rho) == rho && (c.uOff == 1) == offset && uint32(c.e1) == reach&uint32(c.eK) && int(c.length) < best.Length {
			best = VLCCode{uint32(c.code), int(c.length), c.eK}
		}
	}
	return best
}
