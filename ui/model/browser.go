package model

// Browser is the folder browser with the preview of what a folder holds.
type Browser struct {
	Dir      string // the folder listed; empty before the first listing
	Entries  []Entry
	Unread   bool // the folder cannot be listed
	Selected int  // index in Entries, -1 for none
	Open     bool // the browser is shown though nothing is open yet
	Asked    int  // how often the field of the path was asked for
	Preview  *Study
	Empty    *Study // a folder without images that was looked into; nil otherwise
	Memory   Memory // when the folder was listed
}

// Memory is that of the computer, bytes; zero where it is not told.
type Memory struct{ Used, Free, Total int64 }

// Entry is a folder or file of the listing.
type Entry struct {
	Name  string
	Dir   bool
	Bytes int64
	Holds *Contents // nil until it was looked into
}

// Contents is what an entry of the listing holds.
type Contents struct {
	Modalities      []string // of the images, without repeats
	Series, Studies int
	Bytes           int64
	AtLeast         bool // not everything was looked at
}

// EntryLooked tells what an entry of a listed folder holds.
type EntryLooked struct {
	Dir, Name string
	Holds     Contents
}

func (m EntryLooked) apply(s *State) []Effect {
	if m.Dir != s.Browser.Dir {
		return nil // another folder is listed by now
	}
	entries := s.Browser.Entries
	for i := range entries {
		if entries[i].Name == m.Name {
			entries[i].Holds = &m.Holds
		}
	}
	return nil
}
