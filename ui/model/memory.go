package model

import (
	"math"
	"time"
)

// MemoryShort is the answer to LoadSeries when the images would not fit into
// the free memory: nothing was read yet.
type MemoryShort struct {
	Need, Free int64 // bytes
	Post       int64 // of the control CT alone
	Load       LoadSeries
}

func (m MemoryShort) apply(s *State) []Effect {
	if s.Study != m.Load.Study {
		return nil
	}
	s.endJob(LoadJob)
	s.Memory, s.Overlay = m, MemoryDialog
	return nil
}

// PartFits reports whether the control CT alone would fit.
func (m MemoryShort) PartFits() bool {
	return m.Load.Series[PreSlot] >= 0 && m.Load.Series[PostSlot] >= 0 && m.Post < m.Free
}

// Part is what of a stack is read: slices between two places, all or every
// second one. The zero Part is all.
type Part struct {
	From, To float64 // shares of the stack from its foot end, 0..1; To 0 stands for 1
	Second   bool    // every second slice only
}

// Whole reports whether the part is all.
func (p Part) Whole() bool { return p == Part{} }

// Slices returns the first slice of the part and the one after its last, of a
// stack with n slices from foot to head; every tells the step. At least
// leastSlices are read.
func (p Part) Slices(n int) (from, to, every int) {
	end := p.To
	if end == 0 {
		end = 1
	}
	from, to, every = int(math.Round(p.From*float64(n))), int(math.Round(end*float64(n))), 1
	from = min(max(from, 0), max(n-leastSlices, 0))
	to = min(max(to, from+leastSlices), n)
	if p.Second {
		every = 2
	}
	return from, to, every
}

// leastSlices is how few slices make a volume worth a look.
const leastSlices = 16

// Share is how much of a stack the part has.
func (p Part) Share() float64 {
	end := p.To
	if end == 0 {
		end = 1
	}
	share := max(end-p.From, 0)
	if p.Second {
		share /= 2
	}
	return share
}

// SetPart changes what MemoryDialog would read.
type SetPart struct{ Change func(*Part) }

func (m SetPart) apply(s *State) []Effect {
	p := &s.Memory.Load.Part
	m.Change(p)
	p.From, p.To = min(max(p.From, 0), 0.95), min(max(p.To, 0), 1)
	if p.To > 0 {
		p.To = max(p.To, p.From+0.05)
	}
	return nil
}

// PartNeed is how many bytes the part takes that MemoryDialog shows.
func (m MemoryShort) PartNeed() int64 { return int64(float64(m.Need) * m.Load.Part.Share()) }

// LoadAnyway reads the images in spite of the memory: all, the control CT only,
// or the part that is chosen.
type LoadAnyway struct {
	PostOnly bool
	Part     bool
	Now      time.Time
}

func (m LoadAnyway) apply(s *State) []Effect {
	load := s.Memory.Load
	s.Overlay, s.Memory = NoOverlay, MemoryShort{}
	if load.Study == nil || load.Study != s.Study {
		return nil
	}
	if m.PostOnly {
		load.Series[PreSlot] = -1
	}
	if !m.Part {
		load.Part = Part{}
	}
	load.Checked = true
	s.startJob(LoadJob, m.Now)
	return []Effect{load}
}

// Welcome ends the first screen of a first run.
type Welcome struct{}

func (Welcome) apply(s *State) []Effect {
	s.Overlay, s.Settings.FirstRun = NoOverlay, false
	return []Effect{SaveSettings{}}
}
