package jpegll

// predictFirst turns the differences of the first row of an interval into
// samples: the first sample is predicted by half the range, the others by
// their left neighbour (T.81 H.1.2.1).
func predictFirst(row []uint16, step int, initial uint16) {
	left := initial
	for i := 0; i < len(row); i += step {
		left += row[i]
		row[i] = left
	}
}

// predict turns the differences of a later row into samples (table H.1). The
// first sample is predicted by the one above. With a the sample to the left,
// b above, c above left, sums are modulo 2^16 and halves are rounded down.
func predict(row, above []uint16, step, predictor int) {
	row[0] += above[0]
	above = above[:len(row)]
	a, c := row[0], above[0]
	switch predictor {
	case 1:
		for i := step; i < len(row); i += step {
			a += row[i]
			row[i] = a
		}
	case 2:
		for i := step; i < len(row); i += step {
			row[i] += above[i]
		}
	case 3:
		for i := step; i < len(row); i += step {
			row[i] += above[i-step]
		}
	case 4:
		for i := step; i < len(row); i += step {
			b := above[i]
			a += row[i] + b - c
			row[i], c = a, b
		}
	case 5:
		for i := step; i < len(row); i += step {
			b := above[i]
			a += row[i] + uint16((int32(b)-int32(c))>>1)
			row[i], c = a, b
		}
	case 6:
		for i := step; i < len(row); i += step {
			b := above[i]
			a = row[i] + b + uint16((int32(a)-int32(c))>>1)
			row[i], c = a, b
		}
	case 7:
		for i := step; i < len(row); i += step {
			a = row[i] + uint16((uint32(a)+uint32(above[i]))>>1)
			row[i] = a
		}
	}
}
