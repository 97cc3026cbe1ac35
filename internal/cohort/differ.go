package cohort

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Difference is a place where two reports are not equal.
type Difference struct {
	Path     string // such as vertebrae[2].fillRatio
	Was, Now string // JSON; empty where there is nothing
}

// apartFrom are the parts of a report that say who made it and how fast, not what was measured.
var apartFrom = []string{"timing", "software"}

// Differences compares two report.json value by value, in the order of their names. Timing and software are left out.
func Differences(was, now []byte) ([]Difference, error) {
	var a, b map[string]any
	for _, x := range []struct {
		text []byte
		to   *map[string]any
	}{{was, &a}, {now, &b}} {
		if err := json.Unmarshal(x.text, x.to); err != nil {
			return nil, fmt.Errorf("cohort: report: %w", err)
		}
		for _, name := range apartFrom {
			delete(*x.to, name)
		}
	}
	return differ(nil, "", a, b), nil
}

func differ(out []Difference, path string, a, b any) []Difference {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		names := slices.Collect(maps.Keys(x))
		for n := range y {
			if _, ok := x[n]; !ok {
				names = append(names, n)
			}
		}
		slices.Sort(names)
		for _, n := range names {
			p := n
			if path != "" {
				p = path + "." + n
			}
			v, inA := x[n]
			w, inB := y[n]
			if inA && inB {
				out = differ(out, p, v, w)
			} else {
				out = append(out, Difference{p, compact(v, inA), compact(w, inB)})
			}
		}
		return out
	case []any:
		y, ok := b.([]any)
		if !ok {
			break
		}
		if len(x) != len(y) {
			return append(out, Difference{path, fmt.Sprint(len(x), " entries"), fmt.Sprint(len(y), " entries")})
		}
		for i := range x {
			out = differ(out, fmt.Sprintf("%s[%d]", path, i), x[i], y[i])
		}
		return out
	}
	if !reflect.DeepEqual(a, b) {
		out = append(out, Difference{path, compact(a, true), compact(b, true)})
	}
	return out
}

func compact(v any, there bool) string {
	if !there {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
