// Package licence holds the licences of the works that the programs are made
// with, for About. It knows nothing of what the works do.
package licence

import (
	_ "embed"
	"strings"
)

//go:embed third-party.txt
var thirdParty string

// Work is one work and its licence.
type Work struct{ Name, Text string }

// Works returns all works; Go comes first.
func Works() (out []Work) {
	for _, part := range strings.Split("\n"+thirdParty, "\n== ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		out = append(out, Work{name, strings.TrimSpace(text)})
	}
	return out
}
