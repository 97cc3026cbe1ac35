package volume

import "math"

// Read reports whether there is an image at a depth z in voxel coordinates: within half a median gap of a slice that could be read.
// In a hole of missing slices and in a corrupt slice there is none, and nothing may be drawn or measured. Beyond the first and
// the last slice the border counts, as in Sample.
func (v *Volume) Read(z float64) bool {
	k := int(math.Round(z))
	if k >= 0 && k < len(v.Corrupt) && v.Corrupt[k] {
		return false
	}
	i := int(math.Floor(z))
	if i < 0 || i+1 >= v.NZ {
		return true
	}
	gap := v.SlicePosition(i + 1).Sub(v.SlicePosition(i)).Dot(v.Normal)
	if gap <= holeFrom*float64(v.DZ) {
		return true
	}
	f := z - float64(i)
	return gap*min(f, 1-f) <= float64(v.DZ)/2
}

// holeFrom is from how many median gaps on a gap is a hole.
const holeFrom = 1.5
