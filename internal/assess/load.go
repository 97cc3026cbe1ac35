package assess

import (
	"context"
	"fmt"
	"sync"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/volume"
)

// Load reads the volumes of a study by the roles of its series. The error names what is missing or unreadable.
func Load(ctx context.Context, s *study.Study, progress func(float64)) (Input, error) {
	var in Input
	post := s.ByRole(study.Post)
	if post == nil {
		return in, fmt.Errorf("no control CT found among %d series: choose the series taken after the procedure with --post", len(s.Series))
	}
	if !post.Main().Hounsfield() {
		return in, fmt.Errorf("the control CT gives no HU scale, so cement cannot be measured: export the original series")
	}
	series := []*study.Series{post}
	if pre := s.ByRole(study.Pre); pre != nil {
		if pre.Main().Hounsfield() {
			series = append(series, pre)
		} else {
			in.Findings = append(in.Findings, diag.Finding{Code: diag.CodeHuScaleUnknown})
		}
	}
	done := make([]float64, len(series))
	var mu sync.Mutex
	volumes := make([]*volume.Volume, len(series))
	for n, x := range series {
		v, err := x.Main().Load(ctx, func(f float64) {
			mu.Lock()
			defer mu.Unlock()
			done[n] = f
			if progress != nil {
				sum := 0.0
				for _, d := range done {
					sum += d
				}
				progress(sum / float64(len(done)))
			}
		})
		if err != nil {
			return in, fmt.Errorf("assess: series %s: %w", x.UID, err)
		}
		volumes[n] = v
		if n == 0 { // findings of the pre CT do not touch the numbers by themselves
			in.Findings = append(in.Findings, x.Main().Findings...)
			for k, bad := range v.Corrupt {
				if bad {
					in.Findings = append(in.Findings, diag.Finding{Code: diag.CodeSliceCorrupt, Level: anatomy.None, Args: diag.Args{"n": k + 1}})
				}
			}
		}
	}
	in.Post, in.Series.Post = volumes[0], identity(post)
	var err error
	if in.Origin, err = post.Main().Origin(); err != nil {
		return in, fmt.Errorf("assess: series %s: %w", post.UID, err)
	}
	if len(volumes) > 1 {
		in.Pre, in.Series.Pre = volumes[1], identity(series[1])
	}
	return in, nil
}

func identity(x *study.Series) *Series {
	g := study.GeometryOf(x.Series)
	return &Series{
		SeriesInstanceUID: x.UID, FrameOfReferenceUID: x.Main().Grid.FrameUID, Modality: x.Modality, Images: x.Main().Len(),
		Geometry: Geometry{Dimensions: g.Dimensions, SpacingMM: g.SpacingMM, Verdict: g.Verdict, TiltDegrees: g.TiltDegrees, MissingSlices: g.MissingSlices, CornerErrorMM: g.CornerErrorMM},
	}
}
