// Package anatomy names what the program speaks of: vertebral levels, sides, leak compartments and types, cement classes,
// with the numbers that masks use and the codes that DICOM uses. It holds no geometry.
package anatomy

import (
	"fmt"
	"strconv"
	"strings"
)

// Level is a vertebra. Named levels use the VerSe numbers that masks carry: C1..C7 = 1..7, T1..T12 = 8..19, L1..L5 = 20..24,
// L6 = 25, T13 = 28; S1 = 26 (VerSe: sacrum). Vertebrae whose name is not known are V1, V2, ... from head to foot = 101, 102, ...
type Level uint8

// None is the zero Level: no vertebra.
const None Level = 0

// Levels that code refers to by name.
const (
	C1  Level = 1
	C7  Level = 7
	T1  Level = 8
	T9  Level = 16
	T10 Level = 17
	T11 Level = 18
	T12 Level = 19
	L1  Level = 20
	L3  Level = 22
	L4  Level = 23
	L5  Level = 24
	L6  Level = 25
	S1  Level = 26
	T13 Level = 28

	firstUnknown Level = 101
	lastUnknown  Level = 199
)

// Unknown returns Vn, n from 1 to 99: the n-th vertebra from the head of a spine that nothing in view numbers.
func Unknown(n int) Level { return firstUnknown + Level(max(1, min(99, n))-1) }

// IsUnknown reports whether the level is one of V1..V99.
func (l Level) IsUnknown() bool { return l >= firstUnknown && l <= lastUnknown }

// Valid reports whether l is a level of the vocabulary.
func (l Level) Valid() bool { return l >= C1 && l <= S1 || l == T13 || l.IsUnknown() }

// String returns the short name in both languages: C1..C7, T1..T13, L1..L6, S1, V1...
func (l Level) String() string {
	switch {
	case l >= C1 && l <= C7:
		return "C" + strconv.Itoa(int(l))
	case l >= T1 && l <= T12:
		return "T" + strconv.Itoa(int(l-T1)+1)
	case l == T13:
		return "T13"
	case l >= L1 && l <= L6:
		return "L" + strconv.Itoa(int(l-L1)+1)
	case l == S1:
		return "S1"
	case l.IsUnknown():
		return "V" + strconv.Itoa(int(l-firstUnknown)+1)
	}
	return "?"
}

// ParseLevel reads a short name, in either case.
func ParseLevel(s string) (Level, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	for l := C1; l <= lastUnknown; l++ {
		if l.Valid() && l.String() == s {
			return l, nil
		}
	}
	return None, fmt.Errorf("anatomy: %q is not a vertebral level (C1..C7, T1..T13, L1..L6, S1, V1..V99)", s)
}

// MarshalText writes the short name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the short name.
func (l *Level) UnmarshalText(b []byte) error {
	v, err := ParseLevel(string(b))
	if err == nil {
		*l = v
	}
	return err
}

// Below returns the level n places towards the feet in the usual spine (12 thoracic, 5 lumbar vertebrae); negative n goes
// towards the head. T13 and L6 are left by their neighbours L1 and S1 (T12 and L5 upwards). It returns None where the spine
// ends or the level has no name.
func (l Level) Below(n int) Level {
	order := usualOrder
	switch {
	case l.IsUnknown():
		m := int(l-firstUnknown) + 1 + n
		if m < 1 || m > 99 {
			return None
		}
		return Unknown(m)
	case l == T13 && n != 0:
		if n > 0 {
			return L1.Below(n - 1)
		}
		return T12.Below(n + 1)
	case l == L6 && n != 0:
		if n > 0 {
			return S1.Below(n - 1)
		}
		return L5.Below(n + 1)
	case l == T13 || l == L6:
		return l
	}
	for i, o := range order {
		if o == l {
			if i+n < 0 || i+n >= len(order) {
				return None
			}
			return order[i+n]
		}
	}
	return None
}

var usualOrder = func() (o []Level) {
	for l := C1; l <= L5; l++ {
		o = append(o, l)
	}
	return append(o, S1)
}()

// LevelSource says where a vertebra's name comes from.
type LevelSource string

// The sources of the contract.
const (
	SourceUser    LevelSource = "user"
	SourceMask    LevelSource = "mask"
	SourceRibs    LevelSource = "ribs"
	SourceSacrum  LevelSource = "sacrum"
	SourceSkull   LevelSource = "skull"
	SourceOrder   LevelSource = "order"
	SourceUnknown LevelSource = "unknown"
)
