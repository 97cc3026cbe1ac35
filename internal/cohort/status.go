package cohort

import (
	"context"
)

// State says how far the cases are without doing any work: a case whose input, parameters or program changed is stale. Reading all
// inputs takes time; progress hears how many of the cases were looked at.
func State(ctx context.Context, c *Cohort, o Options, progress func(done, total int)) ([]Record, error) {
	out := make([]Record, len(c.Cases))
	for i := range c.Cases {
		x := &c.Cases[i]
		r, err := ReadRecord(Dir(o.Out, x.ID))
		if err != nil {
			r = Record{Case: x.ID, Status: Pending}
		} else {
			k, err := key(ctx, x, o.Version, o.Args)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if r.Status == Done && (err != nil || k != r.Key) {
				r.Status = Stale
			}
		}
		out[i] = r
		if progress != nil {
			progress(i+1, len(c.Cases))
		}
	}
	return out, nil
}
