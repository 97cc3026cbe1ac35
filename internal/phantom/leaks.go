package phantom

// leak adds one leak to a deposit.
func (p *patient) leak(d *deposit, v *placed, plan LeakPlan, r random) {}
