package assess

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/register"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// Parts is what FromParts joins.
type Parts struct {
	Spine  *spine.Spine
	Cement *cement.Map // nil for none
	Fits   map[anatomy.Level]register.Fit
}

// FromParts joins bodies and cement that were found elsewhere on the post CT: it sorts the leaks and makes the report, as Run does
// after its search. The parts are kept and must not change. The error is the context's or says what is missing.
func FromParts(ctx context.Context, in Input, opt Options, p Parts) (*Result, error) {
	if in.Post == nil || p.Spine == nil {
		return nil, fmt.Errorf("assess: a control CT and vertebrae are needed")
	}
	r := &run{in: in, opt: opt, sink: &diag.Sink{}, timing: map[string]float64{}, borderKnown: map[anatomy.Level]bool{}, started: time.Now(),
		work: regularised(in.Post), spine: p.Spine, fits: maps.Clone(p.Fits), cement: p.Cement}
	if r.cement == nil {
		r.cement = &cement.Map{Grid: r.work.Grid}
	}
	if r.cement.Metal == nil {
		m := *r.cement
		m.Metal = volume.NewLabels(r.work.Grid, geom.Box{})
		r.cement = &m
	}
	r.lesions = lesionsOf(r.work.Grid, in.Lesions)
	for _, f := range in.Findings {
		r.sink.Add(f.Code, f.Level, f.Args)
	}
	if err := r.sort(ctx, nil); err != nil {
		return nil, fmt.Errorf("assess: %w", err)
	}
	r.sorted, r.afterLeaks = r.leaks, r.sink.Findings()
	return r.result(), nil
}

// interim returns what is known after a stage: bodies, and nothing about cement. It shares nothing that later stages change and cannot
// be corrected.
func (r *run) interim(done Stage) *Result {
	c := *r
	c.sink, c.timing = &diag.Sink{}, maps.Clone(r.timing)
	for _, f := range r.sink.Findings() {
		c.sink.Add(f.Code, f.Level, f.Args)
	}
	c.spine = &spine.Spine{}
	for _, v := range r.spine.Vertebrae {
		own := *v
		if slices.Contains(r.holed, v) {
			withhold([]*spine.Vertebra{&own})
		}
		c.spine.Vertebrae = append(c.spine.Vertebrae, &own)
	}
	c.cement = &cement.Map{Grid: r.work.Grid, Metal: volume.NewLabels(r.work.Grid, geom.Box{})}
	out := c.result()
	out.Upto, out.Report.Totals, out.run = done, nil, nil
	return out
}
