package proof

import (
	"fmt"
	"unicode/utf16"
)

// operand is a number, a name or a text of a content stream.
type operand struct {
	number float64
	text   string // of a name or text
	list   []float64
}

// scan calls do for every operator of a content stream with what stands before it.
func scan(b []byte, do func(op string, args []operand) error) error {
	var args []operand
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c <= ' ':
			i++
		case c == '(':
			s, next, err := literal(b, i+1)
			if err != nil {
				return err
			}
			args, i = append(args, operand{text: s}), next
		case c == '/':
			s, next := word(b, i+1)
			args, i = append(args, operand{text: s}), next
		case c == '[':
			var o operand
			for i++; i < len(b) && b[i] != ']'; {
				if b[i] <= ' ' {
					i++
					continue
				}
				s, next := word(b, i)
				if next == i {
					return fmt.Errorf("proof: a list of %q", b[i])
				}
				o.list, i = append(o.list, float([]byte(s))), next
			}
			args, i = append(args, o), i+1
		case c >= '0' && c <= '9' || c == '-' || c == '.':
			s, next := word(b, i)
			args, i = append(args, operand{number: float([]byte(s))}), next
		default:
			s, next := word(b, i)
			if next == i {
				return fmt.Errorf("proof: %q where an operator should be", c)
			}
			if err := do(s, args); err != nil {
				return err
			}
			args, i = args[:0], next
		}
	}
	return nil
}

// word returns what stands from i up to a space or sign, and where that is.
func word(b []byte, i int) (string, int) {
	from := i
	for i < len(b) && b[i] > ' ' && b[i] != '(' && b[i] != '[' && b[i] != ']' && b[i] != '/' {
		i++
	}
	return string(b[from:i]), i
}

// literal returns the text from i up to its closing bracket: UTF-16, big end first, signs escaped by backslashes.
func literal(b []byte, i int) (string, int, error) {
	var raw []byte
	for ; i < len(b) && b[i] != ')'; i++ {
		c := b[i]
		if c == '\\' && i+1 < len(b) {
			i++
			if c = b[i]; c == 'r' {
				c = '\r'
			}
		}
		raw = append(raw, c)
	}
	if i == len(b) || len(raw)%2 != 0 {
		return "", i, fmt.Errorf("proof: a text of %d bytes does not end", len(raw))
	}
	var units []uint16
	for k := 0; k < len(raw); k += 2 {
		units = append(units, uint16(raw[k])<<8|uint16(raw[k+1]))
	}
	return string(utf16.Decode(units)), i + 1, nil
}
