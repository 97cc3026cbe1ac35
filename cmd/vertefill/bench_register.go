package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/register"
	"github.com/vertefill/vertefill/internal/volume"
)

// benchRegister aligns two pieces of CT, from identity, and compares with the true motion at the corners of the region.
func benchRegister(ctx context.Context, b bench, args []string) error {
	post, err := readMHA(args[0])
	if err != nil {
		return err
	}
	pre, err := readMHA(args[1])
	if err != nil {
		return err
	}
	truth, err := readMotion(args[2])
	if err != nil {
		return err
	}
	var fit register.Fit
	err = b.phase("register", func() (err error) {
		fit, err = register.Region(ctx, post, pre, geom.Identity[geom.PatientFrame, geom.PatientFrame]())
		return err
	})
	if err != nil {
		return err
	}
	if !fit.OK {
		return fmt.Errorf("register: %s", fit.Reason)
	}
	var start, mean, most float64
	for n := range 8 {
		p := geom.LPS([]float64{-50, 50}[n&1], []float64{-40, 60}[n>>1&1], []float64{-30, 30}[n>>2])
		want := truth.Apply(p)
		e := fit.PreFromPost.Apply(p).Dist(want)
		start, mean, most = start+p.Dist(want)/8, mean+e/8, max(most, e)
	}
	b.result("start_mm_mean", start)
	b.result("error_mm_mean", mean)
	b.result("error_mm_max", most)
	return nil
}

// readMotion reads the motion from post to pre of a truth.json.
func readMotion(path string) (register.Rigid, error) {
	var truth struct {
		Motion struct {
			R         [3][3]float64 `json:"R"`
			T, Centre [3]float64
		} `json:"post_to_pre"`
	}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &truth)
	}
	if err != nil {
		return register.Rigid{}, fmt.Errorf("bench: truth: %w", err)
	}
	m := truth.Motion
	axis := func(n int) geom.PatientVec { return geom.LPSVec(m.R[0][n], m.R[1][n], m.R[2][n]) }
	turn := geom.FromAxes[geom.PatientFrame, geom.PatientFrame](geom.LPS(0, 0, 0), axis(0), axis(1), axis(2))
	c := geom.LPSVec(m.Centre[0], m.Centre[1], m.Centre[2])
	back, there := geom.Translation(c.Mul(-1)), geom.Translation(c.Add(geom.LPSVec(m.T[0], m.T[1], m.T[2])))
	return geom.Compose(there, geom.Compose(turn, back)), nil
}

// readMHA reads the MetaImage files of the comparison: int16, little-endian, uncompressed, axes along the patient's.
func readMHA(path string) (*volume.Volume, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	var origin, spacing [3]float64
	var n [3]int
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("bench: MetaImage header: %w", err)
		}
		key, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		switch key {
		case "Offset":
			_, err = fmt.Sscan(value, &origin[0], &origin[1], &origin[2])
		case "ElementSpacing":
			_, err = fmt.Sscan(value, &spacing[0], &spacing[1], &spacing[2])
		case "DimSize":
			_, err = fmt.Sscan(value, &n[0], &n[1], &n[2])
		case "ElementType":
			if value != "MET_SHORT" {
				err = fmt.Errorf("type %s", value)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("bench: MetaImage %s: %w", key, err)
		}
		if key == "ElementDataFile" {
			break
		}
	}
	g, err := volume.NewRegularGrid(n[0], n[1], n[2], geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(origin[0], origin[1], origin[2]),
		geom.LPSVec(spacing[0], 0, 0), geom.LPSVec(0, spacing[1], 0), geom.LPSVec(0, 0, spacing[2])), "")
	if err != nil {
		return nil, err
	}
	v := volume.New(g)
	v.CeilingHU = math.MaxInt16
	if err := binary.Read(io.LimitReader(in, v.RawBytes()), binary.LittleEndian, v.HU); err != nil {
		return nil, fmt.Errorf("bench: MetaImage data: %w", err)
	}
	return v, nil
}
