package vertebra

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// ParseSeed reads a seed as it is typed: T9=x,y,z, in millimetres of LPS.
func ParseSeed(s string) (Seed, error) {
	name, at, ok := strings.Cut(s, "=")
	parts := strings.Split(at, ",")
	if !ok || len(parts) != 3 {
		return Seed{}, fmt.Errorf("seed %s: write it as T9=x,y,z", s)
	}
	l, err := anatomy.ParseLevel(name)
	if err != nil {
		return Seed{}, fmt.Errorf("seed %s: %w", s, err)
	}
	var x [3]float64
	for i, p := range parts {
		if x[i], err = strconv.ParseFloat(strings.TrimSpace(p), 64); err != nil || math.IsNaN(x[i]) || math.IsInf(x[i], 0) {
			return Seed{}, fmt.Errorf("seed %s: %q is not a number of millimetres", s, p)
		}
	}
	return Seed{Level: l, Point: geom.LPS(x[0], x[1], x[2])}, nil
}
