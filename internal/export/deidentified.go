package export

import (
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/deid"
)

// Deidentified returns the result as it may leave without the patient's identity: everything written from it bears the pseudonym and
// the UIDs that cleaned files of the same mapping have. The result itself stays as it is.
func Deidentified(r *assess.Result, c *deid.Cleaner) (*assess.Result, error) {
	out := *r
	if r.Origin != nil {
		o, err := c.Origin(r.Origin)
		if err != nil {
			return nil, err
		}
		out.Origin = o
	}
	series := func(s assess.Series) assess.Series {
		s.SeriesInstanceUID, s.FrameOfReferenceUID = c.UID(s.SeriesInstanceUID), c.UID(s.FrameOfReferenceUID)
		return s
	}
	in := &out.Report.Inputs
	for _, s := range []**assess.Series{&in.Post, &in.Pre} {
		if *s != nil {
			x := series(**s)
			*s = &x
		}
	}
	in.Fluoro = append([]assess.Series(nil), in.Fluoro...)
	for i := range in.Fluoro {
		in.Fluoro[i] = series(in.Fluoro[i])
	}
	out.Report.Fluoro = append([]assess.FluoroRun(nil), out.Report.Fluoro...)
	for i := range out.Report.Fluoro {
		f := &out.Report.Fluoro[i]
		f.SeriesInstanceUID = c.UID(f.SeriesInstanceUID)
		if f.Biplane != nil {
			other := *f.Biplane
			other.OtherSeriesInstanceUID = c.UID(other.OtherSeriesInstanceUID)
			f.Biplane = &other
		}
	}
	return &out, nil
}
