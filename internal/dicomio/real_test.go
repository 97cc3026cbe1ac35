package dicomio_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/geom"
)

// data returns the path of shared real data, or skips.
func data(t testing.TB, parts ...string) string {
	t.Helper()
	p := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skip("real data are not here: ../shared/data/" + strings.Join(parts, "/"))
	}
	return p
}

func scan(t testing.TB, paths ...string) *dicomio.Inventory {
	t.Helper()
	inv, err := dicomio.Scan(context.Background(), paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// TestOrientationPhantom checks axes, flips and order: by the makers' rule every voxel equals row + column - z/2.
func TestOrientationPhantom(t *testing.T) {
	inv := scan(t, data(t, "phantom-orientation-ibsi", "orientation.zip"))
	if len(inv.Series) != 1 || len(inv.Series[0].Stacks) != 1 {
		t.Fatalf("%d series", len(inv.Series))
	}
	v, err := inv.Series[0].Main().Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if v.NX != 32 || v.NY != 48 || v.NZ != 64 || v.Verdict != "regular" {
		t.Fatalf("%d x %d x %d, %s", v.NX, v.NY, v.NZ, v.Verdict)
	}
	for k := range v.NZ {
		for j := range v.NY {
			for i := range v.NX {
				p := v.Patient(geom.Vox(float64(i), float64(j), float64(k)))
				if got, want := v.At(i, j, k), int16(i+j)-int16(math.Round(p.Z/2)); got != want {
					t.Fatalf("voxel %d %d %d at z %g = %d, want %d", i, j, k, p.Z, got, want)
				}
			}
		}
	}
	w, err := scan(t, data(t, "phantom-orientation-ibsi", "impulse.zip")).Series[0].Main().Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.SampleAt(geom.LPS(62, 62, -62)); got != 255 {
		t.Errorf("the impulse at (62, 62, -62) mm is %g, want 255", got)
	}
}

// oracle is what pydicom, gdcm and dcmtk measured.
type oracle struct {
	Series []struct {
		End      string     `json:"series_uid_end"`
		Modality string     `json:"modality"`
		Images   int        `json:"images"`
		First    [3]float64 `json:"first_pos"`
		Last     [3]float64 `json:"last_pos"`
		Min      float64    `json:"hu_min"`
		Max      float64    `json:"hu_max"`
		Mean     float64    `json:"hu_mean"`
		Over300  int        `json:"vox_over_300"`
		Zip      string     `json:"zip"`
	} `json:"series"`
}

func readOracle(t testing.TB, set string) (o oracle) {
	t.Helper()
	b, err := os.ReadFile(data(t, set, "oracle.json"))
	if err == nil {
		err = json.Unmarshal(b, &o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestSeriesOracles loads every CT series of the sets and compares with what other programs read.
func TestSeriesOracles(t *testing.T) {
	scans := map[string]*dicomio.Inventory{}
	for _, set := range []string{"phantom-orientation-ibsi", "ct-chest-8mm-tcia", "ct-lumbosacral-vhf-dicom", "seg-sr-dcmqi", "dicomdir-media"} {
		for _, want := range readOracle(t, set).Series {
			if want.Modality != "CT" || want.First == want.Last {
				continue
			}
			t.Run(set+"/"+want.End, func(t *testing.T) {
				if scans[want.Zip] == nil {
					scans[want.Zip] = scan(t, data(t, set, want.Zip))
				}
				checkSeries(t, scans[want.Zip], want.End, func(s *dicomio.Stack) {
					v, err := s.Load(context.Background(), nil)
					if err != nil {
						t.Fatal(err)
					}
					if v.NZ != want.Images {
						t.Errorf("%d slices, want %d", v.NZ, want.Images)
					}
					lo, hi, over, sum := math.Inf(1), math.Inf(-1), 0, 0.0
					for _, h := range v.HU {
						lo, hi = min(lo, float64(h)), max(hi, float64(h))
						if h > 300 {
							over++
						}
						sum += float64(h)
					}
					if mean := sum / float64(len(v.HU)); lo != want.Min || hi != want.Max || over != want.Over300 || math.Abs(mean-want.Mean) > 1e-3 {
						t.Errorf("HU %g..%g, mean %.4f, %d over 300; want %g..%g, %.4f, %d", lo, hi, mean, over, want.Min, want.Max, want.Mean, want.Over300)
					}
					a, b := v.SlicePosition(0), v.SlicePosition(v.NZ-1)
					if a.Dist(geom.LPS(want.First[0], want.First[1], want.First[2])) > 1e-9 || b.Dist(geom.LPS(want.Last[0], want.Last[1], want.Last[2])) > 1e-9 {
						t.Errorf("positions %v..%v, want %v..%v", a, b, want.First, want.Last)
					}
				})
			})
		}
	}
}

func checkSeries(t *testing.T, inv *dicomio.Inventory, end string, check func(*dicomio.Stack)) {
	t.Helper()
	for _, s := range inv.Series {
		if strings.HasSuffix(s.UID, end) && s.Main() != nil {
			check(s.Main())
			return
		}
	}
	for _, s := range inv.Series {
		t.Log(s.UID, s.Modality, s.Images, s.Problems)
	}
	t.Errorf("no volume in a series that ends in %s", end)
}
