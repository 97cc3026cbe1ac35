package dicomout

import (
	"crypto/sha256"
	"math/big"
	"strings"
)

// UID returns a DICOM unique identifier that depends only on the given texts: a UUID made from their hash, written as 2.25.<decimal>
// (DICOM PS3.5 B.2; RFC 9562 version 8). The same texts always give the same UID, so that a series written twice is the same series.
func UID(seed ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(seed, "\x00")))
	b := sum[:16]
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	return "2.25." + new(big.Int).SetBytes(b).String()
}
