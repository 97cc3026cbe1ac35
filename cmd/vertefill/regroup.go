package main

import (
	"flag"

	"github.com/vertefill/vertefill/internal/dicomio"
)

// regroupFlags are what the user joins and splits.
type regroupFlags struct{ join, split repeated }

func addRegroupFlags(f *flag.FlagSet) *regroupFlags {
	r := new(regroupFlags)
	f.Var(&r.join, "join", "UID or UID,UID: one volume of all volumes of a series, or of several series; repeatable")
	f.Var(&r.split, "split", "UID=WAY: take the largest volume of a series apart by acquisition, kernel, gap, ... (inspect --json lists the ways); repeatable")
	return r
}

// wishes returns the splits, then the joins.
func (r *regroupFlags) wishes() ([]dicomio.Regrouping, error) {
	var out []dicomio.Regrouping
	for i, list := range []repeated{r.split, r.join} {
		for _, words := range list {
			w, err := dicomio.ParseRegrouping(words, i == 0)
			if err != nil {
				return nil, usageError{err.Error()}
			}
			out = append(out, w)
		}
	}
	return out, nil
}
