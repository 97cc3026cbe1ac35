package phantom

import "math"

// A tube of 120 kV in eight energies, keV, with the share of the detector's signal that each gives without a patient (a rounded
// tungsten spectrum behind aluminium and bow tie; the shares sum to 1).
var (
	energies = [...]float64{35, 45, 55, 65, 75, 85, 95, 110}
	shares   = [...]float64{0.05, 0.14, 0.20, 0.21, 0.16, 0.11, 0.07, 0.06}
)

// effectiveKeV is the energy at which a small insert in a trunk of water shows the CT number that the ideal picture gives it.
const effectiveKeV = 70

// attenuation is a mass attenuation coefficient, cm2/g, at the energies of its table, keV.
type attenuation struct{ keV, mu []float64 }

// Coefficients of J. H. Hubbell and S. M. Seltzer, Tables of X-Ray Mass Attenuation Coefficients, NISTIR 5632 (1995). Cement's
// contrast is barium: its K edge lies at 37.4 keV, below all energies here but the first.
var (
	waterMu  = attenuation{[]float64{30, 40, 50, 60, 80, 100, 150}, []float64{0.3756, 0.2683, 0.2269, 0.2059, 0.1837, 0.1707, 0.1505}}
	boneMu   = attenuation{[]float64{30, 40, 50, 60, 80, 100, 150}, []float64{1.331, 0.6655, 0.4242, 0.3148, 0.2229, 0.1855, 0.1480}}
	bariumMu = attenuation{[]float64{30, 37.43, 37.45, 40, 50, 60, 80, 100, 150}, []float64{8.561, 4.998, 29.19, 24.57, 13.79, 8.511, 3.963, 2.196, 0.7828}}
)

// at interpolates between logarithms.
func (a attenuation) at(keV float64) float64 {
	i := 1
	for i < len(a.keV)-1 && a.keV[i] < keV {
		i++
	}
	f := math.Log(keV/a.keV[i-1]) / math.Log(a.keV[i]/a.keV[i-1])
	return math.Exp((1-f)*math.Log(a.mu[i-1]) + f*math.Log(a.mu[i]))
}

// spectrum turns path lengths into what the detector says. Lengths are mm of water; bone and barium are given as the mm of water
// that would take as much at the effective energy, beyond the water that is there anyway.
type spectrum struct {
	water, bone, barium [len(energies)]float64 // 1/mm
	length              []float64              // of water, mm, for -ln signal at equal steps
	step                float64
}

func newSpectrum() *spectrum {
	s := &spectrum{step: 0.005}
	atE := waterMu.at(effectiveKeV)
	// What cortical bone (1.92 g/cm3) and cement (1.5 g/cm3, three tenths of its mass barium sulphate) take beyond water.
	bone := func(keV float64) float64 { return 1.92*boneMu.at(keV) - waterMu.at(keV) }
	cement := func(keV float64) float64 { return 1.5*(0.176*bariumMu.at(keV)+0.79*waterMu.at(keV)) - waterMu.at(keV) }
	for i, e := range energies {
		s.water[i] = waterMu.at(e) / 10
		s.bone[i] = bone(e) / bone(effectiveKeV) * atE / 10
		s.barium[i] = cement(e) / cement(effectiveKeV) * atE / 10
	}
	// The water correction of every scanner: the length of water that gives the same signal.
	mm, p := 0.0, 0.0
	for n := 0; n < 3000; n++ {
		want := float64(n) * s.step
		for p < want {
			mm += 0.05
			p = -math.Log(s.signal(mm, 0, 0))
		}
		s.length = append(s.length, mm)
	}
	return s
}

// signal is what of the beam arrives.
func (s *spectrum) signal(water, bone, barium float64) float64 {
	sum := 0.0
	for i := range energies {
		sum += shares[i] * math.Exp(-s.water[i]*water-s.bone[i]*bone-s.barium[i]*barium)
	}
	return sum
}

// waterLength returns the length of water, mm, that gives the signal.
func (s *spectrum) waterLength(signal float64) float64 {
	x := -math.Log(signal) / s.step
	i := max(0, min(len(s.length)-2, int(x)))
	return s.length[i] + (x-float64(i))*(s.length[i+1]-s.length[i])
}
