package exchange

import "github.com/vertefill/vertefill/internal/anatomy"

// vertebrae are the SNOMED CT concepts of the levels, as in the DICOM and TotalSegmentator contexts of segmentation editors.
var vertebrae = map[string]string{
	"C1": "14806007", "C2": "39976000", "C3": "113205007", "C4": "5329002", "C5": "36978003", "C6": "36054005", "C7": "87391001",
	"T1": "64864005", "T2": "53733008", "T3": "1626008", "T4": "73071006", "T5": "56401006", "T6": "45296009", "T7": "62487009",
	"T8": "11068009", "T9": "82687006", "T10": "7610001", "T11": "12989004", "T12": "23215003",
	"L1": "66794005", "L2": "14293000", "L3": "36470004", "L4": "11994002", "L5": "49668003", "S1": "65985001",
}

// Level returns the code of a vertebra; private where SNOMED has none (T13, L6) or nothing in view names it (V1, V2).
func Level(l anatomy.Level) Code {
	if v, ok := vertebrae[l.String()]; ok {
		return sct(v, l.String()+" vertebra")
	}
	return OwnCode(l.String(), l.String()+" vertebra")
}

// LevelOf returns the vertebra that a code means; ok is false when it means none.
func LevelOf(c Code) (l anatomy.Level, ok bool) {
	name := c.Value
	if c.Scheme == "SCT" {
		name = ""
		for n, v := range vertebrae {
			if v == c.Value {
				name = n
			}
		}
	} else if c.Scheme != Private {
		return anatomy.None, false
	}
	l, err := anatomy.ParseLevel(name)
	return l, err == nil
}
