package phantom

// Family returns the options of a named set of cases; case n is made with seed n.
func Family(name string) []Options { return nil }
