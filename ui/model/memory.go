package model

import "time"

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

// LoadAnyway reads the images in spite of the memory, all or the control CT
// only.
type LoadAnyway struct {
	PostOnly bool
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
