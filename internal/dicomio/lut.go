package dicomio

// lut is a modality LUT (PS3.3 C.11.1): first is the stored value of the first entry; values beyond the ends take the end entries.
type lut struct {
	first int
	value []uint16
}

func readLUT(d *Dataset, signed bool) *lut {
	desc := d.Ints(tagLUTDescriptor)
	if len(desc) != 3 {
		return nil
	}
	n, first := desc[0], desc[1]
	if n <= 0 {
		n += 1 << 16 // 0 stands for 65536, and SS makes large counts negative
	}
	if signed {
		first = int(int16(first))
	}
	data := d.Bytes(tagLUTData)
	t := &lut{first: first, value: make([]uint16, n)}
	switch {
	case len(data) >= 2*n:
		for i := range t.value {
			t.value[i] = d.order.Uint16(data[2*i:])
		}
	case len(data) >= n: // 8-bit entries packed in words
		for i := range t.value {
			t.value[i] = uint16(data[i])
		}
	default:
		return nil
	}
	return t
}

// at returns the entry of a stored value.
func (t *lut) at(v int) float64 { return float64(t.value[max(0, min(v-t.first, len(t.value)-1))]) }
